import type { IDataObject } from 'n8n-workflow';

import type { AnswerSchema } from '../../core/schema/AnswerSchema';
import { PredictionError } from '../../core/PredictionError';

/** Names at the top level of an output item that are the node's own, or n8n's. */
const TAKEN: ReadonlySet<string> = new Set([
	...['fileName', 'fileNames', 'predictionId', 'earlierPredictionIds', 'model', 'cost', 'predictTime'],
	...['prediction', 'error', 'details', 'message'],
]);

/**
 * The schema of data that is to stand at the top level of an output item.
 *
 * @throws {PredictionError} `invalidInput` where it is no object, or has a field of a name that is taken
 */
export function flattenedSchema(answerSchema: AnswerSchema): AnswerSchema {
	const { properties } = answerSchema.schema;
	if (typeof properties !== 'object' || properties === null) {
		throw PredictionError.invalidInput(
			"The option 'Flatten Output' needs data that is an object with named fields, and the schema describes none",
			"Switch the option off: the data then stands under 'output'. Or give the schema 'properties'.",
		);
	}
	const taken = Object.keys(properties).find((name) => TAKEN.has(name));
	if (taken !== undefined) {
		throw PredictionError.invalidInput(
			`With 'Flatten Output' no extracted field can be called '${taken}', since every output item may have a field of that name from the node itself`,
			"Give the field another name, or switch the option off: the data then stands under 'output'.",
		);
	}
	return answerSchema;
}

/** What the model gave beyond the schema under a name that is taken is left out. */
export function flattened(answer: unknown): IDataObject {
	return Object.fromEntries(
		Object.entries((answer ?? {}) as IDataObject).filter(([name]) => !TAKEN.has(name)),
	);
}
