import pLimit from 'p-limit';

import { SlotUnavailable, type AccountLimiter, type Slot } from '../account/AccountLimiter';
import type { LookAtAccount } from '../account/AccountSight';
import { CostGuard, type Counted, type Priced } from './CostGuard';
import { Deadline } from '../Deadline';
import type { CreateRequest, EachLabsClient } from '../api/EachLabsClient';
import { CompletionWatch } from './CompletionWatch';
import type { Clock } from '../host';
import { PredictionError, type CancelledAs } from '../PredictionError';
import type { BoughtPrediction, LedgerEntry, LedgerItem } from './PredictionLedger';
import { costLimitReached, deadlinePassed, inSeconds, predictionCancelled } from './predictionErrors';
import { freeFailureOfProvider, predictionFailed, secondEnd } from './predictionFailed';
import { outcomeOf } from '../api/predictionStatus';
import { backoffMs } from '../retries';
import type { RunTimes } from '../account/RunTimes';
import { findSubmitted, mayResubmit, submitPrediction } from './submitPrediction';
import { waitForPrediction } from './waitForPrediction';
import type { Prediction } from '../api/shapes';

const MAX_CANCELS_AT_ONCE = 5;
const CANCEL_TIME_MS = 10_000;
/** A cancel that hangs is sent again while there is time: what it does not reach runs on. */
const CANCEL_ATTEMPT_MS = 3_000;
/** How old a prediction in flight may be that is looked for in the account's list. */
const LISTED_BACK_MS = 3_600_000;
const LOOK_TIME_MS = 10_000;
/** A provider that failed is given the time of a third try, up to 2 s, before it is asked again. */
const SECOND_TRY_BACKOFF = 3;
const COST_TIME_MS = 5_000;

export interface PredictionRunContext {
	readonly client: EachLabsClient;
	readonly clock: Clock;
	readonly limiter: AccountLimiter;
	readonly runTimesOf: (model: string) => RunTimes;
	/** Aborts when the user stops the execution, or n8n ends it. */
	readonly abortSignal: AbortSignal;
	/** Predictions of this run in flight at once, at most; the account's own cap may be lower. */
	readonly maxConcurrency: number;
	/** USD that the run may cost; undefined for no limit. */
	readonly maxCostUsd?: number;
	readonly claimed: Set<string>;
}

export interface PredictOptions {
	/** Budget of the item; the time in which it only waits for a slot is given back to it. */
	readonly deadline: Deadline;
	readonly pollIntervalMs?: number;
	/** Whether a create of unknown outcome may be sent once more. */
	readonly resubmit: boolean;
	readonly ledgerItem: LedgerItem;
	/** What its price depends on. */
	readonly pricing?: Pricing;
}

export type Pricing = Omit<Priced, 'model'>;

/** What was created, and what it cost: null where the service has not said it. */
interface Purchase<Value> {
	readonly value: Value;
	readonly predictionId: string;
	readonly costUsd: number | null;
}

/** The predictions of one execution of the node: created, waited for, and cancelled when they can't be finished. */
export class PredictionRun {
	private readonly places;
	private readonly cancels = pLimit(MAX_CANCELS_AT_ONCE);
	private readonly costGuard: CostGuard;
	/** By model. */
	private readonly watches = new Map<string, CompletionWatch>();
	/** Aborts when nothing more may be started: on a stop, or when the run is to end early. */
	private readonly closing = new AbortController();
	/** The service's own words when it refused a create for want of a slot; undefined while it has not. */
	heldBackBy: string | undefined;
	private lastRefusal: PredictionError | undefined;

	constructor(private readonly context: PredictionRunContext) {
		this.places = pLimit(context.maxConcurrency);
		this.costGuard = new CostGuard(context.maxCostUsd);
		context.abortSignal.addEventListener('abort', this.startNothingMore, { once: true });
		if (context.abortSignal.aborted) this.startNothingMore();
	}

	/** Lets predictions in flight go on, and starts no other. */
	readonly startNothingMore = (): void => {
		this.closing.abort();
		this.costGuard.wake();
	};

	/** What the run has cost until now, in USD; `isEstimate` where the service has not said all of it. */
	get spent(): { readonly usd: number; readonly isEstimate: boolean } {
		return { usd: this.costGuard.spent, isEstimate: this.costGuard.isEstimate };
	}

