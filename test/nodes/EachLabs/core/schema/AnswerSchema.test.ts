import fc from 'fast-check';
import { AnswerSchema } from '../../../../../nodes/EachLabs/core/schema/AnswerSchema';
import { FORMATS } from '../../../../../nodes/EachLabs/core/schema/checkedSchema';
import { PredictionError } from '../../../../../nodes/EachLabs/core/PredictionError';
import { keywordCases } from './schemaKeywords';

const label = "The 'Input Schema'";

function schemaOf(schema: unknown): AnswerSchema {
	return AnswerSchema.fromJsonSchema(schema, label);
}

function refusalOf(schema: unknown): PredictionError {
	try {
		schemaOf(schema);
	} catch (error) {
		if (error instanceof PredictionError) return error;
		throw error;
	}
	throw new Error('The schema was accepted');
}

describe.each(Object.entries(keywordCases))('The keyword %s', (_, cases) => {
	test.each(cases.map((one) => [one.label, one] as const))('%s', (_label, { schema, fits, failing }) => {
		const answerSchema = schemaOf(schema);
		for (const value of fits)
			expect({ value, complaints: answerSchema.complaints(value) }).toEqual({ value, complaints: [] });
		for (const value of failing)
			expect({ value, complaints: answerSchema.complaints(value) }).not.toEqual({ value, complaints: [] });
	});
});

test('The table has every format that is accepted', () => {
	expect(keywordCases.format?.map((one) => one.label)).toEqual(FORMATS);
});

