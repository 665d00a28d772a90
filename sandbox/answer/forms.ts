import type { Draft, DraftEntry } from './Draft';

/** Writes an answer anew; undefined where the form has nothing to do with it. For a scenario's `rewriteAnswer`. */
export type Form = (draft: Draft) => unknown;

const entriesForm =
	(write: (entries: DraftEntry[]) => unknown): Form =>
	({ entries }) =>
		entries === undefined ? undefined : JSON.stringify(write([...entries]));

/** Changes the data of each item, alone or in a group, and leaves the rest as it is. */
export const answerForm =
	(change: (answer: unknown) => unknown): Form =>
	({ answer, entries }) => {
		if (entries !== undefined) {
			return JSON.stringify(entries.map((entry) => ({ ...entry, answer: change(entry.answer) })));
		}
		return answer === undefined ? undefined : JSON.stringify(change(answer));
	};

const withoutTag = ({ index, answer }: DraftEntry): DraftEntry => ({ index, answer });

/** Forms of an answer about several items. All keep the items in the order of the request unless their name says otherwise. */
export const groupForms = {
	/** Numbers that begin elsewhere than at 1, with the tags as they are. */
	numberedFrom: (first: number): Form =>
		entriesForm((entries) => entries.map((entry, position) => ({ ...entry, index: first + position }))),
	/** The same without tags. */
	numberedFromWithoutTags: (first: number): Form =>
		entriesForm((entries) =>
			entries.map((entry, position) => ({ ...withoutTag(entry), index: first + position })),
		),
	shuffled: entriesForm((entries) => [
		...entries.filter((_, position) => position % 2 === 1).reverse(),
		...entries.filter((_, position) => position % 2 === 0),
	]),
	withoutTags: entriesForm((entries) => entries.map(withoutTag)),
	/** Each item has the tag of the next one, the last that of the first. */
	withForeignTags: entriesForm((entries) =>
		entries.map((entry, position) => ({ ...entry, tag: entries[(position + 1) % entries.length]?.tag })),
	),
	/** One item is left out, and those behind it are numbered without a gap. */
	renumberedWithout: (index: number, tags: 'kept' | 'left out' = 'left out'): Form =>
		entriesForm((entries) =>
			entries
				.filter((entry) => entry.index !== index)
				.map((entry, position) => ({
					...(tags === 'kept' ? entry : withoutTag(entry)),
					index: position + 1,
				})),
		),
	/** The last entry twice, the second time with a number of its own. */
	oneTooMany: entriesForm((entries) => [
		...entries,
		...entries.slice(-1).map((entry) => ({ ...entry, index: entry.index + 1 })),
	]),
	/** `"Item 2"` in the place of 2. */
	numberedInWords: entriesForm((entries) =>
		entries.map((entry) => ({ ...entry, index: `Item ${entry.index}` })),
	),
	/** `{"2": answer}`. */
	byNumber: entriesForm((entries) => Object.fromEntries(entries.map(({ index, answer }) => [index, answer]))),
	/** The same with the second item twice, the second time with the answer of the first. */
	byNumberTwice: (({ entries }) =>
		entries === undefined
			? undefined
			: `{${[...entries, ...entries.slice(0, 1).map((entry) => ({ ...entry, index: 2 }))]
					.map(({ index, answer }) => `"${index}": ${JSON.stringify(answer)}`)
					.join(', ')}}`) as Form,
	/** `{"results": [...]}`, or under another name. */
	inList: (name = 'results'): Form => entriesForm((entries) => ({ [name]: entries })),
	/** The answer's fields beside its number, without `answer`. */
	flat: entriesForm((entries) =>
		entries.map(({ answer, ...entry }) =>
			typeof answer === 'object' && answer !== null ? { ...entry, ...answer } : { ...entry, answer },
		),
	),
	/** Three entries, and words in the place of the others. */
	abridged: ({ entries }: Draft): unknown =>
		entries === undefined
			? undefined
			: `[${entries
					.slice(0, 3)
					.map((entry) => JSON.stringify(entry))
					.join(', ')}, ... and ${Math.max(entries.length - 3, 0)} more]`,
};

/** Forms of the data of an item, alone or in a group. */
export const dataForms = {
	/** `{"output": {...}}`, or under another name. */
	wrapped: (name = 'output'): Form => answerForm((answer) => ({ [name]: answer })),
	/** Every text in other case. */
	inCapitals: answerForm((answer) => changeTexts(answer, (text) => text.toUpperCase())),
	/** Every text with quotes around it. */
	quoted: answerForm((answer) => changeTexts(answer, (text) => `“${text}”`)),
	/** Every number as text. */
	numbersAsText: answerForm((answer) => changeNumbers(answer, String)),
	/** Numbers of a segment as `MM:SS`. */
	timesInMinutes: answerForm((answer) =>
		changeNumbers(answer, (seconds) => {
			const whole = Math.floor(seconds);
			return `${twoDigits(Math.floor(whole / 60))}:${twoDigits(whole % 60)}`;
		}),
	),
};

