import { fencedPassages, type FencedPassage } from './fencedPassages';
import { hasNationalMarks, withAsciiMarks } from './nationalMarks';
import { MAX_DEPTH, parsedJson } from './parseJson';
import { standsForMore, ValueReader } from './repairJson';
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
const MAX_CANDIDATES = 8;
/** How often all of a text may be scanned for where a value ends: each bracket that is never closed takes a scan to the end. */
const MAX_SCANS_OF_ALL = 2;
/** The same for a text that has been scanned in vain, and is looked at again with other marks. */
const MAX_SCANS_AGAIN = 1;

/**
 * Candidates for the JSON value that a model's text holds, best first: at most 8 unless told otherwise, none where there is none.
 *
 * A text that is JSON gives what `JSON.parse` gives. Else objects and lists are looked for in code fences and in prose, and
 * repaired where they are broken. Of several, the larger ones come first, then what stands in a fence, then what needed no
 * repair, then what comes later in the text; what was cut off comes last. Objects that follow each other without a list
 * around them are also offered as a list, in the second place.
 *
 * Takes time in proportion to the length of the text, whatever it holds. Texts over 1 MB and values nested deeper than 64
 * give no candidate; keys called `__proto__`, `constructor` or `prototype` are dropped at every level. Never throws.
 */
export function jsonInText(text: string, most = MAX_CANDIDATES): JsonCandidate[] {
	return everyJsonIn(text).slice(0, most);
}

function everyJsonIn(text: string): JsonCandidate[] {
	if (text.length > MAX_CHARACTERS) return [];
	const pure = parsedJson(text.trim());
	if (pure) {
		const candidate = { ...pure, isRepaired: false, isCutOff: standsForMore(pure.value) };
		// Some models put the JSON into a JSON string.
		const inner = typeof pure.value === 'string' ? asRepaired(candidatesIn(pure.value)) : [];
		return [candidate, ...inner];
	}
	const candidates = candidatesIn(text);
	if (candidates.some(isWhole) || !hasNationalMarks(text)) return candidates;
	const others = asRepaired(candidatesIn(withAsciiMarks(text), MAX_SCANS_AGAIN));
	return others.some(isWhole) ? others : candidates;
}

function isWhole({ isCutOff }: JsonCandidate): boolean {
	return !isCutOff;
}

function asRepaired(candidates: readonly JsonCandidate[]): JsonCandidate[] {
	return candidates.map((candidate) => ({ ...candidate, isRepaired: true }));
}

