import type { AnswerSchema } from '../schema/AnswerSchema';
import { jsonInText } from './jsonInText';

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

/**
 * The prompt of one request about several items. Each has its own files, which are attached in the order of the items.
 *
 * @param fileCounts number of files of each item
 */
export function groupPrompt(task: string, schema: AnswerSchema, fileCounts: readonly number[]): string {
	let nextFile = 1;
	const files = fileCounts.map((count, position) => {
		const first = nextFile;
		nextFile += count;
		if (count === 0) return `Item ${position + 1}: no file`;
		return `Item ${position + 1}: ${count === 1 ? `file ${first}` : `files ${first} to ${nextFile - 1}`}`;
	});
	return [
		`There are ${fileCounts.length} items, each with its own files. Do the following for each item by itself, looking at its own files only:`,
		task,
		`Answer with one JSON array only, without a comment and without a code fence. It has exactly ${fileCounts.length} entries, one for each item, in order: {"index": number of the item, "answer": answer for the item}. Each answer has to fit this JSON Schema:`,
		`JSON Schema: ${JSON.stringify(schema.schema)}`,
		'The files of the items:',
		...files,
	].join('\n');
}

/**
 * Splits the answer to a group request.
 *
 * An answer counts for an item only where exactly one entry has its index and its answer fits the schema, so that no item ever
 * gets another one's result. From a text that was cut off, the entries before the cut count.
 *
 * @returns answers by position, from 0; who is not in it has to be asked again
 */
export function splitGroupAnswer(text: string, schema: AnswerSchema, size: number): Map<number, unknown> {
	let best = new Map<number, unknown>();
	for (const { value, isCutOff } of jsonInText(text)) {
		const entries = entriesOf(value);
		const split = splitEntries(isCutOff ? entries.slice(0, -1) : entries, schema, size);
		if (split.size > best.size) best = split;
	}
	return best;
}

function splitEntries(entries: readonly unknown[], schema: AnswerSchema, size: number): Map<number, unknown> {
	const answers = new Map<number, unknown>();
	const seen = new Set<number>();
	for (const entry of entries) {
		if (typeof entry !== 'object' || entry === null) continue;
		const { index, answer } = entry as { index?: unknown; answer?: unknown };
		const position = (typeof index === 'string' && /^\d{1,6}$/.test(index) ? Number(index) : index) as number;
		if (!Number.isInteger(position) || position < 1 || position > size) continue;
		if (seen.has(position - 1)) {
			answers.delete(position - 1);
			continue;
		}
		seen.add(position - 1);
		const coerced = schema.coerced(answer);
		if (schema.complaints(coerced).length === 0) answers.set(position - 1, coerced);
	}
	return answers;
}

/** The entries themselves, also where the model put the array into an object. */
function entriesOf(value: unknown): readonly unknown[] {
	if (Array.isArray(value)) return value;
	if (typeof value !== 'object' || value === null) return [];
	const inner: unknown = Object.values(value).find((field) => Array.isArray(field));
	return Array.isArray(inner) ? inner : [value];
}
