import { fencedPassages } from './fencedPassages';
import { mendedJson, type MendedJson } from './mendedJson';
import { parsedJson } from './parseJson';

/** A JSON value that a text may have been meant to hold. */
export interface JsonCandidate {
	/** As `JSON.parse` gives it, without the keys that could reach a prototype. */
	readonly value: unknown;
	/** The text was not JSON as it stood: something was added, left out or unpacked to read it. */
	readonly isRepaired: boolean;
	/**
	 * The text ended before the value did. It was closed after the last entry or field that is there in full, at every level;
	 * so the last entry of a list may be an object that lacks fields, and whatever would have come after it is missing.
	 * Or the text itself says that something is missing: dots, "and 40 more", a comment that leaves out or hides fields.
	 */
	readonly isCutOff: boolean;
	/** Cut off where it can't be told what is meant. */
	readonly isRefused?: boolean;
	/** There in full, but inside of something that was refused, and so cut off from what is around it. */
	readonly isPart?: boolean;
}

const MAX_CHARACTERS = 1_048_576;
const MAX_CANDIDATES = 8;
/** Values of one text; more than an answer of 8,192 tokens can hold of entries. */
const MAX_VALUES = 768;
/** How much is read of a text, in lengths of it, and at least: what can't be read is looked through for what is inside of it. */
const MAX_READINGS = 4;
const MIN_BUDGET = 32_768;
/** What it costs to find that something can't be read, in characters. */
const FAILURE = 128;

/**
 * Candidates for the JSON value that a model's text holds, best first: at most 8 unless told otherwise, none where there is none.
 *
 * A text that is JSON gives what `JSON.parse` gives. Else objects and lists are looked for in code fences and in prose, and
 * mended where they are broken and it can be told what is meant. Of several, the larger ones come first, then what stands in a
 * fence, then what needed no repair, then what comes later in the text; what was cut off comes last. Objects that follow each
 * other without a list around them are also offered as a list, in the second place.
 *
 * Takes time in proportion to the length of the text, whatever it holds. Texts over 1 MB and values nested deeper than 64
 * give no candidate; keys called `__proto__`, `constructor` or `prototype` are dropped at every level. Never throws.
 */
export function jsonInText(text: string, most = MAX_CANDIDATES): JsonCandidate[] {
	if (text.length > MAX_CHARACTERS) return [];
	const pure = parsedJson(text.trim());
	if (!pure) return candidatesIn(text).slice(0, most);
	// Some models put the JSON into a JSON string.
	const inner = typeof pure.value === 'string' ? asRepaired(candidatesIn(pure.value)) : [];
	const candidate = { ...pure, isRepaired: false, isCutOff: standsForMore(pure.value) };
	return [candidate, ...inner].slice(0, most);
}

function asRepaired(candidates: readonly JsonCandidate[]): JsonCandidate[] {
	return candidates.map((candidate) => ({ ...candidate, isRepaired: true }));
}

