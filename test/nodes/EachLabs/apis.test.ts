import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { loadExample } from '../../../examples/demo/runExample';
import { faultAt } from '../../faults/FaultPlan';
import { FaultServer } from '../../faults/FaultServer';
import { until } from '../../faults/until';
import { eachLabsEngine } from '../../support/eachLabsEngine';
import { runNode, type NodeRun, type NodeRunOptions } from '../../support/runNode';
import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';
import { pictureItems } from './quickRun';

const TEXT_MODEL = 'sandbox-media-search';
/** Predictions that are newer than the lost one: twelve pages of the list, and three for the older forms of the API. */
const HISTORY = { november: 1_130, august: 226, both: 226 } as const;
const EXAMPLE_MEDIA = join(__dirname, '../../../examples/media');
const EXAMPLES = [
	{ example: 'alt-text.json', reader: 'Read Pictures', rows: 1 },
	{ example: 'catalogue-tagging.json', reader: 'Read Photos', rows: 1 },
	{ example: 'moderation.json', reader: 'Read Uploads', rows: 1 },
	{ example: 'media-review.json', reader: 'Read Media', rows: 4 },
];

const png = async () => await itemWithFiles({ data: await testMedia.picture(40, 30) });
const mp4 = async () =>
	await itemWithFiles({ data: { bytes: await testMedia.video(), mimeType: 'video/mp4' } });
const wav = async () =>
	await itemWithFiles({ data: { bytes: testMedia.recording(1), mimeType: 'audio/wav' } });
const pdf = async () =>
	await itemWithFiles({ data: { bytes: await testMedia.document(1), mimeType: 'application/pdf' } });
const extract = {
	operation: 'extract',
	schemaType: 'fromAttributes',
	attributes: { attributes: [{ name: 'title', type: 'string', description: 'Title', required: true }] },
};
const MEDIA_JOBS: ReadonlyArray<[INodeParameters, () => Promise<INodeExecutionData>]> = [
	[{ resource: 'image', operation: 'analyze', text: 'What is it?' }, png],
	[{ resource: 'image', operation: 'altText' }, png],
	[
		{
			resource: 'image',
			operation: 'classify',
			categories: { categories: [{ category: 'red' }, { category: 'blue' }] },
		},
		png,
	],
	[{ resource: 'image', operation: 'moderate' }, png],
	[{ resource: 'image', ...extract }, png],
	[{ resource: 'video', operation: 'analyze', text: 'What is it?' }, mp4],
	[{ resource: 'video', operation: 'moderate' }, mp4],
	[{ resource: 'video', ...extract }, mp4],
	[{ resource: 'audio', operation: 'analyze', text: 'What is it?' }, wav],
	[{ resource: 'audio', operation: 'transcribe' }, wav],
	[{ resource: 'audio', ...extract }, wav],
	[{ resource: 'document', operation: 'analyze', text: 'What is it?' }, pdf],
	[{ resource: 'document', ...extract }, pdf],
];

