/** What a look at the brackets, quotes and commas of a text says of an object or list in it. */
export interface JsonScan {
	/** After the bracket that closes the value, or the end of what was scanned. */
	readonly end: number;
	readonly isClosed: boolean;
	/** Nested deeper than was asked for; the scan stopped there. */
	readonly isTooDeep: boolean;
	/** What is not closed ended in the middle of a string. */
	readonly endsInString: boolean;
	/** What closes the brackets that are open at `completeEnd`. */
	readonly closers: string;
	/** Where quotes stand that belong to the text of the string around them, in ascending order. */
	readonly strayQuotes: readonly number[];
	/** The end of what is complete: before the last comma, or after the last bracket. */
	readonly completeEnd: number;
	/** Nothing was seen before `completeEnd` that JSON would not have. */
	readonly isPlain: boolean;
	/** How many commas are missing or too many before `completeEnd`: a repairer copies all of its output for each. */
	readonly commaFaults: number;
	/** Where the first thing stands that can be read in more than one way, and so may cost a repairer any time; else infinite. */
	readonly firstDoubt: number;
}

/**
 * Finds where the object or list at `start` ends, in one go over the text up to `limit`. Strings in any quotes and comments
 * are stepped over; a closing bracket closes whatever was left open inside it.
 */
export function scanJson(text: string, start: number, limit: number, maxDepth: number): JsonScan {
	const open: number[] = [];
	const strayQuotes: number[] = [];
	let openBraces = 0;
	let endsInString = false;
	let isPlain = true;
	let commaFaults = 0;
	let firstDoubt = Infinity;
	let completeEnd = start;
	let isCompletePlain = true;
	let completeCommaFaults = 0;
	let previous: Token = Token.Comma;
	let index = start;
	const scanned = (isClosed: boolean): JsonScan => ({
		end: index,
		isClosed,
		isTooDeep: open.length > maxDepth,
		endsInString,
		closers: open.length === 0 ? '' : closersOf(open),
		strayQuotes,
		completeEnd,
		isPlain: isCompletePlain,
		commaFaults: completeCommaFaults,
		firstDoubt,
	});
	const doubt = (): void => {
		isPlain = false;
		firstDoubt = Math.min(firstDoubt, index);
	};
	const take = (token: Token): void => {
		if ((EXPECTED_AFTER[previous] & token) === 0) {
			isPlain = false;
			if ((COMMA_FAULT_AFTER[previous] & token) === 0) doubt();
			else commaFaults += 1;
		}
		previous = previous === Token.Colon && token !== Token.Opener ? Token.Field : token;
	};
	const completeHere = (): void => {
		completeEnd = index;
		isCompletePlain = isPlain;
		completeCommaFaults = commaFaults;
	};
	const close = (opener: number): void => {
		const isOpen = opener === OPEN_BRACE ? openBraces > 0 : open.length > openBraces;
		if (open.at(-1) !== opener) doubt();
		index += 1;
		if (!isOpen) return;
		for (let closed = open.pop(); closed !== undefined; closed = open.pop()) {
			if (closed === OPEN_BRACE) openBraces -= 1;
			if (closed === opener) break;
		}
		completeHere();
	};
	while (index < limit) {
		const code = text.charCodeAt(index);
		if (isWhiteSpace(code)) {
			index += 1;
		} else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
			take(Token.Opener);
			index += 1;
			completeHere();
			open.push(code);
			if (code === OPEN_BRACE) openBraces += 1;
			if (open.length > maxDepth) return scanned(false);
		} else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
			take(Token.Closer);
			close(code === CLOSE_BRACE ? OPEN_BRACE : OPEN_BRACKET);
			if (open.length === 0) return scanned(true);
		} else if (code === COMMA) {
			completeHere();
			take(Token.Comma);
			index += 1;
		} else if (code === COLON) {
			if (open.at(-1) !== OPEN_BRACE) doubt();
			take(Token.Colon);
			index += 1;
		} else if (isCommentStart(text, index)) {
			isPlain = false;
			index = commentEnd(text, index, limit);
			if (index === limit) doubt();
		} else if (isQuote(code)) {
			const string = scanString(text, index, limit, strayQuotes);
			if (!string.isClear) doubt();
			isPlain &&= code === DOUBLE_QUOTE;
			take(Token.String);
			endsInString = !string.isClosed;
			index = string.end;
		} else {
			const end = wordEnd(text, index, limit);
			if (!isPlainWord(text, index, end)) doubt();
			take(Token.Word);
			index = end;
		}
	}
	return scanned(false);
}

function closersOf(open: readonly number[]): string {
	const closers = open.map((opener) => (opener === OPEN_BRACE ? '}' : ']'));
	return closers.toReversed().join('');
}

enum Token {
	Opener = 1,
	Closer = 2,
	Comma = 4,
	Colon = 8,
	String = 16,
	/** A number, a keyword, or a text without quotes. */
	Word = 32,
	/** One of these two after a colon, where it can't be a key. */
	Field = 64,
}

const VALUE = Token.Opener | Token.String | Token.Word;

/** Which tokens may follow one in JSON, and in objects with keys that lack their quotes. */
const EXPECTED_AFTER: Readonly<Record<Token, number>> = {
	[Token.Opener]: VALUE | Token.Closer,
	[Token.Closer]: Token.Closer | Token.Comma,
	[Token.Comma]: VALUE,
	[Token.Colon]: VALUE,
	[Token.String]: Token.Closer | Token.Comma | Token.Colon,
	[Token.Word]: Token.Closer | Token.Comma | Token.Colon,
	[Token.Field]: Token.Closer | Token.Comma,
};

