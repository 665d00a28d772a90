import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { getBalance } from './account/getBalance.operation';
import { transcribeAudio } from './audio/transcribe.operation';
import { deleteFile } from './file/delete.operation';
import { uploadFile } from './file/upload.operation';
import { altTextOfImage } from './image/altText.operation';
import { classifyImage } from './image/classify.operation';
import { analyzeAudio, analyzeDocument, analyzeImage, analyzeVideo } from './media/analyze.operation';
import {
	extractFromAudio,
	extractFromDocument,
	extractFromImage,
	extractFromVideo,
} from './media/extract.operation';
import { moderateImage, moderateVideo } from './media/moderate.operation';
import { getModel } from './model/get.operation';
import { getManyModels } from './model/getMany.operation';
import { runModel } from './model/run.operation';
import type { Operation } from './operation';
import { cancelPrediction } from './prediction/cancel.operation';
import { createPrediction } from './prediction/create.operation';
import { getPrediction } from './prediction/get.operation';
import { getManyPredictions } from './prediction/getMany.operation';

interface Resource {
	readonly name: string;
	readonly value: string;
	readonly operations: readonly Operation[];
	/** Value of the operation that is chosen at first. */
	readonly defaultOperation: string;
}

/** Every operation of the node: what is here is in its menus, and is what the router runs. */
const resources: readonly Resource[] = [
	{ name: 'Account', value: 'account', operations: [getBalance], defaultOperation: 'getBalance' },
	{
		name: 'Audio',
		value: 'audio',
		operations: [analyzeAudio, extractFromAudio, transcribeAudio],
		defaultOperation: 'analyze',
	},
	{
		name: 'Document',
		value: 'document',
		operations: [analyzeDocument, extractFromDocument],
		defaultOperation: 'analyze',
	},
	{ name: 'File', value: 'file', operations: [deleteFile, uploadFile], defaultOperation: 'upload' },
	{
		name: 'Image',
		value: 'image',
		operations: [analyzeImage, altTextOfImage, classifyImage, extractFromImage, moderateImage],
		defaultOperation: 'analyze',
	},
	{ name: 'Model', value: 'model', operations: [getModel, getManyModels, runModel], defaultOperation: 'run' },
	{
		name: 'Prediction',
		value: 'prediction',
		operations: [cancelPrediction, createPrediction, getPrediction, getManyPredictions],
		defaultOperation: 'get',
	},
	{
		name: 'Video',
		value: 'video',
		operations: [analyzeVideo, extractFromVideo, moderateVideo],
		defaultOperation: 'analyze',
	},
];

export function operationOf(resource: unknown, operation: unknown): Operation {
	const found = resources
		.find(({ value }) => value === resource)
		?.operations.find(({ option }) => option.value === operation);
	if (!found)
		throw new RangeError(
			`There is no operation '${String(operation)}' of the resource '${String(resource)}'`,
		);
	return found;
}

/** The node's properties: the two menus, then the fields of each operation. */
export const properties: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: resources.map(({ name, value }): INodePropertyOptions => ({ name, value })),
		default: 'image',
	},
	...resources.map(
		({ value, operations, defaultOperation }): INodeProperties => ({
			displayName: 'Operation',
			name: 'operation',
			type: 'options',
			noDataExpression: true,
			displayOptions: { show: { resource: [value] } },
			options: operations
				.map(({ option }) => option)
				.sort((left, right) => (left.name < right.name ? -1 : 1)),
			default: defaultOperation,
		}),
	),
	...resources.flatMap(({ value: resource, operations }) =>
		operations.flatMap(({ option, fields }) =>
			fields.map((field) => shownFor(field, resource, String(option.value))),
		),
	),
];

/** Adds to a field's own display condition that of its operation. */
function shownFor(field: INodeProperties, resource: string, operation: string): INodeProperties {
	return {
		...field,
		displayOptions: {
			...field.displayOptions,
			show: { ...field.displayOptions?.show, resource: [resource], operation: [operation] },
		},
	};
}
