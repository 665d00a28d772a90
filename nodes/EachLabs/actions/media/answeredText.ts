import { withoutThoughts } from '../../core/answer/plainText';
import { PredictionError } from '../../core/PredictionError';
import { isBlank } from '../../core/words';

const THOUGHTS_BEGIN = /<(?:think|thinking|thought|reasoning)>/i;
/** Some models write this one alone. */
const THOUGHTS_END = /<\/(?:think|thinking|thought|reasoning)>/i;

/**
 * The text of an answer, without what a model has thought aloud before it.
 *
 * @throws {PredictionError} `unusableAnswer` where nothing is left: it says nothing of the files, though it was paid for
 */
export function answeredText(answer: unknown): string {
	const text = String(answer);
	const [opened, closed] = [text.search(THOUGHTS_BEGIN), text.search(THOUGHTS_END)];
	const isBehind = opened >= 0 && text.slice(0, opened).trim() !== '';
	const said = !isBehind && (opened >= 0 || closed >= 0) ? withoutThoughts(text).trim() : text;
	if (!isBlank(said.replace(/^(?:(["'`]+)\s*\1|\{\})$/, ''))) return said;
	throw new PredictionError('unusableAnswer', 'The model gave an empty answer', {
		description: 'Run the item again, ask in other words, or try another model.',
	});
}
