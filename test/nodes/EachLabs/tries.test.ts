// What the tries of Retry On Fail know together: requests of several items, what was spent, what is to be named, and what a stop leaves.
import { randomUUID } from 'node:crypto';
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { fixedCost } from '../../../sandbox/ModelCost';
import { answering } from '../../faults/FaultPlan';
import { FaultServer } from '../../faults/FaultServer';
import { until } from '../../faults/until';
import { HangingStore } from '../../support/HangingStore';
import { hurryEachTest } from '../../support/hurryHostClock';
import type { NodeRun, NodeRunOptions } from '../../support/runNode';
import { billedUsd, failOnce, picturesOf, quickRun, shownUsd, withParameters } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';

const ANALYZE = { resource: 'image', operation: 'analyze', text: '=What is on picture {{ $json.width }}?' };
const TRIES = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 } as const;
const CONTINUE = { onError: 'continueRegularOutput' } as const;
const FAILURE = { style: 'text', status: 'failed', message: 'Too dark.' } as const;

const sandbox = sandboxPerTest({ accountCap: 50 });
let store: HangingStore;
beforeEach(() => (store = new HangingStore()));
afterEach(() => store.restore());

const ids = (): string[] => sandbox.ledger.predictions.map(({ id }) => id);
const analyze = async (
	items: INodeExecutionData[],
	parameters: INodeParameters = {},
	settings: Partial<NodeRunOptions> = {},
): Promise<NodeRun> => {
	const base = { ...ANALYZE, options: { maxConcurrency: 1 } };
	return await quickRun(sandbox, withParameters(base, parameters), items, { ...TRIES, ...settings });
};
/** Lets the file of an item be opened but where this says no. */
const refuse = (item: INodeExecutionData | undefined, isRefused: () => boolean) =>
	store.delay(item?.binary?.['data']?.id ?? '', async () => {
		if (isRefused()) throw new Error('The store is busy');
		await Promise.resolve();
	});
const named = ({ items, error }: NodeRun): string[] => {
	const told = JSON.stringify([
		items,
		error?.description,
		(error as { context?: unknown } | undefined)?.context,
	]);
	return ids().filter((id) => told.includes(id));
};

describe('items that share a request', () => {
	const GROUPED = { text: 'What is it?', itemsPerPrediction: 4 };

	test('are asked about again as they were, where one before them could not be read at first', async () => {
		const items = await picturesOf(40, 41, 42, 43, 44, 45, 46, 47, 48);
		let openings = 0;
		refuse(items[0], () => openings++ === 0);
		const run = await analyze(items, GROUPED, CONTINUE);
		expect(run.items.map(({ json }) => json['text'])).toEqual(
			items.map((_, index) => expect.stringContaining(`${40 + index}×30 pixels`) as string),
		);
		expect(sandbox.ledger.predictions.map(({ input }) => (input['image_urls'] as string[]).length)).toEqual([
			4, 4, 1,
		]);
		expect(shownUsd(run)).toBeCloseTo(billedUsd(sandbox), 10);
	});

	test('are asked about again as they were, where one of them could not be uploaded at first', async () => {
		let refused = 0;
		const server = await FaultServer.start({
			plan: answering(({ name }) =>
				name === 'put' && refused++ === 0 ? { status: 400, body: '' } : undefined,
			),
		});
		try {
			const run = await quickRun(server, { ...ANALYZE, ...GROUPED }, await picturesOf(40, 41, 42, 43), TRIES);
			expect(run.items).toHaveLength(4);
			const { predictions } = server.sandbox.ledger;
			expect(predictions.map(({ input }) => (input['image_urls'] as string[]).length)).toEqual([3, 1]);
			expect(shownUsd(run)).toBeCloseTo(billedUsd(server.sandbox), 10);
		} finally {
			await server.close();
		}
	});

	test('are found again where their request had no clear answer', async () => {
		let creates = 0;
		const server = await FaultServer.start({
			plan: {
				treat: ({ name }) =>
					name === 'create' && ++creates === 2
						? { answer: { status: 502, body: '' }, delivered: true }
						: undefined,
				refuses: () => false,
			},
		});
		try {
			const { items: given } = await quickRun(
				server,
				{ resource: 'file', operation: 'upload' },
				await picturesOf(40, 41, 42, 43, 44, 45, 46, 47),
			);
			const items = given.map(({ json }) => ({ json: { url: json['url'] } }));
			const parameters = { inputType: 'url', imageUrls: '={{ $json.url }}', itemsPerPrediction: 0 };
			await quickRun(
				server,
				{ ...ANALYZE, text: 'What is it?', ...parameters, options: { maxConcurrency: 2 } },
				items,
				TRIES,
			);
			const { predictions } = server.sandbox.ledger;
			expect(predictions.map(({ input }) => (input['image_urls'] as string[]).length)).toEqual([4, 4]);
		} finally {
			await server.close();
		}
	});

	test('take an equal picture with them, which waited for one of them at the first try', async () => {
		failOnce(sandbox, '42', FAILURE.message);
		const options = { seenMedia: 'reuse' };
		const parameters = { ...GROUPED, itemsPerPrediction: 3, options };
		const items = await picturesOf(40, 40, 41);
		items.push(...(await picturesOf(42)));
		sandbox.scenario.failPrediction = (_input, ordinal) => (ordinal === 0 ? FAILURE : null);
		const run = await analyze(items, parameters, { mode: 'trigger', staticData: {}, nodeId: randomUUID() });
		expect(run.items).toHaveLength(4);
		expect(new Set(named(run)).size).toBe(ids().length - 1);
	});
});

