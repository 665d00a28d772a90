import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Streams bytes into a new file and answers their count and SHA-256 (hex).
 * On a break, or past `maxBytes`, it rejects and leaves no file behind.
 */
export async function streamToFile(
	bytes: Readable,
	path: string,
	maxBytes = Number.POSITIVE_INFINITY,
): Promise<{ path: string; byteLength: number; sha256: string }> {
	const hash = createHash('sha256');
	let byteLength = 0;
	const meter = new Transform({
		transform(chunk: Buffer, _encoding, done) {
			byteLength += chunk.length;
			hash.update(chunk);
			if (byteLength > maxBytes) done(new Error(`More than ${maxBytes} bytes`));
			else done(null, chunk);
		},
	});
	try {
		await pipeline(bytes, meter, createWriteStream(path));
	} catch (error) {
		await rm(path, { force: true });
		throw error;
	}
	return { path, byteLength, sha256: hash.digest('hex') };
}
