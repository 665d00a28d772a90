// 'Media Seen Before': media that come again, over runs, failed runs, tries and runs at the same time.
import { randomUUID } from 'node:crypto';
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { until } from '../../faults/until';
import { HangingStore } from '../../support/HangingStore';
import { testMedia } from '../../support/testMedia';
import type { NodeRun, NodeRunOptions } from '../../support/runNode';
import { itemWithFiles } from './itemWithFiles';
import { billedUsd, failOnce, picturesOf, quickRun, withParameters } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';

type Seen = 'process' | 'skip' | 'reuse';

/** Their files are stored anew each time, as n8n does in each execution. */
const pictures = picturesOf;

function range(first: number, count: number): number[] {
	return Array.from({ length: count }, (_, position) => first + position);
}

describe('Media Seen Before', () => {
	const sandbox = sandboxPerTest({ accountCap: 50 });
	let staticData: IDataObject = {};
	let nodeId = '';
	beforeEach(() => {
		staticData = {};
		nodeId = randomUUID();
	});
	const schedule = async (
		seenMedia: Seen,
		items: INodeExecutionData[],
		parameters: INodeParameters = {},
		settings: Partial<NodeRunOptions> = {},
	): Promise<NodeRun> => {
		const base = { resource: 'image', operation: 'analyze', text: 'What is it?', options: { seenMedia } };
		const given = withParameters(base, parameters);
		return await quickRun(sandbox, given, items, { mode: 'trigger', staticData, nodeId, ...settings });
	};
	/** As n8n is started again: what is saved with the workflow is all that is known. */
	const restart = (): void => {
		staticData = JSON.parse(JSON.stringify(staticData)) as IDataObject;
		nodeId = randomUUID();
	};
	const bought = (): number => sandbox.ledger.predictions.length;
	const hintsOf = ({ hints }: NodeRun): string => hints.map(({ message }) => message).join('\n');

	test.each<[Seen, all: number, old: number]>([
		['skip', 200, 190],
		['reuse', 40, 30],
	])(
		'with %s, a schedule that sees %d pictures of which %d are old buys 10, after a restart too',
		async (seenMedia, all, old) => {
			await schedule(seenMedia, await pictures(...range(40, old)), { itemsPerPrediction: 10 });
			expect(bought()).toBe(old / 10);
			restart();
			const run = await schedule(seenMedia, await pictures(...range(40, all)));
			expect(bought()).toBe(old / 10 + 10);
			expect(run.items).toHaveLength(seenMedia === 'skip' ? 10 : all);
			const reused = run.items.filter(({ json }) => json['reused'] === true);
			expect(reused).toHaveLength(seenMedia === 'skip' ? 0 : old);
			expect(reused.every(({ json }) => json['cost'] === 0)).toBe(true);
			for (const { json, pairedItem } of run.items) {
				const { item } = pairedItem as { item: number };
				expect(json['text']).toContain(`${40 + item}×30 pixels`);
			}
			expect(hintsOf(run)).toContain(
				seenMedia === 'skip'
					? `Media seen before: ${old} left out.`
					: `Media seen before: ${old} given the earlier result, at no cost.`,
			);
		},
		60_000,
	);

	test.each<Seen>(['skip', 'reuse'])(
		'two runs at the same time buy each picture once (%s)',
		async (seenMedia) => {
			const both = await Promise.all([
				schedule(seenMedia, await pictures(...range(40, 8))),
				schedule(seenMedia, await pictures(...range(44, 8))),
			]);
			expect(bought()).toBe(12);
			// None of the two knows whether the other one's result will get to n8n: each may hand on its own.
			const handedOn = both.flatMap(({ items }, run) =>
				items.map(({ pairedItem }) => (pairedItem as { item: number }).item + 4 * run),
			);
			expect(new Set(handedOn).size).toBe(12);
		},
	);

	test('the same picture twice in a run is bought once: left out with skip, the same result with reuse', async () => {
		const skipped = await schedule('skip', await pictures(40, 40, 41));
		expect(skipped.items.map(({ json }) => json['fileName'])).toHaveLength(2);
		const reused = await schedule('reuse', await pictures(50, 50), { text: 'Another question' });
		expect(reused.items.map(({ json }) => json['reused'] ?? false).sort()).toEqual([false, true]);
		expect(new Set(reused.items.map(({ json }) => json['text'])).size).toBe(1);
		expect(bought()).toBe(3);
	});

	test.each<Seen>(['skip', 'reuse'])(
		'a run that failed buys nothing again, and loses nothing (%s)',
		async (seenMedia) => {
			sandbox.scenario.failPrediction = (_input, ordinal) =>
				ordinal === 3 ? { style: 'text', status: 'failed', message: 'Invalid input' } : null;
			const options = { maxConcurrency: 1 };
			const failed = await schedule(seenMedia, await pictures(...range(40, 6)), { options });
			expect(failed.status).toBe('error');
			const before = bought();
			restart();
			const run = await schedule(seenMedia, await pictures(...range(40, 6)), { options });
			expect(run.items).toHaveLength(6);
			expect(bought()).toBe(before + 6 - (before - 1));
			expect((await schedule(seenMedia, await pictures(...range(40, 6)))).items).toHaveLength(
				seenMedia === 'skip' ? 0 : 6,
			);
		},
	);

	test('Retry On Fail takes up what its first try bought, with what it cost', async () => {
		sandbox.scenario.failPrediction = (_input, ordinal) =>
			ordinal === 1 ? { style: 'text', status: 'failed', message: 'Invalid input' } : null;
		const run = await schedule(
			'skip',
			await pictures(40, 41, 40),
			{ options: { maxConcurrency: 1 } },
			{ retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		);
		expect(run.items).toHaveLength(2);
		expect(run.items.every(({ json }) => Number(json['cost']) > 0 && !('reused' in json))).toBe(true);
		expect(bought()).toBe(3);
	});

	describe('Retry On Fail', () => {
		let store: HangingStore;
		beforeEach(() => (store = new HangingStore()));
		afterEach(() => store.restore());

		const tries = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 } as const;
		const BY_WIDTH = { text: '=What is on picture {{ $json.width }}?' };
		const fail = (place: number) => {
			sandbox.scenario.failPrediction = (_input, ordinal) =>
				ordinal === place ? { style: 'text', status: 'failed', message: 'Invalid input' } : null;
		};
		/** Lets the file of the first item be read, from the first failure on, only once all others are done. */
		const holdFirst = (items: INodeExecutionData[], others: number) => {
			const areDone = () => {
				const { predictions } = sandbox.ledger;
				return predictions.length >= others && predictions.every(({ status }) => status !== 'processing');
			};
			store.delay(items[0]?.binary?.['data']?.id ?? '', async () => {
				if (sandbox.ledger.predictions.some(({ status }) => status === 'failed')) await until(areDone);
			});
		};
		const costs = ({ items }: NodeRun) =>
			items.map(({ json }) => Number(json['cost']) > 0 && !('reused' in json));

		test('buys nothing again where the other of two equal pictures comes first', async () => {
			fail(1);
			const items = await pictures(40, 41, 40);
			holdFirst(items, 3);
			const run = await schedule('skip', items, { options: { maxConcurrency: 2 } }, tries);
			expect(bought()).toBe(3);
			expect(run.items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 1 }, { item: 2 }]);
			expect(costs(run)).toEqual([true, true]);
		});

		test.each<Seen>(['skip', 'reuse'])(
			'loses nothing of a try that n8n threw away (%s)',
			async (seenMedia) => {
				failOnce(sandbox, '40', 'Invalid input');
				const onError = 'continueRegularOutput';
				const options = { maxConcurrency: 1 };
				const run = await schedule(
					seenMedia,
					await pictures(40, 41, 42),
					{ ...BY_WIDTH, options },
					{ ...tries, onError },
				);
				expect(run.items.map(({ json }) => json['text'])).toEqual(
					[40, 41, 42].map((width) => expect.stringContaining(`${width}×30 pixels`) as string),
				);
				expect(costs(run)).toEqual([true, true, true]);
				expect(bought()).toBe(4);
				expect((await schedule(seenMedia, await pictures(40, 41, 42), BY_WIDTH)).items).toHaveLength(
					seenMedia === 'skip' ? 0 : 3,
				);
				expect(bought()).toBe(4);
			},
		);

		test.each([false, true])(
			'an equal picture that was bought after the first one failed is not bought again (held: %s)',
			async (isHeld) => {
				failOnce(sandbox, '40', 'Invalid input');
				const items = await pictures(40, 41, 40);
				if (isHeld) holdFirst(items, 3);
				const onError = 'continueRegularOutput';
				const run = await schedule(
					'reuse',
					items,
					{ ...BY_WIDTH, options: { maxConcurrency: 1 } },
					{ ...tries, onError },
				);
				expect(run.items).toHaveLength(3);
				expect(run.items.every(({ json }) => typeof json['text'] === 'string')).toBe(true);
				expect(bought()).toBe(3);
			},
		);

		test.each([1, 2])('a file that could not be hashed at the %d. try is not bought again', async (place) => {
			const failed = () => sandbox.ledger.predictions.some(({ status }) => status === 'failed');
			sandbox.scenario.failPrediction = ({ prompt }) =>
				String(prompt).includes('42') && !failed()
					? { style: 'text', status: 'failed', message: 'Invalid input' }
					: null;
			const items = await pictures(40, 41, 42);
			const openings = [0, 0];
			store.delay(items[0]?.binary?.['data']?.id ?? '', async () => {
				const present = failed() ? 1 : 0;
				openings[present] = (openings[present] ?? 0) + 1;
				if (openings[present] === 2 && present === place - 1) throw new Error('The store is busy');
				await Promise.resolve();
			});
			const parameters = { text: '=What is on picture {{ $json.width }}?', options: { maxConcurrency: 1 } };
			const run = await schedule('skip', items, parameters, tries);
			expect(run.items).toHaveLength(3);
			expect(bought()).toBe(4);
		});
	});

	test('items that share a request are known one by one, and groups are made of the others', async () => {
		const grouped = { itemsPerPrediction: 4 };
		await schedule('reuse', await pictures(...range(40, 4)), grouped);
		expect(bought()).toBe(1);
		restart();
		const run = await schedule('reuse', await pictures(...range(42, 6)), grouped);
		expect(bought()).toBe(2);
		expect(run.items.map(({ json }) => json['reused'] ?? false)).toEqual([
			true,
			true,
			false,
			false,
			false,
			false,
		]);
		for (const [position, { json }] of run.items.entries())
			expect(json['text']).toContain(`${42 + position}×30 pixels`);
		expect(run.items.slice(0, 2).map(({ json }) => json['cost'])).toEqual([0, 0]);
	});

	test('with Separate Files, each file is known by itself', async () => {
		const pair = async (...widths: [number, number]) => [
			await itemWithFiles({
				first: await testMedia.picture(widths[0], 30),
				second: await testMedia.picture(widths[1], 30),
			}),
		];
		const parameters = { binaryPropertyName: '*', options: { separateFiles: true } };
		await schedule('skip', await pair(40, 41), parameters);
		const run = await schedule('skip', await pair(41, 42), parameters);
		expect(run.items).toHaveLength(1);
		expect(run.items[0]?.json['text']).toContain('42×30');
		expect(bought()).toBe(3);
	});

	test.each<[what: string, parameters: INodeParameters]>([
		['another question', { text: 'What colour is it?' }],
		['another system instruction', { options: { systemInstruction: 'Be brief.' } }],
		['another language', { options: { language: 'German' } }],
		['another model', { modelId: { __rl: true, mode: 'id', value: 'sandbox-picture-question' } }],
		['another operation', { operation: 'altText' }],
	])('%s is asked about the same picture', async (_what, parameters) => {
		await schedule('skip', await pictures(40));
		await schedule('skip', await pictures(40), parameters);
		expect(bought()).toBe(2);
	});

	test('a file by URL is known by its address', async () => {
		const upload = async (): Promise<string> => {
			const { items } = await quickRun(
				sandbox,
				{ resource: 'file', operation: 'upload' },
				await pictures(40),
			);
			return items[0]?.json['url'] as string;
		};
		const ask = async (url: string) =>
			await schedule('skip', [{ json: {} }], { inputType: 'url', imageUrls: url });
		const [first, second] = [await upload(), await upload()];
		expect((await ask(first)).items).toHaveLength(1);
		expect((await ask(first)).items).toHaveLength(0);
		expect((await ask(second)).items).toHaveLength(1);
	});

	test('what Each Labs does not have any more is bought again', async () => {
		await schedule('reuse', await pictures(40, 41));
		restart();
		const { id = '' } = sandbox.ledger.predictions[0] ?? {};
		staticData = JSON.parse(JSON.stringify(staticData).replace(id, randomUUID())) as IDataObject;
		const run = await schedule('reuse', await pictures(40, 41));
		expect(bought()).toBe(3);
		expect(run.items.filter(({ json }) => json['reused'])).toHaveLength(1);
		expect(hintsOf(run)).toContain('1 asked about again, since Each Labs no longer had the result');
		restart();
		await schedule('reuse', await pictures(40, 41));
		expect(bought()).toBe(3);
	});

	test('neither items that failed are known, nor reviews, which a person has asked to see', async () => {
		const moderate = { resource: 'image', operation: 'moderate', separateOutputs: false };
		sandbox.scenario.rewriteAnswer = () => 'I am not sure.';
		expect((await schedule('skip', await pictures(40), moderate)).items[0]?.json['decision']).toBe('review');
		sandbox.scenario.rewriteAnswer = () => undefined;
		sandbox.scenario.failPrediction = () => ({ style: 'text', status: 'failed', message: 'Invalid input' });
		const failed = await schedule('skip', await pictures(40), moderate, { onError: 'continueRegularOutput' });
		expect(failed.items[0]?.json['error']).toBeDefined();
		sandbox.scenario.failPrediction = () => null;
		expect((await schedule('skip', await pictures(40), moderate)).items[0]?.json['decision']).toBe('allow');
		expect(bought()).toBe(3);
		expect((await schedule('skip', await pictures(40), moderate)).items).toEqual([]);
		expect(bought()).toBe(3);
	});

	test('a moderation with another threshold judges the answers that were bought, for nothing', async () => {
		const moderate = { resource: 'image', operation: 'moderate', separateOutputs: false };
		await schedule('skip', await pictures(40), moderate);
		const spent = billedUsd(sandbox);
		const run = await schedule('skip', await pictures(40), { ...moderate, blockThreshold: 0.9 });
		expect(run.items[0]?.json).toMatchObject({ decision: 'allow', reused: true, cost: 0 });
		expect(billedUsd(sandbox)).toBe(spent);
	});

	test('what was known before is given again where the first try was thrown away', async () => {
		await schedule('reuse', await pictures(41, 42));
		const settings = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 } as const;
		for (const onError of ['continueRegularOutput', 'stopWorkflow'] as const) {
			const widths = onError === 'stopWorkflow' ? [43, 41, 42] : [40, 41, 42];
			const before = bought();
			sandbox.scenario.failPrediction = (_input, ordinal) =>
				ordinal === before ? { style: 'text', status: 'failed', message: 'Invalid input' } : null;
			const run = await schedule('reuse', await pictures(...widths), {}, { ...settings, onError });
			expect(run.items.map(({ json }) => [json['reused'], json['cost'] === 0])).toEqual([
				[undefined, false],
				[true, true],
				[true, true],
			]);
			expect(bought()).toBe(before + 2);
		}
	});

	test('an item of a try that was thrown away, and that failed at the next, is not left out by the next run', async () => {
		const store = new HangingStore();
		try {
			const items = await pictures(40, 41, 42);
			sandbox.scenario.failPrediction = ({ prompt }) =>
				String(prompt).includes('40') && sandbox.ledger.predictions.every(({ status }) => status !== 'failed')
					? { style: 'text', status: 'failed', message: 'Invalid input' }
					: null;
			store.delay(items[2]?.binary?.['data']?.id ?? '', async () => {
				if (bought() === 3) throw new Error('The store is busy');
				await Promise.resolve();
			});
			const parameters = {
				text: '=What is on picture {{ $json.width }}?',
				options: { maxConcurrency: 1 },
			};
			const settings = { retryOnFail: true, maxTries: 2, waitBetweenTries: 500 } as const;
			const onError = 'continueRegularOutput';
			const run = await schedule('skip', items, parameters, { ...settings, onError });
			expect(run.items.map(({ json }) => 'error' in json)).toEqual([false, false, true]);
			const next = await schedule('skip', await pictures(40, 41, 42), parameters);
			expect(next.items.map(({ json }) => json['text'])).toEqual([expect.stringContaining('42×30 pixels')]);
			expect(bought()).toBe(4);
		} finally {
			store.restore();
		}
	});

	test('a file that nobody looks at leaves no moderation out', async () => {
		const picture = await testMedia.picture(40, 30, { colour: 'blue' });
		const moderate = { operation: 'moderate', binaryPropertyName: '*' };
		const first = await schedule('skip', [await itemWithFiles({ data: picture })], moderate);
		expect(first.items).toHaveLength(1);
		const more = await itemWithFiles({ data: picture, notes: Buffer.from('Nobody looks at words') });
		Object.assign(more.binary?.['notes'] ?? {}, { mimeType: 'text/plain', fileName: 'notes.txt' });
		const second = await schedule('skip', [more], moderate);
		expect(second.items.map(({ json }) => json['decision'])).toEqual(['review']);
		expect(bought()).toBe(1);
	});

	test('an evaluation leaves nothing out of production', async () => {
		await schedule('skip', await pictures(40), {}, { mode: 'evaluation' });
		expect((await schedule('skip', await pictures(40))).items).toHaveLength(1);
	});

	test('an execution by hand leaves nothing out of production', async () => {
		const byHand = await schedule('skip', await pictures(40), {}, { mode: 'manual' });
		expect(byHand.items).toHaveLength(1);
		expect((await schedule('skip', await pictures(40), {}, { mode: 'manual' })).items).toEqual([]);
		expect((await schedule('skip', await pictures(40))).items).toHaveLength(1);
		expect(staticData).not.toEqual({});
	});

	test('is refused where the result is not waited for', async () => {
		const { error } = await schedule('skip', await pictures(40), { options: { waitForResult: false } });
		expect(error?.message).toContain("'Media Seen Before' is 'skip' while 'Wait for Result' is off");
		expect(bought()).toBe(0);
	});
});
