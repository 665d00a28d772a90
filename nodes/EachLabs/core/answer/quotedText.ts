/** A text in quotes, as it stands in broken JSON. */
export interface QuotedText {
	/** What JSON has between its quotes; undefined where the text goes on behind the limit. */
	readonly json?: string;
	/** Where to go on. */
	readonly end: number;
	/** How many of its quotes belong to the text itself. */
	readonly quotes: number;
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
 * text. Undefined where that can't be told.
 *
 * @param mixesQuotes whether `”` may close what `"` opens
 */
export function quotedText(
	text: string,
	start: number,
	limit: number,
	place: 'key' | 'field' | 'entry',
	mixesQuotes: boolean,
): QuotedText | undefined {
	const quote = text.charAt(start);
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
				return isColon || follower === '' ? textUpTo(text, start, index, index + 1, inside) : undefined;
			if (isColon) {
				// The quote before the comma is missing, and what follows it is a key. Else it is the second of two in the text.
				const isKeyNext = place === 'field' && /[,，、]/.test(text.charAt(mark));
				if (inside !== 1) return undefined;
				if (isKeyNext) return textUpTo(text, start, mark, mark, inside);
			} else if (',}]，、｝］'.includes(follower)) {
				return mark >= 0 && inside % 2 === 1 ? undefined : textUpTo(text, start, index, index + 1, inside);
			}
			NEXT_ENTRY.lastIndex = index + 1;
			if (inside === 0 && NEXT_ENTRY.test(text)) return textUpTo(text, start, index, index + 1, inside);
			inside += 1;
			const before = markBefore(text, index, start);
			if (',:[{，、：'.includes(text.charAt(before))) {
				mark = before;
				// It should be the second of two.
				if (inside % 2 === 0 || '[{'.includes(text.charAt(before))) return undefined;
			}
		}
	}
	return { end: limit, quotes: inside + (quote === '"' ? 0 : 1) };
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

function textUpTo(
	text: string,
	start: number,
	end: number,
	next: number,
	quotes: number,
): QuotedText | undefined {
	const json = escaped(text.slice(start + 1, end));
	return json === undefined ? undefined : { json, end: next, quotes };
}

/** As JSON has it; undefined where nobody can tell which backslash is one, as in `C:\new\data`. */
function escaped(text: string): string | undefined {
	if (!text.includes('\\')) return JSON.stringify(text).slice(1, -1);
	let hasEscapes = false;
	let hasBackslashes = false;
	const json = text.replace(ESCAPED, (found, escape?: string, other?: string) => {
		if (escape?.length === 1) hasEscapes ||= /\w/.test(escape);
		if (escape !== undefined) return found;
		if (other === undefined) return JSON.stringify(found).slice(1, -1);
		const isBackslash = /\w/.test(other);
		hasBackslashes ||= isBackslash;
		return (isBackslash ? '\\\\' : '') + JSON.stringify(other).slice(1, -1);
	});
	return hasEscapes && hasBackslashes ? undefined : json;
}
