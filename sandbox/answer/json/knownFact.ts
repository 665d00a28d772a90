import type { DescribedMedium } from '../MediumDescription';
import { mainColour } from './mainColour';
import { shareOf } from './shareOf';
import type { Subject } from './Subject';
import { wordsOf } from './wordsOf';

/** Where in an array a value stands. */
export interface ArrayPosition {
	readonly index: number;
	readonly count: number;
	/** Whether it is an entry of the array itself, rather than a property of one. */
	readonly isEntry: boolean;
}

/** What the media say about a property, in each type that a schema may want it. */
export interface Fact {
	readonly number?: number;
	readonly flag?: boolean;
	/** @param maxLength in characters */
	readonly text?: (maxLength: number) => string;
	/** How many there are of it, for an array. */
	readonly count?: number;
}

interface KnownName {
	readonly isMeant: (words: ReadonlySet<string>) => boolean;
	/** Null when there is no such thing: a sound has no colour. */
	readonly read: (subject: Subject, position?: ArrayPosition) => Fact | null;
}

/**
 * Properties whose names say what they want. The first that fits counts.
 */
const knownNames: readonly KnownName[] = [
	{ isMeant: has('colour'), read: readColour },
	{ isMeant: has('width'), read: ({ media }) => numberFact(first(media, 'width')) },
	{ isMeant: has('height'), read: ({ media }) => numberFact(first(media, 'height')) },
	{
		isMeant: (words) => words.has('pages') || (words.has('page') && has('count', 'number', 'total')(words)),
		read: ({ media }) => numberFact(first(media, 'pages')),
	},
	{ isMeant: has('start'), read: ({ media }, position) => readSegmentEdge(media, position, 0) },
	{ isMeant: has('end'), read: ({ media }, position) => readSegmentEdge(media, position, 1) },
	{
		isMeant: (words) => has('duration', 'seconds', 'runtime')(words) || isOnly(words, 'length'),
		read: ({ media }) => numberFact(first(media, 'durationSeconds'), inSeconds),
	},
	{
		isMeant: has('bytes', 'size'),
		read: ({ media }) =>
			numberFact(first(media, 'byteLength'), (bytes) => `${bytes.toLocaleString('en-US')} bytes`),
	},
	{ isMeant: has('format', 'mime'), read: ({ media }) => textFact(first(media, 'format')) },
	{
		isMeant: (words) => words.has('kind') || (words.has('media') && words.has('type')),
		read: ({ media }) => textFact(media[0]?.kind),
	},
	{
		isMeant: has('title', 'headline'),
		read: ({ media, sentence }) => textFact(first(media, 'title')) ?? { text: sentence },
	},
	{
		isMeant: has('decorative'),
		read: ({ media }) => ({ flag: media.length > 0 && media.every(({ decorative }) => decorative) }),
	},
	{ isMeant: has('speech'), read: ({ media }) => ({ flag: media.some(({ kind }) => kind === 'audio') }) },
	{ isMeant: has('description', 'caption', 'text', 'summary', 'transcript', 'alt'), read: readSentence },
	{
		isMeant: has('confidence', 'score', 'probability'),
		read: ({ seed }) => ({ number: Math.round(shareOf(seed, 'confidence') * 100) / 100 }),
	},
];

/**
 * What the media say about a property of that name; null when they have no such thing, undefined when the name says nothing.
 */
export function knownFact(name: string, subject: Subject, position?: ArrayPosition): Fact | null | undefined {
	const words = wordsOf(name);
	return knownNames.find(({ isMeant }) => isMeant(words))?.read(subject, position);
}

function has(...terms: readonly string[]): (words: ReadonlySet<string>) => boolean {
	return (words) => terms.some((term) => words.has(term));
}

function isOnly(words: ReadonlySet<string>, term: string): boolean {
	return words.size === 1 && words.has(term);
}

function first<Field extends keyof DescribedMedium>(
	media: readonly DescribedMedium[],
	field: Field,
): DescribedMedium[Field] | undefined {
	return media.find((medium) => medium[field] !== undefined)?.[field];
}

function numberFact(number: number | undefined, inWords: (number: number) => string = String): Fact | null {
	return number === undefined ? null : { number, text: () => inWords(number) };
}

function textFact(text: string | undefined): Fact | null {
	return text === undefined ? null : { text: () => text };
}

function readColour({ media }: Subject, position?: ArrayPosition): Fact | null {
	const main = media.map(mainColour).find((colour) => colour !== undefined);
	const colours = [...new Set(media.flatMap((medium) => medium.colours))];
	const colour = position?.isEntry === true ? colours[position.index] : main;
	return colour === undefined ? null : { text: () => colour, count: colours.length };
}

/** Segments of an array share the length evenly. */
function readSegmentEdge(
	media: readonly DescribedMedium[],
	position: ArrayPosition | undefined,
	offset: 0 | 1,
): Fact | null {
	const duration = first(media, 'durationSeconds');
	if (duration === undefined) return null;
	const { index, count } = position ?? { index: 0, count: 1 };
	return numberFact(Math.round(((index + offset) / count) * duration * 10) / 10, inMinutes);
}

function readSentence({ media, sentence }: Subject, position?: ArrayPosition): Fact {
	if (position === undefined || position.index === 0) return { text: sentence };
	const part = `part ${position.index + 1} of ${position.count}`;
	const heard = media.find(({ kind }) => kind === 'audio');
	return {
		text: () =>
			heard === undefined
				? `Sandbox: ${part}.`
				: `Sandbox: ${part} of the recording; what is said in it is not transcribed.`,
	};
}

function inSeconds(seconds: number): string {
	return `${seconds.toFixed(1)} seconds`;
}

function inMinutes(seconds: number): string {
	return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
}
