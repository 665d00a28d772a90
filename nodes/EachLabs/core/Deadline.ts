import type { Clock } from './host';

/** A shorter timer would be a busy loop: the moment before a deadline is split into ever smaller ones. */
const MIN_WAIT_MS = 10;

/** A point on the monotonic clock by which an item must be done, whatever happens on the way. */
export class Deadline {
	private atMs: number;

	constructor(
		private readonly clock: Clock,
		readonly totalMs: number,
	) {
		this.atMs = clock.monotonicMs() + totalMs;
	}

	/** Never negative. */
	remainingMs(): number {
		return Math.max(0, this.atMs - this.clock.monotonicMs());
	}

	get passed(): boolean {
		return this.remainingMs() === 0;
	}

	/** A wait as long as wished, but no longer than the deadline lets it, give or take 10 ms. */
	clip(ms: number): number {
		return Math.max(MIN_WAIT_MS, Math.min(ms, this.remainingMs()));
	}

	/** Pauses the deadline while its item waits for a turn; call the result to resume it. */
	pause(): () => void {
		const sinceMs = this.clock.monotonicMs();
		return () => {
			this.atMs += this.clock.monotonicMs() - sinceMs;
		};
	}

	async pausedWhile<Value>(turn: Promise<Value>): Promise<Value> {
		return await turn.finally(this.pause());
	}
}
