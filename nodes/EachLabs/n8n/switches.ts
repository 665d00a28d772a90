import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { PredictionError } from '../core/PredictionError';

const WORDS: ReadonlyMap<string, boolean> = new Map([
	...['true', 'yes', 'on', '1'].map((word) => [word, true] as const),
	...['false', 'no', 'off', '0'].map((word) => [word, false] as const),
]);

/** What a switch's value says: forms and tables give an expression `true` as a text. Undefined for what says neither. */
export function switchedOn(given: unknown): boolean | undefined {
	return WORDS.get(String(given).trim().toLowerCase());
}

/**
 * Whether a switch is on.
 *
 * @param fallback where it is not set, or its expression gives nothing
 * @param label names it in messages, e.g. "option 'Estimate Only'"
 * @throws {PredictionError} `invalidInput` for what says neither
 */
export function readSwitch(given: unknown, fallback: boolean, label: string): boolean {
	if (given === undefined || given === null || given === '') return fallback;
	const isOn = switchedOn(given);
	if (isOn !== undefined) return isOn;
	throw PredictionError.invalidInput(
		`The ${label} is ${JSON.stringify(given)}; it has to be true or false`,
		'Check what its expression gives for this item, or set it without an expression.',
	);
}

/** Whether a parameter of an item is switched on; its default where its expression gives nothing. */
export function readSwitchField(
	{ functions, itemIndex }: { readonly functions: IExecuteFunctions; readonly itemIndex: number },
	field: INodeProperties,
): boolean {
	const fallback = field.default === true;
	const given: unknown = functions.getNodeParameter(field.name, itemIndex, fallback);
	return readSwitch(given, fallback, `parameter '${field.displayName}'`);
}
