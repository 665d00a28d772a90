/** By object: all values of the keys that stand in it more than once, with different ones. */
const doubles = new WeakMap<object, ReadonlyMap<string, readonly unknown[]>>();
const NONE: ReadonlyMap<string, readonly unknown[]> = new Map();

/** In JSON: texts, and behind them the colon that makes them keys. */
const TEXT_OR_KEY = /"([^"\\]*(?:\\.[^"\\]*)*")(\s*:)?/gs;

/**
 * What `JSON.parse` makes of a text, which is that of the last value where a key stands in an object more than once; all its
 * values are remembered.
 */
export function readWithDoubles(json: string): unknown {
	let ordinal = 0;
	return unmarked(
		JSON.parse(
			json.replace(TEXT_OR_KEY, (text, rest: string, colon?: string) =>
				colon === undefined ? text : `"${ordinal++}:${rest}:`,
			),
		),
	);
}

/** All values of each key of an object that stands in it more than once, with different ones. */
export function doubledIn(object: object): ReadonlyMap<string, readonly unknown[]> {
	return doubles.get(object) ?? NONE;
}

function unmarked(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(unmarked);
	if (typeof value !== 'object' || value === null) return value;
	const all = new Map<string, unknown[]>();
	for (const [marked, part] of Object.entries(value)) {
		const key = marked.slice(marked.indexOf(':') + 1);
		const values = all.get(key) ?? [];
		values.push(unmarked(part));
		all.set(key, values);
	}
	const object = Object.fromEntries([...all].map(([key, values]) => [key, values.at(-1)]));
	const doubled = [...all].filter(
		([, values]) => values.length > 1 && new Set(values.map((one) => JSON.stringify(one))).size > 1,
	);
	if (doubled.length > 0) doubles.set(object, new Map(doubled));
	return object;
}
