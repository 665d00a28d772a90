import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { MEDIA_KINDS, type MediaUrl } from '../../core/media/media';
import { PredictionError } from '../../core/PredictionError';
import { emptyOutput, isNothing } from '../../core/prediction/emptyOutput';
import { outputText } from '../../core/prediction/outputText';
import { buildRunInput, type RunFile } from '../../core/model/runInput';
import { fileSources, type FileSource } from '../fileSource';
import { fileNamesField } from '../fields/sources';
import { checkNotWaiting, readCallback } from '../fields/callback';
import { readFallbackSelector } from '../fields/fallbackSelector';
import { WAITING_OPTIONS, optionsCollection, readItemOptions } from '../fields/optionsCollection';
import { modelField, readModelId } from '../fields/model';
import { purchaseFields, purchaseOf } from '../media/purchases';
import { checkDownloads, downloadResults } from './downloadResults';
import { unitOf, type ItemContext, type Operation } from '../operation';
import { requestPrediction, startPrediction, type PredictionRequest } from '../requestPrediction';
import { checkReachable } from '../fields/reachable';
import { readSimplify, simplifyField } from '../fields/simplify';
import { startedItem } from '../media/requestAnswer';
import { withInputFields } from '../withInputFields';

const inputFields: INodeProperties = {
	displayName: 'Input Fields',
	name: 'inputFields',
	type: 'resourceMapper',
	noDataExpression: true,
	default: { mappingMode: 'defineBelow', value: null },
	description:
		"The model's own fields. Fields that you leave empty are not sent, so the model uses its default.",
	typeOptions: {
		loadOptionsDependsOn: ['modelId.value'],
		resourceMapper: {
			resourceMapperMethod: 'getInputFields',
			mode: 'add',
			fieldWords: { singular: 'field', plural: 'fields' },
			valuesLabel: 'Input Fields',
			supportAutoMap: false,
			noFieldsError: 'The model has no fields. Choose another one.',
		},
	},
};

const files: INodeProperties = {
	displayName: 'Files',
	name: 'inputFiles',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add file',
	default: {},
	description: 'Binary files of the item that are uploaded for the run and put into fields of the model',
	displayOptions: { hide: { '@tool': [true] } },
	options: [
		{
			displayName: 'File',
			name: 'files',
			values: [
				{
					...fileNamesField,
					hint: 'The name of the input field that holds the file',
					description:
						"You find the name on the 'Binary' tab of the input panel. Several names by comma, or * for all files of the item.",
				},
				{
					displayName: 'Model Field',
					name: 'modelField',
					type: 'string',
					default: '',
					placeholder: 'e.g. image_url',
					description:
						'The field of the model that the file goes into. If empty, it is the one that is named after such files, like image_url or video.',
				},
			],
		},
	],
};

/** A file of the item, and the model's field that it was meant for, if it was. */
interface PlacedSource {
	readonly source: FileSource;
	readonly fieldName?: string;
}

export const runModel: Operation = {
	option: {
		name: 'Run',
		value: 'run',
		action: 'Run model',
		description: 'Run any model with its own input fields, and wait for its result',
	},
	fields: [
		{ ...modelField, description: 'The Each Labs model to run' },
		inputFields,
		files,
		simplifyField,
		optionsCollection(
			[
				'additionalInput',
				'callbackUrl',
				'downloadResults',
				'fallbackSelector',
				'waitForResult',
				...WAITING_OPTIONS,
			],
			{
				additionalInput:
					"More input fields of the model, as JSON. They are sent unchanged and override those of 'Input Fields'.",
				maxWait:
					'How many seconds an item may take, from the upload of its files to its result. After that its prediction is cancelled.',
			},
		),
	],
	isBuying: true,
	prepare: async (item) => {
		const { itemIndex, session } = item;
		const options = readItemOptions(item);
		const simplify = readSimplify(item);
		checkNotWaiting(item);
		checkDownloads(item, options);
		const webhook = await readCallback(item, options);
		const placed = await readFiles(item, options.maxWait);
		const sources = placed.map(({ source }) => source);
		const modelId = readModelId(item);
		const model = await session.model(modelId).catch((error: unknown) => {
			const before = session.modelBefore(modelId);
			if (before) return before;
			throw error;
		});
		const fallbackSelector = readFallbackSelector(options, model.slug);
		const wish = { values: readValues(item), additionalInput: options.additionalInput };
		const input = (media: readonly MediaUrl[]) =>
			buildRunInput(model, {
				...wish,
				files: media.map(
					(medium, position): RunFile => ({ ...medium, fieldName: placed[position]?.fieldName }),
				),
			});
		// Tried without the addresses, so that a request which can't be made ends here, not after its uploads.
		checkReachable(item, input(sources.map(({ kind }) => ({ kind, url: '' }))));
		return unitOf(itemIndex, async () => {
			const request: PredictionRequest = {
				item,
				models: [model.slug],
				fallbackSelector,
				options,
				description: { wish, fieldNames: placed.map(({ fieldName }) => fieldName ?? null) },
				sources,
				input,
				webhook,
			};
			if (!session.options.waitForResult) {
				return startedItem(item, options, sources, await startPrediction(request));
			}
			const requested = await requestPrediction(request);
			if ('notSent' in requested) throw [...requested.notSent.values()][0];
			const { prediction } = requested;
			const empty = emptyOutput(prediction, isNothing(prediction.output));
			if (empty) throw empty;
			const downloaded = options.downloadResults
				? await downloadResults(item, prediction.output, options)
				: undefined;
			const result = {
				text: outputText(prediction.output),
				output: prediction.output as IDataObject[string],
				...purchaseFields([purchaseOf(prediction, model.slug)], model.slug, simplify),
				...downloaded?.fields,
			};
			return withInputFields(item, options, result, downloaded?.files);
		});
	},
};

async function readFiles(item: ItemContext, maxWait: number): Promise<PlacedSource[]> {
	const { functions, itemIndex } = item;
	const { files: entries } = functions.getNodeParameter('inputFiles', itemIndex, {}) as IDataObject;
	const placed = (Array.isArray(entries) ? (entries as IDataObject[]) : []).map(
		async ({ binaryPropertyName, modelField: name }) => {
			const fieldName = typeof name === 'string' && name.trim() !== '' ? name.trim() : undefined;
			const { sources } = await fileSources(item, binaryPropertyName, {
				kind: 'document',
				accepted: MEDIA_KINDS,
				maxWait,
				needsKind: fieldName === undefined,
			});
			return sources.map((source) => ({ source, fieldName }));
		},
	);
	return (await Promise.all(placed)).flat();
}

/** The values of 'Input Fields', by field. */
function readValues({ functions, itemIndex }: ItemContext): Record<string, unknown> {
	const mapping: unknown = functions.getNodeParameter('inputFields', itemIndex, {});
	const value = (mapping as { value?: unknown } | null)?.value ?? {};
	if (typeof value !== 'object' || Array.isArray(value)) {
		throw PredictionError.invalidInput(
			"The parameter 'Input Fields' does not hold the fields of a model",
			"Fill them in one by one, or write them as JSON in the option 'Additional Input'.",
		);
	}
	return value as Record<string, unknown>;
}