describe('A schema that can not be used is refused, with what is wrong and what to do', () => {
	const deep = (levels: number): unknown =>
		Array.from({ length: levels }).reduce<unknown>((inner) => ({ not: inner }), {});
	const circular: Record<string, unknown> = { type: 'object' };
	circular.properties = { self: circular };
	const doubling = Object.fromEntries(
		Array.from({ length: 30 }, (_, n) => [
			`a${n}`,
			{ allOf: [{ $ref: `#/$defs/a${n + 1}` }, { $ref: `#/$defs/a${n + 1}` }] },
		]),
	);

	test.each<[string, unknown, string]>([
		['text', '{"type":"object"}', 'it is a text, not a JSON object'],
		['a list', [], 'it is a list, not a JSON object'],
		['null', null, 'it is null, not a JSON object'],
		['true', true, 'it is a boolean, not a JSON object'],
		['nothing', undefined, 'it is empty'],
		[
			'a misspelt keyword',
			{ properties: { price: { minimun: 1 } } },
			"the keyword 'minimun' at #/properties/price/minimun is not one that answers can be checked against",
		],
		[
			'a keyword with slashes',
			{ 'a/b': 1 },
			"the keyword 'a/b' at #/a~1b is not one that answers can be checked against",
		],
		[
			'a keyword deep inside',
			{ anyOf: [{ items: { not: { foo: 1 } } }] },
			"the keyword 'foo' at #/anyOf/0/items/not/foo is not one that answers can be checked against",
		],
		[
			'a name that objects have of themselves',
			{ toString: 1 },
			"the keyword 'toString' at #/toString is not one that answers can be checked against",
		],
		[
			'a type that is none',
			{ type: 'text' },
			"the value of 'type' at #/type must be one or a list of string, number, integer, boolean, array, object, null",
		],
		[
			'no types',
			{ type: [] },
			"the value of 'type' at #/type must be one or a list of string, number, integer, boolean, array, object, null",
		],
		[
			'a format that is not checked',
			{ format: 'idn-email' },
			`the value of 'format' at #/format must be one of ${FORMATS.join(', ')}; other formats can't be checked`,
		],
		[
			'a count that is none',
			{ minItems: -1 },
			"the value of 'minItems' at #/minItems must be a whole number of 0 or more",
		],
		['a minimum of text', { minimum: '1' }, "the value of 'minimum' at #/minimum must be a number"],
		[
			'draft 4 bounds',
			{ minimum: 1, exclusiveMinimum: true },
			"the value of 'exclusiveMinimum' at #/exclusiveMinimum must be a number",
		],
		[
			'draft 3 required',
			{ properties: { a: { required: true } } },
			"the value of 'required' at #/properties/a/required must be a list of field names",
		],
		[
			'draft 7 tuples',
			{ items: [{}] },
			"the value of 'items' at #/items must be one schema; a list of them is called 'prefixItems' now",
		],
		['no enum values', { enum: [] }, "the value of 'enum' at #/enum must be a list of at least one value"],
		[
			'a multiple of 0',
			{ multipleOf: 0 },
			"the value of 'multipleOf' at #/multipleOf must be a number above 0",
		],
		['a schema that is none', { properties: { a: 'string' } }, '#/properties/a is no schema'],
		[
			'nullable without a type',
			{ nullable: true, enum: ['a'] },
			"the value of 'nullable' at #/nullable must be true or false, and stand beside a 'type'",
		],
		[
			'another dialect',
			{ $schema: 'http://json-schema.org/draft-04/schema#' },
			'the value of \'$schema\' at #/$schema must be "https://json-schema.org/draft/2020-12/schema"',
		],
		[
			'a reference to another document',
			{ $ref: 'https://example.com/a.json' },
			'the value of \'$ref\' at #/$ref must be a place in this schema, e.g. "#/$defs/price"; other documents are never fetched',
		],
		['a reference to nowhere', { $ref: '#/$defs/price' }, 'the $ref #/$defs/price leads nowhere'],
		[
			'a reference to what is no schema',
			{ $ref: '#/properties', properties: { a: {} } },
			'the $ref #/properties leads nowhere',
		],
		['a reference to itself', { $ref: '#' }, "a '$ref' leads back to itself without end"],
		[
			'references in a ring',
			{
				properties: { x: { $ref: '#/$defs/a' } },
				$defs: { a: { anyOf: [{ $ref: '#/$defs/b' }] }, b: { $ref: '#/$defs/a' } },
			},
			"a '$ref' leads back to itself without end",
		],
		[
			'references that double',
			{ $ref: '#/$defs/a0', $defs: { ...doubling, a30: {} } },
			'it holds one value against more than 1000 schemas at once',
		],
		[
			'an anchor twice',
			{ $defs: { a: { $anchor: 'x' }, b: { $anchor: 'x' } } },
			"the '$anchor' x is there more than once",
		],
		['an $id inside', { properties: { a: { $id: 'b' } } }, "there is an '$id' at #/properties/a/$id"],
		[
			'a pattern that is none',
			{ pattern: '(' },
			'the pattern ( at #/pattern is not usable: it is no regular expression: Unterminated group',
		],
		[
			'a catastrophic pattern',
			{ pattern: '^(a+)+$' },
			'the pattern ^(a+)+$ at #/pattern is not usable: there are texts that would take it forever, since its parts can share them in too many ways',
		],
		[
			'a catastrophic pattern for names',
			{ patternProperties: { '(a|a)*b': {} } },
			'the pattern (a|a)*b at #/patternProperties is not usable: there are texts that would take it forever, since its parts can share them in too many ways',
		],
		[
			'51 patterns',
			{ allOf: Array.from({ length: 51 }, () => ({ pattern: 'a' })) },
			'it has 51 patterns, and at most 50 are possible',
		],
		[
			'a field called __proto__',
			JSON.parse('{"properties":{"__proto__":{"type":"string"}}}'),
			"it has a field called '__proto__' at #/properties, which is dropped from answers for safety",
		],
		[
			'__proto__ in a default',
			JSON.parse('{"default":{"a":{"__proto__":1}}}'),
			"it has a field called '__proto__' at #/default/a, which is dropped from answers for safety",
		],
		[
			'a field called constructor',
			{ properties: { constructor: {} } },
			"it has a field called 'constructor' at #/properties, which is dropped from answers for safety",
		],
		['1,000 levels', deep(1_000), 'it is nested deeper than 64 levels'],
		['a circle', circular, 'it is circular: #/properties/self holds an object that it is a part of'],
		['over 64 KB', { description: 'x'.repeat(65_536) }, 'it is longer than 64 KB'],
		['a function', { default: () => 1 }, '#/default is no JSON'],
		['a date', { default: new Date(0) }, '#/default is no JSON'],
		['a number that is none', { minimum: Number.NaN }, '#/minimum is no JSON'],
		[
			'half a character in a name',
			{ properties: { '\ud800': {} } },
			'#/properties has a field whose name is not text',
		],
	])('%s', (_, schema, what) => {
		const { kind, message, description } = refusalOf(schema);
		expect(kind).toBe('invalidInput');
		expect(message).toBe(`${label} can't be used: ${what}`);
		expect(description).toMatch(/^[A-Z].{8,}\.$/);
	});

	test.each([
		['$dynamicRef', "Use '$ref'."],
		['$dynamicAnchor', "Use '$anchor'."],
		['$recursiveRef', "Use '$ref'."],
		['$recursiveAnchor', "Use '$anchor'."],
		['$vocabulary', 'Remove it.'],
		['id', "Use '$id', at the top of the schema."],
		['additionalItems', "Use 'prefixItems' for the first entries and 'items' for the others."],
		['dependencies', "Use 'dependentRequired' or 'dependentSchemas'."],
		['contentEncoding', 'Remove it: what a text encodes is not checked.'],
		['contentMediaType', 'Remove it: what a text encodes is not checked.'],
		['contentSchema', 'Remove it: what a text encodes is not checked.'],
	])('the keyword %s, which the validator would not check as the draft says', (keyword, remedy) => {
		const refusal = refusalOf({ type: 'object', properties: { a: { [keyword]: {} } } });
		expect(refusal.message).toContain(`the keyword '${keyword}' at #/properties/a/${keyword} is not one`);
		expect(refusal.description).toBe(remedy);
	});

	test('64 levels are fine', () => {
		expect(schemaOf(deep(63)).complaints(1)).toHaveLength(1);
	});
});

