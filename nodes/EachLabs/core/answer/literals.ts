type Holder = Readonly<Record<string | number, unknown>>;

/** By object or list, one like it in which numbers that `String` writes otherwise are texts: a mark, then the number as written. */
const literals = new WeakMap<object, Holder>();

/** In JSON: texts, which are stepped over, and numbers. */
const TEXT_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs;
/** What a text has where a number in it may be written otherwise than `String` does: exponents, `-0`, zeros behind the point, many digits. */
const MAY_BE_OTHER = /\d[eE]|-0|\.\d*0(?!\d)|0\.0{5}|(?:\d\.?){16}/;
const MARK = '\u0001';

/** The numbers of a JSON text as they are written there, without those inside of texts. */
export function numbersIn(json: string): string[] {
	return (json.match(TEXT_OR_NUMBER) ?? []).filter((word) => !word.startsWith('"'));
}

/** @param value what `JSON.parse` makes of the text */
export function rememberLiterals(json: string, value: unknown): void {
	if (typeof value !== 'object' || value === null || !MAY_BE_OTHER.test(json)) return;
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
	const marked = holder && literals.get(holder);
	const literal = marked && Object.hasOwn(marked, key) ? marked[key] : undefined;
	return typeof literal === 'string' && literal.startsWith(MARK) ? literal.slice(1) : String(number);
}

/** Makes known the literals of an object to a copy of some of its fields. */
export function shareLiterals<Copy extends object>(holder: object, copy: Copy): Copy {
	const known = literals.get(holder);
	if (known) literals.set(copy, known);
	return copy;
}

function remember(value: Holder, marked: Holder): void {
	literals.set(value, marked);
	for (const [key, part] of Object.entries(value)) {
		if (typeof part === 'object' && part !== null) remember(part as Holder, marked[key] as Holder);
	}
}
