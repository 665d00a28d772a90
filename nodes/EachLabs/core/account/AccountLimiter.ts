import { MAX_TIMER_MS } from '../retries';
import type { Clock } from '../host';

const START_LIMIT = 4;
/** After a refusal: how long to wait for one of our own predictions to settle before asking again. */
const PROBE_MS = 15_000;
const PROBE_IDLE_MS = 2_000;
const PROBE_JITTER = 0.2;
/** One create more than we have in flight is on its way, and no second one goes until its answer is known. */
const PROBING = Infinity;
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
}

/** An item's place in the queue; it keeps it when the service refuses its create. */
interface Place extends AcquireOptions {
	readonly order: number;
	readonly enqueuedAtMs: number;
}

interface Waiter {
	readonly place: Place;
	grant(): void;
	reject(why: SlotRefusal): void;
}

/**
 * One place among an account's predictions in flight. It begins as a create that is being sent.
 *
 * Invariant: every slot ends with `settle()`, whatever happened to its prediction; calling it twice does no harm.
 */
export interface Slot {
	/** The service accepted the create. */
	accepted(): void;
	/**
	 * The service refused the create for now (429, or 402 while predictions are in flight). Resolves when this same item,
	 * which went back to the head of the queue, may try again.
	 */
	refused(refusal: { readonly retryAfterMs?: number; readonly details: string }): Promise<void>;
	/** The prediction is terminal or given up, or was never created. */
	settle(): void;
	/** Whether other predictions of this account and process are in flight. */
	hasCompany(): boolean;
}

/**
 * Keeps the creates of one account under the number of predictions that it may have in flight, without knowing that number.
 *
 * It is clocked by completions: a refused create (429) makes nothing and costs nothing, but the slot that it waits for frees
 * only when a prediction in flight settles. So after a refusal the next create goes out on an own completion, or, as a probe
 * for slots that somebody else freed, after 15 s (2 s with nothing in flight).
 *
 * The limit starts at 4 and grows by one an accepted create until the first refusal, then by 1/limit; a refusal sets it to
 * what is in flight. Twice the limit accepted without a refusal means that somebody else gave places back, and it grows by one
 * again. Items leave the queue in the order in which they came.
 */
export class AccountLimiter {
	private limit = START_LIMIT;
	private inFlight = 0;
	/** Creates accepted since the last refusal; infinite before the first. */
	private acceptedInARow = Infinity;
	private nextOrder = 0;
	/** Sorted by `order`. */
	private readonly queue: Waiter[] = [];
	/** No create before this moment; undefined while nothing holds us back. */
	private blockedUntilMs: number | undefined;
	/** What the service itself asked for; an own completion does not lift it. */
	private retryAfterUntilMs = 0;
	private lastProgressMs: number;
	private lastRefusal: string | undefined;
	/** Nobody in the queue stalls before this moment. */
	private noStallBeforeMs = Infinity;
	private timer: { readonly wakeAtMs: number; readonly ender: AbortController } | undefined;

	constructor(private readonly clock: Clock) {
		this.lastProgressMs = clock.monotonicMs();
	}

	/** Resolves with a slot when one create may be sent. Rejects with `SlotUnavailable`. */
	async acquire(options: AcquireOptions): Promise<Slot> {
		const place: Place = {
			...options,
			// A signal of one's own: one that a thousand items listen to would warn of a leak.
			abortSignal: options.abortSignal && AbortSignal.any([options.abortSignal]),
			order: this.nextOrder++,
			enqueuedAtMs: this.clock.monotonicMs(),
		};
		await this.waitForTurn(place);
		return this.slot(place);
	}

	/** A slot for a prediction that is in flight already, so that it waits for nothing. */
	occupy(): Slot {
		this.inFlight += 1;
		const slot = this.slot({
			order: this.nextOrder++,
			enqueuedAtMs: this.clock.monotonicMs(),
			stallMs: Infinity,
		});
		slot.accepted();
		return slot;
	}

	/** Whether nobody waits and nothing is in flight. */
	get idle(): boolean {
		return this.inFlight === 0 && this.queue.length === 0;
	}

