import { routerModel } from './llmRouter';
import { costByTokens, fixedCost, meteredCost, type ModelCost } from './ModelCost';

type JsonSchema = Record<string, unknown>;

/** One model of the sandbox: what the catalogue routes show, and what the answers need to know. */
export interface CatalogueModel {
	slug: string;
	title: string;
	outputType: 'string' | 'array' | 'object';
	/** JSON Schema of `input`, as the model's details publish it. A create refuses every field that it doesn't name. */
	requestSchema: JsonSchema;
	/** The field that holds the question. */
	promptField?: string;
	/** The fields that hold media URLs, one URL or an array. */
	mediaFields: string[];
	/**
	 * The shape of a successful answer: plain text, `{text, model}`, colour names as an array, the URLs of pictures, or a
	 * chat completion, whose question and media come in `messages`.
	 */
	answers: 'text' | 'object' | 'tags' | 'pictures' | 'chat';
	/** Null: without a price document. */
	cost: ModelCost | null;
	/** Whether `POST /v1/prediction/run` serves it. */
	synchronous: boolean;
	withdrawn: boolean;
}

/** What a file may weigh, and what one request may carry (from the flash model's page). A megabyte is 1,048,576 bytes here. */
export const mediaLimits = {
	fileBytes: 100 * 1024 * 1024,
	pictures: 3000,
	pictureBytes: 7 * 1024 * 1024,
	videos: 10,
};

const text = (description: string): JsonSchema => ({ type: 'string', description });
const url = (description: string): JsonSchema => ({ type: 'string', format: 'uri', description });
const urls = (description: string): JsonSchema => ({
	type: 'array',
	items: { type: 'string', format: 'uri' },
	description,
});
const object = (required: string[], properties: Record<string, JsonSchema>): JsonSchema => ({
	type: 'object',
	required,
	properties,
});

const ofTheSandbox = {
	answers: 'text',
	outputType: 'string',
	cost: costByTokens,
	synchronous: false,
	withdrawn: false,
} as const;

/**
 * The sandbox's catalogue: the model that the project is for, with the fields that the vendor publishes for it,
 * and invented ones whose fields are named as other real models name theirs.
 */
export const catalogue: readonly CatalogueModel[] = [
	{
		...ofTheSandbox,
		slug: 'gemini-2-0-flash-lite',
		title: 'Gemini 2.0 Flash Lite',
		requestSchema: object(['image_urls', 'prompt'], {
			image_urls: urls('Pictures or other media to look at'),
			prompt: text('What to find out'),
		}),
		promptField: 'prompt',
		mediaFields: ['image_urls'],
	},
	{
		...ofTheSandbox,
		slug: 'sandbox-picture-words',
		title: 'Sandbox Picture Words',
		requestSchema: object(['image_url', 'prompt'], {
			image_url: url('The picture'),
			prompt: text('What to find out'),
			system_prompt: { ...text('How to answer'), default: '' },
			max_tokens: {
				type: 'integer',
				minimum: 1,
				maximum: 8192,
				default: 1024,
				description: 'Longest answer',
			},
			reasoning_effort: { type: 'string', enum: ['minimal', 'low', 'medium', 'high'], default: 'low' },
		}),
		promptField: 'prompt',
		mediaFields: ['image_url'],
		synchronous: true,
	},
	{
		...ofTheSandbox,
		slug: 'sandbox-picture-question',
		title: 'Sandbox Picture Question',
		requestSchema: object(['images', 'question'], {
			images: { ...urls('Pictures to compare'), minItems: 1, maxItems: 16 },
			question: text('What to find out'),
		}),
		promptField: 'question',
		mediaFields: ['images'],
		outputType: 'object',
		answers: 'object',
	},
	{
		...ofTheSandbox,
		slug: 'sandbox-picture-tags',
		title: 'Sandbox Picture Tags',
		requestSchema: object(['image'], { image: url('The picture') }),
		mediaFields: ['image'],
		outputType: 'array',
		answers: 'tags',
		cost: fixedCost(0),
	},
	{
		...ofTheSandbox,
		slug: 'sandbox-media-search',
		title: 'Sandbox Media Search',
		requestSchema: object(['prompt'], {
			media_urls: urls('Media of any kind'),
			prompt: text('What to find out'),
			google_search: { type: 'boolean', default: false, description: 'Whether to search the web' },
		}),
		promptField: 'prompt',
		mediaFields: ['media_urls'],
		cost: meteredCost,
	},
	{
		...ofTheSandbox,
		slug: 'sandbox-video-words',
		title: 'Sandbox Video Words',
		requestSchema: object(['video_url', 'prompt'], {
			video_url: url('The video'),
			prompt: text('What to find out'),
		}),
		promptField: 'prompt',
		mediaFields: ['video_url'],
	},
	{
		...ofTheSandbox,
		slug: 'sandbox-audio-words',
		title: 'Sandbox Audio Words',
		requestSchema: object(['audio_url'], {
			audio_url: url('The recording'),
			language: { ...text('Two-letter code'), default: 'en', minLength: 2 },
			prompt: text('What to find out'),
		}),
		promptField: 'prompt',
		mediaFields: ['audio_url'],
		synchronous: true,
	},
	{
		...ofTheSandbox,
		slug: 'sandbox-document-words',
		title: 'Sandbox Document Words',
		requestSchema: object(['file_urls', 'prompt'], {
			file_urls: { ...urls('PDF files'), minItems: 1 },
			prompt: text('What to find out'),
		}),
		promptField: 'prompt',
		mediaFields: ['file_urls'],
		cost: null,
	},
	{
		...ofTheSandbox,
		slug: 'sandbox-picture-maker',
		title: 'Sandbox Picture Maker',
		requestSchema: object(['prompt'], {
			prompt: { ...text('What to draw'), minLength: 1 },
			num_images: { type: 'integer', minimum: 1, maximum: 4, default: 1 },
			aspect_ratio: { type: 'string', enum: ['1:1', '16:9', '9:16'], default: '1:1' },
		}),
		promptField: 'prompt',
		mediaFields: [],
		outputType: 'array',
		answers: 'pictures',
		cost: fixedCost(0.004),
	},
	routerModel,
	{
		...ofTheSandbox,
		slug: 'sandbox-retired-words',
		title: 'Sandbox Retired Words',
		requestSchema: object(['image_url', 'prompt'], {
			image_url: url('The picture'),
			prompt: text('What to find out'),
		}),
		promptField: 'prompt',
		mediaFields: ['image_url'],
		withdrawn: true,
	},
];

const bySlug = new Map(catalogue.map((model) => [model.slug, model]));

type IsWithdrawn = (slug: string) => boolean;

/** The models that can still be used; those that `isWithdrawn` names come on top of those withdrawn for good. */
export function listModels(isWithdrawn: IsWithdrawn): CatalogueModel[] {
	return catalogue.filter((model) => !model.withdrawn && !isWithdrawn(model.slug));
}

/** The model of that slug, or undefined when there is none or it has been withdrawn. */
export function findModel(slug: string, isWithdrawn: IsWithdrawn): CatalogueModel | undefined {
	const model = bySlug.get(slug);
	return model === undefined || model.withdrawn || isWithdrawn(slug) ? undefined : model;
}

/** The model's price: the scripted one where there is one, null included. */
export function costOf(model: CatalogueModel, scripted: Record<string, ModelCost | null>): ModelCost | null {
	const price = scripted[model.slug];
	return price === undefined ? model.cost : price;
}
