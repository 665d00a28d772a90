import { groupForms, outputForms, type Form } from '../../../sandbox/answer/forms';
import type { DraftEntry } from '../../../sandbox/answer/Draft';
import { askInGroups, shownOn } from '../../support/askInGroups';
import { seededRandom } from '../../support/VirtualClock';

/** Answers about several items in forms drawn at random: in a group and alone, each item gets its own answer and no other. */
const FORMS = 100;
const SIZE = 4;
const SEED = 20261127;

type Entry = Omit<DraftEntry, 'index'> & { index: unknown };
type Step = readonly [name: string, change: (entries: Entry[]) => Entry[]];
type Writing = readonly [name: string, write: (data: unknown) => string];

const random = seededRandom(SEED);
const pick = <Choice>(choices: readonly Choice[]): Choice =>
	choices[Math.floor(random() * choices.length)] as Choice;

const withoutTag = ({ index, answer }: Entry): Entry => ({ index, answer });
const rotated = <Value>(values: readonly Value[]): Value[] => [...values.slice(1), ...values.slice(0, 1)];
const numberedFrom =
	(first: number) =>
	(entries: Entry[]): Entry[] =>
		entries.map((entry, position) => ({ ...entry, index: first + position }));
const written =
	(write: (index: unknown) => unknown) =>
	(entries: Entry[]): Entry[] =>
		entries.map((entry) => ({ ...entry, index: write(entry.index) }));
const tagged =
	(write: (tag: string, position: number, tags: string[]) => string | undefined) =>
	(entries: Entry[]): Entry[] => {
		const tags = entries.map(({ tag = '' }) => tag);
		return entries.map((entry, position) => ({ ...entry, tag: write(tags[position] ?? '', position, tags) }));
	};
const unchanged: Step = ['as asked', (entries) => entries];

const OMISSIONS: readonly Step[] = [
	unchanged,
	unchanged,
	['the first left out', (entries) => entries.slice(1)],
	['the second left out', (entries) => entries.filter((_, position) => position !== 1)],
	['the last left out', (entries) => entries.slice(0, -1)],
	['none but the second', (entries) => entries.slice(1, 2)],
];
const NUMBERINGS: readonly Step[] = [
	unchanged,
	unchanged,
	['from 0', numberedFrom(0)],
	['from 2', numberedFrom(2)],
	['renumbered', numberedFrom(1)],
	['numbers as text', written(String)],
	['numbers in words', written((index) => `Item ${String(index)}`)],
	['numbers with a mark', written((index) => `#${String(index)}`)],
	['no numbers', written(() => undefined)],
];
const TAGS: readonly Step[] = [
	unchanged,
	unchanged,
	['no tags', (entries) => entries.map(withoutTag)],
	['the first tag missing', (entries) => entries.map((entry, at) => (at === 0 ? withoutTag(entry) : entry))],
	['tags of the next item', tagged((_, position, tags) => tags[(position + 1) % tags.length])],
	['tags in capitals', tagged((tag) => tag.toUpperCase())],
	['tags in brackets', tagged((tag) => `[${tag}]`)],
	['one tag for all', tagged((_tag, _position, [first]) => first)],
	['a tag of nobody', tagged((tag, position) => (position === 1 ? 'zzz' : tag))],
];
const ADDITIONS: readonly Step[] = [
	unchanged,
	unchanged,
	unchanged,
	['the last twice', (entries) => [...entries, ...entries.slice(-1)]],
	[
		'one too many, as the first of the next',
		(entries) => [...entries, ...entries.slice(0, 1).map((entry) => ({ ...entry, index: SIZE + 1 }))],
	],
	[
		'one again with another answer',
		(entries) => [...entries, ...entries.slice(0, 1).map((entry) => ({ ...entry, answer: shownOn(999) }))],
	],
];
const ORDERS: readonly Step[] = [
	unchanged,
	['backwards', (entries) => entries.toReversed()],
	['rotated', rotated],
];

