import { ENDED, type Clock } from '../host';

const JITTER = 0.2;
/** A list that does not answer is left alone for so long. */
const AFTER_FAILURE_MS = 15_000;

/** Identifiers of the account's predictions in flight, whoever created them; undefined where the list did not answer. */
export type LookAtAccount = (abortSignal: AbortSignal) => Promise<ReadonlySet<string> | undefined>;

/** Looks again and again at what an account has in flight, while somebody needs to know. */
export class AccountSight {
	private looking: AbortController | undefined;
	private resting: AbortController | undefined;

	/**
	 * @param everyMs how long to rest after a look, asked for after each
	 * @param onSeen told of each look: what is in flight, and when the look began, in milliseconds of the monotonic clock
	 */
	constructor(
		private readonly clock: Clock,
		private readonly everyMs: () => number,
		private readonly onSeen: (inFlight: ReadonlySet<string> | undefined, sinceMs: number) => void,
	) {}

	/** Goes on until `stop`; `look` is asked for before each look, and ends it by giving none. */
	start(look: () => LookAtAccount | undefined): void {
		if (this.looking !== undefined || look() === undefined) return;
		const looking = new AbortController();
		this.looking = looking;
		void (async () => {
			for (let next = look(); next !== undefined && !looking.signal.aborted; next = look()) {
				const sinceMs = this.clock.monotonicMs();
				const seen = await next(looking.signal);
				if (looking.signal.aborted) return;
				this.onSeen(seen, sinceMs);
				const jitter = 1 + JITTER * (2 * this.clock.random() - 1);
				this.resting = new AbortController();
				await this.clock.sleep(
					jitter * (seen === undefined ? AFTER_FAILURE_MS : this.everyMs()),
					looking.signal,
					this.resting.signal,
				);
			}
			if (this.looking === looking) this.looking = undefined;
		})();
	}

	/** The next look comes at once. */
	hurry(): void {
		this.resting?.abort(ENDED);
	}

	stop(): void {
		this.looking?.abort(ENDED);
		this.looking = undefined;
	}
}
