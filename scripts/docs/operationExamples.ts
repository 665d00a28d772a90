import type { INodeParameters } from 'n8n-workflow';

import type { Scenario } from '../../sandbox/scenario';

/** A run of an operation that its page shows. */
export interface OperationExample {
	/** What is set; all else is as it is at first. */
	readonly parameters?: INodeParameters;
	/** Files of `examples/media`, each in the binary field `data` of an item of its own. */
	readonly files?: readonly string[];
	/** What the sandbox plays. */
	readonly scenario?: Partial<Scenario>;
	/** A run that comes before, and whose prediction this one is about. */
	readonly earlier?: OperationExample & { readonly resource: string; readonly operation: string };
}

/** The runs of an operation's page, by the block in which they are shown. The request is that of `output`. */
export type PageExamples = Readonly<Record<string, OperationExample>> & { readonly output: OperationExample };

const SECONDS = 1_000;
const NEVER_FINISHED: Partial<Scenario> = { runTimeMs: { min: 600 * SECONDS, max: 600 * SECONDS } };
const IN_WORDS: Partial<Scenario> = { answerStyle: () => 'noJson' };
const UNREADABLE_FILE: Partial<Scenario> = {
	failPrediction: () => ({
		style: 'envelope',
		status: 'failed',
		code: 'file_not_readable',
		message: 'The picture could not be opened.',
	}),
};

const attributes = (
	...list: ReadonlyArray<{ name: string; type: string; description: string; required: boolean }>
): INodeParameters => ({ attributes: { attributes: [...list] } });

const PRODUCT = attributes(
	{ name: 'colours', type: 'string', description: 'Colours of the product', required: true },
	{ name: 'width', type: 'number', description: 'Width of the picture, in pixels', required: true },
	{ name: 'isWorn', type: 'boolean', description: 'Whether the product has been worn', required: false },
);
const CLIP = attributes(
	{ name: 'summary', type: 'string', description: 'What happens, in one sentence', required: true },
	{ name: 'duration', type: 'number', description: 'Length in seconds', required: true },
	{ name: 'hasSpeech', type: 'boolean', description: 'Whether somebody speaks', required: false },
);
const REPORT = attributes(
	{ name: 'title', type: 'string', description: 'Title of the document', required: true },
	{ name: 'pages', type: 'number', description: 'Number of pages', required: true },
	{ name: 'date', type: 'date', description: 'When the inspection was made', required: false },
);
const MESSAGE = attributes(
	{ name: 'caller', type: 'string', description: 'Name of the person who calls', required: false },
	{ name: 'topics', type: 'list', description: 'What the call is about', required: true },
	{ name: 'wantsCallback', type: 'boolean', description: '', required: true },
);
const TWO_POLICIES: INodeParameters = { policies: ['violence', 'spam'] };

