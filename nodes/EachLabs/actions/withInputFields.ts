import type { IDataObject } from 'n8n-workflow';

import type { ItemOptions } from '../n8n/options';
import type { ItemContext, ItemOutput } from './operation';

/** An item's result, with the fields and files of its input item where the option 'Include Input Fields' wants them. */
export function withInputFields(
	{ functions, itemIndex }: ItemContext,
	{ includeInputFields }: Pick<ItemOptions, 'includeInputFields'>,
	result: IDataObject,
): ItemOutput {
	if (!includeInputFields) return { json: result };
	const input = functions.getInputData()[itemIndex];
	const inputFields = Object.entries(input?.json ?? {}).filter(([name]) => name !== 'error');
	return {
		json: { ...Object.fromEntries(inputFields), ...result },
		...(input?.binary ? { binary: input.binary } : {}),
	};
}
