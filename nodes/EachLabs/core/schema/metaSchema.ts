import { FORMAT_IN_WORDS } from './complaints';
import type { Places, Schema } from './SchemaCheck';

/** Formats that the validator checks. It lets texts of any other format pass, so those are refused. */
export const FORMATS: string[] = Object.keys(FORMAT_IN_WORDS);
/** Formats of other dialects; they say nothing about a value that its type does not say. */
export const SILENT_FORMATS: ReadonlySet<unknown> = new Set([
	'float',
	'double',
	'int32',
	'int64',
	'enum',
	'password',
]);

export const TYPES: string[] = ['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'];

/** Keywords that say nothing about values; so do those that begin with `x-`. */
export const ANNOTATIONS: ReadonlySet<string> = new Set([
	...['$schema', '$id', 'id', '$comment', 'title', 'description', 'default', 'example', 'examples'],
	...['deprecated', 'readOnly', 'writeOnly', 'propertyOrdering', 'discriminator', 'xml', 'externalDocs'],
]);

/** What to do in place of a keyword that is not accepted. */
export const INSTEAD: Readonly<Record<string, string>> = {
	...sameFor(['if', 'then', 'else'], "describe each case as one schema of 'anyOf'"),
	...sameFor(['not', 'disallow'], "say what may be there: with 'enum', 'pattern' or a narrower 'type'"),
	...sameFor(
		['contains', 'minContains', 'maxContains'],
		"describe every entry with 'items', and say in a 'description' what one of them must be",
	),
	...sameFor(
		['patternProperties', 'propertyNames'],
		"name the fields under 'properties', or give 'additionalProperties' a schema for all others",
	),
	...sameFor(
		['prefixItems', 'additionalItems'],
		"give 'items' one schema for all entries, or ask for an object with a named field for each",
	),
	...sameFor(
		['dependentRequired', 'dependentSchemas', 'dependencies'],
		"describe each combination of fields as one schema of 'anyOf'",
	),
	unevaluatedProperties: "use 'additionalProperties'",
	unevaluatedItems: "use 'items'",
	...sameFor(['$dynamicRef', '$recursiveRef'], "use '$ref'"),
	...sameFor(
		['$dynamicAnchor', '$recursiveAnchor', 'components'],
		"put the schema under '$defs', and refer to it with '$ref'",
	),
	...sameFor(
		['$vocabulary', 'contentEncoding', 'contentMediaType', 'contentSchema'],
		"write what the model should know into 'description'",
	),
	optional: "leave the field out of 'required'",
	divisibleBy: "use 'multipleOf'",
	extends: "use 'allOf'",
};

/** By keyword, what to do where its value is none that it can have. */
export const CORRECTIONS: Readonly<Record<string, string>> = {
	format: `Of 'format', these are checked: ${FORMATS.join(', ')}. Remove any other.`,
	required: "Give 'required' beside 'properties', as a list of the names of fields that must be there.",
	items: "Give 'items' one schema, which holds for all entries.",
	type: `A type is one or a list of ${TYPES.join(', ')}.`,
	properties: 'Below \'properties\', each field has a schema, e.g. { "color": { "type": "string" } }.',
};

const flag: Schema = { type: 'boolean' };
const number: Schema = { type: 'number' };
const count: Schema = { type: 'integer', minimum: 0 };
const schema: Schema = { $ref: '#' };
const schemas: Schema = { type: 'array', minItems: 1, items: schema };
const schemaMap: Schema = { type: 'object', additionalProperties: schema };

/** The schema of schemas: every keyword that is accepted, and what it may have. */
export const META_SCHEMA: Schema = {
	type: ['object', 'boolean'],
	properties: {
		$ref: { type: 'string' },
		$anchor: { type: 'string' },
		$defs: schemaMap,
		definitions: schemaMap,
		type: { anyOf: [{ enum: TYPES }, { type: 'array', minItems: 1, items: { enum: TYPES } }] },
		nullable: flag,
		enum: { type: 'array', minItems: 1 },
		const: true,
		allOf: schemas,
		anyOf: schemas,
		oneOf: schemas,
		properties: schemaMap,
		additionalProperties: schema,
		required: { type: 'array', items: { type: 'string' } },
		minProperties: count,
		maxProperties: count,
		items: schema,
		minItems: count,
		maxItems: count,
		uniqueItems: flag,
		minimum: number,
		maximum: number,
		exclusiveMinimum: number,
		exclusiveMaximum: number,
		multipleOf: { type: 'number', exclusiveMinimum: 0 },
		minLength: count,
		maxLength: count,
		pattern: { type: 'string' },
		format: { enum: FORMATS },
	},
	additionalProperties: false,
};
export const META_PLACES: Places = new Map([['#', META_SCHEMA]]);

function sameFor(keywords: readonly string[], words: string): Record<string, string> {
	return Object.fromEntries(keywords.map((keyword) => [keyword, words]));
}
