import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';

import { ApiError } from '../ApiError';
import { findModel, type CatalogueModel } from '../catalogue';
import { checkInput } from '../checkInput';
import type { ApiContext } from '../ApiContext';
import type { StoredPrediction } from '../PredictionStore';
import { parseRequest } from './parseRequest';

const createBody = z.object({
	model: z.string({ required_error: 'required' }).min(1, 'required'),
	input: z.record(z.unknown(), { required_error: 'required' }),
	version: z.string().optional(),
	webhook_url: z.string().url().optional(),
	webhook_secret: z.string().optional(),
});

type IdParams = { Params: { id: string } };

/** Create, get, cancel; and create-and-wait for the models that have it. */
export function addPredictionRoutes(app: FastifyInstance, context: ApiContext): void {
	const { scenario, predictions, files, baseUrl } = context;

	app.post('/v1/prediction', async (request) => {
		const { record } = create(request);
		return { status: 'success', message: 'The sandbox has taken the prediction.', predictionID: record.id };
	});

	app.post('/v1/prediction/run', async (request) => {
		const prediction = create(request, (model) => {
			if (!model.synchronous) {
				throw new ApiError(
					400,
					`The model "${model.slug}" can't be run synchronously: create a prediction and poll it.`,
				);
			}
		});
		await prediction.settled;
		const { terminal, record } = prediction;
		return {
			status: terminal === 'error' ? 'failed' : terminal,
			message: `The prediction has ended: ${terminal}.`,
			predictionID: record.id,
			output: terminal === 'success' ? prediction.output : null,
			error: terminal === 'success' || terminal === 'cancelled' ? '' : reasonOf(prediction),
		};
	});

	app.get<IdParams>('/v1/prediction/:id', async (request) => {
		const prediction = find(request.params.id);
		prediction.record.polls += 1;
		return toPredictionResponse(prediction, baseUrl());
	});

	app.post<IdParams>('/v1/prediction/:id/cancel', async (request) => {
		const prediction = find(request.params.id);
		predictions.cancel(prediction);
		// Best effort, and answered alike in every case: only the prediction itself shows what came of it.
		return {
			status: 'cancelled',
			message: 'The sandbox was asked to cancel the prediction.',
			predictionID: prediction.record.id,
		};
	});

	function find(id: string): StoredPrediction {
		const prediction = predictions.find(id);
		if (prediction === undefined) throw new ApiError(404, 'There is no such prediction.');
		return prediction;
	}

	function create(request: FastifyRequest, checkModel?: (model: CatalogueModel) => void): StoredPrediction {
		const body = parseRequest(createBody, request.body);
		const model = findModel(body.model, scenario.withdrawnModels);
		if (model === undefined) {
			throw new ApiError(400, `The model "${body.model}" is unknown, or has been withdrawn.`);
		}
		checkModel?.(model);
		checkInput(model, body.input, request, files());
		return predictions.create(
			model,
			body.input,
			body.webhook_url === undefined ? undefined : { url: body.webhook_url, secret: body.webhook_secret },
		);
	}
}

function toPredictionResponse(prediction: StoredPrediction, baseUrl: string): Record<string, unknown> {
	const { record, output, logs, costUsd, terminal } = prediction;
	const url = `${baseUrl}/v1/prediction/${record.id}`;
	return {
		id: record.id,
		input: record.input,
		status: record.status,
		...(output === undefined ? {} : { output }),
		logs,
		metrics:
			terminal === undefined
				? {}
				: { predict_time: ((record.settledAtMs ?? 0) - record.createdAtMs) / 1000, cost: costUsd },
		urls: { get: url, cancel: `${url}/cancel` },
	};
}

function reasonOf({ output, logs }: StoredPrediction): string {
	const envelope = z.object({ error_message: z.string() }).safeParse(output);
	return logs ?? (envelope.success ? envelope.data.error_message : 'The prediction has failed.');
}
