import type { MediaKind } from '../../../../../nodes/EachLabs/core/media/media';
import { mayTakeFile, schemaFields } from '../../../../../nodes/EachLabs/core/model/modelFields';
import { buildRunInput, type RunFile } from '../../../../../nodes/EachLabs/core/model/runInput';
import type { Model } from '../../../../../nodes/EachLabs/core/api/shapes';

const modelOf = (properties: Record<string, unknown>, required: string[] = []): Model => ({
	slug: 'some-model',
	title: 'Some Model',
	version: null,
	outputType: null,
	raw: {},
	requestSchema: { type: 'object', properties, required },
});
const file = (url: string, kind: MediaKind = 'image', fieldName?: string): RunFile => ({
	url,
	kind,
	fieldName,
});

describe('A value becomes what its field takes', () => {
	const nullable = (schema: object) => ({ anyOf: [schema, { type: 'null' }] });
	test.each<[string, object, unknown, unknown]>([
		['a number in a text', { type: 'integer' }, ' 5 ', 5],
		['a number that may be a fraction', { type: ['number', 'integer'] }, 1.5, 1.5],
		['a number that may be null', { type: ['integer', 'null'] }, '5', 5],
		['a number that may be null, said otherwise', nullable({ type: 'integer' }), '5', 5],
		['zero', { type: 'integer', minimum: 0 }, 0, 0],
		['a number for a text', { type: 'string' }, 16, '16'],
		['a text that may be a number', { type: ['string', 'number'] }, 'auto', 'auto'],
		['a number that may be a text', { type: ['string', 'number'] }, 5, 5],
		['no', { type: 'boolean' }, false, false],
		['yes in a text', { type: 'boolean' }, 'True', true],
		['a choice in another case', { enum: ['low', 'high'] }, 'HIGH', 'high'],
		['a choice as it is', { enum: ['s', 'S'] }, 'S', 'S'],
		['a number among choices', { type: 'integer', enum: [512, 1024] }, '1024', 1024],
		['an object in a text', { type: 'object' }, '{"a":1}', { a: 1 }],
		['a text that may be an object', { type: ['object', 'string'] }, 'hello', 'hello'],
		['a list in a text', { type: 'array', items: { type: 'string' } }, '["a","b"]', ['a', 'b']],
		['one text for a list', { type: 'array', items: { type: 'string' } }, 'red, blue', ['red, blue']],
		[
			'a text with a bracket for a list',
			{ type: 'array', items: { type: 'string' } },
			'[verse] la',
			['[verse] la'],
		],
		['numbers for a list', { type: 'array', items: { type: 'integer' } }, '1, 2', [1, 2]],
		['numbers as texts in a list', { type: 'array', items: { type: 'integer' } }, ['1', 2], [1, 2]],
		['one object for a list', { type: 'array', items: { type: 'object' } }, '{"a":1}', [{ a: 1 }]],
		[
			'addresses for a list',
			{ type: 'array', items: { type: 'string', format: 'uri' } },
			'https://a.example/1,2, https://b.example',
			['https://a.example/1,2', 'https://b.example'],
		],
		['anything where nothing is said', {}, { any: [1] }, { any: [1] }],
	])('%s', (_, schema, value, sent) => {
		expect(buildRunInput(modelOf({ it: schema }), { values: { it: value }, files: [] })).toEqual({
			it: sent,
		});
	});

	test.each([undefined, null, '', '  \n'])('%j is nothing, and is not sent', (value) => {
		const model = modelOf({ it: { type: 'string' } });
		expect(buildRunInput(model, { values: { it: value }, files: [] })).toEqual({});
		expect(() =>
			buildRunInput(modelOf({ it: { type: 'string' } }, ['it']), { values: { it: value }, files: [] }),
		).toThrow("The model some-model needs 'it'");
	});

	test.each<[object, unknown, string]>([
		[{ type: 'integer' }, 1.5, 'is 1.5, and the model takes a whole number'],
		[{ type: 'integer' }, '9007199254740993', "is '9007199254740993', and the model takes a whole number"],
		[{ type: 'number', minimum: 0.0001 }, 0, 'is 0, and the model takes a number from 0.0001'],
		[{ type: 'number', maximum: 1_000 }, 1_001, 'is 1001, and the model takes a number up to 1,000'],
		[{ type: 'number' }, NaN, 'is NaN, and the model takes a number'],
		[{ type: 'boolean' }, 'perhaps', "is 'perhaps', and the model takes only true or false"],
		[{ type: 'object' }, 'hello', `is 'hello', and the model takes a JSON object, e.g. {"key": "value"}`],
		[{ type: 'string' }, { a: 1 }, 'is {"a":1}, and the model takes a text'],
		[{ type: 'string' }, 'a\ud83d', 'and the model takes only whole characters'],
		[{ type: 'string' }, 'A [object Object]', 'takes a text, which an object in it is not: choose the field'],
		[{ type: 'string' }, 'é'.repeat(99) + '\ud83d', `is '${'é'.repeat(79)}…, and`],
		[{ type: 'array', items: { type: 'object' } }, 'hello', `is 'hello', and the model takes a JSON list`],
		[{ type: 'array', items: { type: 'string' } }, [{ a: 1 }], 'is {"a":1}, and the model takes a text'],
		[{ type: 'array', maxItems: 1 }, ['a', 'b'], 'has 2 entries; the model takes at most 1'],
		[{ enum: Array.from({ length: 300 }, (_, n) => `v${n}`) }, 'x', 'only: v0, v1,'],
	])('%j refuses %j', (schema, value, message) => {
		const build = () => buildRunInput(modelOf({ it: schema }), { values: { it: value }, files: [] });
		expect(build).toThrow("The field 'it' ");
		expect(build).toThrow(message);
	});

	test('what is not a field is refused, and so is a required one that only an object of JavaScript has', () => {
		const build = (values: Record<string, unknown>, additionalInput?: Record<string, unknown>) => () =>
			buildRunInput(modelOf({ toString: { type: 'string' } }, ['toString']), {
				values,
				additionalInput,
				files: [],
			});
		expect(build({})).toThrow("The model some-model needs 'toString'");
		expect(build({ seed: 1 })).toThrow("has no field 'seed', which stands under 'Input Fields'");
		expect(build({}, { seed: 1 })).toThrow(
			"has no field 'seed', which stands under the option 'Additional Input'",
		);
		expect(build({}, JSON.parse('{"__proto__": 1}') as Record<string, unknown>)).toThrow(
			"has no field '__proto__'",
		);
		expect(build({ toString: 'a' })()).toEqual({ toString: 'a' });
	});
});

