/** One of the choices that a model gets. */
export interface Category {
	readonly name: string;
	readonly description: string;
}

const WRAPPERS = /^[\s"'`´“”„‟‘’‚«»‹›「」『』*_()[\]{}]+|[\s"'`´“”„‟‘’‚«»‹›「」『』*_()[\]{}]+$/gu;

/**
 * A name without what may differ between two spellings of it: Unicode form, characters without a shape, case, quotes and brackets around it, punctuation at
 * its end, and whether `_`, `-` or a blank stands between its words.
 */
export function plainName(text: string): string {
	return text
		.slice(0, 1_000)
		.normalize('NFKC')
		.toLowerCase()
		.replace(/[\u00ad\u200b-\u200f\u2060\ufeff]/g, '')
		.replace(WRAPPERS, '')
		.replace(/[.,;:!。，、]+$/u, '')
		.replace(WRAPPERS, '')
		.replace(/[\s_\-‐‑–—]+/gu, ' ')
		.normalize('NFC')
		.trim();
}

/** The one of the choices that a text is meant for; undefined where none or several fit. */
export function choiceIn(text: string, choices: readonly string[]): string | undefined {
	if (choices.includes(text)) return text;
	const name = plainName(text);
	const fitting = name === '' ? [] : choices.filter((choice) => plainName(choice) === name);
	return fitting.length === 1 ? fitting[0] : undefined;
}
