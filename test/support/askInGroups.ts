import type { INodeExecutionData } from 'n8n-workflow';

import type { Draft } from '../../sandbox/answer/Draft';
import type { Form } from '../../sandbox/answer/forms';
import { startSandbox } from '../../sandbox/startSandbox';
import { runNode } from './runNode';

/** What the picture with this number shows; no two are the same. */
export interface Shown {
	readonly number: number;
	readonly note: string;
}

/** Texts that a reader of JSON may stumble over. */
const NOTES = [
	'plain',
	'"quoted"',
	"it's, [one]",
	'{"index": 1, "tag": "k7q"}',
	'a\\b\nc',
	'„Größe“',
	'```json [1] ```',
];

export function shownOn(number: number): Shown {
	return { number, note: `${NOTES[number % NOTES.length] ?? ''} ${number}` };
}

export interface GroupedAnswers {
	/** By item, what it got; undefined where it failed. */
	readonly outputs: readonly unknown[];
	/** How many predictions were bought. */
	readonly predictions: number;
}

/**
 * Runs Image → Extract over `forms.length * size` items, whose pictures are numbered. The items of a form ask the same and so
 * share a request, of which the form writes the answer; an item that is asked about alone gets what is true, in pure JSON.
 *
 * @param itemsPerPrediction 1 to ask about each alone, by the form as well
 */
export async function askInGroups(
	forms: readonly Form[],
	size: number,
	itemsPerPrediction = size,
): Promise<GroupedAnswers> {
	const sandbox = await startSandbox({
		scenario: {
			runTimeMs: { min: 1, max: 5 },
			accountCap: null,
			rewriteAnswer: (draft) => {
				const numbers = ((draft.input['image_urls'] ?? []) as string[]).map((url) =>
					Number(/(\d+)\.png$/.exec(url)?.[1]),
				);
				const form = forms[Number(/Form (\d+)/.exec(draft.prompt)?.[1])];
				const truth = truthful(draft, numbers);
				const isAsked = draft.entries !== undefined || itemsPerPrediction === 1;
				return (isAsked ? form?.(truth) : undefined) ?? truth.output;
			},
		},
	});
	try {
		const items = Array.from(
			{ length: forms.length * size },
			(_, number): INodeExecutionData => ({ json: { number, form: Math.floor(number / size) } }),
		);
		const { items: results } = await runNode({
			items,
			baseUrl: sandbox.baseUrl,
			onError: 'continueRegularOutput',
			parameters: {
				resource: 'image',
				operation: 'extract',
				schemaType: 'fromJson',
				jsonSchemaExample: JSON.stringify({ number: 1, note: 'text' }),
				text: '=Form {{ $json.form }}',
				inputType: 'url',
				imageUrls: '=https://example.com/{{ $json.number }}.png',
				itemsPerPrediction,
				options: { pollInterval: 0.5, maxConcurrency: 100 },
			},
		});
		const outputs = items.map(
			(_, number) =>
				results.find(({ pairedItem }) => (pairedItem as { item: number }).item === number)?.json['output'],
		);
		return { outputs, predictions: sandbox.ledger.predictions.length };
	} finally {
		await sandbox.close();
	}
}

function truthful(draft: Draft, numbers: readonly number[]): Draft {
	const entries = draft.entries?.map((entry, position) => ({
		...entry,
		answer: shownOn(numbers[position] ?? NaN),
	}));
	const answer = entries === undefined ? shownOn(numbers[0] ?? NaN) : undefined;
	return { ...draft, entries, answer, output: JSON.stringify(entries ?? answer) };
}
