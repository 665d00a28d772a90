import { Deadline } from '../Deadline';
import { CLOCK_SKEW_MS, type EachLabsClient } from '../api/EachLabsClient';
import type { Clock } from '../host';

/** With fewer in flight, their own polls cost less than looks at all of them. */
const MIN_TOGETHER = 4;
const LOOK_EVERY_MS = 1_000;
const JITTER = 0.2;
/** The newest are looked at: ours, and about as many that have ended since or belong to others on the account. */
const LISTED_PER_PREDICTION = 3;
const MIN_LISTED = 20;
const MAX_LISTED = 100;
const LOOK_TIME_MS = 10_000;
/** Without the list, predictions are asked about one by one when they are due, as always. */
const MAX_FAILED_LOOKS = 2;
/** After as many failed looks, for so long. */
const PAUSE_MS = 60_000;
/** A question that is open for longer is held by the service. */
const HELD_MS = 5_000;

/** A prediction that is waited for. */
export interface Followed {
	/** Waits for so long, until the list says that the prediction has ended (which is said once), or until the signal aborts. */
	sleep(ms: number, abortSignal: AbortSignal): Promise<void>;
	/** To be called once, when it is waited for no longer. */
	end(): void;
}

interface InFlight {
	readonly sinceEpochMs: number;
	hint: 'none' | 'given' | 'used';
	wake?: AbortController;
	lastSleptMs: number;
}

/**
 * Wakes those who wait for predictions of a model as soon as the account's list of executions says that one has ended: a request
 * tells of all that are in flight, so that a place of the account stands idle for a shorter time than with polls of each alone.
 *
 * The list is a hint and no more: the poll that follows decides, and without a hint the polls come when they are due.
 */
export class CompletionWatch {
	private readonly inFlight = new Map<string, InFlight>();
	private looking: AbortController | undefined;
	private failedLooks = 0;

	constructor(
		private readonly model: string,
		private readonly client: EachLabsClient,
		private readonly clock: Clock,
	) {}

	follow(predictionId: string): Followed {
		const own: InFlight = {
			sinceEpochMs: this.clock.epochMs(),
			hint: 'none',
			lastSleptMs: this.clock.monotonicMs(),
		};
		this.inFlight.set(predictionId, own);
		if (this.inFlight.size >= MIN_TOGETHER) this.look();
		return {
			sleep: async (ms, abortSignal) => {
				if (own.hint !== 'given') {
					own.wake = new AbortController();
					await this.clock.sleep(ms, AbortSignal.any([abortSignal, own.wake.signal]));
					own.wake = undefined;
					own.lastSleptMs = this.clock.monotonicMs();
				}
				if (own.hint === 'given') own.hint = 'used';
			},
			end: () => {
				this.inFlight.delete(predictionId);
				if (this.inFlight.size > 0) return;
				this.looking?.abort();
				this.looking = undefined;
			},
		};
	}

	/** Looks again and again until nothing is in flight. */
	private look(): void {
		if (this.looking !== undefined) return;
		const looking = new AbortController();
		this.looking = looking;
		void (async () => {
			while (!looking.signal.aborted) {
				const everyMs = this.failedLooks >= MAX_FAILED_LOOKS ? PAUSE_MS : LOOK_EVERY_MS;
				await this.clock.sleep(everyMs * (1 + JITTER * (2 * this.clock.random() - 1)), looking.signal);
				if (!looking.signal.aborted && !this.isHeld()) await this.lookOnce(looking.signal);
			}
		})();
	}

	/** Whether the service holds the questions about all that are in flight, and so tells of each end by itself. */
	private isHeld(): boolean {
		const nowMs = this.clock.monotonicMs();
		return [...this.inFlight.values()].every(
			({ wake, lastSleptMs }) => wake === undefined && nowMs - lastSleptMs > HELD_MS,
		);
	}

	private async lookOnce(abortSignal: AbortSignal): Promise<void> {
		const listed = await this.client.executions.endedIdsOf(
			{
				model: this.model,
				sinceEpochMs:
					Math.min(...[...this.inFlight.values()].map(({ sinceEpochMs }) => sinceEpochMs)) - CLOCK_SKEW_MS,
				newest: Math.min(MAX_LISTED, Math.max(MIN_LISTED, LISTED_PER_PREDICTION * this.inFlight.size)),
			},
			{ deadline: new Deadline(this.clock, LOOK_TIME_MS), abortSignal },
		);
		if (abortSignal.aborted) return;
		this.failedLooks = listed.ok ? 0 : this.failedLooks + 1;
		for (const predictionId of listed.ok ? listed.value : []) {
			const ended = this.inFlight.get(predictionId);
			if (ended?.hint !== 'none') continue;
			ended.hint = 'given';
			ended.wake?.abort();
		}
	}
}
