import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import type { NodeRun } from '../../support/runNode';
import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';
import { billedUsd, pictureItems, quickRun, shownUsd } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';
import { closingHint } from '../../support/closingHint';
import { hurryEachTest } from '../../support/hurryHostClock';

hurryEachTest(5);

const SIX = ['red', 'blue', 'green', 'red', 'white', 'black'] as const;
const CLASSIFY: INodeParameters = {
	resource: 'image',
	operation: 'classify',
	categories: {
		categories: [
			{ category: 'red things', description: '' },
			{ category: 'blue things', description: '' },
		],
	},
};
const EXTRACT: INodeParameters = {
	resource: 'image',
	operation: 'extract',
	schemaType: 'fromJson',
	jsonSchemaExample: '{"colour": "red", "width": 1, "isNew": true}',
};
const CONTINUE = { onError: 'continueRegularOutput' } as const;

const OF_THE_REQUEST = new Set(['predictionId', 'cost', 'predictTime', 'earlierPredictionIds']);

/** What an operation says of an item, without what belongs to the request. */
function answersOf({ outputs }: NodeRun): unknown {
	return outputs.map((items) =>
		items.map(({ json, pairedItem }) => ({
			answer: Object.entries(json).filter(([name]) => !OF_THE_REQUEST.has(name)),
			pairedItem,
		})),
	);
}

const paired = (items: INodeExecutionData[]): number[] =>
	items.map(({ pairedItem }) => (pairedItem as { item: number }).item);

