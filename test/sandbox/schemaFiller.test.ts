import { Validator, type Schema } from '@cfworker/json-schema';
import fc from 'fast-check';

import type { JsonSchema } from '../../sandbox/answer/json/JsonValue';
import { SchemaFiller } from '../../sandbox/answer/json/SchemaFiller';
import type { Subject } from '../../sandbox/answer/json/Subject';
import type { DescribedMedium } from '../../sandbox/answer/MediumDescription';

const picture: DescribedMedium = {
	kind: 'picture',
	full: 'a JPEG picture of 640×480 pixels and 34,567 bytes, mainly light red and white',
	brief: 'a JPEG picture of 640×480 pixels, mainly light red and white',
	decorative: false,
	colours: ['transparent', 'light red', 'white'],
	format: 'JPEG',
	byteLength: 34_567,
	width: 640,
	height: 480,
	tokens: 258,
	sha256: 'a'.repeat(64),
};
const sound: DescribedMedium = {
	kind: 'audio',
	full: 'a recording of 6.0 seconds',
	brief: 'a recording of 6.0 seconds',
	decorative: false,
	colours: [],
	format: 'WAVE',
	byteLength: 96_044,
	durationSeconds: 6,
	tokens: 192,
	sha256: 'b'.repeat(64),
};
const report: DescribedMedium = {
	kind: 'document',
	full: 'a PDF document of 3 pages, titled "Yearly report"',
	brief: 'a PDF document of 3 pages, titled "Yearly report"',
	decorative: false,
	colours: [],
	format: 'PDF',
	byteLength: 2914,
	pages: 3,
	title: 'Yearly report',
	tokens: 774,
	sha256: 'c'.repeat(64),
};
const sentence = "Sandbox answer, not the model's: a picture.";

function about(...media: DescribedMedium[]): Subject {
	return {
		media,
		seed: media.map(({ sha256 }) => sha256).join(),
		prose: 'Sandbox prose.',
		sentence: (maxLength) => (sentence.length <= maxLength ? sentence : 'Sandbox.'.slice(0, maxLength)),
	};
}

async function filled(schema: JsonSchema, ...media: DescribedMedium[]): Promise<unknown> {
	return await new SchemaFiller(schema).fill(about(...(media.length === 0 ? [picture] : media)));
}

async function property(name: string, schema: JsonSchema, ...media: DescribedMedium[]): Promise<unknown> {
	const whole = { type: 'object', properties: { [name]: schema }, required: [name] };
	return ((await filled(whole, ...media)) as Record<string, unknown>)[name];
}

function isValid(value: unknown, schema: JsonSchema): boolean {
	return new Validator(structuredClone(schema) as Schema, '2020-12').validate(value).valid;
}

const text = { type: 'string' };
const number = { type: 'number' };