describe('The schema', () => {
	test("is kept for the prompt as it was written, and is nobody else's to change", () => {
		const written = {
			title: 'T',
			type: 'object',
			properties: { a: { type: 'string', nullable: true, pattern: '[a-z]+@' } },
		};
		const { schema } = schemaOf(written);
		expect(schema).toEqual(written);
		written.properties.a.type = 'number';
		expect(schema).toHaveProperty('properties.a.type', 'string');
		expect(() => Object.assign(schema.properties as object, { b: {} })).toThrow(TypeError);
	});
});

describe('The schema of an example', () => {
	test('asks for every field, entries like the first one, and anything for null', () => {
		const example = {
			name: 'x',
			price: 1,
			ok: true,
			tags: [{ a: 1 }, { b: 2 }],
			none: [],
			any: null,
			nested: { deep: 'x' },
		};
		expect(AnswerSchema.fromExample(example, label).schema).toEqual({
			type: 'object',
			properties: {
				name: { type: 'string' },
				price: { type: 'number' },
				ok: { type: 'boolean' },
				tags: {
					type: 'array',
					items: { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] },
				},
				none: { type: 'array' },
				any: {},
				nested: { type: 'object', properties: { deep: { type: 'string' } }, required: ['deep'] },
			},
			required: ['name', 'price', 'ok', 'tags', 'none', 'any', 'nested'],
		});
	});

	test('fits the example, whatever it is', () => {
		const example = fc.oneof(
			fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 3 })),
			fc.constant([{ a: 1 }]),
		);
		fc.assert(
			fc.property(example, (value) => {
				const uniform = JSON.parse(JSON.stringify(value), (key, part: unknown) =>
					['__proto__', 'constructor', 'prototype'].includes(key)
						? undefined
						: Array.isArray(part)
							? part.slice(0, 1)
							: part,
				) as unknown;
				expect(AnswerSchema.fromExample(uniform, label).complaints(uniform)).toEqual([]);
			}),
		);
	});

	test.each([
		['a text', 'x', 'it is no JSON object or list'],
		['null', null, 'it is no JSON object or list'],
		[
			'__proto__',
			JSON.parse('{"__proto__":1}'),
			"it has a field called '__proto__' at #, which is dropped from answers for safety",
		],
		['too long', { a: 'x'.repeat(70_000) }, 'it is longer than 64 KB'],
	])('is refused of %s', (_, example, what) => {
		expect(() => AnswerSchema.fromExample(example, label)).toThrow(
			expect.objectContaining({ kind: 'invalidInput', message: `${label} can't be used: ${what}` }) as Error,
		);
	});
});

