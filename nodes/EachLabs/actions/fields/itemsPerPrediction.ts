import type { INodeProperties } from 'n8n-workflow';

import { numberIn } from '../../core/numberIn';
import { PredictionError } from '../../core/PredictionError';
import type { ItemOptions } from '../../n8n/options';
import type { ItemContext } from '../operation';

/** Where workflows keep it that have no such option. The editor shows the option only. */
export const itemsPerPredictionField: INodeProperties = {
	displayName: 'Items per Prediction',
	name: 'itemsPerPrediction',
	type: 'hidden',
	default: 1,
};

/**
 * @returns 0 for as many as `groupItems` finds worthwhile
 * @throws {PredictionError} `invalidInput`
 */
export function readItemsPerPrediction(
	{ functions, itemIndex }: ItemContext,
	{ itemsPerPrediction }: Pick<ItemOptions, 'itemsPerPrediction'>,
): number {
	const value: unknown = itemsPerPrediction ?? functions.getNodeParameter('itemsPerPrediction', itemIndex, 1);
	const count = numberIn(value);
	if (Number.isInteger(count) && count >= 0 && count <= 3_000) return count;
	throw PredictionError.invalidInput(
		`'Items per Prediction' is ${JSON.stringify(value)}; it has to be a whole number from 0 to 3,000`,
		'Set it within that range; 1 asks about each item by itself, and 0 leaves it to the node.',
	);
}
