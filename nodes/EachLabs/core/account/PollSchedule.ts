/** How many of the last run times of a model are remembered. */
const MEMORY = 64;
/** With fewer known, the slow ones may not have been seen yet: those that finish first are the quick ones. */
const FEW_KNOWN = 24;
const SLOWEST_BY_QUICKEST = 3;
/** A run time outside of these shares of the published average shows that the average is out of date. */
const PLAUSIBLE_SHARES = [0.4, 2] as const;
/** By how much the slowest may still be surpassed. */
const SLOWEST_MARGIN = 1.06;

/** By so many polls a prediction of a usual run time is seen to have finished. */
const USUAL_POLLS = 8;
const FIRST_WAIT_MS = 1_000;
const GROWTH = 1.25;
/** A prediction that takes longer than usual is asked about in steps of this share of its age, or of what is over the usual. */
export const LATE_STEP = 0.15;
const MIN_WAIT_MS = 250;
const MAX_WAIT_MS = 10_000;
const JITTER = 0.2;
/** Into how many parts of equally many predictions the known run times are split. */
const PARTS = 4;

/** How the waiting for one prediction has gone so far. */
export interface WaitSoFar {
	/** Since the create was accepted. */
	readonly elapsedMs: number;
	/** How often it was asked about. */
	readonly polls: number;
	/** The last wait; 0 before the first poll. */
	readonly previousMs: number;
}

/**
 * When to ask whether a prediction is finished. `waitForPrediction` keeps it, or what Poll Interval and `Retry-After` say in its place;
 * `CompletionWatch` tells of an end before.
 *
 * Every poll too few leaves one of the account's places idle, every poll too many loads the service. While nothing is known of
 * a model, the waits grow from 1 s by a quarter to 10 s. A published average tells more: it stands for run times around it until
 * enough are known, or one is seen that it can't stand for. Then the first poll waits until the quickest could be done, and the
 * polls that are left of a budget are spread over the time in which predictions usually finish, so that they are found out
 * about with the least delay: closer together where more of them finish (the density of polls is the square root of that of the ends).
 */
export class PollSchedule {
	/** Milliseconds, newest last. */
	private readonly known: number[] = [];
	/**
	 * Whether the service holds a question until the prediction ends, as it did last: then it is asked at once, and each answer
	 * comes as soon as there is one.
	 */
	isHeld = false;

	/** @param publishedMs the average run time that the service publishes for the model, where it does */
	constructor(private readonly publishedMs?: number) {}

	/** The longest that is remembered, else the published average; undefined while nothing is known. */
	get usualMs(): number | undefined {
		return this.known.length > 0 ? Math.max(...this.known) : this.publishedMs;
	}

	/** @param ms from the accepted create to the terminal status, as exactly as it is known */
	observe(ms: number): void {
		if (!Number.isFinite(ms) || ms < 0) return;
		this.known.push(ms);
		if (this.known.length > MEMORY) this.known.shift();
	}

	/**
	 * Milliseconds to wait before the next poll.
	 *
	 * @param random uniform in [0, 1)
	 */
	nextWaitMs({ elapsedMs, polls, previousMs }: WaitSoFar, random: number): number {
		const jitter = 1 + JITTER * (2 * random - 1);
		if (this.known.length === 0 && (polls === 0 || this.publishedMs === undefined)) {
			return jitter * (polls === 0 ? FIRST_WAIT_MS : Math.min(MAX_WAIT_MS, previousMs * GROWTH));
		}
		const moments = this.usualMoments();
		const fromMs = Math.max(elapsedMs, moments[0] ?? 0);
		const pollsLeft = USUAL_POLLS - polls;
		const isUsual = pollsLeft > 0 && fromMs < (moments.at(-1) ?? 0);
		const stepMs = isUsual
			? momentAtShare(moments, fromMs, 1 / pollsLeft) - fromMs
			: Math.max(previousMs * GROWTH, elapsedMs * LATE_STEP);
		// The last one of the budget comes after all usual run times, never before.
		const swing = isUsual && pollsLeft === 1 ? Math.max(1, jitter) : jitter;
		return Math.max(MIN_WAIT_MS, fromMs - elapsedMs + swing * Math.min(MAX_WAIT_MS, stepMs));
	}

	/** What a prediction takes as a rule, and the quickest that is to be expected; milliseconds, undefined while nothing is known. */
	get usual(): { readonly medianMs: number; readonly quickestMs: number } | undefined {
		const sorted = this.sorted();
		const medianMs = sorted[Math.floor(sorted.length / 2)];
		return medianMs === undefined ? undefined : { medianMs, quickestMs: this.usualMoments()[0] ?? 0 };
	}

	private sorted(): number[] {
		return [...this.known, ...this.expected()].sort((left, right) => left - right);
	}

	/** Run times around the published average, spread evenly, in place of those that are still missing. */
	private expected(): number[] {
		const { known, publishedMs } = this;
		const missing = FEW_KNOWN - known.length;
		if (publishedMs === undefined || missing <= 0) return [];
		const [low, high] = PLAUSIBLE_SHARES;
		if (known.some((ms) => ms < low * publishedMs || ms > high * publishedMs)) return [];
		return Array.from({ length: missing }, (_, index) => publishedMs * (0.5 + (index + 0.5) / missing));
	}

	/** Ages at which predictions finish, ascending: between two of them about equally many do, outside of them next to none. */
	private usualMoments(): number[] {
		const sorted = this.sorted();
		const at = (index: number) => sorted[Math.round(index)] ?? 0;
		const last = sorted.length - 1;
		const [quickest, slowest] = [at(0), at(last)];
		// What may lie beyond the known ones is, on average, as far away as they are from each other.
		const beyond = last > 0 ? (slowest - quickest) / last : 0;
		const unseen = sorted.length < FEW_KNOWN ? SLOWEST_BY_QUICKEST * quickest : 0;
		const parts = Math.min(PARTS, sorted.length);
		return [
			Math.max(0, quickest - beyond),
			...Array.from({ length: parts - 1 }, (_, part) => at(((part + 1) * last) / parts)),
			Math.max(slowest * SLOWEST_MARGIN + beyond, unseen),
		];
	}
}

/**
 * The moment by which a share of the polls that are still to come from `fromMs` on are due, when their density is the square
 * root of that of the predictions which finish.
 */
function momentAtShare(moments: readonly number[], fromMs: number, share: number): number {
	const parts = moments
		.slice(1)
		.map((endMs, index) => ({ startMs: moments[index] ?? 0, endMs }))
		.filter(({ startMs, endMs }) => endMs > Math.max(startMs, fromMs))
		.map(({ startMs, endMs }) => ({
			startMs: Math.max(startMs, fromMs),
			endMs,
			density: 1 / Math.sqrt(endMs - startMs),
		}));
	const pollsOf = (part: (typeof parts)[number]) => (part.endMs - part.startMs) * part.density;
	let left = share * parts.reduce((sum, part) => sum + pollsOf(part), 0);
	for (const part of parts) {
		const polls = pollsOf(part);
		if (left <= polls) return part.startMs + left / part.density;
		left -= polls;
	}
	return moments.at(-1) ?? fromMs;
}
