import type { INodeProperties } from 'n8n-workflow';

import { AnswerSchema } from '../../core/schema/AnswerSchema';
import { PredictionError } from '../../core/PredictionError';
import type { MediaKind } from '../../core/media/media';
import { filledIn } from '../../n8n/filledIn';
import { parsedJson } from '../../n8n/jsonText';
import { readSwitch } from '../../n8n/switches';
import { COLUMN_EXAMPLE, listedTexts } from '../fields/listedTexts';
import type { ItemContext } from '../operation';
import { EXTRACT_EXAMPLES, type ExtractExample } from './extractExamples';

/** The types of an attribute: how the list names them, and what the schema says of one. */
const ATTRIBUTE_TYPES: ReadonlyArray<{
	readonly name: string;
	readonly value: string;
	/** @param values gives the attribute's choices */
	form(values: () => string[]): object;
}> = [
	{ name: 'Boolean', value: 'boolean', form: () => ({ type: 'boolean' }) },
	{ name: 'Date', value: 'date', form: () => ({ type: 'string', format: 'date' }) },
	{ name: 'Integer', value: 'integer', form: () => ({ type: 'integer' }) },
	{ name: 'List of Texts', value: 'list', form: listForm },
	{ name: 'Number', value: 'number', form: () => ({ type: 'number' }) },
	{ name: 'One Of', value: 'choice', form: textForm },
	{ name: 'Several Of', value: 'choices', form: listForm },
	{ name: 'String', value: 'string', form: textForm },
];

/** A text, which may be anything where there are no values. */
function textForm(values: () => string[]): object {
	const choices = values();
	return { type: 'string', ...(choices.length > 0 && { enum: choices }) };
}

function listForm(values: () => string[]): object {
	return { type: 'array', items: textForm(values) };
}

/** How the fields to extract from such files are described; names and texts as in n8n's Information Extractor. */
export function schemaParameters(kind: MediaKind): INodeProperties[] {
	const example = EXTRACT_EXAMPLES[kind];
	return [
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
			default: { attributes: [{ name: '', type: 'string', values: '', description: '', required: false }] },
			description: 'The fields of the output, one attribute each',
			typeOptions: { multipleValues: true },
			displayOptions: { show: { schemaType: ['fromAttributes'] } },
			options: [
				{
					displayName: 'Attribute List',
					name: 'attributes',
					values: attributeFields(example),
				},
			],
		},
		{
			displayName: 'JSON Example',
			name: 'jsonSchemaExample',
			type: 'json',
			default: JSON.stringify(example.data, undefined, 2),
			typeOptions: { rows: 10 },
			displayOptions: { show: { schemaType: ['fromJson'] } },
			description: 'Example JSON object to generate the schema from',
			hint: "All fields will be required. To make some optional, set 'Schema Type' to Define Using JSON Schema.",
		},
		{
			displayName: 'Input Schema',
			name: 'inputSchema',
			type: 'json',
			default: JSON.stringify(
				{ type: 'object', properties: example.properties, required: Object.keys(example.properties) },
				undefined,
				2,
			),
			typeOptions: { rows: 10 },
			displayOptions: { show: { schemaType: ['manual'] } },
			hint: 'Use <a target="_blank" href="https://json-schema.org/">JSON Schema</a> format (<a target="_blank" href="https://json-schema.org/learn/miscellaneous-examples">examples</a>)',
			description: 'Schema of the data to extract, in the words of JSON Schema that models know',
		},
	];
}

/** One row of the list, in the order in which a person fills it in. */
function attributeFields(example: ExtractExample): INodeProperties[] {
	return [
		{
			displayName: 'Name',
			name: 'name',
			type: 'string',
			default: '',
			placeholder: `e.g. ${example.attribute}`,
			description: 'Name of the attribute in the output',
		},
		{
			displayName: 'Type',
			name: 'type',
			type: 'options',
			options: ATTRIBUTE_TYPES.map(({ name, value }) => ({ name, value })),
			default: 'string',
			description: 'Data type of the attribute',
			required: true,
		},
		{
			displayName: 'Values',
			name: 'values',
			type: 'string',
			default: '',
			placeholder: `e.g. ${example.values}`,
			hint: 'The only values allowed. Optional for String and List of Texts.',
			description: `What the model may choose from, separated by commas, or as a list. ${COLUMN_EXAMPLE} gives a table's column.`,
			displayOptions: { show: { type: ['string', 'list', 'choice', 'choices'] } },
		},
		{
			displayName: 'Description',
			name: 'description',
			type: 'string',
			default: '',
			placeholder: `e.g. ${example.description}`,
			description: 'What the attribute means, if its name does not say it',
		},
		{
			displayName: 'Required',
			name: 'required',
			type: 'boolean',
			default: false,
			description: 'Whether the model must always give this attribute. If not, it may leave it out.',
			required: true,
		},
	];
}

