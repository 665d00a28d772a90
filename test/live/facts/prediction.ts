import { randomUUID } from 'node:crypto';

import { outputText } from '../../../nodes/EachLabs/core/prediction/outputText';
import { outcomeOf } from '../../../nodes/EachLabs/core/api/predictionStatus';
import type { Prediction } from '../../../nodes/EachLabs/core/api/shapes';
import type { FactGroup } from '../Fact';
import { statusAndReason } from '../LiveApi';
import type { Following, LiveSession, Submission } from '../LiveSession';
import { NotSeen } from '../NotSeen';
import { readCreateAsNode } from '../readCreateAsNode';
import { uploadedPicture } from './upload';
import { watchListing, type Listing } from '../watchListing';

export const STATUS_OF_A_SUCCESS = 'The status of a success';
const IN_FLIGHT_WORDS = ['created', 'starting', 'processing'];

async function submit(session: LiveSession): Promise<Submission> {
	const { publicUrl } = await session.once(uploadedPicture);
	return await session.ask('Which colour is this picture? Answer with one word.', [publicUrl]);
}

/** A prediction that the API has accepted, about the uploaded picture. */
export async function submitted(session: LiveSession): Promise<Required<Submission>> {
	const submission = await session.once(submit);
	const { predictionId, answer } = submission;
	if (predictionId === undefined) throw new NotSeen(`no prediction was created (${statusAndReason(answer)})`);
	return { ...submission, predictionId };
}

/** Until the prediction is among the executions. */
export async function listing(session: LiveSession): Promise<Listing> {
	return await watchListing(session, await session.once(submitted));
}

/** Until the prediction ends. The watch for it among the executions begins at the same time, as it is measured from its create. */
export async function followed(session: LiveSession): Promise<Following> {
	const { predictionId } = await session.once(submitted);
	// What goes wrong with it is told by the facts about the executions.
	session.once(listing).catch(() => undefined);
	return await session.follow(predictionId);
}

async function lastRead(session: LiveSession): Promise<Prediction> {
	const following = await session.once(followed);
	if (following.prediction === undefined) throw new NotSeen('the prediction could not be read');
	return following.prediction;
}

/** As the node reads it after its end. */
async function answered(session: LiveSession): Promise<Prediction> {
	const prediction = await session.once(lastRead);
	if (outcomeOf(prediction.status) !== 'succeeded')
		throw new NotSeen(`the prediction ended as '${prediction.status}'`);
	return prediction;
}

export const prediction: FactGroup = {
	name: 'Prediction',
	facts: [
		{
			fact: 'POST /v1/prediction is answered with the id of a prediction',
			expected: '200, predictionID',
			reliedOn: true,
			look: async (session) => {
				const { request, answer } = await session.once(submit);
				const outcome = await readCreateAsNode(request, answer);
				return {
					holds: outcome.kind === 'created',
					seen:
						outcome.kind === 'created'
							? `${answer.status}, ${Object.keys(answer.fields).join(', ')}`
							: `${statusAndReason(answer)}; the node reads it as '${outcome.kind}'`,
				};
			},
		},
		{
			fact: 'The status of its answer',
			expected: 'success',
			reliedOn: false,
			look: async (session) => {
				const { status } = (await session.once(submitted)).answer.fields;
				return { holds: status === 'success', seen: typeof status === 'string' ? status : 'none' };
			},
		},
		{
			fact: 'GET /v1/prediction/{id} has the shape that the node reads',
			expected: 'id (the same), status, input, output, logs, metrics',
			reliedOn: true,
			look: async (session) => {
				const { predictionId } = await session.once(submitted);
				const following = await session.once(followed);
				const { prediction: read, answer } = following;
				return {
					holds: read?.id === predictionId,
					seen:
						read === undefined
							? answer === undefined
								? 'no answer'
								: `${statusAndReason(answer)}, of another shape`
							: `${Object.keys(read.raw).join(', ')}${read.id === predictionId ? '' : '; another id'}`,
				};
			},
		},
		{
			fact: "It gives back 'input', by which a lost create is found",
			expected: 'every field that was sent, unchanged',
			reliedOn: true,
			look: async (session) => {
				const { request } = await session.once(submitted);
				const { input } = await session.once(lastRead);
				const changed = Object.entries(request.input)
					.filter(([name, value]) => JSON.stringify(input[name]) !== JSON.stringify(value))
					.map(([name]) => name);
				return {
					holds: changed.length === 0,
					seen: changed.length === 0 ? 'unchanged' : `missing or changed: ${changed.join(', ')}`,
				};
			},
		},
		{
			fact: 'The statuses on the way',
			expected: `some of ${IN_FLIGHT_WORDS.join(', ')}`,
			reliedOn: false,
			look: async (session) => {
				const following = await session.once(followed);
				// The last one is judged as the end that it should be.
				const onTheWay = following.statuses.slice(0, -1);
				return {
					holds: onTheWay.every((status) => IN_FLIGHT_WORDS.includes(status)),
					seen: onTheWay.join(', ') || 'none before the last',
				};
			},
		},
		{
			fact: 'Whether a GET of a prediction in flight is held',
			expected: 'either way: the node gives each GET a minute',
			reliedOn: false,
			look: async (session) => {
				const { longestPollMs } = await session.once(followed);
				return { holds: true, seen: `the longest took ${(longestPollMs / 1_000).toFixed(1)} s` };
			},
		},
		{
			fact: STATUS_OF_A_SUCCESS,
			expected: 'success',
			reliedOn: true,
			look: async (session) => {
				const following = await session.once(followed);
				const { status } = await session.once(lastRead);
				return {
					holds: outcomeOf(status) === 'succeeded',
					seen: following.ended ? status : `still '${status}' after ${session.limits.predictionMs / 1_000} s`,
				};
			},
		},
		{
			fact: 'Its output',
			expected: 'a string',
			reliedOn: false,
			look: async (session) => {
				const { output } = await session.once(answered);
				return {
					holds: typeof output === 'string',
					seen: Array.isArray(output) ? 'array' : `${typeof output}: ${JSON.stringify(output).slice(0, 60)}`,
				};
			},
		},
		{
			fact: 'The node finds text in it',
			expected: 'text',
			reliedOn: true,
			look: async (session) => {
				const text = outputText((await session.once(answered)).output).trim();
				return { holds: text !== '', seen: text === '' ? 'none' : `${text.length} characters` };
			},
		},
		{
			fact: "'metrics' has the cost in USD",
			expected: 'a number',
			reliedOn: true,
			look: async (session) => {
				const { cost } = await session.once(answered);
				return { holds: cost !== null, seen: cost === null ? 'none' : `${cost.toFixed(8)} USD` };
			},
		},
		{
			fact: "'metrics' has the predict_time in seconds",
			expected: 'a number',
			reliedOn: true,
			look: async (session) => {
				const { predictTimeSeconds } = await session.once(answered);
				return {
					holds: predictTimeSeconds !== null,
					seen: predictTimeSeconds === null ? 'none' : `${predictTimeSeconds} s`,
				};
			},
		},
		{
			fact: 'An unknown prediction id',
			expected: '404',
			reliedOn: true,
			look: async (session) => {
				const answer = await session.call('GET', `/v1/prediction/${randomUUID()}`);
				return { holds: answer.status === 404, seen: statusAndReason(answer) };
			},
		},
	],
};