/** What workflows rest on, with each API that a deployment may have. */
describe.each(['november', 'august', 'both'] as const)('with the API of %s', (api) => {
	let server: FaultServer;
	beforeEach(async () => {
		server = await FaultServer.start({ scenario: { api, runTimeMs: { min: 20, max: 60 } } });
	});
	afterEach(async () => await server.close());

	const run = async (
		parameters: INodeParameters,
		items: INodeExecutionData[] = [{ json: {} }],
		settings: Partial<NodeRunOptions> = {},
	): Promise<NodeRun> => await runNode({ baseUrl: server.baseUrl, parameters, items, ...settings });
	const analyze = async (items: INodeExecutionData[], settings: Partial<NodeRunOptions> = {}) =>
		await run(
			{ resource: 'image', operation: 'analyze', text: 'What is it?', options: { pollInterval: 0.5 } },
			items,
			settings,
		);
	const predictions = () => server.sandbox.ledger.predictions;
	const filesLeft = () => server.sandbox.ledger.files.filter(({ deleted }) => !deleted);

	test('all examples give a row for each file', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'each-api-'));
		for (const file of [
			'running-shoe.png',
			'sailing-boat.mp4',
			'delivery-message.wav',
			'inspection-report.pdf',
		])
			cpSync(join(EXAMPLE_MEDIA, file), join(folder, file));
		const ended = await Promise.all(
			EXAMPLES.map(async ({ example, reader, rows }) => {
				const { status, items } = await eachLabsEngine.runWorkflow({
					workflow: await loadExample(example),
					credentials: { eachLabsApi: { apiKey: 'test-key', baseUrl: server.baseUrl } },
					parameters: { [reader]: { fileSelector: `${folder}/*${rows === 1 ? '.png' : ''}` } },
				});
				const good = items.filter(({ json }) => json['predictionId'] && !json['error']);
				return { example, status, rows: good.length };
			}),
		).finally(() => rmSync(folder, { recursive: true }));
		expect(ended).toEqual(EXAMPLES.map(({ example, rows }) => ({ example, status: 'success', rows })));
		expect(predictions()).toHaveLength(7);
		expect(filesLeft()).toEqual([]);
	});

	test('all operations on media give a result', async () => {
		const runs = MEDIA_JOBS.map(async ([parameters, item]) => {
			const options = { ...(parameters['options'] as object | undefined), pollInterval: 0.5 };
			const { items, error } = await run({ ...parameters, options }, [await item()]);
			return { parameters, error: error?.message, predictionId: items[0]?.json['predictionId'] };
		});
		const known = expect.stringMatching(/^[\w-]{36}$/);
		expect(await Promise.all(runs)).toEqual(
			MEDIA_JOBS.map(([parameters]) => ({ parameters, error: undefined, predictionId: known })),
		);
		expect(filesLeft()).toEqual([]);
	});

	test('predictions, models, files and the balance', async () => {
		const only = async (parameters: INodeParameters, items?: INodeExecutionData[]) => {
			const { items: given, error } = await run(parameters, items);
			return error ?? given[0]?.json;
		};
		server.sandbox.scenario.runTimeMs = { min: 900, max: 900 };
		const modelId = { __rl: true, mode: 'id', value: TEXT_MODEL };
		const input = '{"prompt": "Hello?"}';
		const created = await only({ resource: 'prediction', operation: 'create', modelId, input });
		const { predictionId } = created as { predictionId: string };
		expect(await only({ resource: 'prediction', operation: 'get', predictionId })).toMatchObject({
			predictionId,
		});
		expect(await only({ resource: 'prediction', operation: 'cancel', predictionId })).toMatchObject({
			predictionId,
			status: 'cancelled',
		});
		server.sandbox.scenario.runTimeMs = { min: 20, max: 20 };
		expect(await only({ resource: 'prediction', operation: 'getMany' })).toMatchObject({ predictionId });
		expect(
			await only({
				resource: 'model',
				operation: 'run',
				modelId,
				inputFields: { mappingMode: 'defineBelow', value: { prompt: 'Hello?' }, schema: [] },
			}),
		).toMatchObject({ model: TEXT_MODEL, predictionId: expect.any(String) });
		expect(await only({ resource: 'model', operation: 'get', modelId })).toMatchObject({ slug: TEXT_MODEL });
		expect(await only({ resource: 'model', operation: 'getMany' })).toHaveProperty('slug');
		const uploaded = await only({ resource: 'file', operation: 'upload' }, [await png()]);
		const { fileId } = uploaded as { fileId: string };
		expect(filesLeft()).toMatchObject([{ id: fileId }]);
		expect(await only({ resource: 'file', operation: 'delete', fileId })).toMatchObject({ fileId });
		expect(filesLeft()).toEqual([]);
		expect(await only({ resource: 'account', operation: 'getBalance' })).toMatchObject(
			api === 'august'
				? { message: 'Each Labs does not tell the balance at this address' }
				: { balance: expect.closeTo(100, 3) },
		);
	});

	test(`a lost create is found behind ${HISTORY[api]} newer predictions, and the list is read whole`, async () => {
		server.plan = faultAt({ fault: 'resetAfterBody', call: 'create', atCall: 1, calls: 1, delivered: true });
		server.sandbox.scenario.accountCap = null;
		const running = analyze(await pictureItems('blue'));
		await until(() => predictions().length === 1);
		const create = async () => {
			const { status } = await fetch(`${server.sandbox.baseUrl}/v1/prediction`, {
				method: 'POST',
				headers: { authorization: 'Bearer test-key', 'content-type': 'application/json' },
				body: JSON.stringify({
					model: 'gemini-2-0-flash-lite',
					input: { image_urls: [], prompt: 'What is it?' },
				}),
			});
			expect(status).toBe(200);
		};
		for (let made = 0; made < HISTORY[api]; made += 113)
			await Promise.all(Array.from({ length: 113 }, create));
		const { items } = await running;
		expect(items[0]?.json).toMatchObject({ predictionId: predictions()[0]?.id, text: expect.any(String) });

		const all = await run({ resource: 'prediction', operation: 'getMany', returnAll: true });
		expect(all.items.map(({ json }) => json['predictionId'])).toEqual(
			predictions()
				.map(({ id }) => id)
				.reverse(),
		);
		expect(all.items).toHaveLength(HISTORY[api] + 1);
	});

	test('a stop leaves nothing running and no file behind', async () => {
		server.sandbox.scenario.runTimeMs = { min: 20_000, max: 20_000 };
		const stop = new AbortController();
		const running = analyze(await pictureItems('red', 'green', 'blue'), { signal: stop.signal });
		await until(() => predictions().length === 2);
		stop.abort();
		expect((await running).status).toBe('canceled');
		expect(predictions().filter(({ status }) => status !== 'cancelled')).toEqual([]);
		expect(filesLeft()).toEqual([]);
	});

	test('Retry On Fail buys again only what failed', async () => {
		let failures = 0;
		server.sandbox.scenario.failPrediction = (_input, ordinal) => {
			if (ordinal !== 0) return null;
			failures += 1;
			return { style: 'text', status: 'failed', message: 'Too dark.' };
		};
		const { status, items } = await analyze(await pictureItems('red', 'green', 'blue'), {
			retryOnFail: true,
			maxTries: 2,
			waitBetweenTries: 1,
		});
		expect({ status, failures }).toEqual({ status: 'success', failures: 1 });
		expect(items.map(({ json }) => json['text'])).toEqual(
			[40, 41, 42].map((width) => expect.stringContaining(`${width}×30`) as string),
		);
		expect(predictions()).toHaveLength(4);
		expect(filesLeft()).toEqual([]);
	});
});
