import type { Draft } from '../../sandbox/answer/Draft';
import { dataForms, groupForms, listForms, outputForms, type Form } from '../../sandbox/answer/forms';

const draft = (more: Partial<Draft>): Draft => ({
	model: 'm',
	input: {},
	ordinal: 0,
	prompt: 'What is it?',
	output: 'A red cat.',
	...more,
});

const group = draft({
	entries: ['a', 'b', 'c', 'd'].map((kind, position) => ({
		index: position + 1,
		tag: `t${kind}`,
		answer: { kind },
	})),
});

/** Index, tag and data of each entry, in short. */
const inShort = (written: unknown): string => {
	const entries = JSON.parse(String(written)) as Array<{
		index: unknown;
		tag?: string;
		answer: { kind: string };
	}>;
	return entries.map(({ index, tag = '-', answer }) => `${String(index)}${tag}=${answer.kind}`).join(' ');
};

test.each<[string, Form, string]>([
	['numbered from 0', groupForms.numberedFrom(0), '0ta=a 1tb=b 2tc=c 3td=d'],
	['numbered from 0 without tags', groupForms.numberedFromWithoutTags(0), '0-=a 1-=b 2-=c 3-=d'],
	['shuffled', groupForms.shuffled, '4td=d 2tb=b 1ta=a 3tc=c'],
	['without tags', groupForms.withoutTags, '1-=a 2-=b 3-=c 4-=d'],
	['with the tags of others', groupForms.withForeignTags, '1tb=a 2tc=b 3td=c 4ta=d'],
	['renumbered after an omission', groupForms.renumberedWithout(2), '1-=a 2-=c 3-=d'],
	['renumbered with tags', groupForms.renumberedWithout(2, 'kept'), '1ta=a 2tc=c 3td=d'],
	['one too many', groupForms.oneTooMany, '1ta=a 2tb=b 3tc=c 4td=d 5td=d'],
	['numbered in words', groupForms.numberedInWords, 'Item 1ta=a Item 2tb=b Item 3tc=c Item 4td=d'],
])('an answer about several items can be %s', (_label, form, expected) => {
	expect(inShort(form(group))).toBe(expected);
	expect(form(draft({}))).toBeUndefined();
});

const verdict = draft({
	answer: {
		categories: [
			{ category: 'Violence', confidence: 0.9 },
			{ category: 'Spam', confidence: 0.1 },
		],
	},
});

test.each<[string, Form, Draft, unknown]>([
	[
		'by number',
		groupForms.byNumber,
		group,
		'{"1":{"kind":"a"},"2":{"kind":"b"},"3":{"kind":"c"},"4":{"kind":"d"}}',
	],
	['in a list with a name', groupForms.inList(), group, expect.stringMatching(/^\{"results":\[\{"index":1/)],
	[
		'without a field for the answer',
		groupForms.flat,
		group,
		expect.stringContaining('{"index":2,"tag":"tb","kind":"b"}'),
	],
	['abridged', groupForms.abridged, group, expect.stringMatching(/\.\.\. and 1 more\]$/)],
	['wrapped', dataForms.wrapped('result'), draft({ answer: { kind: 'a' } }), '{"result":{"kind":"a"}}'],
	['in capitals', dataForms.inCapitals, draft({ answer: { kind: ['a'] } }), '{"kind":["A"]}'],
	['in quotes', dataForms.quoted, draft({ answer: { kind: 'a' } }), '{"kind":"“a”"}'],
	['with numbers as text', dataForms.numbersAsText, draft({ answer: { price: 12.5 } }), '{"price":"12.5"}'],
	['with times', dataForms.timesInMinutes, draft({ answer: { start: 65.2 } }), '{"start":"01:05"}'],
	[
		'without a category',
		listForms.without(0),
		verdict,
		'{"categories":[{"category":"Spam","confidence":0.1}]}',
	],
	[
		'with a category twice',
		listForms.doubled(0, 0.2),
		verdict,
		expect.stringMatching(/"Violence","confidence":0\.2\}\]\}$/),
	],
	['with a foreign category', listForms.withForeign('Cats', 1), verdict, expect.stringContaining('"Cats"')],
	['as a bare list', listForms.bare, verdict, expect.stringMatching(/^\[\{"category":"Violence"/)],
	['nothing', outputForms.nothing, verdict, null],
	['an empty text', outputForms.emptyText, verdict, ''],
	['a list of one', outputForms.listOfOne, draft({}), ['A red cat.']],
	['word pieces', outputForms.wordPieces, draft({}), ['A', ' red', ' cat.']],
	[
		'a completion',
		outputForms.completion,
		draft({}),
		{ choices: [{ message: { role: 'assistant', content: 'A red cat.' } }] },
	],
	[
		'between thoughts',
		outputForms.between('<think>x</think>', '!'),
		draft({}),
		'<think>x</think>A red cat.!',
	],
	['a refusal', outputForms.refusal, draft({}), expect.stringContaining("can't help")],
])('an answer can be given %s', (_label, form, given, expected) => {
	expect(form(given)).toEqual(expected);
});

test.each<[string, Form, unknown]>([
	['in a fence', outputForms.fenced, '```json\n{"a":1,"b":"x,y"}\n```'],
	['after a thought', outputForms.afterThought, '<think>Item 1 is [odd].</think>\n{"a":1,"b":"x,y"}'],
	['cut off', outputForms.cutOff(0.5), '{"a":1,"'],
	[
		'in parts',
		outputForms.inParts,
		[expect.objectContaining({ type: 'thinking' }), { type: 'text', text: '{"a":1,"b":"x,y"}' }],
	],
	['in national quotes', outputForms.inNationalQuotes, '{„a“:1,„b“:„x,y“}'],
	['in wide marks', outputForms.inWideMarks, '{"a"：1，"b"："x,y"}'],
])('an answer in JSON can be given %s', (_label, form, expected) => {
	expect(form(draft({ output: '{"a":1,"b":"x,y"}' }))).toEqual(expected);
});

test('an item of a group can stand twice', () => {
	expect(groupForms.byNumberTwice(group)).toBe(
		'{"1": {"kind":"a"}, "2": {"kind":"b"}, "3": {"kind":"c"}, "4": {"kind":"d"}, "2": {"kind":"a"}}',
	);
});
