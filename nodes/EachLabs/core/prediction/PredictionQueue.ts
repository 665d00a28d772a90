import pLimit from 'p-limit';

import { SlotUnavailable, type AccountLimiter, type Slot } from '../account/AccountLimiter';
import type { LookAtAccount } from '../account/AccountSight';
import type { EachLabsClient } from '../api/EachLabsClient';
import { outcomeOf } from '../api/predictionStatus';
import type { Clock } from '../host';
import { onAbort } from '../onAbort';
import { PredictionError } from '../PredictionError';
import { Scope } from '../Scope';
import { RunCost, type Counted, type Priced } from './RunCost';
import { costLimitReached, noFreeSlot } from './predictionErrors';

/** How old a prediction in flight may be that is looked for in the account's list. */
export const LISTED_BACK_MS = 3_600_000;
const LOOK_TIME_MS = 10_000;

export interface PredictionQueueContext {
	readonly client: EachLabsClient;
	readonly clock: Clock;
	readonly limiter: AccountLimiter;
	/** Aborts when the user stops the execution, or n8n ends it. */
	readonly abortSignal: AbortSignal;
	/** Predictions of this run in flight at once, at most; the account's own cap may be lower. */
	readonly maxConcurrency: number;
	/** USD that the run may cost; undefined for no limit. */
	readonly maxCostUsd?: number;
	/** That of earlier tries goes on. Default: a new one. */
	readonly runCost?: RunCost;
}

/** What was created, and what it cost: null where the service has not said it. */
export interface Bought<Value> {
	readonly value: Value;
	readonly predictionId: string;
	readonly costUsd: number | null;
}

/**
 * Where predictions of a run wait until they may be created: for a place of the run, its cost limit and a slot, which is a place of
 * the account. An item's deadline does not run while it waits here: `Scope.pausedWhile` gives it the time back.
 */
export class PredictionQueue {
	private readonly places;
	readonly runCost: RunCost;
	/** Aborts when nothing more may be started: on a stop, or when the run is to end early. */
	private readonly closing = new AbortController();
	/** The service's own words when it refused a create for want of a slot; undefined while it has not. */
	heldBackBy: string | undefined;
	/** To be called when all predictions are done with. */
	readonly end: () => void;
	private lastRefusal: PredictionError | undefined;

	constructor(private readonly context: PredictionQueueContext) {
		this.places = pLimit(context.maxConcurrency);
		this.runCost = context.runCost ?? new RunCost(context.maxCostUsd);
		this.end = onAbort(context.abortSignal, this.close);
	}

	/** Lets predictions in flight go on, and starts no other. */
	readonly close = (): void => {
		this.closing.abort();
		this.runCost.wake();
	};

	get isClosed(): boolean {
		return this.closing.signal.aborted;
	}

	/** Has `use` create a prediction when the run, its cost limit and the account have room for it, in this order. */
	async buy<Value>(
		priced: Priced,
		scope: Scope,
		use: (slot: Slot) => Promise<Bought<Value>>,
	): Promise<Value> {
		return await this.inPlace(scope, async () => {
			// The account's slots are shared with other runs: none is held while this one waits for its cost limit.
			const counted = await scope.pausedWhile(this.runCost.admit(priced, () => this.isClosed));
			if (counted === undefined)
				throw this.isClosed ? PredictionError.stopped() : costLimitReached(this.runCost);
			return await this.counted(counted, async () => await this.inSlot(scope, use));
		});
	}

	/** Has `use` wait for a prediction of an earlier try. It takes a slot and counts towards the limit even where there is no room. */
	async takeUp<Value>(
		predictionId: string,
		priced: Priced,
		scope: Scope,
		use: () => Promise<Bought<Value>>,
	): Promise<Value> {
		return await this.inPlace(scope, async () => {
			const slot = this.context.limiter.occupy(predictionId);
			return await this.counted(this.runCost.include(priced), use).finally(() => slot.settle());
		});
	}

	/** One of the places that the run itself has. */
	async inPlace<Value>(scope: Scope, use: () => Promise<Value>): Promise<Value> {
		const resume = scope.pause();
		return await this.places(async () => {
			resume();
			return await use();
		});
	}

	/** Remembers that the service refused a create for now, and what would be thrown if it were to stay so. */
	readonly holdBack = (details: string, refusal: PredictionError): void => {
		this.heldBackBy = details;
		this.lastRefusal = refusal;
	};

	/** One of the slots that the account has; it is given back whatever happens. */
	private async inSlot<Value>(scope: Scope, use: (slot: Slot) => Promise<Value>): Promise<Value> {
		const acquired = this.context.limiter.acquire({
			abortSignal: this.closing.signal,
			stallMs: scope.totalMs,
			look: this.lookAtAccount,
		});
		const used = scope.pausedWhile(acquired).then(async (slot) => {
			const refused: Slot['refused'] = async (refusal) => await scope.pausedWhile(slot.refused(refusal));
			return await use({ ...slot, refused }).finally(() => slot.settle());
		});
		return await used.catch((error: unknown) => {
			if (!(error instanceof SlotUnavailable)) throw error;
			if (error.why === 'stopped') throw PredictionError.stopped();
			throw noFreeSlot(scope, error.lastRefusal, this.lastRefusal);
		});
	}

	/** Counts what a prediction cost that the run's limit has in flight. */
	private async counted<Value>(counted: Counted, use: () => Promise<Bought<Value>>): Promise<Value> {
		const { runCost } = this;
		const bought = await use().catch((error: unknown) => {
			const { predictionId, cost } = error instanceof PredictionError ? error.facts : {};
			const mayBePaid = error instanceof PredictionError && error.mayHaveBeenCreated;
			if (!mayBePaid || (typeof cost === 'number' && cost <= 0)) runCost.settleForNothing(counted);
			else if (typeof cost === 'number') runCost.settle(counted, cost);
			else runCost.settleUnpriced(counted, predictionId);
			throw error;
		});
		if (bought.costUsd === null) runCost.settleUnpriced(counted, bought.predictionId);
		else runCost.settle(counted, bought.costUsd);
		return bought.value;
	}

	/** What the account has in flight, of all models and runs. */
	private readonly lookAtAccount: LookAtAccount = async (abortSignal) => {
		const { client, clock } = this.context;
		const scope = new Scope(clock, LOOK_TIME_MS, abortSignal);
		const listed = await client.executions.newest({ sinceEpochMs: clock.epochMs() - LISTED_BACK_MS }, scope);
		if (!listed.ok) return undefined;
		const inFlight = listed.value.filter(({ status }) => outcomeOf(status) === undefined);
		return new Set(inFlight.map(({ id }) => id));
	};
}
