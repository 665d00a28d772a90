import { failureOf, PredictionError } from '../core/PredictionError';
import type { FallbackReason } from '../n8n/FallbackNotes';
import { settled, type ItemContext } from './operation';

/** What one of several models has answered. */
export interface AnswerInTurn<Answer> {
	readonly answer: Answer;
	/** Slug of the one that answered. */
	readonly model: string;
	/** Why the one before it did not; undefined for the first one. */
	readonly reason?: FallbackReason;
	/** Predictions of the models before it, which came to nothing. */
	readonly failed: readonly PredictionError[];
}

/**
 * Asks models in turn: the next one where the one before is gone, does not read the files' formats, or where its prediction has
 * surely failed at the provider.
 * After an unknown outcome, a refused picture or a fault of the file, no other is asked. A model that the run has found to be
 * gone is passed over where there is another one.
 *
 * @param models best first
 * @param unfit why a model can't be asked, where that is known beforehand; the next one is asked then
 * @param ask buys a prediction of a model
 * @throws {PredictionError} with what was bought in vain, also where no other model could be asked
 */
export async function askInTurn<Answer>(
	{ session }: ItemContext,
	models: readonly string[],
	unfit: (model: string) => PredictionError | undefined,
	ask: (model: string) => Promise<Answer>,
): Promise<AnswerInTurn<Answer>> {
	const { fallbacks } = session;
	const failed: PredictionError[] = [];
	/** Why the last model that counts did not answer. */
	let ended: PredictionError | undefined;
	let reason: FallbackReason;
	const notes: string[] = [];
	for (const [position, model] of models.entries()) {
		const isLast = position === models.length - 1;
		const known = models.length > 1 ? fallbacks.whyGone(model) : undefined;
		if (known) {
			ended ??= known;
			reason ??= 'gone';
			if (!isLast) continue;
			break;
		}
		const refused = unfit(model);
		if (refused) {
			if (ended) notes.push(wordsOf(model, refused));
			ended ??= refused;
			reason ??= 'unfit';
			continue;
		}
		const asked = await settled(ask(model));
		if (asked.ok) return { answer: asked.value, model, failed, ...(position > 0 ? { reason } : {}) };
		const { error } = asked;
		if (!(error instanceof PredictionError)) throw error;
		if (error.kind === 'modelUnavailable') fallbacks.setGone(model, error);
		if (ended !== undefined && !error.mayHaveBeenCreated) {
			// What ends the item is what it was asked first, unless that has cost nothing and this is about more than a model.
			if (!isAboutModel(error))
				throw failed.length > 0 ? withNotes(ended, failed, [...notes, wordsOf(model, error)]) : error;
			notes.push(wordsOf(model, error));
			continue;
		}
		if (error.facts.predictionId !== undefined && mayAskAnother(error)) failed.push(error);
		else if (!mayAskAnother(error)) throw withEarlier(error, failed);
		ended = error;
		reason = error.kind === 'modelUnavailable' ? 'gone' : 'failed';
	}
	throw withNotes(ended ?? PredictionError.stopped(), failed, notes);
}

/** Whether an item may be asked of another model: nothing was made, or what was made has surely failed at the provider. */
function mayAskAnother(error: PredictionError): boolean {
	if (error.kind === 'modelUnavailable') return true;
	if (error.kind !== 'predictionFailed' || error.facts.predictionId === undefined) return false;
	const failure = failureOf(error);
	// Where nothing tells why, another try is bought only if the first one was free.
	if (failure === undefined || failure === 'unknown') return error.facts.cost === 0;
	return ['providerBusy', 'provider', 'timeLimit', 'vendor'].includes(failure);
}

/** Whether another model may do what this one can't. */
function isAboutModel({ kind }: PredictionError): boolean {
	return ['modelUnavailable', 'invalidInput', 'requestRefused'].includes(kind);
}

function wordsOf(model: string, error: PredictionError): string {
	return `The fallback ${model} was not asked: ${error.message}.`;
}

/** The error that stands for all models, with what could not be done about it. */
function withNotes(
	ended: PredictionError,
	failed: readonly PredictionError[],
	notes: readonly string[],
): PredictionError {
	const error = withEarlier(
		ended,
		failed.filter((one) => one !== ended),
	);
	return notes.length === 0 ? error : error.with({ description: [error.description, ...notes].join(' ') });
}

/** An error with the predictions of other models that came before it, and what they cost. */
function withEarlier(error: PredictionError, failed: readonly PredictionError[]): PredictionError {
	if (failed.length === 0) return error;
	const ids = failed.flatMap(({ facts }) =>
		[...(facts.earlierPredictionIds ?? []), facts.predictionId ?? []].flat(),
	);
	const costs = [...failed, error].flatMap(({ facts }) => facts.cost ?? []);
	return error.with({
		description: `${error.description} Before that, ${ids.length === 1 ? 'a prediction' : 'predictions'} of another model had come to nothing (prediction ID ${ids.join(', ')}).`,
		earlierPredictionIds: [...ids, ...(error.facts.earlierPredictionIds ?? [])],
		cost: costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0),
	});
}
