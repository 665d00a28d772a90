import type { INodeExecutionData } from 'n8n-workflow';

import { until } from '../../faults/until';
import { HANGING_CALLS, HangingStore } from '../../support/HangingStore';
import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';
import { quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';

/** n8n's store of binary data that lets calls about some files hang: the item ends in time, and the others go on. */

/** As long as a file may hang the run beyond its time. */
const GRACE_MS = 2_000;

describe('a store that does not answer', () => {
	const sandbox = sandboxPerTest();
	let store: HangingStore;
	beforeEach(() => (store = new HangingStore()));
	afterEach(() => store.restore());

	/** Pictures of one size and length, so that those of others are compared with theirs. */
	const pictures = async (isRemote: boolean, count = 3): Promise<INodeExecutionData[]> =>
		await Promise.all(
			Array.from({ length: count }, async (_, index) => {
				const colour = (['red', 'green', 'blue'] as const)[index % 3] ?? 'red';
				const item = await itemWithFiles({ data: await testMedia.picture(40, 30, { colour }) });
				const { data } = item.binary ?? {};
				if (data?.id && isRemote) data.id = HangingStore.remote(data.id);
				return item;
			}),
		);

	const run = async (
		items: INodeExecutionData[],
		maxWait: number,
		{ signal, maxConcurrency = 1 }: { signal?: AbortSignal; maxConcurrency?: number } = {},
	) => {
		const startedAtMs = performance.now();
		const done = await quickRun(
			sandbox,
			{
				resource: 'image',
				operation: 'analyze',
				text: 'What is it?',
				options: { maxWait, maxConcurrency },
			},
			items,
			{ onError: 'continueRegularOutput', signal },
		);
		return { ...done, tookMs: performance.now() - startedAtMs };
	};

	test.each(HANGING_CALLS)(
		'about %s, ends the item with its time',
		async (_, isRemote, call, fromOpening) => {
			const items = await pictures(isRemote);
			store.hang(items[1]?.binary?.['data']?.id ?? '', call, fromOpening);
			const { items: given, tookMs } = await run(items, 3);
			expect(tookMs).toBeLessThan(3_000 + GRACE_MS);
			expect(given.map(({ json }) => json['error'] ?? 'good')).toEqual([
				'good',
				expect.stringMatching(
					/^The file .* could not be read: n8n's store of binary data did not answer in time/,
				),
				'good',
			]);
			expect(sandbox.ledger.predictions).toHaveLength(2);
			expect(sandbox.ledger.files.filter(({ deleted }) => !deleted)).toEqual([]);
		},
	);

	test.each(HANGING_CALLS)('about %s, ends at a stop', async (_, isRemote, call, fromOpening) => {
		const items = await pictures(isRemote);
		store.hang(items[1]?.binary?.['data']?.id ?? '', call, fromOpening);
		const stop = new AbortController();
		const running = run(items, 600, { signal: stop.signal });
		await until(() => store.calls > 0);
		const stoppedAtMs = performance.now();
		stop.abort();
		expect((await running).status).toBe('canceled');
		expect(performance.now() - stoppedAtMs).toBeLessThan(GRACE_MS);
	});

	test('at all ends the first items with their time, and those that wait for their look soon after', async () => {
		store.isDown = true;
		const { items, tookMs } = await run(await pictures(true, 40), 6, { maxConcurrency: 40 });
		expect(items.map(({ json }) => json['error'])).toEqual(
			Array(40).fill(expect.stringContaining("n8n's store of binary data did not answer in time")),
		);
		// Ten at a time: six seconds, then one each.
		expect(tookMs).toBeLessThan(6_000 + 3_000 + GRACE_MS);
		expect(sandbox.ledger.presigns).toBe(0);
	});
});