describe('Items per Prediction', () => {
	const sandbox = sandboxPerTest();
	const promptOf = (ordinal: number) => String(sandbox.ledger.predictions[ordinal]?.input['prompt']);

	test.each<[string, INodeParameters]>([
		['altText', { resource: 'image', operation: 'altText' }],
		['analyze', { resource: 'image', operation: 'analyze', text: 'What is it?' }],
		['classify', CLASSIFY],
		['moderate', { resource: 'image', operation: 'moderate' }],
		['extract', EXTRACT],
	])('%s gives each item what it gets by itself', async (_operation, parameters) => {
		const items = await pictureItems(...SIX);
		const alone = await quickRun(sandbox, parameters, items);
		expect(sandbox.ledger.predictions).toHaveLength(6);
		const grouped = await quickRun(sandbox, { ...parameters, itemsPerPrediction: 4 }, items);
		expect(sandbox.ledger.predictions).toHaveLength(8);
		expect(answersOf(grouped)).toEqual(answersOf(alone));
		expect(paired(grouped.items).toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
		expect(shownUsd(alone) + shownUsd(grouped)).toBeCloseTo(billedUsd(sandbox), 12);
		expect(sandbox.ledger.files.filter(({ deleted }) => !deleted)).toEqual([]);
	});

	test('each answer is about the bytes of its own item, also where items have several files', async () => {
		const items = await pictureItems(...SIX.slice(0, 4));
		const second = await itemWithFiles({ more: await testMedia.picture(99, 10) });
		items[1] = { json: {}, binary: { ...items[1]?.binary, ...second.binary } };
		const { items: given } = await quickRun(
			sandbox,
			{ resource: 'image', operation: 'analyze', binaryPropertyName: '*', itemsPerPrediction: 10 },
			items,
		);
		expect(sandbox.ledger.predictions).toHaveLength(1);
		expect(promptOf(0)).toMatch(
			/Item 1, tag \w{3}: file 1\nItem 2, tag \w{3}: files 2 to 3\nItem 3, tag \w{3}: file 4\nItem 4, tag \w{3}: file 5$/,
		);
		const texts = given.map(({ json }) => json['text'] as string);
		for (const [position, width] of [40, 41, 42, 43].entries()) {
			expect(texts[position]).toContain(`${width}×30 pixels`);
			expect(texts[position]?.includes('99×10')).toBe(position === 1);
		}
	});

	test.each([
		['missingEntries', [2, 5]],
		['wrongIndex', [0, 1, 5]],
		['wrongShape', [0, 1, 2, 3, 4, 5]],
		['noJson', [0, 1, 2, 3, 4, 5]],
	] as const)('entries that are missing or wrong (%s) are asked for alone, once', async (style, again) => {
		sandbox.scenario.answerStyle = (_input, ordinal) => (ordinal === 0 ? style : 'plain');
		const run = await quickRun(sandbox, { ...EXTRACT, itemsPerPrediction: 6 }, await pictureItems(...SIX));
		const [group, ...others] = sandbox.ledger.predictions;
		expect(others).toHaveLength(again.length);
		for (const { input } of others) expect(input['image_urls']).toHaveLength(1);
		for (const [position, { json }] of run.items.entries()) {
			expect(json['output']).toMatchObject({ width: 40 + position });
			if ((again as readonly number[]).includes(position)) {
				expect(json['earlierPredictionIds']).toEqual([group?.id]);
				expect(others.map(({ id }) => id)).toContain(json['predictionId']);
			} else {
				expect(json).toMatchObject({ predictionId: group?.id });
				expect(json).not.toHaveProperty('earlierPredictionIds');
			}
		}
		expect(shownUsd(run)).toBeCloseTo(billedUsd(sandbox), 12);
		// The files were still there: none was uploaded again.
		expect(sandbox.ledger.files).toHaveLength(6);
	});

	test('of an answer that was cut off, what came before the cut stands', async () => {
		sandbox.scenario.answerStyle = (_input, ordinal) => (ordinal === 0 ? 'cutOff' : 'plain');
		const run = await quickRun(sandbox, { ...EXTRACT, itemsPerPrediction: 6 }, await pictureItems(...SIX));
		const again = run.items.map(({ json }) => json['earlierPredictionIds'] !== undefined);
		expect(again[0]).toBe(false);
		expect(again[5]).toBe(true);
		expect(again).toEqual(again.toSorted((left, right) => Number(left) - Number(right)));
		expect(sandbox.ledger.predictions).toHaveLength(1 + again.filter(Boolean).length);
		expect(run.items.map(({ json }) => (json['output'] as IDataObject)['width'])).toEqual([
			40, 41, 42, 43, 44, 45,
		]);
		expect(shownUsd(run)).toBeCloseTo(billedUsd(sandbox), 12);
	});

	test('who gets no answer alone either is an error with both ids and both costs; nobody is asked a third time', async () => {
		sandbox.scenario.answerStyle = ({ image_urls }) =>
			(image_urls as string[]).length > 1 ? 'missingEntries' : 'noJson';
		const run = await quickRun(
			sandbox,
			{ ...EXTRACT, itemsPerPrediction: 3 },
			await pictureItems('red', 'blue', 'green'),
			CONTINUE,
		);
		const [group, alone, ...more] = sandbox.ledger.predictions;
		expect(more).toEqual([]);
		expect(run.items[2]?.json).toMatchObject({
			error: expect.stringMatching(/^The model's answer does not fit the schema: /),
			details: {
				predictionId: alone?.id,
				earlierPredictionIds: [group?.id],
				rawOutput: expect.stringContaining('told to answer in words'),
			},
		});
		expect(shownUsd(run)).toBeCloseTo(billedUsd(sandbox), 12);
	});

	test('a group is made smaller where its answer would be too long, and the step says so', async () => {
		const { hints, items } = await quickRun(
			sandbox,
			{ ...EXTRACT, itemsPerPrediction: 100, options: { maxOutputTokens: 250 } },
			await pictureItems('red', 'blue', 'green'),
		);
		expect(hints.map(({ message }) => message)).toEqual([
			"'Items per Prediction' was lowered from 100 to 2, since the model's answer can't be longer.",
			closingHint,
		]);
		expect(items).toHaveLength(3);
		expect(sandbox.ledger.predictions).toHaveLength(2);
	});

	test('a request has at most 10 videos, and the step says so', async () => {
		const { hints, items } = await quickRun(
			sandbox,
			{
				resource: 'video',
				operation: 'extract',
				schemaType: 'fromJson',
				jsonSchemaExample: '{"isSharp": true}',
				inputType: 'url',
				videoUrls: '=https://example.com/{{ $itemIndex }}.mp4',
				itemsPerPrediction: 12,
			},
			Array.from({ length: 12 }, () => ({ json: {} })),
		);
		expect(
			sandbox.ledger.predictions
				.map(({ input }) => (input['image_urls'] as string[]).length)
				.sort((one, other) => other - one),
		).toEqual([10, 2]);
		expect(paired(items)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
		expect(hints.map(({ message }) => message)).toEqual([
			"A request of gemini-2-0-flash-lite can't hold the files of 12 items, so some share theirs with fewer than 'Items per Prediction' says.",
			closingHint,
		]);
	});

	test('items that ask for something else never share a request', async () => {
		const { items } = await quickRun(
			sandbox,
			{ ...CLASSIFY, itemsPerPrediction: 4, text: '=Only the {{ $json.width % 2 ? "front" : "back" }}' },
			await pictureItems('red', 'blue', 'red', 'blue'),
		);
		const prompts = sandbox.ledger.predictions.map((_, ordinal) => promptOf(ordinal));
		expect(prompts).toHaveLength(2);
		expect(prompts.filter((prompt) => prompt.includes('Only the front'))).toHaveLength(1);
		expect(prompts.filter((prompt) => prompt.includes('Only the back'))).toHaveLength(1);
		expect(items.map(({ json }) => json['labels'])).toEqual([
			['red things'],
			['blue things'],
			['red things'],
			['blue things'],
		]);
		const ids = items.map(({ json }) => json['predictionId']);
		expect(ids[0]).toBe(ids[2]);
		expect(ids[1]).toBe(ids[3]);
		expect(ids[0]).not.toBe(ids[1]);
	});

	test('a bad file ends its own item: what it is not, and what was cut off', async () => {
		const jpeg = await testMedia.picture(60, 40, { colour: 'red', format: 'jpeg' });
		const items = await pictureItems('red', 'blue', 'green', 'red', 'blue');
		items[1] = await itemWithFiles({
			data: { bytes: Buffer.from('<html><body>Not found</body></html>'), mimeType: 'image/png' },
		});
		items[3] = await itemWithFiles({
			data: { bytes: jpeg.subarray(0, jpeg.length - 40), mimeType: 'image/jpeg' },
		});
		const run = await quickRun(sandbox, { ...EXTRACT, itemsPerPrediction: 5 }, items, CONTINUE);
		expect(run.items.map(({ json }) => (json['output'] as IDataObject | undefined)?.['width'])).toEqual([
			40,
			undefined,
			42,
			undefined,
			44,
		]);
		for (const position of [1, 3]) {
			expect(run.items[position]?.json).toMatchObject({
				error: expect.stringMatching(/^The file 'data\.(png|jpg)' in binary field 'data' .+/),
				details: { kind: 'invalidInput' },
			});
		}
		expect(sandbox.ledger.predictions).toHaveLength(1);
		expect(sandbox.ledger.predictions[0]?.input['image_urls']).toHaveLength(3);
		expect(sandbox.ledger.files.filter(({ deleted }) => !deleted)).toEqual([]);
	});

	test('a prediction that fails ends the items of its group, each with its id; the others go on', async () => {
		sandbox.scenario.failPrediction = (_input, ordinal) =>
			ordinal === 0 ? { style: 'logs', status: 'failed', message: 'Too dark.' } : null;
		const run = await quickRun(
			sandbox,
			{ ...EXTRACT, itemsPerPrediction: 2, options: { maxConcurrency: 1 } },
			await pictureItems('red', 'blue', 'green', 'red'),
			CONTINUE,
		);
		const [failed] = sandbox.ledger.predictions;
		expect(sandbox.ledger.predictions).toHaveLength(2);
		const ofFailed = run.items.filter(
			({ json }) => (json['details'] as IDataObject | undefined)?.['predictionId'] === failed?.id,
		);
		expect(ofFailed.map(({ json }) => json['error'])).toEqual([
			'The model could not finish the prediction: Too dark.',
			'The model could not finish the prediction: Too dark.',
		]);
		expect(run.items.filter(({ json }) => json['output'] !== undefined)).toHaveLength(2);
		expect(shownUsd(run)).toBeCloseTo(billedUsd(sandbox), 12);
	});

	test.each<[string, string, number]>([
		['blocked', 'Request blocked by content moderation', 0],
		['unreadable', 'Could not decode image data', 13],
		['unreachable', 'Failed to fetch the url: 404', 19],
	])(
		'a member that is %s ends its own item only, in at most 7 requests for 20 items',
		async (_what, message, bad) => {
			sandbox.scenario.failPrediction = ({ image_urls }) =>
				(image_urls as string[]).some((url) => url.endsWith(`/${bad}.png`))
					? { style: 'envelope', status: 'failed', message }
					: null;
			const run = await quickRun(
				sandbox,
				{
					resource: 'image',
					operation: 'analyze',
					text: 'What is it?',
					inputType: 'url',
					imageUrls: '=https://example.com/{{ $itemIndex }}.png',
					itemsPerPrediction: 20,
				},
				Array.from({ length: 20 }, () => ({ json: {} })),
				CONTINUE,
			);
			expect(
				run.items.flatMap(({ json }, position) => (json['error'] === undefined ? [] : [position])),
			).toEqual([bad]);
			expect(run.items[bad]?.json['error']).toContain(message);
			expect(sandbox.ledger.predictions.length).toBeLessThanOrEqual(7);
			expect(shownUsd(run)).toBeCloseTo(billedUsd(sandbox), 12);
		},
	);

	test('a member that the failure names is left out at once', async () => {
		sandbox.scenario.failPrediction = ({ image_urls }) =>
			(image_urls as string[]).some((url) => url.endsWith('/3.png'))
				? { style: 'envelope', status: 'failed', message: 'Failed to download https://example.com/3.png' }
				: null;
		const run = await quickRun(
			sandbox,
			{
				resource: 'image',
				operation: 'analyze',
				text: 'What is it?',
				inputType: 'url',
				imageUrls: '=https://example.com/{{ $itemIndex }}.png',
				itemsPerPrediction: 8,
			},
			Array.from({ length: 8 }, () => ({ json: {} })),
			CONTINUE,
		);
		expect(sandbox.ledger.predictions.map(({ input }) => (input['image_urls'] as string[]).length)).toEqual([
			8, 7,
		]);
		expect(run.items[3]?.json).toMatchObject({
			error: expect.stringContaining('https://example.com/3.png'),
			details: { description: expect.stringMatching(/^8 items shared this request\. /) },
		});
		expect(run.items.filter(({ json }) => json['error'] !== undefined)).toHaveLength(1);
	});

	test.each<[string, (entries: ReadonlyArray<{ index: number; tag?: string; answer: unknown }>) => unknown]>([
		['numbered from 0', (entries) => entries.map((entry) => ({ ...entry, index: entry.index - 1 }))],
		['shuffled', (entries) => entries.toReversed()],
		[
			'renumbered after an omission',
			(entries) => entries.slice(1).map((entry, position) => ({ ...entry, index: position + 1 })),
		],
		[
			'without tags, numbered from 0',
			(entries) => entries.map(({ index, answer }) => ({ index: index - 1, answer })),
		],
		[
			'by number',
			(entries) =>
				Object.fromEntries(entries.map(({ index, tag, answer }) => [`Item ${index}`, { tag, answer }])),
		],
		['under a name', (entries) => ({ results: entries })],
	])('an answer that is %s gives each item its own result', async (_what, change) => {
		sandbox.scenario.rewriteAnswer = ({ entries }) =>
			entries === undefined ? undefined : JSON.stringify(change(entries));
		const run = await quickRun(sandbox, { ...EXTRACT, itemsPerPrediction: 6 }, await pictureItems(...SIX));
		expect(run.items.map(({ json }) => (json['output'] as IDataObject)['width'])).toEqual([
			40, 41, 42, 43, 44, 45,
		]);
		expect(shownUsd(run)).toBeCloseTo(billedUsd(sandbox), 12);
	});

	test('Stop Workflow names the id of a group once', async () => {
		sandbox.scenario.failPrediction = (_input, ordinal) =>
			ordinal === 1 ? { style: 'logs', status: 'failed', message: 'Too dark.' } : null;
		const { error } = await quickRun(
			sandbox,
			{ ...EXTRACT, itemsPerPrediction: 3, options: { maxConcurrency: 1 } },
			await pictureItems(...SIX),
		);
		const [good, bad] = sandbox.ledger.predictions.map(({ id }) => id);
		expect(error?.description).toContain(
			`(prediction ID ${bad}) One other prediction of this run had been created; 'Prediction → Get' fetches their results: ${good}. `,
		);
		expect((error as unknown as { context: IDataObject }).context['predictionIds']).toEqual(
			expect.arrayContaining([good, bad]),
		);
	});

	test('Retry On Fail buys nothing again: neither a group that stands, nor one that was asked for alone', async () => {
		sandbox.scenario.answerStyle = (_input, ordinal) => (ordinal === 0 ? 'missingEntries' : 'plain');
		sandbox.scenario.failPrediction = (_input, ordinal) =>
			ordinal === 1 || ordinal === 3 ? { style: 'logs', status: 'failed', message: 'Too dark.' } : null;
		const run = await quickRun(
			sandbox,
			{ ...EXTRACT, itemsPerPrediction: 3, options: { maxConcurrency: 1 } },
			await pictureItems(...SIX),
			{ retryOnFail: true, maxTries: 4, waitBetweenTries: 10 },
		);
		expect(run.status).toBe('success');
		expect(run.items.map(({ json }) => (json['output'] as IDataObject)['width'])).toEqual([
			40, 41, 42, 43, 44, 45,
		]);
		const succeeded = sandbox.ledger.predictions.filter(({ status }) => status === 'success');
		// The first group, its third item alone, and the second group: each once.
		expect(succeeded.map(({ input }) => (input['image_urls'] as string[]).length).toSorted()).toEqual([
			1, 3, 3,
		]);
		expect(sandbox.ledger.predictions).toHaveLength(5);
		expect(shownUsd(run)).toBeCloseTo(billedUsd(sandbox), 12);
	});

	test('Max Cost ends what is left, group by group', async () => {
		const run = await quickRun(
			sandbox,
			{ ...EXTRACT, itemsPerPrediction: 2, options: { maxCost: 0.0001 } },
			await pictureItems(...SIX),
			CONTINUE,
		);
		expect(billedUsd(sandbox)).toBeLessThanOrEqual(0.0001);
		expect(sandbox.ledger.predictions).toHaveLength(1);
		const refused = run.items.filter(({ json }) => json['error'] !== undefined);
		expect(refused).toHaveLength(4);
		for (const { json } of refused) {
			expect(json['error']).toMatch(/^This item was not started: .* would pass its limit of 0\.0001 USD$/);
		}
		expect(shownUsd(run)).toBeCloseTo(billedUsd(sandbox), 12);
	});

	test('Max Cost, once it is reached, also ends the uploads', async () => {
		const items = await pictureItems(...SIX, 'black', 'white');
		const run = await quickRun(
			sandbox,
			{ ...EXTRACT, options: { maxCost: 0.00001, maxConcurrency: 1 } },
			items,
			CONTINUE,
		);
		expect(sandbox.ledger.predictions).toHaveLength(1);
		expect(run.items.filter(({ json }) => json['error'] === undefined)).toHaveLength(1);
		// The first, and those that are made ready while it runs.
		expect(sandbox.ledger.files.length).toBeLessThan(items.length);
		expect(sandbox.ledger.files.filter(({ deleted }) => !deleted)).toEqual([]);
	});

	test('Max Cost holds for entries that are asked for alone; what their group cost is shown', async () => {
		sandbox.scenario.answerStyle = () => 'missingEntries';
		const run = await quickRun(
			sandbox,
			{ ...EXTRACT, itemsPerPrediction: 3, options: { maxCost: 0.00001 } },
			await pictureItems('red', 'blue', 'green'),
			CONTINUE,
		);
		const [group, ...others] = sandbox.ledger.predictions;
		expect(others).toEqual([]);
		expect(run.items[2]?.json).toMatchObject({
			error: expect.stringMatching(/^This item was not started: /),
			details: { kind: 'costLimit', earlierPredictionIds: [group?.id] },
		});
		expect(shownUsd(run)).toBeCloseTo(billedUsd(sandbox), 12);
	});

	test.each([
		{ count: 6, maxConcurrency: 10, sizes: [1, 1, 1, 1, 1, 1] },
		{ count: 6, maxConcurrency: 3, sizes: [2, 2, 2] },
		{ count: 7, maxConcurrency: 3, sizes: [1, 3, 3] },
		{ count: 24, maxConcurrency: 1, sizes: [12, 12] },
	])(
		'left to the node, $count pictures at a concurrency of $maxConcurrency share $sizes',
		async ({ count, maxConcurrency, sizes }) => {
			const colours = Array.from({ length: count }, (_, index) => SIX[index % SIX.length] ?? 'red');
			const run = await quickRun(
				sandbox,
				{ ...CLASSIFY, options: { itemsPerPrediction: 0, maxConcurrency } },
				await pictureItems(...colours),
			);
			expect(run.status).toBe('success');
			expect(paired(run.items).sort((one, other) => one - other)).toEqual(colours.map((_, index) => index));
			expect(
				sandbox.ledger.predictions
					.map(({ input }) => (input['image_urls'] as string[]).length)
					.sort((one, other) => one - other),
			).toEqual(sizes);
			expect(run.hints.map(({ message }) => message)).toEqual([closingHint]);
		},
	);

	test('left to the node, an item of two files goes by itself', async () => {
		const [first, second, third] = await Promise.all(
			[40, 50, 60].map(async (width) => await testMedia.picture(width, 30)),
		);
		const run = await quickRun(
			sandbox,
			{
				resource: 'image',
				operation: 'analyze',
				text: 'What is it?',
				binaryPropertyName: '*',
				options: { itemsPerPrediction: 0, maxConcurrency: 1 },
			},
			[
				await itemWithFiles({ data: first as Buffer }),
				await itemWithFiles({ one: second as Buffer, other: third as Buffer }),
				await itemWithFiles({ data: third as Buffer }),
			],
		);
		expect(run.status).toBe('success');
		expect(
			sandbox.ledger.predictions
				.map(({ input }) => (input['image_urls'] as string[]).length)
				.sort((one, other) => one - other),
		).toEqual([2, 2]);
		expect(paired(run.items)).toEqual([0, 1, 2]);
	});

	test.each([
		['a negative number', -1],
		['3,001', 3_001],
		['a fraction', 1.5],
		['no number', '={{ "many" }}'],
		['nothing', '={{ undefined }}'],
	])('%s is refused before anything is paid', async (_what, itemsPerPrediction) => {
		const { error } = await quickRun(sandbox, { ...EXTRACT, itemsPerPrediction }, await pictureItems('red'));
		expect(error?.message).toMatch(
			/^'Items per Prediction' is (-1|3001|1\.5|"many"|undefined|null); it has to be a whole number from 0 to 3,000$/,
		);
		expect(error?.description).toBe(
			'Set it within that range; 1 asks about each item by itself, and 0 leaves it to the node. Nothing was charged for this item.',
		);
		expect(sandbox.ledger.presigns).toBe(0);
	});
});
