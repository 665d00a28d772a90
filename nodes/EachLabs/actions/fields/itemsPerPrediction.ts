import type { INodeProperties } from 'n8n-workflow';

import { PredictionError } from '../../core/PredictionError';
import type { ItemContext } from '../operation';

/** For operations that can answer for many items at once. */
export const itemsPerPredictionField: INodeProperties = {
	displayName: 'Items per Prediction',
	name: 'itemsPerPrediction',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 3000, numberPrecision: 0 },
	default: 1,
	description:
		'How many items share one request. More is faster and cheaper for many small files, and each item still gets its own result. 1 is the most accurate.',
};

/** @throws {PredictionError} `invalidInput` */
export function readItemsPerPrediction({ functions, itemIndex }: ItemContext): number {
	const value: unknown = functions.getNodeParameter('itemsPerPrediction', itemIndex, 1);
	const count = typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN;
	if (Number.isInteger(count) && count >= 1 && count <= 3_000) return count;
	throw PredictionError.invalidInput(
		`'Items per Prediction' is ${JSON.stringify(value)}; it has to be a whole number from 1 to 3,000`,
		'Set it within that range; 1 asks about each item by itself.',
	);
}
