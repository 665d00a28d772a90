import type { INodeProperties } from 'n8n-workflow';

import { AnswerSchema } from '../../core/schema/AnswerSchema';
import { PredictionError } from '../../core/PredictionError';
import { parsedJson } from '../../n8n/jsonText';
import type { ItemContext } from '../operation';

/** How the fields to extract are described; names and texts as in n8n's Information Extractor. */
export const schemaFields: INodeProperties[] = [
	{
		displayName: 'Schema Type',
		name: 'schemaType',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'From Attribute Descriptions',
				value: 'fromAttributes',
				description: 'Extract specific attributes, based on their types and descriptions',
			},
			{
				name: 'Generate From JSON Example',
				value: 'fromJson',
				description: 'Generate a schema from an example JSON object',
			},
			{ name: 'Define Using JSON Schema', value: 'manual', description: 'Define the JSON schema manually' },
		],
		default: 'fromAttributes',
		description: 'How to specify the data to extract',
	},
	{
		displayName: 'Attributes',
		name: 'attributes',
		type: 'fixedCollection',
		placeholder: 'Add Attribute',
		// A first row to fill in, since an empty list says nothing.
		default: { attributes: [{ name: '', type: 'string', description: '', required: false }] },
		description: 'The fields of the output, one attribute each',
		typeOptions: { multipleValues: true },
		displayOptions: { show: { schemaType: ['fromAttributes'] } },
		options: [
			{
				displayName: 'Attribute List',
				name: 'attributes',
				values: [
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'e.g. color',
						description: 'Name of the attribute in the output',
						required: true,
					},
					{
						displayName: 'Type',
						name: 'type',
						type: 'options',
						options: [
							{ name: 'Boolean', value: 'boolean' },
							{ name: 'Date', value: 'date' },
							{ name: 'Number', value: 'number' },
							{ name: 'String', value: 'string' },
						],
						default: 'string',
						description: 'Data type of the attribute',
						required: true,
					},
					{
						displayName: 'Description',
						name: 'description',
						type: 'string',
						default: '',
						placeholder: 'e.g. Main color of the product, in one word',
						description: 'What the attribute means, so that the model can find it',
						required: true,
					},
					{
						displayName: 'Required',
						name: 'required',
						type: 'boolean',
						default: false,
						description: 'Whether the model must always give this attribute. If not, it may leave it out.',
						required: true,
					},
				],
			},
		],
	},
	{
		displayName: 'JSON Example',
		name: 'jsonSchemaExample',
		type: 'json',
		default:
			'{\n  "color": "red",\n  "style": "casual",\n  "materials": ["leather", "cotton"],\n  "defects": 0\n}',
		typeOptions: { rows: 10 },
		displayOptions: { show: { schemaType: ['fromJson'] } },
		description: 'Example JSON object to generate the schema from',
		hint: "All fields will be required. To make some optional, set 'Schema Type' to Define Using JSON Schema.",
	},
	{
		displayName: 'Input Schema',
		name: 'inputSchema',
		type: 'json',
		default:
			'{\n  "type": "object",\n  "properties": {\n    "color": { "type": "string", "description": "Main color" }\n  },\n  "required": ["color"]\n}',
		typeOptions: { rows: 10 },
		displayOptions: { show: { schemaType: ['manual'] } },
		hint: 'Use <a target="_blank" href="https://json-schema.org/">JSON Schema</a> format (<a target="_blank" href="https://json-schema.org/learn/miscellaneous-examples">examples</a>)',
		description: 'Schema of the data to extract, in the words of JSON Schema that models know',
	},
];

/** The schema that an item's parameters describe. */
export function readAnswerSchema({ functions, itemIndex }: ItemContext): AnswerSchema {
	const schemaType: unknown = functions.getNodeParameter('schemaType', itemIndex, 'fromAttributes');
	if (schemaType === 'fromJson') {
		const label = "parameter 'JSON Example'";
		return AnswerSchema.fromExample(
			parsedJson(functions.getNodeParameter('jsonSchemaExample', itemIndex, ''), label),
			`The ${label}`,
		);
	}
	if (schemaType === 'manual') {
		const label = "parameter 'Input Schema'";
		return AnswerSchema.fromJsonSchema(
			parsedJson(functions.getNodeParameter('inputSchema', itemIndex, ''), label),
			`The ${label}`,
		);
	}
	return fromAttributes(functions.getNodeParameter('attributes.attributes', itemIndex, []));
}

interface Attribute {
	readonly name?: unknown;
	readonly type?: unknown;
	readonly description?: unknown;
	readonly required?: unknown;
}

const ATTRIBUTE_TYPES: ReadonlyMap<unknown, object> = new Map<unknown, object>([
	['boolean', { type: 'boolean' }],
	['date', { type: 'string', format: 'date' }],
	['number', { type: 'number' }],
	['string', { type: 'string' }],
]);

function fromAttributes(given: unknown): AnswerSchema {
	const attributes = (Array.isArray(given) ? given : []) as Attribute[];
	if (attributes.length === 0) {
		throw PredictionError.invalidInput(
			"The list 'Attributes' is empty",
			"Click 'Add Attribute' and describe at least one.",
		);
	}
	const properties = new Map<string, object>();
	const required: string[] = [];
	for (const [position, { name, type, description, required: isRequired }] of attributes.entries()) {
		const key = typeof name === 'string' ? name.trim() : '';
		if (key === '' || properties.has(key)) {
			throw PredictionError.invalidInput(
				key === '' ? `Attribute ${position + 1} has no name` : `Two attributes have the name '${key}'`,
				'Give each attribute a name of its own, e.g. color.',
			);
		}
		const words = typeof description === 'string' ? description.trim() : '';
		const form = ATTRIBUTE_TYPES.get(type ?? 'string');
		if (form === undefined) {
			throw PredictionError.invalidInput(
				`Attribute ${position + 1} ('${key}') has the type ${JSON.stringify(type)}; it has to be boolean, date, number or string`,
				'Choose its type from the list.',
			);
		}
		properties.set(key, { ...form, ...(words === '' ? {} : { description: words }) });
		if (isRequired === true) required.push(key);
	}
	return AnswerSchema.fromJsonSchema(
		{
			type: 'object',
			properties: Object.fromEntries(properties),
			...(required.length > 0 ? { required } : {}),
		},
		"The list 'Attributes'",
	);
}
