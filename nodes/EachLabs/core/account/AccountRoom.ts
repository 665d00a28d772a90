import type { Clock } from '../host';
import { backoffMs } from '../retries';
import { readRefusal, type Refusal } from './readRefusal';

/** The smallest cap that the service is known to set. */
const START_CAP = 2;
/** Creates that go out although none has told of room, as long as none was refused. */
const UNANSWERED_CAP = 4;
const LARGEST_KNOWN_CAP = 10;
/** After a refusal, when nothing tells of a free place: how long until one create knocks. */
const KNOCK_MS = 15_000;
/** The same where the account's list is seen, which tells of free places by itself. */
const KNOCK_IN_SIGHT_MS = 300_000;
/** Silence after the second, third, … knock in vain: a gate that shuts opens only after a minute or two without a knock. */
const SILENCES_MS = [15_000, 75_000, 120_000, 180_000, 300_000];
/** So many knocks in vain tell a gate that shuts from places that others were quicker to take. */
const SHUT_AFTER_KNOCKS = 3;
const JITTER = 0.2;
const SHARED_GROWTH = 0.25;
const LOOK_EVERY_MS = 2_000;
const MAX_LOOK_STRETCH = 4;
/** For how long a cap is kept that the service has named, and one beyond which it shuts the gate. */
const KEEP_NAMED_CAP_MS = 600_000;
const KEEP_SHUT_CAP_MS = 3_600_000;
/** For how long a list is not believed that showed no free place when there was one. */
const DISTRUST_MS = 600_000;
/** A create is on its way whose answer tells whether there is room; no second one goes until then. */
const KNOCKING = Infinity;

/**
 * How many creates an account has room for now, as far as its answers and its list of executions tell. What waits for it, and that
 * no item's deadline runs meanwhile, is `PredictionQueue`'s.
 *
 * A *place* (or *slot*) is room for one prediction, and the *cap* is how many there are. To *knock* is to send one create after a
 * refusal, while all others wait their *turn*. A *look* reads the account's list; the account is in *sight* while looks tell of free
 * places. The service's *gate* refuses creates; it *shuts* when it refuses although a place is free. *Silence* is time without a
 * knock. `hold` keeps all creates back until the next knock, `lift` makes that knock due at once.
 *
 * There is room for its cap less what is in flight, ours and that of others. After a refusal a single create knocks when an own
 * prediction settles, when the list shows a free place, or after a while; an accepted one opens the gate for all. Knocks that are
 * refused although a place is free meet a gate that stays shut while somebody knocks: silence grows between them.
 *
 * A cap that a refusal names is kept for ten minutes, one beyond which the gate shuts for an hour. With none named it starts at 2
 * and grows by 1 for each accepted create (for each unanswered one up to 4). The first refusal sets it to what is in flight; then
 * it grows by 1 for as many accepted creates as it has places, and by 1 for each again after twice as many in a row.
 */
export class AccountRoom {
	/** Ours; each begins as a create that is being sent. */
	inFlight = 0;
	/** How many creates were refused so far. */
	refusals = 0;
	/** The service's own words when it last refused. */
	lastRefusal: string | undefined;
	private cap = START_CAP;
	private capIsNamed = false;
	private gateShuts = false;
	/** Predictions of others in flight, as last seen, or as a refusal implies. */
	private others = 0;
	/** Most of ours that the account had in flight at once. */
	private peak = 0;
	/** Creates accepted since the last refusal; infinite before the first. */
	private acceptedInARow = Infinity;
	/** Since a create was accepted, or the account was seen to be full. */
	private knocksInVain = 0;
	private burstsInARow = 0;
	/** Knocks refused in a row since others were quicker. */
	private lostRaces = 0;
	private readonly ownIds = new Set<string>();
	/** Ours that a look has shown to have ended, before a poll did. */
	private readonly endedIds = new Set<string>();
	/** What was in flight at the last look. */
	private seenIds: ReadonlySet<string> = new Set();
	/** When the next create may knock; undefined while the gate is open. */
	private knockAtMs: number | undefined;
	/** Whether nothing tells of a free place for the next knock. */
	private isBlindKnock = false;
	/** No create before this moment, whatever else tells of a place. */
	private quietUntilMs = -Infinity;
	private lastRefusalMs = -Infinity;
	private balanceIsReserved = false;
	/** Whether the last look at the account's list told something. */
	private isInSight = false;
	/** Whether nothing has changed on our side since the last look. */
	private isFresh = false;
	private isRefusalExplained = true;
	private distrustUntilMs = -Infinity;

	constructor(private readonly clock: Clock) {}

