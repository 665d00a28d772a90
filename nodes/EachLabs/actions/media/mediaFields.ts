import type { INodeProperties } from 'n8n-workflow';

import type { MediaKind } from '../../core/media';
import { DEFAULT_MODEL } from '../../core/modelInput';

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

export const modelField: INodeProperties = {
	displayName: 'Model',
	name: 'modelId',
	type: 'resourceLocator',
	default: { mode: 'list', value: DEFAULT_MODEL, cachedResultName: 'Gemini 2.0 Flash Lite' },
	required: true,
	description: 'The model that looks at the files. Every image-to-text model of Each Labs can be used.',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a model...',
			typeOptions: { searchListMethod: 'searchModels', searchable: true },
		},
		{ displayName: 'ID', name: 'id', type: 'string', placeholder: `e.g. ${DEFAULT_MODEL}` },
	],
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
		description: 'What the model should say about the files. You can ask several things at once.',
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

/** Where an item's files come from: its binary fields, or addresses. */
export function sourceFields(kind: MediaKind): INodeProperties[] {
	const url = URL_PARAMETERS[kind];
	return [
		{
			displayName: 'Input Type',
			name: 'inputType',
			type: 'options',
			options: [
				{ name: 'Binary File(s)', value: 'binary', description: 'Files in binary fields of the item' },
				{ name: url.displayName, value: 'url', description: 'Files that are on the web' },
			],
			default: 'binary',
		},
		{
			displayName: 'Input Data Field Name(s)',
			name: 'binaryPropertyName',
			type: 'string',
			required: true,
			default: 'data',
			placeholder: 'e.g. data',
			hint: 'The name of the input field that holds the file; several by comma, or * for all',
			description:
				'Name of the binary field to use. Give several separated by commas, or * for all files of the item that this operation reads.',
			displayOptions: { show: { inputType: ['binary'] } },
		},
		{
			displayName: url.displayName,
			name: url.name,
			type: 'string',
			required: true,
			default: '',
			placeholder: `e.g. ${url.example}`,
			description: 'Address of the file. Give several separated by commas, or an array by an expression.',
			displayOptions: { show: { inputType: ['url'] } },
		},
	];
}

export const simplifyField: INodeProperties = {
	displayName: 'Simplify Output',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

/** For operations that can answer for many items at once. */
export const itemsPerPredictionField: INodeProperties = {
	displayName: 'Items per Prediction',
	name: 'itemsPerPrediction',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 3000, numberPrecision: 0 },
	default: 1,
	description:
		'How many items share one request. More is quicker and cheaper for many small pictures, and each item still gets its own result; 1 asks about each item by itself, which is the most exact.',
};

