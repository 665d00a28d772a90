import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import { ApiError } from '../ApiError';
import type { ApiContext } from '../ApiContext';
import { costOf, findModel, listModels, type CatalogueModel } from '../catalogue';
import { describeRouter } from '../llmRouter';
import { parseRequest } from './parseRequest';
import { requireApi } from './requireApi';

const listQuery = z.object({
	name: z.string().default(''),
	limit: z.coerce.number().int().min(1).max(500).default(50),
	offset: z.coerce.number().int().min(0).default(0),
});

const slug = z.string({ message: 'required' }).min(1, 'required');
const detail = z.object({ slug });

/** The public routes: the catalogue, one model of it, and the models behind the router. */
export function addModelRoutes(app: FastifyInstance, { scenario, predictions }: ApiContext): void {
	const isWithdrawn = (wanted: string): boolean => predictions.isWithdrawn(wanted);

	app.get('/v1/models', async (request) => {
		checkAvailable();
		const { name, limit, offset } = parseRequest(listQuery, request.query);
		const wanted = name.toLowerCase();
		return listModels(isWithdrawn)
			.filter((model) => model.slug.includes(wanted) || model.title.toLowerCase().includes(wanted))
			.slice(offset, offset + limit)
			.map(toModelResponse);
	});

	app.get('/v1/models/:slug', async (request) => {
		requireApi(scenario, 'november');
		const model = find(request.params);
		return { ...toModelResponse(model), cost: costOf(model, scenario.costs) };
	});

	app.get('/v1/model', async (request) => {
		requireApi(scenario, 'august');
		return toModelResponse(find(request.query));
	});

	app.get('/v1/llm-router/model-catalog', async () => {
		requireApi(scenario, 'november');
		checkAvailable();
		return describeRouter(isWithdrawn);
	});

	function find(given: unknown): CatalogueModel {
		checkAvailable();
		const asked = parseRequest(detail, given);
		const model = findModel(asked.slug, isWithdrawn);
		if (model === undefined) throw new ApiError(404, `There is no model "${asked.slug}".`);
		return model;
	}

	function checkAvailable(): void {
		if (!scenario.catalogueAvailable)
			throw new ApiError(503, 'The catalogue is not available at the moment.');
	}
}

function toModelResponse(model: CatalogueModel): Record<string, unknown> {
	return {
		title: model.title,
		slug: model.slug,
		// Deprecated by the vendor, who always gives this one.
		version: '0.0.1',
		output_type: model.outputType,
		request_schema: model.requestSchema,
	};
}
