import { PredictionError } from '../PredictionError';
import { written } from '../words';

/** What an answer may repeat of the input; the rest of the 8 MB that are read of one is for the output. */
const MAX_BYTES = 8_000_000;
/** What a character takes at most: an encoder may write all but plain ones as codes such as `\u0e01`. */
const CODE_BYTES = 6;

/**
 * The service repeats the input in each answer about its prediction: one too long to be read would be paid for in vain.
 *
 * @throws {PredictionError} `invalidInput`
 */
export function checkInputSize(input: Readonly<Record<string, unknown>>): void {
	const text = JSON.stringify(input);
	if (text.length * CODE_BYTES <= MAX_BYTES) return;
	const coded = text.replace(/[ !#-%'-;=?-~]+/g, '').length;
	const bytes = text.length + coded * (CODE_BYTES - 1);
	if (bytes <= MAX_BYTES) return;
	throw PredictionError.invalidInput(
		`The input is too long: Each Labs repeats it in its answers, where it can take ${written(bytes)} bytes, and at most ${written(MAX_BYTES)} of them can be read`,
		"Shorten the item's text, or spread it over several items. Letters outside of A to Z count up to six times, since answers may spell them as codes.",
	);
}
