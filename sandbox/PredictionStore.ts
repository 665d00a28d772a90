import { randomUUID } from 'node:crypto';

import { Account } from './Account';
import type { Answer, AnswerOrder } from './answer/composeAnswer';
import { UnusableInputError } from './answer/UnusableInputError';
import { costOf, type CatalogueModel } from './catalogue';
import { drawRunTimeMs } from './drawRunTimeMs';
import type { Ledger, LedgerPrediction } from './ledger';
import { tokenPriceUsd } from './ModelCost';
import type { AnswerStyle, Scenario, ScriptedFailure } from './scenario';

type Terminal = 'success' | 'failed' | 'error' | 'cancelled';

/** Where a prediction's result is to be sent. */
export interface WebhookTarget {
	url: string;
	secret?: string;
}

/** What a create may ask for besides model and input. */
export interface CreateExtras {
	webhook?: WebhookTarget;
	/** One that is saved. */
	fallbackSelector?: string;
}

/** A prediction and what only the server knows of it. */
export interface StoredPrediction {
	/** Among all that were created, from 0. */
	readonly ordinal: number;
	/** The ledger's own entry. Its `status` is worked out from the clock until the prediction is terminal. */
	readonly record: LedgerPrediction;
	readonly webhook?: WebhookTarget;
	/** The model that was asked for behind the router. */
	readonly requestedModel?: string;
	/** Who served it, where a fallback chain was named. */
	readonly fallback?: Record<string, unknown>;
	terminal?: Terminal;
	output?: unknown;
	logs: string | null;
	costUsd: number;
	errorClassification?: string;
	/** Resolves when the prediction is terminal. */
	readonly settled: Promise<void>;
}

interface Outcome {
	terminal: Terminal;
	output?: unknown;
	logs: string | null;
	costUsd: number;
	errorClassification?: string;
}

type ComposeAnswer = (order: AnswerOrder) => Promise<Answer>;

/** The predictions of one sandbox: account cap, balance, run times, outcomes. Costs the same at any number of them. */
export class PredictionStore {
	private readonly predictions = new Map<string, StoredPrediction>();
	private readonly timers = new Map<string, { timer: NodeJS.Timeout; resolve: () => void }>();

	private readonly createsBySlug = new Map<string, number>();
	private readonly account: Account;

	constructor(
		private readonly scenario: Scenario,
		private readonly ledger: Ledger,
		private readonly composeAnswer: ComposeAnswer,
		/** Told of each prediction that has ended. */
		private readonly onEnd: (prediction: StoredPrediction) => void,
	) {
		this.account = new Account(scenario);
	}

	get inFlight(): number {
		return this.timers.size;
	}

	/**
	 * Accepts a prediction and starts it.
	 *
	 * @throws ApiError 429 over the account's cap, 402 without balance; nothing has been created then.
	 */
	create(
		model: CatalogueModel,
		input: Record<string, unknown>,
		{ webhook, fallbackSelector }: CreateExtras = {},
	): StoredPrediction {
		this.account.admit(model, this.inFlight);
		const ordinal = this.ledger.predictions.length;
		const scriptedFailure = this.scenario.failPrediction(input, ordinal);
		const fallback = this.fallBack(model, fallbackSelector, scriptedFailure);
		const failure = fallback === undefined ? scriptedFailure : null;
		const style = this.scenario.answerStyle(input, ordinal);
		const { runTimeMs: planned, seed } = this.scenario;
		const runTimeMs =
			typeof planned === 'function' ? planned(input, ordinal) : drawRunTimeMs(planned, seed, ordinal);

		let resolve: () => void = () => undefined;
		const settled = new Promise<void>((done) => (resolve = done));
		const prediction: StoredPrediction = {
			ordinal,
			record: {
				id: randomUUID(),
				model: model.slug,
				input,
				createdAtMs: Date.now(),
				get status() {
					return prediction.terminal ?? statusInFlight(Date.now() - this.createdAtMs, runTimeMs);
				},
				billedUsd: 0,
				polls: 0,
				cancelRequests: 0,
				runTimeMs,
			},
			...(webhook === undefined ? {} : { webhook }),
			...(model.answers === 'chat' ? { requestedModel: String(input.model) } : {}),
			...(fallback === undefined ? {} : { fallback }),
			logs: null,
			costUsd: 0,
			settled,
		};

		// The answer is worked out while the run time passes, so that looking at the media doesn't add to it.
		const outcome =
			failure === null ? this.workOut(model, prediction, style) : Promise.resolve(scripted(failure));
		const timer = setTimeout(() => void outcome.then((known) => this.settle(prediction, known)), runTimeMs);
		timer.unref();

		this.timers.set(prediction.record.id, { timer, resolve });
		this.predictions.set(prediction.record.id, prediction);
		this.ledger.predictions.push(prediction.record);
		this.createsBySlug.set(model.slug, (this.createsBySlug.get(model.slug) ?? 0) + 1);
		this.ledger.maxInFlight = Math.max(this.ledger.maxInFlight, this.inFlight);
		return prediction;
	}

