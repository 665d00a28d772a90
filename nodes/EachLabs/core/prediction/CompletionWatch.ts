import { Scope } from '../Scope';
import { CLOCK_SKEW_MS, type EachLabsClient } from '../api/EachLabsClient';
import { outcomeOf } from '../api/predictionStatus';
import { LATE_STEP, type PollSchedule } from '../account/PollSchedule';
import { ENDED, type Clock } from '../host';

/** A prediction alone is asked about by itself. */
const MIN_TOGETHER = 2;
/**
 * Looks in a usual run time: so many, and some more for each prediction in flight. At least half of the most that were in flight
 * count, since the run ends when the end of its last one is seen.
 */
const LOOKS_BASE = 2.5;
const LOOKS_EACH = 3.5;
/** Where all in flight take longer than so many usual times, looks come in steps of a share of what is over it. */
const LATE_AFTER = 2;
const MIN_LOOK_EVERY_MS = 80;
const MAX_LOOK_EVERY_MS = 5_000;
/** While nothing is known of the model. */
const LOOK_EVERY_MS = 1_000;
/** By how much longer the waits between own polls are while the list has proved to tell of each end. */
const PATIENCE = 3;
const JITTER = 0.2;
/** How many of the newest are looked at: ours, and as many again that have ended since or are other people's. */
const LISTED_PER_PREDICTION = 3;
const MIN_LISTED = 20;
const MAX_LISTED = 100;
const LOOK_TIME_MS = 10_000;
/** Without the list, predictions are asked about one by one when they are due, as always. */
const MAX_FAILED_LOOKS = 2;
/** After as many failed looks, for so long. */
const PAUSE_MS = 60_000;

/** A prediction that is waited for. */
export interface Followed {
	/** Waits for so long, until the list says that the prediction has ended (which is said once), or until the scope is stopped or over. */
	sleep(ms: number, scope: Scope): Promise<void>;
	/** By how much longer than without the list one may wait between two polls. */
	patience(): number;
	/** To be called once, when it is waited for no longer. */
	end(): void;
}

interface InFlight {
	readonly sinceEpochMs: number;
	hint: 'none' | 'given' | 'used' | 'wrong';
	wake?: AbortController;
}

/**
 * Wakes those who wait for predictions of a model as soon as the account's list of executions says that one has ended: a request
 * tells of all that are in flight, so that a place of the account stands idle for a shorter time than with polls of each alone,
 * and the service is asked less often.
 *
 * The list is a hint and no more: the poll that follows decides, and without a hint the polls come when they are due.
 */
export class CompletionWatch {
	private readonly inFlight = new Map<string, InFlight>();
	private looking: AbortController | undefined;
	private failedLooks = 0;
	private mostInFlight = 0;
	/** Whether the list told of the last end, so that it is trusted to tell of the next; at first it is. */
	private isTold = true;

	constructor(
		private readonly model: string,
		private readonly client: EachLabsClient,
		private readonly clock: Clock,
		private readonly schedule: PollSchedule,
	) {}

	follow(predictionId: string): Followed {
		const own: InFlight = { sinceEpochMs: this.clock.epochMs(), hint: 'none' };
		this.inFlight.set(predictionId, own);
		this.mostInFlight = Math.max(this.mostInFlight, this.inFlight.size);
		if (this.inFlight.size >= MIN_TOGETHER) this.look();
		return {
			patience: () => (this.isTold && this.failedLooks === 0 && this.looking ? PATIENCE : 1),
			sleep: async (ms, scope) => {
				if (own.hint === 'used') {
					own.hint = 'wrong';
					this.isTold = false;
				}
				if (own.hint !== 'given') {
					own.wake = new AbortController();
					await scope.sleep(ms, own.wake.signal);
					own.wake = undefined;
				}
				if (own.hint === 'given') own.hint = 'used';
			},
			end: () => {
				this.inFlight.delete(predictionId);
				this.isTold = own.hint === 'used';
				if (this.inFlight.size > 0) return;
				this.looking?.abort(ENDED);
				this.looking = undefined;
				this.mostInFlight = 0;
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
				const everyMs = this.failedLooks >= MAX_FAILED_LOOKS ? PAUSE_MS : this.lookEveryMs();
				await this.clock.sleep(everyMs * (1 + JITTER * (2 * this.clock.random() - 1)), looking.signal);
				if (!looking.signal.aborted && this.isWorthwhile()) await this.lookOnce(looking.signal);
			}
		})();
	}

	private lookEveryMs(): number {
		const { medianMs } = this.schedule.usual ?? {};
		if (medianMs === undefined) return LOOK_EVERY_MS;
		const together = Math.max(MIN_TOGETHER, this.inFlight.size, this.mostInFlight / 2);
		const sharedMs = medianMs / (LOOKS_BASE + LOOKS_EACH * together);
		const lateMs = this.clock.epochMs() - Math.max(...this.startsEpochMs()) - LATE_AFTER * medianMs;
		return Math.min(MAX_LOOK_EVERY_MS, Math.max(MIN_LOOK_EVERY_MS, sharedMs, LATE_STEP * lateMs));
	}

	/** Whether one of them may have ended, and nothing else tells of it. */
	private isWorthwhile(): boolean {
		if (this.schedule.isHeld) return false;
		const quickestMs = this.schedule.usual?.quickestMs ?? 0;
		return this.clock.epochMs() - this.oldestEpochMs() >= quickestMs;
	}

	private oldestEpochMs(): number {
		return Math.min(...this.startsEpochMs());
	}

	private startsEpochMs(): number[] {
		return [...this.inFlight.values()].map(({ sinceEpochMs }) => sinceEpochMs);
	}

	private async lookOnce(abortSignal: AbortSignal): Promise<void> {
		const listed = await this.client.executions.newest(
			{
				model: this.model,
				sinceEpochMs: this.oldestEpochMs() - CLOCK_SKEW_MS,
				limit: Math.min(MAX_LISTED, Math.max(MIN_LISTED, LISTED_PER_PREDICTION * this.inFlight.size)),
			},
			new Scope(this.clock, LOOK_TIME_MS, abortSignal),
		);
		if (abortSignal.aborted) return;
		this.failedLooks = listed.ok ? 0 : this.failedLooks + 1;
		for (const { id, status } of listed.ok ? listed.value : []) {
			const ended = this.inFlight.get(id);
			if (ended?.hint !== 'none' || outcomeOf(status) === undefined) continue;
			ended.hint = 'given';
			ended.wake?.abort(ENDED);
		}
	}
}