function candidatesIn(text: string): JsonCandidate[] {
	const found = new Search(text).run();
	if (found.length === 0 && /[[{]\s{0,20}\\"/.test(text)) {
		// JSON as it stands inside a JSON string, but without the quotes of that string.
		return asRepaired(candidatesIn(unescaped(text)));
	}
	return bestFirst(found, text);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function unescaped(text: string): string {
	return text.replace(/\\(["\\/nrt])/g, (_, mark: string) => ESCAPES[mark] ?? mark);
}

interface Found extends JsonCandidate {
	readonly start: number;
	readonly end: number;
	readonly isFenced: boolean;
	/** A fence in it is a part of some text in it. */
	readonly holdsFences: boolean;
	/** What is behind its end may belong to it. */
	readonly endsInText: boolean;
}

/** A part of the text in which JSON is looked for. */
interface Passage {
	readonly start: number;
	readonly end: number;
	readonly isFenced: boolean;
	/** The model ended it: what is open then was not cut off there. */
	readonly isDone: boolean;
}

const OPENER = /[{[｛［]/g;
/** What looks like JSON, and not like a placeholder, a link or a note in prose. */
const BEGINNING =
	/[{｛]\s*(?:["'`´“”„‘’«»「」『』＂}｝/…]|$|,\s*["'\w]|\.{3}|[\p{L}\p{N}_$][\p{L}\p{M}\p{N}_$-]{0,80}\s*[:：])|[[［]\s*(?:["'`´“”„‘’«»「」『』＂[\]{}［］｛｝/…]|$|-?\d|\.{3}|(?:true|false|null|True|False|None|NaN)\b)/uy;
const BARE_LIST = /\[\s*[\p{L}_$]/uy;
const NO_SPACE = /\S|$/g;
/** A text of JSON, or a bracket. */
const STRING_OR_BRACKET = /"[^"\\]*(?:\\[^][^"\\]*)*(?:"|$)|[[\]{}]/g;

/** A look through one text for the objects and lists in it. */
class Search {
	/** By where it starts. */
	private readonly found = new Map<number, Found>();
	/** In characters. */
	private budget: number;
	/** Where the last quote is that may close a text which `"` opens. */
	private readonly lastCurved: number;
	/** The last bracket that was looked for, and from where. */
	private opener = { from: 0, at: -1 };

	constructor(private readonly text: string) {
		this.budget = text.length * MAX_READINGS + MIN_BUDGET;
		this.lastCurved = text.lastIndexOf('”');
	}

	run(): Found[] {
		for (const { start, end, isClosed } of fencedPassages(this.text)) {
			if (this.isDone) break;
			this.look({ start, end, isFenced: true, isDone: isClosed });
		}
		this.look({ start: 0, end: this.text.length, isFenced: false, isDone: false });
		const found = [...this.found.values()];
		const around = found.filter(({ isFenced, holdsFences }) => !isFenced && holdsFences);
		return found.filter(
			({ isFenced, start, end }) => !isFenced || !around.some((one) => one.start < start && end <= one.end),
		);
	}

	private get isDone(): boolean {
		return this.budget <= 0 || this.found.size >= MAX_VALUES;
	}

	private look(passage: Passage): void {
		const first = placeOf(NO_SPACE, this.text, passage.start);
		if (passage.isFenced) this.readScalar(first, passage);
		const said = this.text.slice(passage.start, passage.end).trimEnd();
		const lastClosing = passage.start + Math.max(said.lastIndexOf('}'), said.lastIndexOf(']'));
		const lastMark = said.at(-1);
		let position = passage.start;
		/** Up to where all is inside of something that can't be read. */
		let brokenEnd = 0;
		while (!this.isDone) {
			const start = this.nextOpener(position);
			if (start >= passage.end) return;
			const known = this.found.get(start);
			position = known && !known.endsInText ? known.end : start + 1;
			if (position > start + 1 || !this.mayBegin(start, first)) continue;
			const mended = this.mended(start, passage);
			// What is left of something that is nested too deep is no answer either.
			if (mended.isTooDeep) return;
			let { end } = mended;
			position = end;
			if (mended.isRefused) {
				const bracket = closingBracket(this.text, start, passage.end);
				end = Math.min(bracket, passage.end);
				position = start + 1;
				brokenEnd = Math.max(brokenEnd, bracket);
				this.budget -= end - start + FAILURE;
			}
			if (known && mended.isCutOff) continue;
			const parsed = parsedJson(mended.json);
			// Of what is refused right behind its bracket, there was nothing.
			if (!parsed || (mended.isRefused && mended.json.length === 2)) continue;
			const isPart = start < brokenEnd && !mended.isCutOff;
			this.found.set(start, {
				value: parsed.value,
				isRepaired: !mended.isPlain,
				isCutOff: mended.isCutOff || isPart || mended.leavesOut || standsForMore(parsed.value),
				// A text that is open behind the last bracket lacks its quote, and not its end.
				isRefused:
					(mended.isRefused && (brokenEnd < Infinity || lastClosing >= mended.end)) ||
					(mended.endsInText && lastMark === (mended.json.startsWith('{') ? '}' : ']')),
				isPart,
				start,
				end,
				isFenced: passage.isFenced,
				holdsFences: !mended.isCutOff || (mended.isSure && !mended.isRefused),
				endsInText: mended.endsInText,
			});
		}
	}

	private mended(start: number, { end, isDone }: Passage): MendedJson {
		const mended = mendedJson(this.text, start, end, isDone, false);
		this.budget -= mended.end - start;
		if ((!mended.isCutOff && mended.isSure) || start > this.lastCurved) return mended;
		const mixed = mendedJson(this.text, start, end, isDone, true);
		this.budget -= mixed.end - start;
		return mixed.isCutOff || (!mended.isCutOff && !mixed.isSure) ? mended : mixed;
	}

	private nextOpener(from: number): number {
		if (from < this.opener.from || from > this.opener.at) {
			this.opener = { from, at: placeOf(OPENER, this.text, from) };
		}
		return this.opener.at;
	}

	private mayBegin(start: number, first: number): boolean {
		BEGINNING.lastIndex = start;
		BARE_LIST.lastIndex = start;
		return BEGINNING.test(this.text) || (start === first && BARE_LIST.test(this.text));
	}

	/** A text or a number that is all that a fence holds. */
	private readScalar(start: number, { end, isFenced }: Passage): void {
		if (start >= end || !/["\w-]/.test(this.text.charAt(start))) return;
		const whole = parsedJson(this.text.slice(start, end).trim());
		this.budget -= FAILURE;
		if (!whole) return;
		this.found.set(start, {
			value: whole.value,
			isRepaired: false,
			isCutOff: false,
			isRefused: false,
			isPart: false,
			start,
			end,
			isFenced,
			holdsFences: false,
			endsInText: false,
		});
	}
}

function placeOf(form: RegExp, text: string, from: number): number {
	form.lastIndex = from;
	return form.exec(text)?.index ?? text.length;
}

/** Where the JSON ends that opens at `start`, by its brackets; infinite if it doesn't. */
function closingBracket(text: string, start: number, limit: number): number {
	let depth = 0;
	STRING_OR_BRACKET.lastIndex = start;
	for (let found = STRING_OR_BRACKET.exec(text); found; found = STRING_OR_BRACKET.exec(text)) {
		const [mark] = found;
		if (found.index >= limit) break;
		if (mark === '{' || mark === '[') depth += 1;
		else if (mark === '}' || mark === ']') depth -= 1;
		if (depth <= 0) return STRING_OR_BRACKET.lastIndex;
	}
	return Infinity;
}

function bestFirst(found: readonly Found[], text: string): JsonCandidate[] {
	const longest = Math.max(0, ...found.map(({ isCutOff, start, end }) => (isCutOff ? 0 : end - start)));
	const rankOf = ({ isCutOff, isFenced, isRepaired, start, end }: Found): number =>
		isCutOff ? 8 : ((end - start) * 2 >= longest ? 0 : 4) + (isFenced ? 0 : 2) + (isRepaired ? 1 : 0);
	const [best, ...others] = found
		.toSorted(
			(left, right) =>
				rankOf(left) - rankOf(right) ||
				// A model that writes two answers means the second; of what was cut off, the outer one holds the others.
				(left.isCutOff ? left.start - right.start : right.start - left.start),
		)
		.map(({ value, isRepaired, isCutOff, isRefused, isPart }): JsonCandidate => {
			const candidate = { value, isRepaired, isCutOff };
			return isRefused || isPart ? { ...candidate, isRefused, isPart } : candidate;
		});
	return best ? [best, ...objectsInARow(found, text), ...others] : [];
}

/** The longest row of objects with nothing but white space and commas between them, as one list: JSON Lines, say. */
function objectsInARow(found: readonly Found[], text: string): JsonCandidate[] {
	let longest: Found[] = [];
	let isLongestCutOff = false;
	let row: Found[] = [];
	for (const one of found.toSorted((left, right) => left.start - right.start)) {
		const last = row.at(-1);
		const isNext =
			last !== undefined && one.start >= last.end && /^[\s,;，；]*$/.test(text.slice(last.end, one.start));
		// A further object that was begun but not finished belongs to the list.
		if (isNext && one.isCutOff && row === longest) isLongestCutOff = true;
		if (Array.isArray(one.value) || typeof one.value !== 'object' || one.isCutOff) row = [];
		else if (isNext) row.push(one);
		else row = [one];
		if (row.length > longest.length) {
			longest = row;
			isLongestCutOff = false;
		}
	}
	if (longest.length < 2) return [];
	return [{ value: longest.map(({ value }) => value), isRepaired: true, isCutOff: isLongestCutOff }];
}

/** An entry of a list that stands for others. */
const AND_MORE =
	/^[\s([]*(?:(?:\.{3,}|…)[\s)\]]*|(?:etc|usw)\.?|(?:\.{3,}|…)?\s*(?:and|plus|und|\+)\s*(?:\d{1,9}|many|several|some)\s+(?:more|others?|weitere)\b.{0,40})$/i;

/** Whether a list of the value has an entry that stands for further ones: `"..."`, `"and 40 more"`. */
function standsForMore(value: unknown): boolean {
	if (typeof value !== 'object' || value === null) return false;
	const isMore = (entry: unknown): boolean =>
		typeof entry === 'string' && entry.length <= 80 && AND_MORE.test(entry.trim());
	if (Array.isArray(value)) return value.some((entry) => isMore(entry) || standsForMore(entry));
	return Object.entries(value).some(([key, field]) => /^(?:\.{3,}|…)$/.test(key) || standsForMore(field));
}