describe('Complaints', () => {
	const schema = schemaOf({
		type: 'object',
		properties: {
			products: {
				type: 'array',
				minItems: 1,
				items: {
					type: 'object',
					properties: {
						price: { type: 'number', exclusiveMinimum: 0 },
						size: { anyOf: [{ type: 'integer' }, { type: 'null' }, { $ref: '#/$defs/size' }] },
						'a key/with: all': { type: 'string', maxLength: 3 },
					},
					required: ['price'],
					dependentRequired: { size: ['unit'] },
				},
			},
			codes: { type: 'array', uniqueItems: true, contains: { const: 'X' } },
			shape: { oneOf: [{ required: ['r'] }, { required: ['w'] }] },
			names: { propertyNames: { pattern: '^[a-z]+$' } },
			notThis: { not: { const: 'this' } },
		},
		additionalProperties: false,
		$defs: {
			size: {
				type: 'object',
				required: ['w', 'h'],
				properties: { w: { type: 'integer' }, h: { type: 'integer' } },
			},
		},
	});

	test.each<[string, unknown, string[]]>([
		[
			'of an entry of a list',
			{ products: [{ price: 1 }, { price: '1 EUR' }] },
			['products[1].price must be a number, and is the text "1 EUR"'],
		],
		['of a field that is missing', { products: [{}] }, ['products[0].price is missing: it must be a number']],
		[
			'of a field that another asks for',
			{ products: [{ price: 1, size: 1 }] },
			['products[0].unit is missing, and must be there since "size" is'],
		],
		[
			'of a name with odd characters',
			{ products: [{ price: 1, 'a key/with: all': 'long' }] },
			['products[0]["a key/with: all"] must have at most 3 characters, and has 4 characters'],
		],
		[
			'of alternatives',
			{ products: [{ price: 1, size: 'L', unit: 1 }] },
			['products[0].size must be a whole number or null or an object with "w", "h", and is the text "L"'],
		],
		[
			'of what is wrong inside an alternative',
			{ products: [{ price: 1, size: { w: 1, h: '2' }, unit: 1 }] },
			[
				'products[0].size must be a whole number or null or an object with "w", "h", and is an object',
				'products[0].size.h must be a whole number, and is the text "2"',
			],
		],
		[
			'of several alternatives that fit',
			{ shape: { r: 1, w: 2 } },
			['shape fits several of these, and must fit only one: what the schema says'],
		],
		['of an empty list', { products: [] }, ['products must have at least 1 entry, and has 0 entries']],
		[
			'of entries twice, and of one that is not there',
			{ codes: ['a', 'a'] },
			[
				'codes must not have an entry twice',
				'codes must have an entry that is "X", and is a list of 2 entries without one',
			],
		],
		[
			'of a name that is not allowed',
			{ names: { A: 1 } },
			['names has a field whose name is not allowed: names must be a text like ^[a-z]+$'],
		],
		['of what must not be', { notThis: 'this' }, ['notThis must not be "this", and is the text "this"']],
		[
			'of a field too many',
			{ other: 1 },
			['other is not expected here: the schema has no such field or entry'],
		],
		['of the answer itself', [1], ['the answer must be an object, and is a list of 1 entry']],
		[
			'of a number that JSON can not hold',
			{ products: [{ price: Infinity }] },
			['products[0].price is a number that is too large'],
		],
		['of a value that is not there', { products: undefined }, ['products is missing']],
		[
			'of half a character in a name',
			{ names: { '\ud800': 1 } },
			['names has a field whose name is not text, or longer than 1000 characters'],
		],
	])('say where, what must be there and what is: %s', (_, value, complaints) => {
		expect(schema.complaints(value)).toEqual(complaints);
	});

	test('are at most 20 of at most 200 characters, without half characters in them', () => {
		const long = schemaOf({ type: 'object', additionalProperties: { enum: ['😀'.repeat(300), 'x'] } });
		const value = Object.fromEntries(
			Array.from({ length: 50 }, (_, index) => [`${'key'.repeat(50)}${index}`, '😀'.repeat(500)]),
		);
		const complaints = long.complaints(value);
		expect(complaints).toHaveLength(20);
		for (const complaint of complaints) {
			expect(complaint.length).toBeLessThanOrEqual(200);
			expect(complaint.isWellFormed()).toBe(true);
		}
	});

	test('come for whatever value, without a throw', () => {
		fc.assert(
			fc.property(fc.anything({ maxDepth: 3 }), (value) => {
				expect(Array.isArray(schema.complaints(value))).toBe(true);
			}),
		);
	});
});

