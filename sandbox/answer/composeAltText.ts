import { composeSentence } from './composeSentence';
import type { MediumDescription } from './MediumDescription';

const maxContextLength = 28;

/**
 * One sentence that fits a picture's `alt` attribute, within the prompt's `At most N characters` if it has that;
 * the single word DECORATIVE when every picture merely fills space. What the prompt says of the picture's use is repeated,
 * so that a person who changes it sees that it arrived.
 */
export function composeAltText(prompt: string, media: readonly MediumDescription[]): string {
	if (media.length > 0 && media.every(({ decorative }) => decorative)) return 'DECORATIVE';
	const maxLength = Number(
		/At most ([\d,]{1,9}) characters/i.exec(prompt)?.[1]?.replace(/,/g, '') ?? Infinity,
	);
	const context = /^What the picture is used for: (.+)$/m.exec(prompt)?.[1]?.trim() ?? '';
	const shown = context.length > maxContextLength ? `${context.slice(0, maxContextLength - 1)}…` : context;
	return composeSentence(media, maxLength, 'brief', shown === '' ? undefined : `Sandbox, asked "${shown}":`);
}
