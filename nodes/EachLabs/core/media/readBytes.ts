import { createHash } from 'crypto';

import type { ByteStream } from '../host';
import type { Scope } from '../Scope';
import type { MediaFile } from './media';

/** How long the host's store may take. */
export interface ReadingTime {
	/** Asked before each wait: a new one each time limits each wait by itself, the same one all of them together. */
	scope(): Scope;
	/** Makes what is thrown when it has passed. */
	onTimeout(): Error;
}

/** Opens a file in time; a stream that comes later is closed again. */
export async function openInTime(
	file: Pick<MediaFile, 'open'>,
	{ scope, onTimeout }: ReadingTime,
): Promise<Uint8Array | ByteStream> {
	return await scope().within(file.open(), onTimeout, (late) => {
		if (!(late instanceof Uint8Array)) late.destroy();
	});
}

/**
 * Hands the bytes of a file on, in pieces, until they end or `take` wants no more. However that ends, no stream stays open.
 *
 * @param take answers whether it wants more
 * @throws {PredictionError} `stopped`; what `onTimeout` makes; what the store throws
 */
export async function readBytes(
	file: Pick<MediaFile, 'open'>,
	time: ReadingTime,
	take: (chunk: Uint8Array) => boolean,
): Promise<void> {
	const bytes = await openInTime(file, time);
	if (bytes instanceof Uint8Array) {
		take(bytes);
		return;
	}
	const chunks = bytes[Symbol.asyncIterator]();
	try {
		for (;;) {
			const next = await time.scope().within(chunks.next(), time.onTimeout);
			if (next.done === true || !take(next.value)) return;
		}
	} finally {
		bytes.destroy();
	}
}

/**
 * SHA-256 of a file's bytes, in lower-case hex.
 *
 * @throws as `readBytes`
 */
export async function hashBytes(file: Pick<MediaFile, 'open'>, time: ReadingTime): Promise<string> {
	const hash = createHash('sha256');
	await readBytes(file, time, (chunk) => {
		hash.update(chunk);
		return true;
	});
	return hash.digest('hex');
}
