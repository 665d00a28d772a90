import { isInexact, numbersIn } from '../core/answer/literals';
import { isRecord } from '../core/json';
import { PredictionError } from '../core/PredictionError';

/**
 * A JSON object that the user wrote as text, or that an expression gave.
 *
 * @param label names the field in messages
 * @returns undefined for an empty one
 */
export function jsonObject(value: unknown, label: string): Record<string, unknown> | undefined {
	const parsed = parsedJson(value, label);
	if (parsed === undefined) return undefined;
	if (typeof value === 'string') checkNumbers(value, label);
	if (!isRecord(parsed)) {
		throw PredictionError.invalidInput(
			`The ${label} is not a JSON object`,
			'Write it with braces, e.g. {"temperature": 0.2}.',
		);
	}
	return Object.keys(parsed).length === 0 ? undefined : parsed;
}

/** A number of more digits than JavaScript keeps would be sent as another one, and one that is too large as null. */
function checkNumbers(json: string, label: string): void {
	const lost = numbersIn(json).find(isInexact);
	if (lost === undefined) return;
	throw PredictionError.invalidInput(
		`The ${label} has the number ${lost.slice(0, 40)}, which can't be sent exactly as it is written`,
		'Use a whole number of at most 15 digits, or write it in double quotes where the field takes a text.',
	);
}

/**
 * JSON that the user wrote as text, or that an expression gave as it is.
 *
 * @returns undefined for nothing
 * @throws {PredictionError} `invalidInput`, with line and column
 */
export function parsedJson(value: unknown, label: string): unknown {
	if (value === undefined || value === null) return undefined;
	if (typeof value !== 'string') return value;
	if (value.trim() === '') return undefined;
	try {
		return JSON.parse(value.replace(/^\ufeff/, '')) as unknown;
	} catch (error) {
		throw notJson(value, label, error);
	}
}

function notJson(text: string, label: string, error: unknown): PredictionError {
	const offset = faultOffset(text, error);
	const before = text.slice(0, offset).split('\n');
	return PredictionError.invalidInput(
		`The ${label} is not valid JSON: look at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`,
		REMEDIES.find(([fault]) => fault.test(text.slice(offset, offset + 15)))?.[1] ??
			'Names and texts need double quotes, and no comma may stand before a closing brace.',
	);
}

/** What is to be done, by the text from the fault on. */
const REMEDIES: ReadonlyArray<readonly [fault: RegExp, remedy: string]> = [
	[
		/^\[object/,
		"An expression has put '[object Object]' there, which has lost the data. Let the field hold the expression alone, e.g. {{ $json.data }}, or turn it into text: {{ JSON.stringify($json.data) }}.",
	],
	[
		/^\{/,
		"Two braces stand there. If they are an expression, switch the field from 'Fixed' to 'Expression'.",
	],
	[/^[“”„‟«»‘’‚]/u, 'Replace the typographic quotation marks by straight ones ("), as code has them.'],
	[/^'/, 'Replace the single quotation marks by double ones (").'],
	[/^`/, 'Remove the marks of a code block (```) before and behind the JSON.'],
	[/^\/[/*]/, 'Remove the comment: JSON has none.'],
	[
		/^(?:True|False|None|NaN|Infinity|undefined)\b/,
		'JSON has true, false, null and numbers for values; texts stand in double quotes.',
	],
	[
		/^(?:(?!\x20)\p{Zs}|\p{Cf})/u,
		'Replace the blank there by a plain one: text of a web page or a chat may have others, which look alike or are not seen.',
	],
];

/** Where a text stops being JSON. The JavaScript engine tells it, but not for a sign that stands where none may stand. */
function faultOffset(text: string, error: unknown): number {
	const message = messageOf(error);
	const position = /position (\d+)/.exec(message)?.[1];
	if (position !== undefined) return Number(position);
	if (/^"(?:undefined|\[object \w+\])" is not/.test(message)) return 0;
	if (!isUnexpectedSign(message)) return text.length;
	// Every beginning that holds the sign is refused for it, and no shorter one.
	let [without, within] = [0, text.length];
	while (within - without > 1) {
		const length = Math.floor((without + within) / 2);
		try {
			JSON.parse(text.slice(0, length));
			without = length;
		} catch (cut) {
			if (isUnexpectedSign(messageOf(cut))) within = length;
			else without = length;
		}
	}
	return without;
}

function isUnexpectedSign(message: string): boolean {
	return message.startsWith('Unexpected token');
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : '';
}
