import type { FastifyInstance, FastifyRequest } from 'fastify';

import type { Ledger, LedgerRequest } from './ledger';

/** Enters every request of a server into the ledger when it arrives, and its status when it has been answered. */
export function recordRequests(app: FastifyInstance, ledger: Ledger, origin: LedgerRequest['origin']): void {
	const entries = new WeakMap<FastifyRequest, LedgerRequest>();
	app.addHook('onRequest', async (request) => {
		const queryStart = request.url.indexOf('?');
		const entry: LedgerRequest = {
			atMs: Date.now(),
			method: request.method,
			path: queryStart < 0 ? request.url : request.url.slice(0, queryStart),
			query: queryStart < 0 ? '' : request.url.slice(queryStart),
			headers: Object.fromEntries(
				Object.entries(request.headers).map(([name, value]) => [
					name,
					Array.isArray(value) ? value.join(', ') : (value ?? ''),
				]),
			),
			status: 0,
			origin,
		};
		entries.set(request, entry);
		ledger.requests.push(entry);
	});
	app.addHook('onSend', async (request, reply) => {
		const entry = entries.get(request);
		if (entry !== undefined) entry.status = reply.statusCode;
	});
}
