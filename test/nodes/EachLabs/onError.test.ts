import type { INodeExecutionData } from 'n8n-workflow';

import { faultAt } from '../../faults/FaultPlan';
import { FaultServer } from '../../faults/FaultServer';
import { runNode, type NodeRun, type NodeRunOptions } from '../../support/runNode';
import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';
import { sandboxPerTest } from './sandboxPerTest';
import { hurryHostClock } from '../../support/hurryHostClock';

const REFUSED = 'The model could not finish the prediction: Too dark. (prediction_failed)';

/** One item of several that fails, under each of n8n's settings for it. */
describe('On Error', () => {
	const sandbox = sandboxPerTest();

	/** Five pictures, of which the third (42 pixels wide) fails; the sandbox knows it by its text. */
	const fivePictures = async (): Promise<INodeExecutionData[]> =>
		await Promise.all(
			[40, 41, 42, 43, 44].map(
				async (width) => await itemWithFiles({ data: await testMedia.picture(width, 30) }, { width }),
			),
		);

	const run = async (
		onError: NodeRunOptions['onError'],
		settings: Partial<NodeRunOptions> = {},
	): Promise<NodeRun> =>
		await runNode({
			baseUrl: sandbox.baseUrl,
			onError,
			parameters: {
				resource: 'image',
				operation: 'analyze',
				text: '=Picture {{ $json.width }}?',
				binaryPropertyName: '={{ $json.field ?? "data" }}',
				options: { pollInterval: 0.5 },
			},
			items: await fivePictures(),
			...settings,
		});

	const predictionOf = (width: number) =>
		sandbox.ledger.predictions.find(({ input }) => input.prompt === `Picture ${width}?`);

	const good = (width: number) => ({
		json: expect.objectContaining({
			text: expect.stringContaining(`${width}×30 pixels`),
			predictionId: predictionOf(width)?.id,
		}),
		pairedItem: { item: width - 40 },
	});

	const failed = () => ({
		json: {
			fileName: 'data.png',
			error: REFUSED,
			details: {
				kind: 'predictionFailed',
				description: `Check whether the file opens and is of a kind that the model reads, and whether the text asks for something that it refuses, then run the item again. Nothing was charged for it. (prediction ID ${predictionOf(42)?.id})`,
				predictionId: predictionOf(42)?.id,
				cost: 0,
				failure: 'unknown',
			},
		},
		pairedItem: { item: 2 },
	});

	beforeEach(() => {
		sandbox.scenario.failPrediction = ({ prompt }) =>
			prompt === 'Picture 42?' ? { style: 'envelope', status: 'failed', message: 'Too dark.' } : null;
	});

	test('Continue gives an error item in the place of the failed item alone', async () => {
		const { status, outputs } = await run('continueRegularOutput');
		expect(status).toBe('success');
		expect(outputs).toEqual([[good(40), good(41), failed(), good(43), good(44)]]);
		expect(sandbox.ledger.predictions).toHaveLength(5);
	});

	test('Continue (using error output) sends it to the second output, with its ids in details', async () => {
		const { status, outputs } = await run('continueErrorOutput');
		expect(status).toBe('success');
		expect(outputs[0]).toEqual([good(40), good(41), good(43), good(44)]);
		expect(outputs[1]).toHaveLength(1);
		expect(outputs[1]?.[0]).toMatchObject(failed());
	});

	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'%s also keeps an item apart that could not even be sent',
		async (onError) => {
			const items = await fivePictures();
			items[1] = { json: { width: 41 } };
			const { status, outputs } = await run(onError, { items });
			expect(status).toBe('success');
			const all = outputs.flat();
			expect(all).toHaveLength(5);
			const unsent = all.find(({ pairedItem }) => (pairedItem as { item: number }).item === 1);
			expect(unsent?.json).toEqual({
				...(onError === 'continueErrorOutput' && { width: 41 }),
				error: "The item has no binary field 'data', nor any other",
				details: {
					kind: 'invalidInput',
					description: expect.stringContaining('This node needs a file from the node before it'),
				},
			});
			if (onError === 'continueErrorOutput') expect(outputs.map((items) => items.length)).toEqual([3, 2]);
			expect(sandbox.ledger.predictions).toHaveLength(4);
		},
	);

	test('Stop Workflow starts nothing more, waits for what is paid, and names every id', async () => {
		const items = await Promise.all(
			Array.from({ length: 30 }, async (_, index) => {
				return await itemWithFiles({ data: await testMedia.picture(40 + index, 30) }, { width: 40 + index });
			}),
		);
		const { status, error, items: given } = await run('stopWorkflow', { items });

		expect({ status, given }).toEqual({ status: 'error', given: [] });
		expect(error?.message).toBe(REFUSED);
		const { predictions } = sandbox.ledger;
		expect(predictions.length).toBeLessThan(30);
		const { requests } = sandbox.ledger;
		const failureSeen = requests.findLast(({ path }) => path.endsWith(`/${predictionOf(42)?.id}`));
		const lastCreate = requests.findLast(
			({ method, path }) => method === 'POST' && path === '/v1/prediction',
		);
		expect((lastCreate?.atMs ?? Infinity) - (failureSeen?.atMs ?? 0)).toBeLessThan(250);
		expect(predictions.every(({ settledAtMs }) => settledAtMs !== undefined)).toBe(true);
		expect(predictions.every(({ cancelRequests }) => cancelRequests === 0)).toBe(true);
		expect(error?.description).toContain(
			' The run ended at item 3 of 30 (data.png). To keep the good items next time, ',
		);
		const others = predictions.map(({ id }) => id).filter((id) => id !== predictionOf(42)?.id);
		expect(error?.description).toMatch(
			new RegExp(
				`\\(prediction ID ${predictionOf(42)?.id}\\) ${others.length} other predictions of this run had been created; 'Prediction → Get' fetches their results: .* To keep the good items next time, set 'On Error' of this node to 'Continue'\\.$`,
			),
		);
		for (const id of others) expect(error?.description).toContain(id);
		expect((error as unknown as { context: unknown }).context).toEqual({
			itemIndex: 2,
			predictionIds: expect.arrayContaining(predictions.map(({ id }) => id)),
		});
	});

	test('Stop Workflow with an item that can not be sent pays for none', async () => {
		const items = await fivePictures();
		items[4] = { json: { width: 44 } };
		const { status, error } = await run('stopWorkflow', { items });
		expect(status).toBe('error');
		expect(error?.message).toBe("The item has no binary field 'data', nor any other");
		expect((error as unknown as { context: unknown }).context).toMatchObject({ itemIndex: 4 });
		expect(sandbox.ledger.predictions).toEqual([]);
		expect(sandbox.ledger.presigns).toBe(0);
	});
});

test('a run that stops names what may be the predictions of its other items', async () => {
	const fault = {
		fault: 'resetAfterBody',
		call: 'create',
		atCall: 1,
		calls: Infinity,
		delivered: true,
	} as const;
	const server = await FaultServer.start({
		plan: faultAt(fault),
		scenario: { runTimeMs: { min: 20, max: 60 } },
	});
	const restoreClock = hurryHostClock(5);
	try {
		const { status, error } = await runNode({
			baseUrl: server.baseUrl,
			parameters: {
				resource: 'prediction',
				operation: 'create',
				modelId: { __rl: true, mode: 'id', value: 'gemini-2-0-flash-lite' },
				input: '={{ JSON.stringify({ prompt: "Picture " + $json.number, image_urls: [] }) }}',
			},
			items: [{ json: { number: 1 } }, { json: { number: 2 } }],
		});
		expect(status).toBe('error');
		const made = server.sandbox.ledger.predictions.map(({ id }) => id);
		expect(made).toHaveLength(2);
		for (const id of made) expect(error?.description).toContain(id);
	} finally {
		restoreClock();
		await server.close();
	}
}, 40_000);