	private async waitForTurn(place: Place): Promise<void> {
		const { abortSignal } = place;
		if (abortSignal?.aborted) throw new SlotUnavailable('stopped', this.lastRefusal);
		await new Promise<void>((resolve, reject) => {
			const onAbort = () => {
				waiter.reject('stopped');
				this.pump();
			};
			const leave = () => {
				abortSignal?.removeEventListener('abort', onAbort);
				const position = this.queue.indexOf(waiter);
				if (position >= 0) this.queue.splice(position, 1);
			};
			const waiter: Waiter = {
				place,
				grant: () => {
					leave();
					this.inFlight += 1;
					resolve();
				},
				reject: (why) => {
					leave();
					reject(new SlotUnavailable(why, this.lastRefusal));
				},
			};
			abortSignal?.addEventListener('abort', onAbort, { once: true });
			// A refused item keeps its old number and so its place before those that came later.
			const behind = this.queue.findLastIndex((other) => other.place.order < place.order);
			this.queue.splice(behind + 1, 0, waiter);
			this.noStallBeforeMs = Math.min(this.noStallBeforeMs, this.stallsAtMs(waiter));
			this.pump();
		});
	}

	private slot(place: Place): Slot {
		let counted = true;
		let isAccepted = false;
		const leave = () => {
			if (!counted) return;
			counted = false;
			this.inFlight -= 1;
		};
		return {
			accepted: () => {
				isAccepted = true;
				this.lastProgressMs = this.clock.monotonicMs();
				this.acceptedInARow += 1;
				// Only a limit that is made use of grows: else a later run would begin with a burst of refusals.
				if (this.inFlight >= Math.floor(this.limit)) {
					const growth = this.acceptedInARow > 2 * this.limit ? 1 : 1 / this.limit;
					// A probe that was accepted has gone beyond the limit, and shown that it was too low.
					this.limit = Math.max(this.limit + growth, this.inFlight);
				}
				if (this.blockedUntilMs === PROBING) this.blockedUntilMs = undefined;
				this.pump();
			},
			refused: async ({ retryAfterMs = 0, details }) => {
				leave();
				this.onRefusal(retryAfterMs, details);
				await this.waitForTurn(place);
				counted = true;
			},
			settle: () => {
				if (!counted) return;
				leave();
				if (isAccepted) {
					this.lastProgressMs = this.clock.monotonicMs();
					this.blockedUntilMs = undefined;
				} else if (this.blockedUntilMs === PROBING) {
					// The probe has shown nothing, so that the next in the queue is to show it.
					this.blockedUntilMs = undefined;
				}
				this.pump();
			},
			hasCompany: () => this.inFlight > (counted ? 1 : 0),
		};
	}

	private onRefusal(retryAfterMs: number, details: string): void {
		const nowMs = this.clock.monotonicMs();
		this.acceptedInARow = 0;
		this.lastRefusal = details;
		this.limit = Math.max(1, this.inFlight);
		const probeMs = this.inFlight > 0 ? PROBE_MS : PROBE_IDLE_MS;
		const jitter = 1 + PROBE_JITTER * (2 * this.clock.random() - 1);
		this.retryAfterUntilMs = Math.max(this.retryAfterUntilMs, nowMs + retryAfterMs);
		this.blockedUntilMs = nowMs + probeMs * jitter;
		this.pump();
	}

	/** Lets go whoever may go, and sets the one timer for the next moment at which something may change by itself. */
	private pump(): void {
		const nowMs = this.clock.monotonicMs();
		if (nowMs >= this.noStallBeforeMs) this.rejectStalled(nowMs);
		const probeDue = nowMs >= Math.max(this.blockedUntilMs ?? PROBING, this.retryAfterUntilMs);
		if (probeDue && this.queue.length > 0) {
			this.blockedUntilMs = PROBING;
			this.queue[0]?.grant();
		}
		while (
			this.blockedUntilMs === undefined &&
			nowMs >= this.retryAfterUntilMs &&
			this.queue.length > 0 &&
			this.inFlight < Math.floor(this.limit)
		) {
			this.queue[0]?.grant();
		}
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

	private stallsAtMs({ place }: Waiter): number {
		return Math.max(place.enqueuedAtMs, this.lastProgressMs) + place.stallMs;
	}

	private schedule(nowMs: number): void {
		const gateAtMs = Math.max(this.blockedUntilMs ?? nowMs, this.retryAfterUntilMs);
		const wakeAtMs =
			this.queue.length === 0
				? Infinity
				: Math.min(this.noStallBeforeMs, gateAtMs > nowMs ? gateAtMs : Infinity);
		if (this.timer?.wakeAtMs === wakeAtMs) return;
		this.timer?.ender.abort();
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
