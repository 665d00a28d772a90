import type { INodeParameters } from 'n8n-workflow';

import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';
import { quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';

/** Which file a result is about, and the results of the files of one item. */
describe('the file names of a result', () => {
	const sandbox = sandboxPerTest();
	const ANALYZE: INodeParameters = { resource: 'image', operation: 'analyze' };
	const picture = async (fileName: string, width = 40) => ({
		bytes: await testMedia.picture(width, 30),
		fileName,
	});

	test('come first, then the result, then ids and cost, then the fields of the input', async () => {
		const { items } = await quickRun(sandbox, { ...ANALYZE, options: { includeInputFields: true } }, [
			await itemWithFiles({ data: await picture('shoe.png') }, { sku: 7, text: 'not this', error: 'old' }),
		]);
		expect(Object.keys(items[0]?.json ?? {})).toEqual([
			...['fileName', 'text', 'predictionId', 'model', 'cost', 'predictTime', 'sku'],
		]);
		expect(items[0]?.json).toMatchObject({ fileName: 'shoe.png', sku: 7 });
	});

	test('are a list where an item has several files', async () => {
		const { items } = await quickRun(sandbox, { ...ANALYZE, binaryPropertyName: 'a,b' }, [
			await itemWithFiles({ a: await picture('before.png'), b: await picture('after.png', 41) }),
		]);
		expect(Object.entries(items[0]?.json ?? {})[0]).toEqual(['fileNames', ['before.png', 'after.png']]);
	});

	test.each([
		['the last part of an address', 'https://example.com/shop/red%20shoe.jpg?size=2#top', 'red shoe.jpg'],
		['without the slash behind it', 'https://example.com/photos/42/', '42'],
		['the host where there is no path', 'https://pictures.example.com', 'pictures.example.com'],
	])('by URL: %s', async (_, url, fileName) => {
		const { items } = await quickRun(sandbox, { ...ANALYZE, inputType: 'url', imageUrls: url }, [
			{ json: {} },
		]);
		expect(items[0]?.json).toMatchObject({ fileName });
	});

	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'stand on an item that failed, too, with the fields of its input (%s)',
		async (onError) => {
			const { items, outputs } = await quickRun(
				sandbox,
				{ ...ANALYZE, options: { includeInputFields: true } },
				[
					await itemWithFiles(
						{ data: { bytes: Buffer.from('<html></html>'), fileName: 'page.png' } },
						{ sku: 1 },
					),
					await itemWithFiles({ data: await picture('good.png') }, { sku: 2 }),
				],
				{ onError },
			);
			const all = onError === 'continueErrorOutput' ? outputs.flat() : items;
			const failed = all.find(({ json }) => json['error'] !== undefined);
			const good = all.find(({ json }) => json['error'] === undefined);
			expect(failed).toMatchObject({
				json: { fileName: 'page.png', sku: 1, error: expect.stringContaining('page.png') },
				pairedItem: { item: 0 },
			});
			expect(good?.json).toMatchObject({ fileName: 'good.png', sku: 2 });
			if (onError === 'continueErrorOutput') expect(outputs.map((output) => output.length)).toEqual([1, 1]);
			else expect(Object.keys(failed?.json ?? {})).toEqual(['fileName', 'error', 'details', 'sku']);
		},
	);

	test('with Separate Files each file has a result of its own, paired with its item', async () => {
		const { items } = await quickRun(
			sandbox,
			{ ...ANALYZE, binaryPropertyName: 'a,b', options: { separateFiles: true } },
			[
				await itemWithFiles({ a: await picture('a.png', 40), b: await picture('b.png', 41) }),
				await itemWithFiles({ a: await picture('c.png', 42), b: await picture('d.png', 43) }),
			],
		);
		expect(items.map(({ json, pairedItem }) => [json['fileName'], pairedItem])).toEqual([
			['a.png', { item: 0 }],
			['b.png', { item: 0 }],
			['c.png', { item: 1 }],
			['d.png', { item: 1 }],
		]);
		for (const [position, { json }] of items.entries()) expect(json['text']).toContain(String(40 + position));
		expect(sandbox.ledger.predictions).toHaveLength(4);
	});

	test('with Separate Files a file that is no medium ends the run before anything is paid', async () => {
		const { status } = await quickRun(
			sandbox,
			{ ...ANALYZE, binaryPropertyName: 'a,b', options: { separateFiles: true } },
			[await itemWithFiles({ a: await picture('a.png'), b: { bytes: Buffer.from('<html></html>') } })],
		);
		expect(status).toBe('error');
		expect(sandbox.ledger.predictions).toEqual([]);
	});

	test.each([
		['named', 'a,b,c', {}],
		['all', '*', {}],
		['in shared requests', 'a,b,c', { itemsPerPrediction: 3 }],
	])(
		'with Separate Files a bad file fails its own result only, where the run goes on: %s',
		async (_, names, more) => {
			const { items } = await quickRun(
				sandbox,
				{ ...ANALYZE, binaryPropertyName: names, options: { separateFiles: true, ...more } },
				[
					await itemWithFiles({
						a: await picture('a.png', 40),
						b: { bytes: Buffer.from('<html></html>'), fileName: 'page.png', mimeType: 'image/png' },
						c: await picture('c.png', 41),
					}),
					await itemWithFiles({
						a: await picture('d.png', 42),
						b: { bytes: Buffer.alloc(0) },
						c: await picture('f.png', 43),
					}),
				],
				{ onError: 'continueRegularOutput' },
			);
			expect(
				items.map(({ json, pairedItem }) => [json['fileName'], json['error'] === undefined, pairedItem]),
			).toEqual([
				['a.png', true, { item: 0 }],
				['page.png', false, { item: 0 }],
				['c.png', true, { item: 0 }],
				['d.png', true, { item: 1 }],
				['b.png', false, { item: 1 }],
				['f.png', true, { item: 1 }],
			]);
			expect(items[1]?.json['error']).toContain('page.png');
		},
	);

	test('with Separate Files a file that the model does not take fails its own result only', async () => {
		const { items } = await quickRun(
			sandbox,
			{
				...ANALYZE,
				modelId: { __rl: true, mode: 'id', value: 'sandbox-picture-words' },
				binaryPropertyName: 'a,b',
				options: { separateFiles: true },
			},
			[
				await itemWithFiles({
					a: { bytes: testMedia.recording(1), mimeType: 'audio/wav', fileName: 'a.wav' },
					b: await picture('b.png'),
				}),
			],
			{ onError: 'continueRegularOutput' },
		);
		expect(items.map(({ json }) => [json['fileName'], json['error'] === undefined])).toEqual([
			['a.wav', false],
			['b.png', true],
		]);
		expect(sandbox.ledger.predictions).toHaveLength(1);
	});

	test('with Separate Files and Items per Prediction, files share requests, and each gets its own answer', async () => {
		const { items } = await quickRun(
			sandbox,
			{ ...ANALYZE, binaryPropertyName: '*', itemsPerPrediction: 3, options: { separateFiles: true } },
			[
				await itemWithFiles({ a: await picture('a.png', 40), b: await picture('b.png', 41) }),
				await itemWithFiles({ a: await picture('c.png', 42), b: await picture('d.png', 43) }),
			],
		);
		expect(items.map(({ json }) => json['fileName'])).toEqual(['a.png', 'b.png', 'c.png', 'd.png']);
		for (const [position, { json }] of items.entries()) expect(json['text']).toContain(String(40 + position));
		expect(sandbox.ledger.predictions).toHaveLength(2);
	});
});
