import { MEDIA_KIND_NAMES, type MediaFile, type MediaKind, type MediaUrl } from '../../core/media';
import { PredictionError } from '../../core/PredictionError';
import { binaryFiles, type BinaryFile } from '../../n8n/binaryFields';
import { mediaUrls } from '../../n8n/mediaUrls';
import type { ItemContext } from '../operation';
import { URL_PARAMETERS } from './mediaFields';

/** A file of the item, of the kind that its bytes or, until they are looked at, its declared type tell. */
export interface FileSource {
	readonly kind: MediaKind;
	readonly label: string;
	identified(): Promise<MediaFile>;
}

/** The files of an item: from its binary fields, or the addresses in the URL parameter of the operation's own kind. */
export async function readSources(
	item: ItemContext,
	{
		kind,
		accepted,
		isFollowUp,
	}: { readonly kind: MediaKind; readonly accepted: readonly MediaKind[]; readonly isFollowUp?: boolean },
): Promise<Array<MediaUrl | FileSource>> {
	const { functions, itemIndex } = item;
	if (functions.getNodeParameter('inputType', itemIndex, 'binary') === 'url') {
		const { name, displayName } = URL_PARAMETERS[kind];
		const urls = functions.getNodeParameter(name, itemIndex, '');
		return isFollowUp && urls === '' ? [] : mediaUrls(urls, kind, displayName);
	}
	if (isFollowUp && Object.keys(functions.getInputData()[itemIndex]?.binary ?? {}).length === 0) return [];
	const files = binaryFiles(
		functions,
		itemIndex,
		functions.getNodeParameter('binaryPropertyName', itemIndex, 'data'),
		accepted,
	);
	return await Promise.all(files.map(async (file) => await fileSource(file, kind, accepted)));
}

/** @param kind what a file in a remote store is taken for until it is looked at, where its type does not tell */
export async function fileSource(
	binaryFile: BinaryFile,
	kind: MediaKind,
	accepted: readonly MediaKind[],
): Promise<FileSource> {
	const identify = async () => {
		const file = await binaryFile.identify();
		if (accepted.includes(file.kind)) return file;
		throw PredictionError.invalidInput(
			`${binaryFile.label.charAt(0).toUpperCase()}${binaryFile.label.slice(1)} is ${MEDIA_KIND_NAMES[file.kind].article} ${MEDIA_KIND_NAMES[file.kind].one}; this operation reads ${accepted.map((name) => MEDIA_KIND_NAMES[name].many).join(' and ')}`,
			`Use the operation 'Analyze' for it, or give this one only ${MEDIA_KIND_NAMES[kind].many}.`,
		);
	};
	const { label } = binaryFile;
	// A file in memory or on disk is looked at before anything is sent; one in a remote store when its turn has come.
	if (!binaryFile.isNear) return { kind: binaryFile.declaredKind ?? kind, label, identified: identify };
	const file = await identify();
	return { kind: file.kind, label, identified: async () => await Promise.resolve(file) };
}
