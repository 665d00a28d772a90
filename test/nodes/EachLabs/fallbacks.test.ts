import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { billedUsd, pictureItems, quickRun, shownUsd } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';
import type { NodeRun, NodeRunOptions } from '../../support/runNode';

/** A model that ends, or whose provider does: what is asked in its place, and what is said where nothing is. */

const DEFAULT = 'gemini-2-0-flash-lite';
const OTHER = 'sandbox-picture-words';
const ROUTED = 'eachlabs-llm-router:google/gemini-3.6-flash';

describe('a model that ends', () => {
	const sandbox = sandboxPerTest();

	const analyze = async (
		items: INodeExecutionData[],
		options: INodeParameters = {},
		settings: Partial<NodeRunOptions> = {},
		parameters: INodeParameters = {},
	): Promise<NodeRun> =>
		await quickRun(
			sandbox,
			{ resource: 'image', operation: 'analyze', text: 'What is it?', ...parameters, options },
			items,
			settings,
		);

	const pictures = async (count: number): Promise<INodeExecutionData[]> =>
		await pictureItems(...Array.from({ length: count }, () => 'red' as const));
	const models = ({ items }: NodeRun): unknown[] => items.map(({ json }) => json['model']);
	const bought = (): string[] => sandbox.ledger.predictions.map(({ model }) => model);
	const fallbackHints = ({ hints }: NodeRun): string[] =>
		hints.map(({ message }) => message).filter((message) => message.includes('Fallback Models'));

	test('in the middle of a run of 30 is replaced: 30 results, none paid twice', async () => {
		sandbox.scenario.withdrawnAfter = { [DEFAULT]: 12 };
		const run = await analyze(await pictures(30), { fallbackModels: OTHER });
		expect(run.error).toBeUndefined();
		expect(run.items).toHaveLength(30);
		expect(run.items.map(({ json }) => json['text'])).toEqual(
			run.items.map((_, index) => expect.stringContaining(`${40 + index}×30 pixels`) as string),
		);
		expect(models(run).filter((model) => model === DEFAULT)).toHaveLength(12);
		expect(models(run).filter((model) => model === OTHER)).toHaveLength(18);
		expect(bought()).toHaveLength(30);
		expect(shownUsd(run)).toBeCloseTo(billedUsd(sandbox), 10);
		expect(fallbackHints(run)).toEqual([
			`18 items were answered by another model than '${DEFAULT}', as the option 'Fallback Models' says: 18 by ${OTHER}. Why: the model does not exist at Each Labs, or was withdrawn (18 items).`,
		]);
	});

	test.each([400, 404] as const)('is known by a refusal with %d', async (status) => {
		sandbox.scenario.withdrawnAfter = { [DEFAULT]: 1 };
		sandbox.scenario.withdrawnStatus = status;
		const run = await analyze(await pictures(2), { fallbackModels: OTHER, maxConcurrency: 1 });
		expect(models(run).toSorted()).toEqual([DEFAULT, OTHER]);
	});

	test('before the run is replaced by the first that is there and takes the file', async () => {
		sandbox.scenario.withdrawnModels = [DEFAULT];
		const fallbackModels = ['no-such-model', 'sandbox-video-words', OTHER].join(', ');
		const run = await analyze(await pictures(2), { fallbackModels });
		expect(models(run)).toEqual([OTHER, OTHER]);
		expect(fallbackHints(run)).toHaveLength(1);
	});

	test('is replaced by one that is asked by messages', async () => {
		sandbox.scenario.withdrawnModels = [DEFAULT];
		const run = await analyze(await pictures(1), { fallbackModels: ROUTED });
		expect(run.error).toBeUndefined();
		expect(models(run)).toEqual([ROUTED]);
		expect(run.items[0]?.json['text']).toContain('40×30 pixels');
	});

	test('has a group asked whole by one other', async () => {
		sandbox.scenario.withdrawnModels = [DEFAULT];
		const run = await analyze(
			await pictures(4),
			{ fallbackModels: 'sandbox-picture-question' },
			{},
			{ itemsPerPrediction: 2 },
		);
		expect(models(run)).toEqual(Array(4).fill('sandbox-picture-question'));
		expect(bought()).toHaveLength(2);
		expect(fallbackHints(run)).toEqual([expect.stringContaining('4 items were answered')]);
	});

	test.each([
		['before the run', 0],
		['in the middle of it', 1],
	])('%s without a fallback names two that are there and take the same files', async (_, after) => {
		sandbox.scenario.withdrawnAfter = { [DEFAULT]: after };
		const { items } = await analyze(
			await pictures(2),
			{ maxConcurrency: 1 },
			{ onError: 'continueRegularOutput' },
		);
		const { error, details } = items[1]?.json as { error: string; details: { description: string } };
		const { description } = details;
		expect(error).toContain(`The model '${DEFAULT}' does not exist at Each Labs, or was withdrawn`);
		expect(description).toContain(
			"'sandbox-picture-words' and 'sandbox-media-search' are there and can be asked about images",
		);
		expect(description).toContain("'Fallback Models'");
		expect(description).toContain('Nothing was charged');
		expect(bought()).toHaveLength(after);
	});

	test('with fallbacks that are gone as well says so of each', async () => {
		sandbox.scenario.withdrawnModels = [DEFAULT, OTHER];
		const { error } = await analyze(await pictures(1), { fallbackModels: OTHER });
		expect(error?.message).toContain(`The model '${DEFAULT}' does not exist`);
		expect(error?.description).toContain(`The model '${OTHER}' does not exist`);
		expect(bought()).toEqual([]);
	});

	test('and is found to be gone again by Retry On Fail keeps what was paid', async () => {
		sandbox.scenario.withdrawnAfter = { [DEFAULT]: 2, [OTHER]: 1 };
		const run = await analyze(
			await pictures(3),
			{ fallbackModels: `${OTHER}, sandbox-media-search`, maxConcurrency: 1 },
			{ retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
		);
		expect(run.error).toBeUndefined();
		expect(models(run)).toEqual([DEFAULT, DEFAULT, OTHER]);
		expect(bought()).toHaveLength(3);
	});
});

describe('a prediction that comes to nothing', () => {
	const sandbox = sandboxPerTest();
	const analyze = async (
		count: number,
		options: INodeParameters,
		settings: Partial<NodeRunOptions> = {},
	): Promise<NodeRun> =>
		await quickRun(
			sandbox,
			{ resource: 'image', operation: 'analyze', text: 'What is it?', options },
			await pictureItems(...Array.from({ length: count }, () => 'red' as const)),
			{ onError: 'continueRegularOutput', ...settings },
		);
	const bought = (): string[] => sandbox.ledger.predictions.map(({ model }) => model);
	const isDefault = (input: object): boolean => 'image_urls' in input;
	const failing = (code: string, message: string, costUsd = 0) => {
		sandbox.scenario.failPrediction = (input) =>
			isDefault(input) ? { style: 'envelope', status: 'error', code, message, costUsd } : null;
	};

	test.each(['PROVIDER_FAILED', 'PROVIDER_SERVER_ERROR', 'PROVIDER_AUTH_ERROR'])(
		'at the provider (%s) is asked of the next model',
		async (code) => {
			failing(code, 'The upstream model gave no answer');
			const run = await analyze(2, { fallbackModels: OTHER });
			expect(run.items.map(({ json }) => json['model'])).toEqual([OTHER, OTHER]);
			expect(run.hints.map(({ message }) => message)).toEqual(
				expect.arrayContaining([expect.stringContaining('its prediction failed at the provider (2 items)')]),
			);
			expect(run.items[0]?.json['earlierPredictionIds']).toEqual(
				expect.arrayContaining([expect.any(String)]),
			);
			expect(shownUsd(run)).toBeCloseTo(billedUsd(sandbox), 10);
		},
	);

	test('and was charged counts into the item’s cost', async () => {
		failing('PROVIDER_FAILED', 'The provider failed', 0.01);
		const run = await analyze(1, { fallbackModels: OTHER });
		expect(run.items[0]?.json['model']).toBe(OTHER);
		expect(shownUsd(run)).toBeGreaterThan(0.01);
		expect(shownUsd(run)).toBeCloseTo(billedUsd(sandbox), 10);
	});

	test.each([
		['a block', 'PROVIDER_REJECTED', 'The picture was blocked by content moderation'],
		['a file that is not readable', 'PROVIDER_BAD_REQUEST', 'Unable to process input image'],
		['an address that is not reachable', 'INPUT_DOWNLOAD_ERROR', 'Could not fetch the image url'],
	])('for %s is asked of no other model', async (_, code, message) => {
		failing(code, message);
		const run = await analyze(1, { fallbackModels: OTHER });
		expect(run.items[0]?.json['error']).toBeDefined();
		expect(bought()).not.toContain(OTHER);
	});

	test('is asked of no other model beyond Max Cost', async () => {
		failing('PROVIDER_FAILED', 'The provider failed', 0.01);
		const run = await analyze(1, { fallbackModels: OTHER, maxCost: 0.01 });
		expect(bought()).not.toContain(OTHER);
		expect(run.items[0]?.json['error']).toBeDefined();
	});
});
