import pLimit from 'p-limit';
import type { IExecuteFunctions } from 'n8n-workflow';

import { EachLabsClient } from '../core/api/EachLabsClient';
import { FileUploads } from '../core/upload/FileUploads';
import { DEFAULT_MODEL } from '../core/model/defaultModel';
import type { MediaKind } from '../core/media/media';
import { ModelCatalogue } from '../core/model/ModelCatalogue';
import { PredictionRun } from '../core/prediction/PredictionRun';
import { PredictionError } from '../core/PredictionError';
import type { LedgerItem, NodeRunNotes } from '../core/prediction/PredictionLedger';
import { RunCost } from '../core/prediction/RunCost';
import type { Model } from '../core/api/shapes';
import { Scope } from '../core/Scope';
import { sha256 } from '../core/sha256';
import { accountState } from './accounts';
import { isAllowedStorageUrl, type ApiAccess } from './apiAccess';
import { executionLedger, nodeRunKey, nodeRunNotes } from './executionLedger';
import { FallbackNotes } from './FallbackNotes';
import { FileNotes } from './FileNotes';
import type { FileReading } from './HostBinaryFile';
import { hostClock } from './hostClock';
import { HostTransport } from './HostTransport';
import { MediaMemory } from './MediaMemory';
import type { RunOptions } from './options';
import { ResultFiles } from './ResultFiles';
import { RunEstimate } from './RunEstimate';
import { RunReport } from './RunReport';
import type { ResultCounts } from './runSummary';

const BALANCE_SECONDS = 10;
const CALL_SECONDS = 120;
/** How long files stay at least for a prediction that is not waited for: long models take hours, and so may a queue. */
const DAY_SECONDS = 86_400;
/** Each is an open file, or a request to a store, and an item may have 3,000 of them. */
const MAX_LOOKS_AT_ONCE = 10;

/** Everything that one execution of the node uses, from the first item to the last. */
export class RunSession {
	readonly abortSignal: AbortSignal;
	readonly client: EachLabsClient;
	readonly run: PredictionRun;
	readonly uploads: FileUploads;
	/** Whether the service is on this machine. */
	readonly isLoopback: boolean;
	/** Address of the service, without a slash at its end. */
	readonly baseUrl: string;
	readonly fileNotes = new FileNotes();
	readonly fallbacks = new FallbackNotes();
	readonly estimate = new RunEstimate();
	readonly fileReading: FileReading;
	readonly resultFiles: ResultFiles;
	private readonly catalogue: ModelCatalogue;
	private readonly report = new RunReport();
	private memory: MediaMemory | undefined;
	/** Lines of the ledger that this run has given to items whose predictions may stand for each other. */
	private readonly takenLines = new Set<LedgerItem>();
	private readonly mayRunAgain: boolean;
	/** What this try and those before it know together. */
	readonly runNotes: NodeRunNotes;
	/** Shown with the node's output; the same text once. */
	readonly addHint = this.report.addHint;

	constructor(
		private readonly functions: IExecuteFunctions,
		/** `combineItems` only where the operation can. */
		readonly options: RunOptions,
		access: ApiAccess,
	) {
		const clock = hostClock;
		const abortSignal = functions.getExecutionCancelSignal() ?? new AbortController().signal;
		const client = new EachLabsClient(new HostTransport(functions), clock, access.baseUrl);
		this.mayRunAgain = functions.getNode().retryOnFail === true;
		this.runNotes = nodeRunNotes(functions);
		this.abortSignal = abortSignal;
		this.client = client;
		this.isLoopback = access.isLoopback;
		this.baseUrl = access.baseUrl;
		const maxCostUsd = options.maxCost === 0 ? undefined : options.maxCost;
		this.run = new PredictionRun({
			...accountState(access),
			client,
			clock,
			abortSignal,
			maxConcurrency: options.maxConcurrency,
			maxCostUsd,
			runCost: (this.runNotes.cost ??= new RunCost(maxCostUsd)),
		});
		this.uploads = new FileUploads({
			client,
			clock,
			isAllowedStorageUrl: (url) => isAllowedStorageUrl(url, access),
			retentionSeconds: options.waitForResult
				? options.uploadRetention
				: Math.max(DAY_SECONDS, options.uploadRetention),
			keep: options.keepUploads,
			abortSignal,
		});
		// One limit a run: a store that does not answer holds up no other execution.
		this.fileReading = {
			abortSignal,
			looks: pLimit(MAX_LOOKS_AT_ONCE),
			isSlow: false,
			answeredAtMs: -Infinity,
			hungAtMs: -Infinity,
		};
		this.resultFiles = new ResultFiles(functions, access.isLoopback);
		this.catalogue = new ModelCatalogue({
			client,
			clock,
			abortSignal,
			onNotAnswered: () =>
				this.addHint(
					`The model list of Each Labs did not answer, so the node went on with what is known of ${DEFAULT_MODEL}.`,
				),
		});
	}

