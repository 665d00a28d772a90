/** What the contestants of the race are given to do. */
export interface Work {
	readonly id: string;
	readonly items: number;
	/** Run times are log-normal; milliseconds. */
	readonly medianMs: number;
	/** Predictions that the account may have in flight; null for any number. */
	readonly cap: number | null;
	/** For how long the service holds a question about a prediction in flight. Default 0. */
	readonly holdPollsMs?: number;
	/** Added to each answer of the API, as by a longer way to it. Default 0. */
	readonly latencyMs?: number;
	/** Processes on one key that share the items. Default 1. */
	readonly workers?: number;
	/** Default `image`. */
	readonly media?: 'image' | 'video';
	/** Length of the files, in bytes, and as many more as the number of the item. Default 50,000. */
	readonly byteLength?: number;
}

/** Of the run times' logarithm: nine of ten are between half and twice the median. */
const SIGMA = 0.4;
const LEAST_MS = 100;

/** How long the prediction of the item with this number takes, milliseconds: the same for every contestant. */
export function runTimeMs({ medianMs }: Pick<Work, 'medianMs'>, number: number): number {
	// Two numbers in (0, 1) from the item's own, by the fractions of multiples of irrational numbers; then Box and Muller.
	const first = fraction((number + 1) * 0.754_877_666_246_692_7);
	const second = fraction((number + 1) * 0.569_840_290_998_053_2);
	const normal = Math.sqrt(-2 * Math.log(Math.max(first, 1e-9))) * Math.cos(2 * Math.PI * second);
	return Math.max(LEAST_MS, Math.round(medianMs * Math.exp(SIGMA * normal)));
}

/** What the work takes when each prediction starts the moment that a place is free, in the items' order; milliseconds. */
export function idealMs(work: Work): number {
	const places = Array<number>(Math.min(work.cap ?? work.items, work.items)).fill(0);
	for (let number = 0; number < work.items; number++) {
		const earliest = places.indexOf(Math.min(...places));
		places[earliest] = (places[earliest] ?? 0) + runTimeMs(work, number);
	}
	return Math.max(...places);
}

export function questionAbout(number: number): string {
	return `What is in picture ${number}?`;
}

/** @throws Error where a prompt is not made of `questionAbout` */
export function numberIn(prompt: unknown): number {
	const found = /What is in picture (\d+)\?/.exec(String(prompt))?.[1];
	if (found === undefined) throw new Error(`Not a question of the race: ${String(prompt)}`);
	return Number(found);
}

function fraction(value: number): number {
	return value - Math.floor(value);
}
