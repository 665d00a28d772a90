import { literalFor, mayBeSeveral } from './bareWords';
import { MAX_DEPTH } from './parseJson';
import { isQuote, quotedText } from './quotedText';

/** What broken JSON says. */
export interface MendedJson {
	readonly json: string;
	/** Up to where it was read. */
	readonly end: number;
	/** It was JSON as it stood. */
	readonly isPlain: boolean;
	/** The text ended, or can't be read further, before the value ends: `json` is closed after the last entry or field that is there in full. */
	readonly isCutOff: boolean;
	/** It can't be told what is meant behind that. */
	readonly isRefused: boolean;
	readonly isTooDeep: boolean;
	/** Dots or a comment leave something out. */
	readonly leavesOut: boolean;
	/** It ended inside of a text. */
	readonly endsInText: boolean;
	/** Every quote in it can be read in one way only. */
	readonly isSure: boolean;
}

/** Marks of other alphabets that stand for those of JSON. */
const ASCII: ReadonlyMap<string, string> = new Map(
	[...'：，、｛｝［］'].map((mark, index) => [mark, ':,,{}[]'.charAt(index)]),
);
const SPACE = 0x20;
const SLASH = 0x2f;
const ASCII_END = 0x7f;
const NO_JSON_SPACE = /[^ \t\n\r]/;
const SPACE_AND_COMMENT = /\s*(\/\/[^\n]*|\/\*)?/y;
const DOTS = /(?:\.{3}|…)[^,，、"“”'{}[\]｛｝［］\n]*/y;
const KEY = /[\p{L}\p{N}_$][\p{L}\p{M}\p{N}_$-]{0,80}(?=\s*[:：])/uy;
const ADDRESS = /https?:\/\/[^\s,"'“”‘’`{}[\]]+/y;
/** Up to a mark that means something in JSON, or to a comment. */
const WORDS =
	/(?!\/[/*])[^\s,:{}[\]"'“”„`~\\，、：｛｝［］][^,:{}[\]"“”„`\\\n/，、：｛｝［］]*(?:\/(?![/*])[^,:{}[\]"“”„`\\\n/，、：｛｝［］]*)*/y;
const END_OF_LINE = /\s*(?:\n|\/[/*])/y;
const PLUS = /\s+\+\s+(?=["'“‘])/y;
const LEAVES_OUT =
	/\.{3}|…|\b(?:more|omitted|left out|rest of|remaining|truncated|shortened|same as above|and so on|etc|usw|weitere)\b|["'“][^"'“”\n]{1,80}["'”]\s*:/i;
/** A further entry, or a bracket that was not closed. */
const GOES_ON = /\s*(?:,\s*[[{"]|[}\]])/y;

/**
 * The object or list that opens at `start`, as models write it who don't quite write JSON, read in one go from left to right.
 * The liberties:
 *
 * - other quotes, keys without any, and words and numbers that JSON has not as texts; the keywords of Python
 * - in a text: quotes, line ends, escapes that JSON has not; texts put together by `+`
 * - a comma too many before a bracket or missing between two entries; comments; marks of other alphabets
 * - one closing bracket left out before that of what is around it
 *
 * What is neither JSON nor in this list is refused, since to read it would be a guess.
 *
 * @param limit what is open there was cut off, unless `isDone` says that the model itself ended it
 * @param mixesQuotes whether `”` may close a text that `"` opens
 */
export function mendedJson(
	text: string,
	start: number,
	limit: number,
	isDone: boolean,
	mixesQuotes: boolean,
): MendedJson {
	return new Reader(text, start, limit, isDone, mixesQuotes).mended();
}

class Reader {
	private end: number;
	private readonly parts: string[] = [];
	/** What closes the brackets that are open, the innermost first. */
	private closers = '';
	/** Where the last entry or field ended that is there in full. */
	private completeParts = 0;
	private completeClosers = '';
	private last: 'opener' | 'comma' | 'key' | 'value' = 'opener';
	private isPlain = true;
	private mayLackComma = false;
	private lacksBracket = false;
	private leavesOut = false;
	private endsInText = false;
	private isSure = true;
	/** Texts with an odd number of quotes inside, since the last bracket. */
	private oddTexts = 0;

	constructor(
		private readonly text: string,
		start: number,
		private readonly limit: number,
		private readonly isDone: boolean,
		private readonly mixesQuotes: boolean,
	) {
		this.end = start;
	}

	mended(): MendedJson {
		this.open(this.mark());
		while (this.readOn());
		const isTooDeep = this.closers.length > MAX_DEPTH;
		const isEnded = this.end >= this.limit;
		const isWhole =
			this.closers === '' || (isEnded && this.isDone && this.last !== 'key' && !this.endsInText);
		const isRefused = isWhole ? this.lacksBracket && this.isAt(GOES_ON) : !isEnded;
		if (!isWhole) {
			this.isPlain = false;
			this.parts.length = this.completeParts;
			this.closers = this.completeClosers;
		}
		return {
			json: this.parts.join('') + this.closers,
			isPlain: this.isPlain && this.closers === '',
			isCutOff: !isWhole || isRefused,
			isRefused,
			isTooDeep,
			end: Math.min(this.end, this.limit),
			leavesOut: this.leavesOut,
			endsInText: this.endsInText,
			isSure: this.isSure,
		};
	}

	/** Whether there is more to read. */
	private readOn(): boolean {
		this.skipSpace();
		const mark = this.mark();
		if (mark === '') return false;
		if (mark === '}' || mark === ']') return this.close(mark) && this.closers !== '';
		return mark === ',' ? this.takeComma() : this.readEntry(mark);
	}

	private open(mark: string): boolean {
		this.parts.push(mark);
		this.closers = (mark === '{' ? '}' : ']') + this.closers;
		this.last = 'opener';
		this.completeAt(this.end + 1);
		return this.closers.length <= MAX_DEPTH;
	}

	private close(mark: string): boolean {
		const inside = this.closers.indexOf(mark);
		if (inside < 0 || inside > 1) return false;
		if (inside > 0) this.lacksBracket = true;
		if (inside > 0 || this.last === 'comma') this.isPlain = false;
		this.parts.push(this.closers.slice(0, inside + 1));
		this.closers = this.closers.slice(inside + 1);
		this.completeAt(this.end + 1);
		return this.endValue(true);
	}

	private takeComma(): boolean {
		const isHole = this.last === 'opener' && this.closers.startsWith(']');
		if (this.last === 'comma' || isHole) return false;
		if (this.last === 'opener') this.isPlain = false;
		const odd = this.oddTexts;
		this.completeAt(this.end + 1);
		this.oddTexts = odd;
		this.last = 'comma';
		return true;
	}

	private completeAt(end: number): void {
		this.end = end;
		this.completeParts = this.parts.length;
		this.completeClosers = this.closers;
		this.oddTexts = 0;
	}

	private endValue(mayLackComma: boolean): true {
		this.last = 'value';
		this.mayLackComma = mayLackComma;
		return true;
	}

	private readEntry(mark: string): boolean {
		const isInObject = this.closers.startsWith('}');
		if (this.last === 'value') {
			this.isPlain = false;
			// Words behind an entry may be a remark.
			if (!this.mayLackComma || !(isInObject || !/\p{L}/u.test(mark))) return false;
		}
		if ((mark === '.' || mark === '…') && this.take(DOTS) !== '') {
			this.isPlain = false;
			this.leavesOut = true;
			return this.endValue(true);
		}
		const before = this.parts[this.parts.length - 1];
		if (before !== '{' && before !== '[') this.parts.push(',');
		if (isInObject) {
			if (!this.readKey(mark)) return false;
			this.last = 'key';
			this.skipSpace();
			if (this.mark() !== ':') return false;
			this.end += 1;
			this.parts.push(':');
			this.skipSpace();
		}
		const first = this.mark();
		if (first === '{' || first === '[') return this.open(first);
		return isQuote(first) ? this.readText(isInObject ? 'field' : 'entry') : this.readWords(isInObject);
	}

	private readKey(mark: string): boolean {
		if (isQuote(mark)) return this.readText('key');
		this.isPlain = false;
		const key = this.take(KEY);
		// Of what was cut off it can't be told yet.
		if (key === '') this.take(WORDS);
		this.parts.push(JSON.stringify(key));
		return key !== '';
	}

	private readText(place: 'key' | 'field' | 'entry'): boolean {
		// A fence is no text.
		if (this.text.startsWith('```', this.end)) return false;
		this.parts.push('"');
		do {
			const start = this.end;
			const said = quotedText(this.text, start, this.limit, place, this.mixesQuotes);
			this.end = said.end;
			this.isSure &&= said.quotes === 0;
			this.endsInText = said.json === undefined && !said.isUnclear;
			if (said.json === undefined) return false;
			this.isPlain &&= this.text.slice(start, this.end) === `"${said.json}"`;
			this.parts.push(said.json);
			this.oddTexts += said.quotes % 2;
			// Of two, each may have the quote that closes the other one.
			if (this.oddTexts > 1 && place === 'entry') return false;
		} while (place !== 'key' && this.takePlus());
		this.parts.push('"');
		return this.endValue(true);
	}

	private takePlus(): boolean {
		if (this.text.charCodeAt(this.end) > SPACE || this.take(PLUS) === '') return false;
		this.isPlain = false;
		return true;
	}

	private readWords(isInObject: boolean): boolean {
		const said = (this.text.charAt(this.end) === 'h' && this.take(ADDRESS)) || this.take(WORDS);
		const word = said.trim();
		const isAlone = this.last === 'opener' && !isInObject && this.mark() !== ',';
		if (word === '' || mayBeSeveral(word, isAlone)) return false;
		if (/^(?:\.{3}|…)|(?:\.{3}|…)$/.test(word)) this.leavesOut = true;
		const literal = literalFor(word);
		this.isPlain &&= literal === word;
		this.parts.push(literal ?? JSON.stringify(word));
		return this.endValue(this.isAt(END_OF_LINE) || (literal !== undefined && word !== said));
	}

	private skipSpace(): void {
		for (;;) {
			const code = this.text.charCodeAt(this.end);
			if (code > SLASH && code <= ASCII_END) return;
			SPACE_AND_COMMENT.lastIndex = this.end;
			const [space = '', comment] = SPACE_AND_COMMENT.exec(this.text) ?? [];
			this.end += space.length;
			this.isPlain &&= !NO_JSON_SPACE.test(space);
			if (comment === undefined) return;
			if (LEAVES_OUT.test(comment === '/*' ? this.takeComment() : comment)) this.leavesOut = true;
		}
	}

	/** What is left of a comment, up to the limit at most. */
	private takeComment(): string {
		const rest = this.text.slice(this.end, this.limit);
		const end = rest.indexOf('*/');
		const comment = end < 0 ? rest : rest.slice(0, end + 2);
		this.end += comment.length;
		return comment;
	}

	/** The mark behind what was read, as JSON has it; '' at the limit. */
	private mark(): string {
		if (this.end >= this.limit) return '';
		const mark = this.text.charAt(this.end);
		if (this.text.charCodeAt(this.end) <= ASCII_END) return mark;
		const meant = ASCII.get(mark);
		if (meant !== undefined) this.isPlain = false;
		return meant ?? mark;
	}

	private take(form: RegExp): string {
		form.lastIndex = this.end;
		const said = (form.exec(this.text)?.[0] ?? '').slice(0, Math.max(0, this.limit - this.end));
		this.end += said.length;
		return said;
	}

	private isAt(form: RegExp): boolean {
		form.lastIndex = this.end;
		return form.test(this.text);
	}
}
