import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { itemOptions, optionProperty, type ItemOptions, type OptionName } from '../n8n/options';
import type { ItemContext } from './operation';

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
			.sort((left, right) => left.displayName.localeCompare(right.displayName)),
	};
}

/** @throws {PredictionError} `invalidInput` */
export function readItemOptions({ functions, itemIndex }: ItemContext): ItemOptions {
	return itemOptions(functions.getNodeParameter('options', itemIndex, {}) as IDataObject);
}
