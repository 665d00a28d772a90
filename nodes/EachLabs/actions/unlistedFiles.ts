import type { MediaUrl } from '../core/media/media';
import { unlistedType } from '../core/model/defaultModel';
import type { PredictionError } from '../core/PredictionError';
import { contentTypeInUrl } from '../n8n/itemUrls';

/** A file as far as its format is known. */
type KnownFile = MediaUrl | { readonly label: string; readonly contentType: string | undefined };

/** Why a model can't be asked about files: the first one of a format that it is known not to read; undefined of none. */
export function unlistedFiles(model: string, files: readonly KnownFile[]): PredictionError | undefined {
	for (const file of files) {
		const refusal =
			'url' in file
				? unlistedType(model, contentTypeInUrl(file.url), `the file at ${file.url.slice(0, 80)}`)
				: unlistedType(model, file.contentType, file.label);
		if (refusal) return refusal;
	}
	return undefined;
}