/** Which tokens follow one where nothing but a comma is missing, or too many. */
const COMMA_FAULT_AFTER: Readonly<Record<Token, number>> = {
	[Token.Opener]: 0,
	[Token.Closer]: VALUE,
	[Token.Comma]: Token.Closer,
	[Token.Colon]: 0,
	[Token.String]: VALUE,
	[Token.Word]: VALUE,
	[Token.Field]: VALUE,
};

/** A number, a keyword of JSON or Python, or a name without quotes; what begins with a keyword is none of them. */
const PLAIN_WORD =
	/^(?:-(?!0\d))?\d{1,40}(?:\.\d{1,40})?(?:[eE][+-]?\d{1,4})?$|^(?:true|false|null|True|False|None)$|^(?!true|false|null|True|False|None|[eE]$)[A-Za-z_$][\w$]{0,70}$/;

/** Whether a word can be read in one way only: one that is glued to a quote or bracket can't. */
function isPlainWord(text: string, start: number, end: number): boolean {
	const word = text.slice(start, Math.min(end, start + 80));
	const isGlued = !isWhiteSpace(word.charCodeAt(word.length - 1)) && opensValue(text.charCodeAt(end));
	return !isGlued && PLAIN_WORD.test(word.trimEnd());
}

function opensValue(code: number): boolean {
	return isQuote(code) || code === OPEN_BRACE || code === OPEN_BRACKET;
}

function isCommentStart(text: string, index: number): boolean {
	if (text.charCodeAt(index) !== SLASH) return false;
	const code = text.charCodeAt(index + 1);
	// After a colon it is more likely an address without quotes.
	return code === ASTERISK || (code === SLASH && text.charCodeAt(index - 1) !== COLON);
}

function commentEnd(text: string, start: number, limit: number): number {
	const isLine = text.charCodeAt(start + 1) === SLASH;
	const end = isLine ? text.indexOf('\n', start + 2) : text.indexOf('*/', start + 2) + 2;
	return end < start + 2 || end > limit ? limit : end;
}

/** A number, a keyword or a text without quotes: up to the next character that has a meaning of its own in JSON. */
function wordEnd(text: string, start: number, limit: number): number {
	let index = start + 1;
	while (index < limit) {
		const code = text.charCodeAt(index);
		if (code === COMMA || code === COLON || code === NEWLINE || code === SLASH || isDoubleQuote(code)) break;
		if (code === OPEN_BRACE || code === CLOSE_BRACE || code === OPEN_BRACKET || code === CLOSE_BRACKET) break;
		index += 1;
	}
	return index;
}

/**
 * Finds the quote that ends the string which opens at `start`: one that is followed by what may follow a string, since
 * others belong to its text; those are added to `strayQuotes`.
 */
function scanString(
	text: string,
	start: number,
	limit: number,
	strayQuotes: number[],
): { end: number; isClosed: boolean; isClear: boolean } {
	const quote = text.charCodeAt(start);
	let isClear = true;
	for (let index = start + 1; index < limit; index += 1) {
		const code = text.charCodeAt(index);
		if (code === BACKSLASH) {
			index += 1;
		} else if (endsString(quote, code)) {
			let next = index + 1;
			while (next < limit && text.charCodeAt(next) !== NEWLINE && isWhiteSpace(text.charCodeAt(next)))
				next += 1;
			if (next >= limit || mayFollowString(text.charCodeAt(next))) {
				return { end: index + 1, isClosed: true, isClear: isClear && isPair(quote, code) };
			}
			if (mayOpenKey(text, start, index, next)) isClear = false;
			else strayQuotes.push(index);
			index = next - 1;
		}
	}
	return { end: limit, isClosed: false, isClear: false };
}

/** As jsonrepair sees it. */
function mayFollowString(code: number): boolean {
	return FOLLOWERS.has(code) || isQuote(code);
}

const FOLLOWERS: ReadonlySet<number> = new Set(
	[...',:[]/{}()\n+0123456789'].map((mark) => mark.charCodeAt(0)),
);

/** Whether a quote after a comma opens the next key, and the quote that is missing is the one before that comma. */
function mayOpenKey(text: string, start: number, quote: number, next: number): boolean {
	let before = quote - 1;
	while (before > Math.max(start, quote - 8) && isWhiteSpace(text.charCodeAt(before))) before -= 1;
	return text.charCodeAt(before) === COMMA && /^[^"'\n]{1,64}["']\s{0,8}:/.test(text.slice(next, next + 80));
}

export const OPEN_BRACE = 0x7b;
export const OPEN_BRACKET = 0x5b;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;
const SLASH = 0x2f;
const ASTERISK = 0x2a;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;

/** White space as a model may use it between tokens; more than JSON has. */
export function isWhiteSpace(code: number): boolean {
	return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xa0 || code === 0xfeff;
}

/** Whether a string may begin with it: straight and typographic quotes, and backticks. */
export function isQuote(code: number): boolean {
	return isDoubleQuote(code) || isSingleQuote(code);
}

function isDoubleQuote(code: number): boolean {
	return code === DOUBLE_QUOTE || code === 0x201c || code === 0x201d;
}

function isSingleQuote(code: number): boolean {
	return code === SINGLE_QUOTE || code === 0x60 || code === 0xb4 || code === 0x2018 || code === 0x2019;
}

/** A straight quote is ended by its like, any other by every quote of its kind. */
function endsString(opening: number, code: number): boolean {
	if (opening === DOUBLE_QUOTE || opening === SINGLE_QUOTE) return code === opening;
	return isQuote(code) && isDoubleQuote(opening) === isDoubleQuote(code);
}

function isPair(opening: number, closing: number): boolean {
	if (opening === 0x201c || opening === 0x2018) return closing === opening + 1;
	return opening === DOUBLE_QUOTE || opening === SINGLE_QUOTE;
}
