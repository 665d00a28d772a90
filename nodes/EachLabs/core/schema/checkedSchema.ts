import { dereference, type Schema } from '@cfworker/json-schema';
import { patternLimit } from './patternLimit';
import { PredictionError } from '../PredictionError';

/** A JSON object; what a schema is, and each schema in it but for `true` and `false`. */
export type JsonObject = Record<string, unknown>;

export const MAX_SCHEMA_DEPTH = 64;
const MAX_SCHEMA_CHARACTERS = 65_536;
const MAX_PATTERNS = 50;
/** Schemas that one value may have to be held against at once, through `allOf`, `anyOf`, `$ref` and the like. */
const MAX_SCHEMAS_AT_ONCE = 1_000;

/** As in answers, where fields of these names are dropped. */
const FORBIDDEN_KEYS = ['__proto__', 'constructor', 'prototype'];

/** The meta-schemas whose words, as far as they are accepted here, mean what they mean in draft 2020-12. */
const META_SCHEMA = /^https?:\/\/json-schema\.org\/(?:draft\/20(?:20-12|19-09)|draft-0[67])\/schema#?$/;

/** What the validator checks. It lets texts of any other format pass, so those are refused. */
export const FORMATS: readonly string[] = [
	'date',
	'time',
	'date-time',
	'duration',
	'email',
	'hostname',
	'ipv4',
	'ipv6',
	'uri',
	'uri-reference',
	'uuid',
	'json-pointer',
];

const TYPES: readonly string[] = ['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'];

/**
 * A copy of the schema, as plain JSON, that is sure to be understood and checked by our validator, in bounded time.
 *
 * @param label what the user calls the schema, as it begins a sentence, e.g. "The 'Input Schema'"
 * @throws {PredictionError} invalidInput: what is wrong, where, and what to do
 */
export function checkedSchema(schema: unknown, label: string): JsonObject {
	const refuse: Refuse = (what, remedy) => {
		throw PredictionError.invalidInput(`${label} can't be used: ${what}`, remedy);
	};
	if (!isJsonObject(schema)) {
		return refuse(
			schema === undefined ? 'it is empty' : `it is ${typeInWords(schema)}, not a JSON object`,
			'Give a JSON Schema, e.g. { "type": "object", "properties": { "color": { "type": "string" } } }.',
		);
	}
	const copy = jsonCopy(schema, label) as JsonObject;
	let patterns = 0;
	const anchors = new Set<unknown>();
	const check = (value: unknown, path: string): void => {
		if (typeof value === 'boolean') return;
		if (!isJsonObject(value)) {
			return refuse(
				`${shortened(path)} is no schema`,
				'Each schema in it must be a JSON object, or true or false.',
			);
		}
		for (const [keyword, part] of Object.entries(value)) {
			const at = `${path}/${escaped(keyword)}`;
			if (keyword === '$id' && path !== '#') {
				refuse(
					`there is an '$id' at ${shortened(at)}`,
					"Only the top of a schema can have one; use '$anchor'.",
				);
			}
			const rule = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
			if (!rule) {
				const remedy = Object.hasOwn(INSTEAD, keyword) ? INSTEAD[keyword] : undefined;
				return refuse(
					`the keyword '${shortened(keyword)}' at ${shortened(at)} is not one that answers can be checked against`,
					remedy ?? 'Check its spelling, or remove it. The keywords of JSON Schema draft 2020-12 are known.',
				);
			}
			const expected = rule(part, value);
			if (expected !== undefined) {
				refuse(
					`the value of '${shortened(keyword)}' at ${shortened(at)} must be ${expected}`,
					'Correct it there.',
				);
			}
			if (keyword === '$anchor' && anchors.has(part)) {
				refuse(`the '$anchor' ${shortened(String(part))} is there more than once`, 'Give each its own name.');
			}
			if (keyword === '$anchor') anchors.add(part);
			for (const pattern of patternsOf(keyword, part)) {
				const limit = patternLimit(pattern);
				patterns += 1;
				if (!limit.isUsable) {
					refuse(
						`the pattern ${shortened(pattern)} at ${shortened(at)} is not usable: ${limit.reason}`,
						"Write it in a simpler way, e.g. with ^ at its start and without repeats inside repeats, or use 'enum', 'format' or 'maxLength' instead.",
					);
				}
			}
			for (const [name, inner] of subschemasOf(keyword, part))
				check(inner, name === undefined ? at : `${at}/${name}`);
		}
	};
	check(copy, '#');
	// Everything that it refers to is in itself.
	delete copy.$id;
	if (patterns > MAX_PATTERNS) {
		refuse(`it has ${patterns} patterns, and at most ${MAX_PATTERNS} are possible`, 'Remove some of them.');
	}
	checkReferences(copy, refuse);
	return copy;
}

