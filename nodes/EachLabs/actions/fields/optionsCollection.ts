import type { IDataObject, INodeProperties } from 'n8n-workflow';

import {
	itemOptions,
	MODEL_OPTION_NAMES,
	optionProperty,
	type ItemOptions,
	type OptionName,
} from '../../n8n/options';
import type { ItemContext } from '../operation';
import { checkReachable } from './reachable';

// Which operation has which option; what an option is, stands in `n8n/options`.

/** Options of every operation that waits for a prediction. */
export const WAITING_OPTIONS: readonly OptionName[] = [
	'includeInputFields',
	'keepUploads',
	'maxConcurrency',
	'maxCost',
	'maxWait',
	'pollInterval',
	'resubmit',
	'uploadRetention',
];
/** Options of every operation that looks at media. */
export const MEDIA_OPTIONS: readonly OptionName[] = [
	...MODEL_OPTION_NAMES,
	...WAITING_OPTIONS,
	'estimateOnly',
	'fallbackModels',
	'fallbackSelector',
	'itemsPerPrediction',
	'seenMedia',
	'separateFiles',
];

/** @param descriptions of options that mean something else in this operation than in those that look at media */
export function optionsCollection(
	names: readonly OptionName[],
	descriptions: Readonly<Partial<Record<OptionName, string>>> = {},
): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: names
			.map((name) => {
				const property = optionProperty(name);
				return { ...property, description: descriptions[name] ?? property.description };
			})
			.sort(byUse),
	};
}

/** Language first, since it is what most people look for; the others by their names. */
function byUse(left: INodeProperties, right: INodeProperties): number {
	const isFirst = Number(right.name === 'language') - Number(left.name === 'language');
	// Not by locale: to load its rules takes as long as a tenth of the node.
	return isFirst || (left.displayName < right.displayName ? -1 : 1);
}

/** What an item's options hold, unchecked; nothing where an expression in them fails. */
export function optionsAsGiven({
	functions,
	itemIndex,
}: Pick<ItemContext, 'functions' | 'itemIndex'>): IDataObject {
	try {
		return functions.getNodeParameter('options', itemIndex, {}) as IDataObject;
	} catch {
		return {};
	}
}

/** @throws {PredictionError} `invalidInput` */
export function readItemOptions(item: ItemContext): ItemOptions {
	const options = itemOptions(item.functions.getNodeParameter('options', item.itemIndex, {}) as IDataObject);
	checkReachable(item, options.additionalInput, (name) => `field '${name}' of the option 'Additional Input'`);
	return options;
}
