import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import { ApiError } from '../ApiError';
import type { ApiContext } from '../ApiContext';
import type { StoredPrediction } from '../PredictionStore';
import { parseRequest } from './parseRequest';
import { requireApi } from './requireApi';

const statusTokens = ['created', 'starting', 'success', 'error'] as const;
const classifications = [
	'content_moderation',
	'execution_timeout',
	'invalid_user_input',
	'invalid_model_config',
	'provider_auth',
	'provider_error',
	'provider_rate_limit',
	'provider_unavailable',
	'internal_error',
	'unknown',
] as const;

/** From here on the total is a lower bound, and says so. */
const countCap = 1000;
const windowMs = 90 * 24 * 3600 * 1000;

/** Headers of the older list since it is deprecated, and how far it reads then. */
const deprecation = { Deprecation: '@1788480000', Link: '</v2/executions>; rel="successor-version"' };
const offsetBound = 1000;

const filters = {
	limit: z.coerce.number().int().min(1).max(100).default(20),
	model: z.string().default(''),
	status: tokenList(statusTokens),
	error_classification: tokenList(classifications),
	workflow_id: z.string().default(''),
	workflow_execution_id: z.string().default(''),
	from: z.string().datetime({ offset: true }).optional(),
	to: z.string().datetime({ offset: true }).optional(),
};
const offsetQuery = z.object({ ...filters, offset: z.coerce.number().int().min(0).default(0) });
const cursorQuery = z.object({ ...filters, cursor: z.string().default('') });

type Filters = Omit<z.output<typeof cursorQuery>, 'cursor'>;

/** The history of the account's predictions, newest first: by offset, and by cursor. */
export function addExecutionRoutes(app: FastifyInstance, { scenario, predictions }: ApiContext): void {
	app.get('/v1/executions', async (request, reply) => {
		const query = parseRequest(offsetQuery, request.query);
		const { limit, offset } = query;
		if (scenario.api !== 'august') reply.headers(deprecation);
		if (scenario.api === 'november' && offset > offsetBound - limit) {
			throw new ApiError(
				400,
				`v1 lists at most ${offsetBound} rows: read /v2/executions, which has a cursor.`,
			);
		}
		const page: StoredPrediction[] = [];
		let count = 0;
		let capped = false;
		for (const prediction of predictions.newestFirst()) {
			if (!isWanted(prediction, query)) continue;
			if (count >= offset + limit && count >= countCap) {
				capped = true;
				break;
			}
			if (count >= offset && page.length < limit) page.push(prediction);
			count += 1;
		}
		const executions =
			scenario.api === 'november'
				? page.map(toExecutionResponse)
				: // The older API gave the input as well, though its description did not say so.
					page.map((entry) => ({ ...toExecutionResponse(entry), input: entry.record.input }));
		return { executions, total_count: count, total_capped: capped, offset, limit };
	});

	app.get('/v2/executions', async (request) => {
		requireApi(scenario, 'november');
		const { cursor, ...query } = parseRequest(cursorQuery, request.query);
		const page: StoredPrediction[] = [];
		let following: StoredPrediction | undefined;
		for (const prediction of predictions.newestFirst(readCursor(cursor, query))) {
			if (!isWanted(prediction, query)) continue;
			if (page.length === query.limit) {
				following = prediction;
				break;
			}
			page.push(prediction);
		}
		return {
			executions: page.map(toExecutionResponse),
			limit: query.limit,
			has_more: following !== undefined,
			next_cursor: following === undefined ? null : writeCursor(following.ordinal, query),
		};
	});
}

/** A place in the history that holds for these filters and this limit alone. */
function writeCursor(ordinal: number, query: Filters): string {
	return Buffer.from(`${ordinal}.${markOf(query)}`).toString('base64url');
}

/** The ordinal of the first prediction of the page; undefined without a cursor. */
function readCursor(cursor: string, query: Filters): number | undefined {
	if (cursor === '') return undefined;
	const [, ordinal = '', mark] = /^(\d+)\.(.+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
	if (mark === markOf(query)) return Number(ordinal);
	throw new ApiError(400, 'cursor: is not one of a list with these filters and this limit');
}

function markOf(query: Filters): string {
	return createHash('sha256').update(JSON.stringify(query)).digest('hex').slice(0, 16);
}

function isWanted(prediction: StoredPrediction, query: Filters): boolean {
	const { record } = prediction;
	const toMs = query.to === undefined ? Number.POSITIVE_INFINITY : Date.parse(query.to);
	const fromMs = query.from === undefined ? Math.min(toMs, Date.now()) - windowMs : Date.parse(query.from);
	return (
		record.createdAtMs >= fromMs &&
		record.createdAtMs <= toMs &&
		(query.model === '' || record.model === query.model) &&
		(query.status.length === 0 || query.status.includes(executionStatus(prediction))) &&
		(query.error_classification.length === 0 ||
			query.error_classification.includes(prediction.errorClassification ?? '')) &&
		// The sandbox has no workflows: nothing was triggered by one.
		query.workflow_id === '' &&
		query.workflow_execution_id === ''
	);
}

/** Executions have words of their own: a failure is `error` here, and what is being processed has merely started. */
function executionStatus({ record: { status } }: StoredPrediction): string {
	if (status === 'failed') return 'error';
	return status === 'processing' ? 'starting' : status;
}

function toExecutionResponse(prediction: StoredPrediction): Record<string, unknown> {
	const { record, output, costUsd, requestedModel } = prediction;
	const status = executionStatus(prediction);
	const { createdAtMs, settledAtMs } = record;
	return {
		id: record.id,
		model: record.model,
		// The model behind the router, for its predictions.
		requested_model: requestedModel ?? null,
		status,
		workflow_id: null,
		workflow_execution_id: null,
		execution_cost: costUsd,
		run_time: settledAtMs === undefined ? 0 : (settledAtMs - createdAtMs) / 1000,
		created_at: new Date(createdAtMs).toISOString(),
		started_at: status === 'created' ? null : new Date(createdAtMs).toISOString(),
		completed_at: settledAtMs === undefined ? null : new Date(settledAtMs).toISOString(),
		output:
			output === undefined || output === null
				? null
				: typeof output === 'string'
					? output
					: JSON.stringify(output),
	};
}

/** A comma list of known words, empty when absent. */
function tokenList(allowed: readonly string[]) {
	return z
		.string()
		.default('')
		.transform((list) => list.split(',').filter((token) => token !== ''))
		.refine((tokens) => tokens.every((token) => allowed.includes(token)), {
			message: `takes ${allowed.join(', ')}`,
		});
}
