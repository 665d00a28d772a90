import { outcomeOf } from '../../../nodes/EachLabs/core/api/predictionStatus';
import type { FactGroup } from '../Fact';
import { statusAndReason, type LiveAnswer } from '../LiveApi';
import type { Following, LiveSession, Submission } from '../LiveSession';
import { NotSeen } from '../NotSeen';
import { isSuccess, uploadedPicture } from './upload';

/** Long enough to be cancelled on its way, short enough to be cheap where it is not. */
const LONG_QUESTION = 'Describe a lighthouse in about 300 words.';

async function askWithoutMedia(session: LiveSession): Promise<Submission> {
	return await session.ask(LONG_QUESTION, []);
}

async function askSomehow(session: LiveSession): Promise<string> {
	const withoutMedia = await session.once(askWithoutMedia);
	if (withoutMedia.predictionId !== undefined) return withoutMedia.predictionId;
	const { publicUrl } = await session.once(uploadedPicture);
	const { predictionId, answer } = await session.ask(LONG_QUESTION, [publicUrl]);
	if (predictionId === undefined) throw new NotSeen(`no prediction was created (${statusAndReason(answer)})`);
	return predictionId;
}

async function cancelled(session: LiveSession): Promise<{ answer: LiveAnswer; following: Following }> {
	const predictionId = await session.once(askSomehow);
	const answer = await session.call('POST', `/v1/prediction/${encodeURIComponent(predictionId)}/cancel`);
	return { answer, following: await session.follow(predictionId) };
}

export const cancellation: FactGroup = {
	name: 'Cancel',
	facts: [
		{
			fact: 'A question without media is taken',
			expected: '200, with an empty image_urls',
			reliedOn: true,
			look: async (session) => {
				const { answer, predictionId } = await session.once(askWithoutMedia);
				return { holds: predictionId !== undefined, seen: statusAndReason(answer) };
			},
		},
		{
			fact: 'POST /v1/prediction/{id}/cancel',
			expected: '200',
			reliedOn: true,
			look: async (session) => {
				const { answer } = await session.once(cancelled);
				return { holds: isSuccess(answer), seen: statusAndReason(answer) };
			},
		},
		{
			fact: 'Its answer',
			expected: 'status cancelled',
			reliedOn: false,
			look: async (session) => {
				const { status } = (await session.once(cancelled)).answer.fields;
				return { holds: status === 'cancelled', seen: `status ${JSON.stringify(status)}` };
			},
		},
		{
			fact: 'A prediction ends after its cancel, in whatever way',
			expected: 'cancelled, success, failed or error',
			reliedOn: true,
			look: async (session) => {
				const { following } = await session.once(cancelled);
				const status = following.prediction?.status;
				return {
					holds: status !== undefined && outcomeOf(status) !== undefined,
					seen: following.statuses.join(', ') || 'nothing that could be read',
				};
			},
		},
		{
			fact: 'The cancel stops it (best effort)',
			expected: 'cancelled',
			reliedOn: false,
			look: async (session) => {
				const status = (await session.once(cancelled)).following.prediction?.status;
				return {
					holds: status !== undefined && outcomeOf(status) === 'cancelled',
					seen: status ?? 'nothing that could be read',
				};
			},
		},
	],
};