describe('To check a value takes bounded time', () => {
	const recursive = {
		$ref: '#/$defs/node',
		$defs: {
			node: {
				oneOf: ['+', '-'].map((sign) => ({
					properties: { left: { $ref: '#/$defs/node' }, sign: { const: sign } },
					required: ['sign'],
				})),
			},
		},
	};
	const chain = (depth: number): unknown =>
		Array.from({ length: depth }).reduce<unknown>((left) => ({ sign: '-', left }), { sign: '+' });

	test.each<[string, unknown, unknown, string]>([
		[
			'alternatives that double at every level',
			recursive,
			chain(50),
			'the answer is too large, or too much nested, to be checked against the schema',
		],
		['more levels than JSON is read to', {}, chain(70), 'the answer is nested deeper than 64 levels'],
		[
			'many entries that all fail',
			{ items: { enum: ['x'.repeat(50_000)] } },
			Array(300_000).fill(1),
			'[0] must be one of',
		],
		[
			'many names that are missing',
			{ items: { required: Array.from({ length: 6_000 }, (_, n) => `k${n}`) } },
			Array(10_000).fill({}),
			'[0].k0 is missing',
		],
		[
			'many entries to be told apart',
			{ uniqueItems: true },
			Array.from({ length: 100_000 }, (_, n) => n),
			'the answer must have at most 2000 entries',
		],
		[
			'a long text for a slow pattern',
			{ pattern: '[a-z]+@' },
			'a'.repeat(1_000_000),
			'the answer must have at most 7071 characters',
		],
		[
			'many entries without the one that must be there',
			{ contains: { const: 1 } },
			Array(300_000).fill(0),
			'the answer',
		],
		[
			'a long name for a pattern',
			{ patternProperties: { '[a-z]+@': {} } },
			{ ['a'.repeat(1_000_000)]: 1 },
			'the answer has a field whose name is not text, or longer than 1000 characters',
		],
	])('%s', (_, schema, value, start) => {
		const startedMs = performance.now();
		const complaints = schemaOf(schema).complaints(value);
		expect(complaints[0]?.slice(0, start.length)).toBe(start);
		expect(complaints.length).toBeLessThanOrEqual(20);
		expect(performance.now() - startedMs).toBeLessThan(10_000);
	});

	test.each(FORMATS)('the format %s, on any text of 64 KB', (format) => {
		const schema = schemaOf({ format });
		const units = [
			'a',
			'1',
			'.',
			':',
			'@',
			'/',
			'%',
			'-',
			'a.',
			'a@',
			'1:',
			'%41',
			'/a',
			'~0',
			'a-',
			'"',
			'[::',
			'P1D',
			'1T',
			' ',
		];
		const startedMs = performance.now();
		for (const unit of units) {
			for (const start of ['', 'a:', 'a@', 'http://', '"'])
				schema.complaints(`${start}${unit.repeat(65_536 / unit.length)}\n`);
		}
		expect(performance.now() - startedMs).toBeLessThan(20_000);
	});

	test('3,000 entries of ten fields are no problem', () => {
		const fields = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`f${n}`, n]));
		const properties = Object.fromEntries(
			Object.keys(fields).map((name) => [name, { type: 'number', minimum: 0 }]),
		);
		const schema = schemaOf({
			type: 'array',
			items: { type: 'object', properties, required: Object.keys(fields) },
		});
		expect(schema.complaints(Array(3_000).fill(fields))).toEqual([]);
	});
});

