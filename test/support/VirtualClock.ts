import type { Clock } from '../../nodes/EachLabs/core/host';
import { onAbort } from '../../nodes/EachLabs/core/onAbort';

/** The longest that Node.js waits; a larger value fires at once. */
const MAX_TIMER_MS = 2_147_483_647;
/** A timer of so few milliseconds or less is a busy loop. */
const BUSY_MS = 1;

export interface RecordedSleep {
	/** When it began, in milliseconds of the monotonic clock. */
	readonly atMs: number;
	readonly ms: number;
	/** Whether it was ended early. */
	aborted: boolean;
}

interface Sleeper {
	readonly wakeAtMs: number;
	readonly wake: () => void;
}

/**
 * A clock that stands still while anything is being computed, and then jumps to the next moment at which a sleep ends. Thousands
 * of seconds take milliseconds, and the same seed gives the same history.
 *
 * It is stricter than a real one: a sleep that a real timer would turn into a busy loop or fire at once (1 ms or less, more than
 * 2^31-1 ms, not a number) fails the test.
 */
export class VirtualClock implements Clock {
	/** Every sleep of the code under test, in the order in which they began. */
	readonly sleeps: RecordedSleep[] = [];
	private nowMs = 0;
	private nextId = 0;
	/** By moment; sleeps that end at the same moment end in the order in which they began. */
	private readonly sleepers: Sleeper[] = [];
	private improperSleep: Error | undefined;
	private readonly nextRandom: () => number;

	/**
	 * @param randomness a seed, or what gives the random numbers
	 * @param startEpochMs what `epochMs` says at the beginning
	 */
	constructor(
		randomness: number | (() => number) = 1,
		private readonly startEpochMs = Date.UTC(2026, 0, 1),
	) {
		this.nextRandom = typeof randomness === 'number' ? seededRandom(randomness) : randomness;
	}

	monotonicMs(): number {
		return this.nowMs;
	}

	epochMs(): number {
		return this.startEpochMs + this.nowMs;
	}

	random(): number {
		return this.nextRandom();
	}

	uuid(): string {
		this.nextId += 1;
		return `request-${this.nextId}`;
	}

	async sleep(ms: number, ...ends: ReadonlyArray<AbortSignal | undefined>): Promise<void> {
		if (!(ms > BUSY_MS && ms <= MAX_TIMER_MS)) {
			this.improperSleep ??= new Error(`slept for ${ms} ms at ${this.nowMs} ms`);
		}
		const record: RecordedSleep = { atMs: this.nowMs, ms, aborted: false };
		this.sleeps.push(record);
		await this.elapse(ms, ...ends);
		record.aborted = this.nowMs < record.atMs + ms;
	}

	/** As `sleep`, for the doubles of a test: unrecorded, and of any length, `Infinity` among them. */
	async elapse(ms: number, ...ends: ReadonlyArray<AbortSignal | undefined>): Promise<void> {
		const signals = ends.filter((end) => end !== undefined);
		if (signals.some(({ aborted }) => aborted)) return;
		await new Promise<void>((resolve) => {
			const sleeper: Sleeper = {
				wakeAtMs: this.nowMs + Math.max(0, ms),
				wake: () => {
					for (const release of releases) release();
					resolve();
				},
			};
			const end = () => {
				this.sleepers.splice(this.sleepers.indexOf(sleeper), 1);
				sleeper.wake();
			};
			const releases = signals.map((signal) => onAbort(signal, end));
			this.sleepers.splice(this.placeOf(sleeper.wakeAtMs), 0, sleeper);
		});
	}

	/** How many sleeps have not ended. */
	get pending(): number {
		return this.sleepers.length;
	}

	/**
	 * Lets time pass until the promise settles, and answers what it answers.
	 *
	 * @throws what the promise rejects with; or where it can never settle, since nothing sleeps any more
	 */
	async run<Value>(promise: Promise<Value>): Promise<Value> {
		const settling = { isDone: false };
		const settle = () => {
			settling.isDone = true;
		};
		promise.then(settle, settle);
		for (;;) {
			await this.computed();
			if (settling.isDone) return await promise;
			if (!this.wakeNext())
				throw new Error(`nothing more can happen at ${this.nowMs} ms, and nothing was answered`);
		}
	}

	/** Lets `ms` pass, and everything happen that happens in them. */
	async pass(ms: number): Promise<void> {
		const untilMs = this.nowMs + ms;
		for (;;) {
			await this.computed();
			if ((this.sleepers[0]?.wakeAtMs ?? Infinity) > untilMs) break;
			this.wakeNext();
		}
		this.nowMs = untilMs;
	}

	/** Resolves when nothing is left that can go on without time passing. */
	private async computed(): Promise<void> {
		await new Promise<void>((resolve) => setImmediate(resolve));
		if (this.improperSleep) throw this.improperSleep;
	}

	private wakeNext(): boolean {
		const next = this.sleepers[0];
		if (next === undefined || next.wakeAtMs === Infinity) return false;
		this.sleepers.shift();
		this.nowMs = next.wakeAtMs;
		next.wake();
		return true;
	}

	/** Where a sleep that ends at `wakeAtMs` belongs: behind those that end then or before. */
	private placeOf(wakeAtMs: number): number {
		let low = 0;
		let high = this.sleepers.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((this.sleepers[middle] as Sleeper).wakeAtMs <= wakeAtMs) low = middle + 1;
			else high = middle;
		}
		return low;
	}
}

/** Uniform in [0, 1); the same seed gives the same numbers (mulberry32). */
export function seededRandom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}