describe('Max Cost', () => {
	beforeEach(() => (sandbox.scenario.costs = { 'gemini-2-0-flash-lite': fixedCost(0.01) }));

	test('holds for all tries together', async () => {
		let failures = 0;
		sandbox.scenario.failPrediction = ({ prompt }) =>
			/picture 4[0-3]/.test(String(prompt)) && failures++ < 4 ? FAILURE : null;
		const items = await picturesOf(40, 41, 42, 43, 44, 45, 46, 47);
		const run = await analyze(items, { options: { maxCost: 0.04 } }, CONTINUE);
		expect(billedUsd(sandbox)).toBeCloseTo(0.04, 10);
		expect(shownUsd(run)).toBeCloseTo(0.04, 10);
	});

	test('counts what failed at a price', async () => {
		sandbox.scenario.failPrediction = () => ({
			style: 'envelope',
			status: 'failed',
			message: 'Too dark.',
			costUsd: 0.01,
		});
		const settings = { ...CONTINUE, maxTries: 5 };
		const run = await analyze(await picturesOf(40), { options: { maxCost: 0.02 } }, settings);
		expect(billedUsd(sandbox)).toBeCloseTo(0.02, 10);
		expect(named(run)).toEqual(ids());
	});
});

describe('what an earlier try has bought is named', () => {
	test('where the last one ends while its items are read', async () => {
		const items = await picturesOf(40, 41, 42, 43);
		failOnce(sandbox, '43', FAILURE.message);
		refuse(items[0], () => sandbox.ledger.predictions.some(({ status }) => status === 'failed'));
		const run = await analyze(items);
		expect(run.status).toBe('error');
		expect(ids()).toHaveLength(4);
		expect(named(run)).toEqual(ids());
	});

	test('where its item can not be read any more', async () => {
		const items = await picturesOf(40, 41);
		failOnce(sandbox, '40', FAILURE.message);
		refuse(items[1], () => sandbox.ledger.predictions.length >= 2);
		const run = await analyze(items, {}, CONTINUE);
		expect(ids()).toHaveLength(3);
		expect(named(run)).toEqual(expect.arrayContaining(ids().slice(1)));
		expect(JSON.stringify(run.items)).not.toContain('Nothing was charged');
	});
});

describe('in a minute that takes three seconds', () => {
	hurryEachTest(20);

	test('a model that a try has found is used where the list of models is away at the next', async () => {
		let created = 0;
		sandbox.scenario.failPrediction = () => {
			created += 1;
			if (created === 3) sandbox.scenario.catalogueAvailable = false;
			return created === 1 ? FAILURE : null;
		};
		const modelId = { __rl: true, mode: 'id', value: 'sandbox-picture-question' };
		const run = await analyze(await picturesOf(40, 41, 42), { modelId }, CONTINUE);
		expect(run.items.map(({ json }) => json['error'] ?? 'good')).toEqual(['good', 'good', 'good']);
		expect(ids()).toHaveLength(4);
	});
});

test('the conversation of an answer that is taken up has its pictures', async () => {
	failOnce(sandbox, '41', FAILURE.message);
	const options = { includeConversation: true, keepUploads: true };
	const run = await analyze(await picturesOf(40, 41), { options });
	for (const { json } of run.items) {
		expect(json['conversation']).toEqual([
			expect.objectContaining({ media: [expect.objectContaining({ url: expect.any(String) as string })] }),
			expect.anything(),
		]);
	}
});

test('a stop while uploads are deleted hands nothing on: the next run gives the results, for nothing', async () => {
	const settings = {
		mode: 'trigger',
		staticData: {} as IDataObject,
		nodeId: randomUUID(),
		retryOnFail: false,
	} as const;
	const stop = new AbortController();
	const parameters = { options: { seenMedia: 'skip' } };
	sandbox.scenario.latencyMs = 40;
	const running = analyze(await picturesOf(40, 41, 42), parameters, { ...settings, signal: stop.signal });
	await until(() => sandbox.ledger.requests.some(({ method }) => method === 'DELETE'));
	stop.abort();
	expect((await running).status).toBe('canceled');
	sandbox.scenario.latencyMs = 0;
	const next = await analyze(await picturesOf(40, 41, 42), parameters, settings);
	expect(next.items).toHaveLength(3);
	expect(ids()).toHaveLength(3);
});
