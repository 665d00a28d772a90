import type { Fact, FactGroup } from '../Fact';
import { statusAndReason, type LiveAnswer } from '../LiveApi';
import type { LiveSession } from '../LiveSession';
import { NotSeen } from '../NotSeen';
import { isSuccess, uploadedPicture } from './upload';

async function deletePicture(session: LiveSession): Promise<LiveAnswer> {
	const { id } = await session.once(uploadedPicture);
	return await session.call('DELETE', `/v1/files/${encodeURIComponent(id)}`);
}

/** The second time, after the first. */
async function deleteAgain(session: LiveSession): Promise<LiveAnswer> {
	await session.once(deletePicture);
	return await deletePicture(session);
}

const answersNoContent = (fact: string, remove: (session: LiveSession) => Promise<LiveAnswer>): Fact => ({
	fact,
	expected: '204',
	reliedOn: true,
	look: async (session) => {
		const answer = await session.once(remove);
		return { holds: answer.status === 204, seen: statusAndReason(answer) };
	},
});

export const deletion: FactGroup = {
	name: 'Deletion',
	facts: [
		answersNoContent('DELETE /v1/files/{id}', deletePicture),
		answersNoContent('DELETE of a file that is gone', deleteAgain),
		{
			fact: "'public_url' can't be read any more",
			expected: '403, 404 or 410',
			reliedOn: true,
			look: async (session) => {
				const { publicUrl } = await session.once(uploadedPicture);
				const removed = await session.once(deletePicture);
				if (!isSuccess(removed)) throw new NotSeen(`the file was not deleted (${statusAndReason(removed)})`);
				const isGone = ({ status }: LiveAnswer): boolean => [403, 404, 410].includes(status);
				const answer = await session.readPublicly(publicUrl, isGone);
				return {
					holds: isGone(answer),
					seen: isGone(answer)
						? String(answer.status)
						: `${answer.status}, still after ${session.limits.storageMs / 1_000} s`,
				};
			},
		},
	],
};
