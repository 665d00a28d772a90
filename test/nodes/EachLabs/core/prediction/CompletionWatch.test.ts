import { EachLabsClient } from '../../../../../nodes/EachLabs/core/api/EachLabsClient';
import { Scope } from '../../../../../nodes/EachLabs/core/Scope';
import { PollSchedule } from '../../../../../nodes/EachLabs/core/account/PollSchedule';
import { CompletionWatch } from '../../../../../nodes/EachLabs/core/prediction/CompletionWatch';
import { json, plain } from '../../../../support/ScriptedTransport';
import { simulateRun, type SimulatedRunOptions } from '../../../../support/simulateRun';
import {
	SIMULATED_BASE_URL,
	SimulatedEachLabs,
	type SimulationOptions,
} from '../../../../support/SimulatedEachLabs';
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

/** Nothing else of the service fails; undefined for the list as it is. */
function listGives(
	gives: (look: number) => ReturnType<typeof plain> | undefined,
): NonNullable<SimulationOptions['fault']> {
	let looks = 0;
	return (endpoint) => {
		const given = endpoint === 'list' ? gives(looks++) : undefined;
		return given && { acts: false, gives: given };
	};
}

describe('many in flight', () => {
	test('are seen to have ended sooner than by polls alone, by six requests each at most', async () => {
		const watched = await run();
		const alone = await run({ service: { fault: listGives(() => plain(404, '')) } });
		expect(watched.meanDelayMs).toBeLessThan(0.4 * alone.meanDelayMs);
		const polls = watched.service.sent('poll');
		expect(polls.length).toBeLessThan(0.8 * alone.service.sent('poll').length);
		expect(watched.looks.length + polls.length).toBeLessThanOrEqual(6 * watched.outcomes.length);
		const [first] = watched.looks;
		const query = new URL(first?.request.url ?? '').searchParams;
		expect(query.get('model')).toBe('m');
		expect(Number(query.get('limit'))).toBeGreaterThanOrEqual(20);
	});

	test.each([
		{ what: '5 to 15 s, ten at once', cap: 10, maxRatio: 1.04 },
		{ what: '5 to 15 s, two at once', cap: 2, maxRatio: 1.08 },
	])(
		'of $what take hardly longer than the best that can be, with six requests each',
		async ({ cap, maxRatio }) => {
			const items = 100;
			const runTimeMs = (ordinal: number) => 5_000 + ((ordinal * 6_173) % 10_000);
			const { makespanMs, service, looks } = await run({
				items,
				maxWaitSeconds: 3_600,
				service: { accountCap: () => cap, latencyMs: 20, runTimeMs },
			});
			const places = Array<number>(cap).fill(0);
			for (let ordinal = 0; ordinal < items; ordinal++) {
				const earliest = places.indexOf(Math.min(...places));
				places[earliest] = (places[earliest] ?? 0) + runTimeMs(ordinal);
			}
			expect(makespanMs / Math.max(...places)).toBeLessThanOrEqual(maxRatio);
			expect((service.sent('poll').length + looks.length) / items).toBeLessThanOrEqual(6.1);
		},
	);

	test('have the last of them looked at nearly as often as before', async () => {
		const usual = Array.from({ length: 24 }, () => 10_000);
		const { looks, service } = await run({
			knownRunTimesMs: usual,
			items: CAP,
			service: { runTimeMs: (ordinal) => (ordinal === 0 ? 20_000 : 10_000) },
		});
		const alone = looks.filter(({ atMs }) => atMs > 11_000);
		const [{ settlesAtMs = 0 } = {}] = service.predictions;
		expect(alone.length).toBeGreaterThan((settlesAtMs - 11_000) / 750);
		expect(alone.length).toBeLessThan((settlesAtMs - 11_000) / 400);
	});

	test.each([10, 50])('of %d, one that hangs is looked at ever more seldom', async (items) => {
		const { looks } = await run({
			knownRunTimesMs: Array.from({ length: 24 }, () => 10_000),
			items,
			maxConcurrency: items,
			service: { accountCap: () => items, runTimeMs: (ordinal) => (ordinal === 0 ? 590_000 : 10_000) },
		});
		expect(looks.filter(({ atMs }) => atMs > 30_000).length).toBeLessThan(150);
		expect(looks.filter(({ atMs }) => atMs > 60_000).length).toBeGreaterThan(90);
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
	const alone = await run({ items: CAP, service: { fault: listGives(() => plain(404, '')) } });
	const { service, outcomes } = await run({
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
	for (const [item, { id, polls, settlesAtMs }] of service.predictions.entries()) {
		expect(polls).toBeLessThanOrEqual((alone.service.predictions[item]?.polls ?? 0) + 1);
		const seen = outcomes.find(({ prediction }) => prediction?.id === id);
		expect(seen?.endedAtMs).toBeGreaterThanOrEqual(settlesAtMs);
	}
});

test('one in flight is not looked at', async () => {
	expect((await run({ items: 1 })).looks).toHaveLength(0);
});

test('a list that tells of no end any more costs one wait of each in flight, and is relied on no longer', async () => {
	const alone = await run({ service: { fault: listGives(() => plain(404, '')) } });
	const blind = await run({
		service: { fault: listGives((look) => (look < 40 ? undefined : json(200, { executions: [] }))) },
	});
	expect(blind.looks.length).toBeGreaterThan(40);
	expect(blind.makespanMs).toBeLessThan(1.3 * alone.makespanMs);
});

test('a list that lost an answer is looked at again, and tells as before', async () => {
	const steady = await run();
	const hiccup = await run({
		service: { fault: listGives((look) => (look === 5 ? plain(500, '') : undefined)) },
	});
	expect(hiccup.looks.length).toBeGreaterThan(0.8 * steady.looks.length);
	expect(hiccup.meanDelayMs).toBeLessThan(1.3 * steady.meanDelayMs);
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
	const watch = new CompletionWatch('m', client, clock, new PollSchedule());
	const scope = new Scope(clock, 600_000);
	await clock.run(
		(async () => {
			for (const id of ['p0', 'p1', 'p2', 'p3'])
				await service.send({
					method: 'POST',
					url: `${SIMULATED_BASE_URL}/v1/prediction`,
					authenticated: true,
					headers: {},
					body: JSON.stringify({ model: 'm', input: { id } }),
					abortSignal: scope.signal,
					maxResponseBytes: 1_000,
				});
			const followed = ['p0', 'p1', 'p2', 'p3'].map((id) => watch.follow(id));
			await clock.elapse(1_500);
			const startedAtMs = clock.monotonicMs();
			await followed[0]?.sleep(5_000, scope);
			expect(clock.monotonicMs()).toBe(startedAtMs);
			await followed[0]?.sleep(5_000, scope);
			expect(clock.monotonicMs() - startedAtMs).toBe(5_000);
			for (const each of followed) each.end();
		})(),
	);
	expect(clock.pending).toBe(0);
});
