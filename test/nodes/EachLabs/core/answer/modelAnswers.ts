/**
 * Answers as models give them when they are asked for JSON, by the kind of damage. Written for this table; each was seen in
 * kind in the answers of one model or another.
 */

/** What is asked for in a row. */
export const answerSchemas = {
	/** Anything at all: for rows about finding, not about fitting. */
	anything: {},
	product: {
		type: 'object',
		properties: {
			colour: { type: 'string' },
			price: { type: ['number', 'null'], minimum: 0 },
			tags: { type: 'array', items: { type: 'string' }, maxItems: 4 },
			inStock: { type: 'boolean' },
		},
		required: ['colour'],
		additionalProperties: false,
	},
	entries: {
		type: 'array',
		items: {
			type: 'object',
			properties: { index: { type: 'integer', minimum: 0 }, text: { type: 'string' } },
			required: ['index', 'text'],
		},
	},
	verdict: {
		type: 'object',
		properties: {
			decision: { enum: ['allow', 'review', 'block'] },
			confidence: { type: 'number', minimum: 0, maximum: 1 },
			seenOn: { type: 'string', format: 'date' },
			code: { type: 'string', pattern: '^[A-Z]{2}\\d{3}$' },
			box: { $ref: '#/$defs/box' },
		},
		required: ['decision', 'confidence'],
		$defs: { box: { type: 'array', maxItems: 2, items: { type: 'integer' } } },
	},
} as const;

export interface ModelAnswer {
	readonly label: string;
	readonly schema: keyof typeof answerSchemas;
	readonly text: string;
	readonly expected:
		| { readonly value: unknown; readonly isRepaired: boolean }
		/** Every line of the complaint. */
		| { readonly complaint: readonly string[] };
}

type Row = readonly [label: string, text: string, expected?: unknown];

const RED = { colour: 'red', price: 12.5 };
const NO_JSON = ['The answer holds no JSON object or list.'];
const AMBIGUOUS = [
	'The answer holds several values that fit and differ from each other, so that nobody can tell which one is meant.',
];
const CUT_OFF = ['The answer was cut off before its end, so that parts of it are missing.'];

/** Rows whose value is there as it stands, or needs a repair, or is complained about; without a third element it is RED. */
function asItStands(schema: ModelAnswer['schema'], rows: readonly Row[]): ModelAnswer[] {
	return rows.map(([label, text, value = RED]) => ({
		label,
		schema,
		text,
		expected: { value, isRepaired: false },
	}));
}
function repaired(schema: ModelAnswer['schema'], rows: readonly Row[]): ModelAnswer[] {
	return rows.map(([label, text, value = RED]) => ({
		label,
		schema,
		text,
		expected: { value, isRepaired: true },
	}));
}
function refused(
	schema: ModelAnswer['schema'],
	rows: ReadonlyArray<readonly [label: string, text: string, complaint: readonly string[]]>,
): ModelAnswer[] {
	return rows.map(([label, text, complaint]) => ({ label, schema, text, expected: { complaint } }));
}

