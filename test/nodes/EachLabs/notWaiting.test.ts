// Predictions that are not waited for, and the calls of Each Labs about them, into the trigger and through Prediction → Get.
import type { INodeParameters } from 'n8n-workflow';

import { TriggerHost } from '../../support/TriggerHost';
import { until } from '../../faults/until';
import type { NodeRunOptions } from '../../support/runNode';
import { pictureItems, quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';

const SECRET = 'a-long-random-text';

describe('a run that does not wait', () => {
	const sandbox = sandboxPerTest();
	const ask = async (
		options: INodeParameters,
		settings: Partial<NodeRunOptions> = {},
		parameters: INodeParameters = {},
	) =>
		await quickRun(
			sandbox,
			{ resource: 'image', operation: 'analyze', text: 'What is it?', ...parameters, options },
			settings.items ?? (await pictureItems('red', 'blue')),
			{
				credentials: { eachLabsApi: { apiKey: 'test-key', baseUrl: sandbox.baseUrl, webhookSecret: SECRET } },
				...settings,
			},
		);

	test('goes on at once, has Each Labs call the trigger, and leaves its uploads for a day', async () => {
		const host = await TriggerHost.start({
			credential: { apiKey: 'test-key', baseUrl: sandbox.baseUrl, webhookSecret: SECRET },
			workflowId: 'notWaiting',
		});
		sandbox.scenario.runTimeMs = { min: 600, max: 800 };
		const { items, hints } = await ask({ waitForResult: false, callbackUrl: host.url, uploadRetention: 60 });
		const ids = items.map(({ json }) => json['predictionId']);
		expect(items.map(({ json }) => json)).toEqual(
			ids.map((predictionId, position) => ({
				fileName: items[position]?.json['fileName'],
				predictionId,
				model: 'gemini-2-0-flash-lite',
				status: 'created',
			})),
		);
		expect(items[0]?.json['fileName']).toBe('data.png');
		expect(sandbox.ledger.files.map(({ deleted }) => deleted)).toEqual([false, false]);
		expect(hints.map(({ message }) => message).join()).toContain(
			'since their predictions were not waited for: 2.',
		);
		await until(() => host.executions.length === 2);
		expect(host.executions.map(([item]) => item?.json['predictionId']).sort()).toEqual(ids.sort());
		await host.close();
	});

	test('buys nothing again at a try of Retry On Fail', async () => {
		sandbox.scenario.accountCap = 1;
		sandbox.scenario.runTimeMs = { min: 60_000, max: 60_000 };
		const { status, error } = await ask(
			{ waitForResult: false, maxWait: 1 },
			{ retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		);
		expect(status).toBe('error');
		expect(sandbox.ledger.predictions).toHaveLength(1);
		expect(error?.description).toContain(sandbox.ledger.predictions[0]?.id);
	});

	test.each<[what: string, options: INodeParameters, parameters: INodeParameters, words: string]>([
		['a group', {}, { itemsPerPrediction: 2 }, "'Items per Prediction' is 2 while"],
		['a conversation', { includeConversation: true }, {}, "'Include Conversation' is on while"],
		['a limit of its cost', { maxCost: 1 }, {}, "'Max Cost' is 1 while"],
	])('refuses %s', async (_what, options, parameters, words) => {
		const { error } = await ask({ waitForResult: false, ...options }, {}, parameters);
		expect(error?.message).toContain(words);
		expect(sandbox.ledger.predictions).toEqual([]);
	});

	describe('Prediction → Get', () => {
		const started = async (ms: number) => {
			sandbox.scenario.runTimeMs = { min: ms, max: ms };
			const { items } = await ask({ waitForResult: false }, { items: await pictureItems('red') });
			return items;
		};
		const get = async (items: NodeRunOptions['items'], options: INodeParameters) =>
			await quickRun(
				sandbox,
				{ resource: 'prediction', operation: 'get', predictionId: '={{ $json.predictionId }}', options },
				items,
			);

		test('waits until the prediction is finished where that is wanted', async () => {
			const items = await started(1_500);
			expect((await get(items, {})).items[0]?.json['status']).not.toBe('success');
			const done = await get(items, { waitUntilFinished: true });
			expect(done.items[0]?.json).toMatchObject({ status: 'success', text: expect.any(String) });
		});

		test('leaves the prediction running at its deadline', async () => {
			const { error } = await get(await started(4_000), { waitUntilFinished: true, maxWait: 1 });
			expect(error?.message).toContain('was not finished within 1 second; it was left running');
			expect(sandbox.ledger.predictions.map(({ status }) => status)).not.toContain('cancelled');
			expect(error?.description).toContain('did not cancel it');
		});
	});
});
