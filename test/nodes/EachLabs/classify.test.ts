import type { INodeParameters } from 'n8n-workflow';

import { outputNames } from '../../support/outputNames';
import { itemWithFiles } from './itemWithFiles';
import { pictureItems, quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';

const categories = (...names: string[]): INodeParameters => ({
	categories: { categories: names.map((category) => ({ category, description: '' })) },
});
const CLASSIFY: INodeParameters = { resource: 'image', operation: 'classify' };
const COLOURS = { ...CLASSIFY, ...categories('red things', 'blue things') };

describe('Classify', () => {
	const sandbox = sandboxPerTest();

	test('gives one category each, with how sure the model is', async () => {
		const { outputs } = await quickRun(sandbox, COLOURS, await pictureItems('blue', 'red'));
		const [first, second] = sandbox.ledger.predictions;
		expect(outputs).toEqual([
			[
				{
					json: {
						fileName: 'data.png',
						labels: ['blue things'],
						confidences: { 'blue things': 0.98 },
						predictionId: expect.any(String),
						model: 'gemini-2-0-flash-lite',
						cost: first?.billedUsd,
						predictTime: expect.any(Number),
					},
					pairedItem: { item: 0 },
				},
				{ json: expect.objectContaining({ labels: ['red things'] }), pairedItem: { item: 1 } },
			],
		]);
		expect(second?.input['prompt']).toContain('- "red things"\n- "blue things"\nIf none fits, name "other".');
	});

	test.each([
		'={{ ["red things", "blue things"] }}',
		'={{ "red things, blue things" }}',
		'={{ ["red things", "blue things"] }}\n',
	])('%s is as many categories, in the output of their row', async (category) => {
		const { outputs } = await quickRun(
			sandbox,
			{
				...CLASSIFY,
				categories: {
					categories: [{ category }, { category: 'green things' }],
				},
				outputPerCategory: true,
			},
			await pictureItems('blue', 'green', 'red'),
		);
		expect(outputs.map((items) => items.map(({ json }) => json['labels']))).toEqual([
			[['blue things'], ['red things']],
			[['green things']],
			[],
		]);
	});

	test('a comma in a name that somebody wrote is part of the name', async () => {
		const { items } = await quickRun(
			sandbox,
			{ ...CLASSIFY, ...categories('red, pink or orange things', 'all else') },
			await pictureItems('red'),
		);
		expect(items[0]?.json['labels']).toEqual(['red, pink or orange things']);
	});

	test('puts descriptions and the hint into the question', async () => {
		await quickRun(
			sandbox,
			{
				...CLASSIFY,
				categories: { categories: [{ category: 'shoes', description: 'Footwear of any kind' }] },
				text: 'Only the product in front',
				allowOther: false,
			},
			await pictureItems('blue'),
		);
		const prompt = String(sandbox.ledger.predictions[0]?.input['prompt']);
		expect(prompt).toContain(
			'- "shoes": Footwear of any kind\nName at least one, even where none fits well.',
		);
		expect(prompt).toContain('What to look at: Only the product in front');
		expect(prompt).toContain('"enum":["shoes"]');
	});

	test('gives several where they hold, the surest first', async () => {
		const { items } = await quickRun(
			sandbox,
			{ ...CLASSIFY, ...categories('blue things', 'png files', 'cats'), multiLabel: true },
			await pictureItems('blue'),
		);
		const { labels, confidences } = items[0]?.json as {
			labels: string[];
			confidences: Record<string, number>;
		};
		expect(labels.toSorted()).toEqual(['blue things', 'png files']);
		const sureness = labels.map((label) => confidences[label] ?? 0);
		expect(sureness).toEqual(sureness.toSorted((left, right) => right - left));
	});

	test('Output per Category sends each item to its category, and what fits none or failed to the last', async () => {
		// The sandbox has no word of these but the colours, so that a green picture gets what a hash says: it is told.
		sandbox.scenario.failPrediction = ({ prompt }) =>
			String(prompt).includes('Picture 42')
				? { style: 'logs', status: 'failed', message: 'Too dark.' }
				: null;
		const { status, outputs } = await quickRun(
			sandbox,
			{ ...COLOURS, outputPerCategory: true, text: '=Picture {{ $json.width }}' },
			await pictureItems('blue', 'red', 'red', 'red'),
			{ onError: 'continueRegularOutput' },
		);
		expect(status).toBe('success');
		expect(outputs.map((items) => items.map(({ pairedItem }) => pairedItem))).toEqual([
			[{ item: 1 }, { item: 3 }],
			[{ item: 0 }],
			[{ item: 2 }],
		]);
		expect(outputs[2]?.[0]?.json['error']).toBe('The model could not finish the prediction: Too dark.');
	});

	test.each([
		{ allowOther: true, last: 'Other' },
		{ allowOther: false, last: 'Failed' },
	])('the last output is called $last where allowOther is $allowOther', async ({ allowOther, last }) => {
		sandbox.scenario.failPrediction = () => ({ style: 'logs', status: 'failed', message: 'Too dark.' });
		const parameters = { ...COLOURS, outputPerCategory: true, allowOther };
		const { outputs } = await quickRun(sandbox, parameters, await pictureItems('red'), {
			onError: 'continueRegularOutput',
		});
		expect(outputNames(parameters)).toEqual(['red things', 'blue things', last]);
		expect(outputs.map((items) => items.length)).toEqual([0, 0, 1]);
	});

	test.each<[string, number]>([
		['true', 3],
		['1', 3],
		['no', 1],
		['={{ true }}', 1],
	])('Output per Category as n8n gives it: %s opens %d', async (outputPerCategory, count) => {
		const parameters = { ...COLOURS, outputPerCategory };
		const { outputs } = await quickRun(sandbox, parameters, await pictureItems('red'));
		expect([Math.max(1, outputNames(parameters).length), outputs.length]).toEqual([count, count]);
	});

	test("the label 'other' goes to the last output", async () => {
		const { outputs } = await quickRun(
			sandbox,
			{ ...CLASSIFY, ...categories('cats', 'dogs'), outputPerCategory: true },
			await pictureItems('blue', 'red', 'green', 'white', 'black'),
		);
		expect(outputs).toHaveLength(3);
		const labels = outputs.map((items) => items.map(({ json }) => (json['labels'] as string[])[0]));
		expect(labels.flat()).toHaveLength(5);
		expect(new Set(labels[0])).toEqual(new Set(labels[0]?.map(() => 'cats')));
		expect(new Set(labels[1])).toEqual(new Set(labels[1]?.map(() => 'dogs')));
		expect(labels[2]?.length).toBeGreaterThan(0);
		expect(new Set(labels[2])).toEqual(new Set(['other']));
	});

	test("a category called 'Other' is the one for what fits none", async () => {
		sandbox.scenario.rewriteAnswer = () => '{"labels":[{"label":"other","confidence":0.9}]}';
		const { outputs } = await quickRun(
			sandbox,
			{ ...CLASSIFY, ...categories('cats', 'Other'), outputPerCategory: true },
			await pictureItems('blue'),
		);
		expect(outputs.map((items) => items.map(({ json }) => json['labels']))).toEqual([[], [['Other']], []]);
		expect(sandbox.ledger.predictions[0]?.input['prompt']).toContain('If none fits, name "Other".');
	});

	test.each([
		[0.2, 0.9],
		[0.9, 0.2],
	])('a label that is named twice (%p, then %p) counts once, with the higher', async (...confidences) => {
		sandbox.scenario.rewriteAnswer = () =>
			JSON.stringify({
				labels: [
					...confidences.map((confidence) => ({ label: 'cats', confidence })),
					{ label: 'dogs', confidence: 0.5 },
				],
			});
		const { items } = await quickRun(
			sandbox,
			{ ...CLASSIFY, ...categories('cats', 'dogs'), multiLabel: true },
			await pictureItems('blue'),
		);
		expect(items[0]?.json).toMatchObject({
			labels: ['cats', 'dogs'],
			confidences: { cats: 0.9, dogs: 0.5 },
		});
	});

	test('Continue (using error output) adds the error output behind those of the categories', async () => {
		const items = await pictureItems('blue', 'red');
		items[1] = { json: {} };
		const { outputs } = await quickRun(sandbox, { ...COLOURS, outputPerCategory: true }, items, {
			onError: 'continueErrorOutput',
		});
		expect(outputs.map((given) => given.length)).toEqual([0, 1, 0, 1]);
	});

	test('as a tool of an AI Agent it has one output', async () => {
		const { outputs } = await quickRun(
			sandbox,
			{ ...COLOURS, outputPerCategory: true, inputType: 'binary' },
			await pictureItems('blue', 'red'),
			{ nodeTypeName: 'n8n-nodes-eachlabs.eachLabsTool' },
		);
		expect(outputs[0]?.map(({ json }) => json['labels'])).toEqual([['blue things'], ['red things']]);
		expect(outputs.slice(1).flat()).toEqual([]);
	});

	test("an item whose categories are unusable does not take the others' results with it", async () => {
		const items = await pictureItems('blue', 'red');
		const { status, outputs } = await quickRun(
			sandbox,
			{
				...CLASSIFY,
				...categories('={{ $json.width === 40 ? "" : "red things" }}', 'blue things'),
				outputPerCategory: true,
			},
			items,
			{ onError: 'continueRegularOutput' },
		);
		expect(status).toBe('success');
		expect(outputs.map((given) => given.length)).toEqual([1, 0, 1]);
		expect(outputs[2]?.[0]?.json['error']).toBe('Category 1 has no name');
		expect(sandbox.ledger.predictions).toHaveLength(1);
	});

	const ONE_EACH = 'Give each category a name of its own, or remove it.';

	test.each<[string, INodeParameters, string, string]>([
		[
			'no category',
			categories(),
			"The list 'Categories' is empty",
			"Click 'Add Category' and add at least one.",
		],
		['a category without a name', categories('cats', '={{ " " }}'), 'Category 2 has no name', ONE_EACH],
		['two of one name', categories('cats', 'cats '), "Two categories have the name 'cats'", ONE_EACH],
		[
			"one with the name 'other'",
			categories('cats', 'other'),
			"A category has the name 'other', which stands for what fits no category",
			`Give it another name, or remove it and switch on "Allow 'Other'".`,
		],
	])('%s is refused before anything is paid', async (_what, parameters, message, description) => {
		const { status, error } = await quickRun(sandbox, { ...CLASSIFY, ...parameters }, [
			await itemWithFiles({ data: Buffer.from('never looked at') }),
		]);
		expect({ status, message: error?.message, description: error?.description }).toEqual({
			status: 'error',
			message,
			description: `${description} Nothing was charged for this item.`,
		});
		expect(sandbox.ledger.predictions).toEqual([]);
		expect(sandbox.ledger.presigns).toBe(0);
	});
});
