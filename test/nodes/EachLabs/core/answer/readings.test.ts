import fc from 'fast-check';

import { jsonInText } from '../../../../../nodes/EachLabs/core/answer/jsonInText';
import { structuredAnswer } from '../../../../../nodes/EachLabs/core/answer/structuredAnswer';
import { AnswerSchema } from '../../../../../nodes/EachLabs/core/schema/AnswerSchema';

const object = (properties: Record<string, unknown>, required: string[] = []): AnswerSchema =>
	AnswerSchema.fromJsonSchema({ type: 'object', properties, required }, 'The schema');

const text = { type: 'string' };
const number = { type: 'number' };
const choice = { enum: ['In Stock', 'sold-out', 'other'] };

const read = (said: string, schema: AnswerSchema): unknown => {
	const answer = structuredAnswer(said, schema);
	return answer.ok ? answer.value : { complaint: answer.complaint };
};

const product = object(
	{
		name: text,
		sku: text,
		price: number,
		state: choice,
		onSale: { type: 'boolean' },
		day: { type: 'string', format: 'date' },
		colors: { type: 'array', items: text },
		grosse: number,
	},
	['name'],
);
const P = { name: 'A' };

describe('What a model wrote is read as it is meant:', () => {
	test.each<[title: string, said: string, value: unknown]>([
		[
			'a choice in another case (langchain4j#4045)',
			'{"name":"A","state":"IN STOCK"}',
			{ ...P, state: 'In Stock' },
		],
		[
			'a choice in capitals (vicentereig/dspy.rb#210)',
			'{"name":"A","state":"OTHER"}',
			{ ...P, state: 'other' },
		],
		['a choice with underscores', '{"name":"A","state":"in_stock"}', { ...P, state: 'In Stock' }],
		['a choice with a blank for a hyphen', '{"name":"A","state":"Sold out."}', { ...P, state: 'sold-out' }],
		['a choice in quotes of its own', '{"name":"A","state":"“other”"}', { ...P, state: 'other' }],
		['a choice in full-width letters', '{"name":"A","state":"ｏｔｈｅｒ"}', { ...P, state: 'other' }],
		['a choice in a list', '{"name":"A","state":["other"]}', { ...P, state: 'other' }],
		['a number for a text', '{"name":12}', { name: '12' }],
		['a number for a text with its last zero', '{"name":"A","sku":12.50}', { ...P, sku: '12.50' }],
		['leading zeros', '{"name":"A","sku":007}', { ...P, sku: '007' }],
		[
			'a long article number',
			'{"name":"A","sku":40123450000000000019}',
			{ ...P, sku: '40123450000000000019' },
		],
		['a long number below 1e21', '{"name":"A","sku":9007199254740993}', { ...P, sku: '9007199254740993' }],
		[
			'a label with a character that is not seen',
			'{"name":"A","state":"ot\u200bher"}',
			{ ...P, state: 'other' },
		],
		['a key with a character that is not seen', '{"na\u200bme":"A"}', P],
		['true for a text', '{"name":true}', { name: 'true' }],
		['a number as a text', '{"name":"A","price":"12.5"}', { ...P, price: 12.5 }],
		['yes', '{"name":"A","onSale":"Yes"}', { ...P, onSale: true }],
		['no', '{"name":"A","onSale":"no."}', { ...P, onSale: false }],
		['a list of one for a text', '{"name":["A"]}', P],
		['a text for a list', '{"name":"A","colors":"red"}', { ...P, colors: ['red'] }],
		['a date with a time', '{"name":"A","day":"2026-01-31T10:00:00Z"}', { ...P, day: '2026-01-31' }],
		['N/A for what may be left out', '{"name":"A","price":"N/A"}', P],
		['an empty text for what may be left out', '{"name":"A","price":"","day":""}', P],
		['unknown for a choice that may be left out', '{"name":"A","state":"unknown"}', P],
		['none for a list that may be left out', '{"name":"A","colors":"none"}', P],
		['a bare hyphen (josdejong/jsonrepair#171)', '{"name":"A","price":-}', P],
		['a wrapper (n8n-io/n8n#20029)', '{"output":{"name":"A"}}', P],
		['a wrapper in a wrapper', '{"output":{"output":{"name":"A"}}}', P],
		[
			'the schema around the data',
			'{"type":"object","properties":{"name":"A","price":1}}',
			{ ...P, price: 1 },
		],
		['arguments of a call', '{"arguments":{"name":"A"}}', P],
		['keys in capitals', '{"Name":"A","PRICE":1}', { ...P, price: 1 }],
		['keys with blanks', '{"name":"A","on sale":true}', { ...P, onSale: true }],
		['keys with underscores', '{"name":"A","on_sale":true}', { ...P, onSale: true }],
		['full-width marks', '｛"name"："A"，"price"：1｝', { ...P, price: 1 }],
		[
			'typographic quotes as structure (Graphify-Labs/graphify#2286)',
			'{“name”：“A”，“price”：1}',
			{ ...P, price: 1 },
		],
		['German quotes (mangiucugna/json_repair#198)', '{„name“: „A“}', P],
		['guillemets', '{«name»: «A»}', P],
		['a full-width colon inside of a text', '{"name"："a：b，c"}', { name: 'a：b，c' }],
	])('%s', (_title, said, value) => {
		expect(read(said, product)).toEqual(value);
	});

	test('umlauts in a bare key', () => {
		expect(read('{größe: 3}', object({ größe: number }, ['größe']))).toEqual({ größe: 3 });
	});

	test('a key in another Unicode form', () => {
		const composed = 'größe'.normalize('NFC');
		const said = JSON.stringify({ ['größe'.normalize('NFD')]: 3 });
		expect(read(said, object({ [composed]: number }, [composed]))).toEqual({ [composed]: 3 });
	});

	const labels = AnswerSchema.fromJsonSchema(
		{
			type: 'object',
			properties: {
				labels: {
					type: 'array',
					minItems: 1,
					maxItems: 1,
					items: {
						type: 'object',
						properties: {
							label: { enum: ['shoe', 'hat'] },
							confidence: { type: 'number', minimum: 0, maximum: 1 },
						},
						required: ['label', 'confidence'],
					},
				},
			},
			required: ['labels'],
		},
		'The schema',
	);
	const shoe = { labels: [{ label: 'shoe', confidence: 0.9 }] };

	test.each<[title: string, said: string, value: unknown]>([
		[
			'two labels where one is wanted: the surest',
			'{"labels":[{"label":"hat","confidence":0.2},{"label":"Shoe","confidence":0.9}]}',
			shoe,
		],
		[
			'the same label twice: with the highest confidence',
			'{"labels":[{"label":"shoe","confidence":0.9},{"label":"SHOE","confidence":"0.1"}]}',
			shoe,
		],
		['a bare list', '[{"label":"shoe","confidence":0.9}]', shoe],
		['one bare label', '{"label":"shoe","confidence":0.9}', shoe],
		['an object for a list of one', '{"labels":{"label":"shoe","confidence":0.9}}', shoe],
	])('%s', (_title, said, value) => {
		expect(read(said, labels)).toEqual(value);
	});

	test('two that are equally sure are not told apart', () => {
		const said = '{"labels":[{"label":"hat","confidence":0.5},{"label":"shoe","confidence":0.5}]}';
		expect(read(said, labels)).toEqual({ complaint: 'labels must have at most 1 entry, and has 2 entries' });
	});

	const segment = {
		type: 'object',
		properties: { start: number, end: number, text },
		required: ['start', 'end', 'text'],
	};
	const segments = object({ segments: { type: 'array', items: segment } }, ['segments']);

	test.each<[said: string, seconds: number]>([
		['"01:05"', 65],
		['"01:02:03,500"', 3_723.5],
		['"01:02:03.250"', 3_723.25],
		['"5.2s"', 5.2],
		['"5.2"', 5.2],
	])('%s as a time', (said, seconds) => {
		const answer = `[{"start":0,"end":${said},"text":"a"}]`;
		expect(read(answer, segments)).toEqual({ segments: [{ start: 0, end: seconds, text: 'a' }] });
	});
});

