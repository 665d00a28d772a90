import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import type { ApiContext } from '../ApiContext';
import type { StoredPrediction } from '../PredictionStore';
import { parseRequest } from './parseRequest';

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

const listQuery = z.object({
	limit: z.coerce.number().int().min(1).max(100).default(20),
	offset: z.coerce.number().int().min(0).default(0),
	model: z.string().default(''),
	status: tokenList(statusTokens),
	error_classification: tokenList(classifications),
	workflow_id: z.string().default(''),
	workflow_execution_id: z.string().default(''),
	from: z.string().datetime({ offset: true }).optional(),
	to: z.string().datetime({ offset: true }).optional(),
});

type ListQuery = z.output<typeof listQuery>;

/** The history of the account's predictions, newest first. */
export function addExecutionRoutes(app: FastifyInstance, { predictions }: ApiContext): void {
	app.get('/v1/executions', async (request) => {
		const query = parseRequest(listQuery, request.query);
		const { limit, offset } = query;
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
		return {
			executions: page.map(toExecutionResponse),
			total_count: count,
			total_capped: capped,
			offset,
			limit,
		};
	});
}

function isWanted(prediction: StoredPrediction, query: ListQuery): boolean {
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
	const { record, output, costUsd } = prediction;
	const status = executionStatus(prediction);
	const { createdAtMs, settledAtMs } = record;
	return {
		id: record.id,
		model: record.model,
		requested_model: null,
		status,
		workflow_id: null,
		workflow_execution_id: null,
		execution_cost: costUsd,
		run_time: settledAtMs === undefined ? 0 : (settledAtMs - createdAtMs) / 1000,
		created_at: new Date(createdAtMs).toISOString(),
		started_at: status === 'created' ? null : new Date(createdAtMs).toISOString(),
		completed_at: settledAtMs === undefined ? null : new Date(settledAtMs).toISOString(),
		output: output === undefined ? null : typeof output === 'string' ? output : JSON.stringify(output),
		// Not in the vendor's description; `GET /v1/prediction/{id}` has it in any case.
		input: record.input,
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
