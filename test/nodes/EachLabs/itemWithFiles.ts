import type { IBinaryKeyData, IDataObject, INodeExecutionData } from 'n8n-workflow';

import { storeBinary } from '../../support/runNode';

export interface GivenFile {
	readonly bytes: Buffer;
	readonly fileName: string;
	readonly mimeType: string;
}

const EXTENSIONS: Readonly<Record<string, string>> = {
	'image/png': 'png',
	'image/jpeg': 'jpg',
	'video/mp4': 'mp4',
	'audio/wav': 'wav',
	'application/pdf': 'pdf',
};

/** An item with a file in each of the given binary fields, stored as n8n stores it. A bare buffer is a PNG picture. */
export async function itemWithFiles(
	files: Readonly<Record<string, Buffer | (Partial<GivenFile> & { readonly bytes: Buffer })>>,
	json: IDataObject = {},
): Promise<INodeExecutionData> {
	const binary: IBinaryKeyData = {};
	for (const [field, given] of Object.entries(files)) {
		const { bytes, mimeType = 'image/png', fileName } = Buffer.isBuffer(given) ? { bytes: given } : given;
		binary[field] = await storeBinary(
			bytes,
			fileName ?? `${field}.${EXTENSIONS[mimeType] ?? 'bin'}`,
			mimeType,
		);
	}
	return { json, binary };
}
