import { RE2JS } from 're2js';

const MAX_PATTERN_CHARACTERS = 1_000;
/** A compiled pattern may have this many instructions. An IBAN pattern has about 60. */
const MAX_PROGRAM_SIZE = 5_000;
/** Instructions that one text may take: a quarter of a second in the worst case. */
const MAX_INSTRUCTIONS = 10_000_000;
const MAX_KEPT = 500;

export interface Pattern {
	/** Why the pattern can't be used, as the end of a sentence; undefined where it can. */
	readonly objection?: string;
	/** Instructions that one character takes at most. */
	readonly size: number;
	/** Longer texts are not tested. */
	readonly maxCharacters: number;
	/** Whether the text has a part that matches. */
	readonly isIn: (text: string) => boolean;
}

const kept = new Map<string, Pattern>();

/**
 * A regular expression as RE2 reads it: its time grows with the text and never faster, and it has neither look-around nor
 * back-references. JavaScript's spellings of a character (`\u00e4`), a script (`\p{Script=Greek}`) and a named group are
 * understood.
 */
export function patternOf(source: string): Pattern {
	const known = kept.get(source);
	if (known) return known;
	const pattern = compiled(source);
	if (kept.size >= MAX_KEPT) kept.clear();
	kept.set(source, pattern);
	return pattern;
}

function compiled(source: string): Pattern {
	if (source.length > MAX_PATTERN_CHARACTERS)
		return unusable(`it has more than ${MAX_PATTERN_CHARACTERS} characters`);
	const unknown = unknownIn(source);
	if (unknown !== undefined) return unusable(`it has ${unknown}, which RE2 does not know`);
	try {
		const program = RE2JS.compile(RE2JS.translateRegExp(toRe2Syntax(source)));
		const size = program.programSize();
		if (size > MAX_PROGRAM_SIZE) return unusable('it repeats too much');
		return { size, maxCharacters: Math.floor(MAX_INSTRUCTIONS / size), isIn: (text) => program.test(text) };
	} catch (error) {
		const detail = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'invalid';
		return unusable(`it is no regular expression: ${detail}`);
	}
}

function unusable(objection: string): Pattern {
	return { objection, size: 0, maxCharacters: 0, isIn: () => false };
}

/** The first part that RE2 does not support. RE2 misreads some of these parts, so they are looked for before it compiles. */
function unknownIn(source: string): string | undefined {
	for (const [token] of source.matchAll(/\\[^]|\[(?:\\[^]|[^\]\\])*\]|\(\?<?[=!]/g)) {
		if (token.startsWith('(')) return 'a look-around';
		if (/^\\[1-9k]/.test(token)) return 'a back-reference';
		const escape = token.match(/\\[^]/g)?.find((one) => /[A-Za-z]/.test(one) && !ESCAPES.has(one.charAt(1)));
		if (escape !== undefined) return `the escape ${escape}`;
	}
	return undefined;
}

/** Letters that mean something after a backslash. */
const ESCAPES: ReadonlySet<string> = new Set('AabBcCdDEfnPpQrsStuvWwxz');

function toRe2Syntax(source: string): string {
	return source
		.replace(/\\u(d[89ab][\da-f]{2})\\u(d[c-f][\da-f]{2})/gi, (_, high: string, low: string) => {
			const character = String.fromCharCode(parseInt(high, 16), parseInt(low, 16));
			return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
		})
		.replace(/(\\[pP]\{)(?:Script|sc|Script_Extensions|scx|General_Category|gc)=/g, '$1');
}
