import { createCipheriv, createHash, type Hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';

const BOX_HEADER_BYTES = 8;
const CHUNK_BYTES = 1_048_576;

/**
 * A real MP4 of any size: the example video, and behind it a box of bytes that players skip. The bytes don't repeat, so that a
 * chunk which is lost, doubled or moved shows in the SHA-256, which `hash` has once the stream has ended.
 */
export async function largeVideo(byteLength: number): Promise<{ stream: Readable; hash: Hash }> {
	const video = await readFile(join(__dirname, '../../examples/media/sailing-boat.mp4'));
	const header = Buffer.alloc(BOX_HEADER_BYTES);
	header.writeUInt32BE(byteLength - video.length, 0);
	header.write('free', 4);
	const hash = createHash('sha256');

	function* chunks(): Generator<Buffer> {
		const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
		yield video;
		yield header;
		let left = byteLength - video.length - header.length;
		for (; left > 0; left -= CHUNK_BYTES) yield noise.update(Buffer.alloc(Math.min(left, CHUNK_BYTES)));
	}
	function* hashed(): Generator<Buffer> {
		for (const chunk of chunks()) {
			hash.update(chunk);
			yield chunk;
		}
	}
	return { stream: Readable.from(hashed()), hash };
}
