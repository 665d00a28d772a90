import type { INodeProperties } from 'n8n-workflow';

import { compactJson } from './compactJson';
import type { OperationExample } from './operationExamples';
import type { ShownRun } from './runOperationExample';
import { shownEntries, shownValue } from './shownValue';

const LINE_WIDTH = 100;

const SANDBOX_ANSWERED =
	"**The answer is the sandbox's, not a model's.** It is made from the bytes of the file, to show the form. A model looks at what the file shows or says, and its answer would be another. IDs and `predictTime` are stand-ins, and `cost` is the sandbox's estimate.";
const SANDBOX_RAN =
	'From a run against the [sandbox](../../README.md#the-sandbox); IDs and times are stand-ins.';

/** What was set in a run, and what was sent, in Markdown. */
export function requestBlock(
	fields: readonly INodeProperties[],
	{ parameters = {}, files: [file] = [] }: OperationExample,
	{ create, calls }: ShownRun,
): string {
	const set = fields
		.filter(({ name }) => parameters[name] !== undefined)
		.map((field) => settingLines(field, parameters[field.name]));
	const withThese = 'With these parameters, and all others as they are at first,';
	if (create === undefined) {
		return paragraphs(
			...(set.length === 0
				? ['The requests of a run:']
				: [withThese, set.join('\n'), 'these are the requests of a run:']),
			fenced('http', calls.join('\n')),
		);
	}
	const { prompt } = create.input;
	const longPrompt = typeof prompt === 'string' && prompt.includes('\n') ? prompt : undefined;
	const body = longPrompt === undefined ? create : { ...create, input: { ...create.input, prompt: '…' } };
	return paragraphs(
		set.length === 0 ? 'With all parameters as they are at first,' : withThese,
		...(set.length === 0 ? [] : [set.join('\n')]),
		`this is the body of \`POST /v1/prediction\`${file === undefined ? '' : ` for ${mediaLink(file)}`}:`,
		fenced('json', compactJson(body)),
		...(longPrompt !== undefined
			? ['The `prompt` is this text (long lines are broken here):', fenced('text', wrapped(longPrompt))]
			: []),
	);
}

/** The items that a run gave, in Markdown. Where there is an answer among them, it says whose it is. */
export function outputBlock(run: ShownRun): string {
	return itemsBlock(run.isAnswered ? SANDBOX_ANSWERED : SANDBOX_RAN, run);
}

/** The same for a further run of the page, which has said that already. */
export function furtherOutputBlock(run: ShownRun): string {
	return itemsBlock(SANDBOX_RAN, run);
}

function itemsBlock(notice: string, { items }: ShownRun): string {
	return paragraphs(
		notice,
		...items.flatMap(({ file, outputName, json }) => [
			...(file === undefined
				? []
				: [`For ${mediaLink(file)}${outputName === undefined ? '' : `, at the output _${outputName}_`}:`]),
			fenced('json', compactJson(json)),
		]),
	);
}

/** How many items can share a request, as the node says it when it is told to put as many into one as it ever may. */
export function sharingBlock({ hints }: ShownRun): string {
	return paragraphs(
		'With the parameters above and _Items per Prediction_ at 3,000, the node said:',
		// The hint that ends a run is of that run alone.
		...hints.filter((hint) => !hint.startsWith('Run finished: ')).map((hint) => `> ${hint}`),
	);
}

function settingLines(
	field: INodeProperties,
	value: NonNullable<OperationExample['parameters']>[string],
): string {
	if (field.type !== 'fixedCollection') return `- _${field.displayName}_: ${shownValue(field, value)}`;
	const entries = shownEntries(field, value).map((entry) => `  - ${entry}`);
	return [`- _${field.displayName}_:`, ...entries].join('\n');
}

function mediaLink(file: string): string {
	return `[${file}](../../examples/media/${file})`;
}

function fenced(language: string, text: string): string {
	return `\`\`\`${language}\n${text}\n\`\`\``;
}

function paragraphs(...parts: readonly string[]): string {
	return parts.join('\n\n');
}

/** Breaks long lines behind a space, or a comma of JSON. */
function wrapped(text: string): string {
	const lines: string[] = [];
	for (const line of text.split('\n')) {
		let rest = line;
		while (rest.length > LINE_WIDTH) {
			const start = rest.slice(0, LINE_WIDTH);
			const end = Math.max(start.lastIndexOf(' '), start.lastIndexOf(',')) + 1 || LINE_WIDTH;
			lines.push(rest.slice(0, end).trimEnd());
			rest = rest.slice(end);
		}
		lines.push(rest);
	}
	return lines.join('\n');
}
