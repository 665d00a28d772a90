import { crc32 } from 'node:zlib';

/** Length, type, CRC of a PNG chunk; the last chunk of a picture has nothing else. */
export const CHUNK_FRAME_BYTES = 12;
const KEYWORD = 'Comment\0';

/** A chunk that viewers skip. */
export function commentChunk(characters: number): Buffer {
	const text = Buffer.from(KEYWORD + 'x'.repeat(characters), 'latin1');
	const chunk = Buffer.alloc(text.length + CHUNK_FRAME_BYTES);
	chunk.writeUInt32BE(text.length, 0);
	chunk.write('tEXt', 4, 'latin1');
	text.copy(chunk, 8);
	chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + text.length)), 8 + text.length);
	return chunk;
}

/** The picture with a comment at its end that gives it this length, in bytes; at least 20 more than it has. */
export function pictureOfLength(png: Buffer, byteLength: number): Buffer {
	const end = png.length - CHUNK_FRAME_BYTES;
	const comment = commentChunk(byteLength - png.length - CHUNK_FRAME_BYTES - KEYWORD.length);
	return Buffer.concat([png.subarray(0, end), comment, png.subarray(end)]);
}
