import { numbersIn } from './literals';

/** Comments and texts in quotes, then words without quotes: numbers, keywords, names, dots. */
const TOKEN =
	/\/\*[^]*?(?:\*\/|$)|(?<!:)\/\/[^\n]*|"[^"\\]*(?:\\.[^"\\]*)*(?:"|$)|'[^'\\\n]*(?:\\.[^'\\\n]*)*'|[^\s"'“”„{}[\],:/]+/gs;
/** What a repairer would make a number of, although it is none. */
const HALF_NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)?(?:[eE][-+]?)?$/;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
const LEAVES_OUT =
	/\.{3}|…|\b(?:more|omitted|left out|rest of|remaining|truncated|shortened|same as above|and so on|etc|usw|weitere)\b/i;
const HIDES_FIELD = /["'“][^"'“”\n]{1,80}["'”]\s*:/;
/** An entry of a list that stands for others. */
const AND_MORE =
	/^[\s([]*(?:(?:\.{3,}|…)[\s)\]]*|(?:etc|usw)\.?|(?:\.{3,}|…)?\s*(?:and|plus|und|\+)\s*(?:\d{1,9}|many|several|some)\s+(?:more|others?|weitere)\b.{0,40})$/i;

/** Quotes the words of broken JSON that look like numbers and are none (`-`, `1e`, `2.`), so that they stay words. */
export function withHalfNumbersQuoted(json: string): string {
	return json.replace(TOKEN, (token) =>
		HALF_NUMBER.test(token) && !NUMBER.test(token) && !/^(?:\d+|\+)$/.test(token)
			? JSON.stringify(token)
			: token,
	);
}

/** Whether every number of the repaired JSON stands in the text literally, as a word of its own. */
export function keepsNumbers(repaired: string, text: string): boolean {
	const numbers = numbersIn(repaired);
	if (numbers.length === 0) return true;
	const words = new Set(text.match(/[\w.+-]+/g) ?? []);
	return numbers.every((number) => words.has(number));
}

/** Whether broken JSON says that something is missing in it: dots, or a comment that leaves out or hides fields. */
export function leavesOut(json: string): boolean {
	return (json.match(TOKEN) ?? []).some((token) =>
		/^\/[/*]/.test(token) ? LEAVES_OUT.test(token) || HIDES_FIELD.test(token) : /^(?:\.{3}|…)/.test(token),
	);
}

/** Whether a list of the value has an entry that stands for further ones: `"..."`, `"and 40 more"`. */
export function standsForMore(value: unknown): boolean {
	if (typeof value !== 'object' || value === null) return false;
	const isMore = (entry: unknown): boolean =>
		typeof entry === 'string' && entry.length <= 80 && AND_MORE.test(entry.trim());
	if (Array.isArray(value)) return value.some((entry) => isMore(entry) || standsForMore(entry));
	return Object.entries(value).some(([key, field]) => /^(?:\.{3,}|…)$/.test(key) || standsForMore(field));
}

const ASCII: ReadonlyMap<string, string> = new Map([
	...([...'：，｛｝［］'].map((mark, index) => [mark, [...':,{}[]'][index] ?? '']) as Array<
		[string, string]
	>),
	['、', ','],
	['　', ' '],
]);
const CLOSERS: ReadonlyMap<string, string> = new Map([
	['“', '”“"'],
	['”', '”“"'],
	['„', '“”„"'],
	['«', '»'],
	['»', '«»'],
	['「', '」'],
	['『', '』'],
	['＂', '＂'],
]);
const STRUCTURE = new Set(':,}]：，｝］、');
const BARE_KEY = /^([\p{L}_$][\p{L}\p{M}\p{N}_$-]{0,80})\s{0,8}[:：]/u;

/** Whether there are signs of JSON in it that only another alphabet has. */
export function hasNationalMarks(text: string): boolean {
	return /[：，｛｝［］“”„«»「『＂]|[{,｛，]\s{0,20}[\p{L}_$][\p{L}\p{M}\p{N}_$-]{0,80}\s{0,8}[:：]/u.test(
		text,
	);
}

/** The text from its first bracket on, with full-width marks, national quotes and bare keys outside of texts as JSON has them. */
export function withAsciiMarks(text: string): string {
	const start = text.search(/[[{［｛]/);
	if (start < 0) return text;
	const parts: string[] = [];
	let mayBeKey = false;
	for (let index = start; index < text.length; ) {
		const character = text.charAt(index);
		if (character === '"' || CLOSERS.has(character)) {
			const end = stringEnd(text, index);
			const inner = text.slice(index + 1, end);
			parts.push(
				'"',
				inner.replace(/\\.|"/gs, (part) => (part === '"' ? '\\"' : part)),
				'"',
			);
			index = end + 1;
			mayBeKey = false;
			continue;
		}
		const key = mayBeKey ? BARE_KEY.exec(text.slice(index, index + 100))?.[1] : undefined;
		if (key !== undefined) {
			parts.push(JSON.stringify(key));
			index += key.length;
			mayBeKey = false;
			continue;
		}
		const mark = ASCII.get(character) ?? character;
		if (mark.trim() !== '') mayBeKey = mark === '{' || mark === ',';
		parts.push(mark);
		index += 1;
	}
	return parts.join('');
}

/** Where the string that opens at `start` ends: at a quote of its kind with a mark of JSON behind it. */
function stringEnd(text: string, start: number): number {
	const closers = CLOSERS.get(text.charAt(start)) ?? '"”';
	for (let index = start + 1; index < text.length; index += 1) {
		const character = text.charAt(index);
		if (character === '\\') index += 1;
		else if (closers.includes(character)) {
			const next = text.slice(index + 1, index + 40).trimStart();
			if (next === '' || STRUCTURE.has(next.charAt(0))) return index;
		}
	}
	return text.length;
}
