import { jsonrepair } from 'jsonrepair';
import { fencedPassages } from './fencedPassages';
import { rememberLiterals } from './literals';
import {
	hasNationalMarks,
	keepsNumbers,
	leavesOut,
	standsForMore,
	withAsciiMarks,
	withHalfNumbersQuoted,
} from './tidiedJson';
import { isQuote, isWhiteSpace, OPEN_BRACE, OPEN_BRACKET, scanJson, type JsonScan } from './scanJson';

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
}

const MAX_CHARACTERS = 1_048_576;
const MAX_DEPTH = 64;
const MAX_CANDIDATES = 8;

// Each of these keeps the time in proportion to the length of the text, whatever the text is made of.

/** How often all of it may be scanned for where a value ends: each bracket that is never closed takes a scan to the end. */
const MAX_SCANS_OF_ALL = 4;
/** Values that are read, for one text; more than an answer of 8,192 tokens can hold of entries. */
const MAX_VALUES = 768;
/** Of them, values that are not JSON as they stand: to fail costs more than to read. */
const MAX_BROKEN_VALUES = 128;
/**
 * How much the repairer may copy, in characters: it copies all that it has written so far for every comma that is missing or
 * too many. Enough for a text of 10,000 in which 500 are.
 */
const COPY_BUDGET = 5_000_000;
/** How much text the repairer may read, in characters, whose damage it may see otherwise than we do: it may take quadratic time. */
const DOUBTFUL_BUDGET = 2_048;

/** Own keys of these names are data in JSON, but turn into something else in the hands of whoever assigns them. */
const FORBIDDEN_KEYS = ['__proto__', 'constructor', 'prototype'];

/**
 * Candidates for the JSON value that a model's text holds, best first: at most 8, none where there is none.
 *
 * A text that is JSON gives what `JSON.parse` gives. Else objects and lists are looked for in code fences and in prose, and
 * repaired where they are broken. Of several, the larger ones come first, then what stands in a fence, then what needed no
 * repair, then what comes later in the text; what was cut off comes last. Objects that follow each other without a list
 * around them are also offered as a list, in the second place.
 *
 * Takes time in proportion to the length of the text, whatever it holds. Texts over 1 MB and values nested deeper than 64
 * give no candidate; keys called `__proto__`, `constructor` or `prototype` are dropped at every level. Never throws.
 */
export function jsonInText(text: string): JsonCandidate[] {
	if (text.length > MAX_CHARACTERS) return [];
	const pure = parsed(text.trim());
	if (!pure) {
		const candidates = candidatesIn(text);
		if (candidates.some(({ isCutOff }) => !isCutOff) || !hasNationalMarks(text)) return candidates;
		const others = candidatesIn(withAsciiMarks(text)).map((one) => ({ ...one, isRepaired: true }));
		return others.some(({ isCutOff }) => !isCutOff) ? others : candidates;
	}
	if (pure.value === undefined) return [];
	const candidate = { value: pure.value, isRepaired: false, isCutOff: standsForMore(pure.value) };
	if (typeof pure.value !== 'string') return [candidate];
	// Some models put the JSON into a JSON string.
	const inner = candidatesIn(pure.value).map((one) => ({ ...one, isRepaired: true }));
	return [candidate, ...inner].slice(0, MAX_CANDIDATES);
}

interface Found extends JsonCandidate {
	readonly start: number;
	readonly end: number;
	readonly isFenced: boolean;
	readonly isClosed: boolean;
	readonly endsInString: boolean;
	/** Up to where all of it is JSON as it stands, or the text of a string in it; `start` if that can't be told. */
	readonly plainEnd: number;
}

/** The state of looking through one text. */
interface Search {
	readonly text: string;
	/** By where it starts. */
	readonly found: Map<number, Found>;
	/** In characters. */
	scanBudget: number;
	valuesLeft: number;
	brokenValuesLeft: number;
	/** What the repairer may still read, what it may still copy, and what it may read of doubtful text; in characters. */
	readBudget: number;
	copyBudget: number;
	doubtfulBudget: number;
}

