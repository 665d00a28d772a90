import { getEventListeners } from 'node:events';
import * as n8nWorkflow from 'n8n-workflow';

/** As n8n-workflow 1.x has it: it rejects when it is ended, and leaves its listener where it was. */
async function sleepWithAbort(ms: number, abortSignal: AbortSignal): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		const timeout = setTimeout(resolve, ms);
		abortSignal.addEventListener('abort', () => {
			clearTimeout(timeout);
			reject(new Error('The execution was cancelled'));
		});
	});
}

describe.each([
	{ release: '2.x', host: n8nWorkflow },
	{ release: '1.x', host: { sleep: n8nWorkflow.sleep, sleepWithAbort } },
])('the sleep of n8n $release', ({ host }) => {
	let sleep: (ms: number, abortSignal?: AbortSignal) => Promise<void>;

	beforeAll(async () => {
		jest.resetModules();
		jest.doMock('n8n-workflow', () => host);
		({
			hostClock: { sleep },
		} = await import('../../../../nodes/EachLabs/n8n/hostClock'));
	});

	afterAll(() => jest.dontMock('n8n-workflow'));

	test('ends by itself, and leaves nothing on a signal that many sleeps share', async () => {
		const { signal } = new AbortController();
		for (let count = 0; count < 12; count++) await sleep(1, signal);
		expect(getEventListeners(signal, 'abort')).toEqual([]);
		await sleep(1);
	});

	test('ends with its signal at once, and does not begin after it', async () => {
		const stop = new AbortController();
		const sleeping = sleep(60_000, stop.signal);
		stop.abort();
		await sleeping;
		await sleep(60_000, stop.signal);
		expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
	});
});