describe('Values that came as text', () => {
	const schema = schemaOf({
		type: 'object',
		properties: {
			number: { type: 'number' },
			whole: { type: ['integer', 'null'] },
			flag: { type: 'boolean' },
			either: { type: ['boolean', 'number'] },
			text: { type: 'string' },
			textOrNumber: { type: ['string', 'number'] },
			anything: {},
			list: { type: 'array', items: { type: 'number' } },
			pair: { prefixItems: [{ type: 'number' }, { type: 'boolean' }] },
			referred: { $ref: '#/$defs/price' },
			maybe: { anyOf: [{ type: 'number' }, { type: 'null' }] },
			maybeObject: { anyOf: [{ type: 'object', properties: { n: { type: 'number' } } }, { type: 'null' }] },
			all: { allOf: [{ type: 'number' }, { minimum: 1 }] },
			one: { enum: [1, 2] },
			only: { const: true },
			or: { oneOf: [{ type: 'string' }, { type: 'number' }] },
		},
		patternProperties: { '^n_': { type: 'number' } },
		additionalProperties: { type: 'boolean' },
		$defs: { price: { type: 'object', properties: { amount: { type: 'number' } } } },
	});

	test.each<[unknown, unknown]>([
		[{ number: '12.5' }, { number: 12.5 }],
		[{ number: ' -1e3 ' }, { number: -1000 }],
		[{ whole: '7' }, { whole: 7 }],
		[{ flag: 'TRUE' }, { flag: true }],
		[{ flag: ' false' }, { flag: false }],
		[{ either: 'true' }, { either: true }],
		[{ either: '1' }, { either: 1 }],
		[{ list: ['1', 2, 'x'] }, { list: [1, 2, 'x'] }],
		[{ pair: ['1', 'true', '3'] }, { pair: [1, true, '3'] }],
		[{ referred: { amount: '3' } }, { referred: { amount: 3 } }],
		[{ maybe: '4' }, { maybe: 4 }],
		[{ maybeObject: { n: '4' } }, { maybeObject: { n: 4 } }],
		[{ all: '4' }, { all: 4 }],
		[{ one: '2' }, { one: 2 }],
		[{ only: 'true' }, { only: true }],
		[
			{ n_a: '5', other: 'true' },
			{ n_a: 5, other: true },
		],
	])('are made what they say where no text may be: %j', (value, coerced) => {
		const before = structuredClone(value);
		expect(schema.coerced(value)).toEqual(coerced);
		expect(value).toEqual(before);
	});

	test.each<[unknown]>([
		[{ text: '12.5' }],
		[{ textOrNumber: '12.5' }],
		[{ anything: '12.5' }],
		[{ or: '12.5' }],
		[{ number: '12.5 EUR' }],
		[{ number: '1,000' }],
		[{ number: '007' }],
		[{ number: '0x10' }],
		[{ number: '+1' }],
		[{ number: '' }],
		[{ number: 'Infinity' }],
		[{ number: '1e999' }],
		[{ number: '12345678901234567890' }],
		[{ number: true }],
		[{ number: 'true' }],
		[{ flag: '1' }],
		[{ flag: 1 }],
		[{ flag: 'yes' }],
		[{ whole: 'null' }],
		[{ list: '1' }],
		['12.5'],
		[null],
	])('stay as they are where that is not clear: %j', (value) => {
		expect(schema.coerced(value)).toBe(value);
	});

	test('never make a value worse that fits', () => {
		fc.assert(
			fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
				fc.pre(schema.complaints(value).length === 0);
				expect(schema.coerced(value)).toBe(value);
			}),
		);
	});
});

