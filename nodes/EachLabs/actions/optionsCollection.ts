import type { INodeProperties } from 'n8n-workflow';

/** Every option that an operation may have, by name. */
const OPTIONS: Readonly<Record<string, INodeProperties>> = {
	additionalInput: {
		displayName: 'Additional Input',
		name: 'additionalInput',
		type: 'json',
		default: '{}',
		placeholder: 'e.g. {"temperature": 0.2}',
		description:
			'More input fields of the model, as JSON. They are sent unchanged and override what this node sets.',
	},
	autoFix: {
		displayName: 'Auto-Fix',
		name: 'autoFix',
		type: 'boolean',
		default: false,
		description:
			'Whether to ask the model once more if its answer does not have the expected format. The second prediction is charged as well.',
	},
	googleSearch: {
		displayName: 'Google Search',
		name: 'googleSearch',
		type: 'boolean',
		default: false,
		description:
			"Whether the model may look things up with Google Search. If the model can't, the node says so before anything is charged.",
	},
	history: {
		displayName: 'History',
		name: 'history',
		type: 'json',
		default: '[]',
		placeholder: 'e.g. {{ $json.conversation }}',
		description:
			"Earlier questions and answers that this question builds on. Use the field 'conversation' of an earlier output item, or a list of turns, each with 'role' (user or model) and 'text'.",
	},
	includeConversation: {
		displayName: 'Include Conversation',
		name: 'includeConversation',
		type: 'boolean',
		default: false,
		description:
			"Whether to add the conversation so far to the output item, for the option 'History' of a follow-up question. Files are included if they were given by URL or 'Keep Uploads' is on.",
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
			"Whether to leave uploaded files at Each Labs after the run, until 'Upload Retention' ends. Until then, anyone who has a file's address can read it.",
	},
	language: {
		displayName: 'Language',
		name: 'language',
		type: 'string',
		default: '',
		placeholder: 'e.g. German',
		description:
			'Language of the answer. If not set, the model chooses, usually by the language of the text or of what is said.',
	},
	maxConcurrency: {
		displayName: 'Max Concurrency',
		name: 'maxConcurrency',
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		default: 10,
		description:
			'How many predictions may be in progress at once. If your Each Labs account allows fewer, the node adapts.',
	},
	maxCost: {
		displayName: 'Max Cost',
		name: 'maxCost',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description:
			'How many US dollars this run may cost. Items that would exceed it are not started, and say so. Set to 0 for no limit.',
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
			'How many seconds to wait between two checks whether a prediction is finished. Set to 0 to adapt to the model.',
	},
	reasoningLevel: {
		displayName: 'Reasoning Level',
		name: 'reasoningLevel',
		type: 'options',
		options: [
			{ name: 'Minimal', value: 'minimal' },
			{ name: 'Low', value: 'low' },
			{ name: 'Medium', value: 'medium' },
			{ name: 'High', value: 'high' },
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
			'Whether to send a request once more if it is unclear whether it arrived. Such an item may be charged twice.',
	},
	systemInstruction: {
		displayName: 'System Instruction',
		name: 'systemInstruction',
		type: 'string',
		typeOptions: { rows: 2 },
		default: '',
		placeholder: 'e.g. You write for a museum. Be sober and exact.',
		description: 'What applies to every answer, such as role, tone or format',
	},
	uploadRetention: {
		displayName: 'Upload Retention',
		name: 'uploadRetention',
		type: 'number',
		typeOptions: { minValue: 60, maxValue: 31536000, numberPrecision: 0 },
		default: 3600,
		description:
			'How many seconds Each Labs keeps an uploaded file at most. The node usually deletes it right after the run.',
	},
};

/** @param descriptions of options that mean something else in this operation than in those that look at media */
export function optionsCollection(
	names: readonly string[],
	descriptions: Readonly<Record<string, string>> = {},
): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: names
			.flatMap((name) => OPTIONS[name] ?? [])
			.map((option) => ({ ...option, description: descriptions[option.name] ?? option.description }))
			.sort((left, right) => left.displayName.localeCompare(right.displayName)),
	};
}
