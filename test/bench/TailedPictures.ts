import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Container } from '@n8n/di';
import { BinaryDataService, type BinaryData } from 'n8n-core';
import type { IBinaryData } from 'n8n-workflow';
import sharp from 'sharp';

import { CHUNK_FRAME_BYTES, commentChunk } from './pngComment';

/** Uncompressed, three bytes a pixel: 7.02 million bytes, a little under the limit of 7 MB. */
const SIDE_PIXELS = 1_530;
/** The name of n8n's file store, whose place they take. */
const STORE = 'filesystem-v2';

/**
 * Any number of real PNG pictures of about 7 MB, each with bytes and a length of its own, that take the disk space of one.
 *
 * Each is read from disk as n8n's file store would read it; only the comment at its end is put in on the way.
 */
export class TailedPictures {
	private constructor(
		private readonly path: string,
		private readonly baseBytes: number,
	) {}

	/** @param path where the one picture is written */
	static async in(path: string): Promise<TailedPictures> {
		const canvas = { width: SIDE_PIXELS, height: SIDE_PIXELS, channels: 3 as const, background: '#3050c8' };
		await writeFile(path, await sharp({ create: canvas }).png({ compressionLevel: 0 }).toBuffer());
		const { length } = await readFile(path);
		return new TailedPictures(path, length);
	}

	/** Bytes of a picture; no two are equal. */
	byteLength(number: number): number {
		return this.baseBytes + tellingComment(number).length;
	}

	/** What an item holds of a picture that n8n has stored. */
	stored(number: number): IBinaryData {
		const fileName = `photo-${number}.png`;
		return { id: `${STORE}:${number}`, data: STORE, mimeType: 'image/png', fileName, fileExtension: 'png' };
	}

	/** Puts them in the place of n8n's file store, once n8n's engine has started. Nothing can be stored after that. */
	serve(): void {
		const getAsStream = async (fileId: string, chunkBytes?: number): Promise<Readable> =>
			await Promise.resolve(Readable.from(this.chunks(Number(fileId), chunkBytes), { objectMode: false }));
		const manager: Pick<BinaryData.Manager, 'getAsStream' | 'getAsBuffer' | 'getMetadata'> = {
			getAsStream,
			getAsBuffer: async (fileId: string) => await buffer(await getAsStream(fileId)),
			getMetadata: async (fileId: string) =>
				await Promise.resolve({ fileSize: this.byteLength(Number(fileId)), mimeType: 'image/png' }),
		};
		Container.get(BinaryDataService).setManager(STORE, manager as BinaryData.Manager);
	}

	private async *chunks(number: number, chunkBytes?: number): AsyncGenerator<Buffer> {
		const file = (from: number, to: number) =>
			createReadStream(this.path, { start: from, end: to - 1, highWaterMark: chunkBytes });
		const end = this.baseBytes - CHUNK_FRAME_BYTES;
		for await (const chunk of file(0, end)) yield chunk as Buffer;
		yield tellingComment(number);
		for await (const chunk of file(end, this.baseBytes)) yield chunk as Buffer;
	}
}

/** Its length tells one picture from the other. */
function tellingComment(number: number): Buffer {
	return commentChunk(number + 1);
}
