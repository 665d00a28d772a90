import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { PredictionError } from '../core/PredictionError';
import { listed, told } from '../core/words';
import { toNodeError, type HostError } from '../n8n/nodeError';
import type { RunSession } from '../n8n/RunSession';
import type { ItemResult, PlacedResult, Settled } from './operation';

const MAX_NAMED_IDS = 50;
const MAX_NAMED_FILES = 3;

/** Whether an item was not worked only because another one had ended the run. */
export function isConsequence(error: unknown): boolean {
	return error instanceof PredictionError && error.kind === 'stopped';
}

/** IDs of the predictions that an item has led to; items that share one name the same. A result that is a list tells of others. */
export function predictionIdsOf(result: Settled<ItemResult>): string[] {
	const { predictionId, earlierPredictionIds }: { predictionId?: unknown; earlierPredictionIds?: unknown } =
		result.ok
			? 'json' in result.value
				? result.value.json
				: {}
			: result.error instanceof PredictionError
				? result.error.facts
				: {};
	return [earlierPredictionIds, predictionId].flat().filter((id) => typeof id === 'string');
}

/**
 * The error that ends the run: with the item that it is about, and the file by which a person knows it, where there are several
 * items, and with the ids of all predictions which the run has paid for.
 *
 * @param boughtIds what the tries of the run have bought
 */
export function endOfRun(
	error: unknown,
	functions: IExecuteFunctions,
	{ options: { combineItems } }: RunSession,
	{ itemIndex, identity }: Pick<PlacedResult, 'itemIndex' | 'identity'>,
	boughtIds: readonly string[],
	results: readonly PlacedResult[] = [],
): HostError {
	const nodeError = toNodeError(error, functions.getNode(), combineItems ? undefined : itemIndex);
	const paidIds = [...new Set([...results.flatMap(({ result }) => predictionIdsOf(result)), ...boughtIds])];
	const others = paidIds.filter(
		(id) => !(error instanceof PredictionError) || id !== error.facts.predictionId,
	);
	// Predictions that may belong to items whose request had no clear answer: nothing else would name them.
	const perhapsIds = new Set(
		results.flatMap(({ result }) =>
			!result.ok && result.error instanceof PredictionError && result.error !== error
				? (result.error.facts.candidateIds ?? [])
				: [],
		),
	);
	if (results.length + paidIds.length > 0)
		nodeError.context['predictionIds'] = [...new Set([...paidIds, ...perhapsIds])];
	const isOfItem =
		error instanceof PredictionError &&
		!isConsequence(error) &&
		!combineItems &&
		functions.getInputData().length > 1;
	const more = told(
		others.length > 0 &&
			`${others.length === 1 ? 'One other prediction' : `${others.length} other predictions`} of this run had been created; 'Prediction → Get' fetches their results: ${listed(others, MAX_NAMED_IDS)}.`,
		isOfItem &&
			`The run ended at item ${itemIndex + 1} of ${functions.getInputData().length}${filesOf(identity)}.`,
		(isOfItem || others.length > 0) &&
			"To keep the good items next time, set 'On Error' of this node to 'Continue'.",
		perhapsIds.size > 0 &&
			`Of other items it is not certain whether their requests arrived; these predictions may be theirs: ${listed([...perhapsIds], MAX_NAMED_IDS)}.`,
	);
	if (more.length > 0) nodeError.description = [nodeError.description ?? '', ...more].join(' ');
	return nodeError;
}

/** Names of an item's files in brackets, as they stand in its result; '' where there are none. */
function filesOf({ fileName, fileNames = fileName }: IDataObject = {}): string {
	const names = [fileNames].flat().flatMap((name) => (typeof name === 'string' && name !== '' ? [name] : []));
	return names.length === 0
		? ''
		: ` (${listed(
				names.map((name) => name.slice(0, 100)),
				MAX_NAMED_FILES,
			)})`;
}
