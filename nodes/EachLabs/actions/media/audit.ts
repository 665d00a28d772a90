import type { IDataObject } from 'n8n-workflow';

import { hostClock } from '../../n8n/hostClock';
import { sha256 } from '../../core/sha256';
import { contentHash } from './contentHash';
import type { MediaItem } from './MediaItem';
import type { ModerationRules } from './moderationRules';

/**
 * The rules that an item was judged by, and when. `contentHash` is the SHA-256 of the file's bytes, in lower-case hex; for several
 * files, `contentHashes` lists one a file. It is null for a file given by URL, whose bytes the node never sees, and for one that
 * can't be read again.
 *
 * @param model slug of the one that answered
 */
export async function auditOf(
	rules: ModerationRules,
	member: MediaItem,
	model: IDataObject[string],
): Promise<IDataObject> {
	const { categories, reviewThreshold, blockThreshold } = rules;
	const hashes = await Promise.all(
		member.sources.map(async (source) =>
			// A missing hash does not fail the item, which is paid for.
			'url' in source ? null : ((await contentHash(source, member.context.session)) ?? null),
		),
	);
	return {
		rulesHash: sha256(JSON.stringify(categories.map(({ name, description }) => [name, description]))),
		reviewThreshold,
		blockThreshold,
		model,
		...(hashes.length > 1 ? { contentHashes: hashes } : { contentHash: hashes[0] ?? null }),
		checkedAt: new Date(hostClock.epochMs()).toISOString(),
		nodeVersion: member.context.functions.getNode().typeVersion,
	};
}
