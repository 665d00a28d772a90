import type { MediumKind } from '../MediumDescription';
import { mainColour } from './mainColour';
import { shareOf } from './shareOf';
import type { Subject } from './Subject';
import { wordsOf } from './wordsOf';

const kindWords: Readonly<Record<MediumKind, readonly string[]>> = {
	picture: ['picture', 'image', 'photo'],
	video: ['video', 'film', 'movie', 'clip'],
	audio: ['audio', 'sound', 'recording'],
	document: ['document', 'pdf'],
	unopened: [],
};
/** Formats that people call by another name. */
const formatWords: Readonly<Record<string, readonly string[]>> = {
	JPEG: ['jpeg', 'jpg'],
	WAVE: ['wave', 'wav'],
};

/**
 * The options that name what the media are, by rank: their main colour, format, kind, then their other colours.
 * "Red shoes" names a picture that is mainly light red.
 */
export function namedOptions<Option>(options: readonly Option[], { media }: Subject): Option[] {
	const named = [
		...media.flatMap((medium) => colourTerms(mainColour(medium))),
		...media.flatMap(({ format }) =>
			format === undefined ? [] : (formatWords[format] ?? [format.toLowerCase()]),
		),
		...media.flatMap(({ kind }) => kindWords[kind]),
		...media.flatMap(({ colours }) => colours.flatMap(colourTerms)),
	].flatMap((term) => options.filter((option) => names(option, term)));
	return [...new Set(named)];
}

/** One of the options: the first that names what the media are, else one that looks drawn. */
export function chooseOption<Option>(
	options: readonly [Option, ...Option[]],
	subject: Subject,
	path: string,
): Option {
	const [first] = options;
	const drawn = options[Math.floor(shareOf(subject.seed, path) * options.length)] ?? first;
	return namedOptions(options, subject)[0] ?? drawn;
}

/** "light red" counts as itself first, then as red. */
function colourTerms(colour: string | undefined): string[] {
	if (colour === undefined) return [];
	const base = colour.split(' ').at(-1) ?? colour;
	return base === colour ? [colour] : [colour, base];
}

function names(option: unknown, term: string): boolean {
	if (typeof option !== 'string') return false;
	const words = wordsOf(option);
	return term.split(' ').every((word) => words.has(word));
}