	/** Whether a look at the account's list would tell when there is room again. */
	get needsSight(): boolean {
		return this.knockAtMs !== undefined || this.others > 0;
	}

	/** Whether such a look is to come at once: others are as quick to take what is free. */
	get needsSightNow(): boolean {
		return this.isShared && !this.isFresh;
	}

	/** Milliseconds between two looks; longer where many are after the same places. */
	get lookEveryMs(): number {
		return LOOK_EVERY_MS * Math.min(MAX_LOOK_STRETCH, 1 + this.lostRaces + this.inFlight);
	}

	/** The next moment at which there may be room although nothing happens; Infinity for none. */
	get opensAtMs(): number {
		return Math.max(this.knockAtMs ?? -Infinity, this.quietUntilMs);
	}

	/** Takes room for one create, if there is any. */
	take(): boolean {
		if (this.clock.monotonicMs() < this.opensAtMs) return false;
		if (this.knockAtMs !== undefined) this.knockAtMs = KNOCKING;
		else if (!this.hasFreePlace() || this.needsSightNow) {
			// Nothing of ours will settle, so that only a list would tell: a list that fails must not end it all.
			if (this.inFlight === 0) this.hold();
			return false;
		}
		this.inFlight += 1;
		this.isFresh = false;
		return true;
	}

	onAccepted(predictionId: string): void {
		const nowMs = this.clock.monotonicMs();
		this.ownIds.add(predictionId);
		this.acceptedInARow += 1;
		this.knocksInVain = 0;
		this.burstsInARow = 0;
		this.lostRaces = 0;
		this.peak = Math.max(this.peak, this.ownIds.size);
		// Only room that is made use of grows: else a later run would begin with a burst of refusals.
		if (!this.hasFreePlace()) this.grow(nowMs);
		if (this.knockAtMs === KNOCKING) {
			if (this.isBlindKnock && this.isInSight && !this.hasFreePlace(this.running - 1)) {
				this.distrustUntilMs = nowMs + DISTRUST_MS;
				this.isInSight = false;
			}
			this.knockAtMs = undefined;
		}
		if (this.running > this.cap) this.learnCap(this.running, false);
		this.others = Math.min(this.others, Math.max(0, this.cap - this.running));
	}

	/** A create was sent, and nothing tells what came of it: at least it was not refused for want of room. */
	onUnanswered(): void {
		// Its place stays taken while it is looked for, which takes longer than many a prediction.
		if (this.lastRefusalMs === -Infinity && !this.hasFreePlace()) {
			this.cap = Math.max(this.cap, Math.min(UNANSWERED_CAP, this.cap + 1));
		}
	}

	/** @param sentAfter `refusals` when the refused create was let go */
	onRefused(refusal: Refusal, sentAfter: number): void {
		const nowMs = this.clock.monotonicMs();
		const meaning = readRefusal(refusal);
		// Creates that were on their way together were refused for one reason, which counts once.
		const isNews = sentAfter === this.refusals;
		this.refusals += 1;
		this.inFlight -= 1;
		this.lastRefusal = refusal.details;
		this.lastRefusalMs = nowMs;
		this.balanceIsReserved = meaning.kind === 'reserved';
		this.quietUntilMs = Math.max(this.quietUntilMs, nowMs + (refusal.retryAfterMs ?? 0));
		if (meaning.kind === 'burst') {
			if (isNews) this.burstsInARow += 1;
			this.knockAtMs = nowMs + backoffMs(this.burstsInARow, this.clock.random());
			this.quietUntilMs = Math.max(this.quietUntilMs, this.knockAtMs);
			return;
		}
		this.acceptedInARow = 0;
		if (meaning.kind === 'full') this.countKnock(isNews);
		if (meaning.kind === 'full' && meaning.cap !== undefined) {
			this.learnCap(meaning.cap, true);
			this.others = Math.max(0, meaning.cap - this.running);
		} else if (!this.gateShuts) {
			this.learnCap(this.running + this.others, false);
		}
		this.hold();
	}

	/** @param predictionId undefined where no create was accepted */
	onSettled(predictionId: string | undefined): void {
		this.inFlight -= 1;
		if (predictionId !== undefined) {
			this.ownIds.delete(predictionId);
			this.endedIds.delete(predictionId);
			this.isFresh = false;
			if (!this.isShared) this.lift();
		} else if (this.knockAtMs === KNOCKING || (this.balanceIsReserved && this.inFlight === 0)) {
			// The knock has shown nothing, or nothing of ours is left that may reserve the balance.
			this.knockAtMs &&= this.clock.monotonicMs();
		}
	}

