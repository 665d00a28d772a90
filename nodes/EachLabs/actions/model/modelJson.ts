import type { IDataObject } from 'n8n-workflow';

import type { Model } from '../../core/api/shapes';
import { modelPrice } from '../../core/model/modelPrice';

/** A model as an output item: what it is, and the fields of its input, each with what its schema says of it. */
export function modelJson(model: Model, simplify: boolean): IDataObject {
	const { properties, required } = model.requestSchema ?? {};
	const requiredNames: readonly unknown[] = Array.isArray(required) ? required : [];
	return {
		slug: model.slug,
		title: model.title,
		version: model.version,
		outputType: model.outputType,
		fields: Object.entries(properties ?? {}).map(([name, schema]: [string, IDataObject]) => {
			const own = { name, type: schema['type'] ?? null, required: requiredNames.includes(name) };
			return { ...own, ...schema, ...own };
		}),
		...(model.raw['cost'] !== undefined ? { cost: modelPrice(model) } : {}),
		...(simplify ? {} : { model: model.raw as IDataObject }),
	};
}