/** The schema that an item's parameters describe. */
export function readAnswerSchema({ functions, itemIndex, session }: ItemContext): AnswerSchema {
	const schemaType: unknown = functions.getNodeParameter('schemaType', itemIndex, 'fromAttributes');
	const jsonOf = (name: string, label: string) =>
		[parsedJson(functions.getNodeParameter(name, itemIndex, ''), label), `The ${label}`] as const;
	if (schemaType === 'fromJson')
		return AnswerSchema.fromExample(...jsonOf('jsonSchemaExample', "parameter 'JSON Example'"));
	if (schemaType === 'manual')
		return AnswerSchema.fromJsonSchema(...jsonOf('inputSchema', "parameter 'Input Schema'"));
	return fromAttributes(functions.getNodeParameter('attributes.attributes', itemIndex, []), session.addHint);
}

function fromAttributes(given: unknown, addHint: (message: string) => void): AnswerSchema {
	const attributes = (Array.isArray(given) ? given : []) as Array<Record<string, unknown>>;
	if (attributes.length === 0) {
		throw PredictionError.invalidInput(
			"The list 'Attributes' is empty",
			"Click 'Add Attribute' and describe at least one.",
		);
	}
	const properties = new Map<string, object>();
	const required: string[] = [];
	for (const [position, attribute] of attributes.entries()) {
		const { name, type = 'string', description, required: isRequired } = attribute;
		const values = 'values' in attribute ? attribute['values'] : '';
		const key = typeof name === 'string' ? filledIn(name.trim(), `name of attribute ${position + 1}`) : '';
		if (key === '' || properties.has(key)) {
			throw PredictionError.invalidInput(
				key === '' ? `Attribute ${position + 1} has no name` : `Two attributes have the name '${key}'`,
				'Give each attribute a name of its own, e.g. color.',
			);
		}
		const words =
			typeof description === 'string'
				? filledIn(description.trim(), `description of attribute ${position + 1} ('${key}')`)
				: '';
		const known = ATTRIBUTE_TYPES.find(({ value }) => value === type);
		if (known === undefined) {
			throw PredictionError.invalidInput(
				`Attribute ${position + 1} ('${key}') has the type ${JSON.stringify(type)}; it has to be one of: ${ATTRIBUTE_TYPES.map(({ value }) => value).join(', ')}`,
				'Choose its type from the list.',
			);
		}
		const form = known.form(() => {
			const choices = readValues(values, `attribute ${position + 1} ('${key}')`, known.value);
			// Often one row of a table where the column was meant.
			if (choices.length === 1) {
				addHint(
					`'${key}' has only one value to choose from. If its values come from a table, use the whole column: ${COLUMN_EXAMPLE}`,
				);
			}
			return choices;
		});
		properties.set(key, { ...form, ...(words === '' ? {} : { description: words }) });
		if (readSwitch(isRequired, false, `switch 'Required' of attribute ${position + 1} ('${key}')`))
			required.push(key);
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

/** The choices of an attribute, each once; none where its type lets it be any text, and no list or field was meant to give them. */
function readValues(given: unknown, of: string, type: string): string[] {
	const values = listedTexts(given, `The values of ${of}`);
	const mayBeAny = !type.startsWith('choice');
	if (values.length > 0 || (typeof given === 'string' && mayBeAny)) return values;
	if (typeof given !== 'string') {
		throw PredictionError.invalidInput(
			`The expression under 'Values' of ${of} gives nothing to choose from`,
			`Check the name of its field or column.${mayBeAny ? " To allow any text, leave 'Values' empty, or let the expression give ''." : ''}`,
		);
	}
	throw PredictionError.invalidInput(
		`There are no values for ${of} to choose from`,
		"Write them under 'Values', separated by commas, or give a list by an expression.",
	);
}
