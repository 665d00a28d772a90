import { unitOf, type Operation } from '../operation';
import { simplifyField } from '../media/mediaFields';
import { predictionIdField, readPredictionId } from './predictionIdField';
import { predictionJson } from './predictionOutput';

const CALL_TIME_SECONDS = 120;

export const getPrediction: Operation = {
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get prediction',
		description: 'Retrieve the status and the result of a prediction, at no cost',
	},
	fields: [predictionIdField, simplifyField],
	prepare: async (item) => {
		const { functions, itemIndex, session } = item;
		const predictionId = readPredictionId(item);
		const simplify = functions.getNodeParameter('simplify', itemIndex, true) !== false;
		return unitOf(item.itemIndex, async () => {
			const scope = { deadline: session.deadline(CALL_TIME_SECONDS), abortSignal: session.abortSignal };
			const prediction = await session.client.getPrediction(predictionId, scope);
			return { json: predictionJson(prediction, { simplify, secrets: session.secrets }) };
		});
	},
};