/** A part of the text in which JSON is looked for. */
interface Passage {
	readonly start: number;
	readonly end: number;
	readonly isFenced: boolean;
	/** What is not closed at the end of it was cut off there; a fence that was closed shows that the model was done. */
	readonly endsWithText: boolean;
}

function candidatesIn(text: string): JsonCandidate[] {
	const search: Search = {
		text,
		found: new Map(),
		scanBudget: text.length * MAX_SCANS_OF_ALL + 4_096,
		valuesLeft: MAX_VALUES,
		brokenValuesLeft: MAX_BROKEN_VALUES,
		readBudget: text.length + 1_000,
		copyBudget: COPY_BUDGET,
		doubtfulBudget: DOUBTFUL_BUDGET,
	};
	for (const { start, end, isClosed } of fencedPassages(text)) {
		const passage = { start, end, isFenced: true, endsWithText: !isClosed };
		if (!isReadAsAWhole(search, passage)) searchPassage(search, passage);
	}
	searchPassage(search, { start: 0, end: text.length, isFenced: false, endsWithText: true });
	if (search.found.size === 0 && /[[{]\s{0,20}\\"/.test(text)) {
		// JSON as it stands inside a JSON string, but without the quotes of that string.
		return candidatesIn(unescaped(text)).map((candidate) => ({ ...candidate, isRepaired: true }));
	}
	return bestFirst(withoutQuoted([...search.found.values()]), text);
}

function unescaped(text: string): string {
	const meanings = new Map([
		['n', '\n'],
		['r', '\r'],
		['t', '\t'],
	]);
	return text.replace(/\\(["\\/nrt])/g, (_, character: string) => meanings.get(character) ?? character);
}

/** Without what stands in a fence that is a part of some text inside the JSON around it. */
function withoutQuoted(found: Found[]): Found[] {
	const around = found.filter(({ isFenced, start, plainEnd }) => !isFenced && plainEnd > start);
	return found.filter(
		({ isFenced, start, end }) =>
			!isFenced || !around.some((one) => one.start < start && end <= one.plainEnd),
	);
}

function bestFirst(found: Found[], text: string): JsonCandidate[] {
	const longest = found.reduce(
		(length, { isCutOff, start, end }) => Math.max(length, isCutOff ? 0 : end - start),
		0,
	);
	const rankOf = ({ isCutOff, isFenced, isRepaired, start, end }: Found): number =>
		isCutOff ? 8 : ((end - start) * 2 >= longest ? 0 : 4) + (isFenced ? 0 : 2) + (isRepaired ? 1 : 0);
	const [best, ...others] = found
		.map((one) => ({ one, rank: rankOf(one) }))
		.sort(
			(left, right) =>
				left.rank - right.rank ||
				// A model that writes two answers means the second; of what was cut off, the outer one holds the others.
				(left.one.isCutOff ? left.one.start - right.one.start : right.one.start - left.one.start),
		)
		.map(({ one: { value, isRepaired, isCutOff } }) => ({ value, isRepaired, isCutOff }));
	if (!best) return [];
	return [best, ...objectsInARow(found, text), ...others].slice(0, MAX_CANDIDATES);
}

/** The longest row of objects with nothing but white space and commas between them, as one list: JSON Lines, say. */
function objectsInARow(found: Found[], text: string): JsonCandidate[] {
	const inOrder = found.toSorted((left, right) => left.start - right.start);
	let longest: Found[] = [];
	let isLongestCutOff = false;
	let row: Found[] = [];
	for (const one of inOrder) {
		const last = row.at(-1);
		const isNext = last !== undefined && isSeparator(text, last.end, one.start);
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

function isSeparator(text: string, start: number, end: number): boolean {
	return end >= start && /^[\s,;]*$/.test(text.slice(start, end));
}

/** A fence that holds one JSON value and nothing else, which may then be a text or a number as well. */
function isReadAsAWhole(search: Search, { start, end, isFenced }: Passage): boolean {
	const { text, found } = search;
	const json = text.slice(start, end).trim();
	if (json === '' || search.brokenValuesLeft === 0) return json === '';
	const whole = parsed(json);
	if (!whole) {
		search.brokenValuesLeft -= 1;
		return false;
	}
	if (whole.value !== undefined) {
		const { value } = whole;
		const isCutOff = standsForMore(value);
		const facts = { isRepaired: false, isCutOff, isFenced, isClosed: true, endsInString: false };
		found.set(nextOpener(text, start, end) ?? start, { ...facts, value, start, end, plainEnd: end });
	}
	return true;
}

function searchPassage(search: Search, { start, end, isFenced, endsWithText }: Passage): void {
	const { text, found } = search;
	const firstCharacter = start + text.slice(start, end).search(/\S/);
	/** Whether a value was begun and not finished: whatever comes after that is a part of it. */
	let isInsideCutOff = false;
	let position = start;
	while (search.scanBudget > 0 && search.valuesLeft > 0 && search.brokenValuesLeft > 0) {
		const opener = nextOpener(text, position, end);
		if (opener === undefined) return;
		const known = found.get(opener);
		if (known && (known.isClosed || !known.endsInString)) {
			position = Math.max(known.end, opener + 1);
			continue;
		}
		if (!mayStartJson(text, opener, opener === firstCharacter)) {
			position = opener + 1;
			continue;
		}
		const scan = scanJson(text, opener, end, MAX_DEPTH);
		search.scanBudget -= scan.end - opener;
		// A string that is open where a fence ends may have had that fence in it.
		const isCutOff = !scan.isClosed && (endsWithText || scan.endsInString);
		const value = known && !scan.isClosed ? undefined : readValue(search, opener, scan, isCutOff);
		if (value) {
			found.set(opener, {
				...value,
				isCutOff: isCutOff || isInsideCutOff || value.isLeftOut,
				start: opener,
				end: scan.end,
				isFenced,
				isClosed: scan.isClosed,
				endsInString: scan.endsInString,
				plainEnd: scan.isPlain ? plainEndOf(text, scan) : opener,
			});
		}
		// What is left of something that is nested too deep is no answer either.
		if (scan.isTooDeep) return;
		if (value && (!isCutOff || (scan.isPlain && scan.completeEnd > opener + 1))) {
			position = scan.end;
			continue;
		}
		// Either prose that looked like JSON, or a value that may never have begun: there may be one inside it.
		isInsideCutOff ||= isCutOff && known === undefined;
		position = opener + 1;
	}
}

/** Strings that end, then one that does not before the first mark of a fence. */
const FENCE_IN_STRING = /^(?:[^"`~]|"(?:[^"\\\n]|\\.)*")*"(?:[^"\\\n]|\\.)*[`~]/;

function plainEndOf(text: string, { isClosed, end, completeEnd }: JsonScan): number {
	if (isClosed) return end;
	const rest = text.slice(completeEnd, end);
	return !/[`~]/.test(rest) || FENCE_IN_STRING.test(rest) ? end : completeEnd;
}

/** The value that was scanned, as it stands or else repaired; undefined where it is none. */
function readValue(
	search: Search,
	start: number,
	scan: JsonScan,
	isCutOff: boolean,
): (Pick<JsonCandidate, 'value' | 'isRepaired'> & { readonly isLeftOut: boolean }) | undefined {
	if (scan.isTooDeep) return undefined;
	search.valuesLeft -= 1;
	const { text } = search;
	const end = isCutOff ? scan.completeEnd : scan.end;
	const closers = isCutOff ? closersOf(scan.open) : '';
	if (scan.isPlain && (scan.isClosed || isCutOff)) {
		const asItStands = parsed(text.slice(start, end) + closers);
		if (asItStands) {
			const { value } = asItStands;
			return value === undefined
				? undefined
				: { value, isRepaired: isCutOff, isLeftOut: standsForMore(value) };
		}
	}
	search.brokenValuesLeft -= 1;
	if (!isAffordable(search, end - start, scan.commaFaults, scan.firstDoubt < end)) return undefined;
	const json = withEscapedQuotes(text, start, end, scan.strayQuotes) + closers;
	const value = repaired(json);
	if (typeof value !== 'object' || value === null) return undefined;
	return { value, isRepaired: true, isLeftOut: leavesOut(json) || standsForMore(value) };
}

/** Whether the repairer may read this much text, which is then taken off what it may read. */
function isAffordable(search: Search, length: number, commaFaults: number, isDoubtful: boolean): boolean {
	const copied = isDoubtful ? 0 : length * commaFaults;
	const doubtful = isDoubtful ? length : 0;
	if (length > search.readBudget || copied > search.copyBudget || doubtful > search.doubtfulBudget)
		return false;
	search.readBudget -= length;
	search.copyBudget -= copied;
	search.doubtfulBudget -= doubtful;
	return true;
}

function closersOf(open: readonly number[]): string {
	return open
		.map((opener) => (opener === OPEN_BRACE ? '}' : ']'))
		.toReversed()
		.join('');
}

/** A quote in the middle of a string says so by a backslash, which spares the repairer to look for a better reading. */
function withEscapedQuotes(text: string, start: number, end: number, quotes: readonly number[]): string {
	const cuts = [start, ...quotes.filter((quote) => quote < end), end];
	return cuts
		.slice(1)
		.map((cut, index) => text.slice(cuts[index], cut))
		.join('\\');
}

function repaired(json: string): unknown {
	try {
		const whole = jsonrepair(withHalfNumbersQuoted(json));
		return keepsNumbers(whole, json) ? parsed(whole)?.value : undefined;
	} catch {
		// It is beyond repair, or nested in parentheses beyond what the repairer can follow.
		return undefined;
	}
}

/** What `JSON.parse` makes of it; undefined where it is no JSON, and a `value` of undefined where it is nested too deep. */
function parsed(json: string): { value: unknown } | undefined {
	let value: unknown;
	try {
		value = JSON.parse(json);
	} catch {
		return undefined;
	}
	if (!isCleaned(value, MAX_DEPTH)) return { value: undefined };
	rememberLiterals(json, value);
	return { value };
}

/** Drops the forbidden keys in the value itself; false where it is nested deeper than `depth`. */
function isCleaned(value: unknown, depth: number): boolean {
	if (typeof value !== 'object' || value === null) return true;
	if (depth === 0) return false;
	if (Array.isArray(value)) return value.every((entry) => isCleaned(entry, depth - 1));
	for (const key of FORBIDDEN_KEYS) {
		if (Object.hasOwn(value, key)) Reflect.deleteProperty(value, key);
	}
	return Object.values(value).every((field) => isCleaned(field, depth - 1));
}

function nextOpener(text: string, from: number, end: number): number | undefined {
	for (let index = from; index < end; index += 1) {
		const code = text.charCodeAt(index);
		if (code === OPEN_BRACE || code === OPEN_BRACKET) return index;
	}
	return undefined;
}

/** Whether what follows the bracket looks like JSON, and not like a placeholder, a link or a note in prose. */
function mayStartJson(text: string, opener: number, isAtStart: boolean): boolean {
	let index = opener + 1;
	while (isWhiteSpace(text.charCodeAt(index))) index += 1;
	if (index === text.length || isQuote(text.charCodeAt(index))) return true;
	const isObject = text.charCodeAt(opener) === OPEN_BRACE;
	if (!(isObject ? /[\w$}/,-]/ : /[\w$[\]{/-]/).test(text.charAt(index))) return false;
	const rest = text.slice(index, index + 80);
	if (isObject) return /^(?:\}|\/[/*]|,\s{0,8}["'\w]|[\w$-]{1,64}\s{0,8}:)/.test(rest);
	return (
		/^(?:[[\]{]|\/[/*]|-?\d|(?:true|false|null|True|False|None|NaN)\b)/.test(rest) ||
		(isAtStart && /^[\w$]/.test(rest))
	);
}
