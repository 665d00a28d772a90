import { PredictionError } from '../core/PredictionError';

/** What an expression leaves where it stands as plain text, and where an object has become text. */
const UNFILLED = /\{\{\s*\$|\[object Object\]/;

/** Whether a text holds what an expression has not filled in. */
export function isUnfilled(text: string): boolean {
	return UNFILLED.test(text);
}

/**
 * The text itself, for a model to be asked with.
 *
 * @param label names it in messages, e.g. "'Text Input'"
 * @throws {PredictionError} `invalidInput` where an expression has not filled it in
 */
export function filledIn(text: string, label: string): string {
	if (!isUnfilled(text)) return text;
	const isObject = text.includes('[object Object]');
	throw PredictionError.invalidInput(
		isObject
			? `The ${label} holds '[object Object]': an expression in it gives an object`
			: `The ${label} holds an expression as plain text`,
		isObject
			? 'Choose the field of the object that you mean, e.g. {{ $json.product.name }}, or write {{ JSON.stringify($json.product) }}.'
			: "Switch the field from 'Fixed' to 'Expression'.",
	);
}
