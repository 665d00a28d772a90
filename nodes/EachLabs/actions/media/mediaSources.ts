import type { MediaKind, MediaUrl } from '../../core/media/media';
import { hasFiles } from '../../n8n/itemFiles';
import { mediaUrls } from '../../n8n/itemUrls';
import { URL_PARAMETERS } from '../fields/sources';
import { fileSources, type FileSource } from '../fileSource';
import type { ItemContext } from '../operation';

export interface MediaSources {
	readonly sources: ReadonlyArray<MediaUrl | FileSource>;
	/** Names of files of the item that are not looked at, since `*` has left them out. */
	readonly leftOut: readonly string[];
}

export interface MediaWish {
	readonly kind: MediaKind;
	readonly accepted: readonly MediaKind[];
	readonly isFollowUp?: boolean;
	/** Slug of the model that is to read the files. */
	readonly model: string;
	/** Seconds that the item may take. */
	readonly maxWait: number;
}

/** The files of an item: from its binary fields, or the addresses in the URL parameter of the operation's own kind. */
export async function readSources(item: ItemContext, wish: MediaWish): Promise<MediaSources> {
	const read = await readAsked(item, wish);
	item.session.fileNotes.noteCount(item.itemIndex, read.sources.length);
	return read;
}

async function readAsked(item: ItemContext, wish: MediaWish): Promise<MediaSources> {
	const { functions, itemIndex, session } = item;
	const { kind, isFollowUp, model } = wish;
	if (functions.getNodeParameter('inputType', itemIndex, 'binary') === 'url') {
		const { name, displayName } = URL_PARAMETERS[kind];
		const urls = functions.getNodeParameter(name, itemIndex, '');
		if (isFollowUp && urls === '') return { sources: [], leftOut: [] };
		return {
			sources: mediaUrls(urls, { kind, parameter: displayName, model, takesOwnNetwork: session.isLoopback }),
			leftOut: [],
		};
	}
	if (isFollowUp && !hasFiles(item)) return { sources: [], leftOut: [] };
	return await fileSources(item, functions.getNodeParameter('binaryPropertyName', itemIndex, 'data'), wish);
}
