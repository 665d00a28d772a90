import type { Fact, FactGroup } from '../Fact';
import { statusAndReason, type Signing } from '../LiveApi';

/** Reading it needs the key and costs nothing; the credential's test asks for the same. */
const KEYED_PATH = '/v1/executions?limit=1';

const keyFact = (fact: string, signing: Signing, status: number, reliedOn: boolean): Fact => ({
	fact,
	expected: String(status),
	reliedOn,
	look: async (session) => {
		const answer = await session.call('GET', KEYED_PATH, { signing });
		return { holds: answer.status === status, seen: statusAndReason(answer) };
	},
});

export const authentication: FactGroup = {
	name: 'Authentication',
	facts: [
		keyFact("The key works as 'Authorization: Bearer'", 'bearer', 200, true),
		keyFact("The key works as 'X-API-Key'", 'xApiKey', 200, false),
		keyFact('A wrong key is refused', 'wrongKey', 401, true),
		keyFact('No key is refused', 'none', 401, false),
		{
			fact: "'X-Request-Id' comes back, on a refusal too",
			expected: 'the id that was sent',
			reliedOn: false,
			look: async (session) => {
				const answers = [
					await session.call('GET', KEYED_PATH),
					await session.call('GET', KEYED_PATH, { signing: 'wrongKey' }),
				];
				const holds = answers.every(
					({ headers, sentRequestId }) => headers['x-request-id'] === sentRequestId,
				);
				const differing = answers.find(
					({ headers, sentRequestId }) => headers['x-request-id'] !== sentRequestId,
				);
				return {
					holds,
					seen: holds
						? 'the id that was sent'
						: `${differing?.headers['x-request-id'] ?? 'none'} with status ${differing?.status ?? 0}`,
				};
			},
		},
	],
};
