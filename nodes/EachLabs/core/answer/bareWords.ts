/** Of JSON, Python and JavaScript. */
const KEYWORDS: ReadonlyMap<string, string> = new Map([
	...['true', 'false', 'null'].map((word) => [word, word] as const),
	['True', 'true'],
	['False', 'false'],
	['None', 'null'],
	['undefined', 'null'],
]);
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
/** What may be one number, or several values between which commas are missing. */
const VALUES =
	/^-?\d{1,3}(?:[ '’\u00a0\u202f]\d{3})+(?!\w)|\s['‘]|^(?:(?:-?[\d.]+(?:[eE][-+]?\d+)?|true|false|null|True|False|None)(?:\s+|$)){2,}$/;

/** What JSON has for a word without quotes, in JSON, Python or JavaScript; undefined where that is a text. */
export function literalFor(word: string): string | undefined {
	return NUMBER.test(word) ? word : KEYWORDS.get(word);
}

/**
 * Whether words without quotes may be several values, with nothing between them that tells.
 *
 * @param isAlone whether they are all that a list has
 */
export function mayBeSeveral(words: string, isAlone: boolean): boolean {
	return VALUES.test(words) || (isAlone && /[\s;]/.test(words));
}
