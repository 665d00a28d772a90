/**
 * What every keyword of JSON Schema draft 2020-12 that we accept does: our own table, since the official test suite is not
 * to be had from the registry for this draft. Each row holds a schema, values that fit it and values that do not.
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
	patternProperties: [
		{
			label: 'apply to the fields whose names match anywhere',
			schema: { patternProperties: { 'f.*o': { type: 'integer' } } },
			fits: [{ foo: 1 }, { foooooo: 1, fo: 2 }, {}, { a: 'x' }, 'foo', []],
			failing: [{ foo: 'x' }, { foo: 1, fooooo: 'x' }, { 'a fo b': 'x' }],
		},
		{
			label: 'all that match apply',
			schema: { patternProperties: { 'a*': { type: 'integer' }, 'aaa*': { maximum: 20 } } },
			fits: [{ a: 21 }, { aaaa: 18 }],
			failing: [{ a: 'bar' }, { aaaa: 31 }, { aaa: 'foo' }],
		},
		{
			label: 'tell upper and lower case apart',
			schema: { patternProperties: { X_: { type: 'string' } } },
			fits: [{ x_a: 3 }],
			failing: [{ X_a: 3 }],
		},
	],
	additionalProperties: [
		{
			label: 'false allows the named fields only',
			schema: { properties: { a: {}, b: {} }, patternProperties: { '^v': {} }, additionalProperties: false },
			fits: [{ a: 1 }, { a: 1, vroom: 2 }, {}, [1], 'text'],
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
	propertyNames: [
		{
			label: 'hold names against a schema',
			schema: { propertyNames: { maxLength: 3 } },
			fits: [{ f: 1, foo: 2 }, {}, [1, 2, 3, 4], 'foobar', 12],
			failing: [{ foo: 1, foobar: 2 }],
		},
		{
			label: 'with a pattern',
			schema: { propertyNames: { pattern: '^a+$' } },
			fits: [{ aaa: 1 }],
			failing: [{ aaA: 1 }],
		},
		{ label: 'false', schema: { propertyNames: false }, fits: [{}], failing: [{ a: 1 }] },
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
	dependentRequired: [
		{
			label: 'one field asks for others',
			schema: { dependentRequired: { quux: ['foo', 'bar'] } },
			fits: [{}, { foo: 1, bar: 2 }, { foo: 1, bar: 2, quux: 3 }, ['quux'], 'quux'],
			failing: [{ foo: 1, quux: 2 }, { bar: 1, quux: 2 }, { quux: 1 }],
		},
		{
			label: 'for nothing',
			schema: { dependentRequired: { bar: [] } },
			fits: [{}, { bar: 2 }, 1],
			failing: [],
		},
	],
	dependentSchemas: [
		{
			label: 'one field brings a schema',
			schema: { dependentSchemas: { bar: { properties: { foo: { type: 'integer' } } } } },
			fits: [{ foo: 1, bar: 2 }, { foo: 'quux' }, ['bar'], 'foobar'],
			failing: [{ foo: 'quux', bar: 2 }],
		},
		{
			label: 'false',
			schema: { dependentSchemas: { bar: false } },
			fits: [{ foo: 1 }, {}],
			failing: [{ bar: 1 }],
		},
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
	prefixItems: [
		{
			label: 'hold the first entries each against its own',
			schema: { prefixItems: [{ type: 'integer' }, { type: 'string' }] },
			fits: [[1, 'foo'], [1], [1, 'foo', true], [], { 0: 'invalid' }],
			failing: [
				['foo', 1],
				[1, 2],
			],
		},
		{
			label: 'with items for the others',
			schema: { prefixItems: [{ type: 'string' }], items: { type: 'integer' } },
			fits: [['x', 2, 3], ['x'], []],
			failing: [['x', 'y'], [1]],
		},
		{
			label: 'with none after them',
			schema: { prefixItems: [{}, {}], items: false },
			fits: [[], [1, 2]],
			failing: [[1, 2, 3]],
		},
		{
			label: 'true and false',
			schema: { prefixItems: [true, false] },
			fits: [[1], []],
			failing: [[1, 'foo']],
		},
	],
	contains: [
		{
			label: 'one entry at least fits',
			schema: { contains: { minimum: 5 } },
			fits: [[3, 4, 5], [3, 4, 5, 6], {}, 'text'],
			failing: [[2, 3, 4], []],
		},
		{ label: 'true', schema: { contains: true }, fits: [['foo']], failing: [[]] },
		{ label: 'false', schema: { contains: false }, fits: ['text'], failing: [['foo'], []] },
		{
			label: 'beside items',
			schema: { items: { multipleOf: 2 }, contains: { multipleOf: 3 } },
			fits: [[6, 12]],
			failing: [
				[2, 4, 8],
				[3, 6, 9],
				[1, 5],
			],
		},
	],
	minContains: [
		{
			label: 'of 2',
			schema: { contains: { const: 1 }, minContains: 2 },
			fits: [
				[1, 1],
				[1, 2, 1],
			],
			failing: [[], [1], [1, 2]],
		},
		{ label: 'of 0', schema: { contains: { const: 1 }, minContains: 0 }, fits: [[], [2], [1]], failing: [] },
		{ label: 'without contains', schema: { minContains: 1 }, fits: [[], [1]], failing: [] },
	],
	maxContains: [
		{
			label: 'of 1',
			schema: { contains: { const: 1 }, maxContains: 1 },
			fits: [[1], [1, 2]],
			failing: [[], [1, 1], [1, 2, 1]],
		},
		{
			label: 'with minContains of 0',
			schema: { contains: { const: 1 }, minContains: 0, maxContains: 1 },
			fits: [[], [1], [2]],
			failing: [[1, 1]],
		},
		{ label: 'without contains', schema: { maxContains: 1 }, fits: [[1], [1, 2]], failing: [] },
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
	unevaluatedItems: [
		{
			label: 'false allows none that nothing else spoke of',
			schema: { prefixItems: [{ type: 'string' }], unevaluatedItems: false },
			fits: [['foo'], [], {}],
			failing: [['foo', 'bar']],
		},
		{
			label: 'sees what allOf and $ref spoke of',
			schema: {
				$ref: '#/$defs/pair',
				allOf: [{ prefixItems: [true, true, true] }],
				unevaluatedItems: false,
				$defs: { pair: { prefixItems: [{ type: 'string' }] } },
			},
			fits: [['a', 1, 2]],
			failing: [['a', 1, 2, 3]],
		},
		{
			label: 'sees of anyOf the alternatives that fit',
			schema: {
				prefixItems: [{ const: 'foo' }],
				anyOf: [{ prefixItems: [true, { const: 'bar' }] }, { prefixItems: [true, true, { const: 'baz' }] }],
				unevaluatedItems: false,
			},
			fits: [['foo', 'bar']],
			failing: [['foo', 'bar', 42]],
		},
		{
			label: 'counts what contains took',
			schema: { prefixItems: [true], contains: { type: 'string' }, unevaluatedItems: false },
			fits: [[1, 'foo']],
			failing: [
				[1, 2],
				[1, 2, 'foo'],
			],
		},
		{
			label: 'a schema',
			schema: { unevaluatedItems: { type: 'string' } },
			fits: [[], ['foo']],
			failing: [[42]],
		},
	],
	unevaluatedProperties: [
		{
			label: 'false allows none that nothing else spoke of',
			schema: { properties: { foo: { type: 'string' } }, unevaluatedProperties: false },
			fits: [{ foo: 'foo' }, {}, []],
			failing: [{ foo: 'foo', bar: 'bar' }],
		},
		{
			label: 'sees what allOf and $ref spoke of',
			schema: {
				$ref: '#/$defs/bar',
				allOf: [{ properties: { baz: true } }],
				properties: { foo: true },
				unevaluatedProperties: false,
				$defs: { bar: { properties: { bar: { type: 'string' } } } },
			},
			fits: [{ foo: 1, bar: 'bar', baz: 2 }],
			failing: [{ foo: 1, bar: 'bar', boo: 1 }],
		},
		{
			label: 'sees of oneOf the alternative that fits',
			schema: {
				properties: { foo: { type: 'string' } },
				oneOf: [
					{ properties: { bar: { const: 'bar' } }, required: ['bar'] },
					{ properties: { baz: { const: 'baz' } }, required: ['baz'] },
				],
				unevaluatedProperties: false,
			},
			fits: [{ foo: 'foo', bar: 'bar' }],
			failing: [
				{ foo: 'foo', bar: 'bar', quux: 'x' },
				{ foo: 'foo', bar: 'bar', baz: 1 },
			],
		},
		{
			label: 'sees of if and then what applied',
			schema: {
				if: { properties: { foo: { const: 'then' } }, required: ['foo'] },
				then: { properties: { bar: { type: 'string' } }, required: ['bar'] },
				else: { properties: { baz: { type: 'string' } }, required: ['baz'] },
				unevaluatedProperties: false,
			},
			fits: [{ foo: 'then', bar: 'bar' }, { baz: 'baz' }],
			failing: [
				{ foo: 'then', bar: 'bar', baz: 'baz' },
				{ foo: 'else', baz: 'baz' },
			],
		},
		{
			label: 'does not see into cousins',
			schema: { allOf: [{ properties: { foo: true } }, { unevaluatedProperties: false }] },
			fits: [{}],
			failing: [{ foo: 1 }],
		},
		{
			label: 'sees nothing of not',
			schema: {
				properties: { foo: { type: 'string' } },
				not: { not: { properties: { bar: { const: 'bar' } }, required: ['bar'] } },
				unevaluatedProperties: false,
			},
			fits: [],
			failing: [{ foo: 'foo', bar: 'bar' }],
		},
		{
			label: 'a schema',
			schema: { unevaluatedProperties: { type: 'string', minLength: 3 } },
			fits: [{}, { foo: 'foo' }],
			failing: [{ foo: 'fo' }],
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
	not: [
		{ label: 'a type', schema: { not: { type: 'integer' } }, fits: ['foo', 1.5], failing: [1] },
		{
			label: 'a field',
			schema: { properties: { foo: { not: {} } } },
			fits: [{ bar: 1 }, {}],
			failing: [{ foo: 1 }],
		},
		{ label: 'not not', schema: { not: { not: { type: 'string' } } }, fits: ['a'], failing: [1] },
	],
	'if, then, else': [
		{
			label: 'all three',
			schema: { if: { exclusiveMaximum: 0 }, then: { minimum: -10 }, else: { multipleOf: 2 } },
			fits: [-1, 4, 0],
			failing: [-100, 3],
		},
		{
			label: 'if and then',
			schema: { if: { exclusiveMaximum: 0 }, then: { minimum: -10 } },
			fits: [-1, 3],
			failing: [-100],
		},
		{
			label: 'if and else',
			schema: { if: { exclusiveMaximum: 0 }, else: { multipleOf: 2 } },
			fits: [-1, 4],
			failing: [3],
		},
		{ label: 'then without if', schema: { then: { const: 0 } }, fits: [0, 'hello'], failing: [] },
		{
			label: 'if of true',
			schema: { if: true, then: { const: 'then' }, else: { const: 'else' } },
			fits: ['then'],
			failing: ['else'],
		},
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
