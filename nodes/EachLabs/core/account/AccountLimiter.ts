import { MAX_TIMER_MS } from '../retries';
import { ENDED, type Clock } from '../host';
import { onAbort } from '../onAbort';
import { AccountRoom } from './AccountRoom';
import { AccountSight, type LookAtAccount } from './AccountSight';
import type { Refusal } from './readRefusal';

/** A shorter timer would be a busy loop. */
const MIN_TIMER_MS = 10;

/** Why a slot could not be had. */
export type SlotRefusal = 'stopped' | 'stalled';

export class SlotUnavailable extends Error {
	override readonly name = 'SlotUnavailable';

	constructor(
		readonly why: SlotRefusal,
		/** The service's own words when it last refused; they name the account's cap. */
		readonly lastRefusal: string | undefined,
	) {
		super(why);
	}
}

export interface AcquireOptions {
	readonly abortSignal?: AbortSignal;
	/** The wait ends with `stalled` after so long without any progress of the account's own predictions. */
	readonly stallMs: number;
	/** Tells what the account has in flight, where the service can be asked. */
	readonly look?: LookAtAccount;
}

/** An item's turn in the queue; it keeps it when the service refuses its create. */
interface Turn extends AcquireOptions {
	readonly order: number;
	readonly enqueuedAtMs: number;
}

interface Waiter {
	readonly turn: Turn;
	grant(): void;
	reject(why: SlotRefusal): void;
}

/**
 * Room for one of an account's predictions in flight. It begins as a create that is being sent.
 *
 * Invariant: every slot ends with `settle()`, whatever happened to its prediction; calling it twice does no harm.
 */
export interface Slot {
	/** The service accepted the create. */
	accepted(predictionId: string): void;
	/** Nobody knows what came of the create; its place stays taken until `settle()`. */
	unanswered(): void;
	/**
	 * The service refused the create for now (429, or 402 while predictions are in flight). Resolves when this same item,
	 * which went back to the head of the queue, may try again.
	 */
	refused(refusal: Refusal): Promise<void>;
	/** The prediction is terminal or given up, or was never created. */
	settle(): void;
	/** Whether other predictions of this account and process are in flight. */
	hasCompany(): boolean;
}

/**
 * Lets the creates of one account go, of all runs of this process, as `AccountRoom` knows of room for them. Items leave the queue
 * in the order in which they came; one whose create is refused goes back to its old turn.
 */
export class AccountLimiter {
	private readonly room: AccountRoom;
	private readonly sight: AccountSight;
	private nextOrder = 0;
	/** Sorted by `order`. */
	private readonly queue: Waiter[] = [];
	private lastProgressMs: number;
	/** Nobody in the queue stalls before this moment. */
	private noStallBeforeMs = Infinity;
	private timer: { readonly wakeAtMs: number; readonly ender: AbortController } | undefined;

	constructor(private readonly clock: Clock) {
		this.room = new AccountRoom(clock);
		this.sight = new AccountSight(
			clock,
			() => this.room.lookEveryMs,
			(ids, sinceMs) => {
				this.room.onSeen(ids, sinceMs);
				this.pump();
			},
		);
		this.lastProgressMs = clock.monotonicMs();
	}

	/** Resolves with a slot when one create may be sent. Rejects with `SlotUnavailable`. */
	async acquire(options: AcquireOptions): Promise<Slot> {
		const turn: Turn = {
			...options,
			order: this.nextOrder++,
			enqueuedAtMs: this.clock.monotonicMs(),
		};
		await this.waitForTurn(turn);
		return this.slot(turn);
	}

	/** A slot for a prediction that is in flight already, so that it waits for nothing. */
	occupy(predictionId: string): Slot {
		this.room.inFlight += 1;
		const slot = this.slot({
			order: this.nextOrder++,
			enqueuedAtMs: this.clock.monotonicMs(),
			stallMs: Infinity,
		});
		slot.accepted(predictionId);
		return slot;
	}

