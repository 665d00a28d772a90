import { PredictionError, type FailureKind } from '../../core/PredictionError';
import type { MediaItem } from './MediaItem';

/** What one member of a group can cause for all of them. */
const CAUSED_BY_ONE: ReadonlySet<FailureKind> = new Set(['blocked', 'unreadableFile', 'unreachableUrl']);

/** Why a prediction gave nothing; undefined where it did, or nothing tells. */
export function failureOf(error: unknown): FailureKind | undefined {
	return error instanceof PredictionError ? error.facts.failure : undefined;
}

/** Whether a single member may have ended the request of all, so that the others can go without it. */
export function isCausedByOne(error: unknown): boolean {
	const failure = failureOf(error);
	return failure !== undefined && CAUSED_BY_ONE.has(failure);
}

/** The member that the failure names by the address or the position of a file; undefined where it names none, or several. */
export function memberNamed(error: unknown, members: readonly MediaItem[]): MediaItem | undefined {
	const words = error instanceof PredictionError ? error.message : '';
	const owners = members.flatMap((member) => member.sources.map(() => member));
	const byPosition = [...words.matchAll(/\b(?:image_urls|images|files|urls|media|input)\[(\d{1,5})\]/gi)].map(
		([, position]) => owners[Number(position)],
	);
	const byAddress = members.filter(({ sources }) =>
		sources.some((source) => 'url' in source && source.url !== '' && words.includes(source.url)),
	);
	const named = new Set([...byPosition, ...byAddress].filter((member) => member !== undefined));
	return named.size === 1 ? [...named][0] : undefined;
}
