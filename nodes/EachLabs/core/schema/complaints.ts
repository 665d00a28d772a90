import type { OutputUnit, Schema } from '@cfworker/json-schema';
import { isJsonObject, LIST_KEYWORDS, MAP_KEYWORDS } from './checkedSchema';

export const MAX_COMPLAINTS = 20;
const MAX_COMPLAINT_CHARACTERS = 200;

/**
 * Says in words what a validator found: where, what was expected and what is there. For a model that is to correct its
 * answer, and for the person who reads the error. At most 20, of at most 200 characters each.
 *
 * @param lookup the schemas of the document by their addresses, as the validator's `dereference` gives them
 */
export function schemaComplaints(
	errors: readonly OutputUnit[],
	root: Schema,
	lookup: Readonly<Record<string, Schema | boolean>>,
	value: unknown,
): string[] {
	const complaints = new Set<string>();
	/** Where the alternatives stand of which none fits, with the place in the value that should fit one. */
	const alternatives = new Map<string, { instanceLocation: string; hasSeveral: boolean }>();
	const said = new Set<string>();
	for (const error of errors) {
		const { keyword, instanceLocation } = error;
		// The validator has an error for each field that is missing, which are said all at once.
		const place = `${error.keywordLocation} ${instanceLocation}`;
		if (complaints.size >= MAX_COMPLAINTS || said.has(place)) continue;
		said.add(place);
		if (keyword === 'anyOf' || keyword === 'oneOf') {
			const matches = /\((\d+) matches\)/.exec(error.error)?.[1] ?? '0';
			alternatives.set(error.keywordLocation, { instanceLocation, hasSeveral: matches !== '0' });
		}
		if (CARRIERS.has(keyword)) continue;
		const instance = partAt(value, instanceLocation);
		const path = pathInWords(value, instanceLocation);
		if (keyword === 'false') {
			complaints.add(complaint(path, 'is not expected here: the schema has no such field or entry'));
			continue;
		}
		const schema = schemaAt(root, lookup, error, alternatives);
		if (!schema) continue;
		for (const [field, words] of saidOf(
			keyword,
			schema,
			instance,
			lookup,
			alternatives.get(error.keywordLocation),
		)) {
			complaints.add(complaint(field === '' ? path : joined(path, field), words));
		}
	}
	return [...complaints].slice(0, MAX_COMPLAINTS);
}

/** One complaint, cut to its length. */
export function complaint(path: string, words: string): string {
	const place =
		path === ''
			? 'the answer'
			: path.length <= 80
				? path
				: `…${path.slice(-79).replace(/^[\udc00-\udfff]/, '')}`;
	return shortened(`${place} ${words}`, MAX_COMPLAINT_CHARACTERS);
}

