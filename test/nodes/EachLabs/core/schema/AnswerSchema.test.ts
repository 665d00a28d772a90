import fc from 'fast-check';
import { AnswerSchema } from '../../../../../nodes/EachLabs/core/schema/AnswerSchema';
import { FORMATS } from '../../../../../nodes/EachLabs/core/schema/metaSchema';
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
		Array.from({ length: levels }).reduce<unknown>((inner) => ({ items: inner }), {});
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
			"the keyword 'minimun' at properties.price is not one that answers can be checked against",
		],
		[
			'a keyword deep inside',
			{ anyOf: [{ items: { items: { foo: 1 } } }] },
			"the keyword 'foo' at anyOf[0].items.items is not one that answers can be checked against",
		],
		[
			'a name that objects have of themselves',
			{ toString: 1, type: 'object' },
			"the keyword 'toString' at the top is not one that answers can be checked against",
		],
		[
			'a type that is none',
			{ properties: { a: { type: 'text' } } },
			'properties.a.type must be one of "string", "number", "integer", "boolean", "array", "object", "null" or a list, and is the text "text"',
		],
		[
			'no types',
			{ type: [], items: {} },
			expect.stringMatching(/^type must be one of .* or a list, and is a list of 0 entries$/),
		],
		[
			'a format that is not checked',
			{ type: 'string', format: 'idn-email' },
			expect.stringMatching(/^format must be one of "date", "time", .*, and is the text "idn-email"$/),
		],
		[
			'a count that is none',
			{ type: 'array', minItems: -1 },
			'minItems must be at least 0, and is the number -1',
		],
		['a minimum of text', { type: 'number', minimum: '1' }, 'minimum must be a number, and is the text "1"'],
		[
			'draft 3 required',
			{ properties: { a: { required: true } } },
			'properties.a.required must be a list, and is true',
		],
		[
			'draft 7 tuples',
			{ type: 'array', items: [{}] },
			'items must be an object or true or false, and is a list of 1 entry',
		],
		['no enum values', { type: 'string', enum: [] }, 'enum must have at least 1 entry, and has 0 entries'],
		[
			'a multiple of 0',
			{ type: 'number', multipleOf: 0 },
			'multipleOf must be more than 0, and is the number 0',
		],
		[
			'a schema that is none',
			{ properties: { a: 'string' } },
			'properties.a must be an object or true or false, and is the text "string"',
		],
		[
			'a reference to another document',
			{ $ref: 'https://example.com/a.json' },
			'the $ref https://example.com/a.json at the top leads nowhere',
		],
		[
			'a reference to nowhere',
			{ properties: { a: { $ref: '#/$defs/price' } } },
			'the $ref #/$defs/price at properties.a leads nowhere',
		],
		['a reference that is not well-formed', { $ref: '#/%' }, 'the $ref #/% at the top leads nowhere'],
		[
			'a reference to what is no schema',
			{ $ref: '#/properties', properties: { a: {} } },
			'the $ref #/properties at the top leads nowhere',
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
			'a pattern that is none',
			{ pattern: '(' },
			'the pattern ( at the top is not usable: it is no regular expression: missing closing ): `(`',
		],
		[
			'51 patterns',
			{ allOf: Array.from({ length: 51 }, () => ({ pattern: 'a' })) },
			'it has 51 patterns, and at most 50 are possible',
		],
		[
			'a field called __proto__',
			JSON.parse('{"properties":{"__proto__":{"type":"string"}}}'),
			"it has a field called '__proto__' at properties, which is dropped from answers for safety",
		],
		[
			'__proto__ in a default',
			JSON.parse('{"type":"object","default":{"a":{"__proto__":1}}}'),
			"it has a field called '__proto__' at default.a, which is dropped from answers for safety",
		],
		[
			'a field called constructor',
			{ properties: { constructor: {} } },
			"it has a field called 'constructor' at properties, which is dropped from answers for safety",
		],
		['1,000 levels', deep(1_000), 'it is nested deeper than 64 levels'],
		['100,000 levels', deep(100_000), 'it is nested deeper than 64 levels'],
		['a circle', circular, 'it is circular: it holds an object that it is a part of'],
		['over 64 KB', { description: 'x'.repeat(65_536) }, 'it is longer than 64 KB'],
		['what JSON has no word for', { default: 1n }, 'it is no JSON'],
		[
			'an example',
			{ color: 'red', price: 12.5, title: 'Shoe' },
			'it is an example of the data, not a schema of it',
		],
		[
			'an example with the names of keywords',
			{ type: 'shoe', items: [{ price: 1 }], total: 1 },
			'it is an example of the data, not a schema of it',
		],
		[
			'several at once',
			{ properties: { a: { type: 'text' }, b: { if: {} }, c: { pattern: '(?=a)', $ref: '#/x' } }, foo: 1 },
			[
				'properties.a.type must be one of "string", "number", "integer", "boolean", "array", "object", "null" or a list, and is the text "text"',
				"the keyword 'if' at properties.b is not one that answers can be checked against",
				"the keyword 'foo' at the top is not one that answers can be checked against",
				'the pattern (?=a) at properties.c is not usable: it has a look-around, which RE2 does not know',
				'the $ref #/x at properties.c leads nowhere',
			].join('; '),
		],
		['a title alone', { title: 'Invoice' }, 'it says nothing about the answer: it has title and no more'],
		[
			'what only describes',
			{ $schema: 'https://json-schema.org/draft/2020-12/schema', description: 'An invoice', examples: [{}] },
			'it says nothing about the answer: it has $schema, description, examples and no more',
		],
		[
			'definitions that nothing refers to',
			{ $defs: { price: { type: 'number' } } },
			'it says nothing about the answer: it has $defs and no more',
		],
		[
			'a title alone, in a wrapper',
			{ name: 'invoice', strict: true, schema: { title: 'Invoice' } },
			'it says nothing about the answer: it has title and no more',
		],
	])('%s', (_, schema, what) => {
		const { kind, message, description } = refusalOf(schema);
		expect(kind).toBe('invalidInput');
		expect(message.startsWith(`${label} can't be used: `)).toBe(true);
		expect(message.slice(`${label} can't be used: `.length)).toEqual(what);
		expect(description).toMatch(/^[A-Z].{8,}\.$/);
	});

	test.each([
		['if', "In place of 'if', describe each case as one schema of 'anyOf'."],
		['then', "In place of 'then', describe each case as one schema of 'anyOf'."],
		['not', "In place of 'not', say what may be there: with 'enum', 'pattern' or a narrower 'type'."],
		[
			'contains',
			"In place of 'contains', describe every entry with 'items', and say in a 'description' what one of them must be.",
		],
		[
			'patternProperties',
			"In place of 'patternProperties', name the fields under 'properties', or give 'additionalProperties' a schema for all others.",
		],
		[
			'prefixItems',
			"In place of 'prefixItems', give 'items' one schema for all entries, or ask for an object with a named field for each.",
		],
		[
			'dependentRequired',
			"In place of 'dependentRequired', describe each combination of fields as one schema of 'anyOf'.",
		],
		['unevaluatedProperties', "In place of 'unevaluatedProperties', use 'additionalProperties'."],
		['unevaluatedItems', "In place of 'unevaluatedItems', use 'items'."],
		['$dynamicRef', "In place of '$dynamicRef', use '$ref'."],
		['optional', "In place of 'optional', leave the field out of 'required'."],
		['minimun', "If 'minimun' is a field, put it below 'properties'."],
	])('the keyword %s, with what to do in its place', (keyword, remedy) => {
		const refusal = refusalOf({ type: 'object', properties: { a: { [keyword]: { type: 'number' } } } });
		expect(refusal.message).toContain(`the keyword '${keyword}' at properties.a is not one`);
		expect(refusal.description).toBe(remedy);
	});

	test('in a message of bounded length, however many faults there are', () => {
		const properties = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`f${n}`, { foo: n }]));
		const { message } = refusalOf({ type: 'object', properties });
		expect(message).toMatch(/; and 80 more$/);
		expect(message.length).toBeLessThan(6_000);
	});

	test('64 levels are fine', () => {
		expect(schemaOf(deep(63)).complaints([1])).toEqual([]);
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
			"it has a field called '__proto__' at the top, which is dropped from answers for safety",
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
				},
			},
			codes: { type: 'array', uniqueItems: true },
			shape: { oneOf: [{ required: ['r'] }, { required: ['w'] }] },
			code: { type: 'string', pattern: '^[a-z]+$' },
			tree: { $ref: '#/$defs/tree' },
		},
		additionalProperties: false,
		$defs: {
			tree: {
				oneOf: [
					{
						type: 'object',
						properties: { kind: { const: 'node' }, left: { $ref: '#/$defs/tree' } },
						required: ['kind', 'left'],
					},
					{
						type: 'object',
						properties: { kind: { const: 'leaf' }, value: { type: 'number' } },
						required: ['kind', 'value'],
					},
				],
			},
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
			'of a name with odd characters',
			{ products: [{ price: 1, 'a key/with: all': 'long' }] },
			['products[0]["a key/with: all"] must have at most 3 characters, and has 4 characters'],
		],
		[
			'of alternatives',
			{ products: [{ price: 1, size: 'L' }] },
			['products[0].size must be a whole number or null or an object with "w", "h", and is the text "L"'],
		],
		[
			'of what is wrong inside an alternative',
			{ products: [{ price: 1, size: { w: 1, h: '2' } }] },
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
			'of entries twice',
			{ codes: ['a', { b: 1, c: 2 }, { c: 2, b: 1 }] },
			['codes must not have an entry twice'],
		],
		[
			'of a pattern',
			{ code: 'A' },
			['code must be a text that matches the pattern ^[a-z]+$, and is the text "A"'],
		],
		[
			'of the alternative that comes nearest',
			{ tree: { kind: 'node', left: { kind: 'leaf', value: 'x' } } },
			[
				'tree must be an object with "kind", "left" or an object with "kind", "value", and is an object',
				'tree.left must be an object with "kind", "left" or an object with "kind", "value", and is an object',
				'tree.left.value must be a number, and is the text "x"',
			],
		],
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
		['of a value that is not there', { products: undefined }, ['products is missing: it must be a list']],
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
		['alternatives that hold themselves, to their end', recursive, chain(50), ''],
		[
			'alternatives that hold themselves, where nothing fits',
			recursive,
			JSON.parse('{"sign":"-","left":'.repeat(60) + '1' + '}'.repeat(60)),
			'the answer must be what the schema says, and is an object',
		],
		[
			'more values than are looked at',
			{ items: { anyOf: [{ minimum: 1 }, { maximum: 5 }] } },
			Array(300_000).fill(1),
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
			Array.from({ length: 100_000 }, (_, n) => Math.min(n, 99_998)),
			'the answer must not have an entry twice',
		],
		[
			'a long text for a pattern',
			{ pattern: '^(a+)+$' },
			`${'a'.repeat(100_000)}!`,
			'the answer must be a text',
		],
		[
			'a long text for a pattern that repeats much',
			{ pattern: '^(?:[a-f]{9}|[0-9]){100}$' },
			'a'.repeat(100_000),
			'the answer must have at most 9057 characters, and has 100000 characters',
		],
	])('%s', (_, schema, value, start) => {
		const startedMs = performance.now();
		const complaints = schemaOf(schema).complaints(value);
		expect((complaints[0] ?? '').slice(0, start.length || undefined)).toBe(start);
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

test('a schema of 64 KB is taken, and one that is longer is not', () => {
	const schemaOf = (padding: number) => ({ type: 'object', description: 'x'.repeat(padding) });
	const rest = JSON.stringify(schemaOf(0)).length;
	expect(() => AnswerSchema.fromJsonSchema(schemaOf(65_536 - rest), 'The schema')).not.toThrow();
	expect(() => AnswerSchema.fromJsonSchema(schemaOf(65_537 - rest), 'The schema')).toThrow(
		'longer than 64 KB',
	);
});

test.each<[object, boolean]>([
	[{ colour: 'red' }, true],
	[{ type: 'Oak', colour: 'red' }, true],
	[{ items: 'three', colour: 'red' }, true],
	[{ enum: 'first', colour: 'red' }, true],
	[{ properties: ['big'], colour: 'red' }, true],
	[{ type: 'string', colour: 'red' }, false],
	[{ type: ['null', 'string'], colour: 'red' }, false],
	[{ items: { type: 'string' }, colour: 'red' }, false],
	[{ items: true, colour: 'red' }, false],
	[{ enum: ['a'], colour: 'red' }, false],
	[{ properties: {}, colour: 'red' }, false],
	[{ $ref: '#/$defs/a', colour: 'red' }, false],
	[{ not: {}, colour: 'red' }, false],
	[{ colour: { type: 'string' } }, false],
])('%j is refused as an example of the data: %p', (given, isExample) => {
	let message = '';
	try {
		AnswerSchema.fromJsonSchema(given, 'The schema');
	} catch (error) {
		({ message } = error as Error);
	}
	expect(message).toContain("can't be used");
	expect(message.includes('it is an example of the data')).toBe(isExample);
});
