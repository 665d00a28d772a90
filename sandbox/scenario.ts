import type { Draft } from './answer/Draft';
import type { ModelCost } from './ModelCost';
import type { WebhookPlan } from './webhooks';

/** How a scripted prediction goes wrong. */
export interface ScriptedFailure {
	/** Where the reason stands: in an envelope under `output`, as the text of `output`, or in `logs`. */
	style: 'envelope' | 'text' | 'logs';
	status: 'failed' | 'error';
	/** `error_code` of the envelope. Default `prediction_failed`. */
	code?: string;
	message: string;
	/** More fields of the envelope, e.g. `classification`, `retryable`, `provider`. */
	more?: Record<string, unknown>;
	/** What is charged all the same. Default 0. */
	costUsd?: number;
	/** Under which `error_classification` the history finds it. Default `provider_error`. */
	classification?: string;
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
	/** A prediction's run time: drawn evenly between both ends by a seeded generator, or told for each create. */
	runTimeMs: { min: number; max: number } | ((input: Record<string, unknown>, ordinal: number) => number);
	/** The same seed draws the same run times for the same sequence of creates. */
	seed: number;
	/**
	 * Which API is served: that of August (a model's details by query, the history by offset), that of November (details by
	 * path, the history by cursor, prices, balance, router), or the routes of both.
	 */
	api: 'august' | 'november' | 'both';
	/** Predictions in flight that the account may have; over it a create gets 429. `null`: no cap. */
	accountCap: number | null;
	/** The same for a create of a metered model, whose price has no numbers. `null`: as `accountCap`. */
	meteredCap: number | null;
	/** After a 429, every create before so long a silence gets one too, and starts the silence anew. 0: no such gate. */
	gateSilenceMs: number;
	/** When not above 0 a create gets 402. Each prediction takes its cost. */
	balanceUsd: number;
	/** What each prediction in flight reserves of the balance; a create that it doesn't cover gets 402. */
	reservedUsd: number;
	/** If not, the balance's route answers 503. */
	balanceAvailable: boolean;
	/** Prices by slug, in place of the catalogue's. A fixed one is what is charged. */
	costs: Record<string, ModelCost | null>;
	/** The least time for which a GET of a prediction in flight is held; its end answers at once. 0: not held. */
	holdPollsMs: number;
	/** `any`: every key that is not empty. Else the keys that work; all others get 401. */
	apiKeys: 'any' | string[];
	/** Slugs that have left the catalogue: 404 for details, `withdrawnStatus` for a create. */
	withdrawnModels: string[];
	/** Slugs that leave it after so many creates. */
	withdrawnAfter: Record<string, number>;
	withdrawnStatus: 400 | 404;
	/** Saved fallback chains: the model that serves, by selector. `null`: the organization has none, and gets 403. */
	fallbacks: Record<string, string> | null;
	/** Asked once for each accepted create, counted from 0. `null`: it may succeed. */
	failPrediction: (input: Record<string, unknown>, ordinal: number) => ScriptedFailure | null;
	/** Asked once for each accepted create, with the same ordinal. */
	answerStyle: (input: Record<string, unknown>, ordinal: number) => AnswerStyle;
	/**
	 * Asked once for each answer, before it is written. What it gives becomes the prediction's `output` as it is, null
	 * included; undefined leaves the answer alone. `answer/forms.ts` has forms to take.
	 */
	rewriteAnswer: (draft: Draft) => unknown;
	/** How the webhook of the prediction with this ordinal is sent, where not as usual: once, at once, rightly signed. */
	webhook: (ordinal: number) => Partial<WebhookPlan>;
	/** How a prediction's status is spelt, e.g. in capitals. */
	spellStatus: (status: string) => string;
	/** Whether a cancel stops the prediction. If not, the answer is the same and the prediction goes on. */
	cancelObeyed: boolean;
	/** If not, the model routes answer 503. */
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
		api: 'november',
		accountCap: 10,
		meteredCap: null,
		gateSilenceMs: 0,
		balanceUsd: 100,
		reservedUsd: 0,
		balanceAvailable: true,
		costs: {},
		holdPollsMs: 0,
		apiKeys: 'any',
		withdrawnModels: [],
		withdrawnAfter: {},
		withdrawnStatus: 400,
		fallbacks: {},
		failPrediction: () => null,
		answerStyle: () => 'plain',
		rewriteAnswer: () => undefined,
		webhook: () => ({}),
		spellStatus: (status) => status,
		cancelObeyed: true,
		catalogueAvailable: true,
		latencyMs: 0,
		presignLifetimeMs: 15 * 60 * 1000,
		...overrides,
	};
}
