import { MAX_OUTPUT_TOKENS } from '../core/model/questionInput';
import { jsonObject } from './jsonText';
import { choiceOption, jsonOption, numberOption, switchOption, textOption } from './optionRecord';

const WORDS_PER_TOKEN = 0.75;

const REASONING_WORDS = {
	minimal: 'Answer at once, without reasoning.',
	low: 'Think briefly before you answer.',
	medium: 'Think step by step before you answer, and give the answer only.',
	high: 'Think thoroughly, step by step, check your result, and give the answer only.',
} as const;

/**
 * What the model is told besides the question. A new setting of the model goes in here: every operation that looks at media then
 * has it. Where a setting goes into words, they stand before the question in this order.
 */
export const MODEL_OPTIONS = {
	systemInstruction: textOption({
		displayName: 'System Instruction',
		rows: 2,
		placeholder: 'e.g. You write for a museum. Be sober and exact.',
		description: 'What applies to every answer, such as role, tone or format',
		inModel: {
			fields: ['system_instruction', 'system_prompt', 'system_message', 'system'],
			isInstruction: true,
			otherwise: { words: (instruction) => `Instructions that come first:\n${instruction}` },
		},
	}),
	language: textOption({
		displayName: 'Language',
		placeholder: 'e.g. German',
		description:
			'Language of the answer. If not set, the model chooses, usually by the language of the text or of what is said.',
		inModel: {
			fields: ['language', 'output_language', 'language_code', 'lang', 'target_language'],
			otherwise: { words: (language) => `Answer in this language: ${language}.` },
		},
	}),
	reasoningLevel: choiceOption({
		displayName: 'Reasoning Level',
		choices: [
			{ name: 'Minimal', value: 'minimal' },
			{ name: 'Low', value: 'low' },
			{ name: 'Medium', value: 'medium' },
			{ name: 'High', value: 'high' },
		],
		start: 'low',
		description: 'How much the model should think before it answers',
		inModel: {
			fields: ['reasoning_level', 'reasoning_effort', 'thinking_level', 'thinking_effort', 'reasoning'],
			otherwise: { words: (level) => REASONING_WORDS[level] },
		},
	}),
	maxOutputTokens: numberOption({
		displayName: 'Max Output Tokens',
		min: 1,
		max: MAX_OUTPUT_TOKENS,
		whole: true,
		fallback: undefined,
		start: 1_024,
		description: 'How long the answer may be, in tokens. 100 tokens are about 75 English words.',
		inModel: {
			fields: ['max_output_tokens', 'max_tokens', 'max_completion_tokens', 'max_new_tokens', 'max_length'],
			otherwise: {
				words: (tokens) =>
					`Keep the answer under ${Math.max(1, Math.floor(tokens * WORDS_PER_TOKEN))} words.`,
			},
		},
	}),
	googleSearch: switchOption({
		displayName: 'Google Search',
		description:
			"Whether the model may look things up with Google Search. If the model can't, the node says so before anything is charged.",
		inModel: {
			fields: ['google_search', 'enable_google_search', 'enable_search', 'web_search', 'search'],
			otherwise: { cannot: 'search with Google' },
		},
	}),
	additionalInput: jsonOption(
		{
			displayName: 'Additional Input',
			start: '{}',
			placeholder: 'e.g. {"temperature": 0.2}',
			description:
				'More input fields of the model, as JSON. They are sent unchanged and override what this node sets.',
		},
		(given) => jsonObject(given, "option 'Additional Input'"),
	),
} as const;
