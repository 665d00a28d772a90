type Holder = Readonly<Record<string | number, unknown>>;

/** How numbers are written that `String` writes otherwise, by the object or list that holds them and by field. */
const literals = new WeakMap<object, Map<string, string>>();

/** In JSON: texts, which are stepped over, and numbers. */
const TEXT_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs;
const MARK = '\u0001';

/** The numbers of a JSON text as they are written there, without those inside of texts. */
export function numbersIn(json: string): string[] {
	return (json.match(TEXT_OR_NUMBER) ?? []).filter((word) => !word.startsWith('"'));
}

/** @param value what `JSON.parse` makes of the text */
export function rememberLiterals(json: string, value: unknown): void {
	if (typeof value !== 'object' || value === null) return;
	let isOther = false;
	const marked = json.replace(TEXT_OR_NUMBER, (word) => {
		if (word.startsWith('"') || String(Number(word)) === word) return word;
		isOther = true;
		return JSON.stringify(`${MARK}${word}`);
	});
	if (isOther) remember(value as Holder, JSON.parse(marked) as Holder);
}

/** How a number is written in the text that it was read from: `12.50`, say. */
export function literalOf(number: number, holder: object | undefined, key: string | number): string {
	return (holder && literals.get(holder)?.get(String(key))) ?? String(number);
}

/** Makes known the literals of an object to a copy of some of its fields. */
export function shareLiterals<Copy extends object>(holder: object, copy: Copy): Copy {
	const known = literals.get(holder);
	if (known) literals.set(copy, known);
	return copy;
}

function remember(value: Holder, marked: Holder): void {
	for (const [key, part] of Object.entries(value)) {
		const literal = marked[key];
		if (typeof part === 'object' && part !== null) remember(part as Holder, literal as Holder);
		else if (typeof part === 'number' && typeof literal === 'string' && literal.startsWith(MARK)) {
			literals.set(value, (literals.get(value) ?? new Map<string, string>()).set(key, literal.slice(1)));
		}
	}
}
