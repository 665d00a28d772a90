import type { CatalogueModel } from './catalogue';
import { meteredCost } from './ModelCost';

/** The chat models that the router shows; it takes any other id of the form `maker/model` as well. */
export const routedModels: readonly string[] = [
	'google/gemini-3.6-flash',
	'google/gemini-3.1-flash-lite',
	'openai/gpt-5.2',
	'anthropic/claude-sonnet-4-6',
];

const routerSlug = 'eachlabs-llm-router';

const contentPart = {
	type: 'object',
	required: ['type'],
	properties: {
		type: { type: 'string', enum: ['text', 'image_url'] },
		text: { type: 'string' },
		image_url: { type: 'object', required: ['url'], properties: { url: { type: 'string' } } },
	},
};

/** One model in front of many: which of them answers is a field of the input, and the question comes in messages. */
export const routerModel: CatalogueModel = {
	slug: routerSlug,
	title: 'Each Labs LLM Router',
	outputType: 'object',
	requestSchema: {
		type: 'object',
		required: ['model', 'messages'],
		properties: {
			model: { type: 'string', pattern: '^[^/\\s]+/[^/\\s]+$', description: 'Chat model that answers' },
			messages: {
				type: 'array',
				minItems: 1,
				items: {
					type: 'object',
					required: ['role', 'content'],
					properties: {
						role: { type: 'string', enum: ['system', 'user', 'assistant'] },
						content: { anyOf: [{ type: 'string' }, { type: 'array', items: contentPart }] },
					},
				},
			},
			temperature: { type: 'number', minimum: 0, maximum: 2 },
			max_tokens: { type: 'integer', minimum: 1 },
		},
	},
	mediaFields: [],
	answers: 'chat',
	cost: meteredCost,
	synchronous: true,
	withdrawn: false,
};

/** What the public catalogue of the router shows. */
export function describeRouter(isWithdrawn: (slug: string) => boolean): Record<string, unknown> {
	const shown = routedModels.filter((id) => !isWithdrawn(id));
	return {
		slug: routerSlug,
		source: 'catalog',
		version: 1,
		updated_at: '2026-11-02',
		model_enum: shown,
		request_schema: { type: 'string', enum: shown },
		models: shown.map((id) => ({
			id,
			status: 'visible',
			family: id.split('/')[0],
			canonical_provider: 'openrouter',
			canonical_target_model: id,
			routing_policy: 'explicit_route',
			legacy_requesty: false,
			title: `Sandbox ${id.split('/')[1]}`,
			description: 'Answered by the sandbox, not by the model of that name.',
			faqs: [],
			readme_md: '',
		})),
	};
}

interface ChatParts {
	/** All texts, in order. */
	prompt: string;
	/** Addresses of the pictures, in order, with the field that each stands in. */
	media: Array<{ field: string; url: string }>;
}

/** The question and the media in the messages of an input that fits the router's schema. */
export function readMessages(input: Record<string, unknown>): ChatParts {
	const texts: string[] = [];
	const media: ChatParts['media'] = [];
	const messages = Array.isArray(input.messages) ? (input.messages as unknown[]) : [];
	messages.forEach((message, position) => {
		const content = fieldOf(message, 'content');
		if (typeof content === 'string') texts.push(content);
		if (!Array.isArray(content)) return;
		content.forEach((part: unknown, index) => {
			const text = fieldOf(part, 'text');
			const url = fieldOf(fieldOf(part, 'image_url'), 'url');
			if (typeof text === 'string') texts.push(text);
			if (typeof url !== 'string') return;
			media.push({ field: `input.messages[${position}].content[${index}].image_url.url`, url });
		});
	});
	return { prompt: texts.join('\n'), media };
}

/** An answer in the shape of a chat completion. */
export function writeCompletion(
	text: string,
	input: Record<string, unknown>,
	predictionId: string,
	tokens: { input: number; output: number },
): Record<string, unknown> {
	return {
		id: `chatcmpl-${predictionId}`,
		object: 'chat.completion',
		model: input.model,
		choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
		usage: {
			prompt_tokens: tokens.input,
			completion_tokens: tokens.output,
			total_tokens: tokens.input + tokens.output,
		},
	};
}

function fieldOf(value: unknown, name: string): unknown {
	return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