describe('what a name asks for comes from the media', () => {
	test.each<[string, JsonSchema, DescribedMedium, unknown]>([
		['colour', text, picture, 'light red'],
		['mainColor', text, picture, 'light red'],
		['colours', { type: 'array', items: text }, picture, ['transparent', 'light red', 'white']],
		['width', number, picture, 640],
		['height_px', { type: 'integer' }, picture, 480],
		['width', text, picture, '640'],
		['format', text, picture, 'JPEG'],
		['format', { enum: ['png', 'jpg'] }, picture, 'jpg'],
		['file size', number, picture, 34_567],
		['bytes', text, picture, '34,567 bytes'],
		['mediaType', text, picture, 'picture'],
		['decorative', { type: 'boolean' }, picture, false],
		['caption', text, picture, sentence],
		['alt text', { type: 'string', maxLength: 20 }, picture, 'Sandbox.'],
		['title', text, picture, sentence],
		['title', text, report, 'Yearly report'],
		['pageCount', { type: 'integer' }, report, 3],
		['duration', number, sound, 6],
		['length', text, sound, '6.0 seconds'],
		['colour', { type: ['string', 'null'] }, sound, null],
		['colour', { enum: ['red', null] }, sound, null],
		['kind', { enum: ['video', 'sound', 'picture'] }, sound, 'sound'],
		['product', { enum: ['Green boots', 'Red shoes'] }, picture, 'Red shoes'],
		['pages', { enum: [1, 3, 5] }, report, 3],
	])('%s as %j', async (name, schema, medium, expected) => {
		expect(await property(name, schema, medium)).toEqual(expected);
	});

	test('a value that the schema has no room for gives way to one that fits', async () => {
		expect(await property('width', { type: 'integer', maximum: 10 })).toBeLessThanOrEqual(10);
		expect(await property('colour', { type: 'string', enum: ['blue', 'green'] })).toMatch(/blue|green/);
		expect(await property('description', { type: 'string', minLength: 300, maxLength: 310 })).toMatch(
			/^Sandbox answer.{285,295}$/,
		);
	});

	test('an optional property is left out where the media have no such thing, and only there', async () => {
		const properties = { colour: text, width: number, duration: number, style: text };
		expect(Object.keys((await filled({ type: 'object', properties }, sound)) as object)).toEqual([
			'duration',
			'style',
		]);
		expect(Object.keys((await filled({ type: 'object', properties }, picture)) as object)).toEqual([
			'colour',
			'width',
			'style',
		]);
		expect(
			Object.keys((await filled({ type: 'object', properties, required: ['width'] }, sound)) as object),
		).toContain('width');
	});

	test('segments of a recording share its length', async () => {
		const segment = {
			type: 'object',
			properties: { start: number, end: number, from: text, text },
			required: ['start', 'end', 'text'],
		};
		const segments = await filled({ type: 'array', items: segment, minItems: 3, maxItems: 3 }, sound);
		expect(segments).toMatchObject([
			{ start: 0, end: 2, text: sentence },
			{
				start: 2,
				end: 4,
				text: 'Sandbox: part 2 of 3 of the recording; what is said in it is not transcribed.',
			},
			{ start: 4, end: 6 },
		]);
		expect(
			await property(
				'segments',
				{ type: 'array', minItems: 2, maxItems: 2, items: { type: 'object', properties: { start: text } } },
				{ ...sound, durationSeconds: 150 },
			),
		).toEqual([{ start: '0:00' }, { start: '1:15' }]);
	});
});

test('text says that it is the sandbox, where there is room for that', async () => {
	expect(await property('style', text)).toMatch(/^Sandbox style [\da-f]{4}$/);
	expect(await property('style', { type: 'string', maxLength: 4 })).toBe('Sand');
	expect(await filled(text)).toBe('Sandbox prose.');
	expect(await filled({ type: 'string', maxLength: 10 })).toBe('Sandbox.');
});

const tree = {
	$defs: {
		node: {
			type: 'object',
			properties: {
				label: text,
				next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] },
				children: { type: 'array', items: { $ref: '#/$defs/node' } },
			},
			required: ['label', 'next', 'children'],
		},
	},
	$ref: '#/$defs/node',
};

