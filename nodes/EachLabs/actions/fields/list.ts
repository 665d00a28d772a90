import type { INodeProperties } from 'n8n-workflow';

import { numberIn } from '../../core/numberIn';
import { PredictionError } from '../../core/PredictionError';
import { readSwitchField } from '../../n8n/switches';
import type { ItemContext } from '../operation';

/** No list is read further. */
export const MAX_RESULTS = 100_000;

const returnAllField: INodeProperties = {
	displayName: 'Return All',
	name: 'returnAll',
	type: 'boolean',
	default: false,
	description: 'Whether to return all results or only up to a given limit',
};

/** How much of a list an operation gives. */
export const listFields: INodeProperties[] = [
	returnAllField,
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: MAX_RESULTS, numberPrecision: 0 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
];

export function filtersField(options: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add filter',
		default: {},
		options,
	};
}

/** How many results an item asks for. */
export function readLimit(item: ItemContext): number {
	if (readSwitchField(item, returnAllField)) return MAX_RESULTS;
	const { functions, itemIndex } = item;
	const value: unknown = functions.getNodeParameter('limit', itemIndex, 50);
	const limit = numberIn(value);
	if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_RESULTS) return limit;
	throw PredictionError.invalidInput(
		`The 'Limit' is ${JSON.stringify(value)}; it has to be a whole number from 1 to 100,000`,
		"Set it within that range, or switch on 'Return All'.",
	);
}