describe('A file goes', () => {
	const urls = { type: 'array', items: { type: 'string' } };
	test.each<[string, Record<string, unknown>, Record<string, unknown>, RunFile[], Record<string, unknown>]>([
		[
			'behind an address that is there',
			{ image_urls: urls },
			{ image_urls: 'https://a' },
			[file('u')],
			{ image_urls: ['https://a', 'u'] },
		],
		[
			'where there is null',
			{ image_url: { type: 'string' } },
			{ image_url: null },
			[file('u')],
			{ image_url: 'u' },
		],
		[
			'into a list that may be null',
			{ image_urls: { anyOf: [urls, { type: 'null' }] } },
			{},
			[file('u')],
			{ image_urls: ['u'] },
		],
		[
			'not into a switch',
			{ audio: { type: 'boolean' }, audio_url: { type: 'string' } },
			{},
			[file('u', 'audio')],
			{ audio_url: 'u' },
		],
		[
			'into the field that is named',
			{ constructor: { type: 'string' } },
			{},
			[file('u', 'image', 'constructor')],
			{ constructor: 'u' },
		],
	])('%s', (_, properties, additionalInput, files, sent) => {
		expect(buildRunInput(modelOf(properties), { values: {}, additionalInput, files })).toEqual(sent);
	});

	test('into any field for a text that is not the question, so that the editor must not demand it', () => {
		const fields = schemaFields(
			modelOf({
				first_frame_image: { type: 'string' },
				masks: urls,
				prompt: { type: 'string' },
				size: { type: 'string', enum: ['s', 'l'] },
				count: { type: 'integer' },
				points: { type: 'array', items: { type: 'object' } },
			}),
		);
		expect(fields.filter(mayTakeFile).map(({ name }) => name)).toEqual(['first_frame_image', 'masks']);
	});
});

test.each([
	[['it'], "Fill it in under 'Input Fields'."],
	[['it', 'seed'], "Fill them in under 'Input Fields'."],
])('the fields that are missing are named with what to do: %j', (required, remedy) => {
	const model = modelOf({ it: { type: 'integer' }, seed: { type: 'integer' } }, required);
	expect(() => buildRunInput(model, { values: {}, files: [] })).toThrow(
		expect.objectContaining({ description: remedy }) as Error,
	);
});
