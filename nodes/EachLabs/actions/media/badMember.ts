import { PredictionError, type FailureKind } from '../../core/PredictionError';
import type { MediaItem } from './MediaItem';

/** What one member of a group can cause for all of them. */
const CAUSED_BY_ONE: ReadonlySet<FailureKind> = new Set(['blocked', 'unreadableFile', 'unreachableUrl']);

/** The words of providers, where the failure's kind is not known. */
const WORDS: ReadonlyArray<[FailureKind, RegExp]> = [
	[
		'blocked',
		/content[ _-]?(?:moderation|policy|filter)|safety|prohibited|\bblocked\b|nsfw|policy violation|violates|sensitive content/i,
	],
	[
		'unreachableUrl',
		/(?:fetch|download|reach|retrieve|access|load)\w*\b.{0,80}\b(?:url|address|link|https?:)|\burl\b.{0,60}\b(?:not accessible|unreachable|404|403|not found)/i,
	],
	[
		'unreadableFile',
		/(?:cannot|can't|could not|unable to|failed to) (?:read|decode|open|process|identify|parse)\b.{0,60}\b(?:image|file|video|audio|pdf|document|media)|(?:corrupt|unsupported|invalid|malformed)\w* (?:image|file|video|audio|pdf|document|media)/i,
	],
];

/** Why a prediction failed; undefined where it did not, or nothing tells. */
export function failureOf(error: unknown): FailureKind | undefined {
	if (!(error instanceof PredictionError) || error.kind !== 'predictionFailed') return undefined;
	const { failure } = error.facts;
	if (failure !== undefined && failure !== 'unknown') return failure;
	return WORDS.find(([, words]) => words.test(error.message.slice(0, 2_000)))?.[0];
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
