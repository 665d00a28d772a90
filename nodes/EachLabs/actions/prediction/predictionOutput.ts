import type { IDataObject } from 'n8n-workflow';

import { failureReason, outputText } from '../../core/prediction/outputText';
import { outcomeOf } from '../../core/api/predictionStatus';
import type { Prediction } from '../../core/api/shapes';

/** A prediction as an output item: its status, its text once it has one, the reason where it failed. */
export function predictionJson(prediction: Prediction, { simplify }: { simplify: boolean }): IDataObject {
	const outcome = outcomeOf(prediction.status);
	return {
		predictionId: prediction.id,
		status: prediction.status,
		...(outcome === 'succeeded' ? { text: outputText(prediction.output) } : {}),
		...(outcome === 'failed' ? { reason: failureReason(prediction) ?? null } : {}),
		cost: prediction.cost,
		predictTime: prediction.predictTimeSeconds,
		...(simplify ? {} : { prediction: prediction.raw as IDataObject }),
	};
}
