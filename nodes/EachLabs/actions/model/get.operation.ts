import { modelField, readModelId } from '../fields/model';
import { unitOf, type Operation } from '../operation';
import { readSimplify, simplifyField } from '../fields/simplify';
import { modelJson } from './modelJson';

export const getModel: Operation = {
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get model',
		description: 'Retrieve what a model is and which input fields it has, at no cost',
	},
	fields: [{ ...modelField, description: 'The Each Labs model to describe' }, simplifyField],
	prepare: async (item) => {
		const { session } = item;
		const slug = readModelId(item);
		const simplify = readSimplify(item);
		return unitOf(item.itemIndex, async () => ({
			json: modelJson(await session.client.getModel(slug, item.session.callScope()), simplify),
		}));
	},
};
