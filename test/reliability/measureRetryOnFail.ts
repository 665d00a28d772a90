import { startSandbox } from '../../sandbox/startSandbox';
import { numberedItems, numberInPrompt, QUESTION } from '../faults/playScene';
import { runNode } from '../support/runNode';
import { measure, type Form, type Measure } from './PromiseRow';

const TRIES = 3;

/** How the first item fails: by the model, each time that it is bought; or before it can be bought at all. */
const failures = ['by the model', 'before it is bought'] as const;

/**
 * C2: the first item fails in each try of n8n's Retry On Fail, which runs the node again over all items. Counted is what was
 * bought for the others beyond one prediction each.
 */
export async function measureRetryOnFail(form: Form): Promise<Measure> {
	const sizes = form === 'long' ? [2, 10, 60] : [4];
	const runs = sizes.flatMap((items) =>
		(['stopWorkflow', 'continueRegularOutput'] as const).flatMap((onError) =>
			failures.map((failure) => ({ items, onError, failure })),
		),
	);
	const faults: string[] = [];
	let again = 0;
	let goodItems = 0;
	for (const run of runs) {
		const bought = await boughtByItem(run);
		const label = `${run.items} items, On Error '${run.onError}', the first fails ${run.failure}`;
		const [first = 0, ...others] = bought;
		goodItems += others.length;
		again += others.reduce((sum, count) => sum + Math.max(0, count - 1), 0);
		if (others.some((count) => count > 1)) faults.push(`${label}: good items were bought again`);
		// Without these, nothing is shown.
		if (run.failure === 'by the model' && first !== TRIES)
			faults.push(`${label}: the first item was bought ${first} times in ${TRIES} tries`);
		// 'Stop Workflow' starts nothing more once an item has failed, so of many items not all are bought.
		if (run.onError === 'continueRegularOutput' && others.some((count) => count !== 1))
			faults.push(`${label}: not every good item was bought`);
	}
	return measure(`${again} (${runs.length} runs, ${goodItems} good items, ${TRIES} tries each)`, faults);
}

async function boughtByItem({
	items,
	onError,
	failure,
}: {
	items: number;
	onError: 'stopWorkflow' | 'continueRegularOutput';
	failure: (typeof failures)[number];
}): Promise<number[]> {
	const sandbox = await startSandbox({
		scenario: {
			runTimeMs: { min: 50, max: 150 },
			failPrediction: ({ prompt }) =>
				numberInPrompt(prompt) === 0 ? { style: 'envelope', status: 'failed', message: 'Too dark.' } : null,
		},
	});
	try {
		const given = await numberedItems(items);
		const [first] = given;
		if (failure === 'before it is bought' && first) given[0] = { json: first.json };
		await runNode({
			items: given,
			baseUrl: sandbox.baseUrl,
			onError,
			retryOnFail: true,
			maxTries: TRIES,
			waitBetweenTries: 10,
			parameters: {
				resource: 'image',
				operation: 'analyze',
				text: QUESTION,
				options: { pollInterval: 0.2 },
			},
		});
		const { predictions } = sandbox.ledger;
		return [...Array(items).keys()].map(
			(number) => predictions.filter(({ input }) => numberInPrompt(input['prompt']) === number).length,
		);
	} finally {
		await sandbox.close();
	}
}
