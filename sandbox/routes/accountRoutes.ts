import type { FastifyInstance } from 'fastify';

import { ApiError } from '../ApiError';
import type { ApiContext } from '../ApiContext';
import { requireApi } from './requireApi';

const requestsASecond = 3;

/** What is left of the account's balance. */
export function addAccountRoutes(app: FastifyInstance, { scenario }: ApiContext): void {
	const askedAtMs: number[] = [];

	app.get('/v1/billing/balance', async (_request, reply) => {
		requireApi(scenario, 'november');
		const now = Date.now();
		while (askedAtMs[0] !== undefined && now - askedAtMs[0] >= 1000) askedAtMs.shift();
		if (askedAtMs.length >= requestsASecond) {
			reply.header('Retry-After', '1');
			throw new ApiError(429, 'too many requests');
		}
		askedAtMs.push(now);
		if (!scenario.balanceAvailable) throw new ApiError(503, 'The balance is not available at the moment.');
		return { balance_usd: scenario.balanceUsd };
	});
}
