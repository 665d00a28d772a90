import { PredictionError } from '../core/PredictionError';

/** What an expression leaves where it stands as plain text, and where an object has become text. */
const EXPRESSION = /\{\{\s*\$/;
const OBJECT = '[object Object]';

/** Whether a text holds what an expression has not filled in. */
export function isUnfilled(text: string): boolean {
	return EXPRESSION.test(text) || text.includes(OBJECT);
}

/**
 * The text itself, for a model to be asked with.
 *
 * @param label names it in messages, e.g. "'Text Input'"
 * @param raw the parameter as it is written, where that is known: what somebody typed, or what an expression by itself took from
 *   the data, may speak of such words
 * @throws {PredictionError} `invalidInput` where an expression has not filled it in
 */
export function filledIn(text: string, label: string, raw?: unknown): string {
	const isFixed = typeof raw === 'string' && !raw.startsWith('=');
	const isTaken = typeof raw === 'string' && /^=\s*\{\{(?:(?!\}\})[^])*\}\}\s*$/.test(raw);
	const isObject = text.includes(OBJECT) && !isFixed && !isTaken;
	const isPlain = EXPRESSION.test(text) && (raw === undefined || isFixed);
	if (!isObject && !isPlain) return text;
	throw PredictionError.invalidInput(
		isObject
			? `The ${label} holds '[object Object]': an expression in it gives an object`
			: `The ${label} holds an expression as plain text`,
		isObject
			? 'Choose the field of the object that you mean, e.g. {{ $json.product.name }}, or write {{ JSON.stringify($json.product) }}.'
			: "Switch the field from 'Fixed' to 'Expression'.",
	);
}
