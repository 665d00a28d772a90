import { composeAltText } from './composeAltText';
import { disclaimer } from './disclaimer';
import { inWords } from './inWords';
import type { MediumDescription } from './MediumDescription';

/**
 * The answer in prose to a prompt about these media.
 *
 * @param others what was sent besides prompt and media, in words
 */
export function composeText(
	prompt: string,
	media: readonly MediumDescription[],
	others: readonly string[],
): string {
	if (/^\s*Task: alt text\b/im.test(prompt)) return composeAltText(prompt, media);
	if (/^\s*Task: transcript\b/im.test(prompt)) return composeTranscript(media);
	const sentences = [
		`you asked "${shortForm(prompt)}".`,
		...(media.length === 0
			? ['No medium was sent.']
			: media.map((medium, position) => sentence(medium, position, media.length))),
		...(others.length === 0 ? [] : [`Also sent: ${inWords(others)}.`]),
	];
	return `${disclaimer} ${sentences.join(' ')}`;
}

function sentence({ full }: MediumDescription, position: number, count: number): string {
	return `${count === 1 ? 'It was sent' : `Medium ${position + 1} of ${count} is`} ${full}.`;
}

function composeTranscript(media: readonly MediumDescription[]): string {
	const heard = media.map(({ full }) => full);
	return `${disclaimer} ${heard.length === 0 ? 'no sound was sent' : inWords(heard)}; what is said in it is not transcribed.`;
}

/** The first question of a prompt, else its beginning: at most 80 characters, on one line. */
function shortForm(prompt: string): string {
	const line = prompt.slice(0, 4000).replace(/\s+/g, ' ').trim();
	const sentences = line.split(/(?<=[.!?:]) /);
	const chosen = sentences.find((part) => part.endsWith('?')) ?? line;
	return chosen.length > 80 ? `${chosen.slice(0, 79)}…` : chosen;
}
