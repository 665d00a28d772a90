import type { AnswerSchema } from '../schema/AnswerSchema';

/** The prompt of a request about one item, whose answer has to be JSON of a form. */
export function structuredPrompt(task: string, schema: AnswerSchema): string {
	return [
		task,
		'Answer with JSON only, without a comment and without a code fence. It has to fit this JSON Schema:',
		`JSON Schema: ${JSON.stringify(schema.schema)}`,
	].join('\n');
}

/** The prompt of the second request about an item, after an answer that did not fit. */
export function correctionPrompt(prompt: string, answer: string, complaint: string): string {
	return [
		prompt,
		'',
		'You have answered this before, and the answer did not fit the JSON Schema. What you answered, between the lines:',
		'-----',
		answer.slice(0, 20_000),
		'-----',
		`What is wrong with it: ${complaint}`,
		'Answer again, with JSON only that fits.',
	].join('\n');
}

export interface GroupItem {
	/** From `itemTags`; the model has to give it back beside the item's number. */
	readonly tag: string;
	readonly fileCount: number;
}

/** The prompt of one request about several items. Each has its own files, which are attached in the order of the items. */
export function groupPrompt(task: string, schema: AnswerSchema, items: readonly GroupItem[]): string {
	let nextFile = 1;
	const files = items.map(({ tag, fileCount }, position) => {
		const first = nextFile;
		nextFile += fileCount;
		const item = `Item ${position + 1}, tag ${tag}:`;
		if (fileCount === 0) return `${item} no file`;
		return `${item} ${fileCount === 1 ? `file ${first}` : `files ${first} to ${nextFile - 1}`}`;
	});
	return [
		`There are ${items.length} items, each with its own files. Do the following for each item by itself, looking at its own files only:`,
		task,
		`Answer with one JSON array only, without a comment and without a code fence. It has exactly ${items.length} entries, one for each item, in order: {"index": number of the item, "tag": tag of the item, "answer": answer for the item}. Each answer has to fit this JSON Schema:`,
		`JSON Schema: ${JSON.stringify(schema.schema)}`,
		'The files of the items:',
		...files,
	].join('\n');
}

const LETTERS = 'bcdfghjkmnpqrstvwxz';
const LETTERS_AND_DIGITS = `${LETTERS}23456789`;

/**
 * Tags of three characters, each once, such as `k7q`: no words, no numbers, no letters that look alike.
 *
 * @param seed gives the same tags whenever it is the same, so that a request which is repeated has the same words
 */
export function itemTags(seed: string, count: number): string[] {
	const draw = drawing(seed);
	const pick = (characters: string): string => characters.charAt(Math.floor(draw() * characters.length));
	const tags = new Set<string>();
	while (tags.size < count) tags.add(pick(LETTERS) + pick(LETTERS_AND_DIGITS) + pick(LETTERS));
	return [...tags];
}

/** Numbers in [0, 1): mulberry32, begun with the FNV-1a hash of the seed. */
function drawing(seed: string): () => number {
	let state = 0x811c9dc5;
	for (let index = 0; index < seed.length; index += 1) {
		state = Math.imul(state ^ seed.charCodeAt(index), 0x01000193);
	}
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	};
}
