import fc from 'fast-check';

import { splitGroupAnswer } from '../../../../../nodes/EachLabs/core/answer/groupAnswer';
import { groupPrompt, itemTags } from '../../../../../nodes/EachLabs/core/answer/prompts';
import { AnswerSchema } from '../../../../../nodes/EachLabs/core/schema/AnswerSchema';

const schema = AnswerSchema.fromJsonSchema(
	{ type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
	'schema',
);
const TAGS = ['k7q', 'bcd', 'x2z'];
const entry = (index: number, n: unknown = index) => ({ index, tag: TAGS[index - 1], answer: { n } });
const bare = (index: unknown, n: unknown = index) => ({ index, answer: { n } });
const split = (text: unknown, tags = TAGS) =>
	Object.fromEntries(splitGroupAnswer(typeof text === 'string' ? text : JSON.stringify(text), schema, tags));
const ALL = { 0: { n: 1 }, 1: { n: 2 }, 2: { n: 3 } };

describe('the answer to a group, with tags', () => {
	test.each<[string, unknown, Record<number, unknown>]>([
		['in order', [entry(1), entry(2), entry(3)], ALL],
		['in any order', [entry(3), entry(1), entry(2)], ALL],
		['with too few', [entry(1), entry(3)], { 0: { n: 1 }, 2: { n: 3 } }],
		[
			'with one too many, that nobody has',
			[entry(1), entry(2), entry(3), { index: 4, tag: 'zzz', answer: { n: 4 } }],
			ALL,
		],
		['numbered from 0', [1, 2, 3].map((index) => ({ ...entry(index), index: index - 1 })), {}],
		['numbered from 2', [1, 2, 3].map((index) => ({ ...entry(index), index: index + 1 })), {}],
		['renumbered after an omission', [entry(1), { ...entry(3), index: 2 }], { 0: { n: 1 } }],
		[
			'with tags of other items',
			[entry(1), { ...entry(2), tag: TAGS[2] }, { ...entry(3), tag: TAGS[1] }],
			{ 0: { n: 1 } },
		],
		['with foreign tags', [{ ...entry(1), tag: 'aaa' }, { ...entry(2), tag: 5 }, entry(3)], { 2: { n: 3 } }],
		['with a tag that only one entry lacks', [bare(1), entry(2), entry(3)], { 1: { n: 2 }, 2: { n: 3 } }],
		['with tags and no numbers', [entry(2), entry(3)].map(({ tag, answer }) => ({ tag, answer })), {}],
		[
			'with tags in capitals and in quotes',
			[
				{ ...entry(1), tag: '"K7Q"' },
				{ ...entry(2), tag: 'tag bcd' },
			],
			{ 0: { n: 1 }, 1: { n: 2 } },
		],
		[
			'with numbers as text',
			[
				{ ...entry(2), index: '2' },
				{ ...entry(3), index: 'Item 3' },
			],
			{ 1: { n: 2 }, 2: { n: 3 } },
		],
		['in an object', { results: [entry(1), entry(2), entry(3)] }, ALL],
		['in an object in an object', { output: { items: [entry(1), entry(2), entry(3)] } }, ALL],
		['an object a line', TAGS.map((_, position) => JSON.stringify(entry(position + 1))).join('\n'), ALL],
		[
			'with twenty lists behind it that differ',
			[[1, 2, 3], ...Array.from({ length: 20 }, () => [7, 7, 7])]
				.map((list) => JSON.stringify(list.map((n, position) => entry(position + 1, n))))
				.join('\n'),
			{},
		],
		['by tag alone', { k7q: { n: 1 }, bcd: { n: 2 } }, {}],
		[
			'by number and tag',
			{ 'Item 1, tag k7q': { n: 1 }, 'Item 2, tag bcd': { n: 2 } },
			{ 0: { n: 1 }, 1: { n: 2 } },
		],
		[
			'by number, with the tag inside',
			{ 1: entry(1), 2: { tag: 'bcd', answer: { n: 2 } } },
			{ 0: { n: 1 }, 1: { n: 2 } },
		],
		['by number, with another number inside', { 2: entry(1), 3: entry(3) }, { 2: { n: 3 } }],
		[
			'by number, one of them twice',
			'{"1": {"tag": "k7q", "answer": {"n": 1}}, "2": {"tag": "bcd", "answer": {"n": 2}}, "2": {"tag": "bcd", "answer": {"n": 9}}}',
			{ 0: { n: 1 } },
		],
		[
			'with two answers in an entry',
			'[{"index": 1, "tag": "k7q", "answer": {"n": 1}}, {"index": 2, "tag": "bcd", "answer": {"n": 2}, "answer": {"n": 3}}]',
			{ 0: { n: 1 } },
		],
		[
			'with two numbers in an entry',
			'[{"index": 1, "index": 2, "tag": "bcd", "answer": {"n": 1}}, {"index": 3, "tag": "x2z", "answer": {"n": 3}}]',
			{ 2: { n: 3 } },
		],
		['without a field for the answer', [{ index: 2, tag: 'bcd', n: 2 }], { 1: { n: 2 } }],
		['an item twice: neither counts', [entry(1), entry(2, 5), entry(2, 6)], { 0: { n: 1 } }],
		['an item three times: none counts', [entry(2, 5), entry(2, 6), entry(2, 7), entry(1)], { 0: { n: 1 } }],
		['an item twice, one of them invalid: neither counts', [entry(2, 'x'), entry(2, 6)], {}],
		['a number twice: neither counts', [entry(1), { ...entry(2), index: 1 }, entry(3)], { 2: { n: 3 } }],
		['an answer that does not fit', [entry(1, 'many'), entry(2)], { 1: { n: 2 } }],
		['an entry that is none', [null, 7, 'x', [], entry(2)], { 1: { n: 2 } }],
		[
			'twice the same',
			`${JSON.stringify([entry(1), entry(2)])} Once more: ${JSON.stringify([entry(1), entry(2)])}`,
			{ 0: { n: 1 }, 1: { n: 2 } },
		],
		[
			'twice, at odds about one',
			`${JSON.stringify([entry(1), entry(2)])} No: ${JSON.stringify([entry(1), entry(2, 9)])}`,
			{ 0: { n: 1 } },
		],
		['cut off in an entry', JSON.stringify([entry(1), entry(2)]).slice(0, -4), { 0: { n: 1 } }],
		[
			'with an entry that can be read in two ways',
			JSON.stringify([entry(1), { ...entry(2), why: '#' }, entry(3)]).replace('#', 'an "old", green one'),
			{ 0: { n: 1 }, 2: { n: 3 } },
		],
		['no JSON', 'I see three pictures.', {}],
		['nothing', '', {}],
	])('%s', (_what, text, answers) => expect(split(text)).toEqual(answers));
});

describe('the answer to a group, without a tag', () => {
	test.each<[string, unknown, Record<number, unknown>]>([
		['whole, in order', [bare(1), bare(2), bare(3)], ALL],
		['whole, in any order', [bare(3), bare(1), bare(2)], ALL],
		['with tags that are null', [1, 2, 3].map((index) => ({ ...bare(index), tag: null })), ALL],
		['with numbers as text', ['1', 'Item 2', '#3'].map((index, position) => bare(index, position + 1)), ALL],
		['by number', { 1: { n: 1 }, 2: { n: 2 }, 3: { n: 3 } }, ALL],
		['by number, one of them twice', '{"1": {"n": 1}, "2": {"n": 2}, "2": {"n": 9}, "3": {"n": 3}}', {}],
		[
			'by number, one of them twice, broken',
			"{'1': {'n': 1}, '2': {'n': 2}, '2': {'n': 9}, '3': {'n': 3},}",
			{},
		],
		['by the word item', { 'Item 1': { n: 1 }, 'item 2': { n: 2 }, item_3: { n: 3 } }, ALL],
		['without a field for the answer', [1, 2, 3].map((index) => ({ index, n: index })), ALL],
		['under another name', { answers: [1, 2, 3].map((item) => ({ item, result: { n: item } })) }, ALL],
		['numbered from 0', [bare(0, 1), bare(1, 2), bare(2, 3)], {}],
		['numbered from 2', [bare(2, 1), bare(3, 2), bare(4, 3)], {}],
		['too few', [bare(1), bare(3)], {}],
		['one too many', [bare(1), bare(2), bare(3), bare(4)], {}],
		['a number twice', [bare(1), bare(2), bare(2)], {}],
		['a number that is none', [bare(1), bare(1.5, 2), bare(3)], {}],
		['without numbers', [{ n: 1 }, { n: 2 }, { n: 3 }], {}],
		[
			'two that differ',
			`${JSON.stringify([bare(1), bare(2), bare(3)])} or ${JSON.stringify([bare(1), bare(3, 2), bare(2, 3)])}`,
			{ 0: { n: 1 } },
		],
		['cut off', JSON.stringify([bare(1), bare(2), bare(3)]).slice(0, -1), {}],
	])('%s', (_what, text, answers) => expect(split(text)).toEqual(answers));
});

test('a field of the answer that is called index or tag is not whom the entry is about', () => {
	const own = AnswerSchema.fromJsonSchema(
		{ type: 'object', properties: { index: { type: 'integer' }, tag: { type: 'string' } } },
		'schema',
	);
	const answer = { index: 9, tag: 'bcd' };
	expect([...splitGroupAnswer(JSON.stringify([{ index: 1, tag: 'k7q', answer }]), own, TAGS)]).toEqual([
		[0, answer],
	]);
	expect([...splitGroupAnswer(JSON.stringify([{ index: 1, tag: 'k7q' }]), own, TAGS)]).toEqual([]);
});

test('the files of each item are named in order, behind its tag', () => {
	const items = [1, 3, 0, 1].map((fileCount, position) => ({ tag: `k${position}q`, fileCount }));
	expect(groupPrompt('Task', schema, items)).toMatch(
		/Item 1, tag k0q: file 1\nItem 2, tag k1q: files 2 to 4\nItem 3, tag k2q: no file\nItem 4, tag k3q: file 5$/,
	);
});

describe('tags', () => {
	test('are each there once, are never numbers, and are the same for the same seed only', () => {
		const tags = itemTags('17|0|Task', 3_000);
		expect(new Set(tags).size).toBe(3_000);
		expect(
			tags.filter((tag) => !/^[b-df-hj-np-tv-z][2-9b-df-hj-np-tv-z][b-df-hj-np-tv-z]$/.test(tag)),
		).toEqual([]);
		expect(itemTags('17|0|Task', 20)).toEqual(tags.slice(0, 20));
		expect(itemTags('18|0|Task', 20)).not.toEqual(tags.slice(0, 20));
	});
});

type Entry = Record<string, unknown>;

/** How a model may mix up the entries of a group; two at once could make a whole answer of another item's. */
const mixups: ReadonlyArray<(entries: Entry[], at: number) => Entry[]> = [
	(entries) => entries,
	(entries) => entries.map((one) => ({ ...one, index: Number(one['index']) - 1 })),
	(entries) => entries.map((one) => ({ ...one, index: Number(one['index']) + 1 })),
	(entries, at) => entries.filter((_, position) => position !== at),
	(entries, at) =>
		entries
			.filter((_, position) => position !== at)
			.map((one, position) => ({ ...one, index: position + 1 })),
	(entries) =>
		entries.map((one, position) => ({ ...one, tag: entries[(position + 1) % entries.length]?.['tag'] })),
	(entries, at) => entries.map((one, position) => (position === at ? { ...one, tag: 'zzz' } : one)),
	(entries, at) => [...entries, { ...entries[at] }],
	(entries) => [...entries, { index: entries.length + 1, tag: 'zzz', answer: { n: -1 } }],
	(entries, at) =>
		entries.map((one, position) => (position === at ? { ...one, answer: { n: 'none' } } : one)),
];
/** In which form they may stand. */
const forms: ReadonlyArray<(entries: Entry[], at: number) => Entry[]> = [
	(entries) => entries.toReversed(),
	(entries) => entries.map(({ index, answer }) => ({ index, answer })),
	(entries, at) => entries.map(({ tag, ...one }, position) => (position === at ? one : { ...one, tag })),
	(entries) => entries.map((one) => ({ ...one, index: `Item ${String(one['index'])}` })),
	(entries) => entries.map(({ answer, ...one }) => ({ ...one, ...(answer as Entry) })),
	(entries) => entries.map(({ tag, answer }) => ({ tag, answer })),
];
const writings: ReadonlyArray<(entries: Entry[]) => string> = [
	(entries) => JSON.stringify(entries),
	(entries) => `\`\`\`json\n${JSON.stringify(entries, undefined, 1)}\n\`\`\``,
	(entries) => entries.map((one) => JSON.stringify(one)).join('\n'),
	(entries) => JSON.stringify({ results: entries }),
	(entries) => JSON.stringify(Object.fromEntries(entries.map(({ index, ...one }) => [String(index), one]))),
	(entries) => JSON.stringify(entries).replaceAll('"', "'"),
	(entries) => `The sign says ${JSON.stringify(entries.slice(0, 1))}. ${JSON.stringify(entries)}`,
	(entries) => JSON.stringify(entries).slice(0, -7),
];

test('an item gets its own answer or none, whatever a model does to 400 answers', () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 2, max: 8 }),
			fc.constantFrom(...mixups),
			fc.array(fc.constantFrom(...forms), { maxLength: 2 }),
			fc.nat(7),
			fc.constantFrom(...writings),
			fc.nat(),
			(size, mixUp, made, at, write, seed) => {
				const tags = itemTags(String(seed), size);
				// The answer of an item is what it is asked alone; it can be told from every other one.
				let entries: Entry[] = tags.map((tag, position) => ({
					index: position + 1,
					tag,
					answer: { n: 100 + position },
				}));
				for (const change of [mixUp, ...made]) entries = change(entries, at % size);
				for (const [position, answer] of splitGroupAnswer(write(entries), schema, tags)) {
					expect(answer).toEqual({ n: 100 + position });
				}
			},
		),
		{ seed: 20261127, numRuns: 400 },
	);
});
