import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';

import { ApiError } from '../ApiError';
import { findModel, type CatalogueModel } from '../catalogue';
import { checkInput } from '../checkInput';
import type { ApiContext } from '../ApiContext';
import type { StoredPrediction } from '../PredictionStore';
import { reasonOf } from '../webhooks';
import { parseRequest } from './parseRequest';

const createBody = z.object({
	model: z.string({ required_error: 'required' }).min(1, 'required'),
	input: z.record(z.unknown(), { required_error: 'required' }),
	version: z.string().optional(),
	webhook_url: z.string().url().optional(),
	webhook_secret: z.string().optional(),
	fallback_selector: z.string().optional(),
});

type IdParams = { Params: { id: string } };

/** Create, get, cancel; and create-and-wait for the models that have it. */
export function addPredictionRoutes(app: FastifyInstance, context: ApiContext): void {
	const { scenario, predictions, files, baseUrl } = context;

	app.post('/v1/prediction', async (request) => {
		const { record } = create(request, (model, selector) => checkSelector(model, selector));
		return { status: 'success', message: 'The sandbox has taken the prediction.', predictionID: record.id };
	});

	app.post('/v1/prediction/run', async (request) => {
		const prediction = create(request, (model, selector) => {
			if (selector !== undefined) throw new ApiError(400, 'fallback_selector is not taken here.');
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
		if (prediction.terminal === undefined && scenario.holdPollsMs > 0) {
			await settledWithin(prediction, scenario.holdPollsMs);
		}
		return toPredictionResponse(prediction, baseUrl(), scenario.spellStatus);
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

	function create(
		request: FastifyRequest,
		check: (model: CatalogueModel, selector: string | undefined) => void,
	): StoredPrediction {
		const body = parseRequest(createBody, request.body);
		const model = findModel(body.model, (slug) => predictions.isWithdrawn(slug));
		if (model === undefined) {
			throw new ApiError(
				scenario.withdrawnStatus,
				`The model "${body.model}" is unknown, or has been withdrawn.`,
			);
		}
		check(model, body.fallback_selector);
		checkInput(model, body.input, request, files());
		return predictions.create(model, body.input, {
			...(body.fallback_selector === undefined ? {} : { fallbackSelector: body.fallback_selector }),
			...(body.webhook_url === undefined
				? {}
				: { webhook: { url: body.webhook_url, secret: body.webhook_secret } }),
		});
	}

	/** A chain has to be saved, and there is none for the router, which has its own. */
	function checkSelector(model: CatalogueModel, selector: string | undefined): void {
		if (selector === undefined) return;
		if (scenario.fallbacks === null) {
			throw new ApiError(403, 'Fallbacks are not enabled for this organization.');
		}
		if (!/^(?=.{1,50}$)[a-z0-9]+(-[a-z0-9]+)*$/.test(selector)) {
			throw new ApiError(400, 'fallback_selector takes 1 to 50 letters and digits with single hyphens.');
		}
		if (model.answers === 'chat' || scenario.fallbacks[selector] === undefined) {
			throw new ApiError(400, `There is no fallback "${selector}" for the model "${model.slug}".`);
		}
	}
}

/** Waits for the prediction's end, but no longer than that. */
async function settledWithin(prediction: StoredPrediction, milliseconds: number): Promise<void> {
	await new Promise<void>((resolve) => {
		const timer = setTimeout(resolve, milliseconds);
		timer.unref();
		void prediction.settled.then(() => {
			clearTimeout(timer);
			resolve();
		});
	});
}

function toPredictionResponse(
	prediction: StoredPrediction,
	baseUrl: string,
	spellStatus: (status: string) => string,
): Record<string, unknown> {
	const { record, output, logs, costUsd, terminal, fallback } = prediction;
	const url = `${baseUrl}/v1/prediction/${record.id}`;
	return {
		id: record.id,
		input: record.input,
		status: spellStatus(record.status),
		...(output === undefined ? {} : { output }),
		logs,
		metrics:
			terminal === undefined
				? {}
				: { predict_time: ((record.settledAtMs ?? 0) - record.createdAtMs) / 1000, cost: costUsd },
		urls: { get: url, cancel: `${url}/cancel` },
		...(fallback === undefined ? {} : { fallback }),
	};
}
