// Predictions that are not waited for, and the calls of Each Labs about them, into the trigger and through Prediction → Get.
import type { INodeParameters } from 'n8n-workflow';

import { faultAt } from '../../faults/FaultPlan';
import { FaultServer } from '../../faults/FaultServer';
import { until } from '../../faults/until';
import { runNode, type NodeRunOptions } from '../../support/runNode';
import { TriggerHost } from '../../support/TriggerHost';
import { pictureItems, quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';
import { hurryEachTest } from '../../support/hurryHostClock';

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

	test.each<[what: string, callbackUrl: unknown, words: string]>([
		['without https', 'http://n8n.example.com/webhook/1', 'so results would travel in the open'],
		['with a password', 'https://user:pass@n8n.example.com/w', 'holds a user name or password'],
		['of this machine', 'http://localhost:5678/webhook/1', 'is in your own network'],
		['of the own network', 'https://192.168.1.5/webhook/1', 'is in your own network'],
		['left empty', ' ', 'is empty'],
		['whose expression gives nothing', '={{ $json.nothing }}', 'is empty'],
	])('refuses a Callback URL %s, before anything is sent', async (_what, callbackUrl, words) => {
		const model = { __rl: true, mode: 'id', value: 'gemini-2-0-flash-lite' };
		for (const job of [
			{ resource: 'image', operation: 'analyze', text: 'What is it?' },
			{ resource: 'model', operation: 'run', modelId: model, inputFields: {} },
			{ resource: 'prediction', operation: 'create', modelId: model, input: '{"prompt": "Hello"}' },
		]) {
			// Nothing answers there: what is sent before the refusal would end otherwise.
			const baseUrl = 'https://api.example.invalid';
			const { error } = await runNode({
				parameters: { ...job, options: { waitForResult: false, callbackUrl } as INodeParameters },
				items: await pictureItems('red'),
				credentials: { eachLabsApi: { apiKey: 'test-key', baseUrl, webhookSecret: SECRET } },
			});
			expect(error?.message).toMatch(new RegExp(`^The option 'Callback URL' .*${words}`));
		}
	});

	describe('a stop', () => {
		const jobs: Array<[string, INodeParameters]> = [
			['Analyze', { resource: 'image', operation: 'analyze', text: 'What is it?' }],
			[
				'Model → Run',
				{
					resource: 'model',
					operation: 'run',
					modelId: { __rl: true, mode: 'id', value: 'gemini-2-0-flash-lite' },
					inputFields: { value: { prompt: 'What is it?' } },
					inputFiles: { files: [{ binaryPropertyName: 'data', modelField: '' }] },
				},
			],
			[
				'Prediction → Create',
				{
					resource: 'prediction',
					operation: 'create',
					modelId: { __rl: true, mode: 'id', value: 'gemini-2-0-flash-lite' },
					input: '={{ JSON.stringify({ prompt: "Picture " + $json.width, image_urls: [] }) }}',
				},
			],
		];
		const stopWhen = async (condition: () => boolean, parameters: INodeParameters) => {
			const stop = new AbortController();
			const running = ask(
				{ waitForResult: false },
				{ items: await pictureItems('red', 'green', 'blue'), signal: stop.signal },
				parameters,
			);
			await until(condition);
			stop.abort();
			return await running;
		};
		const expectNothingLeft = () => {
			expect(sandbox.ledger.predictions.map(({ status }) => status)).toEqual(
				sandbox.ledger.predictions.map(() => 'cancelled'),
			);
			expect(sandbox.ledger.files.filter(({ uploads, deleted }) => uploads > 0 && !deleted)).toEqual([]);
		};

		test.each(jobs)(
			'%s: while others wait for a place cancels what was started',
			async (_job, parameters) => {
				Object.assign(sandbox.scenario, { accountCap: 2, runTimeMs: { min: 60_000, max: 60_000 } });
				const run = await stopWhen(() => sandbox.ledger.predictions.length === 2, parameters);
				expect(run.status).toBe('canceled');
				expect(sandbox.ledger.predictions).toHaveLength(2);
				expectNothingLeft();
				for (const { id } of sandbox.ledger.predictions) expect(run.error?.description).toContain(id);
			},
		);

		test.each(jobs)(
			'%s: while creates are on their way cancels what they have made',
			async (_job, parameters) => {
				Object.assign(sandbox.scenario, { latencyMs: 300, runTimeMs: { min: 60_000, max: 60_000 } });
				const creates = () =>
					sandbox.ledger.requests.filter(
						({ method, path }) => method === 'POST' && path === '/v1/prediction',
					);
				const run = await stopWhen(() => creates().length > 0, parameters);
				expect(run.status).toBe('canceled');
				expect(sandbox.ledger.predictions.length).toBeGreaterThan(0);
				expectNothingLeft();
			},
		);
	});

	describe('a file stays where its prediction may run, and goes where there is none', () => {
		const days = (): number[] =>
			sandbox.ledger.files.map(({ expiresInSeconds = 0 }) => expiresInSeconds / 86_400);

		test('of three items, one of which is refused', async () => {
			sandbox.scenario.accountCap = 2;
			sandbox.scenario.runTimeMs = { min: 60_000, max: 60_000 };
			const { items } = await ask(
				{ waitForResult: false, maxWait: 2 },
				{ items: await pictureItems('red', 'green', 'blue'), onError: 'continueRegularOutput' },
			);
			const [first, second] = sandbox.ledger.predictions;
			expect(items.filter(({ json }) => json['error'] !== undefined)).toHaveLength(1);
			expect(sandbox.ledger.predictions).toHaveLength(2);
			const sent = JSON.stringify([first?.input, second?.input]);
			for (const { publicUrl, deleted } of sandbox.ledger.files)
				expect(deleted).toBe(!sent.includes(publicUrl));
			expect(sandbox.ledger.files.filter(({ deleted }) => !deleted)).toHaveLength(2);
			expect(days()).toEqual([1, 1, 1]);
		}, 20_000);
	});

	describe('a create without a clear answer', () => {
		hurryEachTest(5);
		const lost = async (delivered: boolean, settings: Partial<NodeRunOptions> = {}) => {
			const server = await FaultServer.start({
				plan: faultAt({ fault: 'resetAfterBody', call: 'create', atCall: 1, calls: 1, delivered }),
				scenario: { runTimeMs: { min: 60_000, max: 60_000 } },
			});
			const run = await runNode({
				baseUrl: server.baseUrl,
				parameters: {
					resource: 'image',
					operation: 'analyze',
					text: 'What is it?',
					options: { waitForResult: false },
				},
				items: await pictureItems('red'),
				...settings,
			});
			const { predictions, files } = server.sandbox.ledger;
			const filesLeft = files.filter(({ deleted }) => !deleted).length;
			await server.close();
			return { ...run, predictions, filesLeft };
		};

		test('that made one is found by its file, and the item goes on with it', async () => {
			const { items, predictions, filesLeft } = await lost(true);
			expect(predictions).toHaveLength(1);
			expect(items.map(({ json }) => json['predictionId'])).toEqual(predictions.map(({ id }) => id));
			expect(filesLeft).toBe(1);
		}, 20_000);

		test.each([{}, { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 }])(
			'that made none is not sent again, and its file stays, since it may still be read: %p',
			async (settings) => {
				const { error, predictions, filesLeft } = await lost(false, settings);
				expect(error?.message).toContain('Submission outcome unknown');
				expect(error?.description).toContain(
					'Look at that time at the executions in your Each Labs dashboard',
				);
				expect(predictions).toEqual([]);
				expect(filesLeft).toBeGreaterThanOrEqual(1);
			},
			60_000,
		);
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
