import type { PollSchedule } from '../account/PollSchedule';
import type { CreateRequest } from '../api/EachLabsClient';
import { outcomeOf } from '../api/predictionStatus';
import type { Prediction } from '../api/shapes';
import { PredictionError } from '../PredictionError';
import { backoffMs } from '../retries';
import { Scope } from '../Scope';
import { Cancellations } from './Cancellations';
import { checkInputSize } from './checkInputSize';
import { CompletionWatch } from './CompletionWatch';
import { OwnPredictions } from './lostCreate';
import { costLimitReached, deadlinePassed, leftRunning, predictionCancelled } from './predictionErrors';
import { freeFailureOfProvider, predictionFailed, secondEnd } from './predictionFailed';
import type { BoughtPrediction, LedgerItem } from './PredictionLedger';
import type { Priced, Spent } from './RunCost';
import { PredictionQueue, type PredictionQueueContext, type Bought } from './PredictionQueue';
import { createdByEarlierTry } from './earlierTry';
import { submitPrediction } from './submitPrediction';
import { waitForPrediction } from './waitForPrediction';
import { withListedCost } from './withListedCost';

/** A provider that failed is given the time of a third try, up to 2 s, before it is asked again. */
const SECOND_TRY_BACKOFF = 3;

export interface PredictionRunContext extends PredictionQueueContext {
	readonly scheduleOf: (model: string) => PollSchedule;
	readonly claimed: Set<string>;
}

export interface PredictOptions {
	/** The item's; the time in which it only waits for a slot is given back to it. */
	readonly scope: Scope;
	readonly pollIntervalMs?: number;
	/** Whether a create of unknown outcome may be sent once more. */
	readonly resubmit: boolean;
	readonly ledgerItem: LedgerItem;
	/** What its price depends on. */
	readonly pricing?: Pricing;
}

export type Pricing = Omit<Priced, 'model'>;

/** The predictions of one execution of the node: created, waited for, and cancelled when they can't be finished. */
export class PredictionRun {
	private readonly cancellations: Cancellations;
	private readonly queue: PredictionQueue;
	/** By model. */
	private readonly watches = new Map<string, CompletionWatch>();
	/** By id: status words that nobody knows, of predictions whose output was taken all the same. */
	readonly unknownEnds = new Map<string, string>();
	/** By id, how those end that nobody waits for: n8n keeps nothing of a step that is stopped, so nobody would know of them. */
	private readonly notWaitedFor = new Map<string, () => Promise<unknown>>();
	private readonly own = new OwnPredictions();

	constructor(private readonly context: PredictionRunContext) {
		this.queue = new PredictionQueue(context);
		this.cancellations = new Cancellations(context.client, context.clock);
	}

	/** Lets predictions in flight go on, and starts no other. */
	startNothingMore(): void {
		this.queue.close();
	}

	/** The service's own words when it refused a create for want of a slot; undefined while it has not. */
	get heldBackBy(): string | undefined {
		return this.queue.heldBackBy;
	}

	/** What the run has cost until now, in USD; `isEstimate` where the service has not said all of it. */
	get spent(): Spent {
		const { spentUsd, isEstimate } = this.queue.runCost;
		return { usd: spentUsd, isEstimate };
	}

	/**
	 * To be called when all predictions are done with. After a stop, what was created and not waited for is cancelled.
	 *
	 * @returns by id, what the items of those end with that came to nothing
	 */
	async end(): Promise<ReadonlyMap<string, unknown>> {
		this.queue.end();
		const ends = new Map<string, unknown>();
		if (!this.context.abortSignal.aborted) return ends;
		const notWaitedFor = [...this.notWaitedFor];
		this.notWaitedFor.clear();
		await Promise.all(notWaitedFor.map(([id, end]) => end().catch((error: unknown) => ends.set(id, error))));
		return ends;
	}

