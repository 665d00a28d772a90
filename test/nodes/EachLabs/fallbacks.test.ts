import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';
import { billedUsd, pictureItems, quickRun, shownUsd } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';
import { runNode, type NodeRun, type NodeRunOptions } from '../../support/runNode';
import { hurryEachTest } from '../../support/hurryHostClock';

hurryEachTest(5);

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
		// Which of the two is uploaded first, and so asked about, is not said.
		const failed = items.filter(({ json }) => json['error'] !== undefined);
		expect(failed).toHaveLength(2 - after);
		const { error, details } = failed[0]?.json as { error: string; details: { description: string } };
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

	describe('and a file of a format that one of both does not read', () => {
		const gif = async () =>
			await itemWithFiles({
				data: { bytes: await testMedia.picture(60, 30, { format: 'gif' }), mimeType: 'image/gif' },
			});
		const by = (slug: string) => ({ modelId: { __rl: true, mode: 'id', value: slug } });

		test.each([
			['there', []],
			['gone', [DEFAULT]],
		])('goes to the fallback that reads it, with the chosen one %s', async (_, withdrawnModels) => {
			sandbox.scenario.withdrawnModels = withdrawnModels;
			const run = await analyze([await gif()], { fallbackModels: `no-such-model, ${OTHER}` });
			expect(run.error).toBeUndefined();
			expect(run.items[0]?.json['text']).toContain('GIF picture of 60×30');
			expect(bought()).toEqual([OTHER]);
			expect(fallbackHints(run)).toEqual([
				expect.stringContaining(`1 by ${OTHER}. Why: it does not read the format of a file`),
			]);
		});

		test('by its address, too', async () => {
			await analyze(
				[{ json: {} }],
				{ fallbackModels: OTHER },
				{},
				{ inputType: 'url', imageUrls: 'https://example.com/a.gif' },
			);
			expect(bought()).toEqual([OTHER]);
		});

		test.each([0, 1])(
			'is not sent to a fallback that does not, also where the model ends after %d',
			async (after) => {
				sandbox.scenario.withdrawnAfter = { [OTHER]: after };
				const { items } = await analyze(
					[await gif(), await gif()],
					{ fallbackModels: DEFAULT, maxConcurrency: 1 },
					{ onError: 'continueRegularOutput' },
					by(OTHER),
				);
				expect(bought()).toEqual(Array(after).fill(OTHER));
				// Which of the two is uploaded first, and so asked about, is not said.
				const failed = items.filter(({ json }) => json['error'] !== undefined);
				expect(failed).toHaveLength(2 - after);
				const { error, details } = failed[0]?.json as { error: string; details: { description: string } };
				expect(error).toBe(`The model '${OTHER}' does not exist at Each Labs, or was withdrawn`);
				expect(details.description).toContain('is a GIF image, which is not among the formats that');
			},
		);

		test('is refused before it is sent where no other is there', async () => {
			const { error } = await analyze([await gif()], { fallbackModels: 'no-such-model' });
			expect(error?.message).toContain('is a GIF image, which is not among the formats that');
			expect(error?.description).toContain("The model 'no-such-model' does not exist");
			expect(sandbox.ledger.presigns).toBe(0);
		});

		test('takes no other item of a group with it', async () => {
			const [first, last] = await pictures(2);
			const run = await analyze(
				[first, await gif(), last].flatMap((item) => item ?? []),
				{ fallbackModels: OTHER },
				{},
				{ itemsPerPrediction: 3 },
			);
			expect(models(run)).toEqual([DEFAULT, OTHER, DEFAULT]);
			expect(bought().toSorted()).toEqual([DEFAULT, OTHER]);
		});
	});

	/** Has the first prediction of the fallback about the second picture fail, so that n8n runs the node again. */
	const failOnce = (alsoDefault: boolean): void => {
		let others = 0;
		sandbox.scenario.failPrediction = (input) => {
			if ('image_urls' in input) {
				return alsoDefault
					? { style: 'envelope', status: 'error', code: 'PROVIDER_FAILED', message: 'No answer' }
					: null;
			}
			others += 1;
			return others === (alsoDefault ? 2 : 1)
				? {
						style: 'envelope',
						status: 'error',
						code: 'PROVIDER_BAD_REQUEST',
						message: 'Unable to process input image',
					}
				: null;
		};
	};

	test.each([
		{ what: 'what the fallback has answered', alsoDefault: true, answered: [OTHER, OTHER] },
		{
			what: 'what the model had answered before it was gone',
			alsoDefault: false,
			answered: [DEFAULT, OTHER],
		},
	])('has Retry On Fail take up $what', async ({ alsoDefault, answered }) => {
		if (!alsoDefault) sandbox.scenario.withdrawnAfter = { [DEFAULT]: 1 };
		failOnce(alsoDefault);
		const run = await analyze(
			await pictures(2),
			{ fallbackModels: OTHER, maxConcurrency: 1 },
			{ retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		);
		expect(run.error).toBeUndefined();
		expect(models(run).toSorted()).toEqual(answered.toSorted());
		const { predictions } = sandbox.ledger;
		// The second try has happened, and what had succeeded in the first one was not bought again.
		expect(predictions.filter(({ model, status }) => model === OTHER && status === 'error')).toHaveLength(1);
		expect(predictions.filter(({ status }) => status === 'success')).toHaveLength(2);
	});

	test.each<[string, INodeParameters]>([
		['Analyze', {}],
		[
			'Model Run',
			{
				resource: 'model',
				operation: 'run',
				inputFields: {
					mappingMode: 'defineBelow',
					value: { prompt: '=Is it {{ $json.width }}?' },
					schema: [],
				},
				inputFiles: { files: [{ binaryPropertyName: 'data' }] },
			},
		],
	])(
		'has Retry On Fail take up what it had answered, with no other model to ask: %s',
		async (_, operation) => {
			const slug = 'sandbox-media-search';
			sandbox.scenario.withdrawnAfter = { [slug]: 2 };
			sandbox.scenario.failPrediction = ({ prompt }) =>
				prompt === 'Is it 40?' ? { style: 'text', status: 'error', message: 'Too dark.' } : null;
			const media = operation['resource'] === 'model' ? operation : { text: '=Is it {{ $json.width }}?' };
			const { items } = await runNode({
				baseUrl: sandbox.baseUrl,
				parameters: {
					resource: 'image',
					operation: 'analyze',
					...media,
					modelId: { __rl: true, mode: 'id', value: slug },
					options: { pollInterval: 0.5, maxConcurrency: 1 },
				},
				items: await pictures(2),
				onError: 'continueRegularOutput',
				retryOnFail: true,
				maxTries: 2,
				waitBetweenTries: 1,
			});
			const paid = sandbox.ledger.predictions.find(({ status }) => status === 'success');
			expect(bought()).toEqual([slug, slug]);
			expect(items[0]?.json['error']).toBe(
				`The model '${slug}' does not exist at Each Labs, or was withdrawn`,
			);
			expect(items[1]?.json).toMatchObject({ predictionId: paid?.id, text: expect.any(String) });
		},
	);
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

describe('a fallback that is saved at Each Labs', () => {
	const sandbox = sandboxPerTest({ fallbacks: { recovery: OTHER } });
	const analyze = async (
		options: INodeParameters,
		model = DEFAULT,
		parameters: INodeParameters = {},
	): Promise<NodeRun> =>
		await quickRun(
			sandbox,
			{
				resource: 'image',
				operation: 'analyze',
				text: 'What is it?',
				modelId: { __rl: true, mode: 'id', value: model },
				options,
				...parameters,
			},
			await pictureItems('red'),
		);
	const sent = () =>
		sandbox.ledger.requests.filter(
			({ method, path }) => method === 'POST' && path.endsWith('/v1/prediction'),
		);

	test('is asked for beside the model', async () => {
		const { error, items } = await analyze({ fallbackSelector: 'recovery' }, DEFAULT, { simplify: false });
		expect(error).toBeUndefined();
		expect(items[0]?.json['text']).toContain('40×30 pixels');
		// The sandbox tells of a fallback only where the create has named it.
		expect(items[0]?.json['prediction']).toHaveProperty('fallback');
		expect(sandbox.ledger.predictions[0]?.input).not.toHaveProperty('fallback_selector');
	});

	test.each(['Recovery', 'a--b', '-a', 'a_b', 'a'.repeat(51)])(
		"is refused as '%s' before anything is sent",
		async (fallbackSelector) => {
			const { error } = await analyze({ fallbackSelector });
			expect(error?.message).toContain("The option 'Fallback Selector' is '");
			expect(sent()).toEqual([]);
		},
	);

	test('is refused for the router before anything is sent', async () => {
		const { error } = await analyze({ fallbackSelector: 'recovery' }, ROUTED);
		expect(error?.message).toContain('eachlabs-llm-router takes none');
		expect(sandbox.ledger.predictions).toEqual([]);
	});

	test('that is not there is named', async () => {
		const { error } = await analyze({ fallbackSelector: 'another' });
		expect(error?.message).toContain(
			`Each Labs has no fallback 'another' that can be used for the model ${DEFAULT}`,
		);
		expect(error?.description).toContain('Nothing was charged');
	});

	test('that the organization may not use says so', async () => {
		sandbox.scenario.fallbacks = null;
		const { error } = await analyze({ fallbackSelector: 'recovery' });
		expect(error?.message).toContain('Your organization at Each Labs may not use saved fallbacks');
	});
});

describe('a chat model behind the router', () => {
	const sandbox = sandboxPerTest();
	const analyze = async (parameters: INodeParameters): Promise<NodeRun> =>
		await quickRun(
			sandbox,
			{
				resource: 'image',
				operation: 'analyze',
				text: 'What is it?',
				modelId: { __rl: true, mode: 'id', value: ROUTED },
				...parameters,
			},
			await pictureItems('red'),
		);

	test('is asked by the ID behind the colon', async () => {
		const { items } = await analyze({ options: { systemInstruction: 'Be brief.' } });
		expect(items[0]?.json).toMatchObject({ model: ROUTED, text: expect.stringContaining('40×30 pixels') });
		expect(items[0]?.json).not.toHaveProperty('usage');
		const [{ model, input } = { model: '', input: {} }] = sandbox.ledger.predictions;
		expect(model).toBe('eachlabs-llm-router');
		expect(input).toMatchObject({
			model: 'google/gemini-3.6-flash',
			messages: [
				{ role: 'system', content: 'Be brief.' },
				{ role: 'user', content: [{ type: 'text' }, { type: 'image_url' }] },
			],
		});
	});

	test('tells the tokens where the output is not simplified', async () => {
		const { items } = await analyze({ simplify: false });
		expect(items[0]?.json['usage']).toMatchObject({ total_tokens: expect.any(Number) });
	});

	test('has a structured answer read as any other', async () => {
		const { error, items } = await analyze({ operation: 'altText' });
		expect(error).toBeUndefined();
		expect(items[0]?.json['altText']).toEqual(expect.any(String));
	});
});

describe('a run that does not wait', () => {
	const sandbox = sandboxPerTest();

	test('starts predictions of the next model where the first is gone', async () => {
		sandbox.scenario.withdrawnAfter = { [DEFAULT]: 1 };
		const { items, error } = await quickRun(
			sandbox,
			{
				resource: 'image',
				operation: 'analyze',
				text: 'What is it?',
				options: { waitForResult: false, fallbackModels: OTHER, maxConcurrency: 1 },
			},
			await pictureItems('red', 'green', 'blue'),
		);
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json['model']).toSorted()).toEqual([DEFAULT, OTHER, OTHER]);
		expect(sandbox.ledger.predictions).toHaveLength(3);
	});
});