	/** How many predictions it has in flight at most. */
	get maxConcurrency(): number {
		return this.context.maxConcurrency;
	}

	/** To be called once, when all predictions are done with. */
	end(): void {
		this.context.abortSignal.removeEventListener('abort', this.startNothingMore);
	}

	/**
	 * Takes up what an earlier try of the same execution has bought for the item: a finished prediction as it is, one that may be
	 * running by waiting for it, one of unknown outcome by looking for it once more.
	 *
	 * @returns undefined where nothing was bought, or where it surely failed, so that it may be bought (again)
	 * @throws {PredictionError} where it is not certain that nothing was bought
	 */
	async takeUp(model: string, options: PredictOptions): Promise<BoughtPrediction | undefined> {
		const { ledgerItem } = options;
		const { entry } = ledgerItem;
		if (entry === undefined) return undefined;
		if (entry.state === 'succeeded') {
			const { id, cost } = entry.prediction;
			this.costGuard.spendBefore({ model, ...options.pricing }, cost, id);
			return entry.prediction;
		}
		const predictionId = entry.state === 'created' ? entry.predictionId : await this.lookFor(entry, options);
		if (predictionId === undefined) return undefined;
		return await this.inPlace(options.deadline, async () => {
			const slot = this.context.limiter.occupy(predictionId);
			const counted = this.costGuard.include({ model, ...options.pricing });
			return await this.counted(counted, async () => {
				const prediction = await this.finish(predictionId, model, options);
				return { value: prediction, predictionId, costUsd: prediction.cost };
			})
				.catch((error: unknown) => {
					if (ledgerItem.entry === undefined) return undefined;
					throw error;
				})
				.finally(() => slot.settle());
		});
	}

	/** The longest of the run times that are known of a model, ms; undefined while none is. */
	usualRunMs(model: string): number | undefined {
		return this.context.runTimesOf(model).usualMs;
	}

	/** @throws {PredictionError} `costLimit` when the run may buy nothing more of a model: before files are sent in vain */
	checkBudget(model: string, pricing?: Pricing): void {
		if (this.costGuard.isSpent({ model, ...pricing })) throw costLimitReached(this.costGuard);
	}

	/**
	 * Creates a prediction and waits for it. One that failed at the provider and cost nothing is bought once more an item, within
	 * the item's time and the run's cost limit.
	 *
	 * @returns the prediction, which succeeded
	 * @throws {PredictionError} of a kind that tells why not, with the prediction's id as soon as there is one
	 */
	async predict(request: CreateRequest, options: PredictOptions): Promise<BoughtPrediction> {
		const { clock } = this.context;
		const { deadline, ledgerItem } = options;
		const first = await this.predictOnce(request, options).catch((error: unknown) => ({ error }));
		if (!('error' in first)) return first;
		const { error } = first;
		const failedId = freeFailureOfProvider(error);
		const waitMs = backoffMs(SECOND_TRY_BACKOFF, clock.random());
		if (failedId === undefined || ledgerItem.failedBefore || waitMs >= deadline.remainingMs()) throw error;
		await clock.sleep(waitMs, this.ownAbortSignal());
		if (this.closing.signal.aborted) throw error;
		ledgerItem.failedBefore = [failedId];
		return await this.predictOnce(request, options).catch((again: unknown) => {
			throw secondEnd(error, again, failedId);
		});
	}

	private async predictOnce(request: CreateRequest, options: PredictOptions): Promise<BoughtPrediction> {
		return await this.buy(request.model, options, async (slot) => {
			const predictionId = await this.submit(request, slot, options);
			const prediction = await this.finish(predictionId, request.model, options);
			return { value: prediction, predictionId, costUsd: prediction.cost };
		});
	}

	/** Creates a prediction and answers its id, without waiting for it; one that an earlier try created is not created again. */
	async create(request: CreateRequest, options: PredictOptions): Promise<string> {
		const known = await this.createdBefore(options);
		if (known !== undefined) return known;
		return await this.buy(request.model, options, async (slot) => {
			const predictionId = await this.submit(request, slot, options);
			return { value: predictionId, predictionId, costUsd: null };
		});
	}

