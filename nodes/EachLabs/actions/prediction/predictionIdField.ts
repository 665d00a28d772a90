import type { INodeProperties } from 'n8n-workflow';

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