	/** Of work that begins now, and that a stop ends. */
	scope(seconds: number): Scope {
		return new Scope(hostClock, seconds * 1_000, this.abortSignal);
	}

	/** Of an item's next calls that create nothing, and behind which nothing is waited for. */
	callScope(): Scope {
		return this.scope(CALL_SECONDS);
	}

	/**
	 * The item's line in the ledger of this execution, which outlives a try of Retry On Fail.
	 *
	 * @param describe gives everything that the item's request is made of, files by their identity; asked only where the node may
	 * run again. A second description is the same for items whose predictions may stand for each other: each of them takes a line
	 * of its own, and the first to come one that was bought, whichever it is.
	 */
	async ledgerItem(
		itemIndex: number,
		describe: () => Promise<[own: object, shared?: object]>,
	): Promise<LedgerItem> {
		if (!this.mayRunAgain) return { resubmitted: false };
		const [own, shared] = await describe();
		const run = nodeRunKey(this.functions, itemIndex);
		const keys = [[run, itemIndex, own], ...(shared ? [[run, shared]] : [])].map((key) =>
			sha256(JSON.stringify(key)),
		);
		return executionLedger(this.functions).item(keys, shared ? this.takenLines : new Set());
	}

	/** A model's description, asked for once a run. */
	async model(slug: string): Promise<Model> {
		const model = await this.catalogue.get(slug).catch((error: unknown) => {
			const before = this.modelBefore(slug);
			const isGone = error instanceof PredictionError && error.kind === 'modelUnavailable';
			if (before && !isGone) return before;
			throw error;
		});
		if (this.mayRunAgain) executionLedger(this.functions).models.set(slug, model);
		return model;
	}

	/**
	 * A model as an earlier try of the same execution has found it, though it may be gone since: what that try has bought of it is
	 * still to be taken up. Undefined where there was none.
	 */
	modelBefore(slug: string): Model | undefined {
		return executionLedger(this.functions).models.get(slug);
	}

	/** What the node has had answers about in this run and in those before. */
	get mediaMemory(): MediaMemory {
		this.runNotes.remembers = true;
		return (this.memory ??= new MediaMemory(this.functions, this.runNotes.identity));
	}

	/** Up to two models that are there and can be asked about files of all these kinds. */
	async otherModels(kinds: readonly MediaKind[]): Promise<string[]> {
		return await this.catalogue.othersFor(kinds, this.fallbacks.goneModels());
	}

	/** Has the hints end with one about the run as a whole. */
	sumUp(results: ResultCounts): void {
		const { count: fallbacks } = this.fallbacks;
		const { expectedUsd } = this.estimate;
		const isStartOnly = !this.options.waitForResult;
		this.report.sumUp({ ...results, ...this.run.spent, expectedUsd, fallbacks, isStartOnly });
	}

	/** Deletes the uploads, and hands the hints to n8n. To be called once, when all items are done with. */
	async close(): Promise<void> {
		const { report, run, uploads } = this;
		const { deletion } = uploads;
		await run.end();
		// Their predictions are cancelled.
		if (this.abortSignal.aborted) deletion.keepNothing();
		report.noteUploads(await deletion.deleteAll(), this.options.keepUploads ? 0 : deletion.keptForLater);
		report.notePredictions(run);
		await this.estimate.tell(
			async () => await this.client.getBalance(this.scope(BALANCE_SECONDS)),
			this.addHint,
		);
		// Also of a try that came to no item: it takes back what the one before has noted.
		const memory = this.runNotes.remembers ? this.mediaMemory : undefined;
		memory?.save(this.abortSignal.aborted);
		for (const notes of [memory, this.fallbacks, this.fileNotes]) notes?.tell(this.addHint);
		report.handOver(this.functions);
	}
}