/**
 * A copy of a value as `JSON.parse` would give it, all parts of it its own.
 *
 * @throws {PredictionError} invalidInput where it is no JSON, refers to itself, is nested deeper than 64, is longer than
 * 64 KB, or has a key that could reach a prototype
 */
export function jsonCopy(value: unknown, label: string): unknown {
	const refuse: Refuse = (what, remedy) => {
		throw PredictionError.invalidInput(`${label} can't be used: ${what}`, remedy);
	};
	let charactersLeft = MAX_SCHEMA_CHARACTERS;
	const spend = (characters: number): void => {
		charactersLeft -= characters;
		if (charactersLeft < 0)
			refuse('it is longer than 64 KB', 'Shorten it: fewer fields, shorter descriptions.');
	};
	const above = new Set<object>();
	const copied = (part: unknown, path: string): unknown => {
		if (part === null || typeof part === 'string' || typeof part === 'boolean' || Number.isFinite(part)) {
			spend(JSON.stringify(part).length + 1);
			return part;
		}
		if (typeof part !== 'object' || !(Array.isArray(part) || isJsonObject(part))) {
			return refuse(
				`${shortened(path)} is no JSON`,
				'Use texts, numbers, true, false, null, lists and objects only.',
			);
		}
		if (above.has(part)) {
			return refuse(
				`it is circular: ${shortened(path)} holds an object that it is a part of`,
				"Use '$defs' and '$ref' for what repeats.",
			);
		}
		if (above.size >= MAX_SCHEMA_DEPTH) {
			return refuse(`it is nested deeper than ${MAX_SCHEMA_DEPTH} levels`, 'Make it flatter.');
		}
		above.add(part);
		spend(2);
		const copy = Array.isArray(part)
			? part.map((entry, index) => copied(entry, `${path}/${index}`))
			: Object.fromEntries(
					Object.entries(part)
						.filter(([, field]) => field !== undefined)
						.map(([key, field]) => {
							if (!key.isWellFormed())
								refuse(`${shortened(path)} has a field whose name is not text`, 'Rename it.');
							if (FORBIDDEN_KEYS.includes(key)) {
								refuse(
									`it has a field called '${key}' at ${shortened(path)}, which is dropped from answers for safety`,
									'Give the field another name.',
								);
							}
							spend(JSON.stringify(key).length + 1);
							return [key, copied(field, `${path}/${escaped(key)}`)];
						}),
				);
		above.delete(part);
		return copy;
	};
	return copied(value, '#');
}

