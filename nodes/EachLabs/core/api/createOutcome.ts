import type { HttpAnswer } from '../host';
import type { PredictionError } from '../PredictionError';
import { answerFacts, modelUnavailable, refusal, selectorRefused } from './apiErrors';
import { parseJson } from './readJson';
import { createPredictionResponse } from './shapes';

/** Statuses of a create's answer that say that a prediction was made, even where its id is missing. */
const MADE_STATUSES: ReadonlySet<string> = new Set([
	'success',
	'succeeded',
	'created',
	'accepted',
	'queued',
	'pending',
	'starting',
	'processing',
]);
/**
 * What became of a create request. It is not idempotent, so the three cases must never be mixed up:
 * `created` was accepted and may be billed, `notCreated` surely made nothing, `unknown` may have made something.
 */
export type CreateOutcome =
	| { readonly kind: 'created'; readonly predictionId: string; readonly requestId: string }
	| {
			readonly kind: 'notCreated';
			readonly cause: 'noSlot';
			readonly details: string;
			readonly httpStatus: number;
			readonly retryAfterMs?: number;
			readonly error: PredictionError;
	  }
	| { readonly kind: 'notCreated'; readonly cause: 'notSent' | 'refused'; readonly error: PredictionError }
	| {
			readonly kind: 'unknown';
			readonly reason: string;
			readonly requestId: string;
			readonly httpStatus?: number;
			/** Milliseconds for which the service does not want another create; 0 where it did not say. */
			readonly retryAfterMs: number;
	  };

/**
 * What a create's answer says about what was made.
 *
 * @param requestId under which it was sent
 */
export function readCreateAnswer(
	answer: HttpAnswer,
	{ model, fallbackSelector }: { readonly model: string; readonly fallbackSelector?: string },
	requestId: string,
	retryAfterMs: number | undefined,
): CreateOutcome {
	const facts = answerFacts(answer, requestId);
	if (answer.status === 429 || answer.status === 402) {
		const { httpStatus, words: details } = facts;
		return { kind: 'notCreated', cause: 'noSlot', details, httpStatus, retryAfterMs, error: refusal(facts) };
	}
	if (answer.status >= 400 && answer.status < 500) {
		const refused = fallbackSelector && selectorRefused(fallbackSelector, model, facts);
		if (refused) return { kind: 'notCreated', cause: 'refused', error: refused };
		const unknownModel =
			(answer.status === 404 && !facts.isPage) ||
			(answer.status === 400 &&
				/\bmodel\b.{0,300}\b(not found|unknown|does not exist|withdrawn|disabled|no longer)/i.test(
					facts.words,
				));
		return {
			kind: 'notCreated',
			cause: 'refused',
			error: unknownModel ? modelUnavailable(model, facts) : refusal(facts),
		};
	}
	const succeeded = answer.status >= 200 && answer.status < 300;
	const parsed = succeeded ? parseJson(answer.text, createPredictionResponse)?.parsed : undefined;
	if (parsed?.predictionID) return { kind: 'created', predictionId: parsed.predictionID, requestId };
	// A well-formed answer with another status says that it made nothing, unless the status itself says otherwise.
	if (parsed?.status !== undefined && !MADE_STATUSES.has(parsed.status.toLowerCase())) {
		return { kind: 'notCreated', cause: 'refused', error: refusal(facts) };
	}
	// A redirect, a 5xx, or a success that can't be read: something between us and the service may have passed it on.
	return {
		kind: 'unknown',
		reason: `Each Labs answered with status ${answer.status} and no prediction ID`,
		requestId,
		httpStatus: answer.status,
		retryAfterMs: retryAfterMs ?? 0,
	};
}