export const modelAnswers: Readonly<Record<string, readonly ModelAnswer[]>> = {
	'pure JSON': [
		...asItStands('product', [
			['on one line', '{"colour":"red","price":12.5}'],
			['over several lines', '{\n  "colour": "red",\n  "price": 12.5\n}\n'],
			['after a byte order mark', '\ufeff{"colour":"red","price":12.5}'],
			['with a field of null', '{"colour":"red","price":null}', { colour: 'red', price: null }],
			['with escapes', '{"colour":"r\\u0065d \\"dark\\"\\n\\/"}', { colour: 'red "dark"\n/' }],
			['with a key twice, of which the last counts', '{"colour":"blue","colour":"red","price":12.5}'],
			[
				'with brackets in its texts',
				'{"colour":"}{][","tags":["```","{"]}',
				{ colour: '}{][', tags: ['```', '{'] },
			],
		]),
		...asItStands('anything', [
			['a list', '[1, [2, {"a": [3]}]]', [1, [2, { a: [3] }]]],
			['an empty object', '{}', {}],
			['a text', '"red"', 'red'],
			['a number', ' -1.5e3 ', -1500],
			['null', 'null', null],
			['characters outside the basic plane', '{"a":"😀\\ud83d\\ude00"}', { a: '😀😀' }],
		]),
	],
	'code fences': [
		...asItStands('product', [
			['with a language', '```json\n{"colour":"red","price":12.5}\n```'],
			['without a language', '```\n{"colour":"red","price":12.5}\n```'],
			['with another language', '```javascript\n{"colour":"red","price":12.5}\n```'],
			['of tildes', '~~~json\n{"colour":"red","price":12.5}\n~~~'],
			['on one line', '```json {"colour":"red","price":12.5} ```'],
			['without room around it', '```{"colour":"red","price":12.5}```'],
			['that is never closed', '```json\n{"colour":"red","price":12.5}\n'],
			['that is never opened', '{"colour":"red","price":12.5}\n```'],
			['opened at the end of a sentence', 'Here it is: ```json\n{"colour":"red","price":12.5}\n```'],
			['closed behind the bracket', '```json\n{"colour":"red","price":12.5}```'],
			['between sentences', 'Of course!\n\n```json\n{"colour":"red","price":12.5}\n```\n\nAnything else?'],
			['with four backticks', '````json\n{"colour":"red","price":12.5}\n````'],
			['indented', '  ```json\n  {"colour":"red","price":12.5}\n  ```'],
			['with Windows line ends', '```json\r\n{"colour":"red","price":12.5}\r\n```\r\n'],
			[
				'twice with the same in it',
				'```json\n{"price":12.5,"colour":"red"}\n```\nSo:\n```json\n{"colour":"red","price":12.50}\n```',
			],
			[
				'twice, of which one holds other code',
				'```python\nprint({"a": 1})\n```\n```json\n{"colour":"red","price":12.5}\n```',
			],
			['inside a text of the JSON', '{"colour":"```json\\n{}\\n```"}', { colour: '```json\n{}\n```' }],
		]),
		...asItStands('anything', [['around a text', '```json\n"red"\n```', 'red']]),
		...repaired('product', [
			[
				'around JSON that lacks its bracket',
				'```json\n{"colour":"red","price":12.5\n```\nI hope {this} helps.',
			],
			[
				'inside a text with real line ends',
				'```json\n{"colour":"a\n```js\nb\n```\nc"}\n```',
				{ colour: 'a\n```js\nb\n```\nc' },
			],
		]),
	],
	prose: [
		...asItStands('product', [
			['before it', 'The product is described by {"colour":"red","price":12.5}'],
			['after it', '{"colour":"red","price":12.5}\n\nLet me know if you need more.'],
			['around it', 'Here\'s what I see: {"colour":"red","price":12.5} - that\'s all.'],
			['with an apostrophe and quotes', 'It\'s "red", so: {"colour":"red","price":12.5}. Isn\'t it?'],
			[
				'with brackets of its own',
				'As asked [1], {placeholder} and [link](x): {"colour":"red","price":12.5} (see [2])',
			],
			['in tags', '<json>{"colour":"red","price":12.5}</json>'],
			['with the name of the format', 'json\n{"colour":"red","price":12.5}'],
			['in bold', '**Answer:** `{"colour":"red","price":12.5}`'],
			['as a call', 'respond({"colour":"red","price":12.5});'],
			['as an assignment', 'const answer = {"colour":"red","price":12.5};'],
			['thinking first', '<think>Is it {red}? Or [blue]?</think>\n{"colour":"red","price":12.5}'],
		]),
		...asItStands('entries', [
			['around a list', 'All of them: [{"index":0,"text":"a"}] as you asked.', [{ index: 0, text: 'a' }]],
		]),
	],
	'several objects': [
		...asItStands('product', [
			['alone in a list in a wrapper', '{"data":[{"colour":"red","price":12.5}]}'],
			['of which one fits', '{"kind":"shoe"} {"colour":"red","price":12.5}'],
			[
				'the answer before a remark in brackets',
				'{"colour":"red","price":12.5}\nConfidence: {"value":0.9} [high]',
			],
			[
				'the schema before the answer',
				'{"type":"object","required":["colour"]}\n{"colour":"red","price":12.5}',
			],
		]),
		...refused('product', [
			[
				'of which the last may be meant',
				'{"colour":"blue"} No, I was wrong: {"colour":"red","price":12.5}',
				AMBIGUOUS,
			],
			['next to each other', '{"colour":"blue","price":1}{"colour":"red","price":12.5}', AMBIGUOUS],
			[
				'in two fences, of which one may be an example',
				'```json\n{"colour":"string"}\n```\nSo:\n```json\n{"colour":"red","price":12.5}\n```',
				AMBIGUOUS,
			],
		]),
		...repaired('product', [
			['alone in a list', '[{"colour":"red","price":12.5}]'],
			['alone in a list, in prose', 'So: [ {"colour":"red","price":12.5} ] it is'],
		]),
		...repaired('entries', [
			[
				'one a line',
				'{"index":0,"text":"a"}\n{"index":1,"text":"b"}',
				[
					{ index: 0, text: 'a' },
					{ index: 1, text: 'b' },
				],
			],
			[
				'with commas, without a list',
				'{"index":0,"text":"a"},\n{"index":1,"text":"b"},',
				[
					{ index: 0, text: 'a' },
					{ index: 1, text: 'b' },
				],
			],
			[
				'next to each other',
				'{"index":0,"text":"a"}{"index":1,"text":"b"}',
				[
					{ index: 0, text: 'a' },
					{ index: 1, text: 'b' },
				],
			],
		]),
	],
	commas: [
		...repaired('product', [
			['one too many in an object', '{"colour":"red","price":12.5,}'],
			['one too many in a list', '{"colour":"red","tags":["a","b",]}', { colour: 'red', tags: ['a', 'b'] }],
			['one too many over lines', '{\n "colour": "red",\n "price": 12.5,\n}'],
			['one at the start', '{,"colour":"red","price":12.5}'],
			['missing between fields', '{"colour":"red" "price":12.5}'],
			['missing at a line end', '{\n "colour": "red"\n "price": 12.5\n}'],
			['missing between entries', '{"colour":"red","tags":["a" "b"]}', { colour: 'red', tags: ['a', 'b'] }],
		]),
		...repaired('entries', [
			[
				'missing between objects',
				'[{"index":0,"text":"a"} {"index":1,"text":"b"}]',
				[
					{ index: 0, text: 'a' },
					{ index: 1, text: 'b' },
				],
			],
		]),
	],
	quotes: [
		...repaired('product', [
			['single ones', "{'colour':'red','price':12.5}"],
			['none around keys', '{colour:"red",price:12.5}'],
			['none around keys nor texts', '{colour: red, price: 12.5}'],
			['typographic ones', '{“colour”: “red”, “price”: 12.5}'],
			['typographic single ones', '{‘colour’: ‘red’, ‘price’: 12.5}'],
			['backticks', '{`colour`: `red`, `price`: 12.5}'],
			['mixed', '{\'colour\': "red", "price": 12.5}'],
			[
				'an apostrophe in single ones',
				"{'colour': 'it's red', 'price': 12.5}",
				{ colour: "it's red", price: 12.5 },
			],
			[
				'not escaped inside a text',
				'{"colour": "the "red" one", "price": 12.5}',
				{ colour: 'the "red" one', price: 12.5 },
			],
			[
				'not escaped after a comma',
				'{"colour": "well, "red" I say", "price": 12.5}',
				{ colour: 'well, "red" I say', price: 12.5 },
			],
			['one missing at the end of a text', '{"colour":"red,"price":12.5}'],
			['escaped once too often', '{\\"colour\\":\\"red\\",\\"price\\":12.5}'],
			['typographic ones inside a text', '{“colour”: “a ”red” one”}', { colour: 'a ”red” one' }],
		]),
		...asItStands('product', [
			['typographic ones inside JSON', '{"colour":"“red”","price":12.5}', { colour: '“red”', price: 12.5 }],
			['single ones inside JSON', '{"colour":"it\'s \'red\'"}', { colour: "it's 'red'" }],
		]),
	],
	'other notations': [
		...repaired('product', [
			[
				"Python's",
				"{'colour': 'red', 'price': None, 'inStock': True}",
				{ colour: 'red', price: null, inStock: true },
			],
			["JavaScript's undefined", '{"colour":"red","price":undefined}', { colour: 'red', price: null }],
			['a comment at a line end', '{"colour":"red", // the main one\n"price":12.5}'],
			['a comment between fields', '{"colour":"red", /* in EUR */ "price":12.5}'],
			['a comment with a quote in it', '{"colour":"red", // it\'s "red"\n"price":12.5}'],
			['texts put together', '{"colour":"re" + "d","price":12.5}'],
			['line ends in a text', '{"colour":"dark\nred"}', { colour: 'dark\nred' }],
			['tabs in a text', '{"colour":"dark\tred"}', { colour: 'dark\tred' }],
			['no-break spaces', '{"colour":\u00a0"red",\u00a0"price":12.5}'],
			[
				'an address without quotes',
				'{colour: https://x.example/a?b=1}',
				{ colour: 'https://x.example/a?b=1' },
			],
		]),
		...repaired('anything', [
			['a list of words', '[red, blue]', ['red', 'blue']],
			['numbers with a leading zero', '{"code": 007}', { code: '007' }],
			['a number that is none', '{"a": NaN}', { a: 'NaN' }],
			['JSON in a list of one text', '{"a": "{\\"b\\": 1}",}', { a: '{"b": 1}' }],
		]),
	],
	brackets: [
		...repaired('product', [
			['one missing inside', '{"colour":"red","tags":["a","b"}', { colour: 'red', tags: ['a', 'b'] }],
		]),
		...asItStands('product', [
			['one too many at the end', '{"colour":"red","price":12.5}}'],
			['one too many in front', '} {"colour":"red","price":12.5}'],
			['doubled around it', '{{"colour":"red","price":12.5}}'],
		]),
	],
	'values of another kind': [
		...asItStands('product', [
			['a list of one for a text', '{"colour":["red"]}', { colour: 'red' }],
			['yes for true', '{"colour":"red","inStock":"yes"}', { colour: 'red', inStock: true }],
			['a number as text', '{"colour":"red","price":"12.5"}'],
			['a number as text with spaces', '{"colour":"red","price":" 12.5 "}'],
			['a boolean as text', '{"colour":"red","inStock":"True"}', { colour: 'red', inStock: true }],
			['a number where a text may stand', '{"colour":"12.5"}', { colour: '12.5' }],
		]),
		...asItStands('verdict', [
			[
				'whole numbers as text',
				'{"decision":"allow","confidence":"1","box":["3","4"]}',
				{ decision: 'allow', confidence: 1, box: [3, 4] },
			],
		]),
		...refused('product', [
			[
				'a number with its unit',
				'{"colour":"red","price":"12.5 EUR"}',
				['price must be a number or null, and is the text "12.5 EUR"'],
			],
			[
				'a number as other people write it',
				'{"colour":"red","price":"12,5"}',
				['price must be a number or null, and is the text "12,5"'],
			],
			[
				'a text for a list',
				'{"colour":"red","tags":"a, b"}',
				['tags must be a list, and is the text "a, b"'],
			],
			['null where nothing may be null', '{"colour":null}', ['colour must be a text, and is null']],
		]),
	],
	'cut off': [
		...refused('product', [
			['in a text', '{"colour":"red","tags":["a","b', CUT_OFF],
			['after a key', '{"colour":"red","price":', CUT_OFF],
			['in a number', '{"colour":"red","price":1', CUT_OFF],
			['in a keyword', '{"colour":"red","price":nu', CUT_OFF],
			['after a comma', '{"colour":"red",', CUT_OFF],
			['after the first bracket', '{', CUT_OFF],
			['after many brackets', '[[[[[[{{{{{{', CUT_OFF],
			['before the last bracket', '{"colour":"red","price":12.5', CUT_OFF],
			['in a fence', '```json\n{"colour":"red","price":12', CUT_OFF],
			['in an escape', '{"colour":"r\\u00', CUT_OFF],
			['in prose after it', '{"colour":"red"\n\nI hope this', CUT_OFF],
		]),
		...refused('entries', [
			['between entries', '[{"index":0,"text":"a"},{"index":1,"text":"b"}', CUT_OFF],
			['in an entry', '[{"index":0,"text":"a"},{"index":1,"te', CUT_OFF],
		]),
		...asItStands('product', [['before another answer', '{"colour":"red","price":12.5}\n{"colour":"bl']]),
	],
	'nothing there': [
		...refused('product', [
			['an empty text', '', NO_JSON],
			['white space', ' \n\t', NO_JSON],
			['a refusal', "I'm sorry, but I can't help with that.", NO_JSON],
			['prose with brackets', 'See [the manual](x) and {fill in} (a) [b].', NO_JSON],
			['a table', '| colour | price |\n| --- | --- |\n| red | 12.5 |', NO_JSON],
			['YAML', 'colour: red\nprice: 12.5', NO_JSON],
			['XML', '<product><colour>red</colour></product>', NO_JSON],
			['an empty fence', '```json\n```', NO_JSON],
			['65 brackets in each other', `${'['.repeat(65)}${']'.repeat(65)}`, NO_JSON],
		]),
	],
	'not what was asked for': [
		...repaired('entries', [['an object for a list', '{"index":0,"text":"a"}', [{ index: 0, text: 'a' }]]]),
		...refused('product', [['three dots for the rest', '{"colour":"red","tags":["a","b",...]}', CUT_OFF]]),
		...refused('product', [
			['a field missing', '{"price":12.5}', ['colour is missing: it must be a text']],
			[
				'a field too many',
				'{"colour":"red","size":4}',
				['size is not expected here: the schema has no such field or entry'],
			],
			[
				'two things wrong',
				'{"price":-1,"size":4}',
				[
					'colour is missing: it must be a text',
					'price must be at least 0, and is the number -1',
					'size is not expected here: the schema has no such field or entry',
				],
			],
			[
				'too many entries',
				'{"colour":"red","tags":["a","b","c","d","e"]}',
				['tags must have at most 4 entries, and has 5 entries'],
			],
			[
				'a list of two',
				'[{"colour":"red"},{"colour":"blue"}]',
				['the answer must be an object, and is a list of 2 entries'],
			],
			['a text', '"red"', ['the answer must be an object, and is the text "red"']],
			['an empty object', '{}', ['colour is missing: it must be a text']],
		]),
		...refused('entries', [
			[
				'an entry without its index',
				'[{"index":0,"text":"a"},{"text":"b"}]',
				['[1].index is missing: it must be a whole number'],
			],
			[
				'an index that is not whole',
				'[{"index":0.5,"text":"a"}]',
				['[0].index must be a whole number, and is the number 0.5'],
			],
		]),
		...refused('verdict', [
			[
				'another word',
				'{"decision":"flag","confidence":0.5}',
				['decision must be one of "allow", "review", "block", and is the text "flag"'],
			],
			[
				'a number out of range',
				'{"decision":"allow","confidence":95}',
				['confidence must be at most 1, and is the number 95'],
			],
			[
				'a date that is none',
				'{"decision":"allow","confidence":1,"seenOn":"31.1.2026"}',
				['seenOn must be a date like 2026-01-31, and is the text "31.1.2026"'],
			],
			[
				'a code of another form',
				'{"decision":"allow","confidence":1,"code":"ab123"}',
				['code must be a text that matches the pattern ^[A-Z]{2}\\d{3}$, and is the text "ab123"'],
			],
			[
				'a third corner',
				'{"decision":"allow","confidence":1,"box":[1,2,3]}',
				['box must have at most 2 entries, and has 3 entries'],
			],
			[
				'a number too large for any',
				'{"decision":"allow","confidence":1e999}',
				['confidence is a number that is too large'],
			],
		]),
	],
	'keys that could reach a prototype': [
		...asItStands('anything', [
			['at the top', '{"__proto__":{"a":1},"b":2}', { b: 2 }],
			['inside', '{"b":{"constructor":{"prototype":{"a":1}}}}', { b: {} }],
			['in a list', '[{"prototype":1,"b":2}]', [{ b: 2 }]],
			['written with escapes', '{"__pr\\u006fto__":{"a":1},"b":2}', { b: 2 }],
			['in prose', 'So: {"__proto__":{"a":1},"b":2}!', { b: 2 }],
		]),
		...repaired('anything', [
			['in what is repaired', "{'__proto__':{'a':1},'b':2,}", { b: 2 }],
			['without quotes', '{__proto__:{a:1},b:2}', { b: 2 }],
		]),
		...asItStands('product', [
			['beside what was asked for', '{"colour":"red","price":12.5,"__proto__":{"colour":1}}'],
		]),
	],
};
