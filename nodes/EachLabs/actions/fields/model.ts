import type { INodeProperties } from 'n8n-workflow';

import { DEFAULT_MODEL } from '../../core/model/defaultModel';
import { PredictionError } from '../../core/PredictionError';
import type { ItemContext } from '../operation';

export const modelField: INodeProperties = {
	displayName: 'Model',
	name: 'modelId',
	type: 'resourceLocator',
	default: { mode: 'list', value: DEFAULT_MODEL, cachedResultName: 'Gemini 2.0 Flash Lite' },
	required: true,
	description:
		'The Each Labs model that reads the files and answers. The list has those that take such files and a text; the default reads images, videos, audio and documents.',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a model...',
			typeOptions: { searchListMethod: 'searchModels', searchable: true },
		},
		{ displayName: 'ID', name: 'id', type: 'string', placeholder: `e.g. ${DEFAULT_MODEL}` },
	],
};

/** The chosen model's slug. */
export function readModelId({ functions, itemIndex }: ItemContext): string {
	const value: unknown = functions.getNodeParameter('modelId', itemIndex, '', { extractValue: true });
	const slug = typeof value === 'string' ? value.trim() : '';
	if (slug === '') {
		throw PredictionError.invalidInput("The parameter 'Model' is empty", 'Choose a model from the list.');
	}
	return slug;
}
