import type { INodeProperties } from 'n8n-workflow';

import type { MediaKind } from '../../core/media';
import { DEFAULT_MODEL } from '../../core/modelInput';

/** The parameter of each kind that takes addresses. */
export const URL_PARAMETERS: Readonly<
	Record<MediaKind, { name: string; displayName: string; example: string }>
> = {
	image: { name: 'imageUrls', displayName: 'Image URL(s)', example: 'https://example.com/image.jpg' },
	video: { name: 'videoUrls', displayName: 'Video URL(s)', example: 'https://example.com/video.mp4' },
	audio: { name: 'audioUrls', displayName: 'Audio URL(s)', example: 'https://example.com/audio.mp3' },
	document: {
		name: 'documentUrls',
		displayName: 'Document URL(s)',
		example: 'https://example.com/document.pdf',
	},
};

export const modelField: INodeProperties = {
	displayName: 'Model',
	name: 'modelId',
	type: 'resourceLocator',
	default: { mode: 'list', value: DEFAULT_MODEL, cachedResultName: 'Gemini 2.0 Flash Lite' },
	required: true,
	description:
		'The Each Labs model that reads the files and answers. The list has those that take such files and a text; the default reads images, videos, audio and documents.',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a model...',
			typeOptions: { searchListMethod: 'searchModels', searchable: true },
		},
		{ displayName: 'ID', name: 'id', type: 'string', placeholder: `e.g. ${DEFAULT_MODEL}` },
	],
};

/** @param question what the field asks at first */
export function textField(question: string): INodeProperties {
	return {
		displayName: 'Text Input',
		name: 'text',
		type: 'string',
		typeOptions: { rows: 2 },
		required: true,
		default: question,
		placeholder: `e.g. ${question}`,
		description: 'The question or instruction for the model. You can ask several things at once.',
	};
}

/** A text that refines what an operation does by itself. */
export function hintField(description: string, placeholder: string): INodeProperties {
	return {
		displayName: 'Text Input',
		name: 'text',
		type: 'string',
		typeOptions: { rows: 2 },
		default: '',
		placeholder,
		hint: 'Optional',
		description,
	};
}

/**
 * Where an item's files come from: its binary fields, or addresses. A tool of an AI Agent gets no files, so there the same
 * parameter stands at addresses unless it is set.
 */
export function sourceFields(kind: MediaKind): INodeProperties[] {
	const url = URL_PARAMETERS[kind];
	const inputType: INodeProperties = {
		displayName: 'Input Type',
		name: 'inputType',
		type: 'options',
		options: [
			{
				name: 'Binary File(s)',
				value: 'binary',
				description: 'Files of the input item, which are uploaded to Each Labs for the run',
			},
			{
				name: url.displayName,
				value: 'url',
				description: 'Files that are on the web, which Each Labs fetches from there',
			},
		],
		default: 'binary',
		description: 'Where the files come from',
	};
	return [
		{ ...inputType, displayOptions: { show: { '@tool': [false] } } },
		{ ...inputType, default: 'url', displayOptions: { show: { '@tool': [true] } } },
		{
			displayName: `An AI Agent can't hand files to a tool. Set 'Input Type' to ${url.displayName}, and let the model define the addresses.`,
			name: 'toolInputNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { '@tool': [true], inputType: ['binary'] } },
		},
		{
			displayName: 'Input Data Field Name(s)',
			name: 'binaryPropertyName',
			type: 'string',
			required: true,
			default: 'data',
			placeholder: 'e.g. data',
			hint: 'The name of the input field that holds the file. Until the run ends, anyone who has the address of the uploaded file can read it.',
			description:
				"You find the name on the 'Binary' tab of the input panel. Separate several names with commas, or use * for all files of the item that this operation reads.",
			displayOptions: { show: { inputType: ['binary'] } },
		},
		{
			displayName: url.displayName,
			name: url.name,
			type: 'string',
			required: true,
			default: '',
			placeholder: `e.g. ${url.example}`,
			description:
				'Web address of the file, which must open without a login. Separate several with commas, or use an expression that gives a list.',
			displayOptions: { show: { inputType: ['url'] } },
		},
	];
}

export const simplifyField: INodeProperties = {
	displayName: 'Simplify Output',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

/** For operations that can answer for many items at once. */
export const itemsPerPredictionField: INodeProperties = {
	displayName: 'Items per Prediction',
	name: 'itemsPerPrediction',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 3000, numberPrecision: 0 },
	default: 1,
	description:
		'How many items share one request. More is faster and cheaper for many small files, and each item still gets its own result. 1 is the most accurate.',
};