	/**
	 * What an earlier try of the same execution has created for the item, without waiting for it.
	 *
	 * @throws {PredictionError} where it is not certain that nothing was created
	 */
	async createdBefore(options: PredictOptions): Promise<string | undefined> {
		const { entry } = options.ledgerItem;
		if (entry?.state === 'created') return entry.predictionId;
		return entry?.state === 'unknown' ? await this.lookFor(entry, options) : undefined;
	}

	/**
	 * Waits for a prediction that this run has not created, and answers it, whatever its outcome. It is never cancelled: not at the
	 * deadline, and not on a stop.
	 *
	 * @param model its slug, for what is known of run times
	 * @throws {PredictionError} `predictionNotFound`, `deadline`, `stopped`
	 */
	async watch(
		predictionId: string,
		model: string,
		{ deadline, pollIntervalMs }: Pick<PredictOptions, 'deadline' | 'pollIntervalMs'>,
	): Promise<Prediction> {
		return await this.inPlace(deadline, async () => {
			const abortSignal = this.ownAbortSignal();
			const waited = await waitForPrediction(predictionId, {
				...this.context,
				deadline,
				pollIntervalMs,
				abortSignal,
				runTimes: this.context.runTimesOf(model),
			});
			if (waited) return waited;
			throw leftRunning(predictionId, abortSignal.aborted ? undefined : deadline);
		});
	}

	/** Cancels a prediction remotely and answers how it really ended, since cancelling is best effort. Bounded in time. */
	async cancel(predictionId: string): Promise<{ prediction?: Prediction; cancelled: CancelledAs }> {
		const { client, clock } = this.context;
		const deadline = new Deadline(clock, CANCEL_TIME_MS);
		// Each is sent at least once, however long those before it took; and all are sent before the first is looked after.
		const isAsked = await this.cancels(async () => {
			const ownTimeMs = Math.max(CANCEL_ATTEMPT_MS, deadline.remainingMs());
			return await client
				.cancelPrediction(predictionId, {
					deadline: new Deadline(clock, ownTimeMs),
					attemptTimeoutMs: CANCEL_ATTEMPT_MS,
					patienceMs: CANCEL_TIME_MS,
					insists: true,
				})
				.then(
					() => true,
					() => false,
				);
		});
		const prediction = await this.cancels(
			async () =>
				await client
					.getPrediction(predictionId, {
						deadline,
						attemptTimeoutMs: CANCEL_ATTEMPT_MS,
					})
					.catch(() => undefined),
		);
		if (prediction && outcomeOf(prediction.status) === 'cancelled')
			return { prediction, cancelled: 'cancelled' };
		return { prediction, cancelled: isAsked ? 'asked' : 'notReached' };
	}

	/** Has `use` create a prediction when the run, its cost limit and the account have room for it, in this order. */
	private async buy<Value>(
		model: string,
		{ deadline, pricing }: PredictOptions,
		use: (slot: Slot) => Promise<Purchase<Value>>,
	): Promise<Value> {
		return await this.inPlace(
			deadline,
			async () =>
				// The account's places are shared with other runs: none is held while this one waits for its cost limit.
				await this.withinCost({ model, ...pricing }, deadline, async () => await this.inSlot(deadline, use)),
		);
	}

	/** One of the places that the run itself has. */
	private async inPlace<Value>(deadline: Deadline, use: () => Promise<Value>): Promise<Value> {
		const giveBackTime = this.stopwatch(deadline);
		return await this.places(async () => {
			giveBackTime();
			return await use();
		});
	}

	/** One of the places that the account has; it is given back whatever happens. */
	private async inSlot<Value>(deadline: Deadline, use: (slot: Slot) => Promise<Value>): Promise<Value> {
		const giveBackTime = this.stopwatch(deadline);
		const slot = await this.context.limiter
			.acquire({ abortSignal: this.closing.signal, stallMs: deadline.totalMs, look: this.lookAtAccount })
			.catch(this.explainNoSlot(deadline));
		giveBackTime();
		try {
			return await use(slot);
		} finally {
			slot.settle();
		}
	}

