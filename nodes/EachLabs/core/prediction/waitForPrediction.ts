import { backoffMs } from '../retries';
import type { EachLabsClient } from '../api/EachLabsClient';
import type { CompletionWatch, Followed } from './CompletionWatch';
import type { Clock } from '../host';
import type { PredictionError } from '../PredictionError';
import type { Scope } from '../Scope';
import { outputText } from './outputText';
import { isKnownStatus, outcomeOf } from '../api/predictionStatus';
import type { PollSchedule } from '../account/PollSchedule';
import type { Prediction } from '../api/shapes';

/** A question that is open for so long is held by the service; one that is answered sooner is asked again after a wait. */
const HELD_MS = 5_000;
/** A prediction that was just created may not be found yet for so long. */
const NOT_FOUND_GRACE_MS = 30_000;

export interface WaitContext {
	readonly client: EachLabsClient;
	readonly clock: Clock;
	readonly schedule: PollSchedule;
	readonly scope: Scope;
	/** Tells of an end before the next poll is due; left out where the user has fixed the time between two polls. */
	readonly watch?: CompletionWatch;
	/**
	 * Told after each poll what kept it from telling the prediction's end, other than that it runs; undefined when nothing did. With
	 * the time for which the service asked to be left alone.
	 */
	readonly onFault?: (fault: string | undefined, retryAfterMs?: number) => void;
	/** Told of each answer whose status word is not known, and which came with an output. */
	readonly onUnknownEnd?: (prediction: Prediction) => void;
	/** Whether what was answered, also of a prediction in flight, is another's: then it is the end of the wait. */
	readonly isAnothers?: (prediction: Prediction) => boolean;
	/** Fixed time between two polls; undefined to adapt to the model. */
	readonly pollIntervalMs?: number;
}

/**
 * Waits until the prediction is terminal, and answers it, whatever its outcome.
 *
 * A poll that fails does not end the wait: the prediction is paid for, so it is asked about until the deadline. A service that
 * holds questions until the prediction ends is asked at once. What an answer's headers ask for is read in `ApiRequests`,
 * beside `retryAfterMs`, and kept here.
 *
 * @returns undefined when the deadline passed or the run was stopped first
 * @throws {PredictionError} `predictionNotFound` where the service keeps saying that it does not know the prediction
 */
export async function waitForPrediction(
	predictionId: string,
	context: WaitContext,
): Promise<Prediction | undefined> {
	const followed = context.pollIntervalMs === undefined ? context.watch?.follow(predictionId) : undefined;
	return await pollUntilTerminal(predictionId, followed, context).finally(() => followed?.end());
}

async function pollUntilTerminal(
	predictionId: string,
	followed: Followed | undefined,
	context: WaitContext,
): Promise<Prediction | undefined> {
	const { client, clock, schedule, scope, pollIntervalMs } = context;
	const startedAtMs = clock.monotonicMs();
	let lastSeenRunningMs = 0;
	/** When the service began to deny the prediction, in ms after the wait began; 0 until it first knows it. */
	let notFoundSinceMs: number | undefined = 0;
	let waitMs = 0;
	let floorMs = 0;
	let failedPolls = 0;
	let wasHeld = false;

	for (let polls = 0; !scope.isStopped && !scope.passed; polls++) {
		const elapsedMs = clock.monotonicMs() - startedAtMs;
		waitMs = pollIntervalMs ?? schedule.nextWaitMs({ elapsedMs, polls, previousMs: waitMs }, clock.random());
		// A time that the service has asked for, or that follows a poll without an answer, is kept whatever the watch says.
		if (floorMs > 0) await scope.sleep(Math.max(waitMs, floorMs));
		else if (!(pollIntervalMs === undefined ? schedule.isHeld : wasHeld))
			await (followed?.sleep(waitMs * followed.patience(), scope) ?? scope.sleep(waitMs));
		if (scope.isStopped) return undefined;

		const askedAtMs = clock.monotonicMs();
		const polled = await client.pollPrediction(predictionId, scope);
		const polledAfterMs = clock.monotonicMs() - startedAtMs;
		wasHeld = clock.monotonicMs() - askedAtMs >= HELD_MS;
		if (polled.ok) {
			if (wasHeld) schedule.isHeld = true;
			if (context.isAnothers?.(polled.value)) return polled.value;
			if (outcomeOf(polled.value.status) !== undefined) {
				schedule.observe(runTimeMs(polled.value, lastSeenRunningMs, polledAfterMs));
				return polled.value;
			}
			if (!wasHeld) schedule.isHeld = false;
			lastSeenRunningMs = polledAfterMs;
			notFoundSinceMs = undefined;
			if (!isKnownStatus(polled.value.status) && outputText(polled.value.output).trim() !== '')
				context.onUnknownEnd?.(polled.value);
			context.onFault?.(
				isKnownStatus(polled.value.status)
					? undefined
					: `its status is '${polled.value.status.slice(0, 50)}', which this node does not know`,
			);
			failedPolls = 0;
			floorMs = polled.retryAfterMs ?? 0;
			continue;
		}
		if (scope.isStopped) return undefined;
		// Finished, and an answer that can't be read however often it is asked for.
		if (polled.error.facts.predictionId !== undefined) throw polled.error;
		// The service holds the question until the prediction ends; without an answer it is just asked again.
		if (
			wasHeld &&
			polled.error.kind === 'serviceUnavailable' &&
			polled.error.facts.httpStatus === undefined
		) {
			schedule.isHeld = true;
			floorMs = 0;
			continue;
		}
		// A poll that the deadline has torn off says nothing, nor does one for which no time was left.
		if (!scope.passed && polled.error.kind !== 'deadline')
			context.onFault?.(polled.error.message, polled.retryAfterMs);
		if (polled.error.kind === 'predictionNotFound') {
			notFoundSinceMs ??= polledAfterMs;
			if (polledAfterMs - notFoundSinceMs > NOT_FOUND_GRACE_MS)
				throw withPrediction(polled.error, predictionId);
		}
		failedPolls += 1;
		floorMs = backoffMs(failedPolls, clock.random(), polled.retryAfterMs);
	}
	return undefined;
}

/**
 * How long the prediction took: the service's own figure is exact, but without the time in its queue; ours lies between the last
 * poll that saw it running and the one that saw it finished.
 */
function runTimeMs(
	{ predictTimeSeconds }: Prediction,
	lastSeenRunningMs: number,
	polledAfterMs: number,
): number {
	if (predictTimeSeconds === null) return (lastSeenRunningMs + polledAfterMs) / 2;
	return Math.min(polledAfterMs, Math.max(lastSeenRunningMs, predictTimeSeconds * 1_000));
}

function withPrediction(error: PredictionError, predictionId: string): PredictionError {
	return error.with({
		description: `${error.description} The prediction ${predictionId} was created and may be charged: 'Prediction → Get' fetches it.`,
		predictionId,
	});
}
