import { callScope } from '../callScope';
import { unitOf, type Operation } from '../operation';
import { readId } from '../fields/id';
import { readSimplify, simplifyField } from '../fields/simplify';
import { predictionIdField } from './predictionIdField';
import { predictionJson } from './predictionOutput';

export const getPrediction: Operation = {
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get prediction',
		description: 'Retrieve the status and the result of a prediction, at no cost',
	},
	fields: [predictionIdField, simplifyField],
	prepare: async (item) => {
		const { session } = item;
		const predictionId = readId(item, 'prediction');
		const simplify = readSimplify(item);
		return unitOf(item.itemIndex, async () => {
			const prediction = await session.client.getPrediction(predictionId, callScope(item));
			return { json: predictionJson(prediction, { simplify }) };
		});
	},
};
