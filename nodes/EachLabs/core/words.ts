/** A number as messages show it, e.g. '1,234'. */
export function written(number: number): string {
	return number.toLocaleString('en-US');
}

/** E.g. '1 item' or '1,234 items'. */
export function counted(count: number, noun: string): string {
	return `${written(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** USD without the unit: three digits below 1, else to the cent. */
export function inUsd(usd: number): string {
	const digits = Math.abs(usd) < 1 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 2 };
	return usd.toLocaleString('en-US', digits);
}

/** The first of them; an ellipsis stands for those beyond `max`. */
export function listed(names: readonly string[], max: number, separator = ', '): string {
	return names.length > max ? [...names.slice(0, max), '…'].join(separator) : names.join(separator);
}

/** Those of some sentences that are to be said. */
export function told(...sentences: ReadonlyArray<string | false | undefined>): string[] {
	return sentences.filter((sentence) => typeof sentence === 'string');
}

export function capitalized(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Whether nothing of a text is seen: blanks of any kind, and characters without a shape. */
export function isBlank(text: string): boolean {
	return !/[^\s\p{Cc}\p{Cf}\u115f\u1160\u2800\u3164\uffa0]/u.test(text);
}
