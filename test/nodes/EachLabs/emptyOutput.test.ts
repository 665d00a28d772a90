import { randomUUID } from 'node:crypto';

import { pictureItems, quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';

const FILTERED = { choices: [{ message: { content: null }, finish_reason: 'content_filter' }] };

/** A success without a result is paid for, and no result. */
describe('a success that came with nothing', () => {
	const sandbox = sandboxPerTest();

	test.each<[unknown]>(
		[
			...[null, '', [], {}, [null], '\u200b', '\u2800', '""', { text: null }, { choices: [] }],
			...['<think>It may be a dog, and', { candidates: [{ finishReason: 'OTHER' }] }],
		].map((output): [unknown] => [output]),
	)('is an end of its own in Analyze, with its id: %j', async (output) => {
		sandbox.scenario.rewriteAnswer = () => output;
		const { items } = await quickRun(
			sandbox,
			{ resource: 'image', operation: 'analyze', text: 'What is it?' },
			await pictureItems('blue'),
			{ onError: 'continueRegularOutput' },
		);
		expect(items[0]?.json).toMatchObject({
			error: 'The model gave an empty answer',
			details: {
				kind: 'unusableAnswer',
				predictionId: sandbox.ledger.predictions[0]?.id,
				cost: expect.any(Number),
			},
		});
		expect(sandbox.ledger.predictions).toHaveLength(1);
	});

	test.each([
		[
			'at a limit of tokens (crewAIInc/crewAI#7013)',
			{ choices: [{ message: { content: 'A cat that' }, finish_reason: 'length' }] },
		],
		[
			'at a limit of tokens, by Gemini itself',
			{ candidates: [{ content: { parts: [{ text: 'A cat that' }] }, finishReason: 'MAX_TOKENS' }] },
		],
		[
			'at a limit of tokens, by Anthropic itself',
			{ content: [{ type: 'text', text: 'A cat that' }], stop_reason: 'max_tokens' },
		],
		[
			'by the rules for content',
			{ choices: [{ message: { content: 'A cat that' }, finish_reason: 'content_filter' }] },
		],
	])('a text that the provider has cut off is told, also when it is used again: %s', async (_, output) => {
		sandbox.scenario.rewriteAnswer = () => output;
		const settings = { mode: 'trigger', staticData: {}, nodeId: randomUUID() } as const;
		for (const reused of [undefined, true]) {
			const { items, hints } = await quickRun(
				sandbox,
				{ resource: 'image', operation: 'analyze', text: 'What is it?', options: { seenMedia: 'reuse' } },
				await pictureItems('blue', 'red'),
				settings,
			);
			expect(items.map(({ json }) => [json['text'], json['cutOff'], json['reused']])).toEqual([
				['A cat that', true, reused],
				['A cat that', true, reused],
			]);
			expect(hints.filter(({ message }) => message.includes("their items have 'cutOff'"))).toHaveLength(1);
		}
		expect(sandbox.ledger.predictions).toHaveLength(2);
	});

	test('a text that ends as it should has no such field, nor what a model has thought (bytedance/deer-flow#868)', async () => {
		sandbox.scenario.rewriteAnswer = () => ({
			choices: [{ message: { content: '<think>A dog?</think>\n\nA cat.' }, finish_reason: 'stop' }],
		});
		const { items } = await quickRun(
			sandbox,
			{ resource: 'image', operation: 'analyze', text: 'What is it?' },
			await pictureItems('blue'),
		);
		expect(items[0]?.json['text']).toBe('A cat.');
		expect(items[0]?.json).not.toHaveProperty('cutOff');
	});

	test.each(['analyze', 'moderate'])(
		'names the content rules that emptied it: image.%s',
		async (operation) => {
			sandbox.scenario.rewriteAnswer = () => FILTERED;
			const { outputs } = await quickRun(
				sandbox,
				{
					resource: 'image',
					operation,
					text: 'What is it?',
					policies: ['violence'],
					separateOutputs: false,
				},
				await pictureItems('blue'),
				{ onError: 'continueRegularOutput' },
			);
			const json = outputs[0]?.[0]?.json;
			const predictionId = sandbox.ledger.predictions[0]?.id;
			expect(sandbox.ledger.predictions).toHaveLength(1);
			expect(json).toMatchObject(
				operation === 'moderate'
					? { decision: 'review', predictionId }
					: { details: { kind: 'unusableAnswer', failure: 'blocked', predictionId } },
			);
		},
	);

	test.each<[unknown]>([null, '', ' \n', [], [null], [''], '\u200b'].map((output): [unknown] => [output]))(
		'is an end of its own in Model (Run): %j',
		async (output) => {
			const { items } = await runModel(output);
			expect(items[0]?.json).toMatchObject({ error: 'The model gave an empty answer' });
		},
	);

	test.each<[unknown]>(
		[
			...[
				{},
				{ text: null },
				{ choices: [] },
				{ question: 'Which?', choices: [] },
				{ boxes: [], candidates: [] },
			],
			...[0, false, [[]], [{}], { candidates: [{ finishReason: 'OTHER' }] }, { faces: [] }],
		].map((output): [unknown] => [output]),
	)('data is handed on by Model (Run): %j', async (output) => {
		const { items } = await runModel(output);
		expect(items[0]?.json).toMatchObject({ output });
	});

	async function runModel(output: unknown) {
		sandbox.scenario.rewriteAnswer = () => output;
		return quickRun(
			sandbox,
			{
				resource: 'model',
				operation: 'run',
				modelId: { __rl: true, mode: 'id', value: 'sandbox-media-search' },
				inputFields: { mappingMode: 'defineBelow', value: { prompt: 'Which?' }, schema: [] },
			},
			[{ json: {} }],
			{ onError: 'continueRegularOutput' },
		);
	}
});
