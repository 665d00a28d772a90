import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { PredictionError } from '../core/PredictionError';
import { readApiAccess } from '../n8n/apiAccess';
import { blindCondition } from '../n8n/blindCondition';
import { BoughtNotes } from '../n8n/BoughtNotes';
import { errorItem, toNodeError } from '../n8n/nodeError';
import { runOptions } from '../n8n/options';
import { hostClock } from '../n8n/hostClock';
import { RunSession } from '../n8n/RunSession';
import type { ResultCounts } from '../n8n/runSummary';
import { endOfRun, isConsequence, predictionIdsOf } from './endOfRun';
import { noteToolAnswer } from '../n8n/executionLedger';
import { settled, type ItemOutput, type Operation, type PlacedResult, type WorkUnit } from './operation';
import { operationOf } from './resources';
import { withWantedInputFields } from './withInputFields';
import { written } from '../core/words';

/** Items worked beyond 'Max Concurrency': they upload while others wait for their predictions. */
const AHEAD = 3;
/** How long items are prepared before n8n gets its turn. */
const SLICE_MS = 10;
const ONE_OUTPUT = { count: 1, errorIndex: 0 };

/** Gives what each input item becomes, one output item unless the operation gives a list, in order and paired with it. */
export async function router(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const node = this.getNode();
	let session: RunSession | undefined;
	let boughtNotes = new BoughtNotes(this, false);
	let outputsOf = ONE_OUTPUT;
	try {
		const operation = operationOf(
			this.getNodeParameter('resource', 0),
			this.getNodeParameter('operation', 0),
		);
		outputsOf = operation.outputs?.(this) ?? ONE_OUTPUT;
		boughtNotes = new BoughtNotes(this, (operation.isBuying ?? operation.isStarting) === true);
		const options = runOptions(this.getNodeParameter('options', 0, {}) as IDataObject);
		const combineItems = options.combineItems && operation.canCombine === true;
		session = new RunSession(this, { ...options, combineItems }, await readApiAccess(this));
		const results = await workItems(this, operation, session, boughtNotes);
		const outputs = outputsFrom(results, this, outputsOf, combineItems);
		if (operation.isBuying && !options.estimateOnly) {
			const counts = countsOf(results, combineItems);
			const isAmongResults = outputsOf.count === 1 && node.onError !== 'continueErrorOutput';
			const condition = counts.failed > 0 && isAmongResults ? blindCondition(this) : undefined;
			if (condition !== undefined) {
				session.addHint(
					`Failed items went on among the results, and '${condition}' takes a field that they lack for false. Let it ask for 'error', too, or set 'On Error' of this node to 'Continue (using error output)'.`,
				);
			}
			session.sumUp(counts);
		}
		// n8n runs it again for an error, too.
		if (!outputs[0]?.[0]?.json['error']) noteToolAnswer(this);
		return outputs;
	} catch (error) {
		const isStopped = this.getExecutionCancelSignal()?.aborted === true;
		if (isStopped || !this.continueOnFail()) throw toNodeError(boughtNotes.tell(error), node);
		// Thrown, n8n would hand the input on as if it had gone well, by the first output: a moderation's 'Passed'.
		const failed = this.getInputData().map((_, itemIndex): PlacedResult => {
			return { itemIndex, part: 0, result: { ok: false, error: boughtNotes.tell(error, itemIndex) } };
		});
		return outputsFrom(failed, this, outputsOf, false);
	} finally {
		await session?.close();
	}
}

/** @param areOfAll whether each result is one of all input items together */
function outputsFrom(
	results: readonly PlacedResult[],
	functions: IExecuteFunctions,
	{ count, errorIndex }: typeof ONE_OUTPUT,
	areOfAll: boolean,
): INodeExecutionData[][] {
	const node = functions.getNode();
	const outputs = Array.from({ length: count }, (): INodeExecutionData[] => []);
	for (const { itemIndex, result, identity = {} } of results) {
		const pairedWith = () =>
			areOfAll ? functions.getInputData().map((_, item) => ({ item })) : { item: itemIndex };
		if (result.ok) {
			for (const { outputIndex = 0, isEstimate, onHandedOver, ...output } of [result.value].flat()) {
				outputs[isEstimate ? errorIndex : Math.min(outputIndex, count - 1)]?.push({
					...output,
					pairedItem: pairedWith(),
				});
				onHandedOver?.();
			}
		} else {
			const nodeError = toNodeError(result.error, node, areOfAll ? undefined : itemIndex);
			const complete = (json: IDataObject) => withWantedInputFields({ functions, itemIndex }, json);
			outputs[errorIndex]?.push(errorItem(result.error, nodeError, node, pairedWith(), identity, complete));
		}
	}
	return outputs;
}

/**
 * Works all items at once, within the run's limits.
 *
 * First every item is prepared, which costs nothing; without Continue On Fail, one that can't be ends the run there. Then they
 * are sent. When one fails then, nothing more is started, and what is in flight is waited for: it is paid, and is named.
 *
 * @returns at least one result for each input item, in order
 * @throws the first item's error, by index, where the run is not to continue on fail
 */
