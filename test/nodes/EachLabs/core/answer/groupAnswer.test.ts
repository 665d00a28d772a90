import { AnswerSchema } from '../../../../../nodes/EachLabs/core/schema/AnswerSchema';
import { groupPrompt, splitGroupAnswer } from '../../../../../nodes/EachLabs/core/answer/groupAnswer';

const schema = AnswerSchema.fromJsonSchema(
	{ type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
	'schema',
);
const entry = (index: unknown, n: unknown = index) => ({ index, answer: { n } });
const split = (text: unknown, size = 3) =>
	Object.fromEntries(splitGroupAnswer(typeof text === 'string' ? text : JSON.stringify(text), schema, size));

describe('the answer to a group', () => {
	test.each<[string, unknown, Record<number, unknown>]>([
		['in order', [entry(1), entry(2), entry(3)], { 0: { n: 1 }, 1: { n: 2 }, 2: { n: 3 } }],
		['in any order', [entry(3), entry(1), entry(2)], { 0: { n: 1 }, 1: { n: 2 }, 2: { n: 3 } }],
		['with an index as text', [entry('2', 2)], { 1: { n: 2 } }],
		['in an object', { results: [entry(1), entry(2)] }, { 0: { n: 1 }, 1: { n: 2 } }],
		[
			'an object a line',
			`${JSON.stringify(entry(1))}\n${JSON.stringify(entry(2))}`,
			{ 0: { n: 1 }, 1: { n: 2 } },
		],
		[
			'out of range: 0, -1, 4, 1.5',
			[entry(0), entry(-1), entry(4), entry(1.5, 1), entry(2)],
			{ 1: { n: 2 } },
		],
		['an index twice: neither counts', [entry(1), entry(2, 5), entry(2, 6)], { 0: { n: 1 } }],
		['an index three times: none counts', [entry(2, 5), entry(2, 6), entry(2, 7), entry(1)], { 0: { n: 1 } }],
		['an index twice, one of them invalid: neither counts', [entry(2, 'x'), entry(2, 6)], {}],
		['an answer that does not fit', [entry(1, 'many'), entry(2)], { 1: { n: 2 } }],
		['an entry that is none', [null, 7, 'x', [], entry(2)], { 1: { n: 2 } }],
		['cut off in an entry', '[{"index":1,"answer":{"n":1}},{"index":2,"answer":{"n":2', { 0: { n: 1 } }],
		['no JSON', 'I see three pictures.', {}],
		['nothing', '', {}],
	])('%s', (_what, text, answers) => expect(split(text)).toEqual(answers));
});

test('the files of each item are named in order', () => {
	expect(groupPrompt('Task', schema, [1, 3, 0, 1])).toMatch(
		/Item 1: file 1\nItem 2: files 2 to 4\nItem 3: no file\nItem 4: file 5$/,
	);
});
