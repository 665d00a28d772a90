import { failureReason } from '../../../nodes/EachLabs/core/prediction/outputText';
import { outcomeOf } from '../../../nodes/EachLabs/core/api/predictionStatus';
import type { Prediction } from '../../../nodes/EachLabs/core/api/shapes';
import type { FactGroup } from '../Fact';
import { statusAndReason } from '../LiveApi';
import type { Following, LiveSession } from '../LiveSession';
import { NotSeen } from '../NotSeen';
import { isSuccess, RETENTION_SECONDS } from './upload';

/** A prediction that can't go well: it is sent a picture that is none. */
async function failing(session: LiveSession): Promise<Following & { prediction: Prediction }> {
	const contentType = 'image/png';
	const { upload, answer } = await session.presign({
		contentType,
		fileType: 'image',
		expiresInSeconds: RETENTION_SECONDS,
	});
	if (upload === undefined) throw new NotSeen(`there is no upload URL (${statusAndReason(answer)})`);
	const status = await session.put(upload, contentType, Buffer.from('This text is not a picture.\n'));
	if (!isSuccess({ status })) throw new NotSeen(`the file could not be uploaded (${status})`);
	const submission = await session.ask('What is in this picture? Answer with one word.', [upload.publicUrl]);
	if (submission.predictionId === undefined)
		throw new NotSeen(`its create was refused already (${statusAndReason(submission.answer)})`);
	const following = await session.follow(submission.predictionId);
	if (following.prediction === undefined) throw new NotSeen('the prediction could not be read');
	return { ...following, prediction: following.prediction };
}

async function failed(session: LiveSession): Promise<Prediction> {
	const { prediction } = await session.once(failing);
	if (outcomeOf(prediction.status) !== 'failed')
		throw new NotSeen(`the prediction did not fail: '${prediction.status}'`);
	return prediction;
}

function fieldNames(output: unknown): string {
	if (output === null || output === '') return 'nothing';
	if (Array.isArray(output)) return 'an array';
	return typeof output === 'object' ? Object.keys(output).join(', ') : typeof output;
}

export const failure: FactGroup = {
	name: 'Failed prediction',
	facts: [
		{
			fact: 'The status of a failure, for a picture that is none',
			expected: 'failed or error',
			reliedOn: true,
			look: async (session) => {
				const { prediction, ended } = await session.once(failing);
				return {
					holds: outcomeOf(prediction.status) === 'failed',
					seen: ended
						? prediction.status
						: `still '${prediction.status}' after ${session.limits.predictionMs / 1_000} s`,
				};
			},
		},
		{
			fact: 'The node finds the reason, in the output or in the logs',
			expected: 'a text',
			reliedOn: true,
			look: async (session) => {
				const reason = failureReason(await session.once(failed));
				return { holds: reason !== undefined, seen: reason ?? 'none' };
			},
		},
		{
			fact: 'The output of a failure, where it has one',
			expected: 'error_code, error_message',
			reliedOn: false,
			look: async (session) => {
				const { output, logs } = await session.once(failed);
				const names = fieldNames(output);
				const inLogs = names === 'nothing' && logs !== null && logs !== '';
				return {
					holds: inLogs || (names.includes('error_code') && names.includes('error_message')),
					seen: inLogs ? 'nothing: the reason is in the logs' : names,
				};
			},
		},
	],
};
