import { AnswerSchema } from '../../../../../nodes/EachLabs/core/schema/AnswerSchema';
import { structuredAnswer } from '../../../../../nodes/EachLabs/core/answer/structuredAnswer';

/** Answers of the kinds that people have reported of other readers, each with its source; written for this table. */
const product = AnswerSchema.fromJsonSchema(
	{
		type: 'object',
		properties: {
			title: { type: 'string' },
			notes: { type: 'string' },
			size: { type: ['string', 'number'] },
			isNew: { type: 'boolean' },
			tags: { type: 'array', items: { type: 'string' } },
		},
		required: ['title'],
	},
	'schema',
);
const products = AnswerSchema.fromJsonSchema(
	{
		type: 'array',
		items: {
			type: 'object',
			properties: { title: { type: 'string' }, parts: { type: 'array', items: { type: 'object' } } },
			required: ['title'],
		},
	},
	'schema',
);

test.each<[string, string, unknown]>([
	[
		'in a wrapper of its own making (stanfordnlp/dspy#8539)',
		'{"json_input": {"title": "Oak table", "tags": ["wood"]}}',
		{ title: 'Oak table', tags: ['wood'] },
	],
	[
		'as the text in a wrapper (stanfordnlp/dspy#8539)',
		JSON.stringify({ json: '{"title": "Oak table", "notes": "solid"}' }),
		{ title: 'Oak table', notes: 'solid' },
	],
	[
		'as a fence in the text of a wrapper (coze-dev/coze-studio#573)',
		JSON.stringify({ output: '\n```json\n{"title": "Scroll"}\n```' }),
		{ title: 'Scroll' },
	],
	['as a text (n8n-io/n8n#17535)', JSON.stringify('{"title": "Oak table"}'), { title: 'Oak table' }],
	['in a fence now and then (vercel/ai#4906)', '```json\n{"title": "Web"}\n```', { title: 'Web' }],
	['in a code block (vercel/ai#4710)', '```\n{"title": "Code"}\n```', { title: 'Code' }],
	[
		'in a fence with words around it (vercel/ai#12491)',
		'Sure:\n```json\n{"title": "Lamp"}\n```\nAnything else?',
		{ title: 'Lamp' },
	],
	[
		'with a fence inside one of its texts (n8n-io/n8n#21174)',
		JSON.stringify({ output: { title: '## Setup\n```bash\nrun --fast\n```\n' } }),
		{ title: '## Setup\n```bash\nrun --fast\n```\n' },
	],
	[
		'with back-ticks inside one of its texts (langgenius/dify#41958)',
		'{"title": "call `open` first"}',
		{ title: 'call `open` first' },
	],
	[
		'behind a word in back-ticks (langgenius/dify#41958)',
		'Here is `the` result: {"title": "Chair"}',
		{ title: 'Chair' },
	],
	['twice, one a line (langgenius/dify#42006)', '{"title": "First"}\n{"title": "First"}', { title: 'First' }],
	[
		'with an inch in a text (josdejong/jsonrepair#116)',
		'{"title": "A 55" screen"}',
		{ title: 'A 55" screen' },
	],
	[
		'with a version that is no number (josdejong/jsonrepair#120)',
		'{"title": "x", "size": 0.0.1}',
		{ title: 'x', size: '0.0.1' },
	],
	[
		'with quotes that are escaped and a comma behind (mangiucugna/json_repair#44)',
		'{"title": "the \\"old\\", green one"}',
		{ title: 'the "old", green one' },
	],
	[
		'with quotes that are not escaped, and commas later (mangiucugna/json_repair#46)',
		'{"title": "An "old" chair, green, sold",}',
		{ title: 'An "old" chair, green, sold' },
	],
	[
		'with HTML in a text (mangiucugna/json_repair#26)',
		'{\n"title": "<b id="x">More than 10 - "quick" trips?</b>"}',
		{ title: '<b id="x">More than 10 - "quick" trips?</b>' },
	],
	[
		'with words behind it that begin a field (mangiucugna/json_repair#94)',
		'{"title": "a"bc"d"}\ntitle:',
		{ title: 'a"bc"d' },
	],
	[
		'with curved closing quotes (Qarj/fix-busted-json#5)',
		'{"title": "Oak table”, "notes": "solid”}',
		{ title: 'Oak table', notes: 'solid' },
	],
	[
		'with yes for true (langchain-ai/langchain#5396)',
		'{"title": "x", "isNew": "yes"}',
		{ title: 'x', isNew: true },
	],
	['with No for false (llm-exe/llm-exe#147)', '{"title": "x", "isNew": "No"}', { title: 'x', isNew: false }],
])('an answer %s is read', (_what, text, value) => {
	expect(structuredAnswer(text, product)).toMatchObject({ ok: true, value });
});

test.each<[string, string]>([
	['in a text behind a comma (josdejong/jsonrepair#117)', '{"title":"Order","notes":"Dear Anna, we wou'],
	['in a text behind a colon (josdejong/jsonrepair#130)', '{"title":"Here is the poem:'],
	['in a text with several commas (josdejong/jsonrepair#121)', '{"title":"First, second, third, fou'],
	['in a text with an apostrophe (josdejong/jsonrepair#102)', '{\n "title": "The door isn\'t open'],
	['in a number behind its point (josdejong/jsonrepair#91)', '{"title":"x","size":12.'],
	['in a number behind its sign (josdejong/jsonrepair#91)', '{"title":"x","size":-'],
	['at the start of a text (langchain-ai/langchainjs#2802)', '\n\n{\n\t"title": "House",\n\t"notes": "'],
	['behind a large number (mangiucugna/json_repair#230)', '{"title":"x","size":1e+10'],
])('an answer that was cut off %s is not completed', (_where, text) => {
	expect(structuredAnswer(text, product)).toEqual({
		ok: false,
		complaint: 'The answer was cut off before its end, so that parts of it are missing.',
	});
});

test.each<[string, AnswerSchema, string]>([
	[
		'quotes at a comma, which can be read in two ways (mangiucugna/json_repair#49)',
		product,
		'{"title": "An "old", green chair"}',
	],
	[
		'opening quotes left out (mangiucugna/json_repair#53)',
		product,
		'{"title": It was long, and good.", "size": 1}',
	],
	[
		'two objects that differ, one a line (langgenius/dify#42006)',
		product,
		'{"title": "First"}\n{"title": "Second"}',
	],
	['quotes within a key (mangiucugna/json_repair#56)', product, '{"ti"tle": "Jack O"Brien"}'],
	[
		'brackets that close one another (mangiucugna/json_repair#173)',
		products,
		'[{"title":"a","parts":[{"x":"1"}}],{"title":"b"},{"part":"c"}]',
	],
	[
		'an answer in words to a yes or no (langchain-ai/langchain#11408)',
		product,
		'{"title":"x","isNew":"Yes, since it is shiny"}',
	],
])('an answer with %s is refused, not guessed', (_what, schema, text) => {
	expect(structuredAnswer(text, schema).ok).toBe(false);
});
