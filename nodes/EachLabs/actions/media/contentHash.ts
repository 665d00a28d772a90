import { createHash } from 'crypto';

import { readBytes } from '../../core/media/readBytes';
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
	return await session.fileReading.looks(async () => {
		const hash = createHash('sha256');
		const scope = session.scope(HASH_SECONDS);
		const onTimeout = () => PredictionError.outOfTime();
		await readBytes(file, { scope: () => scope, onTimeout }, (chunk) => {
			hash.update(chunk);
			return true;
		});
		return hash.digest('hex');
	});
}
