import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

import { ApiError } from '../ApiError';
import { findModel, listModels, type CatalogueModel } from '../catalogue';
import type { ApiContext } from '../ApiContext';
import { parseRequest } from './parseRequest';

const listQuery = z.object({
	name: z.string().default(''),
	limit: z.coerce.number().int().min(1).max(500).default(50),
	offset: z.coerce.number().int().min(0).default(0),
});

const detailQuery = z.object({ slug: z.string({ message: 'required' }).min(1, 'required') });

/** The two public routes: the catalogue, and one model of it. */
export function addModelRoutes(app: FastifyInstance, { scenario }: ApiContext): void {
	app.get('/v1/models', async (request) => {
		checkAvailable();
		const { name, limit, offset } = parseRequest(listQuery, request.query);
		const wanted = name.toLowerCase();
		return listModels(scenario.withdrawnModels)
			.filter(({ slug, title }) => slug.includes(wanted) || title.toLowerCase().includes(wanted))
			.slice(offset, offset + limit)
			.map(toModelResponse);
	});

	app.get('/v1/model', async (request) => {
		checkAvailable();
		const { slug } = parseRequest(detailQuery, request.query);
		const model = findModel(slug, scenario.withdrawnModels);
		if (model === undefined) throw new ApiError(404, `There is no model "${slug}".`);
		return toModelResponse(model);
	});

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
