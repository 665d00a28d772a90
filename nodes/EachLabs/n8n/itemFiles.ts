import pLimit from 'p-limit';
import type { IBinaryData, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { cleanContentType, kindOfType } from '../core/media/contentTypes';
import { HEAD_BYTES, identifyMedia } from '../core/media/identifyMedia';
import { checkFileSize, cleanFileName, type MediaFile, type MediaKind } from '../core/media/media';
import type { ByteStream } from '../core/host';
import { PredictionError } from '../core/PredictionError';

const UPLOAD_CHUNK_BYTES = 262_144;
/** Of all executions in the process: each is an open file, or a request to a store, and an item may have 3,000 of them. */
const looks = pLimit(10);

/** A file in a binary field, whose bytes have not been looked at yet. */
export interface BinaryFile {
	/** Names the file in messages. */
	readonly label: string;
	/** Whether looking at its first bytes costs next to nothing (memory, disk), or a request to a store. */
	readonly isNear: boolean;
	/** What its MIME type says; undefined where that says nothing. */
	readonly declaredKind: MediaKind | undefined;
	/** Looks at the first bytes: what they are, and whether such a file may be sent. */
	identify(): Promise<MediaFile>;
}

/**
 * The files that the parameter 'Input Data Field Name(s)' names: one field, several by comma, or `*` for every field of the item
 * that holds a kind of file which the operation reads.
 *
 * @throws {PredictionError} `invalidInput`, naming the fields that there are
 */
export function binaryFiles(
	functions: IExecuteFunctions,
	itemIndex: number,
	fieldNames: unknown,
	accepted: readonly MediaKind[],
): BinaryFile[] {
	const item = functions.getInputData()[itemIndex];
	const binary = item?.binary ?? {};
	const names = wantedFields(fieldNames, binary, accepted);
	return names.map((name) => {
		const data = binary[name];
		if (!data) {
			throw PredictionError.invalidInput(
				`The item has no binary field '${name}'${Object.keys(binary).length === 0 ? ', nor any other' : `; it has: ${Object.keys(binary).join(', ')}`}`,
				item && Object.keys(binary).length === 0
					? `This node needs a file from the node before it, e.g. from 'Read/Write Files from Disk' or 'HTTP Request' (response format: file).${functions.getNodeParameter('inputType', itemIndex, '') === '' ? '' : " For files that are on the web, set 'Input Type' to their URLs."}`
					: "Set 'Input Data Field Name(s)' to one of these, to several by comma, or to * for all.",
			);
		}
		return new HostBinaryFile(functions, itemIndex, name, data);
	});
}

function wantedFields(
	fieldNames: unknown,
	binary: NonNullable<INodeExecutionData['binary']>,
	accepted: readonly MediaKind[],
): string[] {
	if (typeof fieldNames !== 'string' || fieldNames.length > 1_000 || fieldNames.startsWith('data:')) {
		throw PredictionError.invalidInput(
			`The parameter 'Input Data Field Name(s)' holds ${typeof fieldNames === 'string' ? 'the data of a file' : describeType(fieldNames)} where the name of a field belongs`,
			'Write the name of the binary field, e.g. data, without an expression.',
		);
	}
	const names = fieldNames
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '');
	if (names.length === 0) {
		throw PredictionError.invalidInput(
			"The parameter 'Input Data Field Name(s)' is empty",
			'Write the name of the binary field, e.g. data, or * for all.',
		);
	}
	if (!names.includes('*')) return [...new Set(names)];
	const fitting = Object.entries(binary).filter(([, data]) => {
		const kind = kindOfType(cleanContentType(data.mimeType));
		return kind !== undefined && accepted.includes(kind);
	});
	if (fitting.length === 0) {
		const there = Object.entries(binary).map(
			([name, data]) => `${name} (${cleanContentType(data.mimeType) || 'unknown type'})`,
		);
		throw PredictionError.invalidInput(
			`The item has no file that this operation reads${there.length === 0 ? ', nor any other' : `; it has: ${there.join(', ')}`}`,
			'Look at the node before this one: it has to give a file in a binary field.',
		);
	}
	return fitting.map(([name]) => name);
}

class HostBinaryFile implements BinaryFile {
	readonly label: string;
	readonly isNear: boolean;
	readonly declaredKind: MediaKind | undefined;

	constructor(
		private readonly functions: IExecuteFunctions,
		private readonly itemIndex: number,
		private readonly fieldName: string,
		private readonly data: IBinaryData,
	) {
		const name = cleanFileName(data.fileName);
		this.label =
			name === ''
				? `the file in binary field '${fieldName}'`
				: `the file '${name}' in binary field '${fieldName}'`;
		this.declaredKind = kindOfType(cleanContentType(data.mimeType));
		this.isNear = data.id === undefined || data.id.startsWith('filesystem');
	}

	async identify(): Promise<MediaFile> {
		return await looks(async () => await this.look());
	}

	private async look(): Promise<MediaFile> {
		const byteLength = await this.byteLength();
		if (byteLength === 0) checkFileSize('document', byteLength, this.label);
		const { kind, contentType } = identifyMedia(await this.head(), this.data.mimeType, this.label);
		checkFileSize(kind, byteLength, this.label);
		return {
			kind,
			name: cleanFileName(this.data.fileName),
			contentType,
			byteLength,
			identity: this.data.id,
			open: async () => await this.open(UPLOAD_CHUNK_BYTES),
		};
	}

	private async byteLength(): Promise<number> {
		if (this.data.id === undefined) return (await this.buffer()).length;
		return (await this.functions.helpers.getBinaryMetadata(this.data.id)).fileSize;
	}

	private async head(): Promise<Uint8Array> {
		const bytes = await this.open(HEAD_BYTES);
		if (bytes instanceof Uint8Array) return bytes.subarray(0, HEAD_BYTES);
		const chunks: Uint8Array[] = [];
		let length = 0;
		for await (const chunk of bytes) {
			chunks.push(chunk);
			length += chunk.length;
			if (length >= HEAD_BYTES) break;
		}
		bytes.destroy();
		return Buffer.concat(chunks).subarray(0, HEAD_BYTES);
	}

	/** A stream where the host keeps the file outside of memory; its bytes where it holds them in memory anyway. */
	private async open(chunkBytes: number): Promise<Uint8Array | ByteStream> {
		if (this.data.id === undefined) return await this.buffer();
		return (await this.functions.helpers.getBinaryStream(this.data.id, chunkBytes)) as unknown as ByteStream;
	}

	private async buffer(): Promise<Uint8Array> {
		return await this.functions.helpers.getBinaryDataBuffer(this.itemIndex, this.fieldName);
	}
}

function describeType(value: unknown): string {
	if (value === undefined || value === null) return 'nothing';
	if (Array.isArray(value)) return 'a list';
	return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
