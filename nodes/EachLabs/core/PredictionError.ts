import { redactSecrets } from './redactSecrets';

/** Which of the things that can end an item happened. The edge chooses n8n's error class by it. */
export type PredictionErrorKind =
	| 'invalidInput'
	| 'authentication'
	| 'balance'
	| 'accountCap'
	| 'costLimit'
	| 'modelUnavailable'
	| 'requestRefused'
	| 'predictionFailed'
	| 'predictionCancelled'
	| 'predictionNotFound'
	| 'deadline'
	| 'submissionUnknown'
	| 'upload'
	| 'serviceUnavailable'
	| 'unexpectedAnswer'
	| 'unusableAnswer'
	| 'stopped';

/**
 * Why a prediction failed, as far as the service's words and codes tell: `blocked` by the provider's content rules, a file that
 * the model can't read, an address that the provider can't fetch, a provider that is busy or broke down (`providerBusy` may
 * pass, `provider` may or may not), the provider's time limit, input that the model does not take, or something that only Each
 * Labs can mend (`vendor`).
 */
export type FailureKind =
	| 'blocked'
	| 'unreadableFile'
	| 'unreachableUrl'
	| 'invalidInput'
	| 'providerBusy'
	| 'provider'
	| 'timeLimit'
	| 'vendor'
	| 'unknown';

export interface PredictionErrorFacts {
	/** What to do, for somebody who does not program. */
	readonly description: string;
	/** Present as soon as something was accepted, and so may have been paid for. */
	readonly predictionId?: string;
	/** Ids of predictions that were made for the same item before. */
	readonly earlierPredictionIds?: readonly string[];
	/** Ids of predictions with the same input, of which nobody can tell whether one is the item's. */
	readonly candidateIds?: readonly string[];
	/** The `X-Request-Id` under which the service's support finds the request. */
	readonly requestId?: string;
	readonly httpStatus?: number;
	/** Answer of the model that was paid for although the item ends in an error. */
	readonly rawOutput?: string;
	/** USD, of what the item has cost so far. */
	readonly cost?: number | null;
	/** Why the provider gave nothing, where that is known. */
	readonly failure?: FailureKind;
}

/** What is known of a cancel: the service says that the prediction is cancelled, has taken the request, or did not answer. */
export type CancelledAs = 'cancelled' | 'asked' | 'notReached';

export const CANCEL_WORDS: Readonly<Record<CancelledAs, (predictionId: string) => string>> = {
	cancelled: (predictionId) => `The prediction ${predictionId} was cancelled at Each Labs.`,
	asked: (predictionId) =>
		`Each Labs was asked to cancel the prediction ${predictionId}, but it may still be running.`,
	notReached: (predictionId) =>
		`The prediction ${predictionId} could not be cancelled, since Each Labs did not answer: it may still be running, and be charged. 'Prediction → Cancel' ends it.`,
};

/**
 * The one family of errors that the core throws. `message` says what happened, `description` what to do.
 *
 * It is built from chosen fields only, never from an HTTP client's error, which holds headers and so the key; and no text that
 * it carries holds a secret that this process remembers.
 */
export class PredictionError extends Error {
	override readonly name = 'PredictionError';
	readonly facts: PredictionErrorFacts;

	constructor(
		readonly kind: PredictionErrorKind,
		message: string,
		facts: PredictionErrorFacts,
	) {
		super(redactSecrets(message));
		this.facts = withoutSecrets(facts);
	}

	get description(): string {
		return this.facts.description;
	}

	/** Whether the prediction that it is about was created, or may have been. */
	get mayHaveBeenCreated(): boolean {
		return this.facts.predictionId !== undefined || this.kind === 'submissionUnknown';
	}

	/** Whether any prediction was created for the item, or may have been, in earlier tries too; the facts name all that were. */
	get mayHaveBought(): boolean {
		const { earlierPredictionIds = [], candidateIds = [] } = this.facts;
		return this.mayHaveBeenCreated || earlierPredictionIds.length > 0 || candidateIds.length > 0;
	}

	/** The same error with other facts beside its own, or in their place. */
	with(facts: Partial<PredictionErrorFacts>): PredictionError {
		return new PredictionError(this.kind, this.message, { ...this.facts, ...facts });
	}

	/** Bad input of the user: names the field, the limit and the value in `message`, the remedy in `remedy`. */
	static invalidInput(message: string, remedy: string): PredictionError {
		return new PredictionError('invalidInput', message, { description: remedy });
	}

	/** The item's deadline passed before anything was created for it. */
	static outOfTime(): PredictionError {
		return new PredictionError(
			'deadline',
			'The time for this item was used up before Each Labs could be asked',
			{
				description:
					"Give the node fewer or smaller files, or raise the option 'Max Wait' where the operation has it.",
			},
		);
	}

	/** @param cancelled what became of the prediction, as the service said it; see `CancelledAs` */
	static stopped(predictionId?: string, cancelled: CancelledAs = 'asked'): PredictionError {
		return new PredictionError('stopped', 'The execution was stopped before this item was finished', {
			description: predictionId
				? `${CANCEL_WORDS[cancelled](predictionId)} If it finished all the same, 'Prediction → Get' fetches it without a new charge.`
				: 'No prediction was started for it.',
			predictionId,
		});
	}
}

/** Why a prediction gave nothing; undefined where it did, or nothing tells. */
export function failureOf(error: unknown): FailureKind | undefined {
	return error instanceof PredictionError ? error.facts.failure : undefined;
}

function withoutSecrets(facts: PredictionErrorFacts): PredictionErrorFacts {
	const clean = (value: unknown): unknown =>
		typeof value === 'string'
			? redactSecrets(value)
			: Array.isArray(value)
				? value.map((entry) => clean(entry))
				: value;
	return Object.fromEntries(
		Object.entries(facts).map(([name, value]) => [name, clean(value)]),
	) as unknown as PredictionErrorFacts;
}