/** Forms of a moderation's or a classification's list, alone or in a group. */
export const listForms = {
	/** Without the category or label at this position, counted from 0. */
	without: (position: number): Form =>
		answerForm((answer) => changeList(answer, (list) => list.filter((_, index) => index !== position))),
	/** The entry at this position once more at the end, with another confidence. */
	doubled: (position: number, confidence: number): Form =>
		answerForm((answer) =>
			changeList(answer, (list) => {
				const entry = list[position];
				return entry === undefined ? list : [...list, { ...Object(entry), confidence }];
			}),
		),
	/** With an entry that was not asked for. */
	withForeign: (name: string, confidence: number): Form =>
		answerForm((answer) =>
			changeList(answer, (list) => [...list, { category: name, label: name, confidence, reason: '' }]),
		),
	/** The list alone, without the object around it. */
	bare: answerForm((answer) =>
		isObject(answer) ? (Object.values(answer).find(Array.isArray) ?? answer) : answer,
	),
};

/** Forms of the output as such, whatever was asked for. */
export const outputForms = {
	nothing: ((): unknown => null) as Form,
	emptyText: ((): unknown => '') as Form,
	listOfOne: (({ output }) => [output]) as Form,
	/** A text as pieces that have to be joined. */
	wordPieces: (({ output }) =>
		typeof output === 'string' ? (output.match(/\s*\S+|\s+$/g) ?? ['']) : undefined) as Form,
	completion: (({ output }) => ({ choices: [{ message: { role: 'assistant', content: output } }] })) as Form,
	/** The answer between these texts, e.g. a thought before it or a second answer behind it. */
	between: (before: string, after: string): Form =>
		(({ output }) => (typeof output === 'string' ? `${before}${output}${after}` : undefined)) as Form,
	refusal: ((): unknown => "I'm sorry, but I can't help with that.") as Form,
	fenced: written((text) => `\`\`\`json\n${text}\n\`\`\``),
	/** What a model thinks aloud before it answers. */
	afterThought: written((text) => `<think>Item 1 is [odd].</think>\n${text}`),
	/** The first part of it, as at a token limit. */
	cutOff: (share = 0.6): Form => written((text) => text.slice(0, Math.floor(text.length * share))),
	/** The parts of a message: a thought, and the answer. */
	inParts: written((text) => [
		{ type: 'thinking', thinking: 'Perhaps {"index": 1}?' },
		{ type: 'text', text },
	]),
	/** With „quotes“ of some countries around keys and texts; an answer with quotes in its texts is left alone. */
	inNationalQuotes: written((text) =>
		text.includes('\\"') ? undefined : text.replace(/"([^"]*)"/g, '„$1“'),
	),
	/** With the colons and commas of East Asia between keys and values. */
	inWideMarks: written((text) =>
		text.replace(/("(?:[^"\\]|\\.)*")|[:,]/g, (mark: string, quoted?: string) =>
			quoted === undefined ? (mark === ':' ? '：' : '，') : quoted,
		),
	),
};

function written(write: (text: string) => unknown): Form {
	return ({ output }) => (typeof output === 'string' ? write(output) : undefined);
}

function changeTexts(value: unknown, change: (text: string) => string): unknown {
	return changeLeaves(value, (leaf) => (typeof leaf === 'string' ? change(leaf) : leaf));
}

function changeNumbers(value: unknown, change: (number: number) => unknown): unknown {
	return changeLeaves(value, (leaf) => (typeof leaf === 'number' ? change(leaf) : leaf));
}

function changeLeaves(value: unknown, change: (leaf: unknown) => unknown): unknown {
	if (Array.isArray(value)) return value.map((entry) => changeLeaves(entry, change));
	if (!isObject(value)) return change(value);
	return Object.fromEntries(
		Object.entries(value).map(([name, field]) => [name, changeLeaves(field, change)]),
	);
}

/** Changes the one list of an answer such as `{categories: [...]}`. */
function changeList(answer: unknown, change: (list: unknown[]) => unknown[]): unknown {
	if (!isObject(answer)) return answer;
	return Object.fromEntries(
		Object.entries(answer).map(([name, field]) => [name, Array.isArray(field) ? change(field) : field]),
	);
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function twoDigits(number: number): string {
	return String(number).padStart(2, '0');
}
