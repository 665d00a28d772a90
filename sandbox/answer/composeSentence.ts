import { disclaimer } from './disclaimer';
import { inWords } from './inWords';
import type { MediumDescription } from './MediumDescription';

/**
 * What the media are, in one sentence that says whose it is, as fully as `maxLength` characters allow.
 *
 * @param beginning said before it where there is room, in place of the disclaimer: it too says whose the sentence is
 */
export function composeSentence(
	media: readonly MediumDescription[],
	maxLength: number,
	detail: 'full' | 'brief',
	beginning = disclaimer,
): string {
	if (media.length === 0) return fitting(maxLength, `${disclaimer} no medium was sent.`);
	const colours = [...new Set(media.flatMap((medium) => medium.colours))];
	return fitting(
		maxLength,
		`${beginning} ${inWords(media.map((medium) => medium[detail]))}.`,
		`${disclaimer} ${inWords(media.map((medium) => medium[detail]))}.`,
		`Sandbox: ${inWords(media.map(({ brief }) => brief))}.`,
		...(colours.length === 0 ? [] : [`Sandbox: ${inWords(colours)}.`]),
		`Sandbox: ${media.length} media.`,
	);
}

function fitting(maxLength: number, ...sentences: string[]): string {
	return sentences.find(({ length }) => length <= maxLength) ?? 'Sandbox.'.slice(0, maxLength);
}
