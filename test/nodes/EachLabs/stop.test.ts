import type { INodeExecutionData } from 'n8n-workflow';

import { runNode, type NodeRun } from '../../support/runNode';
import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';
import { sandboxPerTest } from './sandboxPerTest';

const CREATE = { method: 'POST', path: '/v1/prediction' };

async function until(condition: () => boolean): Promise<void> {
	while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a stop', () => {
	const sandbox = sandboxPerTest({ accountCap: 20, runTimeMs: { min: 20_000, max: 30_000 } });

	const pictures = async (count: number): Promise<INodeExecutionData[]> =>
		await Promise.all(
			Array.from({ length: count }, async (_, index) => {
				return await itemWithFiles({ data: await testMedia.picture(40 + index, 30) });
			}),
		);

	/** Runs over so many pictures, and presses Stop as soon as the condition holds. */
	const runAndStopWhen = async (
		condition: () => boolean,
		{
			count = 30,
			...settings
		}: { count?: number; onError?: 'continueRegularOutput'; retryOnFail?: boolean } = {},
	): Promise<NodeRun & { stoppedAtMs: number; tookMs: number }> => {
		const stop = new AbortController();
		const running = runNode({
			...settings,
			baseUrl: sandbox.baseUrl,
			parameters: {
				resource: 'image',
				operation: 'analyze',
				text: 'What is it?',
				options: { maxConcurrency: 20 },
			},
			items: await pictures(count),
			signal: stop.signal,
		});
		await until(condition);
		const stoppedAtMs = Date.now();
		stop.abort();
		const done = await running;
		return { ...done, stoppedAtMs, tookMs: Date.now() - stoppedAtMs };
	};

	const creates = () =>
		sandbox.ledger.requests.filter(({ method, path }) => method === CREATE.method && path === CREATE.path);

	/** A file that was announced when the stop came, and has no bytes, is none. */
	const filesLeft = () => sandbox.ledger.files.filter(({ uploads, deleted }) => uploads > 0 && !deleted);

	const expectNothingLeft = () => {
		for (const { status, cancelRequests, billedUsd } of sandbox.ledger.predictions) {
			expect({ status, cancelRequests, billedUsd }).toEqual({
				status: 'cancelled',
				cancelRequests: 1,
				billedUsd: 0,
			});
		}
		expect(sandbox.ledger.files.length).toBeGreaterThan(0);
		expect(filesLeft()).toEqual([]);
	};

	test.each([
		{ label: 'without settings', settings: {} },
		{ label: 'with On Error: Continue', settings: { onError: 'continueRegularOutput' } as const },
		{ label: 'with Retry On Fail', settings: { retryOnFail: true, waitBetweenTries: 1 } },
	])(
		'in the middle of twenty predictions cancels each, starts no other and deletes the files ($label)',
		async ({ settings }) => {
			const { status, stoppedAtMs, tookMs } = await runAndStopWhen(
				() => sandbox.ledger.predictions.length === 20,
				settings,
			);

			expect(status).toBe('canceled');
			expect(sandbox.ledger.predictions).toHaveLength(20);
			expectNothingLeft();
			// Ten items waited for their turn: they were never sent.
			expect(creates()).toHaveLength(20);
			expect(creates().filter(({ atMs }) => atMs > stoppedAtMs)).toEqual([]);
			expect(tookMs).toBeLessThan(5_000);
		},
	);

	test('while creates are on their way waits for their answers, and cancels what they made', async () => {
		sandbox.scenario.latencyMs = 300;
		const { status, stoppedAtMs } = await runAndStopWhen(() => creates().length > 0, { count: 6 });

		expect(status).toBe('canceled');
		expect(creates().filter(({ atMs }) => atMs > stoppedAtMs + 250)).toEqual([]);
		expect(sandbox.ledger.predictions.length).toBeGreaterThan(0);
		expect(sandbox.ledger.predictions.length).toBe(creates().length);
		expectNothingLeft();
	});

	test('while files are uploaded sends nothing at all', async () => {
		sandbox.scenario.latencyMs = 300;
		const { status } = await runAndStopWhen(() => sandbox.ledger.presigns > 0, { count: 6 });

		expect(status).toBe('canceled');
		expect(creates()).toEqual([]);
		expect(filesLeft()).toEqual([]);
	});

	test('ends the run in time also where the service does not obey, and tells the ids', async () => {
		sandbox.scenario.cancelObeyed = false;
		const { status, tookMs, error, run } = await runAndStopWhen(
			() => sandbox.ledger.predictions.length === 3,
			{
				count: 3,
			},
		);

		expect(status).toBe('canceled');
		expect(tookMs).toBeLessThan(12_000);
		expect(sandbox.ledger.predictions.map(({ cancelRequests }) => cancelRequests)).toEqual([1, 1, 1]);
		for (const { id } of sandbox.ledger.predictions) {
			expect(JSON.stringify([error, run.data.resultData.error])).toContain(id);
		}
		expect(filesLeft()).toEqual([]);
	});

	test('keeps what was finished before it from being paid for again, and from being cancelled', async () => {
		const { scenario, ledger } = sandbox;
		scenario.accountCap = 2;
		Object.defineProperty(scenario, 'runTimeMs', {
			get: () => (ledger.predictions.length < 2 ? { min: 50, max: 50 } : { min: 20_000, max: 20_000 }),
		});
		const isSeen = ({ id, settledAtMs = Infinity }: (typeof ledger.predictions)[number]) =>
			ledger.requests.some(({ path, atMs }) => path === `/v1/prediction/${id}` && atMs > settledAtMs);
		const { status, error } = await runAndStopWhen(
			() => ledger.predictions.length === 4 && ledger.predictions.filter(isSeen).length === 2,
			{ count: 5 },
		);
		expect(status).toBe('canceled');
		expect(ledger.predictions.map((prediction) => prediction.status)).toEqual([
			'success',
			'success',
			'cancelled',
			'cancelled',
		]);
		expect(ledger.predictions.map(({ cancelRequests }) => cancelRequests)).toEqual([0, 0, 1, 1]);
		for (const { id } of ledger.predictions) expect(`${error?.description}`).toContain(id);
		expect(filesLeft()).toEqual([]);
	});
});