	/** Starts what costs money only while the run's limit allows it, and counts what it cost. */
	private async withinCost<Value>(
		priced: Priced,
		deadline: Deadline,
		use: () => Promise<Purchase<Value>>,
	): Promise<Value> {
		const giveBackTime = this.stopwatch(deadline);
		const counted = await this.costGuard.admit(priced, () => this.closing.signal.aborted);
		if (counted === undefined) {
			if (this.closing.signal.aborted) throw PredictionError.stopped();
			throw costLimitReached(this.costGuard);
		}
		giveBackTime();
		return await this.counted(counted, use);
	}

	/** Counts what a prediction cost that the run's limit has in flight. */
	private async counted<Value>(counted: Counted, use: () => Promise<Purchase<Value>>): Promise<Value> {
		const { costGuard } = this;
		const bought = await use().catch((error: unknown) => {
			const { predictionId, cost } = error instanceof PredictionError ? error.facts : {};
			const mayBePaid =
				predictionId !== undefined ||
				(error instanceof PredictionError && error.kind === 'submissionUnknown');
			if (!mayBePaid || (typeof cost === 'number' && cost <= 0)) costGuard.settleForNothing(counted);
			else if (typeof cost === 'number') costGuard.settle(counted, cost);
			else costGuard.settleUnpriced(counted, predictionId);
			throw error;
		});
		if (bought.costUsd === null) costGuard.settleUnpriced(counted, bought.predictionId);
		else costGuard.settle(counted, bought.costUsd);
		return bought.value;
	}

	/** What the service did not say of a prediction's cost is looked up once in the account's list, where the limit needs it. */
	private async withCost(prediction: Prediction, model: string): Promise<Prediction> {
		const { client, clock, maxCostUsd, abortSignal } = this.context;
		if (prediction.cost !== null || maxCostUsd === undefined || abortSignal.aborted) return prediction;
		const listed = await client.executions.costOf(
			{ model, predictionId: prediction.id, backMs: LISTED_BACK_MS },
			{ deadline: new Deadline(clock, COST_TIME_MS), abortSignal: this.ownAbortSignal() },
		);
		return listed.ok ? { ...prediction, cost: listed.value } : prediction;
	}

	/** The time in which an item only waits for its turn is not taken from its own: from now until the answer is called. */
	private stopwatch(deadline: Deadline): () => void {
		const { clock } = this.context;
		const sinceMs = clock.monotonicMs();
		return () => deadline.extendBy(clock.monotonicMs() - sinceMs);
	}

	private async lookFor(
		entry: Extract<LedgerEntry, { state: 'unknown' }>,
		{ ledgerItem, resubmit }: PredictOptions,
	): Promise<string | undefined> {
		const { found, candidateIds } = await findSubmitted(entry.request, entry.sentAtEpochMs, {
			...this.context,
			abortSignal: this.ownAbortSignal(),
		});
		if (found !== undefined) {
			ledgerItem.entry = { state: 'created', predictionId: found };
			return found;
		}
		if (!mayResubmit({ resubmit, ledgerItem, mayStart: () => !this.closing.signal.aborted }))
			throw candidateIds.length > 0 ? entry.error.with({ candidateIds }) : entry.error;
		ledgerItem.resubmitted = true;
		return undefined;
	}

	private async submit(request: CreateRequest, slot: Slot, options: PredictOptions): Promise<string> {
		const { deadline } = options;
		return await submitPrediction(request, {
			...this.context,
			...options,
			abortSignal: this.ownAbortSignal(),
			slot: this.givingBackTime(slot, deadline),
			mayStart: () => !this.closing.signal.aborted,
			onHeldBack: (details, refusal) => {
				this.heldBackBy = details;
				this.lastRefusal = refusal;
			},
		}).catch(this.explainNoSlot(deadline));
	}

