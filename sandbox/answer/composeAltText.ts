import { composeSentence } from './composeSentence';
import type { MediumDescription } from './MediumDescription';

/**
 * One sentence that fits a picture's `alt` attribute, within the prompt's `At most N characters` if it has that;
 * the single word DECORATIVE when every picture merely fills space.
 */
export function composeAltText(prompt: string, media: readonly MediumDescription[]): string {
	if (media.length > 0 && media.every(({ decorative }) => decorative)) return 'DECORATIVE';
	const maxLength = Number(
		/At most ([\d,]{1,9}) characters/i.exec(prompt)?.[1]?.replace(/,/g, '') ?? Infinity,
	);
	return composeSentence(media, maxLength, 'brief');
}
