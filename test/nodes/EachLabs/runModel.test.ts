import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { NodeRun, NodeRunOptions } from '../../support/runNode';
import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';
import { pictureItems, quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';

describe('Model → Run', () => {
	const sandbox = sandboxPerTest();

	const run = async (
		slug: string,
		values: IDataObject,
		parameters: INodeParameters = {},
		settings: Partial<NodeRunOptions> = {},
	): Promise<NodeRun> =>
		await quickRun(
			sandbox,
			{
				resource: 'model',
				operation: 'run',
				modelId: { __rl: true, mode: 'id', value: slug },
				inputFields: { mappingMode: 'defineBelow', value: values, schema: [] } as unknown as INodeParameters,
				...parameters,
			},
			settings.items ?? [{ json: {} }],
			settings,
		);

	const inputs = () => sandbox.ledger.predictions.map(({ input }) => input);
	const uploads = () => sandbox.ledger.files.map(({ publicUrl }) => publicUrl);
	const file = (binaryPropertyName: string, modelField = '') => ({
		files: [{ binaryPropertyName, modelField }],
	});

	test('sends the fields as the model takes them, waits, and gives the output as it is and as a text', async () => {
		const { items, status } = await run('sandbox-picture-maker', {
			prompt: 'A red boat',
			num_images: '2',
			aspect_ratio: '16:9',
		});
		expect(status).toBe('success');
		expect(inputs()).toEqual([{ prompt: 'A red boat', num_images: 2, aspect_ratio: '16:9' }]);
		const [prediction] = sandbox.ledger.predictions;
		const urls = items[0]?.json.output as string[];
		expect(urls).toEqual([expect.stringMatching(/^http/), expect.stringMatching(/^http/)]);
		expect(items).toEqual([
			{
				json: {
					text: urls.join('\n'),
					output: urls,
					predictionId: prediction?.id,
					model: 'sandbox-picture-maker',
					cost: prediction?.billedUsd,
					predictTime: expect.any(Number),
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	test('leaves out fields that are empty, so that the model takes its own default', async () => {
		await run('sandbox-picture-maker', { prompt: 'A boat', num_images: null, aspect_ratio: '' });
		expect(inputs()).toEqual([{ prompt: 'A boat' }]);
	});

	test("puts the item's files into the field that the model has for them, and deletes them after the run", async () => {
		const items = await pictureItems('red', 'blue');
		const done = await run(
			'sandbox-picture-words',
			{ prompt: 'What is it?', max_tokens: 300 },
			{ inputFiles: file('data') },
			{ items },
		);
		expect(done.status).toBe('success');
		expect(
			inputs()
				.map(({ image_url: url }) => url)
				.sort(),
		).toEqual([...uploads()].sort());
		expect(inputs()[0]).toMatchObject({ prompt: 'What is it?', max_tokens: 300 });
		expect(done.items.map(({ json }) => /(\d+)×30/.exec(json.text as string)?.[1])).toEqual(['40', '41']);
		expect(done.items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		expect(sandbox.ledger.files.every(({ deleted }) => deleted)).toBe(true);
	});

	test('puts several files into a list, behind the addresses that are there, and a file into the field that is named', async () => {
		const [first, second] = await Promise.all([testMedia.picture(40, 30), testMedia.picture(41, 30)]);
		const items = [await itemWithFiles({ first, second })];
		const { items: given } = await run(
			'sandbox-picture-question',
			{ question: 'Which is larger?' },
			{
				inputFiles: {
					files: [
						{ binaryPropertyName: 'second', modelField: 'images' },
						{ binaryPropertyName: 'first', modelField: '' },
					],
				},
			},
			{ items },
		);
		expect(given[0]?.json.text).toMatch(
			/Medium 1 of 2 is a PNG picture of 41×30 pixels.*Medium 2 of 2 .* 40×30/,
		);
		expect(given[0]?.json.output).toEqual({ text: given[0]?.json.text, model: 'sandbox-picture-question' });
	});

	test.each([
		['by comma', 'https://example.com/a,1.jpg, https://example.com/b.jpg'],
		['as JSON', '["https://example.com/a,1.jpg", "https://example.com/b.jpg"]'],
		['as a list', ['https://example.com/a,1.jpg', 'https://example.com/b.jpg']],
	])('takes a list of addresses %s', async (_, images) => {
		await run('sandbox-picture-question', { question: 'Which?', images });
		expect(inputs()).toEqual([
			{ question: 'Which?', images: ['https://example.com/a,1.jpg', 'https://example.com/b.jpg'] },
		]);
	});

	test("takes values of the item, each item its own, and all fields from an expression in 'Additional Input'", async () => {
		const items = [{ json: { what: 'A boat', count: 2 } }, { json: { what: 'A tree', count: 1 } }];
		const { items: given } = await run(
			'sandbox-picture-maker',
			{ prompt: '={{ $json.what }}', num_images: '={{ $json.count }}' },
			{},
			{ items },
		);
		expect(given.map(({ json }) => (json.output as string[]).length)).toEqual([2, 1]);
		await run(
			'sandbox-picture-maker',
			{},
			{ options: { additionalInput: '={{ { prompt: $json.what } }}' } },
			{ items },
		);
		expect(inputs()).toHaveLength(4);
		expect(inputs()).toEqual(
			expect.arrayContaining([
				{ prompt: 'A boat', num_images: 2 },
				{ prompt: 'A tree', num_images: 1 },
				{ prompt: 'A boat' },
				{ prompt: 'A tree' },
			]),
		);
	});

	test('Additional Input wins, the whole prediction and the input fields are added on demand', async () => {
		const { items } = await run(
			'sandbox-picture-maker',
			{ prompt: 'A boat', num_images: 1 },
			{ simplify: false, options: { additionalInput: '{"num_images": 3}', includeInputFields: true } },
			{ items: [{ json: { post: 7, error: 'of an earlier node' } }] },
		);
		expect(inputs()).toEqual([{ prompt: 'A boat', num_images: 3 }]);
		expect(items[0]?.json).toMatchObject({ post: 7, prediction: { status: 'success', input: inputs()[0] } });
		expect(items[0]?.json).not.toHaveProperty('error');
	});

	test.each([
		[
			'a choice that there is not',
			{ prompt: 'A boat', aspect_ratio: '2:1' },
			"The field 'aspect_ratio' is '2:1', and the model takes only: 1:1, 16:9, 9:16",
		],
		[
			'a number that is too large',
			{ prompt: 'A boat', num_images: 9 },
			"The field 'num_images' is 9, and the model takes a whole number from 1 up to 4",
		],
		[
			'half an image',
			{ prompt: 'A boat', num_images: 1.5 },
			"The field 'num_images' is 1.5, and the model takes a whole number from 1 up to 4",
		],
		[
			'a text for a number',
			{ prompt: 'A boat', num_images: 'two' },
			"The field 'num_images' is 'two', and the model takes a whole number from 1 up to 4",
		],
		[
			'an object for a text',
			{ prompt: { a: 1 } },
			`The field 'prompt' is {"a":1}, and the model takes a text`,
		],
		[
			'a field of another model',
			{ prompt: 'A boat', seed: 1 },
			"The model sandbox-picture-maker has no field 'seed', which stands under 'Input Fields'",
		],
		[
			'nothing for a field that it needs',
			{ num_images: 2 },
			"The model sandbox-picture-maker needs 'prompt'",
		],
	])('refuses %s before anything is paid', async (_, values, message) => {
		const { status, error } = await run('sandbox-picture-maker', values as IDataObject);
		expect({ status, message: error?.message }).toEqual({ status: 'error', message });
		expect(error?.description).toMatch(/\.$/);
		expect(sandbox.ledger.predictions).toEqual([]);
	});

	test('refuses a file that the model has no field for, before it is sent', async () => {
		const items = await pictureItems('red');
		const inputFiles = file('data');
		const nowhere = await run('sandbox-picture-maker', { prompt: 'A boat' }, { inputFiles }, { items });
		expect(nowhere.error?.message).toBe(
			'The model sandbox-picture-maker has no field for images that can be told by its name',
		);
		const twice = await run(
			'sandbox-picture-words',
			{ prompt: 'What?', image_url: 'https://example.com/a.jpg' },
			{ inputFiles },
			{ items },
		);
		expect(twice.error?.message).toBe("The field 'image_url' takes one file, and the item has more for it");
		const missing = await run('sandbox-picture-words', { prompt: 'What?' }, {}, { items });
		expect(missing.error).toMatchObject({
			message: "The model sandbox-picture-words needs 'image_url'",
			description:
				"Fill it in under 'Input Fields', or add the item's file under 'Files'. Nothing was charged for this item.",
		});
		expect(sandbox.ledger.presigns).toBe(0);
	});

	test('a failed item does not take the others with it', async () => {
		const { items } = await run(
			'sandbox-picture-maker',
			{ prompt: '={{ $json.prompt }}' },
			{},
			{
				items: [{ json: { prompt: 'A boat' } }, { json: { prompt: '' } }, { json: { prompt: 'A tree' } }],
				onError: 'continueRegularOutput',
			},
		);
		expect(items.map(({ json }) => json.error ?? 'fine')).toEqual([
			'fine',
			"The model sandbox-picture-maker needs 'prompt'",
			'fine',
		]);
	});

	test('a stop cancels what is in flight', async () => {
		sandbox.scenario.runTimeMs = { min: 60_000, max: 60_000 };
		const stop = new AbortController();
		const running = run('sandbox-picture-maker', { prompt: 'A boat' }, {}, { signal: stop.signal });
		while (sandbox.ledger.predictions.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
		stop.abort();
		expect((await running).status).toBe('canceled');
		expect(sandbox.ledger.predictions).toMatchObject([{ status: 'cancelled', cancelRequests: 1 }]);
	});

	test('Retry On Fail does not buy again what the try before has bought', async () => {
		let failuresLeft = 1;
		sandbox.scenario.failPrediction = ({ prompt }) =>
			prompt === 'A tree' && failuresLeft-- > 0
				? { style: 'logs', status: 'failed', message: 'Out of paint' }
				: null;
		const { items, status } = await run(
			'sandbox-picture-maker',
			{ prompt: '={{ $json.prompt }}' },
			{},
			{
				items: [{ json: { prompt: 'A boat' } }, { json: { prompt: 'A tree' } }],
				retryOnFail: true,
				maxTries: 2,
				waitBetweenTries: 1,
			},
		);
		expect(status).toBe('success');
		expect(items).toHaveLength(2);
		expect(
			inputs()
				.map(({ prompt }) => prompt)
				.sort(),
		).toEqual(['A boat', 'A tree', 'A tree']);
	});
});
