import type { MediumDescription } from '../MediumDescription';

/** The colour that fills most of a picture, of what can be seen of it; undefined for what isn't one. */
export function mainColour({ colours }: MediumDescription): string | undefined {
	return colours.find((colour) => colour !== 'transparent') ?? colours[0];
}
