const QUOTES = /^[\s"'`´“”„‟‘’‚«»‹›「」『』*_()[\]{}]+|[\s"'`´“”„‟‘’‚«»‹›「」『』*_()[\]{}]+$/gu;

/** What two spellings of a name have in common: Unicode form, case, quotes, end punctuation; `_`, `-` and blanks are alike. */
export function plainName(text: string): string {
	return text
		.slice(0, 1_000)
		.normalize('NFKC')
		.toLowerCase()
		.replace(QUOTES, '')
		.replace(/[.,;:!。，、]+$/u, '')
		.replace(QUOTES, '')
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