	/**
	 * @param ids what the account has in flight; undefined where the list did not answer
	 * @param sinceMs when the look began, on the monotonic clock
	 */
	onSeen(ids: ReadonlySet<string> | undefined, sinceMs: number): void {
		this.isInSight = ids !== undefined && sinceMs >= this.distrustUntilMs;
		// What was seen before a refusal does not explain it.
		if (ids === undefined || !this.isInSight || sinceMs < this.lastRefusalMs) return;
		const ofOthers = [...ids].filter((id) => !this.ownIds.has(id));
		const hasNewcomer = ofOthers.some((id) => !this.seenIds.has(id));
		for (const id of this.seenIds) if (this.ownIds.has(id) && !ids.has(id)) this.endedIds.add(id);
		this.seenIds = ids;
		this.others = ofOthers.length;
		this.isFresh = true;
		if (!this.isRefusalExplained) this.explainRefusal(hasNewcomer);
		if (this.hasFreePlace()) this.lift();
	}

	/** Others took the place, or the account is full without them, or its gate is shut. */
	private explainRefusal(hasNewcomer: boolean): void {
		this.isRefusalExplained = true;
		if (!this.capIsNamed && !this.gateShuts) this.learnCap(this.running + this.others, false);
		const isVain = !hasNewcomer && this.hasFreePlace();
		this.knocksInVain = isVain ? Math.max(2, this.knocksInVain) : 0;
		if (!isVain) this.lostRaces += 1;
		if (this.isHeld) this.hold();
	}

	/** Ours, less those that a look has shown to have ended. */
	private get running(): number {
		return this.inFlight - this.endedIds.size;
	}

	/** Whether others are seen to have predictions in flight. */
	private get isShared(): boolean {
		return this.isInSight && this.others > 0;
	}

	private get isHeld(): boolean {
		return this.knockAtMs !== undefined && this.knockAtMs !== KNOCKING;
	}

	private hasFreePlace(ofOurs = this.running): boolean {
		return ofOurs + this.others < Math.floor(this.cap);
	}

	private grow(nowMs: number): void {
		const isSteady = this.acceptedInARow > 2 * this.cap;
		// Never refused, and beyond the caps that are known: an account without one.
		const stride = this.acceptedInARow === Infinity && this.cap > LARGEST_KNOWN_CAP ? 2 : 1;
		// Beside others, a place that was given back shows in the list, and each try too many is one too many for all.
		const growth = isSteady && !this.isShared ? stride : (this.isShared ? SHARED_GROWTH : 1) / this.cap;
		if (this.others > 0 && !this.isInSight) this.others = Math.max(0, this.others - growth);
		else if (this.mayExceedCap(nowMs)) this.cap += growth;
	}

	private mayExceedCap(nowMs: number): boolean {
		if (this.gateShuts) return nowMs >= this.lastRefusalMs + KEEP_SHUT_CAP_MS;
		return !this.capIsNamed || nowMs >= this.lastRefusalMs + KEEP_NAMED_CAP_MS;
	}

	private learnCap(cap: number, isNamed: boolean): void {
		this.cap = Math.max(1, cap);
		this.capIsNamed = isNamed;
	}

	private countKnock(isNews: boolean): void {
		this.isRefusalExplained = false;
		if (isNews) this.knocksInVain += 1;
		// With nothing of ours in flight, no completion of ours tells when to ask.
		if (this.inFlight === 0) this.knocksInVain = Math.max(this.knocksInVain, SHUT_AFTER_KNOCKS - 1);
		if (this.knocksInVain < SHUT_AFTER_KNOCKS) return;
		this.gateShuts = true;
		// What was in flight at once before fits again when the gate opens.
		if (!this.capIsNamed) this.learnCap(this.peak, false);
	}

	/** Keeps all creates back until the next knock is due. */
	private hold(): void {
		const { clock } = this;
		const silenceMs = SILENCES_MS[Math.min(this.knocksInVain - 2, SILENCES_MS.length - 1)];
		const waitMs =
			silenceMs === undefined
				? (this.isInSight ? KNOCK_IN_SIGHT_MS : KNOCK_MS) * (1 + JITTER * (2 * clock.random() - 1))
				: silenceMs * (1 + JITTER * clock.random());
		this.knockAtMs = clock.monotonicMs() + waitMs;
		this.isBlindKnock = true;
	}

	/** There seems to be a free place: the next create may knock, unless the gate is to be left in silence. */
	private lift(): void {
		if (!this.isHeld || this.knocksInVain >= 2 || !this.hasFreePlace()) return;
		this.knockAtMs = this.clock.monotonicMs();
		this.isBlindKnock = false;
	}
}
