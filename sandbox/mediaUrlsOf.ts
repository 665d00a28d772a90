import type { CatalogueModel } from './catalogue';
import { readMessages } from './llmRouter';

/** A medium as a request names it; `field` as in `input.image_urls[2]`. */
export interface MediaUrl {
	field: string;
	url: string;
}

/** The media of an input that fits the model's schema, in the order in which they were sent. */
export function mediaUrlsOf(model: CatalogueModel, input: Record<string, unknown>): MediaUrl[] {
	if (model.answers === 'chat') return readMessages(input).media;
	return model.mediaFields.flatMap((name) => {
		const value = input[name];
		if (typeof value === 'string') return [{ field: `input.${name}`, url: value }];
		if (!Array.isArray(value)) return [];
		return value.map((url, position) => ({ field: `input.${name}[${position}]`, url: String(url) }));
	});
}