export function isJsonObject(value: unknown): value is JsonObject {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
	// An object from another realm, as n8n's expressions give them, has that realm's prototype.
	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The schemas in the value of a keyword, each with its name or place in it; undefined where the value is the schema. */
export function subschemasOf(keyword: string, value: unknown): Array<[string | undefined, unknown]> {
	if (value === undefined) return [];
	if (SCHEMA_KEYWORDS.includes(keyword)) return [[undefined, value]];
	if (LIST_KEYWORDS.includes(keyword) && Array.isArray(value)) {
		return value.map((one, index) => [String(index), one]);
	}
	if (MAP_KEYWORDS.includes(keyword) && isJsonObject(value)) {
		return Object.entries(value).map(([name, one]) => [escaped(name), one]);
	}
	return [];
}

export const SCHEMA_KEYWORDS: readonly string[] = [
	'not',
	'if',
	'then',
	'else',
	'items',
	'contains',
	'additionalProperties',
	'propertyNames',
	'unevaluatedItems',
	'unevaluatedProperties',
];
export const LIST_KEYWORDS: readonly string[] = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
export const MAP_KEYWORDS: readonly string[] = [
	'$defs',
	'definitions',
	'properties',
	'patternProperties',
	'dependentSchemas',
];

type Refuse = (what: string, remedy: string) => never;

/** What the value of a keyword must be, in words, where it is something else. */
type Rule = (value: unknown, schema: JsonObject) => string | undefined;

const anything: Rule = () => undefined;
const text: Rule = (value) => (typeof value === 'string' ? undefined : 'a text');
const flag: Rule = (value) => (typeof value === 'boolean' ? undefined : 'true or false');
const number: Rule = (value) => (typeof value === 'number' ? undefined : 'a number');
const count: Rule = (value) =>
	Number.isSafeInteger(value) && Number(value) >= 0 ? undefined : 'a whole number of 0 or more';
const positive: Rule = (value) => (typeof value === 'number' && value > 0 ? undefined : 'a number above 0');
const list: Rule = (value) => (Array.isArray(value) ? undefined : 'a list');
const names: Rule = (value) =>
	Array.isArray(value) && value.every((name) => typeof name === 'string')
		? undefined
		: 'a list of field names';
const schema: Rule = (value) =>
	typeof value === 'boolean' || isJsonObject(value) ? undefined : 'a schema: a JSON object, or true or false';
const schemas: Rule = (value) =>
	Array.isArray(value) && value.length > 0 ? undefined : 'a list of at least one schema';
const schemaMap: Rule = (value) => (isJsonObject(value) ? undefined : 'an object of schemas');

/** Every keyword that is accepted. What says nothing about values, as 'title', is for the model and the reader. */
const KEYWORDS: Readonly<Record<string, Rule>> = {
	$schema: (value) =>
		typeof value === 'string' && META_SCHEMA.test(value)
			? undefined
			: '"https://json-schema.org/draft/2020-12/schema"',
	$id: (value, parent) => text(value, parent),
	$anchor: (value) =>
		typeof value === 'string' && /^[A-Za-z_][\w.-]*$/.test(value)
			? undefined
			: 'a name of letters and digits',
	$ref: (value) =>
		typeof value === 'string' && value.startsWith('#')
			? undefined
			: 'a place in this schema, e.g. "#/$defs/price"; other documents are never fetched',
	$defs: schemaMap,
	definitions: schemaMap,
	$comment: text,
	title: text,
	description: text,
	default: anything,
	examples: list,
	deprecated: flag,
	readOnly: flag,
	writeOnly: flag,

	type: (value) => {
		const types: unknown[] = Array.isArray(value) ? value : [value];
		return types.length > 0 && types.every((type) => typeof type === 'string' && TYPES.includes(type))
			? undefined
			: `one or a list of ${TYPES.join(', ')}`;
	},
	// Of OpenAPI and of Gemini's own schemas.
	nullable: (value, { type }) =>
		typeof value === 'boolean' && type !== undefined ? undefined : "true or false, and stand beside a 'type'",
	enum: (value) => (Array.isArray(value) && value.length > 0 ? undefined : 'a list of at least one value'),
	const: anything,

	allOf: schemas,
	anyOf: schemas,
	oneOf: schemas,
	not: schema,
	if: schema,
	then: schema,
	else: schema,

	properties: schemaMap,
	patternProperties: schemaMap,
	additionalProperties: schema,
	unevaluatedProperties: schema,
	propertyNames: schema,
	required: names,
	minProperties: count,
	maxProperties: count,
	dependentRequired: (value, parent) =>
		isJsonObject(value) && Object.values(value).every((one) => names(one, parent) === undefined)
			? undefined
			: 'an object of lists of field names',
	dependentSchemas: schemaMap,

	prefixItems: schemas,
	items: (value, parent) =>
		Array.isArray(value) ? "one schema; a list of them is called 'prefixItems' now" : schema(value, parent),
	unevaluatedItems: schema,
	contains: schema,
	minContains: count,
	maxContains: count,
	minItems: count,
	maxItems: count,
	uniqueItems: flag,

	minimum: number,
	maximum: number,
	exclusiveMinimum: number,
	exclusiveMaximum: number,
	multipleOf: positive,

	minLength: count,
	maxLength: count,
	pattern: text,
	format: (value) =>
		typeof value === 'string' && FORMATS.includes(value)
			? undefined
			: `one of ${FORMATS.join(', ')}; other formats can't be checked`,
};

/** For keywords that are not accepted, what to use instead. */
const INSTEAD: Readonly<Record<string, string>> = {
	$dynamicRef: "Use '$ref'.",
	$dynamicAnchor: "Use '$anchor'.",
	$recursiveRef: "Use '$ref'.",
	$recursiveAnchor: "Use '$anchor'.",
	$vocabulary: 'Remove it.',
	id: "Use '$id', at the top of the schema.",
	additionalItems: "Use 'prefixItems' for the first entries and 'items' for the others.",
	dependencies: "Use 'dependentRequired' or 'dependentSchemas'.",
	contentEncoding: 'Remove it: what a text encodes is not checked.',
	contentMediaType: 'Remove it: what a text encodes is not checked.',
	contentSchema: 'Remove it: what a text encodes is not checked.',
	example: "Use 'examples', with a list.",
	optional: "Leave the field out of 'required'.",
	divisibleBy: "Use 'multipleOf'.",
	extends: "Use 'allOf'.",
	disallow: "Use 'not'.",
};

function patternsOf(keyword: string, value: unknown): string[] {
	if (keyword === 'pattern' && typeof value === 'string') return [value];
	return keyword === 'patternProperties' && isJsonObject(value) ? Object.keys(value) : [];
}

/** Keywords whose schemas are held against the same value, not against a part of it. */
const IN_PLACE_KEYWORDS: readonly string[] = [
	'allOf',
	'anyOf',
	'oneOf',
	'not',
	'if',
	'then',
	'else',
	'dependentSchemas',
];

/** That every `$ref` leads to a schema, that none leads back to itself before the value gets smaller, and that they don't multiply. */
function checkReferences(root: JsonObject, refuse: Refuse): void {
	// A copy, since the lookup marks the schemas that it finds.
	const marked = structuredClone(root) as Schema;
	let lookup: Record<string, Schema | boolean>;
	try {
		lookup = dereference(marked);
	} catch {
		return refuse(
			"its '$ref' can't be followed",
			'Check that each $ref is well-formed, e.g. "#/$defs/price".',
		);
	}
	const counts = new Map<Schema, number>();
	const above = new Set<Schema>();
	/** How many schemas are held against a value along with this one. */
	const countFrom = (value: Schema | boolean): number => {
		if (typeof value === 'boolean') return 1;
		const known = counts.get(value);
		if (known !== undefined) return known;
		if (above.has(value)) {
			return refuse(
				"a '$ref' leads back to itself without end",
				"Let it refer to another schema, or put it below 'properties' or 'items'.",
			);
		}
		above.add(value);
		let total = 1;
		if (value.$ref !== undefined) {
			const target = lookup[value.__absolute_ref__ ?? ''];
			if (target === undefined) {
				return refuse(
					`the $ref ${shortened(value.$ref)} leads nowhere`,
					"Put the schema that it means under '$defs', or correct the reference.",
				);
			}
			total += countFrom(target);
		}
		for (const keyword of IN_PLACE_KEYWORDS) {
			for (const [, inner] of subschemasOf(keyword, value[keyword]))
				total += countFrom(inner as Schema | boolean);
		}
		above.delete(value);
		if (total > MAX_SCHEMAS_AT_ONCE) {
			return refuse(
				`it holds one value against more than ${MAX_SCHEMAS_AT_ONCE} schemas at once`,
				"Use fewer 'allOf', 'anyOf', 'oneOf' and '$ref' inside each other.",
			);
		}
		counts.set(value, total);
		return total;
	};
	const visit = (value: unknown): void => {
		if (!isJsonObject(value)) return;
		countFrom(value as Schema);
		for (const [keyword, part] of Object.entries(value)) {
			for (const [, inner] of subschemasOf(keyword, part)) visit(inner);
		}
	};
	visit(marked);
}

function typeInWords(value: unknown): string {
	if (Array.isArray(value)) return 'a list';
	if (value === null) return 'null';
	return typeof value === 'string' ? 'a text' : `a ${typeof value}`;
}

function escaped(key: string): string {
	return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function shortened(words: string): string {
	return words.length <= 100 ? words : `${words.slice(0, 99)}…`;
}
