import { createHash } from 'crypto';

import { PredictionError } from '../../core/PredictionError';
import type { FileSource } from '../fileSource';
import type { ItemContext } from '../operation';

/** For one file, however large. */
const HASH_SECONDS = 60;

const hashes = new WeakMap<FileSource, Promise<string | undefined>>();

/** SHA-256 of a file's bytes, in lower-case hex; undefined for one that can't be read, or not in time. Read once. */
export async function contentHash(
	source: FileSource,
	session: ItemContext['session'],
): Promise<string | undefined> {
	const known = hashes.get(source) ?? hashInTurn(source, session).catch(() => undefined);
	hashes.set(source, known);
	return await known;
}

async function hashInTurn(source: FileSource, session: ItemContext['session']): Promise<string> {
	const file = await source.identified();
	const hashOf = async (): Promise<string> => {
		const bytes = await file.open();
		if (bytes instanceof Uint8Array) return sha256(bytes);
		const hash = createHash('sha256');
		for await (const chunk of bytes) hash.update(chunk);
		return hash.digest('hex');
	};
	return await session.fileReading.looks(
		async () => await session.scope(HASH_SECONDS).within(hashOf(), () => PredictionError.outOfTime()),
	);
}

export function sha256(content: string | Uint8Array): string {
	return createHash('sha256').update(content).digest('hex');
}
