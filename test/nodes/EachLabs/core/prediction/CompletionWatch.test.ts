import { EachLabsClient } from '../../../../../nodes/EachLabs/core/api/EachLabsClient';
import { CompletionWatch } from '../../../../../nodes/EachLabs/core/prediction/CompletionWatch';
import { json, plain } from '../../../../support/ScriptedTransport';
import { simulateRun, type SimulatedRunOptions } from '../../../../support/simulateRun';
import { SIMULATED_BASE_URL, SimulatedEachLabs } from '../../../../support/SimulatedEachLabs';
import { VirtualClock } from '../../../../support/VirtualClock';

const CAP = 10;

async function run(options: Partial<SimulatedRunOptions> = {}) {
	const simulated = await simulateRun({
		items: 40,
		...options,
		service: {
			accountCap: () => CAP,
			runTimeMs: (ordinal) => 9_000 + ((ordinal * 617) % 2_000),
			...options.service,
		},
	});
	const { service, outcomes } = simulated;
	expect(outcomes.every(({ prediction }) => prediction !== undefined)).toBe(true);
	return {
		...simulated,
		looks: service.sent('list'),
		/** Milliseconds from the end of a prediction to the poll that saw it, on average. */
		meanDelayMs:
			service.predictions.reduce((sum, { settlesAtMs, ordinal }) => {
				const seen = outcomes.find(({ prediction }) => prediction?.id === `p${ordinal}`);
				return sum + (seen?.endedAtMs ?? NaN) - settlesAtMs;
			}, 0) / service.predictions.length,
	};
}

describe('many in flight', () => {
	test('are seen to have ended sooner than by polls alone, by one look a second for all of them', async () => {
		const watched = await run();
		const alone = await run({
			service: {
				fault: (endpoint) => (endpoint === 'list' ? { acts: false, gives: plain(404, '') } : undefined),
			},
		});
		expect(watched.meanDelayMs).toBeLessThan(0.7 * alone.meanDelayMs);
		expect(watched.looks.length).toBeLessThanOrEqual(Math.ceil(watched.makespanMs / 800));
		const [first] = watched.looks;
		const query = new URL(first?.request.url ?? '').searchParams;
		expect(Object.fromEntries(query)).toMatchObject({ model: 'm', limit: '30' });
	});

	test('are no longer looked at when the last has ended, and no timer is left', async () => {
		const { clock, looks, makespanMs } = await run();
		expect(clock.pending).toBe(0);
		expect(Math.max(...looks.map(({ atMs }) => atMs))).toBeLessThan(makespanMs);
	});
});

test.each([
	['answers with a fault', plain(500, '')],
	['answers with something else', plain(200, '<html>')],
	['is silent', 'silence' as const],
])('a list that %s is asked twice at most, and nothing is lost', async (_, gives) => {
	const { looks } = await run({
		service: { fault: (endpoint) => (endpoint === 'list' ? { acts: false, gives } : undefined) },
	});
	expect(looks).toHaveLength(2);
});

test('a list that says that all have ended wakes each waiter once, and the polls decide', async () => {
	const { service, meanDelayMs } = await run({
		items: CAP,
		service: {
			fault: (endpoint) =>
				endpoint === 'list'
					? {
							acts: false,
							gives: json(200, {
								executions: Array.from({ length: CAP }, (_, ordinal) => ({
									id: `p${ordinal}`,
									status: 'success',
								})),
							}),
						}
					: undefined,
		},
	});
	expect(Math.max(...service.predictions.map(({ polls }) => polls))).toBeLessThanOrEqual(9);
	expect(meanDelayMs).toBeGreaterThan(0);
});

test('fewer than four in flight are not looked at together', async () => {
	expect((await run({ items: 3 })).looks).toEqual([]);
});

test('a fixed time between two polls stays as the user has set it', async () => {
	const { looks, service } = await run({ pollIntervalMs: 3_000 });
	expect(looks).toEqual([]);
	const polls = service.sent('poll').filter(({ request }) => request.url.endsWith('/p0'));
	expect(polls.map(({ atMs }) => Math.round((atMs - (polls[0]?.atMs ?? 0)) / 1_000))).toEqual([0, 3, 6]);
});

test('what the service has asked to wait for is kept, whatever the list says', async () => {
	let polled = 0;
	const { service } = await run({
		items: 4,
		service: {
			fault: (endpoint, request) =>
				endpoint === 'poll' && request.url.endsWith('/p0') && polled++ === 0
					? { acts: false, gives: plain(503, '', { 'retry-after': '20' }) }
					: undefined,
		},
	});
	const [first, second] = service.sent('poll').filter(({ request }) => request.url.endsWith('/p0'));
	expect((second?.atMs ?? 0) - (first?.answeredAtMs ?? 0)).toBeGreaterThanOrEqual(20_000);
});

test('a hint that comes while nobody sleeps ends the next sleep at once, and no other', async () => {
	const clock = new VirtualClock(() => 0.5);
	const service = new SimulatedEachLabs(clock, { runTimeMs: () => 0 });
	const client = new EachLabsClient(service, clock, SIMULATED_BASE_URL);
	const watch = new CompletionWatch('m', client, clock);
	const scope = { abortSignal: new AbortController().signal };
	await clock.run(
		(async () => {
			for (const id of ['p0', 'p1', 'p2', 'p3'])
				await service.send({
					method: 'POST',
					url: `${SIMULATED_BASE_URL}/v1/prediction`,
					authenticated: true,
					headers: {},
					body: JSON.stringify({ model: 'm', input: { id } }),
					abortSignal: scope.abortSignal,
					maxResponseBytes: 1_000,
				});
			const followed = ['p0', 'p1', 'p2', 'p3'].map((id) => watch.follow(id));
			await clock.elapse(1_500);
			const startedAtMs = clock.monotonicMs();
			await followed[0]?.sleep(5_000, scope.abortSignal);
			expect(clock.monotonicMs()).toBe(startedAtMs);
			await followed[0]?.sleep(5_000, scope.abortSignal);
			expect(clock.monotonicMs() - startedAtMs).toBe(5_000);
			for (const each of followed) each.end();
		})(),
	);
	expect(clock.pending).toBe(0);
});