/** Every option that an operation may have, by name. */
const OPTIONS: Readonly<Record<string, INodeProperties>> = {
	additionalInput: {
		displayName: 'Additional Input',
		name: 'additionalInput',
		type: 'json',
		default: '{}',
		placeholder: 'e.g. {"temperature": 0.2}',
		description:
			'More input fields of the model, as JSON. They are sent unchanged and override what this node sets.',
	},
	autoFix: {
		displayName: 'Auto-Fix',
		name: 'autoFix',
		type: 'boolean',
		default: false,
		description:
			'Whether to ask the model once more if its answer does not have the expected format. The second prediction is charged as well.',
	},
	googleSearch: {
		displayName: 'Google Search',
		name: 'googleSearch',
		type: 'boolean',
		default: false,
		description:
			"Whether the model may look things up with Google Search. If the model can't, the node says so before anything is charged.",
	},
	history: {
		displayName: 'History',
		name: 'history',
		type: 'json',
		default: '[]',
		placeholder: 'e.g. {{ $json.conversation }}',
		description:
			"Earlier questions and answers that this question builds on. Use the field 'conversation' of an earlier output item, or a list of turns, each with 'role' (user or model) and 'text'.",
	},
	includeConversation: {
		displayName: 'Include Conversation',
		name: 'includeConversation',
		type: 'boolean',
		default: false,
		description:
			"Whether to add the conversation so far to the output item, for the option 'History' of a follow-up question. Files are included if they were given by URL or 'Keep Uploads' is on.",
	},
	includeInputFields: {
		displayName: 'Include Input Fields',
		name: 'includeInputFields',
		type: 'boolean',
		default: false,
		description: 'Whether to add the fields and files of the input item to the output item',
	},
	keepUploads: {
		displayName: 'Keep Uploads',
		name: 'keepUploads',
		type: 'boolean',
		default: false,
		description:
			"Whether to leave uploaded files at Each Labs after the run, until 'Upload Retention' ends. Until then, anyone who has a file's address can read it.",
	},
	language: {
		displayName: 'Language',
		name: 'language',
		type: 'string',
		default: '',
		placeholder: 'e.g. German',
		description:
			'Language of the answer. If not set, the model chooses, usually by the language of the text or of what is said.',
	},
	maxConcurrency: {
		displayName: 'Max Concurrency',
		name: 'maxConcurrency',
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		default: 10,
		description:
			'How many predictions may be in progress at once. If your Each Labs account allows fewer, the node adapts.',
	},
	maxCost: {
		displayName: 'Max Cost',
		name: 'maxCost',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description:
			'How many US dollars this run may cost. Items that would exceed it are not started, and say so. Set to 0 for no limit.',
	},
	maxOutputTokens: {
		displayName: 'Max Output Tokens',
		name: 'maxOutputTokens',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 8192, numberPrecision: 0 },
		default: 1024,
		description: 'How long the answer may be, in tokens. 100 tokens are about 75 English words.',
	},
	maxWait: {
		displayName: 'Max Wait',
		name: 'maxWait',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 600,
		description:
			'How many seconds an item may take, from the upload of its files to its answer. After that its prediction is cancelled.',
	},
	pollInterval: {
		displayName: 'Poll Interval',
		name: 'pollInterval',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description:
			'How many seconds to wait between two checks whether a prediction is finished. Set to 0 to adapt to the model.',
	},
	reasoningLevel: {
		displayName: 'Reasoning Level',
		name: 'reasoningLevel',
		type: 'options',
		options: [
			{ name: 'Minimal', value: 'minimal' },
			{ name: 'Low', value: 'low' },
			{ name: 'Medium', value: 'medium' },
			{ name: 'High', value: 'high' },
		],
		default: 'low',
		description: 'How much the model should think before it answers',
	},
	resubmit: {
		displayName: 'Resubmit',
		name: 'resubmit',
		type: 'boolean',
		default: false,
		description:
			'Whether to send a request once more if it is unclear whether it arrived. Such an item may be charged twice.',
	},
	systemInstruction: {
		displayName: 'System Instruction',
		name: 'systemInstruction',
		type: 'string',
		typeOptions: { rows: 2 },
		default: '',
		placeholder: 'e.g. You write for a museum. Be sober and exact.',
		description: 'What applies to every answer, such as role, tone or format',
	},
	uploadRetention: {
		displayName: 'Upload Retention',
		name: 'uploadRetention',
		type: 'number',
		typeOptions: { minValue: 60, maxValue: 31536000, numberPrecision: 0 },
		default: 3600,
		description:
			'How many seconds Each Labs keeps an uploaded file at most. The node usually deletes it right after the run.',
	},
};

const RUN_OPTIONS = [
	'includeInputFields',
	'keepUploads',
	'maxConcurrency',
	'maxCost',
	'maxWait',
	'pollInterval',
	'resubmit',
	'uploadRetention',
];
const MODEL_OPTIONS = [
	'additionalInput',
	'googleSearch',
	'language',
	'maxOutputTokens',
	'reasoningLevel',
	'systemInstruction',
];

/** The collection of options of an operation that looks at media. */
export const mediaOptions: INodeProperties = optionsCollection([...MODEL_OPTIONS, ...RUN_OPTIONS]);

/** The same for an operation that can build on what was asked before. */
export const analyzeOptions: INodeProperties = optionsCollection([
	'history',
	'includeConversation',
	...MODEL_OPTIONS,
	...RUN_OPTIONS,
]);

/** The same for an operation whose answer has to fit a schema. */
export const structuredOptions: INodeProperties = optionsCollection([
	'autoFix',
	...MODEL_OPTIONS,
	...RUN_OPTIONS,
]);

/** @param descriptions of options that mean something else in this operation than in those that look at media */
export function optionsCollection(
	names: readonly string[],
	descriptions: Readonly<Record<string, string>> = {},
): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: names
			.flatMap((name) => OPTIONS[name] ?? [])
			.map((option) => ({ ...option, description: descriptions[option.name] ?? option.description }))
			.sort((left, right) => left.displayName.localeCompare(right.displayName)),
	};
}
