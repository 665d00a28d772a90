import type { INodeParameters } from 'n8n-workflow';

import { fixedCost } from '../../../sandbox/ModelCost';
import { hostClock } from '../../../nodes/EachLabs/n8n/hostClock';
import { startSandbox } from '../../../sandbox/startSandbox';
import { runNode, type NodeRunOptions } from '../../support/runNode';
import { testMedia } from '../../support/testMedia';
import type { ScriptedFailure } from '../../../sandbox/scenario';
import { itemWithFiles } from './itemWithFiles';
import { billedUsd, pictureItems, quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';
import { hurryEachTest } from '../../support/hurryHostClock';

const DEFAULT = 'gemini-2-0-flash-lite';

const BUSY: ScriptedFailure = {
	style: 'envelope',
	status: 'error',
	code: 'PROVIDER_RATE_LIMIT',
	message: 'Slow down',
	more: { retryable: true },
};

describe('a prediction that failed at the provider', () => {
	hurryEachTest(5);
	const sandbox = sandboxPerTest();

	const run = async (parameters = {}, options = {}, settings: Partial<NodeRunOptions> = {}) =>
		await runNode({
			baseUrl: sandbox.baseUrl,
			parameters: {
				resource: 'image',
				operation: 'analyze',
				text: 'What is it?',
				...parameters,
				options: { pollInterval: 0.5, ...options },
			},
			items: [await itemWithFiles({ data: await testMedia.picture(40, 30) })],
			onError: 'continueRegularOutput',
			...settings,
		});
	const ids = () => sandbox.ledger.predictions.map(({ id }) => id);

	test.each<[string, ScriptedFailure]>([
		['a rate limit', BUSY],
		['a broken server', { ...BUSY, code: 'PROVIDER_SERVER_ERROR' }],
		['a lost worker', { ...BUSY, code: 'WORKER_LOST' }],
		['words alone', { style: 'text', status: 'error', message: '503 Service Unavailable' }],
	])('at no cost is bought once more: %s', async (_why, failure) => {
		sandbox.scenario.failPrediction = (_input, ordinal) => (ordinal === 0 ? failure : null);
		const { items } = await run();
		const [first, second] = ids();
		expect(ids()).toHaveLength(2);
		expect(items[0]?.json).toMatchObject({ predictionId: second, earlierPredictionIds: [first] });
		expect(items[0]?.json['error']).toBeUndefined();
	});

	test('is bought no third time, and both are named', async () => {
		sandbox.scenario.failPrediction = () => BUSY;
		const { items } = await run();
		const [first, second] = ids();
		expect(ids()).toHaveLength(2);
		expect(items[0]?.json).toMatchObject({
			error: expect.stringContaining("The model's provider is busy"),
			details: { predictionId: second, earlierPredictionIds: [first], cost: 0, failure: 'providerBusy' },
		});
	});

	test.each<[string, ScriptedFailure, object]>([
		['that was charged', { ...BUSY, costUsd: 0.00001 }, {}],
		['that was blocked', { ...BUSY, code: 'PROVIDER_REJECTED' }, {}],
		['that reached a time limit', { ...BUSY, code: 'EXECUTION_TIMEOUT' }, {}],
		['of input that does not fit', { ...BUSY, code: 'INPUT_VALIDATION_ERROR' }, {}],
		['of no known kind', { style: 'text', status: 'error', message: 'Too dark.' }, {}],
	])('is not bought again: one %s', async (_which, failure) => {
		sandbox.scenario.failPrediction = () => failure;
		const { items } = await run();
		expect(ids()).toHaveLength(1);
		expect(items[0]?.json).toMatchObject({ details: { predictionId: ids()[0] } });
	});

	test('counts into Max Cost: where it would be passed, nothing is bought again', async () => {
		sandbox.scenario.costs = { [DEFAULT]: fixedCost(0.01) };
		sandbox.scenario.failPrediction = () => ({ ...BUSY, costUsd: 0 });
		expect((await run({}, { maxCost: 0.01 })).items[0]?.json['error']).toContain('is busy');
		// What came to nothing leaves the limit as it was.
		expect(ids()).toHaveLength(2);
		sandbox.scenario.failPrediction = (_input, ordinal) => (ordinal === 2 ? null : BUSY);
		const pictures = await pictureItems('red', 'green');
		const { items } = await run({}, { maxCost: 0.01, maxConcurrency: 1 }, { items: pictures });
		expect(sandbox.ledger.predictions.filter(({ billedUsd }) => billedUsd > 0)).toHaveLength(1);
		expect(items.map(({ json }) => json['error'] ?? 'good').toSorted()).toEqual([
			expect.stringContaining('This item was not started'),
			'good',
		]);
	});

	test('is bought once more by each further try of Retry On Fail, and what had gone well is not', async () => {
		sandbox.scenario.failPrediction = ({ prompt }) => (prompt === 'Is it 40?' ? BUSY : null);
		const { items } = await run(
			{ text: '=Is it {{ $json.width }}?' },
			{},
			{ items: await pictureItems('red', 'green'), retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		);
		const asked = (prompt: string) =>
			sandbox.ledger.predictions.filter(({ input }) => input['prompt'] === prompt);
		expect(asked('Is it 40?')).toHaveLength(3);
		expect(asked('Is it 41?')).toHaveLength(1);
		expect(items[0]?.json['details']).toMatchObject({ cost: 0, failure: 'providerBusy' });
		expect(items[1]?.json).toMatchObject({ predictionId: asked('Is it 41?')[0]?.id });
	});

	test('of a group is bought once more for the whole group, and each item names both', async () => {
		sandbox.scenario.failPrediction = (_input, ordinal) => (ordinal === 0 ? BUSY : null);
		const { items } = await run(
			{ itemsPerPrediction: 3 },
			{},
			{ items: await pictureItems('red', 'green', 'blue') },
		);
		const [first, second] = ids();
		expect(ids()).toHaveLength(2);
		expect(items.map(({ json }) => json['text'])).toEqual(
			[40, 41, 42].map((width) => expect.stringContaining(`${width}×30`) as string),
		);
		for (const { json } of items)
			expect(json).toMatchObject({ predictionId: second, earlierPredictionIds: [first] });
		const shown = items.reduce((sum, { json }) => sum + Number(json['cost']), 0);
		expect(shown).toBeCloseTo(billedUsd(sandbox), 12);
	});
});

describe('a prediction that failed at the provider late', () => {
	const sandbox = sandboxPerTest();
	afterEach(() => void jest.restoreAllMocks());

	test('is not bought again when the pause before that would outlast the time of the item', async () => {
		// The pause is 2 seconds at most; the failure is seen when less than that is left of the 4 seconds.
		jest.spyOn(hostClock, 'random').mockReturnValue(0.999);
		sandbox.scenario.failPrediction = () => BUSY;
		sandbox.scenario.runTimeMs = { min: 2_200, max: 2_200 };
		const { items } = await quickRun(
			sandbox,
			{ resource: 'image', operation: 'analyze', text: 'What is it?', options: { maxWait: 4 } },
			await pictureItems('red'),
			{ onError: 'continueRegularOutput' },
		);
		expect(sandbox.ledger.predictions.map(({ status }) => status)).toEqual(['error']);
		expect(items[0]?.json).toMatchObject({
			error: expect.stringContaining("The model's provider is busy"),
			details: { predictionId: sandbox.ledger.predictions[0]?.id, failure: 'providerBusy' },
		});
	}, 20_000);
});

describe('a further try of Retry On Fail, with parameters that an expression gives anew', () => {
	hurryEachTest(5);
	const sandbox = sandboxPerTest();

	test.each<[string, INodeParameters, INodeParameters, number]>([
		['a text', { text: '=Is it {{ $json.width }}? {{ Math.random() }}' }, {}, 2],
		['an instruction', {}, { systemInstruction: '={{ "Be brief. " + Math.random() }}' }, 2],
		[
			'input fields',
			{},
			{ additionalInput: '={{ JSON.stringify({ image_urls: ["https://example.com/" + Math.random()] }) }}' },
			2,
		],
		['Max Wait', {}, { maxWait: '={{ 500 + Math.random() * 100 }}' }, 1],
		['Polling Interval', {}, { pollInterval: '={{ 0.5 + Math.random() / 10 }}' }, 1],
		['Max Cost', {}, { maxCost: '={{ 1 + Math.random() }}' }, 1],
	])(
		'%s: what asks the same is taken up, and what asks something else is bought',
		async (_, parameters, options, bought) => {
			sandbox.scenario.failPrediction = ({ prompt }) =>
				String(prompt).includes('Is it 40?')
					? { style: 'text', status: 'error', message: 'Too dark.' }
					: null;
			const { items } = await runNode({
				baseUrl: sandbox.baseUrl,
				parameters: {
					resource: 'image',
					operation: 'analyze',
					text: '=Is it {{ $json.width }}?',
					...parameters,
					options: { pollInterval: 0.5, ...options },
				},
				items: await pictureItems('red', 'green'),
				onError: 'continueRegularOutput',
				retryOnFail: true,
				maxTries: 2,
				waitBetweenTries: 1,
			});
			const good = sandbox.ledger.predictions.filter(({ input }) =>
				String(input['prompt']).includes('Is it 41?'),
			);
			expect(good).toHaveLength(bought);
			expect(items[1]?.json['predictionId']).toBe(good.at(-1)?.id);
		},
	);
});

test('a file without a name is known by its field, and is asked about as any other', async () => {
	const sandbox = await startSandbox({ scenario: { runTimeMs: { min: 20, max: 20 } } });
	const [named] = await pictureItems('red');
	const unnamed = { mimeType: 'image/png', data: '', ...named?.binary?.['data'], fileName: undefined };
	const parameters = { resource: 'image', operation: 'analyze', text: 'What is it?' };
	const items = [{ json: {}, binary: { photo: unnamed } }];
	const done = await runNode({
		baseUrl: sandbox.baseUrl,
		parameters: { ...parameters, binaryPropertyName: 'photo', options: { pollInterval: 0.5 } },
		items,
	});
	await sandbox.close();
	expect(done.items[0]?.json).toMatchObject({ fileName: 'photo', text: expect.stringContaining('40×30') });
});

test('an output with a status word that nobody knows is taken when the time is over, and a hint says so', async () => {
	const sandbox = await startSandbox({
		scenario: {
			runTimeMs: { min: 20, max: 20 },
			spellStatus: (word) => (word === 'success' ? 'archived' : word),
		},
	});
	const { items, hints } = await runNode({
		baseUrl: sandbox.baseUrl,
		parameters: {
			resource: 'image',
			operation: 'analyze',
			text: 'What is it?',
			options: { pollInterval: 0.5, maxWait: 1 },
		},
		items: await pictureItems('red'),
	});
	await sandbox.close();
	const [prediction] = sandbox.ledger.predictions;
	expect(items[0]?.json).toMatchObject({
		predictionId: prediction?.id,
		text: expect.stringContaining('40×30'),
	});
	expect(hints.map(({ message }) => message)).toContain(
		`Each Labs gave 'archived' as the status of predictions that have an output; this node does not know what that means. It waited until 'Max Wait' ended, took the output and asked Each Labs to cancel them: look whether their results are whole. Prediction ID ${prediction?.id}.`,
	);
});
