import { outcomeOf } from '../../../nodes/EachLabs/core/api/predictionStatus';
import { findSubmitted } from '../../../nodes/EachLabs/core/prediction/lostCreate';
import { executionListResponse } from '../../../nodes/EachLabs/core/api/shapes';
import { Scope } from '../../../nodes/EachLabs/core/Scope';
import type { Fact, FactGroup } from '../Fact';
import { statusAndReason, type LiveAnswer } from '../LiveApi';
import type { LiveSession } from '../LiveSession';
import { NotSeen } from '../NotSeen';
import { executionsOf, listExecutions, watchListing, type Listing } from '../watchListing';
import { followed, listing, submitted } from './prediction';

/** The node's last look for a create whose answer was lost comes so long after it. */
const LAST_LOOKUP_MS = 10_000;
/** Until the list tells of the end of a prediction that was seen to have ended; the node only saves time by it. */
const END_LISTED_MS = 2_000;
/** Times of creation may be given in whole seconds. */
const JUST_AFTER_MS = 2_000;

async function listed(session: LiveSession): Promise<Required<Listing>> {
	const { answer, entry, listedAfterMs } = await session.once(listing);
	if (entry === undefined || listedAfterMs === undefined)
		throw new NotSeen('the prediction was never listed');
	return { answer, entry, listedAfterMs };
}

/** Whether a list leaves out the prediction, which is known to be listed else. */
const leavesOut = (
	fact: string,
	list: (session: LiveSession, createdAtEpochMs: number) => Promise<LiveAnswer>,
): Fact => ({
	fact,
	expected: 'the prediction is not in it',
	reliedOn: true,
	look: async (session) => {
		const { predictionId } = await session.once(submitted);
		const createdAtEpochMs = Date.parse(String((await session.once(listed)).entry.created_at));
		if (Number.isNaN(createdAtEpochMs)) throw new NotSeen('the list gives no created_at');
		const answer = await list(session, createdAtEpochMs);
		if (!executionListResponse.safeParse(answer.json).success)
			return { holds: false, seen: statusAndReason(answer) };
		const isListed = executionsOf(answer).some(({ id }) => id === predictionId);
		return { holds: !isListed, seen: isListed ? 'it is in it' : 'it is not in it' };
	},
});

