import { ENDED, type Clock } from './host';
import { PredictionError } from './PredictionError';

export interface TimeLimit {
	readonly clock: Clock;
	readonly limitMs: number;
	readonly abortSignal: AbortSignal;
	/** What the caller gets when the time has passed. */
	readonly onTimeout: () => Error;
}

/**
 * Waits for a call that has no time limit of its own, for as long as it may take and the run is not stopped. The call itself
 * can't be ended: what it still gives goes to `discard`.
 *
 * @throws {PredictionError} `stopped`, what `onTimeout` makes, or what the call threw
 */
export async function withinTime<Value>(
	call: Promise<Value>,
	{ clock, limitMs, abortSignal, onTimeout }: TimeLimit,
	discard?: (late: Value) => void,
): Promise<Value> {
	const done = new AbortController();
	let isLate = false;
	const given = call.then((value) => {
		if (isLate) discard?.(value);
		return { value };
	});
	given.catch(() => undefined);
	try {
		const first = await Promise.race([
			given,
			clock.sleep(limitMs, AbortSignal.any([abortSignal, done.signal])),
		]);
		if (first !== undefined) return first.value;
		isLate = true;
		throw abortSignal.aborted ? PredictionError.stopped() : onTimeout();
	} finally {
		done.abort(ENDED);
	}
}
