import { afterThoughts, onlyThinks } from '../../core/answer/thoughts';
import { PredictionError } from '../../core/PredictionError';
import { isBlank } from '../../core/words';

/**
 * The text of an answer, without what a model has thought aloud before it.
 *
 * @throws {PredictionError} `unusableAnswer` where nothing is left: it says nothing of the files, though it was paid for
 */
export function answeredText(answer: unknown): string {
	const text = String(answer);
	const said = onlyThinks(text) ? '' : afterThoughts(text);
	if (!isBlank(said.replace(/^(?:(["'`]+)\s*\1|\{\})$/, ''))) return said;
	throw new PredictionError('unusableAnswer', 'The model gave an empty answer', {
		description: 'Run the item again, ask in other words, or try another model.',
	});
}