function candidatesIn(text: string, scans = MAX_SCANS_OF_ALL): JsonCandidate[] {
	const found = new Search(text, scans).run();
	if (found.length === 0 && /[[{]\s{0,20}\\"/.test(text)) {
		// JSON as it stands inside a JSON string, but without the quotes of that string.
		return asRepaired(candidatesIn(unescaped(text), MAX_SCANS_AGAIN));
	}
	return bestFirst(withoutQuoted(found), text);
}

function unescaped(text: string): string {
	const parts = text.split('\\\\').map((part) => {
		if (!part.includes('\\')) return part;
		const marks = part.replaceAll('\\"', '"').replaceAll('\\/', '/');
		return marks.replaceAll('\\n', '\n').replaceAll('\\r', '\r').replaceAll('\\t', '\t');
	});
	return parts.join('\\');
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

/** A part of the text in which JSON is looked for. */
interface Passage {
	readonly start: number;
	readonly end: number;
	readonly isFenced: boolean;
	/** What is not closed at the end of it was cut off there; a fence that was closed shows that the model was done. */
	readonly endsWithText: boolean;
}

/** A look through one text for the objects and lists in it. */
class Search {
	/** By where it starts. */
	private readonly found = new Map<number, Found>();
	private readonly reader: ValueReader;
	private readonly fences: readonly FencedPassage[];
	/** In characters. */
	private scanBudget: number;

	constructor(
		private readonly text: string,
		scans: number,
	) {
		this.reader = new ValueReader(text);
		this.fences = fencedPassages(text);
		this.scanBudget = text.length * scans + 4_096;
	}

	run(): Found[] {
		for (const { start, end, isClosed } of this.fences) {
			const passage = { start, end, isFenced: true, endsWithText: !isClosed };
			if (!this.isReadAsAWhole(passage)) this.look(passage);
		}
		this.look({ start: 0, end: this.text.length, isFenced: false, endsWithText: true });
		return [...this.found.values()];
	}

	/** A fence that holds one JSON value and nothing else, which may then be a text or a number as well. */
	private isReadAsAWhole({ start, end, isFenced }: Passage): boolean {
		if (this.firstCharacter(start, end) === end) return true;
		const whole = this.reader.readWhole(start, end);
		if (!whole) return false;
		const ends = { isClosed: true, endsInString: false, plainEnd: end };
		const place = this.nextOpener(start, end) ?? start;
		this.found.set(place, { ...whole, ...ends, isCutOff: whole.isLeftOut, start, end, isFenced });
		return true;
	}

	private look({ start, end, isFenced, endsWithText }: Passage): void {
		const firstCharacter = this.firstCharacter(start, end);
		/** Whether a value was begun and not finished: whatever comes after that is a part of it. */
		let isInsideCutOff = false;
		let position = start;
		while (this.scanBudget > 0 && !this.reader.isDone) {
			const opener = this.nextOpener(position, end);
			if (opener === undefined) return;
			position = opener + 1;
			const known = this.found.get(opener);
			if (known && (known.isClosed || !known.endsInString)) {
				position = Math.max(known.end, position);
				continue;
			}
			if (!mayStartJson(this.text, opener, opener === firstCharacter)) continue;
			const scan = scanJson(this.text, opener, end, MAX_DEPTH);
			this.scanBudget -= scan.end - opener;
			// A string that is open where a fence ends may have had that fence in it.
			const isCutOff = !scan.isClosed && (endsWithText || scan.endsInString);
			const value = known && !scan.isClosed ? undefined : this.reader.read(opener, scan, isCutOff);
			// A list that goes on behind its end was closed too early, by a bracket that belongs to something inside it.
			isInsideCutOff ||= Array.isArray(value?.value) && scan.firstDoubt < scan.end && this.goesOn(scan.end);
			if (value) {
				this.found.set(opener, {
					...value,
					isCutOff: isCutOff || isInsideCutOff || value.isLeftOut,
					start: opener,
					end: scan.end,
					isFenced,
					isClosed: scan.isClosed,
					endsInString: scan.endsInString,
					plainEnd: scan.isPlain && this.fences.length > 0 ? plainEndOf(this.text, scan) : opener,
				});
			}
			// What is left of something that is nested too deep is no answer either.
			if (scan.isTooDeep) return;
			if (value && (!isCutOff || (scan.isPlain && scan.completeEnd > opener + 1))) position = scan.end;
			// Else it is prose that looked like JSON, or a value that may never have begun: there may be one inside it.
			else isInsideCutOff ||= isCutOff && known === undefined;
		}
	}

	private goesOn(end: number): boolean {
		return /^\s{0,20},\s{0,20}[[{"]/.test(this.text.slice(end, end + 45));
	}

	private nextOpener(start: number, end: number): number | undefined {
		for (let index = start; index < end; index += 1) {
			const code = this.text.charCodeAt(index);
			if (code === OPEN_BRACE || code === OPEN_BRACKET) return index;
		}
		return undefined;
	}

	private firstCharacter(start: number, end: number): number {
		NO_SPACE.lastIndex = start;
		return Math.min(NO_SPACE.exec(this.text)?.index ?? end, end);
	}
}

const NO_SPACE = /\S/g;

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

/** Strings that end, then one that does not before the first mark of a fence. */
const FENCE_IN_STRING = /^(?:[^"`~]|"(?:[^"\\\n]|\\.)*")*"(?:[^"\\\n]|\\.)*[`~]/;

function plainEndOf(text: string, { isClosed, end, completeEnd }: JsonScan): number {
	if (isClosed) return end;
	const rest = text.slice(completeEnd, end);
	return !/[`~]/.test(rest) || FENCE_IN_STRING.test(rest) ? end : completeEnd;
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
	return [best, ...objectsInARow(found, text), ...others];
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
