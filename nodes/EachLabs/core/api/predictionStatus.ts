const SUCCEEDED: ReadonlySet<string> = new Set(['success', 'succeeded']);
const FAILED: ReadonlySet<string> = new Set(['error', 'failed']);
const CANCELLED: ReadonlySet<string> = new Set(['cancelled', 'canceled']);

export type PredictionOutcome = 'succeeded' | 'failed' | 'cancelled';

/**
 * What a status word means. The API uses two words for a failed prediction, and may learn new ones: a word that is not known
 * to be terminal counts as in flight (undefined), and the deadline ends the wait for it.
 */
export function outcomeOf(status: string): PredictionOutcome | undefined {
	const word = status.trim().toLowerCase();
	if (SUCCEEDED.has(word)) return 'succeeded';
	if (FAILED.has(word)) return 'failed';
	if (CANCELLED.has(word)) return 'cancelled';
	return undefined;
}

const IN_FLIGHT: ReadonlySet<string> = new Set([
	'created',
	'starting',
	'queued',
	'pending',
	'processing',
	'running',
]);

/** Whether the API is known to use the word, in whatever case. */
export function isKnownStatus(status: string): boolean {
	return outcomeOf(status) !== undefined || IN_FLIGHT.has(status.trim().toLowerCase());
}
