import { unitOf, type Operation } from '../operation';
import { outcomeOf } from '../../core/api/predictionStatus';
import { pollIntervalMs } from '../../n8n/options';
import { optionsCollection, readItemOptions } from '../fields/optionsCollection';
import { predictionIdField, readId } from '../fields/id';
import { readSimplify, simplifyField } from '../fields/simplify';
import { predictionJson } from './predictionOutput';

export const getPrediction: Operation = {
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get prediction',
		description: 'Retrieve the status and the result of a prediction, at no cost',
	},
	fields: [
		predictionIdField,
		simplifyField,
		optionsCollection(['maxConcurrency', 'maxWait', 'pollInterval', 'waitUntilFinished'], {
			maxConcurrency: 'How many predictions may be waited for at once',
			maxWait:
				"How many seconds to wait with 'Wait Until Finished'. The prediction is not cancelled after that: this step did not start it.",
		}),
	],
	prepare: async (item) => {
		const { session } = item;
		const predictionId = readId(item, 'prediction');
		const simplify = readSimplify(item);
		const options = readItemOptions(item);
		return unitOf(item.itemIndex, async () => {
			let prediction = await session.client.getPrediction(predictionId, item.session.callScope());
			if (options.waitUntilFinished && outcomeOf(prediction.status) === undefined) {
				prediction = await session.run.watch(predictionId, String(prediction.raw['model'] ?? ''), {
					scope: session.scope(options.maxWait),
					pollIntervalMs: pollIntervalMs(options),
				});
			}
			return { json: predictionJson(prediction, { simplify }) };
		});
	},
};