	private async waitForTurn(turn: Turn): Promise<void> {
		const { abortSignal } = turn;
		if (abortSignal?.aborted) throw new SlotUnavailable('stopped', this.room.lastRefusal);
		await new Promise<void>((resolve, reject) => {
			const leave = () => {
				release?.();
				const position = this.queue.indexOf(waiter);
				if (position >= 0) this.queue.splice(position, 1);
			};
			const waiter: Waiter = {
				turn,
				grant: () => {
					leave();
					resolve();
				},
				reject: (why) => {
					leave();
					reject(new SlotUnavailable(why, this.room.lastRefusal));
				},
			};
			const release =
				abortSignal &&
				onAbort(abortSignal, () => {
					waiter.reject('stopped');
					this.pump();
				});
			// A refused item keeps its old number and so its turn before those that came later.
			const behind = this.queue.findLastIndex((other) => other.turn.order < turn.order);
			this.queue.splice(behind + 1, 0, waiter);
			this.noStallBeforeMs = Math.min(this.noStallBeforeMs, this.stallsAtMs(waiter));
			this.pump();
		});
	}

	private slot(turn: Turn): Slot {
		const { clock, room } = this;
		let isCounted = true;
		let sentAfter = room.refusals;
		let acceptedId: string | undefined;
		return {
			accepted: (predictionId) => {
				acceptedId = predictionId;
				this.lastProgressMs = clock.monotonicMs();
				room.onAccepted(predictionId);
				this.pump();
			},
			unanswered: () => {
				room.onUnanswered();
				this.pump();
			},
			refused: async (refusal) => {
				isCounted = false;
				room.onRefused(refusal, sentAfter);
				await this.waitForTurn(turn);
				isCounted = true;
				sentAfter = room.refusals;
			},
			settle: () => {
				if (!isCounted) return;
				isCounted = false;
				if (acceptedId !== undefined) this.lastProgressMs = clock.monotonicMs();
				room.onSettled(acceptedId);
				this.pump();
			},
			hasCompany: () => room.inFlight > (isCounted ? 1 : 0),
		};
	}

	/** Lets those go that may go, and sets the one timer for the next moment at which something may change by itself. */
	private pump(): void {
		const { queue, room, sight } = this;
		const nowMs = this.clock.monotonicMs();
		if (nowMs >= this.noStallBeforeMs) this.rejectStalled(nowMs);
		while (queue.length > 0 && room.take()) queue[0]?.grant();
		if (queue.length === 0) sight.stop();
		else sight.start(() => (room.needsSight ? queue[0]?.turn.look : undefined));
		if (room.needsSightNow) sight.hurry();
		this.schedule(nowMs);
	}

	private rejectStalled(nowMs: number): void {
		for (const waiter of this.queue.filter((candidate) => nowMs >= this.stallsAtMs(candidate))) {
			waiter.reject('stalled');
		}
		this.noStallBeforeMs = this.queue.reduce(
			(first, waiter) => Math.min(first, this.stallsAtMs(waiter)),
			Infinity,
		);
	}

	private stallsAtMs({ turn }: Waiter): number {
		return Math.max(turn.enqueuedAtMs, this.lastProgressMs) + turn.stallMs;
	}

	private schedule(nowMs: number): void {
		const { opensAtMs } = this.room;
		const wakeAtMs =
			this.queue.length === 0
				? Infinity
				: Math.min(this.noStallBeforeMs, opensAtMs > nowMs ? opensAtMs : Infinity);
		if (this.timer?.wakeAtMs === wakeAtMs) return;
		this.timer?.ender.abort(ENDED);
		this.timer = undefined;
		if (wakeAtMs === Infinity) return;
		const ender = new AbortController();
		this.timer = { wakeAtMs, ender };
		void this.clock
			.sleep(Math.min(MAX_TIMER_MS, Math.max(MIN_TIMER_MS, wakeAtMs - nowMs)), ender.signal)
			.then(() => {
				if (ender.signal.aborted) return;
				this.timer = undefined;
				this.pump();
			});
	}
}
