import { MAX_DEPTH } from './jsonCopy';
import type { Finding, Places, Schema } from './SchemaCheck';

const MAX_COMPLAINT_CHARACTERS = 200;
/** Entries of a list that its words begin with; more would be cut off. */
const MAX_LISTED = 20;

/**
 * What a check found in words: where, what must be there and what is. For a model that is to correct its answer, and for the
 * person who reads the error. Each at most 200 characters, none twice.
 *
 * @param root what the value itself is called
 */
export function complaintsOf(findings: readonly Finding[], places: Places, root = 'the answer'): string[] {
	return [...new Set(findings.map((finding) => complaint(finding.path, wordsOf(finding, places), root)))];
}

export function complaint(path: Finding['path'], words: string, root = 'the answer'): string {
	const place = pathInWords(path, root);
	const end = place.length <= 80 ? place : `…${place.slice(-79).replace(/^[\udc00-\udfff]/, '')}`;
	return shortened(`${end} ${words}`, MAX_COMPLAINT_CHARACTERS);
}

/** e.g. `products[1].price`. */
export function pathInWords(path: Finding['path'], root: string): string {
	const words = path.reduce<string>((before, key) => {
		if (typeof key === 'number') return `${before}[${key}]`;
		if (!/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key)) return `${before}[${quoted(key)}]`;
		return before === '' ? key : `${before}.${key}`;
	}, '');
	return words === '' ? root : words;
}

function wordsOf({ keyword, schema, value, hasSeveral }: Finding, places: Places): string {
	const saying = SAYINGS[keyword];
	if (saying) return saying(schema);
	const found = inWords(value);
	if (keyword in SIZES) return `must have ${SIZES[keyword]?.(schema)}, and has ${sizeOf(value)}`;
	if (keyword === 'required') {
		const expected = schemaInWords(schema, places);
		return expected === ANYTHING ? 'is missing' : `is missing: it must be ${expected}`;
	}
	const either = eitherInWords(schema.anyOf ?? schema.oneOf ?? [], places);
	if (keyword === 'oneOf' && hasSeveral) return `fits several of these, and must fit only one: ${either}`;
	const expected = keyword === 'anyOf' || keyword === 'oneOf' ? either : EXPECTED[keyword]?.(schema);
	const isSeparated = typeof value === 'string' && SEPARATED.test(value.trim());
	const advice = keyword === 'type' && isSeparated ? ': write it without separators for thousands' : '';
	return `must be ${expected ?? 'something else'}, and is ${found}${advice}`;
}

/** A number with marks in it that may be those of thousands or of decimals. */
const SEPARATED = /^[-+]?\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3})+(?:[.,]\d{1,9})?$/;

/** By keyword, the whole of what is said. */
const SAYINGS: Readonly<Record<string, (schema: Schema) => string>> = {
	false: () => 'is not expected here: the schema has no such field or entry',
	number: () => 'is a number that is too large',
	depth: () => `is nested deeper than ${MAX_DEPTH} levels`,
	uniqueItems: () => 'must not have an entry twice',
};

/** By keyword, what a value must be. */
const EXPECTED: Readonly<Record<string, (schema: Schema) => string>> = {
	type: ({ type = [], nullable }) => typeInWords([type, nullable === true ? 'null' : []].flat()),
	const: ({ const: only }) => shownJson(only),
	enum: ({ enum: options = [] }) => `one of ${shownList(options)}`,
	minimum: ({ minimum }) => `at least ${minimum}`,
	maximum: ({ maximum }) => `at most ${maximum}`,
	exclusiveMinimum: ({ exclusiveMinimum }) => `more than ${exclusiveMinimum}`,
	exclusiveMaximum: ({ exclusiveMaximum }) => `less than ${exclusiveMaximum}`,
	multipleOf: ({ multipleOf }) => `a multiple of ${multipleOf}`,
	pattern: ({ pattern }) => `a text that matches the pattern ${shortened(pattern ?? '', 60)}`,
	format: ({ format = '' }) => FORMAT_IN_WORDS[format] ?? `a ${format}`,
};

/** By keyword, how much a value must have. */
const SIZES: Readonly<Record<string, (schema: Schema) => string>> = {
	minLength: ({ minLength = 0 }) => `at least ${counted(minLength, 'character', 'characters')}`,
	maxLength: ({ maxLength = 0 }) => `at most ${counted(maxLength, 'character', 'characters')}`,
	minItems: ({ minItems = 0 }) => `at least ${counted(minItems, 'entry', 'entries')}`,
	maxItems: ({ maxItems = 0 }) => `at most ${counted(maxItems, 'entry', 'entries')}`,
	minProperties: ({ minProperties = 0 }) => `at least ${counted(minProperties, 'field', 'fields')}`,
	maxProperties: ({ maxProperties = 0 }) => `at most ${counted(maxProperties, 'field', 'fields')}`,
};

function sizeOf(value: unknown): string {
	if (typeof value === 'string') return counted([...value].length, 'character', 'characters');
	return Array.isArray(value)
		? counted(value.length, 'entry', 'entries')
		: counted(Object.keys(value as object).length, 'field', 'fields');
}

function inWords(value: unknown): string {
	if (typeof value === 'string') return `the text ${quoted(value)}`;
	if (typeof value === 'number') return `the number ${value}`;
	if (Array.isArray(value)) return `a list of ${counted(value.length, 'entry', 'entries')}`;
	return typeof value === 'object' && value !== null ? 'an object' : String(value);
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

/** Every format that is checked. */
export const FORMAT_IN_WORDS: Readonly<Record<string, string>> = {
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

function typeInWords(types: readonly string[]): string {
	return types.map((one) => TYPE_IN_WORDS[one] ?? one).join(' or ');
}

function eitherInWords(schemas: ReadonlyArray<Schema | boolean>, places: Places): string {
	const words = schemas.slice(0, MAX_LISTED).map((one) => schemaInWords(one, places));
	return shortened([...new Set(words)].join(' or '), 120);
}

const ANYTHING = 'anything';

/** The gist of a schema, for the middle of a sentence. */
function schemaInWords(schema: Schema | boolean, places: Places, depth = 0): string {
	if (typeof schema === 'boolean' || depth > 4) return schema === false ? 'nothing' : ANYTHING;
	if (Object.keys(schema).length === 0) return ANYTHING;
	const { $ref, type, required } = schema;
	if (schema.const !== undefined) return shownJson(schema.const);
	for (const keyword of ['enum', 'format', 'pattern'] as const) {
		if (schema[keyword] !== undefined) return EXPECTED[keyword]?.(schema) ?? '';
	}
	if (type === 'object' && required) {
		return `an object with ${shortened(required.slice(0, MAX_LISTED).map(quoted).join(', '), 60)}`;
	}
	if (type !== undefined) return EXPECTED.type?.(schema) ?? '';
	if ($ref !== undefined) return schemaInWords(places.get($ref) ?? true, places, depth + 1);
	const either = schema.anyOf ?? schema.oneOf;
	if (either)
		return either
			.slice(0, MAX_LISTED)
			.map((one) => schemaInWords(one, places, depth + 1))
			.join(' or ');
	return 'what the schema says';
}

function shownList(values: readonly unknown[]): string {
	return shortened(values.slice(0, MAX_LISTED).map(shownJson).join(', '), 140);
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

export function shortened(words: string, maxCharacters: number): string {
	if (words.length <= maxCharacters) return words;
	// Not in the middle of a character outside the basic plane.
	return `${words.slice(0, maxCharacters - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