async function workItems(
	functions: IExecuteFunctions,
	operation: Operation,
	session: RunSession,
	boughtNotes: BoughtNotes,
): Promise<PlacedResult[]> {
	const continueOnFail = functions.continueOnFail();
	const { units, results: ended } = await prepareItems(functions, operation, session, boughtNotes);

	const tellProgress = operation.isBuying ? progressOf(units, functions) : undefined;
	let endedEarly = false;
	const workUnit = async (unit: WorkUnit) => {
		const notStarted = endedEarly || session.abortSignal.aborted;
		const worked = notStarted ? [] : await unit.work();
		for (const [position, place] of unit.places.entries()) {
			const result = worked[position] ?? { ok: false, error: PredictionError.stopped() };
			ended.push({ ...place, result, identity: unit.identities?.[position] });
		}
		tellProgress?.(unit);
		if (!continueOnFail && !endedEarly && worked.some((result) => !result.ok)) {
			endedEarly = true;
			session.run.startNothingMore();
		}
	};
	const waiting = units.values();
	const workers = Array.from({ length: session.options.maxConcurrency + AHEAD }, async () => {
		for (const unit of waiting) await workUnit(unit);
	});
	await Promise.all(workers);

	const ends = await session.run.end();
	const results = boughtNotes.tellAll(
		ended.map((one) => withEnd(one, ends)),
		predictionIdsOf,
	);
	results.sort((left, right) => left.itemIndex - right.itemIndex || left.part - right.part);
	if (session.abortSignal.aborted || !continueOnFail) {
		const failed = results.filter(({ result }) => !result.ok);
		const first = failed.find(({ result }) => !result.ok && !isConsequence(result.error)) ?? failed[0];
		if (first && !first.result.ok)
			throw endOfRun(first.result.error, functions, session, first, boughtNotes.ids, results);
	}
	return results;
}

/** What was started, and came to nothing at a stop, is no result. */
function withEnd(one: PlacedResult, ends: ReadonlyMap<unknown, unknown>): PlacedResult {
	const { result } = one;
	const id = result.ok && 'json' in result.value ? result.value.json['predictionId'] : undefined;
	return ends.has(id) ? { ...one, result: { ok: false, error: ends.get(id) } } : one;
}

/**
 * Prepares every item, in slices, between which n8n gets its turn and a stop is heard.
 *
 * @returns what is to be sent, and the results of the items that can't be
 * @throws the first item's error, where the run is not to continue on fail
 */
async function prepareItems(
	functions: IExecuteFunctions,
	operation: Operation,
	session: RunSession,
	boughtNotes: BoughtNotes,
): Promise<{ units: readonly WorkUnit[]; results: PlacedResult[] }> {
	const results: PlacedResult[] = [];
	const units: WorkUnit[] = [];
	let sliceEndMs = hostClock.monotonicMs() + SLICE_MS;
	// The first item speaks for all of those that are asked about together.
	const asking = session.options.combineItems
		? functions.getInputData().slice(0, 1)
		: functions.getInputData();
	for (const itemIndex of asking.keys()) {
		if (hostClock.monotonicMs() >= sliceEndMs) {
			await hostClock.sleep(0);
			sliceEndMs = hostClock.monotonicMs() + SLICE_MS;
		}
		if (session.abortSignal.aborted) throw PredictionError.stopped();
		const item = { functions, itemIndex, session };
		const prepared = await settled(operation.prepare(item));
		if (prepared.ok) {
			units.push(...[prepared.value].flat());
			continue;
		}
		const failed = { itemIndex, part: 0, result: prepared, identity: operation.identify?.(item) };
		const error = boughtNotes.tell(prepared.error, itemIndex);
		if (!functions.continueOnFail()) throw endOfRun(error, functions, session, failed, boughtNotes.ids);
		results.push(failed);
	}
	return { units: (await operation.group?.(units, session.addHint)) ?? units, results };
}

/**
 * Tells who watches a long run how far it is, in ten steps: in the console of the browser, the only place that n8n has for it
 * before the run is over.
 */
function progressOf(units: readonly WorkUnit[], functions: IExecuteFunctions): (done: WorkUnit) => void {
	const total = units.reduce((sum, { places }) => sum + places.length, 0);
	const step = Math.max(10, Math.ceil(total / 10));
	let done = 0;
	return ({ places }) => {
		const before = Math.floor(done / step);
		done += places.length;
		if (Math.floor(done / step) > before && total > step)
			functions.sendMessageToUI(`${written(done)} of ${written(total)} done`);
	};
}

function countsOf(results: readonly PlacedResult[], areOfAll: boolean): ResultCounts {
	const isReview = (output: ItemOutput) => output.json['decision'] === 'review';
	return {
		results: results.length,
		isByItem: !areOfAll && results.every(({ part }) => part === 0),
		failed: results.filter(({ result }) => !result.ok).length,
		toReview: results.flatMap(({ result }) => (result.ok ? result.value : [])).filter(isReview).length,
	};
}
