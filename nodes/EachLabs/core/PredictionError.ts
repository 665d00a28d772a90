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

export interface PredictionErrorFacts {
	/** What to do, for somebody who does not program. */
	readonly description: string;
	/** Present as soon as something was accepted, and so may have been paid for. */
	readonly predictionId?: string;
	/** Ids of predictions that were paid for the same item before. */
	readonly earlierPredictionIds?: readonly string[];
	/** The `X-Request-Id` under which the service's support finds the request. */
	readonly requestId?: string;
	readonly httpStatus?: number;
	/** Answer of the model that was paid for although the item ends in an error. */
	readonly rawOutput?: string;
	/** USD, of what the item has cost so far. */
	readonly cost?: number | null;
}

/**
 * The one family of errors that the core throws. `message` says what happened, `description` what to do.
 * It is built from chosen fields only, never from an HTTP client's error, which holds headers and so the key.
 */
export class PredictionError extends Error {
	override readonly name = 'PredictionError';
	readonly description: string;
	readonly predictionId?: string;
	readonly earlierPredictionIds?: readonly string[];
	readonly requestId?: string;
	readonly httpStatus?: number;
	readonly rawOutput?: string;
	readonly cost?: number | null;

	constructor(
		readonly kind: PredictionErrorKind,
		message: string,
		facts: PredictionErrorFacts,
	) {
		super(message);
		this.description = facts.description;
		this.predictionId = facts.predictionId;
		this.earlierPredictionIds = facts.earlierPredictionIds;
		this.requestId = facts.requestId;
		this.httpStatus = facts.httpStatus;
		this.rawOutput = facts.rawOutput;
		this.cost = facts.cost;
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
					"Nothing was charged for what was not asked. Give the node fewer or smaller files, or raise the option 'Max Wait' where the operation has it.",
			},
		);
	}

	static stopped(predictionId?: string): PredictionError {
		return new PredictionError('stopped', 'The execution was stopped before this item was finished', {
			description: predictionId
				? `The prediction ${predictionId} was cancelled at Each Labs. If it had finished just before, 'Prediction → Get' fetches it without a new charge.`
				: 'No prediction was started for it, so nothing was charged.',
			predictionId,
		});
	}
}
