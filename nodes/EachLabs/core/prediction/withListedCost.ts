import type { Prediction } from '../api/shapes';
import { Scope } from '../Scope';
import { LISTED_BACK_MS, type PredictionQueueContext } from './PredictionQueue';

const COST_TIME_MS = 5_000;

/** What the service did not say of a prediction's cost is looked up once in the account's list, where the limit needs it. */
export async function withListedCost(
	prediction: Prediction,
	model: string,
	{ client, clock, maxCostUsd, abortSignal }: PredictionQueueContext,
): Promise<Prediction> {
	if (prediction.cost !== null || maxCostUsd === undefined || abortSignal.aborted) return prediction;
	const sinceEpochMs = client.requests.serviceEpochMs() - LISTED_BACK_MS;
	const scope = new Scope(clock, COST_TIME_MS, abortSignal);
	const listed = await client.executions.newest({ model, sinceEpochMs }, scope);
	const own = listed.ok ? listed.value.find(({ id }) => id === prediction.id) : undefined;
	return own ? { ...prediction, cost: own.cost } : prediction;
}
