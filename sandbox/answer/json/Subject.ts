import type { DescribedMedium } from '../MediumDescription';

/** What an answer is about: the media of one item, and what was asked about them. */
export interface Subject {
	readonly media: readonly DescribedMedium[];
	/** The same for the same bytes and the same question, whatever else the request holds. */
	readonly seed: string;
	/** The answer as it would be without a schema. */
	readonly prose: string;
	/** One sentence of at most so many characters about the media. */
	readonly sentence: (maxLength: number) => string;
}
