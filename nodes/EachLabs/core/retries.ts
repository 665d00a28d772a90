/** The longest that a timer can wait; a larger value would fire at once. */
export const MAX_TIMER_MS = 2_147_483_647;

const BASE_MS = 500;
const CAP_MS = 20_000;
/** A wait shorter than this would be a busy loop. */
const FLOOR_MS = 50;
/** A service that asks for more is asked again after so long all the same: nobody waits for days unattended. */
const MAX_RETRY_AFTER_MS = 600_000;

/**
 * How long to wait before the next try: full jitter over an exponentially growing window (500 ms, doubling, at most 20 s),
 * but never less than what the service asked for.
 *
 * @param failedAttempts how many tries have failed so far, 1 or more
 * @param random uniform in [0, 1)
 */
export function backoffMs(failedAttempts: number, random: number, retryAfterMs = 0): number {
	const windowMs = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(failedAttempts - 1, 16));
	return Math.min(MAX_TIMER_MS, Math.max(FLOOR_MS, random * windowMs, retryAfterMs));
}

/**
 * Reads a `Retry-After` header: seconds or an HTTP date (RFC 9110, 10.2.3). Answers milliseconds from now, 0 for a moment
 * that has passed, ten minutes for anything longer, and undefined for what is neither.
 *
 * @param nowEpochMs milliseconds since 1970
 */
export function retryAfterMs(header: string | undefined, nowEpochMs: number): number | undefined {
	const value = header?.trim();
	if (!value) return undefined;
	if (/^\d+(\.\d+)?$/.test(value)) return Math.min(MAX_RETRY_AFTER_MS, Math.ceil(Number(value) * 1_000));
	// Date.parse takes many things for a date, a negative number among them; an HTTP date begins with a day's name.
	if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(value)) return undefined;
	// The oldest of the three forms of an HTTP date names no zone; it is in GMT all the same.
	const atEpochMs = Date.parse(value.endsWith('GMT') ? value : `${value} GMT`);
	return Number.isNaN(atEpochMs)
		? undefined
		: Math.min(MAX_RETRY_AFTER_MS, Math.max(0, atEpochMs - nowEpochMs));
}
