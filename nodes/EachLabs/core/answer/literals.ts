type Holder = Readonly<Record<string | number, unknown>>;

/** A JSON text, and what was read from it. */
interface Source {
	readonly json: string;
	readonly value: Holder;
	/** By object or list of the value, one like it in which numbers that `String` writes otherwise are texts: a mark, then the number as written. Made when it is first asked for. */
	marked?: ReadonlyMap<object, Holder>;
}

/** By object or list, where it, or the one that it is a copy of, was read. */
const origins = new WeakMap<object, { readonly source: Source; readonly original: object }>();

/** In JSON: texts, which are stepped over, and numbers. */
const TEXT_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs;
/** What a text has where a number in it may be written otherwise than `String` does: exponents, `-0`, zeros behind the point, many digits. */
const MAY_BE_OTHER = /\d[eE]|-0|\.\d*0(?!\d)|0\.0{5}|(?:\d\.?){16}/;
const MARK = '\u0001';

/** The numbers of a JSON text as they are written there, without those inside of texts. */
export function numbersIn(json: string): string[] {
	return (json.match(TEXT_OR_NUMBER) ?? []).filter((word) => !word.startsWith('"'));
}

/** Whether a number of JSON becomes another one when it is read: it is whole and has too many digits, or is too large. */
export function isInexact(literal: string): boolean {
	const number = Number(literal);
	if (!Number.isFinite(number)) return true;
	if (!/(?:\d\.?){16}/.test(literal)) return false;
	const written = digitsOf(literal);
	const read = digitsOf(String(number));
	return written.power >= 0 && (written.digits !== read.digits || written.power !== read.power);
}

/** A number without its sign: digits, with no zeros around them, times a power of ten. */
function digitsOf(literal: string): { readonly digits: string; readonly power: number } {
	const [, whole = '', fraction = '', exponent = '0'] =
		/^-?(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(literal) ?? [];
	const all = `${whole}${fraction}`.replace(/^0+/, '');
	const digits = all.replace(/(?<!0)0+$/, '');
	return { digits, power: Number(exponent) - fraction.length + all.length - digits.length };
}

/** @param value what `JSON.parse` makes of the text */
export function rememberLiterals(json: string, value: unknown): void {
	if (!isHolder(value) || !MAY_BE_OTHER.test(json)) return;
	const source: Source = { json, value };
	const note = (part: object): void => {
		origins.set(part, { source, original: part });
		for (const inner of Object.values(part)) if (isHolder(inner)) note(inner);
	};
	note(value);
}

/** How a number is written in the text that it was read from: `12.50`, say. */
export function literalOf(number: number, holder: object | undefined, key: string | number): string {
	const origin = holder && origins.get(holder);
	const marked = origin && markedOf(origin.source).get(origin.original);
	const literal = marked && Object.hasOwn(marked, key) ? marked[key] : undefined;
	return typeof literal === 'string' && literal.startsWith(MARK) ? literal.slice(1) : String(number);
}

/** Makes known the literals of an object to a copy of some of its fields. */
export function shareLiterals<Copy extends object>(holder: object, copy: Copy): Copy {
	const known = origins.get(holder);
	if (known) origins.set(copy, known);
	return copy;
}

function markedOf(source: Source): ReadonlyMap<object, Holder> {
	if (source.marked) return source.marked;
	const marked = new Map<object, Holder>();
	source.marked = marked;
	let isOther = false;
	const json = source.json.replace(TEXT_OR_NUMBER, (word) => {
		if (word.startsWith('"') || String(Number(word)) === word) return word;
		isOther = true;
		return JSON.stringify(`${MARK}${word}`);
	});
	const pair = (value: Holder, like: Holder): void => {
		marked.set(value, like);
		for (const [key, part] of Object.entries(value)) {
			const likePart = like[key];
			if (isHolder(part) && isHolder(likePart)) pair(part, likePart);
		}
	};
	if (isOther) pair(source.value, JSON.parse(json) as Holder);
	return marked;
}

function isHolder(value: unknown): value is Holder {
	return typeof value === 'object' && value !== null;
}
