import { triedJson } from '../../core/json';
import { PredictionError } from '../../core/PredictionError';
import { isUnfilled } from '../../n8n/filledIn';

/** An expression that gives a list of texts. */
export const COLUMN_EXAMPLE = "{{ $('Colors').all().map(item => item.json.name) }}";

/**
 * Texts that somebody wrote with commas or line breaks between them, or a list that an expression gave, whose entries stay
 * whole. Blanks around them and repetitions go.
 *
 * @param what begins the message, e.g. "The values of attribute 1"
 * @throws {PredictionError} `invalidInput` for anything else than texts and numbers, and where an expression has not filled one in
 */
export function listedTexts(given: unknown, what: string): string[] {
	// A column that is not there gives a list of `undefined`.
	const entries: unknown[] =
		typeof given === 'string' ? separated(given) : [given ?? []].flat().map((entry) => entry ?? null);
	const unfit = entries.find(
		(entry) => !['string', 'number'].includes(typeof entry) || isUnfilled(String(entry)),
	);
	if (unfit !== undefined) {
		throw PredictionError.invalidInput(
			`${what} hold ${unfit === null ? 'nothing' : JSON.stringify(unfit).slice(0, 80)} where a text belongs`,
			`${unfit === null ? 'Check the name of the field or column in the expression, and leave empty entries out. ' : ''}Separate them with commas, or use an expression that gives a list of texts, e.g. ${COLUMN_EXAMPLE}.`,
		);
	}
	const texts = entries.map((entry) => String(entry).trim()).filter((text) => text !== '');
	return [...new Set(texts)];
}

/** An expression within a text gives a list as JSON; another text in brackets is no list. */
function separated(text: string): unknown[] {
	const list = /^\s*\[[^]*\]\s*$/.test(text) ? triedJson(text) : undefined;
	return Array.isArray(list) ? list : text.split(/[,\n]/);
}