/** What each page shows, by the name of its file. */
export const operationExamples: Readonly<Record<string, PageExamples>> = {
	'audio-analyze.md': {
		output: {
			parameters: { text: 'What is the caller asking for?' },
			files: ['delivery-message.wav'],
		},
	},
	'audio-extract.md': {
		output: { parameters: MESSAGE, files: ['delivery-message.wav'] },
	},
	'audio-transcribe.md': {
		output: { parameters: { timestamps: true }, files: ['delivery-message.wav'] },
	},
	'document-analyze.md': {
		output: {
			parameters: { text: 'Which defects does the report name?' },
			files: ['inspection-report.pdf'],
		},
	},
	'document-extract.md': {
		output: { parameters: REPORT, files: ['inspection-report.pdf'] },
		failed: { parameters: REPORT, files: ['inspection-report.pdf'], scenario: IN_WORDS },
	},
	'file-delete.md': {
		output: { earlier: { resource: 'file', operation: 'upload', files: ['fruit-bowl.jpg'] } },
	},
	'file-upload.md': {
		output: { files: ['fruit-bowl.jpg'] },
		several: { parameters: { binaryPropertyName: '*' }, files: ['running-shoe.png'] },
	},
	'image-alt-text.md': {
		output: {
			parameters: { text: 'For a post about the market' },
			files: ['fruit-bowl.jpg', 'spacer.png'],
		},
	},
	'image-analyze.md': {
		output: { parameters: { text: 'Which fruits are in the bowl?' }, files: ['fruit-bowl.jpg'] },
	},
	'image-classify.md': {
		output: {
			parameters: {
				categories: {
					categories: [
						{ category: 'orange', description: 'Also red and brown' },
						{ category: 'turquoise', description: '' },
					],
				},
				outputPerCategory: true,
			},
			files: ['red-bicycle.jpg', 'running-shoe.png', 'mountain-panorama.webp'],
		},
	},
	'image-extract.md': {
		output: { parameters: PRODUCT, files: ['running-shoe.png'] },
		failed: { parameters: PRODUCT, files: ['running-shoe.png'], scenario: IN_WORDS },
	},
	'image-moderate.md': {
		output: { parameters: TWO_POLICIES, files: ['fruit-bowl.jpg', 'red-bicycle.jpg'] },
		unreadable: { parameters: TWO_POLICIES, files: ['lighthouse.webp'], scenario: IN_WORDS },
	},
	'account-get-balance.md': { output: {} },
	'model-get.md': { output: {} },
	'model-run.md': {
		output: {
			parameters: {
				modelId: { __rl: true, mode: 'list', value: 'sandbox-picture-maker' },
				inputFields: {
					mappingMode: 'defineBelow',
					value: { prompt: 'A red boat on a lake', num_images: 2 },
				} as unknown as INodeParameters,
			},
		},
		withFile: {
			parameters: {
				modelId: { __rl: true, mode: 'list', value: 'sandbox-picture-words' },
				inputFields: {
					mappingMode: 'defineBelow',
					value: { prompt: 'What is in this picture?', reasoning_effort: 'high' },
				} as unknown as INodeParameters,
				inputFiles: { files: [{ binaryPropertyName: 'data', modelField: '' }] },
			},
			files: ['fruit-bowl.jpg'],
		},
	},
	'model-get-many.md': { output: { parameters: { limit: 2, filters: { name: 'words' } } } },
	'prediction-cancel.md': {
		output: { earlier: { resource: 'prediction', operation: 'create', scenario: NEVER_FINISHED } },
	},
	'prediction-create.md': { output: { scenario: NEVER_FINISHED } },
	'prediction-get.md': {
		output: { earlier: { resource: 'image', operation: 'analyze', files: ['fruit-bowl.jpg'] } },
		failed: {
			earlier: {
				resource: 'image',
				operation: 'analyze',
				files: ['fruit-bowl.jpg'],
				scenario: UNREADABLE_FILE,
			},
		},
	},
	'prediction-get-many.md': {
		output: {
			parameters: { filters: { status: ['success', 'error'] } },
			earlier: {
				resource: 'image',
				operation: 'analyze',
				parameters: { text: 'Which fruits are in the bowl?' },
				files: ['fruit-bowl.jpg'],
				earlier: {
					resource: 'document',
					operation: 'analyze',
					parameters: { text: 'Which defects does the report name?' },
					files: ['inspection-report.pdf'],
				},
			},
		},
	},
	'video-analyze.md': {
		output: { parameters: { text: 'What happens in this video?' }, files: ['sailing-boat.mp4'] },
	},
	'video-extract.md': {
		output: { parameters: CLIP, files: ['sailing-boat.mp4'] },
		failed: { parameters: CLIP, files: ['sailing-boat.mp4'], scenario: IN_WORDS },
	},
	'video-moderate.md': {
		output: { parameters: TWO_POLICIES, files: ['sailing-boat.mp4', 'red-bicycle.jpg'] },
		unreadable: { parameters: TWO_POLICIES, files: ['sailing-boat.mp4'], scenario: IN_WORDS },
	},
};