	find(id: string): StoredPrediction | undefined {
		return this.predictions.get(id);
	}

	/** Whether the scenario has taken the model, or one behind the router, out of the catalogue by now. */
	isWithdrawn(slug: string): boolean {
		const { withdrawnModels, withdrawnAfter } = this.scenario;
		return (
			withdrawnModels.includes(slug) ||
			(this.createsBySlug.get(slug) ?? 0) >= (withdrawnAfter[slug] ?? Number.POSITIVE_INFINITY)
		);
	}

	/** Newest first, from the one of that ordinal on. */
	*newestFirst(from = this.ledger.predictions.length - 1): Generator<StoredPrediction> {
		for (let index = from; index >= 0; index -= 1) {
			const prediction = this.predictions.get(this.ledger.predictions[index]?.id ?? '');
			if (prediction !== undefined) yield prediction;
		}
	}

	/** Stops a prediction in flight, unless the scenario plays a provider that can't. */
	cancel(prediction: StoredPrediction): void {
		prediction.record.cancelRequests += 1;
		if (this.scenario.cancelObeyed) {
			this.settle(prediction, { terminal: 'cancelled', logs: null, costUsd: 0 });
		}
	}

	/** Forgets every prediction in flight: none of them settles any more. */
	close(): void {
		for (const { timer } of this.timers.values()) clearTimeout(timer);
		this.timers.clear();
	}

	/** With a chain, its model serves what the first one would have failed at; without a failure the first one serves. */
	private fallBack(
		model: CatalogueModel,
		selector: string | undefined,
		failure: ScriptedFailure | null,
	): Record<string, unknown> | undefined {
		const serving = selector === undefined ? undefined : this.scenario.fallbacks?.[selector];
		if (serving === undefined) return undefined;
		return {
			selector,
			requested_model: model.slug,
			served_model: failure === null ? model.slug : serving,
			attempts: failure === null ? 1 : 2,
		};
	}

	private async workOut(
		model: CatalogueModel,
		{ record, ordinal }: StoredPrediction,
		style: AnswerStyle,
	): Promise<Outcome> {
		try {
			const { input, id: predictionId } = record;
			const { rewriteAnswer: rewrite, costs } = this.scenario;
			const { output, tokens } = await this.composeAnswer({
				model,
				input,
				predictionId,
				ordinal,
				style,
				rewrite,
			});
			const byTokens = tokens.input * tokenPriceUsd.input + tokens.output * tokenPriceUsd.output;
			const price = costOf(model, costs);
			const costUsd = price?.type === 'fixed' ? (price.amount ?? byTokens) : byTokens;
			return { terminal: 'success', output, logs: null, costUsd: Number(costUsd.toFixed(12)) };
		} catch (error) {
			const unusable = error instanceof UnusableInputError;
			return {
				terminal: 'failed',
				output: {
					error_code: unusable ? error.code : 'sandbox_failure',
					error_message: error instanceof Error ? error.message : String(error),
				},
				logs: null,
				costUsd: 0,
				errorClassification: unusable ? 'invalid_user_input' : 'internal_error',
			};
		}
	}

	/** The one place where a prediction becomes terminal; the second call for the same prediction does nothing. */
	private settle(prediction: StoredPrediction, outcome: Outcome): void {
		const running = this.timers.get(prediction.record.id);
		if (running === undefined) return;
		clearTimeout(running.timer);
		this.timers.delete(prediction.record.id);
		Object.assign(prediction, outcome);
		prediction.record.settledAtMs = Date.now();
		prediction.record.billedUsd = outcome.costUsd;
		this.scenario.balanceUsd -= outcome.costUsd;
		running.resolve();
		this.onEnd(prediction);
	}
}

/** All three words for "in flight" are shown: the first tenth of the run time is `created`, up to a third `starting`. */
function statusInFlight(ageMs: number, runTimeMs: number): string {
	if (ageMs < runTimeMs / 10) return 'created';
	return ageMs < runTimeMs / 3 ? 'starting' : 'processing';
}

function scripted(failure: ScriptedFailure): Outcome {
	const { style, status, message, code = 'prediction_failed', more, costUsd = 0 } = failure;
	const told = {
		envelope: { output: { error_code: code, error_message: message, ...more }, logs: null },
		text: { output: message, logs: null },
		logs: { output: '', logs: message },
	}[style];
	return {
		terminal: status,
		...told,
		costUsd,
		errorClassification: failure.classification ?? 'provider_error',
	};
}
