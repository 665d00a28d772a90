import { createHash } from 'crypto';
import pLimit from 'p-limit';
import type { IExecuteFunctions } from 'n8n-workflow';

import { EachLabsClient } from '../core/api/EachLabsClient';
import { FileUploads } from '../core/upload/FileUploads';
import { DEFAULT_MODEL } from '../core/model/defaultModel';
import type { MediaKind } from '../core/media/media';
import { ModelCatalogue } from '../core/model/ModelCatalogue';
import { PredictionRun } from '../core/prediction/PredictionRun';
import type { LedgerItem } from '../core/prediction/PredictionLedger';
import type { Model } from '../core/api/shapes';
import { Scope } from '../core/Scope';
import { accountState } from './accounts';
import { isAllowedStorageUrl, readApiAccess } from './apiAccess';
import { executionLedger, nodeRunKey } from './executionLedger';
import { FallbackNotes } from './FallbackNotes';
import { FileNotes } from './FileNotes';
import type { FileReading } from './HostBinaryFile';
import { hostClock } from './hostClock';
import { HostTransport } from './HostTransport';
import { MediaMemory } from './MediaMemory';
import type { RunOptions } from './options';
import { ResultFiles } from './ResultFiles';
import { RunEstimate } from './RunEstimate';
import { tellSummary, type ResultCounts } from './runSummary';

const MINUTE_MS = 60_000;
const BALANCE_SECONDS = 10;
const CALL_SECONDS = 120;
/** How long files stay at least for a prediction that is not waited for: long models take hours, and so may a queue. */
const DAY_SECONDS = 86_400;
/** Each is an open file, or a request to a store, and an item may have 3,000 of them. */
const MAX_LOOKS_AT_ONCE = 10;

/** Everything that one execution of the node uses, from the first item to the last. */
export class RunSession {
	private readonly catalogue: ModelCatalogue;
	private readonly hints = new Set<string>();
	private readonly openedMs = hostClock.monotonicMs();
	private readonly closing: string[] = [];
	readonly fileNotes = new FileNotes();
	readonly fallbacks = new FallbackNotes();
	readonly fileReading: FileReading;
	private memory: MediaMemory | undefined;
	readonly resultFiles: ResultFiles;
	readonly estimate = new RunEstimate();

	private constructor(
		private readonly functions: IExecuteFunctions,
		readonly abortSignal: AbortSignal,
		readonly client: EachLabsClient,
		readonly run: PredictionRun,
		readonly uploads: FileUploads,
		/** Whether uploaded files stay at the service after the run. */
		readonly keepsUploads: boolean,
		/** Whether the run waits for its predictions; if not, the uploads of those that were created stay. */
		readonly waitsForResult: boolean,
		/** Whether the run only tells what it would cost. */
		readonly estimatesOnly: boolean,
		/** Whether the files of all items belong to one question, that of the first item. */
		readonly combinesItems: boolean,
		/** Whether the service is on this machine. */
		readonly isLoopback: boolean,
		/** Address of the service, without a slash at its end. */
		readonly baseUrl: string,
	) {
		// One limit a run: a store that does not answer holds up no other execution.
		this.fileReading = {
			abortSignal,
			looks: pLimit(MAX_LOOKS_AT_ONCE),
			isSlow: false,
			answeredAtMs: -Infinity,
			hungAtMs: -Infinity,
		};
		this.resultFiles = new ResultFiles(functions, isLoopback);
		this.catalogue = new ModelCatalogue({
			client,
			clock: hostClock,
			abortSignal,
			onNotAnswered: () =>
				this.addHint(
					`The model list of Each Labs did not answer, so the node went on with what is known of ${DEFAULT_MODEL}.`,
				),
		});
	}

