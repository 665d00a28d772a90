import type { MediaKind, MediaUrl } from '../../core/media/media';
import { binaryFiles } from '../../n8n/itemFiles';
import { mediaUrls } from '../../n8n/itemUrls';
import { fileSource, type FileSource } from '../fileSource';
import type { ItemContext } from '../operation';
import { URL_PARAMETERS } from '../fields/sources';

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
