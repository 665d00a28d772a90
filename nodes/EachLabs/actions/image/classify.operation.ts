import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { classificationSchema, classificationTask, OTHER_LABEL, readClassification } from './classification';
import type { Category } from '../../core/answer/choices';
import { PredictionError } from '../../core/PredictionError';
import { filledIn } from '../../n8n/filledIn';
import { readSwitchField, switchedOn } from '../../n8n/switches';
import { hintField, readOptionalText } from '../fields/text';
import { sourceFields } from '../fields/sources';
import { mediaOperation } from '../media/mediaOperation';
import { listedTexts } from '../fields/listedTexts';
import { isTool } from '../../n8n/isTool';
import type { ItemContext } from '../operation';

const categoriesField: INodeProperties = {
	displayName: 'Categories',
	name: 'categories',
	type: 'fixedCollection',
	placeholder: 'Add Category',
	// A first row to fill in, since an empty list says nothing.
	default: { categories: [{ category: '', description: '' }] },
	description: 'What the images are sorted into',
	typeOptions: { multipleValues: true },
	options: [
		{
			displayName: 'Categories',
			name: 'categories',
			values: [
				{
					displayName: 'Category',
					name: 'category',
					type: 'string',
					default: '',
					placeholder: 'e.g. shoes',
					description:
						'Name of the category in the output. An expression may give several, as a list or as text with commas.',
				},
				{
					displayName: 'Description',
					name: 'description',
					type: 'string',
					default: '',
					placeholder: 'e.g. Footwear of any kind, without socks',
					description: "What belongs to the category, if its name doesn't say it",
				},
			],
		},
	],
};

const multiLabelField: INodeProperties = {
	displayName: 'Allow Multiple Categories',
	name: 'multiLabel',
	type: 'boolean',
	default: false,
	description: 'Whether an item may get several categories instead of only the best one',
};

const allowOtherField: INodeProperties = {
	displayName: "Allow 'Other'",
	name: 'allowOther',
	type: 'boolean',
	default: true,
	description:
		"Whether an item that fits no category gets the label 'other', instead of the category that fits best",
};

const outputPerCategoryField: INodeProperties = {
	displayName: 'Output per Category',
	name: 'outputPerCategory',
	type: 'boolean',
	noDataExpression: true,
	displayOptions: { hide: { '@tool': [true] } },
	default: false,
	description:
		"Whether each category gets its own output. An item goes to the output of its best category; items that fit none or could not be classified go to the output 'Other'. If the label 'other' is not allowed, that output is called 'Failed'.",
};

export const classifyImage = mediaOperation({
	kind: 'image',
	accepted: ['image', 'document'],
	option: {
		name: 'Classify Image',
		value: 'classify',
		action: 'Classify image',
		description: 'Sort images into categories that you define',
	},
	fields: [
		categoriesField,
		multiLabelField,
		allowOtherField,
		outputPerCategoryField,
		hintField('What to look at in particular', 'e.g. Only the product in front counts'),
		...sourceFields('image'),
	],
	options: ['autoFix'],
	outputs: (functions) => {
		// As many as the list has, whatever their names are for an item.
		const count = hasOutputPerCategory(functions) ? writtenRows(functions).length + 1 : 1;
		return { count, errorIndex: count - 1 };
	},
	ask: (item) => {
		const rules = {
			categories: readCategories(item),
			multiLabel: readSwitchField(item, multiLabelField),
			allowOther: readSwitchField(item, allowOtherField),
		};
		const hint = readOptionalText(item);
		const rows = readRows(item);
		const perCategory = hasOutputPerCategory(item.functions);
		return {
			task: `${classificationTask(rules)}${hint === '' ? '' : `\nWhat to look at: ${hint}`}`,
			schema: classificationSchema(rules),
			read: (answer) => ({ ...readClassification(answer) }),
			outputIndex: ({ labels }) => {
				if (!perCategory) return 0;
				const position = rows.findIndex((row) => row.some(({ name }) => name === (labels as string[])[0]));
				return position < 0 ? rows.length : position;
			},
		};
	},
});

function hasOutputPerCategory(functions: IExecuteFunctions): boolean {
	return switchedOn(functions.getNodeParameter('outputPerCategory', 0, false)) === true && !isTool(functions);
}

/** The rows of the list as they were written, expressions unresolved. */
function writtenRows(functions: IExecuteFunctions): ReadonlyArray<{ readonly category?: unknown }> {
	const { categories } = functions.getNode().parameters;
	const list = (typeof categories === 'object' ? categories : undefined) as
		| { categories?: unknown }
		| undefined;
	return Array.isArray(list?.categories) ? (list.categories as Array<{ category?: unknown }>) : [];
}

/** The categories of each row of the list; a row has several where its expression gives a list of names. */
function readRows({ functions, itemIndex }: ItemContext): Category[][] {
	const given: unknown = functions.getNodeParameter('categories.categories', itemIndex, []);
	const rows = (Array.isArray(given) ? given : []) as Array<{ category?: unknown; description?: unknown }>;
	const written = writtenRows(functions);
	return rows.map(({ category, description }, row): Category[] => {
		const words =
			typeof description === 'string'
				? filledIn(description.trim(), `description of category ${row + 1}`)
				: '';
		// A name that somebody wrote may have a comma of its own.
		const isExpression = String(written[row]?.category ?? '').startsWith('=');
		const listed =
			Array.isArray(category) || isExpression
				? listedTexts(category, `The names of category ${row + 1}`)
				: [];
		const label = `name of category ${row + 1}`;
		const names =
			listed.length > 0 ? listed : [typeof category === 'string' ? filledIn(category.trim(), label) : ''];
		return names.map((name) => ({ name, description: words }));
	});
}

function readCategories(item: ItemContext): Category[] {
	const categories = readRows(item).flat();
	const names = categories.map(({ name }) => name);
	const twice = names.find((name, position) => names.indexOf(name) !== position);
	if (categories.length === 0) {
		throw PredictionError.invalidInput(
			"The list 'Categories' is empty",
			"Click 'Add Category' and add at least one.",
		);
	}
	if (names.includes('') || twice !== undefined) {
		throw PredictionError.invalidInput(
			names.includes('')
				? `Category ${names.indexOf('') + 1} has no name`
				: `Two categories have the name '${twice}'`,
			'Give each category a name of its own, or remove it.',
		);
	}
	if (names.includes(OTHER_LABEL)) {
		throw PredictionError.invalidInput(
			`A category has the name '${OTHER_LABEL}', which stands for what fits no category`,
			`Give it another name, or remove it and switch on "Allow 'Other'".`,
		);
	}
	return categories;
}
