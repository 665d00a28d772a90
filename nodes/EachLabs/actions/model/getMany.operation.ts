import type { IDataObject } from 'n8n-workflow';

import { PAGE_SIZE } from '../../core/api/EachLabsClient';
import { readPages } from '../../core/api/readPages';
import { filtersField, listFields, readLimit } from '../fields/list';
import { unitOf, type Operation } from '../operation';
import { readSimplify, simplifyField } from '../fields/simplify';
import { modelJson } from './modelJson';

export const getManyModels: Operation = {
	option: {
		name: 'Get Many',
		value: 'getMany',
		action: 'Get many models',
		description: 'List the models of Each Labs, with their input fields, at no cost',
	},
	fields: [
		...listFields,
		filtersField([
			{
				displayName: 'Name',
				name: 'name',
				type: 'string',
				default: '',
				placeholder: 'e.g. gemini',
				description: 'Only models whose name has this text in it',
			},
		]),
		simplifyField,
	],
	prepare: async (item) => {
		const { functions, itemIndex, session } = item;
		const limit = readLimit(item);
		const { name } = functions.getNodeParameter('filters', itemIndex, {}) as IDataObject;
		const simplify = readSimplify(item);
		return unitOf(itemIndex, async () => {
			const models = await readPages(
				async (page) =>
					await session.client.listModelPage(
						{ name: String(name ?? '').trim() },
						page,
						item.session.callScope(),
					),
				{ limit, pageSize: PAGE_SIZE, keyOf: ({ slug }) => slug },
			);
			return models.map((model) => ({ json: modelJson(model, simplify) }));
		});
	},
};