	/** Waits for a prediction that exists, and cancels it where the wait has to end before it does. */
	private async finish(
		predictionId: string,
		model: string,
		options: PredictOptions,
	): Promise<BoughtPrediction> {
		const { abortSignal, runTimesOf } = this.context;
		const { deadline, ledgerItem } = options;
		let lastFault: string | undefined;
		let unknownEnd: Prediction | undefined;
		const waited = await waitForPrediction(predictionId, {
			...this.context,
			...options,
			abortSignal: this.ownAbortSignal(),
			runTimes: runTimesOf(model),
			watch: this.watchOf(model),
			onFault: (fault) => (lastFault = fault),
			onUnknownEnd: (answered) => (unknownEnd = answered),
		});
		const ended = waited ? undefined : await this.cancel(predictionId);
		const seen = waited ?? ended?.prediction;
		const outcome = seen && outcomeOf(seen.status);
		const prediction = seen && (outcome === undefined ? seen : await this.withCost(seen, model));
		// Cancelled all the same, since an unknown word may mean that it runs; its output is there.
		const answered =
			ended && unknownEnd && outcome !== 'failed' && !abortSignal.aborted
				? { ...unknownEnd, cost: prediction?.cost ?? unknownEnd.cost }
				: undefined;
		const succeeded = outcome === 'succeeded' ? prediction : answered;
		if (succeeded) {
			// Also one that finished while it was being cancelled: it is paid for.
			const { failedBefore } = ledgerItem;
			const bought = failedBefore === undefined ? succeeded : { ...succeeded, failedBefore };
			ledgerItem.entry = { state: 'succeeded', prediction: bought };
			return bought;
		}
		// What has surely come to nothing may be bought again by a later try.
		if (outcome !== undefined) ledgerItem.entry = undefined;
		if (prediction && outcome === 'failed') throw predictionFailed(prediction);
		if (abortSignal.aborted) throw PredictionError.stopped(predictionId, ended?.cancelled ?? 'cancelled');
		throw ended
			? deadlinePassed(predictionId, deadline, ended.cancelled, lastFault)
			: predictionCancelled(predictionId);
	}

	/** What the account has in flight, of all models and runs. */
	private readonly lookAtAccount: LookAtAccount = async (abortSignal) => {
		const { client, clock } = this.context;
		const deadline = new Deadline(clock, LOOK_TIME_MS);
		const listed = await client.executions.idsInFlight(LISTED_BACK_MS, { deadline, abortSignal });
		return listed.ok ? new Set(listed.value) : undefined;
	};

	private watchOf(model: string): CompletionWatch {
		const { client, clock } = this.context;
		const watch = this.watches.get(model) ?? new CompletionWatch(model, client, clock);
		this.watches.set(model, watch);
		return watch;
	}

	/** An item's own: a signal that all items listened to would warn of a leak. */
	private ownAbortSignal(): AbortSignal {
		return AbortSignal.any([this.context.abortSignal]);
	}

	private givingBackTime(slot: Slot, deadline: Deadline): Slot {
		return {
			...slot,
			refused: async (refusal) => {
				const giveBackTime = this.stopwatch(deadline);
				await slot.refused(refusal);
				giveBackTime();
			},
		};
	}

	private explainNoSlot(deadline: Deadline): (error: unknown) => never {
		return (error) => {
			if (!(error instanceof SlotUnavailable)) throw error;
			if (error.why === 'stopped') throw PredictionError.stopped();
			const { requestId, httpStatus } = this.lastRefusal?.facts ?? {};
			throw new PredictionError(
				'accountCap',
				`Your Each Labs account had no free place for this prediction for ${inSeconds(deadline.totalMs)}`,
				{
					description: `Nothing was charged for this item. Other workflows with the same key may hold the places: let them finish, or raise the option 'Max Wait'. With a balance above 10 USD, Each Labs lets more predictions run at once: if nothing of yours is running, top up the account.${error.lastRefusal ? ` Each Labs says: ${error.lastRefusal}` : ''}${requestId ? ` (request ID ${requestId})` : ''}`,
					requestId,
					httpStatus,
				},
			);
		};
	}
}

/** @param passed the deadline that has passed; undefined after a stop */
function leftRunning(predictionId: string, passed: Deadline | undefined): PredictionError {
	return new PredictionError(
		passed ? 'deadline' : 'stopped',
		passed
			? `The prediction was not finished within ${inSeconds(passed.totalMs)}; it was left running`
			: 'The execution was stopped before the prediction was finished; it was left running',
		{
			description: `This step did not start it, so it did not cancel it. Raise the option 'Max Wait', or ask again later: asking costs nothing. 'Prediction → Cancel' ends it. (prediction ID ${predictionId})`,
			predictionId,
		},
	);
}
