import { Readable } from 'node:stream';
import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import type { INodeExecutionData } from 'n8n-workflow';

import { until } from '../../faults/until';
import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';
import { quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';

/** n8n's store of binary data that lets calls about some files hang: the item ends in time, and the others go on. */

type Store = Pick<BinaryDataService, 'getAsStream' | 'getMetadata'>;
type Hang = 'metadata' | 'open' | 'stream';

/** As long as a file may hang the run beyond its time. */
const GRACE_MS = 2_000;
/** An upload that broke off may be committed late: it is deleted once more after so long. */
const LATE_COMMIT_MS = 3_000;
const REMOTE = 'store:';

describe('a store that does not answer', () => {
	const sandbox = sandboxPerTest();
	let calls: string[] = [];
	let hanging: { readonly id: string; readonly call: Hang; readonly fromOpening: number } | undefined;
	let openings = 0;

	beforeEach(() => {
		calls = [];
		openings = 0;
		const store = Container.get(BinaryDataService);
		const getAsStream = store.getAsStream.bind(store);
		const getMetadata = store.getMetadata.bind(store);
		const real = (id: string) => id.replace(REMOTE, 'filesystem-v2:');
		const never = async () => await new Promise<never>(() => undefined);
		const spies: Store = {
			getMetadata: async (id) => {
				if (hanging?.id === id && hanging.call === 'metadata') calls.push(id);
				return hanging?.id === id && hanging.call === 'metadata'
					? await never()
					: await getMetadata(real(id));
			},
			getAsStream: async (id, chunkSize) => {
				if (hanging?.id !== id || hanging.call === 'metadata' || ++openings < hanging.fromOpening)
					return await getAsStream(real(id), chunkSize);
				calls.push(id);
				return hanging.call === 'open' ? await never() : new Readable({ read: () => undefined });
			},
		};
		jest.spyOn(store, 'getAsStream').mockImplementation(spies.getAsStream);
		jest.spyOn(store, 'getMetadata').mockImplementation(spies.getMetadata);
	});
	afterEach(() => jest.restoreAllMocks());

	/** Pictures of one size and length, so that those of others are compared with theirs. */
	const pictures = async (isRemote: boolean, count = 3): Promise<INodeExecutionData[]> =>
		await Promise.all(
			Array.from({ length: count }, async (_, index) => {
				const colour = (['red', 'green', 'blue'] as const)[index % 3] ?? 'red';
				const item = await itemWithFiles({ data: await testMedia.picture(40, 30, { colour }) });
				const { data } = item.binary ?? {};
				if (data?.id && isRemote) data.id = data.id.replace('filesystem-v2:', REMOTE);
				return item;
			}),
		);

	const CASES: Array<[string, boolean, Hang, number]> = [
		['its size, in a remote store', true, 'metadata', 1],
		['its opening at the look, in a remote store', true, 'open', 1],
		['its first bytes, in a remote store', true, 'stream', 1],
		['its size, on disk', false, 'metadata', 1],
		['its first bytes, on disk', false, 'stream', 1],
		['its opening after the look', true, 'open', 2],
		['its bytes after the look', true, 'stream', 2],
	];

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

	test.each(CASES)('about %s, ends the item with its time', async (_, isRemote, call, fromOpening) => {
		const items = await pictures(isRemote);
		hanging = { id: items[1]?.binary?.['data']?.id ?? '', call, fromOpening };
		const { items: given, tookMs } = await run(items, 3);
		const cleaningMs = call === 'stream' && fromOpening === 2 ? LATE_COMMIT_MS : 0;
		expect(tookMs).toBeLessThan(3_000 + GRACE_MS + cleaningMs);
		expect(given.map(({ json }) => json['error'] ?? 'good')).toEqual([
			'good',
			expect.stringMatching(
				/^The file .* could not be read: n8n's store of binary data did not answer in time/,
			),
			'good',
		]);
		expect(sandbox.ledger.predictions).toHaveLength(2);
		expect(sandbox.ledger.files.filter(({ deleted }) => !deleted)).toEqual([]);
	});

	test.each(CASES)('about %s, ends at a stop', async (_, isRemote, call, fromOpening) => {
		const items = await pictures(isRemote);
		hanging = { id: items[1]?.binary?.['data']?.id ?? '', call, fromOpening };
		const stop = new AbortController();
		const running = run(items, 600, { signal: stop.signal });
		await until(() => calls.length > 0);
		const stoppedAtMs = performance.now();
		stop.abort();
		expect((await running).status).toBe('canceled');
		expect(performance.now() - stoppedAtMs).toBeLessThan(GRACE_MS);
	});

	test('at all ends the first items with their time, and those that wait for their look soon after', async () => {
		jest
			.spyOn(Container.get(BinaryDataService), 'getMetadata')
			.mockImplementation(async () => await new Promise<never>(() => undefined));
		const { items, tookMs } = await run(await pictures(true, 40), 6, { maxConcurrency: 40 });
		expect(items.map(({ json }) => json['error'])).toEqual(
			Array(40).fill(expect.stringContaining("n8n's store of binary data did not answer in time")),
		);
		// Ten at a time: six seconds, then one each.
		expect(tookMs).toBeLessThan(6_000 + 3_000 + GRACE_MS);
		expect(sandbox.ledger.presigns).toBe(0);
	});
});
