import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { ModelSetting } from '../core/model/questionInput';
import { PredictionError } from '../core/PredictionError';
import { parsedJson } from './jsonText';
import { FALLBACK_OPTIONS } from './fallbackOptions';
import { MODEL_OPTIONS } from './modelOptions';
import { checkCallbackUrl } from './callbackUrl';
import {
	choiceOption,
	jsonOption,
	numberOption,
	switchOption,
	textOption,
	type OptionRecord,
} from './optionRecord';

const callbackText = textOption({
	displayName: 'Callback URL',
	placeholder: 'e.g. {{ $execution.resumeUrl }}',
	description:
		"The https address that Each Labs calls when the prediction is finished, such as the production URL of an Each Labs Trigger. The calls are signed with the credential's 'Webhook Secret'.",
});

const DAY_SECONDS = 86_400;
/** What a set Poll Interval is at least. */
const MIN_POLL_INTERVAL_SECONDS = 0.5;

/** An option that keeps money safe: one whose expression gives nothing is not as if it had not been added. */
function guarding<Value>(record: OptionRecord<Value>): OptionRecord<Value> {
	return {
		...record,
		read: (given, isAdded) => {
			if (isAdded && (given === undefined || given === null)) {
				throw PredictionError.invalidInput(
					`The expression of the option '${record.property.displayName}' gives nothing`,
					'Check the names of its fields, or remove the option.',
				);
			}
			return record.read(given);
		},
	};
}

/** Options that hold for the whole run; they are read from the first item. */
const RUN_OPTIONS = {
	/** Predictions in flight at once. */
	maxConcurrency: numberOption({
		displayName: 'Max Concurrency',
		min: 1,
		max: 1_000,
		whole: true,
		fallback: 10,
		description:
			'How many predictions may be in progress at once. If your Each Labs account allows fewer, the node adapts.',
	}),
	/** USD that the run may cost; 0 for no limit. */
	maxCost: guarding(
		numberOption({
			displayName: 'Max Cost',
			min: 0,
			max: 1_000_000,
			fallback: 0,
			description:
				'How many US dollars this run may cost. Items that would exceed it are not started, and say so: nothing is charged for them. Set to 0 for no limit.',
		}),
	),
	keepUploads: switchOption({
		displayName: 'Keep Uploads',
		description:
			"Whether to leave uploaded files at Each Labs after the run, until 'Upload Retention' ends. Until then, anyone who has a file's address can read it.",
	}),
	/** Seconds. */
	uploadRetention: numberOption({
		displayName: 'Upload Retention',
		min: 60,
		max: 365 * DAY_SECONDS,
		whole: true,
		unit: 'seconds',
		fallback: 3_600,
		description:
			'How many seconds Each Labs keeps an uploaded file at most. The node usually deletes it right after the run.',
	}),
	/** Whether the run only tells what it would cost. */
	estimateOnly: guarding(
		switchOption({
			displayName: 'Estimate Only',
			description:
				'Whether to tell what the run would cost, without uploading or starting anything, and so without a charge. Each item gives its files, tokens and the lowest and highest cost; a hint over the output gives the total.',
		}),
	),
	/** Whether the files of all items go to the model together, for one answer. */
	combineItems: switchOption({
		displayName: 'Combine Items',
		description:
			'Whether to ask once about the files of all items together, e.g. to compare them, in place of once for each item. The text, the options and the included input fields are those of the first item.',
	}),
	waitForResult: switchOption(
		{
			displayName: 'Wait for Result',
			description:
				"Whether to wait until predictions are finished. The node does so also when this option is not added; switch it off to have items go on at once with 'predictionId', for 'Prediction → Get'. They are charged all the same; uploaded files then stay at Each Labs until 'Upload Retention' ends, for at least 24 hours.",
		},
		true,
	),
} as const;

