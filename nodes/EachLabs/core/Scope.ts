import { ENDED, type Clock } from './host';
import { PredictionError } from './PredictionError';

/** A shorter timer would be a busy loop: the moment before a deadline is split into ever smaller ones. */
const MIN_WAIT_MS = 10;

/** How calls to the service are made within a scope. */
export interface CallManner {
	/** The longest that one attempt waits for its answer; the call's own time when undefined. */
	readonly attemptTimeoutMs?: number;
	/** For how long a safe call is repeated while its route is down; 15 s when undefined. */
	readonly patienceMs?: number;
	/** Whether its first attempt is sent also while the route is known to be down. */
	readonly insists?: boolean;
}

/**
 * For how long a piece of work may go on, and what ends it early: an item, or a call of its own. Its deadline is a point on the
 * monotonic clock; `pause` moves it later by the time in which the work only waits for its turn.
 */
export class Scope {
	/** Aborts on a stop. Many scopes have the same: listen to it by `onAbort`. */
	readonly signal: AbortSignal;
	private atMs: number;

	/** @param stop ends it early; without one, nothing does */
	constructor(
		private readonly clock: Clock,
		readonly totalMs: number,
		stop = new AbortController().signal,
		readonly manner: CallManner = {},
	) {
		this.signal = stop;
		this.atMs = clock.monotonicMs() + totalMs;
	}

	get isStopped(): boolean {
		return this.signal.aborted;
	}

	/** Whether its time is over. */
	get passed(): boolean {
		return this.remainingMs() === 0;
	}

	/** Never negative. */
	remainingMs(): number {
		return Math.max(0, this.atMs - this.clock.monotonicMs());
	}

	/** A wait as long as wished, but no longer than the deadline lets it, give or take 10 ms. */
	clip(ms: number): number {
		return Math.max(MIN_WAIT_MS, Math.min(ms, this.remainingMs()));
	}

	/** Sleeps as long as `clip` says, or until the stop, or until it is woken. */
	async sleep(ms: number, wake?: AbortSignal): Promise<void> {
		await this.clock.sleep(this.clip(ms), this.signal, wake);
	}

	/** Begins a wait for a turn: call the result once, at its end, to give the work the waiting time back. */
	pause(): () => void {
		const sinceMs = this.clock.monotonicMs();
		return () => {
			this.atMs += this.clock.monotonicMs() - sinceMs;
		};
	}

	/** Gives the time back that the work waits for its turn. */
	async pausedWhile<Value>(turn: Promise<Value>): Promise<Value> {
		return await turn.finally(this.pause());
	}

	/**
	 * Waits for a call that has no time limit of its own. The call itself can't be ended: what it still gives goes to `discard`.
	 *
	 * @param onTimeout makes what is thrown when the deadline has passed
	 * @throws {PredictionError} `stopped`, what `onTimeout` makes, or what the call threw
	 */
	async within<Value>(
		call: Promise<Value>,
		onTimeout: () => Error,
		discard?: (late: Value) => void,
	): Promise<Value> {
		const done = new AbortController();
		let isLate = false;
		const given = call.then((value) => {
			if (isLate) discard?.(value);
			return { value };
		});
		given.catch(() => undefined);
		try {
			const first = await Promise.race([
				given,
				this.clock.sleep(this.remainingMs(), this.signal, done.signal),
			]);
			if (first !== undefined) return first.value;
			isLate = true;
			throw this.isStopped ? PredictionError.stopped() : onTimeout();
		} finally {
			done.abort(ENDED);
		}
	}
}
