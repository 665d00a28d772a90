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
	const listed = await client.executions.costOf(
		{ model, predictionId: prediction.id, backMs: LISTED_BACK_MS },
		new Scope(clock, COST_TIME_MS, abortSignal),
	);
	return listed.ok ? { ...prediction, cost: listed.value } : prediction;
}
