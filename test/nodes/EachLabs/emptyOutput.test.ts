import { pictureItems, quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';

const FILTERED = { choices: [{ message: { content: null }, finish_reason: 'content_filter' }] };

/** A success without a result is paid for, and no result. */
describe('a success that came with nothing', () => {
	const sandbox = sandboxPerTest();

	test.each([[null], [''], [[]]])('is an end of its own in Analyze, with its id: %j', async (output) => {
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
});
