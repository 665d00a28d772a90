import type { IDataObject } from 'n8n-workflow';

import { MAX_OUTPUT_TOKENS, type ReasoningLevel } from '../core/model/questionInput';
import { PredictionError } from '../core/PredictionError';

const DAY_SECONDS = 86_400;

/** Options that hold for the whole run; they are read from the first item. */
export interface RunOptions {
	/** Predictions in flight at once. */
	readonly maxConcurrency: number;
	/** USD that the run may cost; undefined for no limit. */
	readonly maxCostUsd?: number;
	readonly keepUploads: boolean;
	readonly uploadRetentionSeconds: number;
}

/** Options of one item, checked, with units in their names. */
export interface ItemOptions {
	readonly systemInstruction?: string;
	readonly language?: string;
	readonly reasoningLevel?: ReasoningLevel;
	readonly maxOutputTokens?: number;
	readonly googleSearch: boolean;
	readonly maxWaitSeconds: number;
	/** Undefined: adapted to the model. */
	readonly pollIntervalMs?: number;
	readonly resubmit: boolean;
	/** Whether an answer that does not fit its schema is asked for once more. */
	readonly autoFix: boolean;
	readonly includeInputFields: boolean;
	readonly additionalInput?: Readonly<Record<string, unknown>>;
}

/** @throws {PredictionError} `invalidInput`, naming the option, its value and its range */
export function runOptions(options: IDataObject): RunOptions {
	const maxCostUsd = numberOption(options, 'maxCost', 'Max Cost', { fallback: 0, min: 0, max: 1_000_000 });
	return {
		maxConcurrency: numberOption(options, 'maxConcurrency', 'Max Concurrency', {
			fallback: 10,
			min: 1,
			max: 1_000,
			whole: true,
		}),
		maxCostUsd: maxCostUsd === 0 ? undefined : maxCostUsd,
		keepUploads: options['keepUploads'] === true,
		uploadRetentionSeconds: numberOption(options, 'uploadRetention', 'Upload Retention', {
			fallback: 3_600,
			min: 60,
			max: 365 * DAY_SECONDS,
			whole: true,
			unit: 'seconds',
		}),
	};
}

/** @throws {PredictionError} `invalidInput`, naming the option, its value and its range */
export function itemOptions(options: IDataObject): ItemOptions {
	const pollIntervalSeconds = numberOption(options, 'pollInterval', 'Poll Interval', {
		fallback: 0,
		min: 0,
		max: 3_600,
		unit: 'seconds',
	});
	return {
		systemInstruction: textOption(options, 'systemInstruction', 'System Instruction'),
		language: textOption(options, 'language', 'Language'),
		reasoningLevel: reasoningLevel(options),
		maxOutputTokens: numberOption(options, 'maxOutputTokens', 'Max Output Tokens', {
			min: 1,
			max: MAX_OUTPUT_TOKENS,
			whole: true,
		}),
		googleSearch: options['googleSearch'] === true,
		maxWaitSeconds: numberOption(options, 'maxWait', 'Max Wait', {
			fallback: 600,
			min: 1,
			max: DAY_SECONDS,
			unit: 'seconds',
		}),
		pollIntervalMs: pollIntervalSeconds === 0 ? undefined : Math.max(500, pollIntervalSeconds * 1_000),
		resubmit: options['resubmit'] === true,
		autoFix: options['autoFix'] === true,
		includeInputFields: options['includeInputFields'] === true,
		additionalInput: jsonObject(options['additionalInput'], "option 'Additional Input'"),
	};
}

/**
 * A JSON object that the user wrote as text, or that an expression gave.
 *
 * @param label names the field in messages
 * @returns undefined for an empty one
 */
export function jsonObject(value: unknown, label: string): Record<string, unknown> | undefined {
	const parsed = parsedJson(value, label);
	if (parsed === undefined) return undefined;
	if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
		throw PredictionError.invalidInput(
			`The ${label} is not a JSON object`,
			'Write it with braces, e.g. {"temperature": 0.2}.',
		);
	}
	return Object.keys(parsed).length === 0 ? undefined : (parsed as Record<string, unknown>);
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

interface NumberRange {
	readonly min: number;
	readonly max: number;
	readonly whole?: boolean;
	/** Named in messages. */
	readonly unit?: 'seconds';
}

function numberOption(
	options: IDataObject,
	name: string,
	label: string,
	range: NumberRange & { readonly fallback: number },
): number;
function numberOption(
	options: IDataObject,
	name: string,
	label: string,
	range: NumberRange,
): number | undefined;
function numberOption(
	options: IDataObject,
	name: string,
	label: string,
	range: NumberRange & { readonly fallback?: number },
): number | undefined {
	const value = options[name];
	if (value === undefined || value === null || value === '') return range.fallback;
	const number = typeof value === 'boolean' || typeof value === 'object' ? NaN : Number(value);
	if (!(number >= range.min && number <= range.max) || (range.whole && !Number.isInteger(number))) {
		throw PredictionError.invalidInput(
			`The option '${label}' is ${typeof value === 'object' ? JSON.stringify(value) : String(value)}; it has to be a ${range.whole ? 'whole ' : ''}number ${range.unit ? `of ${range.unit} ` : ''}from ${range.min.toLocaleString('en-US')} to ${range.max.toLocaleString('en-US')}`,
			`Set it within that range, or remove the option${range.fallback === undefined ? '' : ` to use ${range.fallback.toLocaleString('en-US')}`}.`,
		);
	}
	return number;
}

function textOption(options: IDataObject, name: string, label: string): string | undefined {
	const value = options[name];
	if (value === undefined || value === null || value === '') return undefined;
	if (typeof value !== 'string') {
		throw PredictionError.invalidInput(
			`The option '${label}' is not a text but ${JSON.stringify(value)}`,
			'Check its expression, or remove the option.',
		);
	}
	return value.trim() === '' ? undefined : value.trim();
}

function reasoningLevel(options: IDataObject): ReasoningLevel | undefined {
	const value = options['reasoningLevel'];
	if (value === undefined || value === null || value === '') return undefined;
	if (value === 'minimal' || value === 'low' || value === 'medium' || value === 'high') return value;
	throw PredictionError.invalidInput(
		`The option 'Reasoning Level' is ${JSON.stringify(value)}; it has to be minimal, low, medium or high`,
		'Choose one of these, or remove the option.',
	);
}