/** How a value is called in a complaint. */
function inWords(value: unknown): string {
	if (typeof value === 'string') return `the text ${quoted(value)}`;
	if (typeof value === 'number') return `the number ${value}`;
	if (Array.isArray(value)) return `a list of ${counted(value.length, 'entry', 'entries')}`;
	return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** Keywords that only hand on what is wrong further below, which is reported itself. */
const CARRIERS: ReadonlySet<string> = new Set([
	'$ref',
	'allOf',
	'properties',
	'patternProperties',
	'additionalProperties',
	'unevaluatedProperties',
	'dependentSchemas',
	'prefixItems',
	'items',
	'unevaluatedItems',
	'if',
]);

/** Keywords below which a schema may well not fit. */
const QUIET_KEYWORDS: ReadonlySet<string> = new Set(['contains', 'propertyNames', 'not', 'if']);

/**
 * The schema that an error is about; undefined where it is about an alternative that was not meant, or about something that
 * need not fit.
 */
function schemaAt(
	root: Schema,
	lookup: Readonly<Record<string, Schema | boolean>>,
	error: OutputUnit,
	alternatives: ReadonlyMap<string, { instanceLocation: string; hasSeveral: boolean }>,
): Schema | undefined {
	const segments = error.keywordLocation.split('/').slice(1, -1);
	let schema: unknown = root;
	let location = '#';
	while (segments.length > 0) {
		const keyword = decoded(segments.shift() ?? '');
		if (QUIET_KEYWORDS.has(keyword) || !isJsonObject(schema)) return undefined;
		location += `/${keyword}`;
		const choice = alternatives.get(location);
		// What an alternative expects of the value itself is said where the alternatives are listed.
		if (choice && (choice.hasSeveral || choice.instanceLocation === error.instanceLocation)) return undefined;
		let next: unknown = schema[keyword];
		if (keyword === '$ref') next = lookup[(schema as Schema).__absolute_ref__ ?? ''];
		if ((LIST_KEYWORDS.includes(keyword) || MAP_KEYWORDS.includes(keyword)) && segments.length > 0) {
			const segment = segments.shift() ?? '';
			location += `/${segment}`;
			next = (next as Record<string, unknown> | undefined)?.[decoded(segment)];
		}
		schema = next;
	}
	return isJsonObject(schema) ? (schema as Schema) : undefined;
}

function partAt(value: unknown, location: string): unknown {
	return location
		.split('/')
		.slice(1)
		.reduce<unknown>(
			(part, segment) => (part as Record<string, unknown> | undefined)?.[decoded(segment)],
			value,
		);
}

function pathInWords(value: unknown, location: string): string {
	let path = '';
	let part = value;
	for (const segment of location.split('/').slice(1)) {
		const key = decoded(segment);
		path = Array.isArray(part) ? `${path}[${key}]` : joined(path, key);
		part = (part as Record<string, unknown> | undefined)?.[key];
	}
	return path;
}

function joined(path: string, field: string): string {
	if (!/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(field)) return `${path}[${quoted(field)}]`;
	return path === '' ? field : `${path}.${field}`;
}

function decoded(segment: string): string {
	return decodeURIComponent(segment).replaceAll('~1', '/').replaceAll('~0', '~');
}

type Saying = (
	schema: Schema,
	found: string,
	instance: unknown,
	lookup: Readonly<Record<string, Schema | boolean>>,
) => string;

const lengthOf = (instance: unknown): string =>
	typeof instance === 'string'
		? counted([...instance].length, 'character', 'characters')
		: Array.isArray(instance)
			? counted(instance.length, 'entry', 'entries')
			: counted(Object.keys(instance as object).length, 'field', 'fields');

const SAYINGS: Readonly<Record<string, Saying>> = {
	type: ({ type = [] }, found) => `must be ${typeInWords(type)}, and is ${found}`,
	const: ({ const: only }, found) => `must be ${shownJson(only)}, and is ${found}`,
	enum: ({ enum: values = [] }, found) => `must be one of ${shownList(values)}, and is ${found}`,
	anyOf: ({ anyOf = [] }, found, _, lookup) => `must be ${eitherInWords(anyOf, lookup)}, and is ${found}`,
	oneOf: ({ oneOf = [] }, found, _, lookup) => `must be ${eitherInWords(oneOf, lookup)}, and is ${found}`,
	not: ({ not = {} }, found, _, lookup) => `must not be ${schemaInWords(not, lookup)}, and is ${found}`,
	minimum: ({ minimum }, found) => `must be at least ${minimum}, and is ${found}`,
	maximum: ({ maximum }, found) => `must be at most ${maximum}, and is ${found}`,
	exclusiveMinimum: ({ exclusiveMinimum }, found) => `must be more than ${exclusiveMinimum}, and is ${found}`,
	exclusiveMaximum: ({ exclusiveMaximum }, found) => `must be less than ${exclusiveMaximum}, and is ${found}`,
	multipleOf: ({ multipleOf }, found) => `must be a multiple of ${multipleOf}, and is ${found}`,
	minLength: ({ minLength = 0 }, _, instance) =>
		`must have at least ${counted(minLength, 'character', 'characters')}, and has ${lengthOf(instance)}`,
	maxLength: ({ maxLength = 0 }, _, instance) =>
		`must have at most ${counted(maxLength, 'character', 'characters')}, and has ${lengthOf(instance)}`,
	pattern: ({ pattern = '' }, found) => `must match the pattern ${shortened(pattern, 60)}, and is ${found}`,
	format: ({ format = '' }, found) => `must be ${FORMAT_IN_WORDS[format] ?? `a ${format}`}, and is ${found}`,
	minItems: ({ minItems = 0 }, _, instance) =>
		`must have at least ${counted(minItems, 'entry', 'entries')}, and has ${lengthOf(instance)}`,
	maxItems: ({ maxItems = 0 }, _, instance) =>
		`must have at most ${counted(maxItems, 'entry', 'entries')}, and has ${lengthOf(instance)}`,
	uniqueItems: () => 'must not have an entry twice',
	contains: ({ contains = {} }, found, _, lookup) =>
		`must have an entry that is ${schemaInWords(contains, lookup)}, and is ${found} without one`,
	minContains: ({ minContains = 0, contains = {} }, _, __, lookup) =>
		`must have at least ${counted(minContains, 'entry', 'entries')} that are ${schemaInWords(contains, lookup)}, and has fewer`,
	maxContains: ({ maxContains = 0, contains = {} }, _, __, lookup) =>
		`must have at most ${counted(maxContains, 'entry', 'entries')} that are ${schemaInWords(contains, lookup)}, and has more`,
	minProperties: ({ minProperties = 0 }, _, instance) =>
		`must have at least ${counted(minProperties, 'field', 'fields')}, and has ${lengthOf(instance)}`,
	maxProperties: ({ maxProperties = 0 }, _, instance) =>
		`must have at most ${counted(maxProperties, 'field', 'fields')}, and has ${lengthOf(instance)}`,
	propertyNames: ({ propertyNames = {} }, _, __, lookup) =>
		`has a field whose name is not allowed: names must be ${schemaInWords(propertyNames, lookup)}`,
};

/** What is wrong with the value itself, or with fields of it: pairs of the field's name, or '', and words. */
function saidOf(
	keyword: string,
	schema: Schema,
	instance: unknown,
	lookup: Readonly<Record<string, Schema | boolean>>,
	choice: { hasSeveral: boolean } | undefined,
): Array<[field: string, words: string]> {
	const has = (name: string): boolean => isJsonObject(instance) && Object.hasOwn(instance, name);
	if (keyword === 'required') {
		return (schema.required ?? [])
			.filter((name) => !has(name))
			.slice(0, MAX_COMPLAINTS)
			.map((name) => [name, `is missing${expectedOf(schema.properties?.[name], lookup)}`]);
	}
	if (keyword === 'dependentRequired') {
		return Object.entries(schema.dependentRequired ?? {})
			.filter(([name]) => has(name))
			.flatMap(([name, needed]) => needed.filter((one) => !has(one)).map((one) => [one, name] as const))
			.map(([one, name]) => [one, `is missing, and must be there since ${quoted(name)} is`]);
	}
	if (keyword === 'oneOf' && choice?.hasSeveral) {
		return [
			['', `fits several of these, and must fit only one: ${eitherInWords(schema.oneOf ?? [], lookup)}`],
		];
	}
	const saying = SAYINGS[keyword];
	return saying ? [['', saying(schema, inWords(instance), instance, lookup)]] : [];
}

function expectedOf(
	property: Schema | boolean | undefined,
	lookup: Readonly<Record<string, Schema | boolean>>,
): string {
	return property === undefined || typeof property === 'boolean'
		? ''
		: `: it must be ${schemaInWords(property, lookup)}`;
}

const TYPE_IN_WORDS: Readonly<Record<string, string>> = {
	string: 'a text',
	number: 'a number',
	integer: 'a whole number',
	boolean: 'true or false',
	array: 'a list',
	object: 'an object',
	null: 'null',
};

const FORMAT_IN_WORDS: Readonly<Record<string, string>> = {
	date: 'a date like 2026-01-31',
	time: 'a time with its offset like 18:30:00Z',
	'date-time': 'a date and time like 2026-01-31T18:30:00Z',
	duration: 'a duration like P1DT2H',
	email: 'an email address',
	hostname: 'a host name',
	ipv4: 'an IPv4 address',
	ipv6: 'an IPv6 address',
	uri: 'a URI like https://example.com/a',
	'uri-reference': 'a URI or a relative reference',
	uuid: 'a UUID',
	'json-pointer': 'a JSON Pointer like /a/0',
};

function typeInWords(type: string | readonly string[]): string {
	return [type]
		.flat()
		.map((one) => TYPE_IN_WORDS[one] ?? one)
		.join(' or ');
}

function eitherInWords(
	schemas: ReadonlyArray<Schema | boolean>,
	lookup: Readonly<Record<string, Schema | boolean>>,
): string {
	return shortened([...new Set(schemas.map((one) => schemaInWords(one, lookup)))].join(' or '), 120);
}

/** The gist of a schema, for the middle of a sentence. */
function schemaInWords(
	schema: Schema | boolean,
	lookup: Readonly<Record<string, Schema | boolean>>,
	depth = 0,
): string {
	if (typeof schema === 'boolean' || depth > 4) return schema === false ? 'nothing' : 'anything';
	if (schema.const !== undefined) return shownJson(schema.const);
	if (schema.enum) return `one of ${shownList(schema.enum)}`;
	if (schema.format !== undefined) return FORMAT_IN_WORDS[schema.format] ?? `a ${schema.format}`;
	if (schema.type === 'object' && schema.required) {
		return `an object with ${shortened(schema.required.map(quoted).join(', '), 60)}`;
	}
	if (schema.pattern !== undefined) return `a text like ${shortened(schema.pattern, 60)}`;
	if (schema.type !== undefined) return typeInWords(schema.type);
	if (schema.$ref !== undefined)
		return schemaInWords(lookup[schema.__absolute_ref__ ?? ''] ?? true, lookup, depth + 1);
	const either = schema.anyOf ?? schema.oneOf;
	if (either) return either.map((one) => schemaInWords(one, lookup, depth + 1)).join(' or ');
	return 'what the schema says';
}

function shownList(values: readonly unknown[]): string {
	return shortened(values.map(shownJson).join(', '), 100);
}

function shownJson(value: unknown): string {
	return shortened(JSON.stringify(value), 60);
}

function quoted(words: string): string {
	return JSON.stringify(shortened(words, 40));
}

function counted(count: number, one: string, several: string): string {
	return `${count} ${count === 1 ? one : several}`;
}

function shortened(words: string, maxCharacters: number): string {
	if (words.length <= maxCharacters) return words;
	// Not in the middle of a character outside the basic plane.
	return `${words.slice(0, maxCharacters - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
