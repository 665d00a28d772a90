import { DEFAULT_MODEL } from '../../../nodes/EachLabs/core/model/defaultModel';
import type { CreateRequest } from '../../../nodes/EachLabs/core/api/EachLabsClient';
import type { Fact, FactGroup } from '../Fact';
import { statusAndReason } from '../LiveApi';
import type { LiveSession, Submission } from '../LiveSession';
import { NotSeen } from '../NotSeen';
import { readCreateAsNode } from '../readCreateAsNode';
import { uploadedPicture } from './upload';

/** Sends a create that should be refused. One that was taken after all is cancelled at once. */
async function createWrongly(session: LiveSession, request: CreateRequest): Promise<Submission> {
	const submission = await session.create(request);
	if (submission.predictionId !== undefined)
		await session.call('POST', `/v1/prediction/${encodeURIComponent(submission.predictionId)}/cancel`);
	return submission;
}

const seenOf = ({ answer, predictionId }: Submission): string =>
	predictionId === undefined
		? statusAndReason(answer)
		: `${answer.status}, a prediction was created (now cancelled)`;

const refusedInput = (
	fact: string,
	input: (pictureUrl: string, prompt: string) => Record<string, unknown>,
): Fact => ({
	fact,
	expected: '400, no prediction',
	reliedOn: false,
	look: async (session) => {
		const { publicUrl } = await session.once(uploadedPicture);
		const prompt = `Answer with the word yes. (${session.mark})`;
		const submission = await createWrongly(session, {
			model: DEFAULT_MODEL,
			input: input(publicUrl, prompt),
		});
		return {
			holds: submission.answer.status === 400 && submission.predictionId === undefined,
			seen: seenOf(submission),
		};
	},
});

export const refusals: FactGroup = {
	name: 'Refused creates',
	facts: [
		{
			fact: 'A create for an unknown model is refused as such',
			expected: '404, or 400 with a reason that names the model',
			reliedOn: true,
			look: async (session) => {
				const submission = await createWrongly(session, {
					model: 'live-check-no-such-model',
					input: { prompt: session.mark },
				});
				const outcome = await readCreateAsNode(submission.request, submission.answer);
				return {
					holds:
						outcome.kind === 'notCreated' &&
						outcome.cause === 'refused' &&
						outcome.error.kind === 'modelUnavailable',
					seen: seenOf(submission),
				};
			},
		},
		refusedInput('An unknown input field is refused', (pictureUrl, prompt) => ({
			image_urls: [pictureUrl],
			prompt,
			live_check_no_such_field: 1,
		})),
		refusedInput('A missing required field is refused', (_pictureUrl, prompt) => ({ prompt })),
		{
			fact: "A refusal gives its reason under 'error'",
			expected: 'a text',
			reliedOn: false,
			look: async ({ refusals: answers }) => {
				const [answer] = answers;
				if (answer === undefined) throw new NotSeen('no create was refused');
				const { error } = answer.fields;
				return {
					holds: answers.every(({ fields }) => typeof fields.error === 'string' && fields.error !== ''),
					seen:
						typeof error === 'string' ? 'a text' : Object.keys(answer.fields).join(', ') || 'no JSON object',
				};
			},
		},
	],
};
