import type { RunCost } from './RunCost';
import type { Scope } from '../Scope';
import { CANCEL_WORDS, PredictionError, type CancelledAs } from '../PredictionError';
import { written } from '../words';

// What an error says of the charge where nothing was bought is added in one place, `n8n/BoughtNotes`.

export function predictionCancelled(predictionId: string): PredictionError {
	return new PredictionError(
		'predictionCancelled',
		'The prediction was cancelled at Each Labs before it was finished',
		{
			description: `Somebody cancelled it in the dashboard or in another workflow. Run the item again if you still want its result. (prediction ID ${predictionId})`,
			predictionId,
		},
	);
}

export function deadlinePassed(
	predictionId: string,
	{ totalMs }: Scope,
	cancelled: CancelledAs,
	lastFault: string | undefined,
): PredictionError {
	return new PredictionError(
		'deadline',
		`The prediction was not finished within ${inSeconds(totalMs)}${lastFault === undefined ? '' : `; the last answer about it: ${lastFault}`}`,
		{
			description: `${CANCEL_WORDS[cancelled](predictionId)} Raise the option 'Max Wait' if the model needs longer. If it finished all the same, 'Prediction → Get' fetches its result: prediction ID ${predictionId}.`,
			predictionId,
		},
	);
}

/** @param passed the scope whose time is over; undefined after a stop */
export function leftRunning(predictionId: string, passed: Scope | undefined): PredictionError {
	return new PredictionError(
		passed ? 'deadline' : 'stopped',
		passed
			? `The prediction was not finished within ${inSeconds(passed.totalMs)}; it was left running`
			: 'The execution was stopped before the prediction was finished; it was left running',
		{
			description: `This step did not start it, so it did not cancel it. Raise the option 'Max Wait', or ask again later: asking costs nothing. 'Prediction → Cancel' ends it. (prediction ID ${predictionId})`,
			predictionId,
		},
	);
}

/**
 * @param words the service's own in its last refusal, whichever run received it
 * @param refusal the last one of this run
 */
export function noFreeSlot(
	{ totalMs }: Scope,
	words: string | undefined,
	refusal: PredictionError | undefined,
): PredictionError {
	const { requestId, httpStatus } = refusal?.facts ?? {};
	return new PredictionError(
		'accountCap',
		`Your Each Labs account had no free place for this prediction for ${inSeconds(totalMs)}`,
		{
			description: `Other workflows with the same key may hold the places: let them finish, or raise the option 'Max Wait'. With a balance above 10 USD, Each Labs lets more predictions run at once: if nothing of yours is running, top up the account.${words ? ` Each Labs says: ${words}` : ''}${requestId ? ` (request ID ${requestId})` : ''}`,
			requestId,
			httpStatus,
		},
	);
}

function inSeconds(ms: number): string {
	const seconds = Math.round(ms / 1_000);
	return `${written(seconds)} ${seconds === 1 ? 'second' : 'seconds'}`;
}

export function costLimitReached({ limitUsd, spentUsd, unpriced }: RunCost): PredictionError {
	if (unpriced !== undefined) {
		const { predictionId } = unpriced;
		return new PredictionError(
			'costLimit',
			`This item was not started: Each Labs did not say what a prediction of this run cost, so its limit of ${String(limitUsd)} USD can't be kept`,
			{
				description: `'Prediction → Get Many' or your dashboard shows what the prediction cost${predictionId === undefined ? '' : ` (prediction ID ${predictionId})`}. Run the remaining items another time, or set the option 'Max Cost' to 0 to run them without a limit.`,
			},
		);
	}
	return new PredictionError(
		'costLimit',
		`This item was not started: the run has cost ${spentUsd.toFixed(6)} USD, and one more prediction would pass its limit of ${String(limitUsd)} USD`,
		{ description: "Raise the option 'Max Cost', or run the remaining items another time." },
	);
}
