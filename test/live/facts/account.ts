import type { FactGroup } from '../Fact';
import { statusAndReason } from '../LiveApi';

export const account: FactGroup = {
	name: 'Account',
	facts: [
		{
			fact: 'GET /v1/billing/balance gives the balance',
			expected: '200, balance_usd as a number',
			reliedOn: true,
			look: async (session) => {
				const answer = await session.call('GET', '/v1/billing/balance');
				const balance = answer.fields.balance_usd;
				const isGiven = answer.status === 200 && typeof balance === 'number';
				return { holds: isGiven, seen: isGiven ? 'a number' : statusAndReason(answer) };
			},
		},
	],
};