	/**
	 * Takes up what an earlier try of the same execution has bought for the item: a finished prediction as it is, one that may be
	 * running by waiting for it, one of unknown outcome by looking for it once more.
	 *
	 * @returns undefined where nothing was bought, or where it surely failed, so that it may be bought (again)
	 * @throws {PredictionError} where it is not certain that nothing was bought
	 */
	async takeUp(model: string, options: PredictOptions): Promise<BoughtPrediction | undefined> {
		const { ledgerItem, scope, pricing } = options;
		const { entry } = ledgerItem;
		const priced = { model, ...pricing };
		if (entry === undefined) return undefined;
		// What it cost is in what the earlier tries have spent.
		if (entry.state === 'succeeded') return entry.prediction;
		// At once where its id is known: what runs already counts before anything is bought beside it.
		const predictionId = entry.state === 'created' ? entry.predictionId : await this.foundBefore(options);
		if (predictionId === undefined) return undefined;
		return await this.queue
			.takeUp(predictionId, priced, scope, async () => await this.finish(predictionId, model, options))
			.catch((error: unknown) => {
				if (ledgerItem.entry === undefined) return undefined;
				throw error;
			});
	}

	/** The longest of the run times that are known of a model, ms; undefined while none is. */
	usualRunMs(model: string): number | undefined {
		return this.context.scheduleOf(model).usualMs;
	}

	/** @throws {PredictionError} `costLimit` when the run may buy nothing more of a model: before files are sent in vain */
	checkBudget(model: string, pricing?: Pricing): void {
		if (this.queue.runCost.isSpent({ model, ...pricing })) throw costLimitReached(this.queue.runCost);
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
		const { scope, ledgerItem } = options;
		const first = await this.predictOnce(request, options).catch((error: unknown) => ({ error }));
		if (!('error' in first)) return first;
		const { error } = first;
		const failedId = freeFailureOfProvider(error);
		const waitMs = backoffMs(SECOND_TRY_BACKOFF, clock.random());
		if (failedId === undefined || ledgerItem.failedBefore || waitMs >= scope.remainingMs()) throw error;
		await scope.sleep(waitMs);
		if (this.queue.isClosed) throw error;
		ledgerItem.failedBefore = [failedId];
		return await this.predictOnce(request, options).catch((again: unknown) => {
			throw secondEnd(error, again, failedId);
		});
	}

	private async predictOnce(request: CreateRequest, options: PredictOptions): Promise<BoughtPrediction> {
		return await this.buy(request, options, async (id) => await this.finish(id, request.model, options));
	}

	/** Creates a prediction and answers its id, without waiting for it. `createdBefore` tells what an earlier try has created. */
	async create(request: CreateRequest, options: PredictOptions): Promise<string> {
		return await this.buy(request, options, (id) => {
			this.notWaitedFor.set(id, async () => await this.finish(id, request.model, options));
			return { value: id, predictionId: id, costUsd: null };
		});
	}

	/**
	 * What an earlier try of the same execution has created for the item, without waiting for it.
	 *
	 * @throws {PredictionError} where it is not certain that nothing was created
	 */
	async createdBefore(model: string, options: PredictOptions): Promise<string | undefined> {
		const known = await this.foundBefore(options);
		if (known !== undefined)
			this.notWaitedFor.set(known, async () => await this.finish(known, model, options));
		return known;
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
		{ scope, pollIntervalMs }: Pick<PredictOptions, 'scope' | 'pollIntervalMs'>,
	): Promise<Prediction> {
		return await this.queue.inPlace(scope, async () => {
			const waited = await waitForPrediction(predictionId, {
				...this.context,
				scope,
				pollIntervalMs,
				schedule: this.context.scheduleOf(model),
			});
			if (waited) return waited;
			throw leftRunning(predictionId, scope.isStopped ? undefined : scope);
		});
	}

	private async foundBefore({ ledgerItem, resubmit, scope }: PredictOptions): Promise<string | undefined> {
		const earlier = { ledgerItem, resubmit, mayStart: this.mayStart };
		return await createdByEarlierTry(earlier, { ...this.context, scope });
	}