/** Every option that an operation may have, by name. */
const OPTIONS: Readonly<Record<string, INodeProperties>> = {
	additionalInput: {
		displayName: 'Additional Input',
		name: 'additionalInput',
		type: 'json',
		default: '{}',
		placeholder: 'e.g. {"temperature": 0.2}',
		description:
			'More fields of the model, as JSON. They are sent as they are, and win over what this node would send.',
	},
	autoFix: {
		displayName: 'Auto-Fix',
		name: 'autoFix',
		type: 'boolean',
		default: false,
		description:
			'Whether to ask the model once more, with what is wrong, when its answer does not fit the schema. That is one more prediction, and both costs are shown.',
	},
	googleSearch: {
		displayName: 'Google Search',
		name: 'googleSearch',
		type: 'boolean',
		default: false,
		description:
			'Whether the model may look things up with Google. Not every model can; the node tells you before anything is charged.',
	},
	history: {
		displayName: 'History',
		name: 'history',
		type: 'json',
		default: '[]',
		placeholder: 'e.g. {{ $json.conversation }}',
		description:
			"What was asked and answered before, so that this question can build on it: the 'conversation' of an earlier output item, or a list of turns with role (user or model) and text",
	},
	includeConversation: {
		displayName: 'Include Conversation',
		name: 'includeConversation',
		type: 'boolean',
		default: false,
		description:
			"Whether to add the conversation to the output item, for the option 'History' of a follow-up question. Its files go along when they came by URL, or when 'Keep Uploads' is on.",
	},
	includeInputFields: {
		displayName: 'Include Input Fields',
		name: 'includeInputFields',
		type: 'boolean',
		default: false,
		description: 'Whether to add the fields and files of the input item to the output item',
	},
	keepUploads: {
		displayName: 'Keep Uploads',
		name: 'keepUploads',
		type: 'boolean',
		default: false,
		description:
			'Whether to leave the uploaded files at Each Labs after the run, until the upload retention ends. While they are there, anybody who has their address can read them.',
	},
	language: {
		displayName: 'Language',
		name: 'language',
		type: 'string',
		default: '',
		placeholder: 'e.g. German',
		description:
			'Language of the answer. By default the model chooses, mostly the language of the text input.',
	},
	maxConcurrency: {
		displayName: 'Max Concurrency',
		name: 'maxConcurrency',
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		default: 10,
		description:
			'How many predictions of this run may be in progress at once. Your account may allow fewer; the node adapts to that by itself.',
	},
	maxCost: {
		displayName: 'Max Cost',
		name: 'maxCost',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 6 },
		default: 0,
		description:
			'How many US dollars this run may cost. Once one more prediction would pass it, nothing more is started, and each item that is left says so. 0 sets no limit.',
	},
	maxOutputTokens: {
		displayName: 'Max Output Tokens',
		name: 'maxOutputTokens',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 8192, numberPrecision: 0 },
		default: 1024,
		description: 'How long the answer may be, in tokens. 100 tokens are about 75 English words.',
	},
	maxWait: {
		displayName: 'Max Wait',
		name: 'maxWait',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 600,
		description:
			'How many seconds an item may take, from the upload of its files to its answer. After that its prediction is cancelled.',
	},
	pollInterval: {
		displayName: 'Poll Interval',
		name: 'pollInterval',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description:
			'How many seconds to wait between two questions whether a prediction is finished. 0 adapts to the model.',
	},
	reasoningLevel: {
		displayName: 'Reasoning Level',
		name: 'reasoningLevel',
		type: 'options',
		options: [
			{ name: 'High', value: 'high' },
			{ name: 'Low', value: 'low' },
			{ name: 'Medium', value: 'medium' },
			{ name: 'Minimal', value: 'minimal' },
		],
		default: 'low',
		description: 'How much the model should think before it answers',
	},
	resubmit: {
		displayName: 'Resubmit',
		name: 'resubmit',
		type: 'boolean',
		default: false,
		description:
			'Whether to send a request once more when it is not certain that it arrived. Such an item may be charged twice.',
	},
	systemInstruction: {
		displayName: 'System Instruction',
		name: 'systemInstruction',
		type: 'string',
		typeOptions: { rows: 2 },
		default: '',
		placeholder: 'e.g. You write for a museum. Be sober and exact.',
		description: 'What holds for every answer: role, tone, format',
	},
	uploadRetention: {
		displayName: 'Upload Retention',
		name: 'uploadRetention',
		type: 'number',
		typeOptions: { minValue: 60, maxValue: 31536000, numberPrecision: 0 },
		default: 3600,
		description:
			'After how many seconds Each Labs deletes an uploaded file by itself, should this node not have done so',
	},
};

const RUN_OPTIONS = [
	'includeInputFields',
	'keepUploads',
	'maxConcurrency',
	'maxCost',
	'maxWait',
	'pollInterval',
	'resubmit',
	'uploadRetention',
];
const MODEL_OPTIONS = [
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

export function optionsCollection(names: readonly string[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: names
			.flatMap((name) => OPTIONS[name] ?? [])
			.sort((left, right) => left.displayName.localeCompare(right.displayName)),
	};
}
