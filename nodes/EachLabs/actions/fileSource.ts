import { MEDIA_KIND_NAMES, type MediaFile, type MediaKind } from '../core/media/media';
import { PredictionError } from '../core/PredictionError';
import type { BinaryFile } from '../n8n/itemFiles';

/** All kinds of files that models read. */
export const KINDS: readonly MediaKind[] = ['image', 'video', 'audio', 'document'];

/** A file of the item, of the kind that its bytes or, until they are looked at, its declared type tell. */
export interface FileSource {
	readonly kind: MediaKind;
	readonly label: string;
	identified(): Promise<MediaFile>;
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
