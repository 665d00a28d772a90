import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';

import { PredictionError } from '../../core/PredictionError';
import { withinTime } from '../../core/withinTime';
import { hostClock } from '../../n8n/hostClock';
import type { FileSource } from '../fileSource';
import type { MediaItem } from './MediaItem';
import type { ModerationRules } from './moderationRules';

/** For one file, however large; after that its hash is left out. */
const HASH_MS = 60_000;

/**
 * By what an item was judged, and when. `contentHash` is the SHA-256 of the file's bytes, in lower-case hex; of several files a
 * list `contentHashes`. It is null for a file given by URL, whose bytes the node never sees, and for one that can't be read again.
 */
export async function auditOf(rules: ModerationRules, member: MediaItem): Promise<IDataObject> {
	const { categories, reviewThreshold, blockThreshold } = rules;
	const hashes = await Promise.all(
		member.sources.map(async (source) => ('url' in source ? null : await contentHash(source, member))),
	);
	return {
		rulesHash: sha256(JSON.stringify(categories.map(({ name, description }) => [name, description]))),
		reviewThreshold,
		blockThreshold,
		model: member.model.slug,
		...(hashes.length > 1 ? { contentHashes: hashes } : { contentHash: hashes[0] ?? null }),
		checkedAt: new Date(hostClock.epochMs()).toISOString(),
		nodeVersion: member.context.functions.getNode().typeVersion,
	};
}

async function contentHash(source: FileSource, { context }: MediaItem): Promise<string | null> {
	const { abortSignal, fileReading } = context.session;
	const onTimeout = (): PredictionError => PredictionError.stopped();
	try {
		return await fileReading.looks(
			async () =>
				await withinTime(hashOf(source), { clock: hostClock, limitMs: HASH_MS, abortSignal, onTimeout }),
		);
	} catch {
		// What was paid for stands, with or without the hash.
		return null;
	}
}

async function hashOf(source: FileSource): Promise<string> {
	const opened = await (await source.identified()).open();
	if (opened instanceof Uint8Array) return sha256(opened);
	const hash = createHash('sha256');
	for await (const chunk of opened) hash.update(chunk);
	return hash.digest('hex');
}

function sha256(content: string | Uint8Array): string {
	return createHash('sha256').update(content).digest('hex');
}
