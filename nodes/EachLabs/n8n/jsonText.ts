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
	if (!isRecord(parsed)) {
		throw PredictionError.invalidInput(
			`The ${label} is not a JSON object`,
			'Write it with braces, e.g. {"temperature": 0.2}.',
		);
	}
	return Object.keys(parsed).length === 0 ? undefined : parsed;
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
		return JSON.parse(value) as unknown;
	} catch (error) {
		throw notJson(value, label, error);
	}
}

function notJson(text: string, label: string, error: unknown): PredictionError {
	const before = text.slice(0, faultOffset(text, error)).split('\n');
	return PredictionError.invalidInput(
		`The ${label} is not valid JSON: look at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`,
		'Names and texts need double quotes, and no comma may stand before a closing brace.',
	);
}

/** Where a text stops being JSON. The JavaScript engine tells it, but not for a sign that stands where none may stand. */
function faultOffset(text: string, error: unknown): number {
	const message = messageOf(error);
	const position = /position (\d+)/.exec(message)?.[1];
	if (position !== undefined) return Number(position);
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
