import type { Prediction } from '../api/shapes';
import { PredictionError } from '../PredictionError';
import { tellsOfBlock } from './failureKind';
import { outputText } from './outputText';
import { isBlank } from '../words';
import { costWords } from './predictionFailed';

/**
 * The error of a success without a result, which was paid for all the same; undefined where there is one. Its `failure` is
 * `blocked` where the service says that the provider's content rules have emptied it.
 *
 * @param isEmpty as a rule, whether the output holds no text
 */
export function emptyOutput(
	prediction: Prediction,
	isEmpty = isBlank(outputText(prediction.output)),
): PredictionError | undefined {
	if (!isEmpty) return undefined;
	const told = Object.entries(prediction.raw).filter(([name]) => name !== 'input' && name !== 'id');
	const isBlocked = tellsOfBlock(JSON.stringify(Object.fromEntries(told)));
	const remedy = isBlocked
		? 'Trying again will not help. Look at the file and at what you ask, or choose another model.'
		: 'Run the item again, ask in other words, or try another model.';
	return new PredictionError(
		'unusableAnswer',
		isBlocked
			? "The model's provider held the answer back, by its rules for content"
			: 'The model gave an empty answer',
		{
			predictionId: prediction.id,
			cost: prediction.cost,
			description: `${remedy} ${costWords(prediction.cost)} (prediction ID ${prediction.id})`,
			...(isBlocked && { failure: 'blocked' }),
		},
	);
}

/** Whether an output holds nothing whatever: no text, no list with anything in it, no object. */
export function isNothing(output: unknown): boolean {
	const pieces: unknown[] = Array.isArray(output) ? output : [output];
	return pieces.every((piece) => (piece ?? '') === '' || (typeof piece === 'string' && isBlank(piece)));
}
