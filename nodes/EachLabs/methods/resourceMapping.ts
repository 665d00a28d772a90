import type {
	FieldType,
	ILoadOptionsFunctions,
	INodePropertyOptions,
	ResourceMapperField,
	ResourceMapperFields,
} from 'n8n-workflow';

import {
	isForMedia,
	isRequired,
	mayTakeFile,
	schemaFields,
	typesOf,
	type SchemaField,
} from '../core/model/modelFields';
import { PredictionError } from '../core/PredictionError';
import type { Model } from '../core/api/shapes';
import { toNodeError, type HostError } from '../n8n/nodeError';
import { editorClient, hasCredential } from './editorClient';
import { isRecord } from '../core/json';

/** The fields of the chosen model, for the parameter 'Input Fields': the needed ones shown, the others to be added. */
export async function getInputFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	const slug: unknown = this.getCurrentNodeParameter('modelId', { extractValue: true });
	if (typeof slug !== 'string' || slug.trim() === '' || slug.startsWith('=')) {
		return {
			fields: [],
			emptyFieldsNotice:
				"The fields are shown once a model is chosen. Where an expression chooses it, write them as JSON in the option 'Additional Input'.",
		};
	}
	try {
		const { client, scope } = await editorClient(this);
		const model = await client.getModel(slug.trim(), scope);
		const fields = schemaFields(model).map((field) => mapperField(model, field));
		return { fields: fields.sort((left, right) => Number(right.required) - Number(left.required)) };
	} catch (error) {
		const nodeError = toNodeError(error, this.getNode());
		// Of a question that fails, n8n says nothing; of an answer without fields, it drops those that are filled in.
		const filled = this.getCurrentNodeParameter('inputFields') as { schema?: unknown[] } | undefined;
		if (filled?.schema?.length) throw nodeError;
		return { fields: [], emptyFieldsNotice: noticeOf(this, error, nodeError) };
	}
}

/** n8n asks again when another model is chosen, but not when it has put a credential into a node that was just added. */
function noticeOf(
	functions: ILoadOptionsFunctions,
	error: unknown,
	{ message, description }: HostError,
): string {
	if (!hasCredential(functions))
		return 'The fields are shown once a credential is chosen. If one is, close this panel and open it again.';
	const isAboutModel = error instanceof PredictionError && error.kind === 'modelUnavailable';
	const words = `${message}. ${description}`;
	return isAboutModel ? words : `${words} Then close this panel and open it again.`;
}

function mapperField(model: Model, field: SchemaField): ResourceMapperField {
	const { name, schema } = field;
	const isNeeded = isRequired(model, name);
	const standard = schema['default'];
	return {
		id: name,
		displayName: name,
		// n8n would not run the node without it, though it may come from a file.
		required: isNeeded && standard === undefined && !mayTakeFile(field),
		defaultMatch: false,
		canBeUsedToMatch: false,
		display: true,
		removed: !isNeeded && !isForMedia(name),
		...typeOf(field),
		...(isScalar(standard) ? { defaultValue: standard } : {}),
	};
}

function typeOf({ schema, isArray }: SchemaField): { type: FieldType; options?: INodePropertyOptions[] } {
	const choices = schema['enum'];
	if (Array.isArray(choices) && choices.every(isScalar)) {
		return { type: 'options', options: choices.map((value) => ({ name: String(value), value })) };
	}
	const types = typesOf(schema);
	// A list of texts may also be written as one text.
	if (isArray)
		return { type: isRecord(schema['items']) && schema['items']['type'] === 'object' ? 'array' : 'string' };
	if (types.includes('string')) return { type: 'string' };
	if (types.includes('integer') || types.includes('number')) return { type: 'number' };
	if (types.includes('boolean')) return { type: 'boolean' };
	return { type: types.includes('object') ? 'object' : 'string' };
}

function isScalar(value: unknown): value is string | number | boolean {
	return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
