import { isRecord } from '../json';
import { plainName } from './choices';

type JsonObject = Readonly<Record<string, unknown>>;

const ABSENT: ReadonlySet<string> = new Set([
	'',
	'-',
	'–',
	'—',
	'n/a',
	'na',
	'n.a.',
	'unknown',
	'none',
	'null',
	'not available',
	'not applicable',
]);

/** The one of the names that a key is meant for; undefined where none or several fit. */
export function keyIn(key: string, names: readonly string[]): string | undefined {
	if (names.includes(key)) return key;
	const tight = (name: string): string => spaced(name).replaceAll(' ', '');
	const fitting = names.filter((name) => tight(name) === tight(key));
	return fitting.length === 1 && tight(key) !== '' ? fitting[0] : undefined;
}

export function spaced(name: string): string {
	return plainName(name.replace(/([\p{Ll}\p{N}])(?=\p{Lu})/gu, '$1 '));
}

/** Whether a value can be the one entry of a list: a text that lists several is none. */
export function isOne(value: unknown): boolean {
	return value !== null && !isAbsent(value) && !(typeof value === 'string' && /[,;\n]/.test(value));
}

export function isAbsent(value: unknown): boolean {
	return (
		typeof value === 'string' &&
		value.length < 40 &&
		ABSENT.has(value.replace(/^[\s<[(]+|[\s>\])]+$/g, '').toLowerCase())
	);
}

/** Entries with a confidence, each label once, and only the surest where one is wanted. */
export function surest(entries: readonly unknown[], maxItems: number | undefined): unknown[] {
	if (maxItems === undefined || entries.length <= maxItems) return [...entries];
	const rated = entries.filter(isRated);
	if (rated.length < entries.length) return [...entries];
	const byLabel = new Map<string, Rated>();
	for (const one of rated) {
		const known = byLabel.get(one.label);
		if (!known || known.confidence < one.confidence) byLabel.set(one.label, one);
	}
	const sorted = [...byLabel.values()].sort((left, right) => right.confidence - left.confidence);
	const [first, second] = sorted;
	// Two that are equally sure can't be told apart.
	if (maxItems !== 1 || (second && second.confidence === first?.confidence)) return sorted;
	return sorted.slice(0, 1);
}

interface Rated extends JsonObject {
	readonly label: string;
	readonly confidence: number;
}

function isRated(entry: unknown): entry is Rated {
	return isRecord(entry) && typeof entry.label === 'string' && typeof entry.confidence === 'number';
}

/** `01:05`, `01:02:03,500`, `5.2s`; undefined for anything else. */
export function secondsIn(word: string): number | undefined {
	const plain = /^(\d{1,6}(?:\.\d{1,6})?) ?(?:s|sec|seconds)$/i.exec(word)?.[1];
	if (plain !== undefined) return Number(plain);
	const [, hours = '0', minutes, seconds, rest = '0'] =
		/^(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d)(?:[.,](\d{1,6}))?$/.exec(word) ?? [];
	if (minutes === undefined) return undefined;
	const whole = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
	return Number(`${whole}.${rest}`);
}
