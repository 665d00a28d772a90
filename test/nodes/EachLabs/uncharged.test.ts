// That nothing was charged: said wherever it is true of an item, once, and never where something may have been paid.
import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';

import type { CallName, Fault } from '../../faults/Fault';
import { faultAt } from '../../faults/FaultPlan';
import { FaultServer } from '../../faults/FaultServer';
import type { NodeRun, NodeRunOptions } from '../../support/runNode';
import { itemWithFiles } from './itemWithFiles';
import { pictureItems, quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';
import { hurryEachTest } from '../../support/hurryHostClock';

hurryEachTest(5);

const ANALYZE = { resource: 'image', operation: 'analyze', text: 'What is it?' };
const EXTRACT = { resource: 'image', operation: 'extract', schemaType: 'manual' };
const CREATE = {
	resource: 'prediction',
	operation: 'create',
	input: '{"prompt": "Hello", "image_urls": []}',
};
const modelId = (value: string) => ({ __rl: true, mode: 'id', value });
const CONTINUE = { onError: 'continueRegularOutput' } as const;

const detailsOf = (item: INodeExecutionData | undefined) =>
	(item?.json['details'] ?? {}) as { description?: string; kind?: string };
/** How often the words stand in a text, in any form. */
const saidIn = (text: string | null | undefined): number =>
	(text ?? '').match(/nothing was charged/gi)?.length ?? 0;
const sentencesIn = (text: string | null | undefined): number =>
	(text ?? '').match(/ Nothing was charged( for this item)?\./g)?.length ?? 0;

describe('that nothing was charged', () => {
	const sandbox = sandboxPerTest();

	const run = async (
		parameters: INodeParameters,
		items: INodeExecutionData[],
		settings: Partial<NodeRunOptions> = CONTINUE,
	): Promise<NodeRun> => await quickRun(sandbox, parameters, items, settings);
	const ids = () => sandbox.ledger.predictions.map(({ id }) => id);

	type Row = [what: string, parameters: INodeParameters, prepare?: () => void];
	const ends: Row[] = [
		['an empty text', { ...ANALYZE, text: '={{ "" }}' }],
		['a field that the item does not have', { ...ANALYZE, binaryPropertyName: 'picture' }],
		['a file that no model reads', { ...ANALYZE, binaryPropertyName: 'text' }],
		['an address that is none', { ...ANALYZE, inputType: 'url', imageUrls: 'example' }],
		['a schema that answers cannot be held against', { ...EXTRACT, inputSchema: '{"not": {}}' }],
		['a model that is not there', { ...ANALYZE, modelId: modelId('gemini-9') }],
		['a key that is wrong', ANALYZE, () => (sandbox.scenario.apiKeys = [])],
		['a balance that is too low', ANALYZE, () => (sandbox.scenario.balanceUsd = -1)],
		['a full account', { ...ANALYZE, options: { maxWait: 5 } }, () => (sandbox.scenario.accountCap = 0)],
		['a saved fallback that is not there', { ...ANALYZE, options: { fallbackSelector: 'other' } }],
		[
			'a field that no model has, run',
			{
				resource: 'model',
				operation: 'run',
				modelId: modelId('gemini-2-0-flash-lite'),
				options: { additionalInput: '{"colour": "red"}' },
			},
		],
		[
			'a field that no model has, created',
			{ ...CREATE, modelId: modelId('sandbox-media-search'), input: '{"prompt": "a", "colour": 1}' },
		],
		['an option of the run', { ...ANALYZE, options: { maxConcurrency: 0 } }],
	];
	const item = async () => {
		const [picture] = await pictureItems('red');
		const { binary } = await itemWithFiles({
			text: { bytes: Buffer.from('<html>Not found</html>'), fileName: 'a.html', mimeType: 'text/html' },
		});
		return { json: {}, binary: { ...picture?.binary, ...binary } };
	};

	test.each<Row>(ends)(
		'is said once in the error item, and of the run that ends there: %s',
		async (_what, parameters, prepare = () => undefined) => {
			prepare();
			const { items, status } = await run(parameters, [await item()]);
			expect(status).toBe('success');
			const { description } = detailsOf(items[0]);
			expect(description).toMatch(/\S Nothing was charged for this item\.$/);
			expect(saidIn(description)).toBe(1);
			const stopped = await run(parameters, [await item()], {});
			expect(saidIn(stopped.error?.description)).toBe(1);
			expect(sentencesIn(stopped.error?.description)).toBe(1);
			expect(ids()).toEqual([]);
		},
		30_000,
	);

	test.each<readonly [CallName, Fault]>([
		['presign', 'status503'],
		['put', 'status503'],
	])(
		'is said where %s ends the item',
		async (call, fault) => {
			const server = await FaultServer.start({
				plan: faultAt({ fault, call, atCall: 1, calls: Infinity, delivered: false }),
			});
			try {
				const parameters = { ...ANALYZE, modelId: modelId('sandbox-media-search'), options: { maxWait: 15 } };
				const { items } = await quickRun(server, parameters, await pictureItems('red'), CONTINUE);
				expect(detailsOf(items[0]).description).toMatch(/ Nothing was charged for this item\.$/);
				expect(saidIn(detailsOf(items[0]).description)).toBe(1);
				expect(server.sandbox.ledger.predictions).toEqual([]);
			} finally {
				await server.close();
			}
		},
		60_000,
	);

	test('is not said of a create without a clear answer', async () => {
		const server = await FaultServer.start({
			plan: faultAt({
				fault: 'resetAfterBody',
				call: 'create',
				atCall: 1,
				calls: Infinity,
				delivered: false,
			}),
		});
		try {
			const parameters = { ...CREATE, modelId: modelId('gemini-2-0-flash-lite') };
			const { items } = await quickRun(server, parameters, [{ json: {} }], CONTINUE);
			expect(detailsOf(items[0])).toMatchObject({ kind: 'submissionUnknown' });
			expect(saidIn(detailsOf(items[0]).description)).toBe(0);
		} finally {
			await server.close();
		}
	}, 60_000);

	test.each([
		['that cost something', 0.01, 0],
		['that cost nothing, which its own words say', 0, 1],
	])('is not said of a failed prediction %s', async (_which, costUsd, times) => {
		sandbox.scenario.failPrediction = () => ({
			style: 'envelope',
			status: 'failed',
			message: 'Too dark.',
			costUsd,
		});
		const { items } = await run(ANALYZE, await pictureItems('red'));
		const { description } = detailsOf(items[0]);
		expect(saidIn(description)).toBe(times);
		expect(description).not.toContain('for this item');
	});

	test('is not said of an answer that was paid for and can not be used', async () => {
		sandbox.scenario.answerStyle = () => 'noJson';
		const schema = {
			inputSchema: '{"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}',
		};
		const { items } = await run({ ...EXTRACT, ...schema }, await pictureItems('red'));
		expect(detailsOf(items[0]).kind).toBe('unusableAnswer');
		expect(saidIn(detailsOf(items[0]).description)).toBe(0);
	});

	test('is not said of a member whose group was bought in vain', async () => {
		sandbox.scenario.failPrediction = (_input, ordinal) => {
			if (ordinal > 0) return null;
			// Whoever is asked about alone now finds no money.
			sandbox.scenario.balanceUsd = -1;
			return {
				style: 'envelope',
				status: 'failed',
				code: 'PROVIDER_REJECTED',
				message: 'Unsafe.',
				costUsd: 0.01,
			};
		};
		const { items } = await run({ ...ANALYZE, itemsPerPrediction: 4 }, await pictureItems('red', 'blue'));
		expect(ids()).toHaveLength(1);
		for (const one of items) {
			expect(one.json['error']).toBeDefined();
			expect(saidIn(detailsOf(one).description)).toBe(0);
		}
	});

	test('is not said of a file of an item whose other file was sent', async () => {
		const [first, second] = await pictureItems('red', 'blue');
		const { binary } = await itemWithFiles({
			c: { bytes: Buffer.from('<html></html>'), fileName: 'c.html', mimeType: 'text/html' },
		});
		const items = [
			{ json: {}, binary: { a: first?.binary?.['data'], b: second?.binary?.['data'], ...binary } },
		];
		const settings = { ...ANALYZE, binaryPropertyName: 'a,b,c', options: { separateFiles: true } };
		const done = await run(settings, items as INodeExecutionData[]);
		expect(ids()).toHaveLength(2);
		const failed = done.items.filter(({ json }) => json['error'] !== undefined);
		expect(failed).toHaveLength(1);
		expect(saidIn(detailsOf(failed[0]).description)).toBe(0);
	});

	test('is not said at a try of Retry On Fail where the try before has paid', async () => {
		sandbox.scenario.failPrediction = () => {
			sandbox.scenario.balanceUsd = -1;
			return { style: 'envelope', status: 'failed', message: 'Too dark.', costUsd: 0.01 };
		};
		const retry = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
		const { error } = await run(ANALYZE, await pictureItems('red'), retry);
		expect(ids()).toHaveLength(1);
		expect(error?.message).toBe('The balance of your Each Labs account is too low');
		expect(saidIn(error?.description)).toBe(0);
	}, 30_000);

	test('is said at a try of Retry On Fail where no try has paid, and of an item beside one that has', async () => {
		const retry = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
		sandbox.scenario.balanceUsd = -1;
		const none = await run(ANALYZE, await pictureItems('red'), retry);
		expect(sentencesIn(none.error?.description)).toBe(1);
		sandbox.scenario.balanceUsd = 100;
		const parameters = {
			...ANALYZE,
			modelId: modelId('={{ $json.width === 40 ? "sandbox-picture-words" : "gemini-2-0-flash-lite" }}'),
		};
		sandbox.scenario.withdrawnAfter = { 'sandbox-picture-words': 0 };
		const beside = await run(parameters, await pictureItems('red', 'blue'), retry);
		expect(beside.error?.message).toContain('was withdrawn');
		expect(sentencesIn(beside.error?.description)).toBe(1);
	});

	test.each<readonly [string, INodeParameters]>([
		[
			'Prediction → Get',
			{ resource: 'prediction', operation: 'get', predictionId: 'b6c7c3c1-6b32-4a53-9a9f-0d4f4d4f4d4f' },
		],
		['Model → Get', { resource: 'model', operation: 'get', modelId: modelId('gemini-9') }],
	])('is not said by %s, which buys nothing', async (_which, parameters) => {
		const { items } = await run(parameters, [{ json: {} }]);
		expect(items[0]?.json['error']).toBeDefined();
		expect(saidIn(detailsOf(items[0]).description)).toBe(0);
	});
});
