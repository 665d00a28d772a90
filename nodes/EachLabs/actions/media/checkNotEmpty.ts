import { PredictionError } from '../../core/PredictionError';

/**
 * An empty text says nothing of the files: no result, though it was paid for.
 *
 * @throws {PredictionError} `unusableAnswer`
 */
export function checkNotEmpty(answer: unknown): void {
	if (String(answer).trim() !== '') return;
	throw new PredictionError('unusableAnswer', 'The model gave an empty answer', {
		description: 'Run the item again, ask in other words, or try another model.',
	});
}
