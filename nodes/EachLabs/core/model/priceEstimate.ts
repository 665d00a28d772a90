import type { MediaMeasure } from '../media/mediaMeasure';
import type { MediaKind } from '../media/media';
import type { Model } from '../api/shapes';
import { DEFAULT_MODEL } from './defaultModel';
import { firstEstimateUsd } from './modelPrice';

/** At least, and at most. */
export type Range = readonly [low: number, high: number];

const TILE_PIXELS = 768;
/** Of a tile, and of a page: as Google counts them for its Gemini models. */
const TILE_TOKENS = 258;
const TOKENS_A_SECOND: Readonly<Partial<Record<MediaKind, number>>> = { video: 263, audio: 32 };
/** A picture whose size is not known: one tile to four. */
const UNSEEN_PICTURE: Range = [TILE_TOKENS, 4 * TILE_TOKENS];
/** A picture for models of other makers, who each count in a way of their own. */
const OTHER_PICTURE: Range = [85, 1_600];
/** USD a token, listed for the default model; for a catalogue that names none. */
const LISTED_USD = { input: 0.000_000_07, output: 0.000_000_3 };
const MILLION = 1_000_000;

/** What a medium counts for a model; undefined where its length is not known. */
export function mediaTokens(
	{ slug }: Pick<Model, 'slug'>,
	kind: MediaKind,
	measure: MediaMeasure,
): Range | undefined {
	const { width, height, seconds, pages } = measure;
	if (kind === 'image') {
		if (!/gemini/i.test(slug)) return OTHER_PICTURE;
		if (width === undefined || height === undefined) return UNSEEN_PICTURE;
		return exactly(
			Math.max(1, Math.ceil(width / TILE_PIXELS) * Math.ceil(height / TILE_PIXELS)) * TILE_TOKENS,
		);
	}
	if (kind === 'document') return pages === undefined ? undefined : exactly(pages * TILE_TOKENS);
	return seconds === undefined ? undefined : exactly(Math.ceil(seconds * (TOKENS_A_SECOND[kind] ?? 0)));
}

/**
 * What a prediction costs, by the price in the model's catalogue entry.
 *
 * @returns USD; undefined where the catalogue names no price that this tells of
 */
export function predictionUsd(model: Model, input: Range, output: Range): Range | undefined {
	const eachUsd = firstEstimateUsd(model);
	if (eachUsd !== undefined) return exactly(eachUsd);
	const price = tokenUsd(model);
	if (price === undefined) return undefined;
	const usd = (side: 0 | 1): number => input[side] * price.input + output[side] * price.output;
	return [usd(0), usd(1)];
}

function tokenUsd({ slug, cost, raw }: Model): typeof LISTED_USD | undefined {
	const isListed = slug === DEFAULT_MODEL;
	if (!cost) return isListed ? LISTED_USD : undefined;
	if (cost.unit !== 'million_tokens') return undefined;
	const input = rowOf(raw, /input|prompt/i) ?? cost.min ?? cost.amount;
	const output = rowOf(raw, /output|completion/i) ?? cost.max ?? cost.amount;
	if (input === null || output === null) return undefined;
	return { input: input / MILLION, output: output / MILLION };
}

/** A line of the price, e.g. 'Input'. */
function rowOf({ cost }: Model['raw'], label: RegExp): number | undefined {
	const rows: unknown = (cost as { rows?: unknown } | null | undefined)?.rows;
	const found = (Array.isArray(rows) ? (rows as unknown[]) : []).find((row) =>
		label.test(String((row as { label?: unknown } | null)?.label)),
	) as { value?: unknown } | undefined;
	return typeof found?.value === 'number' ? found.value : undefined;
}

function exactly(value: number): Range {
	return [value, value];
}