describe('data fits its schema', () => {
	test.each<[string, JsonSchema]>([
		['anything', true],
		['an empty schema', {}],
		['a constant', { const: { a: [1, null] } }],
		['null', { type: 'null' }],
		['a fraction between bounds', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 0.001 }],
		['a negative integer', { type: 'integer', maximum: -500 }],
		['a multiple', { type: 'integer', multipleOf: 7, minimum: 100 }],
		['a multiple of a fraction', { type: 'number', multipleOf: 0.25, minimum: 3, maximum: 3.3 }],
		['one integer', { type: 'integer', minimum: 5, maximum: 5 }],
		['a long text', { type: 'string', minLength: 3000 }],
		['no characters', { type: 'string', maxLength: 0 }],
		['digits', { type: 'string', pattern: '^\\d{5}$' }],
		['capitals', { type: 'string', pattern: '^[A-Z]{3}$' }],
		['an elaborate pattern', { type: 'string', pattern: '^[A-Z]{2}-\\d{4}$' }],
		...[
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
		].map((format): [string, JsonSchema] => [`the format ${format}`, { type: 'string', format }]),
		['a date of a certain length', { type: 'string', format: 'date', minLength: 10, maxLength: 10 }],
		['an array of a certain length', { type: 'array', items: number, minItems: 7, maxItems: 7 }],
		[
			'different entries',
			{ type: 'array', items: { type: 'integer', minimum: 1, maximum: 6 }, minItems: 4, uniqueItems: true },
		],
		[
			'different colours',
			{
				type: 'object',
				properties: { colours: { type: 'array', items: text, minItems: 5, uniqueItems: true } },
			},
		],
		[
			'a tuple',
			{ type: 'array', prefixItems: [text, number, { type: 'boolean' }], items: false, minItems: 3 },
		],
		['a tuple and more', { type: 'array', prefixItems: [text], items: number, minItems: 4 }],
		['an array that contains something', { type: 'array', contains: { const: 'x' } }],
		['a property without a schema', { type: 'object', required: ['a', 'b'], properties: { a: text } }],
		['a map', { type: 'object', additionalProperties: number, minProperties: 3 }],
		[
			'few properties',
			{ type: 'object', properties: { a: text, b: text, c: text }, required: ['c'], maxProperties: 2 },
		],
		[
			'nested objects',
			{
				type: 'object',
				properties: {
					a: {
						type: 'object',
						properties: {
							b: { type: 'array', items: { type: 'object', properties: { c: number }, required: ['c'] } },
						},
						required: ['b'],
					},
				},
				required: ['a'],
				additionalProperties: false,
			},
		],
		['a schema that refers to itself', tree],
		[
			'a reference beside other keywords',
			{ $defs: { short: { type: 'string' } }, $ref: '#/$defs/short', maxLength: 3 },
		],
		['a reference with escapes', { definitions: { 'a/b ~c': number }, $ref: '#/definitions/a~1b ~0c' }],
		[
			'allOf',
			{
				allOf: [
					{ type: 'object', properties: { a: number }, required: ['a'] },
					{ properties: { a: { maximum: 3 }, b: text }, required: ['b'] },
				],
			},
		],
		['anyOf', { anyOf: [{ type: 'integer', minimum: 10 }, text] }],
		[
			'anyOf beside properties',
			{ type: 'object', properties: { a: text, b: text }, anyOf: [{ required: ['a'] }, { required: ['b'] }] },
		],
		[
			'anyOf whose first branch fits nothing',
			{ anyOf: [false, { type: 'string', minLength: 5, maxLength: 2 }, number] },
		],
		['oneOf whose branches overlap', { oneOf: [number, { type: 'integer' }] }],
		['an enum of several types', { type: ['string', 'integer'], enum: [true, 3, { a: 1 }] }],
		['types without null last', { type: ['null', 'array'], items: text }],
	])('%s', async (_label, schema) => {
		for (const medium of [picture, sound, report]) {
			const value = await filled(schema, medium);
			expect({ value, isValid: isValid(value, schema) }).toMatchObject({ isValid: true });
			expect(await filled(schema, medium)).toEqual(value);
		}
	});

	const schemas = fc.letrec<{ schema: JsonSchema }>((tie) => ({
		schema: fc.oneof(
			{ maxDepth: 4, withCrossShrink: true },
			fc
				.tuple(fc.nat(30), fc.nat(60), fc.constantFrom(undefined, 'date', 'email', 'uri'))
				.map(([minLength, more, format]) =>
					format === undefined ? { ...text, minLength, maxLength: minLength + more } : { ...text, format },
				),
			fc
				.tuple(fc.integer({ min: -1000, max: 1000 }), fc.nat(50), fc.boolean())
				.map(([minimum, more, whole]) => ({
					type: whole ? 'integer' : 'number',
					minimum,
					maximum: minimum + more,
				})),
			fc.constantFrom<JsonSchema[]>(
				{ type: 'boolean' },
				{ type: ['string', 'null'] },
				{ enum: ['red', 'png', 7] },
				true,
			),
			fc
				.tuple(tie('schema'), fc.nat(3), fc.nat(3))
				.map(([items, minItems, more]) => ({ type: 'array', items, minItems, maxItems: minItems + more })),
			fc
				.tuple(
					fc.dictionary(
						fc.constantFrom('colour', 'width', 'title', 'pages', 'other', 'start'),
						tie('schema'),
					),
					fc.boolean(),
				)
				.map(([properties, isClosed]) => ({
					type: 'object',
					properties,
					required: Object.keys(properties).slice(1),
					...(isClosed ? { additionalProperties: false } : {}),
				})),
			fc.tuple(tie('schema'), tie('schema')).map((anyOf) => ({ anyOf })),
			fc.tuple(tie('schema'), fc.constant(text)).map(([part]) => ({ allOf: [part], description: 'a part' })),
		),
	})).schema;

	test('whatever the schema', async () => {
		await fc.assert(
			fc.asyncProperty(schemas, fc.constantFrom(picture, sound, report), async (schema, medium) => {
				expect(isValid(await filled(schema, medium), schema)).toBe(true);
			}),
			{ numRuns: 300, seed: 4 },
		);
	});
});