	static async open(functions: IExecuteFunctions, options: RunOptions): Promise<RunSession> {
		const access = await readApiAccess(functions);
		const account = accountState(access);
		const clock = hostClock;
		const abortSignal = functions.getExecutionCancelSignal() ?? new AbortController().signal;
		const client = new EachLabsClient(new HostTransport(functions), clock, access.baseUrl);
		const run = new PredictionRun({
			...account,
			client,
			clock,
			abortSignal,
			maxConcurrency: options.maxConcurrency,
			maxCostUsd: options.maxCost === 0 ? undefined : options.maxCost,
		});
		const uploads = new FileUploads({
			client,
			clock,
			newSha256: () => {
				const hash = createHash('sha256');
				return { update: (chunk) => void hash.update(chunk), hex: () => hash.digest('hex') };
			},
			isAllowedStorageUrl: (url) => isAllowedStorageUrl(url, access),
			retentionSeconds: options.waitForResult
				? options.uploadRetention
				: Math.max(DAY_SECONDS, options.uploadRetention),
			keep: options.keepUploads,
			abortSignal,
		});
		return new RunSession(
			functions,
			abortSignal,
			client,
			run,
			uploads,
			options.keepUploads,
			options.waitForResult,
			options.estimateOnly,
			options.combineItems,
			access.isLoopback,
			access.baseUrl,
		);
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
	 * @param describeRequest gives everything that the item's request is made of, files by their fingerprint; asked only where
	 * the node may run again
	 */
	async ledgerItem(itemIndex: number, describeRequest: () => Promise<object>): Promise<LedgerItem> {
		if (!this.functions.getNode().retryOnFail) return { resubmitted: false };
		const hash = createHash('sha256')
			.update(JSON.stringify(await describeRequest()))
			.digest('hex');
		const run = nodeRunKey(this.functions, itemIndex);
		return executionLedger(this.functions).item([run, itemIndex, hash].join('|'));
	}

	/** A model's description, asked for once a run. */
	async model(slug: string): Promise<Model> {
		const model = await this.catalogue.get(slug);
		if (this.functions.getNode().retryOnFail) executionLedger(this.functions).models.set(slug, model);
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
		return (this.memory ??= new MediaMemory(this.functions));
	}

	/** Up to two models that are there and can be asked about files of all these kinds. */
	async otherModels(kinds: readonly MediaKind[]): Promise<string[]> {
		return await this.catalogue.othersFor(kinds, this.fallbacks.goneModels());
	}

	/** Shown with the node's output; the same text once. */
	addHint(message: string): void {
		this.hints.add(message);
	}

	/** Has the hints end with one about the run as a whole. */
	sumUp(results: ResultCounts): void {
		const elapsedMs = hostClock.monotonicMs() - this.openedMs;
		const { count: fallbacks } = this.fallbacks;
		const { expectedUsd } = this.estimate;
		const isStartOnly = !this.waitsForResult;
		const facts = { ...results, ...this.run.spent, expectedUsd, elapsedMs, fallbacks, isStartOnly };
		tellSummary(facts, (message) => this.closing.push(message));
	}

	/** Deletes the uploads, and hands the hints to n8n. To be called once, when all items are done with. */
	async close(): Promise<void> {
		await this.run.end();
		// Their predictions are cancelled.
		if (this.abortSignal.aborted) this.uploads.deletion.keepNothing();
		const { leftIds, untilEpochMs } = await this.uploads.deletion.deleteAll();
		const { keptForLater } = this.uploads.deletion;
		if (!this.keepsUploads && keptForLater > 0) {
			this.addHint(
				`Uploaded files that stay at Each Labs until ${minuteOf(untilEpochMs)}, since their predictions were not waited for: ${keptForLater.toLocaleString('en-US')}. Until then, anyone who has the address of such a file can read it.`,
			);
		}
		if (leftIds.length > 0) {
			this.addHint(
				`${leftIds.length.toLocaleString('en-US')} of the uploaded files could not be deleted from Each Labs. Until ${minuteOf(untilEpochMs)}, when 'Upload Retention' ends, anyone who has the address of such a file can read it. 'File → Delete' deletes it before: file ${leftIds.length === 1 ? 'ID' : 'IDs'} ${idList(leftIds)}.`,
			);
		}
		if (this.run.unknownEnds.size > 0) {
			const words = [...new Set(this.run.unknownEnds.values())].map((word) => `'${word.slice(0, 50)}'`);
			this.addHint(
				`Each Labs gave ${words.slice(0, 5).join(', ')} as the status of predictions that have an output; this node does not know what that means. It waited until 'Max Wait' ended, took the output and asked Each Labs to cancel them: look whether their results are whole. Prediction ${this.run.unknownEnds.size === 1 ? 'ID' : 'IDs'} ${idList([...this.run.unknownEnds.keys()])}.`,
			);
		}
		if (this.run.heldBackBy !== undefined) {
			this.addHint(
				`Your Each Labs account let fewer predictions run at once than this node could have used, so it took longer. Each Labs says: ${this.run.heldBackBy || 'too many predictions in progress'}`,
			);
		}
		await this.estimate.tell(
			async () => await this.client.getBalance(this.scope(BALANCE_SECONDS)),
			(message) => this.addHint(message),
		);
		this.memory?.save();
		this.memory?.tell((message) => this.addHint(message));
		this.fallbacks.tell((message) => this.addHint(message));
		this.fileNotes.tell((message) => this.addHint(message));
		for (const message of [...this.hints, ...this.closing])
			this.functions.addExecutionHints({ message, location: 'outputPane' });
	}
}

/** At most 100 of them. */
function idList(ids: readonly string[]): string {
	return `${ids.slice(0, 100).join(', ')}${ids.length > 100 ? ', …' : ''}`;
}

/** E.g. '2026-01-31 18:30 UTC'; never earlier than the moment itself. */
function minuteOf(epochMs: number): string {
	const minute = new Date(Math.ceil(epochMs / MINUTE_MS) * MINUTE_MS);
	return `${minute.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
