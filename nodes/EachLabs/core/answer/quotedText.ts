/** A text in quotes, as it stands in broken JSON. */
export interface QuotedText {
	/** What JSON has between its quotes; undefined where the text goes on behind the limit, or is unclear. */
	readonly json?: string;
	/** Where to go on; of what is unclear, up to where it was looked at. */
	readonly end: number;
	/** How many of its quotes belong to the text itself. */
	readonly quotes: number;
	/** It can't be told where it ends, or what it says. */
	readonly isUnclear?: boolean;
}

/** By the quote that opens a text, those that may close it. */
const CLOSING: ReadonlyMap<string, string> = new Map(
	['""', "''", '``´', '´´`', "‘’‘'", "’’‘'", '“”“"', '””“"', '„“”"', '«»', '»«»', '「」', '『』', '＂＂'].map(
		(quotes) => [quotes.charAt(0), quotes.slice(1)],
	),
);
// Codes, since each character of an answer is looked at.
const SPACE = 0x20;
const DOUBLE = 0x22;
const SINGLE = 0x27;
const BACKSLASH = 0x5c;
const BACKTICK = 0x60;
const ASCII_END = 0x7f;
const FIRST_OTHER_QUOTE = 0xab;
const NO_SPACE = /\S|$/g;
/** What follows a text where a comma is missing, or a `+` puts texts together. */
const NEXT_ENTRY = /\s+(?:\+\s+)?["'`“‘„«「『]|\s+(?:-?\d|true|false|null|None)|\s*(?:\n|\/[/*]|[{[｛［])/y;
const ESCAPED = /\\(?:(["\\/]|u[\da-fA-F]{4}|[bfnrt])|([^]))|["\p{Cc}]/gu;

export function isQuote(mark: string): boolean {
	return CLOSING.has(mark);
}

/**
 * The text that the quote at `start` opens. It is closed by a quote of its kind behind which JSON goes on; others belong to the
 * text, which is unclear where that can't be told.
 *
 * @param mixesQuotes whether `”` may close what `"` opens
 */
export function quotedText(
	text: string,
	start: number,
	limit: number,
	place: 'key' | 'field' | 'entry',
	mixesQuotes: boolean,
): QuotedText {
	const quote = text.charAt(start);
	if ((quote === '"' || quote === "'") && text.startsWith(quote.repeat(3), start)) {
		const said = textInThrees(text, start, limit, place === 'key');
		if (said !== 'none') return said;
	}
	const mixes = mixesQuotes && quote === '"';
	const closing = (CLOSING.get(quote) ?? '') + (mixes ? '”' : '');
	/** How many quotes belong to the text, and the last mark before one of them which may make it the beginning of another text. */
	let inside = 0;
	let mark = -1;
	let curved = 0;
	for (let index = start + 1; index < limit; index += 1) {
		const code = text.charCodeAt(index);
		if (
			code < FIRST_OTHER_QUOTE &&
			code !== DOUBLE &&
			code !== SINGLE &&
			code !== BACKSLASH &&
			code !== BACKTICK
		)
			continue;
		const character = text.charAt(index);
		if (character === '\\') index += 1;
		else if (mixes && (character === '“' || character === '„')) curved += 1;
		else if (mixes && character === '”' && curved > 0) curved -= 1;
		else if (closing.includes(character)) {
			const follower = markBehind(text, index, limit);
			const isColon = follower === ':' || follower === '：';
			if (place === 'key')
				return isColon || follower === ''
					? textUpTo(text, start, index, index + 1, inside, true)
					: unclear(index);
			if (isColon) {
				// The quote before the comma is missing, and what follows it is a key. Else it is the second of two in the text.
				const isKeyNext = place === 'field' && /[,，、]/.test(text.charAt(mark));
				if (inside !== 1) return unclear(index);
				if (isKeyNext) return textUpTo(text, start, mark, mark, inside);
			} else if (',}]，、｝］'.includes(follower)) {
				return mark >= 0 && inside % 2 === 1
					? unclear(index)
					: textUpTo(text, start, index, index + 1, inside);
			}
			NEXT_ENTRY.lastIndex = index + 1;
			if (inside === 0 && NEXT_ENTRY.test(text)) return textUpTo(text, start, index, index + 1, inside);
			inside += 1;
			const before = markBefore(text, index, start);
			if (',:[{，、：'.includes(text.charAt(before))) {
				mark = before;
				// It should be the second of two.
				if (inside % 2 === 0 || '[{'.includes(text.charAt(before))) return unclear(index);
			}
		}
	}
	return { end: limit, quotes: inside + (quote === '"' ? 0 : 1) };
}

function unclear(end: number): QuotedText {
	return { end, quotes: 0, isUnclear: true };
}

/** The mark behind the white space that follows a place; '' at the limit. */
function markBehind(text: string, place: number, limit: number): string {
	let next = place + 1;
	const code = text.charCodeAt(next);
	if (code <= SPACE || code > ASCII_END) {
		NO_SPACE.lastIndex = next;
		next = NO_SPACE.exec(text)?.index ?? limit;
	}
	return next < limit ? text.charAt(next) : '';
}

/** Where the mark is before a little white space. */
function markBefore(text: string, place: number, start: number): number {
	let before = place - 1;
	while (before > start && before > place - 9 && text.charCodeAt(before) <= SPACE) before -= 1;
	return before;
}

/**
 * The text that three quotes at `start` open, as in Python; 'none' where no three close it, and unclear where it can't be told
 * whether they do.
 */
function textInThrees(text: string, start: number, limit: number, isKey: boolean): QuotedText | 'none' {
	const quote = text.charAt(start);
	const length = text.slice(start + 3, limit).indexOf(quote.repeat(3));
	if (length < 0) return 'none';
	let end = start + 3 + length;
	// It may end with a quote of its own.
	while (end + 3 < limit && text.charAt(end + 3) === quote) end += 1;
	const follower = markBehind(text, end + 2, limit);
	NEXT_ENTRY.lastIndex = end + 3;
	const isClosed = isKey
		? ':：'.includes(follower)
		: ',}]，、｝］'.includes(follower) || NEXT_ENTRY.test(text);
	// Else each three are a quote in quotes.
	const isOne = !/^\s*[,:}\]]/.test(text.slice(start + 3, end));
	return isClosed && isOne ? textUpTo(text, start + 2, end, end + 3, 0, isKey) : unclear(end);
}

function textUpTo(
	text: string,
	start: number,
	end: number,
	next: number,
	quotes: number,
	isKey = false,
): QuotedText {
	const json = escaped(text.slice(start + 1, end), isKey);
	return json === undefined ? unclear(end) : { json, end: next, quotes };
}

/** What stands for itself where a backslash is before it; each other mark may be escaped as in Markdown, or follow a true backslash. */
const LETTER = /[\p{L}\p{N}]/u;
const QUOTE_OR_LINE = /['`\n]/;
/** Letters of drives, before what no text of several lines has there. */
const DRIVE = /^[a-z]:\\[bfnrt]|(?<![\p{L}\p{N}])[a-z]:\\[_.(~$@-]/iu;
const DOUBLED = /\\\\[\p{L}\p{N}]/u;

/**
 * As JSON has it. A backslash that JSON has not is one before a letter or a digit, and before a mark of a text that has such;
 * else the mark is escaped as in Markdown. Undefined where nobody can tell which backslash is one, as in `C:\new\data`.
 */
function escaped(text: string, isKey: boolean): string | undefined {
	if (!text.includes('\\')) return JSON.stringify(text).slice(1, -1);
	let hasEscapes = false;
	let hasBackslashes = false;
	let hasMarks = false;
	const write = (keepsMarks: boolean): string =>
		text.replace(ESCAPED, (found, escape?: string, other?: string) => {
			if (escape?.length === 1) hasEscapes ||= LETTER.test(escape);
			if (escape !== undefined) return found;
			if (other === undefined) return JSON.stringify(found).slice(1, -1);
			const isLetter = LETTER.test(other);
			const isMark = !isKey && !isLetter && !QUOTE_OR_LINE.test(other);
			hasBackslashes ||= isLetter;
			hasMarks ||= isMark;
			return (
				(isLetter || (isMark && keepsMarks) ? '\\\\' : '') +
				(other < ' ' ? JSON.stringify(other).slice(1, -1) : other)
			);
		});
	const json = write(false);
	if (hasMarks && DRIVE.test(text)) hasBackslashes = true;
	const isUnsure = hasBackslashes ? hasEscapes || text.startsWith('\\\\') : hasMarks && DOUBLED.test(text);
	if (isUnsure) return undefined;
	return hasBackslashes && hasMarks ? write(true) : json;
}