/** Options that may differ from item to item. */
const ITEM_OPTIONS = {
	...MODEL_OPTIONS,
	...FALLBACK_OPTIONS,
	/** Seconds. */
	maxWait: numberOption({
		displayName: 'Max Wait',
		min: 1,
		max: DAY_SECONDS,
		unit: 'seconds',
		fallback: 600,
		description:
			'How many seconds an item may take, from the upload of its files to its answer. After that its prediction is cancelled.',
	}),
	/** Seconds; 0 adapts to the model. */
	pollInterval: numberOption({
		displayName: 'Poll Interval',
		min: 0,
		max: 3_600,
		unit: 'seconds',
		fallback: 0,
		description:
			'How many seconds to wait between two checks whether a prediction is finished. Set to 0 to adapt to the model.',
	}),
	/** Checked; undefined for none. */
	callbackUrl: {
		...callbackText,
		read: (given: unknown, isAdded = false) =>
			isAdded ? checkCallbackUrl(callbackText.read(given) ?? '') : undefined,
	},
	/** Whether 'Prediction → Get' waits for the prediction's end. */
	waitUntilFinished: switchOption({
		displayName: 'Wait Until Finished',
		description: "Whether to wait until the prediction has ended, for as long as 'Max Wait' says",
	}),
	/** As it was given: `actions/fields/itemsPerPrediction` checks it, together with the hidden field of older workflows. */
	itemsPerPrediction: {
		...numberOption({
			displayName: 'Items per Prediction',
			min: 0,
			max: 3_000,
			whole: true,
			fallback: undefined,
			start: 20,
			description:
				"How many items share one request. More is faster and cheaper for many small files, and each item still gets its own result. 1 is the most accurate; 0 spreads pictures evenly over the requests that 'Max Concurrency' allows at once, at most 20 pictures per request.",
		}),
		read: (given: unknown) => (given === '' ? undefined : given),
	},
	/** Whether files that a model has made are fetched. */
	downloadResults: switchOption({
		displayName: 'Download Results',
		description:
			"Whether to download the files whose addresses the model's output has, into the binary fields 'data', 'data_2' and so on. Each may have up to 100 MB.",
	}),
	resubmit: switchOption({
		displayName: 'Resubmit',
		description:
			'Whether to send a request once more if it is unclear whether it arrived. Such an item may be charged twice.',
	}),
	/** Whether an answer that does not fit its schema is asked for once more. */
	autoFix: switchOption({
		displayName: 'Auto-Fix',
		description:
			'Whether to ask the model once more if its answer does not have the expected format. The second prediction is charged as well.',
	}),
	includeInputFields: switchOption({
		displayName: 'Include Input Fields',
		description: 'Whether to add the fields and files of the input item to the output item',
	}),
	separateFiles: switchOption({
		displayName: 'Separate Files',
		description:
			'Whether each file of an item gets a prediction and an output item of its own, in place of one for all files together',
	}),
	/** What becomes of media that the node has an answer about. */
	seenMedia: choiceOption({
		displayName: 'Media Seen Before',
		choices: [
			{ name: 'Process', value: 'process', description: 'Ask again, and pay again' },
			{ name: 'Reuse', value: 'reuse', description: 'Hand on the earlier result again, at no cost' },
			{ name: 'Skip', value: 'skip', description: 'Leave the item out' },
		],
		start: 'process',
		description:
			'What to do with files that an earlier run has had an answer about, to the same question: same bytes (or URL), text, model and options. The node remembers the last 10,000, from one production execution to the next.',
	}),
	/** Whether the extracted fields stand beside the node's own, and not under `output`. */
	flattenOutput: switchOption({
		displayName: 'Flatten Output',
		description:
			"Whether the extracted fields stand at the top level of the output item, ready for a table, and not under 'output'",
	}),
	/** Whether a moderated item says by what it was judged, and when. */
	includeAudit: switchOption({
		displayName: 'Include Audit',
		description:
			'Whether to add how the decision was made: a hash of the rules, the thresholds, the model, a hash of the file, the time, and the version of the node in n8n',
	}),
	history: jsonOption(
		{
			displayName: 'History',
			start: '[]',
			placeholder: 'e.g. {{ $json.conversation }}',
			description:
				"Earlier questions and answers that this question builds on. Use the field 'conversation' of an earlier output item, or a list of turns, each with 'role' (user or model) and 'text'.",
		},
		(given) => parsedJson(given, "option 'History'"),
	),
	includeConversation: switchOption({
		displayName: 'Include Conversation',
		description:
			"Whether to add the conversation so far to the output item, for the option 'History' of a follow-up question. Files are included if they were given by URL or 'Keep Uploads' is on.",
	}),
} as const;

const OPTIONS = { ...RUN_OPTIONS, ...ITEM_OPTIONS };

/** Every option that an operation may have. */
export type OptionName = keyof typeof OPTIONS;
/** What every operation that looks at media may tell the model. A new setting goes into MODEL_OPTIONS; each of them then has it. */
export const MODEL_OPTION_NAMES = Object.keys(MODEL_OPTIONS) as OptionName[];

type Records = Readonly<Record<string, OptionRecord<unknown>>>;
type Values<Of extends Records> = {
	readonly [Name in keyof Of]: Of[Name] extends OptionRecord<infer Value> ? Value : never;
};
export type RunOptions = Values<typeof RUN_OPTIONS>;
export type ItemOptions = Values<typeof ITEM_OPTIONS>;

/** @throws {PredictionError} `invalidInput`, naming the option, its value and its range */
export function runOptions(given: IDataObject): RunOptions {
	return readAll(RUN_OPTIONS, given);
}

/** @throws {PredictionError} `invalidInput`, naming the option, its value and its range */
export function itemOptions(given: IDataObject): ItemOptions {
	return readAll(ITEM_OPTIONS, given);
}

function readAll<Of extends Records>(records: Of, given: IDataObject): Values<Of> {
	const values = Object.entries(records).map(([name, { read }]) => [name, read(given[name], name in given)]);
	return Object.fromEntries(values) as Values<Of>;
}

/** What an item's options tell the model. */
export function modelSettings(options: ItemOptions): ModelSetting[] {
	return Object.entries(ITEM_OPTIONS as Records).flatMap(([name, { property, inModel }]): ModelSetting[] => {
		const value = options[name as keyof ItemOptions];
		if (inModel === undefined || value === undefined || value === null || value === false) return [];
		const { fields, otherwise, isInstruction } = inModel;
		return [
			{
				label: property.displayName,
				fields,
				value,
				isInstruction,
				...('words' in otherwise ? { words: otherwise.words(value) } : { cannot: otherwise.cannot }),
			},
		];
	});
}

/** Milliseconds between two polls; undefined: adapted to the model. */
export function pollIntervalMs({ pollInterval }: Pick<ItemOptions, 'pollInterval'>): number | undefined {
	return pollInterval === 0 ? undefined : Math.max(MIN_POLL_INTERVAL_SECONDS, pollInterval) * 1_000;
}

/** Of no use to an AI Agent, which hands its tool one item at a time and no files. */
const NOT_FOR_TOOLS: ReadonlySet<OptionName> = new Set<OptionName>([
	'combineItems',
	'includeInputFields',
	'itemsPerPrediction',
	'keepUploads',
	'maxConcurrency',
	'uploadRetention',
]);

/** How an option looks in the editor. */
export function optionProperty(name: OptionName): INodeProperties {
	const hidden = NOT_FOR_TOOLS.has(name) ? { displayOptions: { hide: { '@tool': [true] } } } : {};
	return { ...OPTIONS[name].property, ...hidden, name };
}
