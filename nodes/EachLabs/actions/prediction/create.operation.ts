import type { INodeProperties } from 'n8n-workflow';

import { innerModel } from '../../core/api/routedModel';
import { PredictionError } from '../../core/PredictionError';
import { jsonObject } from '../../n8n/jsonText';
import { readCallback } from '../fields/callback';
import { readFallbackSelector } from '../fields/fallbackSelector';
import { modelField, readModelId } from '../fields/model';
import { checkReachable } from '../fields/reachable';
import { unitOf, type Operation } from '../operation';
import { optionsCollection, readItemOptions } from '../fields/optionsCollection';

const inputField: INodeProperties = {
	displayName: 'Input',
	name: 'input',
	type: 'json',
	required: true,
	default: '{\n  "prompt": "What is in this image?",\n  "image_urls": ["https://example.com/image.jpg"]\n}',
	description: "The model's input fields, as JSON. You find them on the model's page at Each Labs.",
};

export const createPrediction: Operation = {
	option: {
		name: 'Create',
		value: 'create',
		action: 'Create prediction',
		description:
			"Start a prediction with any model, without waiting for its result. Use 'Get' to fetch it later.",
	},
	fields: [
		{ ...modelField, description: 'The Each Labs model to run' },
		inputField,
		// No 'maxCost': what a prediction costs is known only to whoever waits for it.
		optionsCollection(['callbackUrl', 'fallbackSelector', 'maxConcurrency', 'maxWait', 'resubmit'], {
			maxWait:
				'How many seconds an item may take until its prediction is created. Waiting for a free place of your account does not count.',
		}),
	],
	isStarting: true,
	prepare: async (item) => {
		const { functions, itemIndex, session } = item;
		const options = readItemOptions(item);
		const { maxWait, resubmit } = options;
		const webhook = await readCallback(item, options);
		const model = readModelId(item);
		const fallbackSelector = readFallbackSelector(options, model);
		const input = jsonObject(functions.getNodeParameter('input', itemIndex, ''), "parameter 'Input'");
		if (input === undefined) {
			throw PredictionError.invalidInput(
				"The parameter 'Input' is empty",
				'Write the fields of the model as JSON, e.g. {"prompt": "…"}.',
			);
		}
		checkReachable(item, input);
		const inner = innerModel(model);
		const wholeInput = { ...(inner === undefined ? {} : { model: inner }), ...input };
		return unitOf(item.itemIndex, async () => {
			const choices = {
				scope: session.scope(maxWait),
				resubmit,
				ledgerItem: await session.ledgerItem(
					itemIndex,
					async () => await Promise.resolve([{ model, input, fallbackSelector }]),
				),
			};
			const predictionId =
				(await session.run.createdBefore(model, choices)) ??
				(await session.run.create({ model, input: wholeInput, fallbackSelector, webhook }, choices));
			return { json: { predictionId, status: 'created', model } };
		});
	},
};
