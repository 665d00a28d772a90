import type { INodeProperties } from 'n8n-workflow';

import { PredictionError } from '../../core/PredictionError';
import type { ItemContext } from '../operation';

export const predictionIdField: INodeProperties = {
	displayName: 'Prediction ID',
	name: 'predictionId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 0dce0f44-b8a5-4f30-91d4-5f6b0c221bf0',
	description:
		"The 'predictionId' of an earlier output item, or the ID that was named for an item that could not be finished",
};

/** The id goes into the path of a request, so it must not be able to lead elsewhere. */
export function readPredictionId({ functions, itemIndex }: ItemContext): string {
	const value: unknown = functions.getNodeParameter('predictionId', itemIndex, '');
	const id = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
	if (!/^[A-Za-z0-9_-]{1,128}$/.test(id)) {
		throw PredictionError.invalidInput(
			id === ''
				? "The 'Prediction ID' is empty"
				: `The 'Prediction ID' is '${id.slice(0, 80)}', which is not the ID of a prediction`,
			"Use the 'predictionId' of an earlier output item: letters, digits, '-' and '_' only.",
		);
	}
	return id;
}
