import type { IDataObject } from 'n8n-workflow';

import { lastPartOf } from '../../core/media/addresses';
import type { MediaKind, MediaUrl } from '../../core/media/media';
import { PredictionError } from '../../core/PredictionError';
import { askedFiles, hasFiles } from '../../n8n/itemFiles';
import { mediaUrls } from '../../n8n/itemUrls';
import { urlParameter } from '../fields/sources';
import { fileSources, type FileSource, type FileWish, type ItemSources } from '../fileSource';
import type { ItemContext } from '../operation';
import { written } from '../../core/words';
import { parsedUrl } from '../../core/parsedUrl';

interface MediaWish extends FileWish {
	readonly models: readonly string[];
	readonly isFollowUp?: boolean;
}

/** The files of an item: from its binary fields, or the addresses in the URL parameter of the operation's own kind. */
export async function readSources(
	item: ItemContext,
	wish: MediaWish,
): Promise<ItemSources<MediaUrl | FileSource>> {
	const parts = await Promise.all(
		contributors(item).map(async (part, position, { length }) =>
			length === 1 ? await readOwn(part, wish) : await readOwn(part, wish).catch(ofItem(position, length)),
		),
	);
	const sources = parts.flatMap((part) => part.sources);
	item.session.fileNotes.noteCount(item.itemIndex, sources.length, item.session.options.combineItems);
	return { sources, leftOut: parts.flatMap(({ leftOut }) => leftOut) };
}

/** The items whose files belong to the question: the item itself, or with 'Combine Items' all of the run. */
function contributors(item: ItemContext): ItemContext[] {
	if (!item.session.options.combineItems) return [item];
	return item.functions.getInputData().map((_, itemIndex) => ({ ...item, itemIndex }));
}

/** Says which of several items a file is of that can't be sent. */
function ofItem(position: number, count: number): (error: unknown) => never {
	return (error) => {
		if (!(error instanceof PredictionError)) throw error;
		const which = `This is about item ${position + 1} of ${written(count)}.`;
		throw error.with({ description: `${which} ${error.description}` });
	};
}

async function readOwn(item: ItemContext, wish: MediaWish): Promise<ItemSources<MediaUrl | FileSource>> {
	const { functions, itemIndex, session } = item;
	const { kind, isFollowUp, models } = wish;
	if (functions.getNodeParameter('inputType', itemIndex, 'binary') === 'url') {
		const { name, displayName } = urlParameter(kind);
		const urls = functions.getNodeParameter(name, itemIndex, '');
		if (isFollowUp && urls === '') return { sources: [], leftOut: [] };
		return {
			sources: mediaUrls(urls, { kind, parameter: displayName, models, takesOwnNetwork: session.isLoopback }),
			leftOut: [],
		};
	}
	if (isFollowUp && !hasFiles(item)) return { sources: [], leftOut: [] };
	return await fileSources(item, functions.getNodeParameter('binaryPropertyName', itemIndex, 'data'), wish);
}

/** `fileName`, or `fileNames` of several: by what a person knows the item. Nothing where it has no files. */
export function fileNameFields(
	files: ReadonlyArray<{ readonly url: string } | { readonly shownName: string }>,
): IDataObject {
	const [name, ...others] = files.map((file) => ('url' in file ? nameInUrl(file.url) : file.shownName));
	if (name === undefined || name === '') return {};
	return others.length === 0 ? { fileName: name } : { fileNames: [name, ...others] };
}

/** The same for an item whose files could not be read; nothing where its parameters don't tell. */
export function askedFileNames(item: ItemContext, kind: MediaKind): IDataObject {
	try {
		return fileNameFields(contributors(item).flatMap((part) => shownFiles(part, kind)));
	} catch {
		return {};
	}
}

function shownFiles(
	item: ItemContext,
	kind: MediaKind,
): Array<{ readonly url: string } | { readonly shownName: string }> {
	const { functions, itemIndex } = item;
	if (functions.getNodeParameter('inputType', itemIndex, 'binary') === 'url') {
		const { name, displayName } = urlParameter(kind);
		const urls = functions.getNodeParameter(name, itemIndex, '');
		return mediaUrls(urls, { kind, parameter: displayName, models: [], takesOwnNetwork: true });
	}
	const { files } = askedFiles(item, functions.getNodeParameter('binaryPropertyName', itemIndex, 'data'));
	return files.map(({ name, fieldName }) => ({ shownName: name || (fieldName ?? '') }));
}

/** The last part of the path, as a person reads it; the host where there is none. */
function nameInUrl(url: string): string {
	const parsed = parsedUrl(url);
	return parsed ? lastPartOf(parsed) || parsed.host : url;
}
