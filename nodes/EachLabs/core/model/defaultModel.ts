import type { Model } from '../api/shapes';

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
