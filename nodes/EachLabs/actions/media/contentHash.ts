import { hashBytes } from '../../core/media/readBytes';
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
		const scope = session.scope(HASH_SECONDS);
		const onTimeout = () => PredictionError.outOfTime();
		return await hashBytes(file, { scope: () => scope, onTimeout });
	});
}
