// 'Estimate Only': what a run would cost, before anything is uploaded or started.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';

import type { NodeRun, NodeRunOptions } from '../../support/runNode';
import { itemWithFiles } from './itemWithFiles';
import { billedUsd, pictureItems, quickRun, withParameters } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';

const folder = join(__dirname, '../../../examples/media');

/** An item for each of the example media with one of these endings. */
async function exampleMedia(endings: RegExp): Promise<INodeExecutionData[]> {
	const names = readdirSync(folder).filter((name) => endings.test(name));
	return await Promise.all(
		names.map(async (fileName) => {
			const mimeType = { mp4: 'video/mp4', wav: 'audio/wav', pdf: 'application/pdf' }[fileName.slice(-3)];
			return await itemWithFiles({
				data: { bytes: readFileSync(join(folder, fileName)), fileName, mimeType: mimeType ?? 'image/png' },
			});
		}),
	);
}

const PICTURES = /\.(?:png|jpe?g|webp)$/;

describe('Estimate Only', () => {
	const sandbox = sandboxPerTest();
	const run = async (
		items: INodeExecutionData[],
		parameters: INodeParameters = {},
		settings: Partial<NodeRunOptions> = {},
	): Promise<NodeRun> => {
		const base = {
			resource: 'image',
			operation: 'analyze',
			text: 'What is it?',
			options: { estimateOnly: true },
		};
		return await quickRun(sandbox, withParameters(base, parameters), items, settings);
	};
	const hintOf = ({ hints }: NodeRun): string => hints.map(({ message }) => message).join('\n');
	const usdOf = ({ items }: NodeRun, name: 'lowCost' | 'highCost'): number =>
		items.reduce((total, { json }) => total + Number(json[name]), 0);

	test.each([
		['Estimate Only', 'estimateOnly'],
		['Max Cost', 'maxCost'],
	])('an expression of %s that gives nothing buys nothing', async (name, option) => {
		const { status, error } = await run(await pictureItems('red'), {
			options: { estimateOnly: false, [option]: '={{ $json.mistyped }}' },
		});
		expect([status, error?.message]).toEqual([
			'error',
			`The expression of the option '${name}' gives nothing`,
		]);
		expect(sandbox.ledger.predictions).toEqual([]);
	});

	test('an item that is only to be estimated is not bought where the first one is', async () => {
		const { items } = await run(
			await pictureItems('red', 'blue'),
			{ options: { estimateOnly: '={{ $json.width !== 40 }}' } },
			{ onError: 'continueRegularOutput' },
		);
		expect(items.map(({ json }) => json['error'] ?? 'bought')).toEqual([
			'bought',
			"'Estimate Only' is on for this item and off for the first one, by which the whole run goes",
		]);
		expect(sandbox.ledger.predictions).toHaveLength(1);
	});

	test.each<[what: string, endings: RegExp, parameters: INodeParameters]>([
		['questions about pictures', PICTURES, {}],
		['alt texts', PICTURES, { operation: 'altText' }],
		['moderation', PICTURES, { operation: 'moderate' }],
		[
			'data out of pictures',
			PICTURES,
			{
				operation: 'extract',
				schemaType: 'fromAttributes',
				attributes: {
					attributes: [
						{ name: 'colour', type: 'string', description: 'Main colour', required: true },
						{ name: 'count', type: 'number', description: 'How many things', required: true },
					],
				},
			},
		],
		[
			'classification',
			PICTURES,
			{
				operation: 'classify',
				categories: { categories: [{ category: 'photo' }, { category: 'drawing' }, { category: 'chart' }] },
			},
		],
		['pictures in one request', PICTURES, { options: { itemsPerPrediction: 20 } }],
		['a video', /mp4$/, { resource: 'video' }],
		['a recording', /wav$/, { resource: 'audio' }],
		['moderation of a video', /mp4$/, { resource: 'video', operation: 'moderate' }],
		['a transcript', /wav$/, { resource: 'audio', operation: 'transcribe' }],
		['a transcript with times', /wav$/, { resource: 'audio', operation: 'transcribe', timestamps: true }],
		[
			'alt texts in three languages',
			PICTURES,
			{ operation: 'altText', languages: 'English, German, French' },
		],
		['questions about documents', /pdf$/, { resource: 'document' }],
		['all example media', /\.(?:png|jpe?g|webp|mp4|wav|pdf)$/, {}],
	])('is within 20 %% of what the sandbox charges: %s', async (_what, endings, parameters) => {
		const items = await exampleMedia(endings);
		const estimated = await run(items, parameters);
		expect(sandbox.ledger.predictions).toEqual([]);
		expect(sandbox.ledger.files).toEqual([]);
		await run(items, {
			...parameters,
			options: { ...(parameters['options'] as INodeParameters | undefined), estimateOnly: false },
		});
		const billed = billedUsd(sandbox);
		for (const name of ['lowCost', 'highCost'] as const) {
			expect(usdOf(estimated, name) / billed).toBeGreaterThan(0.8);
			expect(usdOf(estimated, name) / billed).toBeLessThan(1.2);
		}
	});

	test('gives files, tokens and costs of each item, and the whole in a hint with what groups would save', async () => {
		const done = await run(await pictureItems('red', 'blue', 'green'));
		expect(done.items.map(({ json, pairedItem }) => ({ ...json, pairedItem }))).toEqual(
			[0, 1, 2].map((item) => ({
				fileName: 'data.png',
				files: 1,
				tokens: expect.any(Number),
				lowCost: expect.any(Number),
				highCost: expect.any(Number),
				model: 'gemini-2-0-flash-lite',
				pairedItem: { item },
			})),
		);
		expect(Number(done.items[0]?.json['tokens'])).toBeGreaterThanOrEqual(258);
		expect(hintOf(done)).toMatch(
			/^Estimate: 3 items with 3 files, about [\d,]+ tokens to read, 0\.0000\d+ to 0\.000\d+ USD; nothing was uploaded or started\. Your balance of 100 USD is enough\./,
		);
		expect(sandbox.ledger.predictions).toEqual([]);
		expect(sandbox.ledger.files).toEqual([]);
	});

	test('says what items that share a long question would save', async () => {
		const parameters = { text: 'Look closely at the picture. '.repeat(100) };
		const alone = await run(await pictureItems('red', 'blue', 'green'), parameters);
		const saved = /With 'Items per Prediction' at 3, it would cost about (\S+) USD less\./.exec(
			hintOf(alone),
		);
		const grouped = await run(await pictureItems('red', 'blue', 'green'), {
			...parameters,
			options: { itemsPerPrediction: 3 },
		});
		const difference = usdOf(alone, 'highCost') - usdOf(grouped, 'highCost');
		expect(Number(saved?.[1]) / difference).toBeGreaterThan(0.9);
		expect(Number(saved?.[1]) / difference).toBeLessThan(1.1);
		expect(hintOf(grouped)).not.toContain('USD less');
	});

	test('says that the balance is not enough, or could not be read', async () => {
		sandbox.scenario.balanceUsd = 0.000001;
		expect(hintOf(await run(await pictureItems('red')))).toContain('USD is not enough');
		sandbox.scenario.balanceAvailable = false;
		expect(hintOf(await run(await pictureItems('red')))).toContain('Your balance could not be read.');
	}, 30_000);

	test('goes by the price of a prediction where the model has one, shared by those in a request', async () => {
		sandbox.scenario.costs = {
			'gemini-2-0-flash-lite': {
				currency: 'USD',
				type: 'fixed',
				amount: 0.004,
				unit: 'execution',
				estimate: '',
				description: '',
				min: null,
				max: null,
				depends_on: [],
				rows: [],
			},
		};
		const alone = await run(await pictureItems('red', 'blue'));
		expect(alone.items.map(({ json }) => json['highCost'])).toEqual([0.004, 0.004]);
		const grouped = await run(await pictureItems('red', 'blue'), { options: { itemsPerPrediction: 2 } });
		expect(grouped.items.map(({ json }) => json['highCost'])).toEqual([0.002, 0.002]);
	});

	test('names no price that it does not know', async () => {
		const done = await run([{ json: {} }], {
			resource: 'video',
			inputType: 'url',
			videoUrls: 'https://example.com/a.mp4',
		});
		expect(done.items[0]?.json).toMatchObject({ files: 1, tokens: null, lowCost: null, highCost: null });
		expect(hintOf(done)).toContain('Not in it: 1 item, whose price is not known');
	});

	test('lets no item pass a moderation that nobody has looked at', async () => {
		const { outputs } = await run(await pictureItems('red', 'blue'), { operation: 'moderate' });
		expect(outputs.map((items) => items.length)).toEqual([0, 2]);
	});

	test('a file that can not be sent is told as ever', async () => {
		const items = [await itemWithFiles({ data: { bytes: Buffer.from('nothing'), mimeType: 'image/png' } })];
		const { error } = await run(items);
		expect(error?.message).toContain("which the model can't read");
	});
});
