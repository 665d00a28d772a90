import { unitOf, type Operation } from '../operation';
import { predictionIdField, readId } from '../fields/id';
import { predictionJson } from './predictionOutput';

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
		const predictionId = readId(item, 'prediction');
		return unitOf(item.itemIndex, async () => {
			const scope = item.session.callScope();
			await session.client.cancelPrediction(predictionId, scope);
			const prediction = await session.client.getPrediction(predictionId, scope);
			return { json: predictionJson(prediction, { simplify: true }) };
		});
	},
};
