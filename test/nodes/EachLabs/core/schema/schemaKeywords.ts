/**
 * What every keyword of JSON Schema that we accept does: our own table, since the official test suite is not to be had from
 * the registry. Each row holds a schema, values that fit it and values that do not.
 */
export interface KeywordCase {
	readonly label: string;
	readonly schema: unknown;
	readonly fits: readonly unknown[];
	readonly failing: readonly unknown[];
}

const OF_EACH_TYPE = ['text', 1, 1.5, true, null, [], {}];

function butNot(...types: string[]): unknown[] {
	return OF_EACH_TYPE.filter((value) => {
		const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
		return !types.includes(type);
	});
}

export const keywordCases: Readonly<Record<string, readonly KeywordCase[]>> = {
	type: [
		{ label: 'string', schema: { type: 'string' }, fits: ['', 'a', '1'], failing: butNot('string') },
		{ label: 'number', schema: { type: 'number' }, fits: [0, -1.5, 1e300], failing: butNot('number') },
		{
			label: 'integer, which 1.0 is and 1.5 is not',
			schema: { type: 'integer' },
			fits: [0, -3, 1.0, 1e20],
			failing: [1.5, ...butNot('number')],
		},
		{
			label: 'boolean',
			schema: { type: 'boolean' },
			fits: [true, false],
			failing: [0, '', ...butNot('boolean')],
		},
		{ label: 'null', schema: { type: 'null' }, fits: [null], failing: [0, '', false, ...butNot('null')] },
		{ label: 'array', schema: { type: 'array' }, fits: [[], [1]], failing: butNot('array') },
		{ label: 'object', schema: { type: 'object' }, fits: [{}, { a: 1 }], failing: butNot('object') },
		{
			label: 'several',
			schema: { type: ['integer', 'null'] },
			fits: [1, null],
			failing: [1.5, 'text', true, [], {}],
		},
	],
	nullable: [
		{ label: 'true', schema: { type: 'string', nullable: true }, fits: ['a', null], failing: [1, [], {}] },
		{ label: 'false', schema: { type: 'string', nullable: false }, fits: ['a'], failing: [null] },
		{
			label: 'with an enum',
			schema: { type: 'string', enum: ['a'], nullable: true },
			fits: ['a', null],
			failing: ['b'],
		},
		{
			label: 'with a const',
			schema: { type: 'string', const: 'a', nullable: true },
			fits: ['a', null],
			failing: ['b'],
		},
	],
	enum: [
		{ label: 'of texts', schema: { enum: ['a', 'b'] }, fits: ['a', 'b'], failing: ['c', 'A', 1, null] },
		{
			label: 'of every type',
			schema: { enum: [6, 'a', [], true, { b: 12 }, null] },
			fits: [6, 'a', [], true, { b: 12 }, null],
			failing: [7, {}, [1], false, { b: 12, c: 1 }, '6'],
		},
		{ label: '0 is not false', schema: { enum: [0, [1]] }, fits: [0, -0, [1]], failing: [false, '', [true]] },
		{ label: 'true is not 1', schema: { enum: [true, [true]] }, fits: [true, [true]], failing: [1, [1]] },
	],
	const: [
		{ label: 'a number', schema: { const: 2 }, fits: [2, 2.0], failing: [5, '2', null] },
		{ label: 'null', schema: { const: null }, fits: [null], failing: [0, false, ''] },
		{ label: 'false is not 0', schema: { const: false }, fits: [false], failing: [0, [], null] },
		{
			label: 'an object, whatever the order of its fields',
			schema: { const: { a: 1, b: [2] } },
			fits: [
				{ a: 1, b: [2] },
				{ b: [2], a: 1 },
			],
			failing: [{ a: 1 }, { a: 1, b: [2], c: 3 }, { a: 1, b: [3] }],
		},
		{
			label: 'a list, in its order',
			schema: { const: [1, 2] },
			fits: [[1, 2]],
			failing: [[2, 1], [1], [1, 2, 3]],
		},
	],
	properties: [
		{
			label: 'apply to the fields that are there',
			schema: { properties: { a: { type: 'integer' }, b: { type: 'string' } } },
			fits: [{}, { a: 1, b: 'x' }, { a: 1 }, { c: [] }, [], 12, null],
			failing: [{ a: 'x' }, { a: 1, b: 2 }, { a: [], b: {} }],
		},
		{
			label: 'false allows no such field',
			schema: { properties: { a: true, b: false } },
			fits: [{}, { a: 1 }],
			failing: [{ b: 1 }, { a: 1, b: 2 }],
		},
		{
			label: 'with names that need escapes',
			schema: {
				properties: { 'a\nb': { type: 'number' }, 'a"b': { type: 'number' }, 'a/b~c %': { type: 'number' } },
			},
			fits: [{ 'a\nb': 1, 'a"b': 1, 'a/b~c %': 1 }],
			failing: [{ 'a\nb': '1' }, { 'a"b': '1' }, { 'a/b~c %': '1' }],
		},
		{
			label: 'with names that objects have of themselves',
			schema: { properties: { toString: { type: 'number' }, length: { type: 'string' } } },
			fits: [{}, [], { toString: 1 }, { length: 'x' }],
			failing: [{ toString: 'x' }, { length: 1 }],
		},
	],
	additionalProperties: [
		{
			label: 'false allows the named fields only',
			schema: { properties: { a: {}, b: {} }, additionalProperties: false },
			fits: [{ a: 1 }, { a: 1, b: 2 }, {}, [1], 'text'],
			failing: [{ a: 1, quux: 2 }, { boom: 1 }],
		},
		{
			label: 'a schema applies to the others',
			schema: { properties: { a: {} }, additionalProperties: { type: 'boolean' } },
			fits: [{ a: 1 }, { a: 1, c: true }],
			failing: [{ a: 1, c: 12 }],
		},
		{
			label: 'does not look into allOf',
			schema: { allOf: [{ properties: { a: {} } }], additionalProperties: { type: 'boolean' } },
			fits: [{ a: true }],
			failing: [{ a: 1 }],
		},
		{
			label: 'does not apply to a named field that does not fit',
			schema: { properties: { a: { type: 'string' } }, additionalProperties: { type: 'string' } },
			fits: [{ a: 'x', b: 'y' }],
			failing: [{ a: 1 }],
		},
	],
	required: [
		{
			label: 'fields must be there',
			schema: { required: ['a', 'b'] },
			fits: [{ a: 1, b: null }, [], 'text', 12],
			failing: [{ a: 1 }, {}],
		},
		{
			label: 'names that objects have of themselves',
			schema: { required: ['toString', 'length'] },
			fits: [{ toString: 1, length: 1 }, []],
			failing: [{}, { toString: 1 }],
		},
		{ label: 'an empty list', schema: { required: [] }, fits: [{}], failing: [] },
	],
	minProperties: [
		{
			label: 'of 1',
			schema: { minProperties: 1 },
			fits: [{ a: 1 }, { a: 1, b: 2 }, [], '', 1],
			failing: [{}],
		},
	],
	maxProperties: [
		{
			label: 'of 2',
			schema: { maxProperties: 2 },
			fits: [{}, { a: 1, b: 2 }, [1, 2, 3], 'abc'],
			failing: [{ a: 1, b: 2, c: 3 }],
		},
		{ label: 'of 0', schema: { maxProperties: 0 }, fits: [{}], failing: [{ a: 1 }] },
	],
	items: [
		{
			label: 'hold every entry against a schema',
			schema: { items: { type: 'integer' } },
			fits: [[1, 2, 3], [], { foo: 'bar' }, 'text', { 0: 'invalid', length: 1 }],
			failing: [[1, 'x'], ['x']],
		},
		{ label: 'true', schema: { items: true }, fits: [[1, 'foo', true], []], failing: [] },
		{ label: 'false', schema: { items: false }, fits: [[]], failing: [[1], [1, 'foo']] },
		{
			label: 'lists in lists',
			schema: {
				type: 'array',
				items: { type: 'array', items: { type: 'array', items: { type: 'number' } } },
			},
			fits: [[[[1]], [[2], [3]]]],
			failing: [[[['1']], [[2]]], [[[1], 2]], [1]],
		},
	],
	minItems: [{ label: 'of 1', schema: { minItems: 1 }, fits: [[1, 2], [1], '', {}], failing: [[]] }],
	maxItems: [
		{ label: 'of 2', schema: { maxItems: 2 }, fits: [[1], [1, 2], [], 'foobar'], failing: [[1, 2, 3]] },
	],
	uniqueItems: [
		{
			label: 'true',
			schema: { uniqueItems: true },
			fits: [
				[1, 2],
				[1, true, 0, false],
				[{ a: 1 }, { a: 2 }],
				[[1], [true]],
				[
					[[1], 'foo'],
					[[true], 'foo'],
				],
				['1', 1],
				[{ a: false }, { a: 0 }],
				[null, 0, ''],
				[],
			],
			failing: [
				[1, 1],
				[1, 2, 1],
				['foo', 'bar', 'foo'],
				[1.0, 1.0, 1],
				[
					{ a: 1, b: 2 },
					{ b: 2, a: 1 },
				],
				[{ a: { b: [1] } }, { a: { b: [1] } }],
				[['foo'], ['bar'], ['foo']],
				[null, null],
			],
		},
		{
			label: 'false',
			schema: { uniqueItems: false },
			fits: [
				[1, 1],
				[{}, {}],
			],
			failing: [],
		},
	],
	allOf: [
		{
			label: 'all must fit',
			schema: { allOf: [{ required: ['a'] }, { properties: { b: { type: 'integer' } }, required: ['b'] }] },
			fits: [{ a: 1, b: 2 }],
			failing: [{ a: 1 }, { b: 2 }, { a: 1, b: 'x' }],
		},
		{
			label: 'with the schema around it',
			schema: { minimum: 3, allOf: [{ maximum: 5 }] },
			fits: [3, 5],
			failing: [2, 6],
		},
		{ label: 'with false', schema: { allOf: [true, false] }, fits: [], failing: ['foo', 1] },
	],
	anyOf: [
		{
			label: 'one must fit',
			schema: { anyOf: [{ type: 'integer' }, { minimum: 2 }] },
			fits: [1, 2.5, 3, 'text'],
			failing: [1.5],
		},
		{
			label: 'with the schema around it',
			schema: { type: 'string', anyOf: [{ maxLength: 2 }, { minLength: 4 }] },
			fits: ['ab', 'abcd'],
			failing: [3, 'abc'],
		},
		{ label: 'with true and false', schema: { anyOf: [true, false] }, fits: ['foo', 1, null], failing: [] },
	],
	oneOf: [
		{
			label: 'exactly one must fit',
			schema: { oneOf: [{ type: 'integer' }, { minimum: 2 }] },
			fits: [1, 2.5],
			failing: [3, 1.5],
		},
		{
			label: 'with fields that tell them apart',
			schema: {
				oneOf: [
					{ properties: { kind: { const: 'a' }, x: { type: 'number' } }, required: ['kind', 'x'] },
					{ properties: { kind: { const: 'b' }, y: { type: 'string' } }, required: ['kind', 'y'] },
				],
			},
			fits: [
				{ kind: 'a', x: 1 },
				{ kind: 'b', y: 'z' },
			],
			failing: [{ kind: 'a', y: 'z' }, { kind: 'c', x: 1 }, {}],
		},
		{ label: 'with true twice', schema: { oneOf: [true, true] }, fits: [], failing: ['foo'] },
	],
	minimum: [
		{ label: 'is allowed itself', schema: { minimum: 1.1 }, fits: [2.6, 1.1, 'x', null], failing: [0.6, -1] },
		{ label: 'below 0', schema: { minimum: -2 }, fits: [-1, 0, -2, -2.0], failing: [-2.0001, -3] },
	],
	maximum: [
		{
			label: 'is allowed itself',
			schema: { maximum: 300 },
			fits: [299.97, 300, 300.0, 'x'],
			failing: [300.5],
		},
	],
	exclusiveMinimum: [
		{
			label: 'is not allowed itself',
			schema: { exclusiveMinimum: 1.1 },
			fits: [1.2, 'x'],
			failing: [1.1, 0.6],
		},
	],
	exclusiveMaximum: [
		{
			label: 'is not allowed itself',
			schema: { exclusiveMaximum: 3.0 },
			fits: [2.2, 'x'],
			failing: [3.0, 3.5],
		},
	],
	multipleOf: [
		{ label: 'of 2', schema: { multipleOf: 2 }, fits: [10, 0, -4, 'foo'], failing: [7, 0.5] },
		{ label: 'of 1.5', schema: { multipleOf: 1.5 }, fits: [0, 4.5], failing: [35] },
		{
			label: 'of a hundredth, which floats miss',
			schema: { multipleOf: 0.01 },
			fits: [0.07, 19.99, 1.13],
			failing: [0.075],
		},
		{ label: 'of a very small number', schema: { multipleOf: 1e-8 }, fits: [12391239123], failing: [1e-9] },
	],
	minLength: [
		{ label: 'of 2', schema: { minLength: 2 }, fits: ['foo', 'fo', 1, [], {}], failing: ['f', ''] },
		{ label: 'counts code points', schema: { minLength: 2 }, fits: ['💩💩'], failing: ['💩'] },
	],
	maxLength: [
		{ label: 'of 2', schema: { maxLength: 2 }, fits: ['f', 'fo', '', 100], failing: ['foo'] },
		{ label: 'counts code points', schema: { maxLength: 2 }, fits: ['💩💩'], failing: ['💩💩💩'] },
	],
	pattern: [
		{
			label: 'is anchored by itself only',
			schema: { pattern: 'a+b' },
			fits: ['xxaabyy', 1, null, {}],
			failing: ['xxa', 'AB'],
		},
		{ label: 'in Unicode mode', schema: { pattern: '^\\p{L}.$' }, fits: ['é😀'], failing: ['1😀', 'ab😀'] },
		{
			label: 'that takes square time',
			schema: { pattern: '[a-z]+@' },
			fits: ['abc@', 'x@'.repeat(100)],
			failing: ['abc', 'a'.repeat(9_999)],
		},
	],
	format: [
		{
			label: 'date',
			schema: { format: 'date' },
			fits: ['2024-02-29', 12, null, {}],
			failing: ['2023-02-29', '31.1.2026', '2026-1-31', '2026-13-01'],
		},
		{
			label: 'time',
			schema: { format: 'time' },
			fits: ['08:30:06Z', '23:59:60Z', '08:30:06.283185+00:20'],
			failing: ['08:30:06', '24:00:00Z', '8:30', '08:30:06 PST'],
		},
		{
			label: 'date-time',
			schema: { format: 'date-time' },
			fits: ['1963-06-19T08:30:06.283185Z', '1990-12-31T15:59:50-08:00'],
			failing: ['1990-02-31T15:59:59Z', '2013-350T01:01:01', '06/19/1963 08:30:06 PST'],
		},
		{
			label: 'duration',
			schema: { format: 'duration' },
			fits: ['P4DT12H30M5S', 'P4Y', 'PT36H', 'P4W'],
			failing: ['4DT12H', 'P', 'P1YT', 'P1D2H', 'P2S', 'P1Y2W'],
		},
		{
			label: 'email',
			schema: { format: 'email' },
			fits: ['joe.bloggs@example.com', 'te~st@example.com'],
			failing: ['2962', '.test@example.com', 'te..st@example.com', 'a@', '@b'],
		},
		{
			label: 'hostname',
			schema: { format: 'hostname' },
			fits: ['www.example.com', 'xn--4gbwdl.xn--wgbh1c', 'a'],
			failing: ['-bad-host', 'not_a_host', `${'a'.repeat(64)}.com`, ''],
		},
		{
			label: 'ipv4',
			schema: { format: 'ipv4' },
			fits: ['192.168.0.1', '0.0.0.0'],
			failing: ['127.0.0.0.1', '256.256.256.256', '127.0', '0x7f000001'],
		},
		{
			label: 'ipv6',
			schema: { format: 'ipv6' },
			fits: ['::1', '::', 'fe80::a', '1:2:3:4:5:6:192.168.0.1'],
			failing: ['12345::', '1:1:1:1:1:1:1:1:1', '::laptop', '1:2:3:4:5:::8'],
		},
		{
			label: 'uri',
			schema: { format: 'uri' },
			fits: ['https://foo.bar/?baz=qux#quux', 'mailto:John.Doe@example.com', 'urn:isbn:1'],
			failing: ['//foo.bar/?baz', '/abc', 'abc', 'http:// shouldfail.com', '\\\\WINDOWS\\file'],
		},
		{
			label: 'uri-reference',
			schema: { format: 'uri-reference' },
			fits: ['/abc', '#fragment', '//foo.bar', 'abc'],
			failing: ['\\\\WINDOWS\\file', '#frag\\ment'],
		},
		{
			label: 'uuid',
			schema: { format: 'uuid' },
			fits: ['2EB8AA08-aa98-11ea-b4aa-73b441d16380'],
			failing: ['2eb8aa08-aa98-11ea-b4aa-73b441d1638', '2eb8aa08aa9811eab4aa73b441d16380', 'x'],
		},
		{
			label: 'json-pointer',
			schema: { format: 'json-pointer' },
			fits: ['/foo/bar~0/baz~1/%a', '', '/'],
			failing: ['/foo/bar~', 'a', '#/a'],
		},
	],
	'$ref, $defs and $anchor': [
		{
			label: 'to the root: a schema of a tree',
			schema: { properties: { foo: { $ref: '#' } }, additionalProperties: false },
			fits: [{ foo: false }, { foo: { foo: false } }],
			failing: [{ bar: false }, { foo: { bar: false } }],
		},
		{
			label: 'through another $ref',
			schema: {
				$defs: { a: { type: 'integer' }, b: { $ref: '#/$defs/a' }, c: { $ref: '#/$defs/b' } },
				$ref: '#/$defs/c',
			},
			fits: [5],
			failing: ['a'],
		},
		{
			label: 'beside other keywords, which count as well',
			schema: {
				$defs: { list: { type: 'array' } },
				properties: { foo: { $ref: '#/$defs/list', maxItems: 2 } },
			},
			fits: [{ foo: [] }, { foo: [1, 2] }],
			failing: [{ foo: [1, 2, 3] }, { foo: 'string' }],
		},
		{
			label: 'with escapes',
			schema: {
				$defs: {
					'tilde~field': { type: 'integer' },
					'slash/field': { type: 'integer' },
					'percent%field': { type: 'integer' },
				},
				properties: {
					tilde: { $ref: '#/$defs/tilde~0field' },
					slash: { $ref: '#/$defs/slash~1field' },
					percent: { $ref: '#/$defs/percent%25field' },
				},
			},
			fits: [{ slash: 1, tilde: 2, percent: 3 }],
			failing: [{ slash: 'a' }, { tilde: 'a' }, { percent: 'a' }],
		},
		{
			label: 'to an anchor',
			schema: { $ref: '#foo', $defs: { A: { $anchor: 'foo', type: 'integer' } } },
			fits: [1],
			failing: ['a'],
		},
		{
			label: 'to definitions, as they were called before',
			schema: { definitions: { a: { type: 'integer' } }, items: { $ref: '#/definitions/a' } },
			fits: [[1]],
			failing: [['a']],
		},
		{
			label: 'to a property, and as the name of one',
			schema: { properties: { a: { type: 'integer' }, $ref: { $ref: '#/properties/a' } } },
			fits: [{ $ref: 1 }],
			failing: [{ $ref: 'a' }],
		},
		{
			label: 'to true and to false',
			schema: {
				properties: { a: { $ref: '#/$defs/yes' }, b: { $ref: '#/$defs/no' } },
				$defs: { yes: true, no: false },
			},
			fits: [{ a: 1 }],
			failing: [{ b: 1 }],
		},
		{
			label: 'in a list of trees',
			schema: {
				type: 'object',
				required: ['name'],
				properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#' } } },
			},
			fits: [{ name: 'a', children: [{ name: 'b', children: [] }] }],
			failing: [{ name: 'a', children: [{ name: 'b', children: [{}] }] }],
		},
	],
	'the words of other dialects': [
		{
			label: 'types in capitals, with an order and an example',
			schema: {
				type: 'OBJECT',
				properties: { a: { type: 'STRING', example: 'x' }, b: { type: ['NUMBER', 'NULL'], format: 'float' } },
				propertyOrdering: ['a', 'b'],
				required: ['a'],
				'x-order': 1,
			},
			fits: [{ a: '' }, { a: '', b: 1.5 }, { a: '', b: null }],
			failing: [{}, { a: 1 }, { a: '', b: '1' }],
		},
		{
			label: 'bounds of draft 4',
			schema: { minimum: 1, exclusiveMinimum: true, maximum: 3, exclusiveMaximum: false },
			fits: [2, 3],
			failing: [1, 4],
		},
		{
			label: 'ids of draft 4 and of generators',
			schema: {
				$schema: 'http://json-schema.org/draft-04/schema#',
				id: 'http://example.com/root.json',
				properties: { a: { $id: '#/properties/a', type: 'integer' } },
			},
			fits: [{ a: 1 }],
			failing: [{ a: 'b' }],
		},
		{
			label: 'a discriminator beside the alternatives',
			schema: {
				oneOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/b' }],
				discriminator: { propertyName: 'kind', mapping: { a: '#/$defs/a', b: '#/$defs/b' } },
				$defs: {
					a: { properties: { kind: { const: 'a' } }, required: ['kind'] },
					b: { properties: { kind: { const: 'b' } }, required: ['kind'] },
				},
			},
			fits: [{ kind: 'a' }, { kind: 'b' }],
			failing: [{ kind: 'c' }, {}],
		},
		...[
			(schema: object) => ({ name: 'product', strict: true, schema }),
			(schema: object) => ({ type: 'json_schema', json_schema: { name: 'product', schema } }),
			(schema: object) => ({ type: 'json_schema', name: 'product', description: 'd', strict: true, schema }),
			(schema: object) => ({ response_format: { type: 'json_schema', json_schema: { schema } } }),
			(schema: object) => ({ text: { format: { type: 'json_schema', name: 'product', schema } } }),
		].map((wrap, index) => ({
			label: `a wrapper of OpenAI's, form ${index + 1}`,
			schema: wrap({ type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] }),
			fits: [{ a: 1 }],
			failing: [{}, { a: 'b' }],
		})),
		{
			label: 'fields with the names of wrappers',
			schema: { type: 'object', properties: { schema: { type: 'string' }, name: { type: 'string' } } },
			fits: [{ schema: 'a', name: 'b' }],
			failing: [{ schema: {} }],
		},
	],
	'words that say nothing about values': [
		{
			label: 'are left alone',
			schema: {
				$schema: 'https://json-schema.org/draft/2020-12/schema',
				$id: 'https://example.com/product',
				$comment: 'c',
				title: 't',
				description: 'd',
				default: { $ref: 'x', type: 'y' },
				examples: [{ minimum: 'z' }],
				deprecated: true,
				readOnly: true,
				writeOnly: false,
			},
			fits: OF_EACH_TYPE,
			failing: [],
		},
		{
			label: 'of drafts whose words mean the same',
			schema: { $schema: 'http://json-schema.org/draft-07/schema#', type: 'string' },
			fits: ['a'],
			failing: [1],
		},
		{
			label: 'keywords as names of fields',
			schema: {
				properties: { title: { type: 'string' }, minimum: { type: 'number' }, id: {}, nullable: {} },
			},
			fits: [{ title: 'a', minimum: 1, id: 2, nullable: 3 }],
			failing: [{ title: 1 }, { minimum: 'a' }],
		},
	],
};
