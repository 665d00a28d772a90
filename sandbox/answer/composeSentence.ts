import { disclaimer } from './disclaimer';
import { inWords } from './inWords';
import type { MediumDescription } from './MediumDescription';

/** What the media are, in one sentence that says whose it is, as fully as `maxLength` characters allow. */
export function composeSentence(
	media: readonly MediumDescription[],
	maxLength: number,
	detail: 'full' | 'brief',
): string {
	if (media.length === 0) return fitting(maxLength, `${disclaimer} no medium was sent.`);
	const colours = [...new Set(media.flatMap((medium) => medium.colours))];
	return fitting(
		maxLength,
		`${disclaimer} ${inWords(media.map((medium) => medium[detail]))}.`,
		`Sandbox: ${inWords(media.map(({ brief }) => brief))}.`,
		...(colours.length === 0 ? [] : [`Sandbox: ${inWords(colours)}.`]),
		`Sandbox: ${media.length} media.`,
	);
}

function fitting(maxLength: number, ...sentences: string[]): string {
	return sentences.find(({ length }) => length <= maxLength) ?? 'Sandbox.'.slice(0, maxLength);
}
