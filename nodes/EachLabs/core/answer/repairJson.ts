import { jsonrepair } from 'jsonrepair';
import { numbersIn } from './literals';
import { parsedJson } from './parseJson';
import type { JsonScan } from './scanJson';

/** A value that was read from a part of a text. */
export interface ReadValue {
	readonly value: unknown;
	/** The text was not JSON as it stood. */
	readonly isRepaired: boolean;
	/** The text itself says that something is missing in the value. */
	readonly isLeftOut: boolean;
}

// Each of these keeps the time in proportion to the length of the text, whatever the text is made of.

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

/** Reads the values that a look at a text has found, as they stand or repaired, as far as that takes little time. */
export class ValueReader {
	private valuesLeft = MAX_VALUES;
	private brokenValuesLeft = MAX_BROKEN_VALUES;
	/** What the repairer may still read, in characters, what it may still copy, and what it may read of doubtful text. */
	private readBudget: number;
	private copyBudget = COPY_BUDGET;
	private doubtfulBudget = DOUBTFUL_BUDGET;

	constructor(private readonly text: string) {
		this.readBudget = text.length + 1_000;
	}

	get isDone(): boolean {
		return this.valuesLeft === 0 || this.brokenValuesLeft === 0;
	}

	/** A part of the text that is JSON from end to end; undefined where it is not. */
	readWhole(start: number, end: number): ReadValue | undefined {
		if (this.brokenValuesLeft === 0) return undefined;
		const whole = parsedJson(this.text.slice(start, end).trim());
		if (!whole) this.brokenValuesLeft -= 1;
		return whole && { ...whole, isRepaired: false, isLeftOut: standsForMore(whole.value) };
	}

	/** The value that was scanned; undefined where it is none. Of one that was cut off, what is complete is closed. */
	read(start: number, scan: JsonScan, isCutOff: boolean): ReadValue | undefined {
		if (scan.isTooDeep) return undefined;
		this.valuesLeft -= 1;
		const end = isCutOff ? scan.completeEnd : scan.end;
		const closers = isCutOff ? scan.closers : '';
		if (scan.isPlain && (scan.isClosed || isCutOff)) {
			const asItStands = parsedJson(this.text.slice(start, end) + closers);
			if (asItStands)
				return { ...asItStands, isRepaired: isCutOff, isLeftOut: standsForMore(asItStands.value) };
		}
		this.brokenValuesLeft -= 1;
		const isDoubtful = scan.firstDoubt < end;
		if (!this.isAffordable(end - start, scan.commaFaults, isDoubtful)) return undefined;
		const json = withEscapedQuotes(this.text, start, end, scan.strayQuotes) + closers;
		const value = repaired(json, isDoubtful);
		if (typeof value !== 'object' || value === null) return undefined;
		return { value, isRepaired: true, isLeftOut: leavesOut(json) || standsForMore(value) };
	}

	/** Whether the repairer may read this much text, which is then taken off what it may read. */
	private isAffordable(length: number, commaFaults: number, isDoubtful: boolean): boolean {
		const copied = isDoubtful ? 0 : length * commaFaults;
		const doubtful = isDoubtful ? length : 0;
		if (length > this.readBudget || copied > this.copyBudget || doubtful > this.doubtfulBudget) return false;
		this.readBudget -= length;
		this.copyBudget -= copied;
		this.doubtfulBudget -= doubtful;
		return true;
	}
}

/** A quote in the middle of a string says so by a backslash, which spares the repairer to look for a better reading. */
function withEscapedQuotes(text: string, start: number, end: number, quotes: readonly number[]): string {
	let escaped = '';
	let copied = start;
	for (const quote of quotes) {
		if (quote >= end) break;
		escaped += `${text.slice(copied, quote)}\\`;
		copied = quote;
	}
	return escaped + text.slice(copied, end);
}

/** @param isDoubtful whether the text has words that a repairer may take for numbers which are none */
function repaired(json: string, isDoubtful: boolean): unknown {
	try {
		if (!isDoubtful) return parsedJson(jsonrepair(json))?.value;
		const whole = jsonrepair(withHalfNumbersQuoted(json));
		return keepsNumbers(whole, json) ? parsedJson(whole)?.value : undefined;
	} catch {
		// It is beyond repair, or nested in parentheses beyond what the repairer can follow.
		return undefined;
	}
}

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
function withHalfNumbersQuoted(json: string): string {
	return json.replace(TOKEN, (token) =>
		HALF_NUMBER.test(token) && !NUMBER.test(token) && !/^(?:\d+|\+)$/.test(token)
			? JSON.stringify(token)
			: token,
	);
}

/** Whether every number of the repaired JSON stands in the text literally, as a word of its own. */
function keepsNumbers(repairedJson: string, text: string): boolean {
	const numbers = numbersIn(repairedJson);
	if (numbers.length === 0) return true;
	const words = new Set(text.match(/[\w.+-]+/g) ?? []);
	return numbers.every((number) => words.has(number));
}

/** Whether broken JSON says that something is missing in it: dots, or a comment that leaves out or hides fields. */
function leavesOut(json: string): boolean {
	if (!/\.{3}|…|\/[/*]/.test(json)) return false;
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
