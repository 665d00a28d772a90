/** The words of a name or a label, in lower case: `mainColours` has main, colours and colour. */
export function wordsOf(name: string): ReadonlySet<string> {
	const words = name
		.slice(0, 200)
		.replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
		.toLowerCase()
		.replace(/\bgray/g, 'grey')
		.replace(/\bcolor/g, 'colour')
		.split(/[^\p{L}\p{N}]+/u)
		.filter((word) => word !== '');
	return new Set(words.flatMap((word) => (word.endsWith('s') ? [word, word.slice(0, -1)] : [word])));
}