	/** Has a prediction created when there is room for it, and goes on with it. */
	private async buy<Value>(
		request: CreateRequest,
		options: PredictOptions,
		use: (predictionId: string) => Bought<Value> | Promise<Bought<Value>>,
	): Promise<Value> {
		checkInputSize(request.input);
		const priced = { model: request.model, ...options.pricing };
		return await this.queue.buy(priced, options.scope, async (slot) => {
			const predictionId = await submitPrediction(request, {
				...this.context,
				...options,
				slot,
				mayStart: this.mayStart,
				onHeldBack: this.queue.holdBack,
			});
			return await use(predictionId);
		});
	}

	private readonly mayStart = (): boolean => !this.queue.isClosed;

	/** Waits for a prediction that exists, and cancels it where the wait has to end before it does. */
	private async finish(
		predictionId: string,
		model: string,
		options: PredictOptions,
	): Promise<Bought<BoughtPrediction>> {
		const { scheduleOf } = this.context;
		const { scope, ledgerItem } = options;
		let lastFault: string | undefined;
		let quietUntilMs = 0;
		let unknownEnd: Prediction | undefined;
		const isAnothers = (seen: Prediction) => this.own.isAnothers(seen, ledgerItem);
		const waited = await waitForPrediction(predictionId, {
			...this.context,
			...options,
			schedule: scheduleOf(model),
			watch: this.watchOf(model),
			onFault: (fault, retryAfterMs = 0) => {
				lastFault = fault;
				quietUntilMs = this.context.clock.monotonicMs() + retryAfterMs;
			},
			onUnknownEnd: (answered) => (unknownEnd = answered),
			isAnothers,
		});
		const isSeen = ledgerItem.entry?.state !== 'created' || ledgerItem.entry.sent === undefined;
		const mayLook = !isSeen && this.context.clock.monotonicMs() >= quietUntilMs;
		const ended = waited
			? undefined
			: await this.cancellations.cancel(predictionId, mayLook ? isAnothers : undefined);
		const seen = waited ?? ended?.prediction;
		if (seen && isAnothers(seen)) {
			const ownId = await this.own.ownInPlaceOf(seen, { ...this.context, ...options });
			return await this.finish(ownId, model, options);
		}
		const outcome = seen && outcomeOf(seen.status);
		const prediction =
			seen && (outcome === undefined ? seen : await withListedCost(seen, model, this.context));
		// Cancelled all the same, since an unknown word may mean that it runs; its output is there.
		const answered =
			ended && unknownEnd && outcome !== 'failed' && !scope.isStopped
				? { ...unknownEnd, cost: prediction?.cost ?? unknownEnd.cost }
				: undefined;
		if (answered && outcome !== 'succeeded') this.unknownEnds.set(predictionId, answered.status);
		const succeeded = outcome === 'succeeded' ? prediction : answered;
		if (succeeded) {
			// Also one that finished while it was being cancelled: it is paid for.
			const { failedBefore } = ledgerItem;
			const bought = failedBefore === undefined ? succeeded : { ...succeeded, failedBefore };
			ledgerItem.entry = { state: 'succeeded', prediction: bought };
			return { value: bought, predictionId, costUsd: bought.cost };
		}
		// What has surely come to nothing may be bought again by a later try.
		if (outcome !== undefined) ledgerItem.entry = undefined;
		if (prediction && outcome === 'failed') throw predictionFailed(prediction);
		if (scope.isStopped) throw PredictionError.stopped(predictionId, ended?.cancelled ?? 'cancelled');
		throw ended
			? deadlinePassed(predictionId, scope, ended.cancelled, lastFault)
			: predictionCancelled(predictionId);
	}

	private watchOf(model: string): CompletionWatch {
		const { client, clock, scheduleOf } = this.context;
		const watch = this.watches.get(model) ?? new CompletionWatch(model, client, clock, scheduleOf(model));
		this.watches.set(model, watch);
		return watch;
	}
}
