import { CLOCK_SKEW_MS } from '../../nodes/EachLabs/core/api/EachLabsClient';
import { DEFAULT_MODEL } from '../../nodes/EachLabs/core/model/defaultModel';
import { executionListResponse } from '../../nodes/EachLabs/core/api/shapes';
import { getExecutions } from './getExecutions';
import type { LiveAnswer } from './LiveApi';
import type { LiveSession, Submission } from './LiveSession';

const LOOK_EVERY_MS = 500;

export interface Listing {
	/** The last answer. */
	readonly answer: LiveAnswer;
	/** From the first look until the prediction was listed as hoped; undefined where it never was. */
	readonly listedAfterMs?: number;
	readonly entry?: Readonly<Record<string, unknown>>;
}

/** The executions since a moment, as the node asks for them when it looks for a lost create. */
export async function listExecutions(
	session: LiveSession,
	sinceEpochMs: number,
	model = DEFAULT_MODEL,
): Promise<LiveAnswer> {
	const query = { limit: '100', model, from: new Date(sinceEpochMs).toISOString() };
	return await getExecutions(async (path) => await session.call('GET', path), query);
}

/** The executions of an answer, as they came; none where it has another shape. */
export function executionsOf(answer: LiveAnswer): ReadonlyArray<Readonly<Record<string, unknown>>> {
	return executionListResponse.safeParse(answer.json).success
		? (answer.fields.executions as Array<Record<string, unknown>>)
		: [];
}

/** Asks for the executions until a prediction is among them, as it is hoped for, or the time for that is over. */
export async function watchListing(
	session: LiveSession,
	{ predictionId, sentAtEpochMs }: Pick<Required<Submission>, 'predictionId' | 'sentAtEpochMs'>,
	hopedFor: (entry: Readonly<Record<string, unknown>>) => boolean = () => true,
): Promise<Listing> {
	const startedAtMs = session.clock.monotonicMs();
	for (;;) {
		const answer = await listExecutions(session, sentAtEpochMs - CLOCK_SKEW_MS);
		const entry = executionsOf(answer).find(({ id }) => id === predictionId);
		const afterMs = session.clock.monotonicMs() - startedAtMs;
		if (entry !== undefined && hopedFor(entry)) return { answer, entry, listedAfterMs: afterMs };
		if (afterMs >= session.limits.listingMs) return { answer };
		await session.pause(LOOK_EVERY_MS);
	}
}