const asList = (entries: Entry[]): unknown => entries;
const SHAPES: ReadonlyArray<readonly [string, (entries: Entry[]) => unknown]> = [
	['a list', asList],
	['a list', asList],
	['a list under a name', (entries) => ({ results: entries })],
	[
		'flat entries',
		(entries) =>
			entries.map(({ answer, ...entry }) => ({ ...entry, ...(answer as Record<string, unknown>) })),
	],
	[
		'by number',
		(entries) =>
			new Set(entries.map(({ index }) => index ?? '')).size === entries.length &&
			entries[0]?.index !== undefined
				? Object.fromEntries(entries.map(({ index, ...entry }) => [index as string, entry]))
				: entries,
	],
	[
		'answers as text',
		(entries) => entries.map((entry) => ({ ...entry, answer: JSON.stringify(entry.answer) })),
	],
];
const WRITINGS: readonly Writing[] = [
	['pure', (data) => JSON.stringify(data)],
	['over lines', (data) => JSON.stringify(data, undefined, 2)],
	['in a fence', (data) => `\`\`\`json\n${JSON.stringify(data)}\n\`\`\``],
	['in prose', (data) => `Here you are: ${JSON.stringify(data)} - as asked.`],
	['with a comma too many', (data) => JSON.stringify(data).replace(/([}\]])$/, ',$1')],
	['after a thought', (data) => `<think>Item 1 is [odd]</think>\n${JSON.stringify(data)}`],
	['cut off', (data) => JSON.stringify(data).slice(0, Math.floor(JSON.stringify(data).length * 0.7))],
	['as a text of JSON', (data) => JSON.stringify(JSON.stringify(data))],
];

const MISTAGGED: ReadonlySet<string> = new Set(['tags of the next item', 'one tag for all']);

interface DrawnForm {
	readonly name: string;
	readonly form: Form;
}

function drawnForm(): DrawnForm {
	const omission = pick(OMISSIONS);
	const tags = pick(TAGS);
	const isMistagged = MISTAGGED.has(tags[0]);
	// An entry whose number and tag both are another item's is a lie that nobody can see through.
	const numbering = pick(
		isMistagged ? NUMBERINGS.filter(([word]) => !/from|renumbered/.test(word)) : NUMBERINGS,
	);
	let addition = pick(ADDITIONS);
	const order = pick(ORDERS);
	const shape = pick(SHAPES);
	const writing = pick(WRITINGS);
	// Numbered without a gap after an omission, with one added and no tag: nobody could tell that from a right answer.
	if (omission !== unchanged && tags[0] === 'no tags') addition = unchanged;
	const name = [omission, numbering, tags, addition, order, shape, writing].map(([word]) => word).join(', ');
	const steps = [omission, numbering, tags, addition, order];
	return {
		name,
		form: ({ entries, answer }) => {
			if (entries === undefined) return writing[1](answer);
			const changed = steps.reduce<Entry[]>((given, [, change]) => change(given), [...entries]);
			return writing[1](shape[1](changed));
		},
	};
}

describe(`${FORMS} random forms of an answer`, () => {
	const drawn = Array.from({ length: FORMS }, drawnForm);
	const forms = drawn.map(({ form }) => form);
	const own = Array.from({ length: FORMS * SIZE }, (_, number) => shownOn(number));

	test(`give each item of a group its own answer (seed ${SEED})`, async () => {
		const { outputs, predictions } = await askInGroups(forms, SIZE);
		const foreign = outputs.flatMap((output, number) =>
			JSON.stringify(output) === JSON.stringify(own[number])
				? []
				: [
						`${drawn[Math.floor(number / SIZE)]?.name}, item ${(number % SIZE) + 1}: ${JSON.stringify(output)}`,
					],
		);
		expect(foreign).toEqual([]);
		// Many forms leave no doubt: they are read, not bought again.
		expect(predictions).toBeLessThan(FORMS * (1 + SIZE) * 0.9);
	}, 120_000);

	test('give the same to each item alone', async () => {
		const isCutOff = drawn.map(({ name }) => name.endsWith('cut off'));
		const { outputs } = await askInGroups(forms, SIZE, 1);
		for (const [number, output] of outputs.entries()) {
			expect(output).toEqual(isCutOff[Math.floor(number / SIZE)] ? undefined : own[number]);
		}
	}, 120_000);

	test('reads what leaves no doubt without a further request', async () => {
		const clear = [
			groupForms.shuffled,
			groupForms.numberedInWords,
			groupForms.byNumber,
			groupForms.inList(),
			groupForms.flat,
		];
		const { outputs, predictions } = await askInGroups(clear, SIZE);
		expect(outputs).toEqual(own.slice(0, clear.length * SIZE));
		expect(predictions).toBe(clear.length);
	}, 60_000);

	test.each<[string, Form, number]>([
		['in a fence', outputForms.fenced, 1],
		['after a thought', outputForms.afterThought, 1],
		['in parts, thoughts first', outputForms.inParts, 1],
		['in wide marks', outputForms.inWideMarks, 1],
		['with one item twice', groupForms.byNumberTwice, 1 + SIZE],
	])('an answer %s gives each item its own', async (_label, form, bought) => {
		const { outputs, predictions } = await askInGroups([form], SIZE);
		expect(outputs).toEqual(own.slice(0, SIZE));
		expect(predictions).toBe(bought);
	});
});