describe('Null of a field that may be left out, and may not be null', () => {
	const schema = schemaOf({
		type: 'object',
		properties: {
			text: { type: 'string' },
			date: { type: 'string', format: 'date' },
			option: { enum: ['a', 'b'] },
			referred: { $ref: '#/$defs/size' },
			either: { anyOf: [{ type: 'object' }, { type: 'number' }] },
			needed: { type: 'number' },
			list: { type: 'array', items: { $ref: '#/$defs/size' } },
			nullable: { type: 'string', nullable: true },
			orNull: { type: ['string', 'null'] },
			optionOrNull: { enum: ['a', null] },
			anyOfNull: { anyOf: [{ type: 'object' }, { type: 'null' }] },
			anything: {},
		},
		patternProperties: { '^n_': { type: 'number' } },
		required: ['needed'],
		$defs: {
			size: {
				type: 'object',
				properties: { width: { type: 'number' }, unit: { type: 'string' } },
				required: ['width'],
			},
		},
	});

	test.each<[unknown, unknown]>([
		[{ text: null, needed: 1 }, { needed: 1 }],
		[{ date: null, option: null, referred: null, either: null, list: null, n_a: null }, {}],
		[{ referred: { width: 1, unit: null } }, { referred: { width: 1 } }],
		[{ list: [{ width: '1', unit: null }, { width: 2 }] }, { list: [{ width: 1 }, { width: 2 }] }],
	])('is left out: %j', (value, coerced) => {
		const before = structuredClone(value);
		expect(schema.coerced(value)).toEqual(coerced);
		expect(value).toEqual(before);
	});

	test.each<[string, unknown, string[]]>([
		['a field that must be there', { needed: null }, ['needed must be a number, and is null']],
		[
			'one inside of a list',
			{ needed: 1, list: [{ width: null }] },
			['list[0].width must be a number, and is null'],
		],
		['an entry of a list', { needed: 1, list: [null] }, ['list[0] must be an object, and is null']],
		['the answer itself', null, ['the answer must be an object, and is null']],
	])('stays where it can not be left out, and is complained of: %s', (_label, value, complaints) => {
		expect(schema.coerced(value)).toBe(value);
		expect(schema.complaints(value)).toEqual(complaints);
	});

	test('stays where it is allowed, and where the schema says nothing', () => {
		const value = {
			nullable: null,
			orNull: null,
			optionOrNull: null,
			anyOfNull: null,
			anything: null,
			other: null,
		};
		expect(schema.coerced(value)).toBe(value);
	});

	test('goes in bounded time, however many fields there are and must be there', () => {
		const names = Array.from({ length: 5_000 }, (_, n) => `f${n}`);
		const large = schemaOf({ additionalProperties: { type: 'string' }, required: names });
		const value = Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`g${n}`, null]));
		const startedMs = performance.now();
		expect(large.coerced(value)).toEqual({});
		expect(performance.now() - startedMs).toBeLessThan(5_000);
	});
});
