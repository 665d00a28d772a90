import { createHash } from 'crypto';

import { PredictionError } from '../../core/PredictionError';
import { withinTime } from '../../core/withinTime';
import { hostClock } from '../../n8n/hostClock';
import type { FileSource } from '../fileSource';
import type { ItemContext } from '../operation';

/** For one file, however large. */
const HASH_MS = 60_000;

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

async function hashInTurn(
	source: FileSource,
	{ abortSignal, fileReading }: ItemContext['session'],
): Promise<string> {
	const file = await source.identified();
	const onTimeout = (): PredictionError => PredictionError.stopped();
	const hashOf = async (): Promise<string> => {
		const bytes = await file.open();
		if (bytes instanceof Uint8Array) return sha256(bytes);
		const hash = createHash('sha256');
		for await (const chunk of bytes) hash.update(chunk);
		return hash.digest('hex');
	};
	return await fileReading.looks(
		async () => await withinTime(hashOf(), { clock: hostClock, limitMs: HASH_MS, abortSignal, onTimeout }),
	);
}

export function sha256(content: string | Uint8Array): string {
	return createHash('sha256').update(content).digest('hex');
}