test('different media give different data', async () => {
	const schema = {
		type: 'object',
		properties: { style: text, rating: { type: 'integer' } },
		required: ['style'],
	};
	expect(await filled(schema, picture)).not.toEqual(await filled(schema, sound));
});

describe('what can not be made up is told', () => {
	test.each<[string, JsonSchema, RegExp]>([
		['nothing', false, /'false' schema/],
		['no value', { type: 'integer', minimum: 3, maximum: 2 }, /3 is greater than 2/],
		['a pattern that nothing fits', { type: 'string', pattern: '^(?!x)x$' }, /pattern/],
		['a reference to nowhere', { $ref: '#/$defs/none' }, /\$ref: #\/\$defs\/none/],
		['a reference to another document', { $ref: 'https://example.com/schema' }, /example\.com/],
		['a reference to itself', { $defs: { a: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' }, /stack/],
		[
			'no end',
			{
				$defs: { a: { type: 'object', properties: { a: { $ref: '#/$defs/a' } }, required: ['a'] } },
				$ref: '#/$defs/a',
			},
			/type/,
		],
		['too many entries', { type: 'array', minItems: 1e9 }, /minItems is more than 20000/],
		['too many properties', { type: 'object', minProperties: 1e9 }, /minProperties is more than 20000/],
		['too long a text', { type: 'string', minLength: 1e9 }, /minLength is more than 40000/],
		[
			'too many entries of entries',
			{ type: 'array', minItems: 900, items: { type: 'array', minItems: 900 } },
			/more than 50000 values/,
		],
		[
			'more different entries than there are',
			{ type: 'array', items: { enum: [1, 2] }, minItems: 3, uniqueItems: true },
			/too few items/,
		],
		[
			'what is forbidden elsewhere',
			{ type: 'object', properties: { a: number }, required: ['a'], not: { required: ['a'] } },
			/Schema: #: .*"not"/,
		],
	])('%s', async (_label, schema, message) => {
		let thrown: unknown;
		try {
			await filled(schema);
		} catch (error) {
			thrown = error;
		}
		expect(thrown).toMatchObject({
			code: 'schema_not_fillable',
			message: expect.stringMatching(message),
		});
	});
});

test('a misfit does not fit', async () => {
	for (const schema of [
		{ type: 'object' },
		{ type: 'array', items: text },
		text,
		number,
		{ type: ['array', 'object', 'string'] },
	]) {
		expect(isValid(new SchemaFiller(schema).misfit(), schema)).toBe(false);
	}
});
