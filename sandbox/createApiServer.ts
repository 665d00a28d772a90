import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';

import type { ApiContext } from './ApiContext';
import { ApiError } from './ApiError';
import { recordRequests } from './recordRequests';
import { addAccountRoutes } from './routes/accountRoutes';
import { addExecutionRoutes } from './routes/executionRoutes';
import { addFileRoutes } from './routes/fileRoutes';
import { addModelRoutes } from './routes/modelRoutes';
import { addPredictionRoutes } from './routes/predictionRoutes';
import type { Scenario } from './scenario';

/** 3,000 media URLs fit into it several times over. */
const maxBodyBytes = 8 * 1024 * 1024;

const publicPath = /^\/v1\/(models?|models\/[^/]+|llm-router\/model-catalog)$/;
const createPaths = new Set(['/v1/prediction', '/v1/prediction/run']);

/** The API proper: keys, request ids, errors and latency around the routes. */
export function createApiServer(context: ApiContext): FastifyInstance {
	const { scenario, ledger } = context;
	const app = fastify({
		bodyLimit: maxBodyBytes,
		forceCloseConnections: true,
		requestIdHeader: 'x-request-id',
		genReqId: () => randomUUID(),
		// An input is refused as it is, never repaired.
		ajv: {
			customOptions: {
				allErrors: true,
				coerceTypes: false,
				removeAdditional: false,
				useDefaults: false,
				strict: false,
			},
		},
	});
	recordRequests(app, ledger, 'api');

	const closing = new AbortController();
	// As many requests as there are may wait at once.
	setMaxListeners(0, closing.signal);
	app.addHook('onClose', async () => closing.abort());
	app.addHook('onRequest', async (request, reply) => {
		reply.header('X-Request-Id', request.id);
		if (scenario.latencyMs > 0)
			await wait(scenario.latencyMs, undefined, { ref: false, signal: closing.signal });
		if (!publicPath.test(pathOf(request)) && !isKeyAccepted(keyOf(request), scenario.apiKeys)) {
			throw new ApiError(401, 'The API key is missing or does not work.');
		}
	});

	// JSON is all that it takes. An empty body is none, since clients send the header with a bodiless POST as well.
	const parseJson = app.getDefaultJsonParser('error', 'error');
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
		if (body.length === 0) done(null, undefined);
		else void parseJson(request, String(body), done);
	});

	app.setNotFoundHandler(() => {
		throw new ApiError(404, 'There is no such address in this API.');
	});
	app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
		const refusal = error instanceof ApiError ? error : toApiError(error);
		if (request.method === 'POST' && createPaths.has(pathOf(request))) {
			ledger.refusedCreates.push({ atMs: Date.now(), status: refusal.status, reason: refusal.message });
		}
		return reply.status(refusal.status).send(refusal.toBody());
	});

	addModelRoutes(app, context);
	addPredictionRoutes(app, context);
	addFileRoutes(app, context);
	addExecutionRoutes(app, context);
	addAccountRoutes(app, context);
	return app;
}

function pathOf(request: FastifyRequest): string {
	return request.url.split('?')[0] ?? '';
}

function keyOf(request: FastifyRequest): string {
	const bearer = /^Bearer (.*)$/i.exec(request.headers.authorization ?? '')?.[1];
	const older = request.headers['x-api-key'];
	return (bearer ?? (typeof older === 'string' ? older : '')).trim();
}

function isKeyAccepted(key: string, accepted: Scenario['apiKeys']): boolean {
	return key !== '' && (accepted === 'any' || accepted.includes(key));
}

/** The web framework's own refusals, as the API words them; whatever else went wrong is the sandbox's fault. */
function toApiError(error: Error & { statusCode?: number }): ApiError {
	const status = error.statusCode ?? 500;
	if (status === 415) return new ApiError(400, 'Send JSON, with the header Content-Type: application/json.');
	if (status >= 500) return new ApiError(500, `The sandbox itself failed: ${error.message}`);
	return new ApiError(status, error.message);
}
