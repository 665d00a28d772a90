import fc from 'fast-check';
import { coerced } from '../../../../../nodes/EachLabs/core/answer/coerced';
import { AnswerSchema } from '../../../../../nodes/EachLabs/core/schema/AnswerSchema';

function schemaOf(schema: unknown): AnswerSchema {
	return AnswerSchema.fromJsonSchema(schema, "The 'Input Schema'");
}

function coercedBy({ form: { root, places } }: AnswerSchema, value: unknown): unknown {
	return coerced(value, root, places);
}

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
			referred: { $ref: '#/$defs/price' },
			maybe: { anyOf: [{ type: 'number' }, { type: 'null' }] },
			maybeObject: { anyOf: [{ type: 'object', properties: { n: { type: 'number' } } }, { type: 'null' }] },
			all: { allOf: [{ type: 'number' }, { minimum: 1 }] },
			one: { enum: [1, 2] },
			only: { const: true },
			or: { oneOf: [{ type: 'string' }, { type: 'number' }] },
		},
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
		[{ referred: { amount: '3' } }, { referred: { amount: 3 } }],
		[{ maybe: '4' }, { maybe: 4 }],
		[{ maybeObject: { n: '4' } }, { maybeObject: { n: 4 } }],
		[{ all: '4' }, { all: 4 }],
		[{ one: '2' }, { one: 2 }],
		[{ only: 'true' }, { only: true }],
		[{ other: 'true' }, { other: true }],
	])('are made what they say where no text may be: %j', (value, expected) => {
		const before = structuredClone(value);
		expect(coercedBy(schema, value)).toEqual(expected);
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
		expect(coercedBy(schema, value)).toBe(value);
	});

	test('never make a value worse that fits', () => {
		fc.assert(
			fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
				fc.pre(schema.complaints(value).length === 0);
				expect(coercedBy(schema, value)).toBe(value);
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
		[{ date: null, option: null, referred: null, either: null, list: null }, {}],
		[{ referred: { width: 1, unit: null } }, { referred: { width: 1 } }],
		[{ list: [{ width: '1', unit: null }, { width: 2 }] }, { list: [{ width: 1 }, { width: 2 }] }],
	])('is left out: %j', (value, expected) => {
		const before = structuredClone(value);
		expect(coercedBy(schema, value)).toEqual(expected);
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
		expect(coercedBy(schema, value)).toBe(value);
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
		expect(coercedBy(schema, value)).toBe(value);
	});

	test('goes in bounded time, however many fields there are and must be there', () => {
		const names = Array.from({ length: 5_000 }, (_, n) => `f${n}`);
		const large = schemaOf({ additionalProperties: { type: 'string' }, required: names });
		const value = Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`g${n}`, null]));
		const before = process.cpuUsage();
		expect(coercedBy(large, value)).toEqual({});
		expect(process.cpuUsage(before).user / 1_000).toBeLessThan(5_000);
	});
});

test('A schema that many items have is read once', () => {
	const written = { type: 'object', properties: { a: { type: 'number' } } };
	expect(schemaOf(structuredClone(written))).toBe(schemaOf(written));
	expect(schemaOf({ ...written, title: 'T' })).not.toBe(schemaOf(written));
});
