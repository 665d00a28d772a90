import { PredictionError } from '../PredictionError';
import type { Model } from '../api/shapes';
import { capitalized } from '../words';

export const DEFAULT_MODEL = 'gemini-2-0-flash-lite';

/** The published schema of the model that this package is for; used when the catalogue does not answer. */
export const KNOWN_DEFAULT_MODEL: Model = {
	slug: DEFAULT_MODEL,
	title: 'Gemini 2.0 Flash Lite',
	version: null,
	outputType: 'string',
	raw: {},
	requestSchema: {
		type: 'object',
		required: ['image_urls', 'prompt'],
		properties: {
			image_urls: { type: 'array', items: { type: 'string', format: 'uri' } },
			prompt: { type: 'string' },
		},
	},
};

/** The average run time that the model's page gave in August 2026. */
export const DEFAULT_MODEL_RUN_TIME_MS = 10_000;

/**
 * Formats that the maker of the default model does not list among those that it reads (its pages on images, video and audio,
 * November 2026), in a user's words. Other models may read them.
 */
const UNLISTED_TYPES: ReadonlyMap<string, { readonly name: string; readonly wanted: string }> = new Map([
	['image/gif', { name: 'a GIF image', wanted: 'PNG or JPEG' }],
	['image/bmp', { name: 'a BMP image', wanted: 'PNG or JPEG' }],
	['image/avif', { name: 'an AVIF image', wanted: 'PNG or JPEG' }],
	['video/x-matroska', { name: 'an MKV video', wanted: 'MP4' }],
	['audio/amr', { name: 'an AMR recording', wanted: 'MP3 or WAV' }],
]);

/**
 * Why a model is known not to read a format; undefined where nothing speaks against it.
 *
 * @param contentType undefined while it is not known
 * @param label names the file in messages
 */
export function unlistedType(
	model: string,
	contentType: string | undefined,
	label: string,
): PredictionError | undefined {
	const unlisted = model === DEFAULT_MODEL && contentType ? UNLISTED_TYPES.get(contentType) : undefined;
	if (contentType === undefined || unlisted === undefined) return undefined;
	return PredictionError.invalidInput(
		`${capitalized(label)} is ${unlisted.name}, which is not among the formats that ${model} reads`,
		`Convert it to ${unlisted.wanted} first${contentType.startsWith('image/') ? ", e.g. with n8n's Edit Image node" : ''}, or choose a model that reads it.`,
	);
}

/**
 * Refuses a file of a format that none of the models reads, before it is paid for; in the words about the first one.
 *
 * @param models slugs, best first; none where nobody is to read it
 */
export function checkListedType(models: readonly string[], contentType: string, label: string): void {
	const refusals = models.map((model) => unlistedType(model, contentType, label));
	const [first] = refusals;
	if (first !== undefined && !refusals.includes(undefined)) throw first;
}
