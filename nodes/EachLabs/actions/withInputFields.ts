import type { IBinaryKeyData, IDataObject } from 'n8n-workflow';

import type { ItemOptions } from '../n8n/options';
import { switchedOn } from '../n8n/switches';
import { optionsAsGiven } from './fields/optionsCollection';
import type { ItemContext, ItemOutput } from './operation';

const DATA_FIELD = /^data(?:_\d+)?$/;

type GivenItem = Pick<ItemContext, 'functions' | 'itemIndex'>;

/** An item's result, and after it the fields and files of its input item where the option 'Include Input Fields' wants them. */
export function withInputFields(
	item: GivenItem,
	{ includeInputFields }: Pick<ItemOptions, 'includeInputFields'>,
	result: IDataObject,
	files?: IBinaryKeyData,
): ItemOutput {
	const output = includeInputFields ? filledUp(result, item) : { json: result };
	if (!files) return output;
	// Where the result's files are called 'data', none of the input's stands in the place of one that is missing.
	const areData = Object.keys(files).every((name) => DATA_FIELD.test(name));
	const others = Object.entries(output.binary ?? {}).filter(([name]) => !(areData && DATA_FIELD.test(name)));
	return { ...output, binary: { ...Object.fromEntries(others), ...files } };
}

/** The same for an item that failed, whose options may be what failed. */
export function withWantedInputFields(item: GivenItem, result: IDataObject): ItemOutput {
	const includeInputFields = switchedOn(optionsAsGiven(item)['includeInputFields']) === true;
	return withInputFields(item, { includeInputFields }, result);
}

/**
 * What the input never adds: `error`, by which n8n would take the item for one that failed, and what a node like this one before
 * it said of its own result, where this one has no such field.
 */
const OF_ANOTHER: ReadonlySet<string> = new Set(['error', 'cutOff', 'earlierPredictionIds', 'reused']);
/** The same for an item that failed, by its operation. */
function ofAResult(operation: unknown): string[] {
	return ['cost', 'predictionId', ...(operation === 'moderate' ? ['decision', 'flagged'] : [])];
}

/** What the result has stays. */
function filledUp(result: IDataObject, { functions, itemIndex }: GivenItem): ItemOutput {
	const { json = {}, binary } = functions.getInputData()[itemIndex] ?? {};
	const others = new Set(OF_ANOTHER);
	if ('error' in result)
		for (const name of ofAResult(functions.getNodeParameter('operation', itemIndex))) others.add(name);
	const added = Object.entries(json).filter(([name]) => !others.has(name) && !Object.hasOwn(result, name));
	return { json: { ...result, ...Object.fromEntries(added) }, ...(binary ? { binary } : {}) };
}
