import type { IDataObject } from 'n8n-workflow';

import { PAGE_SIZE } from '../../core/api/EachLabsClient';
import { readPages, type PageRequest } from '../../core/api/readPages';
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
			const filter = { name: String(name ?? '').trim() };
			const readPage = async (page: PageRequest) =>
				await session.client.listModelPage(filter, page, session.callScope());
			const models = await readPages(readPage, { limit, pageSize: PAGE_SIZE, keyOf: ({ slug }) => slug });
			return models.map((model) => ({ json: modelJson(model, simplify) }));
		});
	},
};
