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

/**
 * The parameter that holds an ID, which goes into the path of a request, so that it must not be able to lead elsewhere.
 *
 * @throws {PredictionError} `invalidInput`
 */
export function readId({ functions, itemIndex }: ItemContext, of: 'prediction' | 'file'): string {
	const value: unknown = functions.getNodeParameter(`${of}Id`, itemIndex, '');
	const id = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
	if (!/^[A-Za-z0-9_-]{1,128}$/.test(id)) {
		const name = of === 'file' ? 'File' : 'Prediction';
		throw PredictionError.invalidInput(
			id === ''
				? `The '${name} ID' is empty`
				: `The '${name} ID' is '${id.slice(0, 80)}', which is not the ID of a ${of}`,
			`Use the '${of}Id' of an earlier output item: letters, digits, '-' and '_' only.`,
		);
	}
	return id;
}
