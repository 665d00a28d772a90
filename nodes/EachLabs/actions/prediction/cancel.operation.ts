import { unitOf, type Operation } from '../operation';
import { predictionIdField, readPredictionId } from './predictionIdField';
import { predictionJson } from './predictionOutput';

const CALL_TIME_SECONDS = 120;

export const cancelPrediction: Operation = {
	option: {
		name: 'Cancel',
		value: 'cancel',
		action: 'Cancel prediction',
		description:
			'Stop a prediction that is in progress. The output says how it ended, as it may have finished just before.',
	},
	fields: [predictionIdField],
	prepare: async (item) => {
		const { session } = item;
		const predictionId = readPredictionId(item);
		return unitOf(item.itemIndex, async () => {
			const scope = { deadline: session.deadline(CALL_TIME_SECONDS), abortSignal: session.abortSignal };
			await session.client.cancelPrediction(predictionId, scope);
			const prediction = await session.client.getPrediction(predictionId, scope);
			return { json: predictionJson(prediction, { simplify: true, secrets: session.secrets }) };
		});
	},
};