export const executions: FactGroup = {
	name: 'Executions',
	facts: [
		{
			fact: 'The executions have the shape that the node reads',
			expected: 'executions, each with id and created_at',
			reliedOn: true,
			look: async (session) => {
				const { answer } = await session.once(listing);
				const [entry] = executionsOf(answer);
				const isShaped = executionListResponse.safeParse(answer.json).success;
				return {
					holds: isShaped && (entry === undefined || typeof entry.created_at === 'string'),
					seen: isShaped
						? entry === undefined
							? 'an empty list'
							: Object.keys(entry).join(', ')
						: `${statusAndReason(answer)}, of another shape`,
				};
			},
		},
		{
			fact: 'GET /v2/executions goes on by its cursor',
			expected: 'another prediction on the second page (without this route the node reads /v1/executions)',
			reliedOn: true,
			look: async (session) => {
				await session.once(listed);
				const first = await session.call('GET', '/v2/executions?limit=1');
				if (first.status === 404) return { holds: true, seen: '404: the older list alone' };
				const { has_more: hasMore, next_cursor: cursor } = first.fields;
				if (hasMore === false) throw new NotSeen('the account has a single prediction');
				const query = new URLSearchParams({ limit: '1', cursor: String(cursor) });
				const second = await session.call('GET', `/v2/executions?${query.toString()}`);
				const ids = [first, second].map((answer) => executionsOf(answer)[0]?.id);
				const goesOn = ids.every((id) => typeof id === 'string') && ids[0] !== ids[1];
				return { holds: goesOn, seen: goesOn ? 'it does' : statusAndReason(second) };
			},
		},
		{
			fact: 'A new prediction is listed soon, with the filters model and from',
			expected: `within ${LAST_LOOKUP_MS / 1_000} s`,
			reliedOn: true,
			look: async (session) => {
				const { listedAfterMs } = await session.once(listing);
				return {
					holds: listedAfterMs !== undefined && listedAfterMs <= LAST_LOOKUP_MS,
					seen:
						listedAfterMs === undefined
							? `not within ${session.limits.listingMs / 1_000} s`
							: `after ${(listedAfterMs / 1_000).toFixed(1)} s`,
				};
			},
		},
		{
			fact: 'The list tells that a prediction has ended',
			expected: `within ${END_LISTED_MS / 1_000} s after the poll that saw it`,
			reliedOn: false,
			look: async (session) => {
				const submission = await session.once(submitted);
				await session.once(listed);
				const { ended } = await session.once(followed);
				if (!ended) throw new NotSeen('the prediction did not end in its time');
				const { answer, listedAfterMs } = await watchListing(
					session,
					submission,
					({ status: word }) => typeof word === 'string' && outcomeOf(word) !== undefined,
				);
				const status = executionsOf(answer).find(({ id }) => id === submission.predictionId)?.status;
				return {
					holds: listedAfterMs !== undefined && listedAfterMs <= END_LISTED_MS,
					seen: `${String(status)}, after ${((listedAfterMs ?? session.limits.listingMs) / 1_000).toFixed(1)} s`,
				};
			},
		},
		leavesOut(
			"'from' leaves out what is older",
			async (session, createdAtEpochMs) => await listExecutions(session, createdAtEpochMs + JUST_AFTER_MS),
		),
		leavesOut(
			"'model' leaves out other models",
			async (session, createdAtEpochMs) =>
				await listExecutions(session, createdAtEpochMs - JUST_AFTER_MS, 'live-check-no-such-model'),
		),
		{
			fact: "Whether the list itself gives 'input'",
			expected: 'either way: the node asks for the prediction',
			reliedOn: false,
			look: async (session) => {
				const { entry } = await session.once(listed);
				return { holds: true, seen: 'input' in entry ? 'it does' : 'it does not' };
			},
		},
		{
			fact: 'The node finds a create whose answer was lost',
			expected: 'the prediction, and no other',
			reliedOn: true,
			look: async (session) => {
				const { request, sentAtEpochMs, predictionId } = await session.once(submitted);
				const { client, clock, signal } = session;
				const startedAtMs = clock.monotonicMs();
				const { candidateIds } = await findSubmitted(request, sentAtEpochMs, {
					client,
					clock,
					scope: new Scope(clock, LAST_LOOKUP_MS, signal),
					// As in the node: what this process has accounted for is not looked into.
					claimed: new Set([...session.predictionIds].filter((id) => id !== predictionId)),
				});
				const afterSeconds = ((clock.monotonicMs() - startedAtMs) / 1_000).toFixed(1);
				return {
					// Its input is a text, so it is one of those that may be it.
					holds: candidateIds.includes(predictionId),
					seen:
						candidateIds.length === 0
							? `nothing in ${afterSeconds} s`
							: candidateIds.includes(predictionId)
								? `the prediction, after ${afterSeconds} s`
								: 'another prediction',
				};
			},
		},
		{
			fact: 'A refused create makes nothing',
			expected: 'no prediction of this check that was not named to it',
			reliedOn: true,
			look: async (session) => {
				if (session.refusals.length === 0) throw new NotSeen('no create was refused');
				// Only where the prediction that is known was listed does an empty search mean something.
				await session.once(listed);
				const { ids, unread } = await session.findUnnamed();
				if (ids.length === 0 && unread > 0)
					throw new NotSeen(`${unread} other predictions of the account were not looked into`);
				return {
					holds: ids.length === 0,
					seen: ids.length === 0 ? `none, after ${session.refusals.length} refusals` : ids.join(', '),
				};
			},
		},
	],
};
