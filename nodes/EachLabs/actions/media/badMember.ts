import { failureOf, PredictionError, type FailureKind } from '../../core/PredictionError';
import type { MediaItem } from './MediaItem';

/** What one member of a group can cause for all of them. */
const CAUSED_BY_ONE: ReadonlySet<FailureKind> = new Set(['blocked', 'unreadableFile', 'unreachableUrl']);

/** Whether a single member may have ended the request of all, so that the others can go without it. */
export function isCausedByOne(error: unknown): boolean {
	const failure = failureOf(error);
	return failure !== undefined && CAUSED_BY_ONE.has(failure);
}

/**
 * The members that the failure names by the address or the position of a file.
 *
 * @param members those of the request that failed, in its order
 */
export function membersNamed(error: unknown, members: readonly MediaItem[]): ReadonlySet<MediaItem> {
	const words = error instanceof PredictionError ? error.message : '';
	const owners = members.flatMap((member) => member.sources.map(() => member));
	const byPosition = [
		...words.matchAll(/\b(?:image_urls|images|files|urls|media|input)\[(\d{1,5})\]/gi),
	].flatMap(([, position]) => owners[Number(position)] ?? []);
	// Whole addresses: one may be the beginning of another.
	const addresses = new Set(
		[...words.matchAll(/\bhttps?:\/\/[^\s"'<>`]+/gi)].flatMap(([address]) => [
			address,
			address.replace(/[.,;:!?)\]}…]+$/, ''),
		]),
	);
	const byAddress = members.filter(({ sources }) =>
		sources.some((source) => 'url' in source && addresses.has(source.url)),
	);
	return new Set([...byPosition, ...byAddress]);
}
