import type { DescribedMedium } from '../MediumDescription';
import type { JsonSchema, JsonValue } from './JsonValue';
import { listedOptions } from './listedOptions';
import { mainColour } from './mainColour';
import type { Subject } from './Subject';

const ratings = { high: 0.95, middle: 0.55, low: 0.02, unseen: 0.5 };
/** From this length or number of pages on, a recording or a document gets the rating. */
const longFrom = {
	seconds: { middle: 10, high: 60 },
	pages: { middle: 3, high: 10 },
};

/**
 * How the sandbox moderates, for whoever tries a workflow with it: no content is judged, and all that counts can be made with
 * any paint program.
 */
export const moderationRule: readonly string[] = [
	`A picture that is mainly red (light and dark red too) gets ${ratings.high} for the first category, one that is mainly orange ${ratings.middle}, any other ${ratings.low}.`,
	`A video or a recording gets ${ratings.high} from ${longFrom.seconds.high} seconds on, ${ratings.middle} from ${longFrom.seconds.middle} on, a shorter one ${ratings.low}.`,
	`A PDF gets ${ratings.high} from ${longFrom.pages.high} pages on, ${ratings.middle} from ${longFrom.pages.middle} on, a shorter one ${ratings.low}.`,
	`Of several files the highest counts. What was not opened, or not sent, gets ${ratings.unseen}. All other categories get ${ratings.low}.`,
];

/**
 * The answer `{categories: [{category, confidence, reason}]}` by `moderationRule`.
 *
 * @returns null when the schema is of another form
 */
export function composeModeration(schema: JsonSchema, { media }: Subject): JsonValue | null {
	const listed = listedOptions(schema, 'categories', 'category');
	if (listed === null) return null;
	const [first, ...others] = listed.options.slice(0, listed.maxItems);
	if (first === undefined) return null;
	return {
		categories: [
			{ category: first, ...rateAll(media) },
			...others.map((category) => ({
				category,
				confidence: ratings.low,
				reason: "The sandbox's rule rates the first category only, so this one is always low.",
			})),
		],
	};
}

interface Rated {
	confidence: number;
	reason: string;
	[name: string]: JsonValue;
}

function rateAll(media: readonly DescribedMedium[]): Rated {
	return media
		.map(rate)
		.reduce(
			(highest, next) => (next.confidence > highest.confidence ? next : highest),
			media.length === 0 ? rated(ratings.unseen, 'nothing was sent') : rated(0, ''),
		);
}

function rate(medium: DescribedMedium): Rated {
	const { kind, durationSeconds, pages } = medium;
	if (kind === 'unopened') return rated(ratings.unseen, 'the medium was not opened');
	if (durationSeconds !== undefined) {
		return rated(
			ratingOfLength(durationSeconds, longFrom.seconds),
			`it takes ${durationSeconds.toFixed(1)} seconds`,
		);
	}
	if (pages !== undefined) {
		return rated(ratingOfLength(pages, longFrom.pages), `it has ${pages} ${pages === 1 ? 'page' : 'pages'}`);
	}
	const colour = mainColour(medium) ?? 'of no colour';
	return rated(ratingOfColour(colour), `the picture is mainly ${colour}`);
}

function rated(confidence: number, because: string): Rated {
	return {
		confidence,
		reason: `The sandbox's rule, which is no judgement, gives ${confidence}, since ${because}.`,
	};
}

function ratingOfColour(colour: string): number {
	if (/\bred$/.test(colour)) return ratings.high;
	return /\borange$/.test(colour) ? ratings.middle : ratings.low;
}

function ratingOfLength(length: number, from: { middle: number; high: number }): number {
	if (length >= from.high) return ratings.high;
	return length >= from.middle ? ratings.middle : ratings.low;
}
