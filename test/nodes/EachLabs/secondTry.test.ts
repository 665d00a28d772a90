import { runNode } from '../../support/runNode';
import { testMedia } from '../../support/testMedia';
import type { ScriptedFailure } from '../../../sandbox/scenario';
import { itemWithFiles } from './itemWithFiles';
import { sandboxPerTest } from './sandboxPerTest';

const BUSY: ScriptedFailure = {
	style: 'envelope',
	status: 'error',
	code: 'PROVIDER_RATE_LIMIT',
	message: 'Slow down',
	more: { retryable: true },
};

describe('a prediction that failed at the provider', () => {
	const sandbox = sandboxPerTest();

	const run = async (parameters = {}, options = {}) =>
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

	test('is not bought again when the time of the item is over', async () => {
		sandbox.scenario.failPrediction = () => BUSY;
		sandbox.scenario.runTimeMs = { min: 1_000, max: 1_000 };
		const { items } = await run({}, { maxWait: 1.6 });
		expect(ids().length).toBeLessThanOrEqual(2);
		expect(items[0]?.json['error']).toBeDefined();
		expect(sandbox.ledger.predictions.every(({ status }) => status !== 'starting')).toBe(true);
	});
});
