/** How a scripted prediction goes wrong: the reason in an envelope under `output`, or in `logs`. */
export interface ScriptedFailure {
	style: 'envelope' | 'logs';
	status: 'failed' | 'error';
	/** `error_code` of the envelope. Default `prediction_failed`. */
	code?: string;
	message: string;
}

/**
 * How an answer is written that has to be JSON; others are not touched.
 *
 * - `plain`: the JSON, and nothing else.
 * - `fenced`: in a code fence.
 * - `prose`: between sentences.
 * - `broken`: with single quotes and trailing commas.
 * - `cutOff`: its first three fifths, as at a token limit.
 * - `missingEntries`: a group's answer without every third entry.
 * - `wrongIndex`: a group's answer whose second entry has the index of the first, and whose last has one that no item has.
 * - `noJson`: a sentence instead.
 * - `wrongShape`: JSON that does not fit the schema, for each item of a group.
 * - `nulls`: null in place of everything that the schema does not require, for each item of a group.
 */
export type AnswerStyle =
	| 'plain'
	| 'fenced'
	| 'prose'
	| 'broken'
	| 'cutOff'
	| 'missingEntries'
	| 'wrongIndex'
	| 'noJson'
	| 'wrongShape'
	| 'nulls';

/**
 * What the sandbox plays. The object is mutable, and a change takes effect with the next request.
 */
export interface Scenario {
	/** A prediction's run time, drawn evenly between both ends by a seeded generator. */
	runTimeMs: { min: number; max: number };
	/** The same seed draws the same run times for the same sequence of creates. */
	seed: number;
	/** Predictions in flight that the account may have; over it a create gets 429. `null`: no cap. */
	accountCap: number | null;
	/** When not above 0 a create gets 402. Each success takes its cost. */
	balanceUsd: number;
	/** `any`: every key that is not empty. Else the keys that work; all others get 401. */
	apiKeys: 'any' | string[];
	/** Slugs that have left the catalogue: 404 for details, 400 for a create. */
	withdrawnModels: string[];
	/** Asked once for each accepted create, counted from 0. `null`: it may succeed. */
	failPrediction: (input: Record<string, unknown>, ordinal: number) => ScriptedFailure | null;
	/** Asked once for each accepted create, with the same ordinal. */
	answerStyle: (input: Record<string, unknown>, ordinal: number) => AnswerStyle;
	/** Whether a cancel stops the prediction. If not, the answer is the same and the prediction goes on. */
	cancelObeyed: boolean;
	/** If not, both model routes answer 503. */
	catalogueAvailable: boolean;
	/** Added to every answer of the API, not of the storage. */
	latencyMs: number;
	/** Age from which the storage refuses an upload URL with 403. */
	presignLifetimeMs: number;
}

/** A scenario of one's own over the defaults: 10 in flight, 100 USD, 300 to 900 ms a prediction, nothing fails. */
export function createScenario(overrides: Partial<Scenario> = {}): Scenario {
	return {
		runTimeMs: { min: 300, max: 900 },
		seed: 1,
		accountCap: 10,
		balanceUsd: 100,
		apiKeys: 'any',
		withdrawnModels: [],
		failPrediction: () => null,
		answerStyle: () => 'plain',
		cancelObeyed: true,
		catalogueAvailable: true,
		latencyMs: 0,
		presignLifetimeMs: 15 * 60 * 1000,
		...overrides,
	};
}
