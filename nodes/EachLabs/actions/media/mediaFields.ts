import type { INodeProperties } from 'n8n-workflow';

import type { MediaKind } from '../../core/media/media';
import type { OptionName } from '../../n8n/options';
import { optionsCollection } from '../optionsCollection';

/** The parameter of each kind that takes addresses. */
export const URL_PARAMETERS: Readonly<
	Record<MediaKind, { name: string; displayName: string; example: string }>
> = {
	image: { name: 'imageUrls', displayName: 'Image URL(s)', example: 'https://example.com/image.jpg' },
	video: { name: 'videoUrls', displayName: 'Video URL(s)', example: 'https://example.com/video.mp4' },
	audio: { name: 'audioUrls', displayName: 'Audio URL(s)', example: 'https://example.com/audio.mp3' },
	document: {
		name: 'documentUrls',
		displayName: 'Document URL(s)',
		example: 'https://example.com/document.pdf',
	},
};

/** @param question what the field asks at first */
export function textField(question: string): INodeProperties {
	return {
		displayName: 'Text Input',
		name: 'text',
		type: 'string',
		typeOptions: { rows: 2 },
		required: true,
		default: question,
		placeholder: `e.g. ${question}`,
		description: 'The question or instruction for the model. You can ask several things at once.',
	};
}

/** A text that refines what an operation does by itself. */
export function hintField(description: string, placeholder: string): INodeProperties {
	return {
		displayName: 'Text Input',
		name: 'text',
		type: 'string',
		typeOptions: { rows: 2 },
		default: '',
		placeholder,
		hint: 'Optional',
		description,
	};
}

/**
 * Where an item's files come from: its binary fields, or addresses. A tool of an AI Agent gets no files, so there the same
 * parameter stands at addresses unless it is set.
 */
export function sourceFields(kind: MediaKind): INodeProperties[] {
	const url = URL_PARAMETERS[kind];
	const inputType: INodeProperties = {
		displayName: 'Input Type',
		name: 'inputType',
		type: 'options',
		options: [
			{
				name: 'Binary File(s)',
				value: 'binary',
				description: 'Files of the input item, which are uploaded to Each Labs for the run',
			},
			{
				name: url.displayName,
				value: 'url',
				description: 'Files that are on the web, which Each Labs fetches from there',
			},
		],
		default: 'binary',
		description: 'Where the files come from',
	};
	return [
		{ ...inputType, displayOptions: { show: { '@tool': [false] } } },
		{ ...inputType, default: 'url', displayOptions: { show: { '@tool': [true] } } },
		{
			displayName: `An AI Agent can't hand files to a tool. Set 'Input Type' to ${url.displayName}, and let the model define the addresses.`,
			name: 'toolInputNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { '@tool': [true], inputType: ['binary'] } },
		},
		{
			displayName: 'Input Data Field Name(s)',
			name: 'binaryPropertyName',
			type: 'string',
			required: true,
			default: 'data',
			placeholder: 'e.g. data',
			hint: 'The name of the input field that holds the file. Until the run ends, anyone who has the address of the uploaded file can read it.',
			description:
				"You find the name on the 'Binary' tab of the input panel. Separate several names with commas, or use * for all files of the item that this operation reads.",
			displayOptions: { show: { inputType: ['binary'] } },
		},
		{
			displayName: url.displayName,
			name: url.name,
			type: 'string',
			required: true,
			default: '',
			placeholder: `e.g. ${url.example}`,
			description:
				'Web address of the file, which must open without a login. Separate several with commas, or use an expression that gives a list.',
			displayOptions: { show: { inputType: ['url'] } },
		},
	];
}

/** For operations that can answer for many items at once. */
export const itemsPerPredictionField: INodeProperties = {
	displayName: 'Items per Prediction',
	name: 'itemsPerPrediction',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 3000, numberPrecision: 0 },
	default: 1,
	description:
		'How many items share one request. More is faster and cheaper for many small files, and each item still gets its own result. 1 is the most accurate.',
};

export const RUN_OPTIONS: readonly OptionName[] = [
	'includeInputFields',
	'keepUploads',
	'maxConcurrency',
	'maxCost',
	'maxWait',
	'pollInterval',
	'resubmit',
	'uploadRetention',
];
const MODEL_OPTIONS: readonly OptionName[] = [
	'additionalInput',
	'googleSearch',
	'language',
	'maxOutputTokens',
	'reasoningLevel',
	'systemInstruction',
];

/** The collection of options of an operation that looks at media. */
export const mediaOptions: INodeProperties = optionsCollection([...MODEL_OPTIONS, ...RUN_OPTIONS]);

/** The same for an operation that can build on what was asked before. */
export const analyzeOptions: INodeProperties = optionsCollection([
	'history',
	'includeConversation',
	...MODEL_OPTIONS,
	...RUN_OPTIONS,
]);

/** The same for an operation whose answer has to fit a schema. */
export const structuredOptions: INodeProperties = optionsCollection([
	'autoFix',
	...MODEL_OPTIONS,
	...RUN_OPTIONS,
]);