describe('Nothing is made out of nothing:', () => {
	const refused = expect.objectContaining({ complaint: expect.any(String) as string }) as unknown;

	test.each<[title: string, said: string, schema?: AnswerSchema]>([
		['a choice that is none', '{"name":"A","state":"maybe"}'],
		['a choice that two fit', '{"a":"X Y"}', object({ a: { enum: ['x-y', 'x_y'] } }, ['a'])],
		['a thousand or a decimal', '{"name":"A","price":"1.299"}'],
		['separators for thousands', '{"name":"A","price":"1,299.00"}'],
		['a currency', '{"name":"A","price":"12 EUR"}'],
		['a bare hyphen for what must be there', '{"price":-}', object({ price: number }, ['price'])],
		['half a number', '{"price":1e}', object({ price: number }, ['price'])],
		['NaN (josdejong/jsonrepair#171)', '{"price":NaN}', object({ price: number }, ['price'])],
		['N/A for what must be there', '{"price":"N/A"}', object({ price: number }, ['price'])],
		[
			'none for a list that must be there',
			'{"a":"none"}',
			object({ a: { type: 'array', items: text } }, ['a']),
		],
		['a text that lists several', '{"name":"A","colors":"red, blue"}'],
		['a time where none is wanted', '{"name":"A","price":"16:09"}'],
		['an object with other fields only', '{"error":"x"}', object({ price: number })],
		['an empty object', '{}', object({ price: number })],
		['a wrapper with other fields only', '{"output":{"error":"x"}}', object({ price: number })],
		['two keys for one field', '{"NAME":"A","Name":"B"}'],
		['dots', '{"name":"A","colors":["red", ...]}'],
		['dots as an entry', '{"name":"A","colors":["red","..."]}'],
		['and 40 more', '{"name":"A","colors":["red", and 40 more]}'],
		['a comment that hides a field', '{"name":"A", /* "price": 2, */ "sku":"x"}'],
		['a comment that leaves out', '{"name":"A","colors":["red" // ... 12 more\n]}'],
	])('%s', (_title, said, schema = product) => {
		expect(read(said, schema)).toEqual(refused);
	});

	test('what says that more follows was cut off, and nothing else is called so', () => {
		expect(read('{"name":"A","colors":["red", ...]}', product)).toEqual({
			complaint: 'The answer was cut off before its end, so that parts of it are missing.',
		});
		expect(read('{"name":"A...","colors":["and more"]}', product)).toEqual({
			name: 'A...',
			colors: ['and more'],
		});
		expect(read('{"name":"A" // the name of it\n}', product)).toEqual(P);
	});

	test('every number of a repaired value stands literally in the text', () => {
		const word = fc.constantFrom(
			...[
				'-',
				'1e',
				'2.',
				'.5',
				'+5',
				'-05',
				'007',
				'NaN',
				'1e5',
				'12.50',
				'0x1F',
				'--5',
				'e5',
				'1,5',
				'-.',
				'3-4',
				'1.e2',
			],
		);
		fc.assert(
			fc.property(
				fc.array(fc.oneof(word, fc.string({ maxLength: 4 })), { minLength: 1, maxLength: 5 }),
				(words) => {
					const said = `{${words.map((one, index) => `f${index}: ${one}`).join(', ')}`;
					for (const candidate of [...jsonInText(`${said}}`), ...jsonInText(said)]) {
						if (!candidate.isRepaired) continue;
						JSON.stringify(candidate.value, (_, part: unknown) => {
							if (typeof part === 'number') {
								expect((said.match(/[\w.+-]+/g) ?? []).map(Number)).toContain(part);
							}
							return part;
						});
					}
				},
			),
			{ numRuns: 500 },
		);
	});
});

test('a value is taken for a list as often as a schema nests lists', () => {
	const listed = (value: unknown, times: number): unknown =>
		Array.from({ length: times }).reduce<unknown>((inner) => [inner], value);
	const nested = Array.from({ length: 40 }).reduce<object>((items) => ({ type: 'array', items }), number);
	expect(read('{"deep": "5"}', object({ deep: nested }))).toEqual({ deep: listed(5, 40) });
});

test.each([
	[997, true],
	[998, undefined],
])('a text of three letters and %i spaces is read as a truth: %p', (spaces, onSale) => {
	const said = JSON.stringify({ name: 'A', onSale: `yes${' '.repeat(spaces)}` });
	const value = read(said, product);
	expect(value).toEqual(
		onSale === undefined ? { complaint: expect.stringContaining('onSale') } : { ...P, onSale },
	);
});
