import pLimit from 'p-limit';

import type { EachLabsClient } from '../api/EachLabsClient';
import { outcomeOf } from '../api/predictionStatus';
import type { Prediction } from '../api/shapes';
import type { Clock } from '../host';
import type { CancelledAs } from '../PredictionError';
import { Scope } from '../Scope';

const MAX_CANCELS_AT_ONCE = 5;
const CANCEL_TIME_MS = 10_000;
/** A hanging cancel is sent again while there is time: what is not cancelled runs on, and is charged. */
const CANCEL_ATTEMPT_MS = 3_000;
const MAX_LOOKS_AT_ONCE = 20;
/** Of the cancel's time, from its beginning: what was not looked at by then is cancelled unseen. */
const LOOK_TIME_MS = 3_000;

/** The cancels of one run, a few at a time. `PredictionRun.finish` asks for them: after a stop, a deadline, the run's end. */
export class Cancellations {
	private readonly cancels = pLimit(MAX_CANCELS_AT_ONCE);
	private readonly looksBefore = pLimit(MAX_LOOKS_AT_ONCE);
	/** Apart from the cancels, none of which waits until another one is looked after. */
	private readonly looksAfter = pLimit(MAX_CANCELS_AT_ONCE);

	constructor(
		private readonly client: EachLabsClient,
		private readonly clock: Clock,
	) {}

	/**
	 * Cancels a prediction remotely and answers how it really ended, since cancelling is best effort. Bounded in time.
	 *
	 * @param isAnothers of a prediction that was not seen yet: it is looked at once before, and left alone where it is another's
	 */
	async cancel(
		predictionId: string,
		isAnothers?: (seen: Prediction) => boolean,
	): Promise<{ prediction?: Prediction; cancelled: CancelledAs }> {
		const scope = new Scope(this.clock, CANCEL_TIME_MS, undefined, { attemptTimeoutMs: CANCEL_ATTEMPT_MS });
		if (isAnothers) {
			const lookScope = new Scope(this.clock, LOOK_TIME_MS);
			const looked = await this.looksBefore(async () =>
				lookScope.passed ? undefined : await this.client.pollPrediction(predictionId, lookScope),
			);
			if (looked?.ok && isAnothers(looked.value))
				return { prediction: looked.value, cancelled: 'notReached' };
		}
		// Each is sent at least once, however long those before it took.
		const isAsked = await this.cancels(async () => {
			const ownTimeMs = Math.max(CANCEL_ATTEMPT_MS, scope.remainingMs());
			const own = new Scope(this.clock, ownTimeMs, undefined, {
				attemptTimeoutMs: CANCEL_ATTEMPT_MS,
				patienceMs: CANCEL_TIME_MS,
				insists: true,
			});
			return await this.client.cancelPrediction(predictionId, own).then(
				() => true,
				() => false,
			);
		});
		const prediction = await this.looksAfter(
			async () => await this.client.getPrediction(predictionId, scope).catch(() => undefined),
		);
		if (prediction && outcomeOf(prediction.status) === 'cancelled')
			return { prediction, cancelled: 'cancelled' };
		return { prediction, cancelled: isAsked ? 'asked' : 'notReached' };
	}
}
