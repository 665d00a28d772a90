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

/** The cancels of one run, a few at a time. */
export class Cancellations {
	private readonly limit = pLimit(MAX_CANCELS_AT_ONCE);

	constructor(
		private readonly client: EachLabsClient,
		private readonly clock: Clock,
	) {}

	/** Cancels a prediction remotely and answers how it really ended, since cancelling is best effort. Bounded in time. */
	async cancel(predictionId: string): Promise<{ prediction?: Prediction; cancelled: CancelledAs }> {
		const scope = new Scope(this.clock, CANCEL_TIME_MS, undefined, { attemptTimeoutMs: CANCEL_ATTEMPT_MS });
		// Each is sent at least once, however long those before it took; and all are sent before the first is looked after.
		const isAsked = await this.limit(async () => {
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
		const prediction = await this.limit(
			async () => await this.client.getPrediction(predictionId, scope).catch(() => undefined),
		);
		if (prediction && outcomeOf(prediction.status) === 'cancelled')
			return { prediction, cancelled: 'cancelled' };
		return { prediction, cancelled: isAsked ? 'asked' : 'notReached' };
	}
}
