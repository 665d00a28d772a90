import { Scope } from '../../../../../nodes/EachLabs/core/Scope';
import { EachLabsClient } from '../../../../../nodes/EachLabs/core/api/EachLabsClient';
import { ServedRoutes } from '../../../../../nodes/EachLabs/core/api/ServedRoutes';
import { PredictionError } from '../../../../../nodes/EachLabs/core/PredictionError';
import { PollSchedule } from '../../../../../nodes/EachLabs/core/account/PollSchedule';
import { waitForPrediction } from '../../../../../nodes/EachLabs/core/prediction/waitForPrediction';
import type { Prediction } from '../../../../../nodes/EachLabs/core/api/shapes';
import {
	json,
	plain,
	REFUSED,
	RESET,
	SCRIPTED_BASE_URL,
	ScriptedTransport,
	type ScriptedAnswer,
} from '../../../../support/ScriptedTransport';
import { SIMULATED_BASE_URL, SimulatedEachLabs } from '../../../../support/SimulatedEachLabs';
import { VirtualClock } from '../../../../support/VirtualClock';

const running = (status = 'processing') => json(200, { id: 'p1', status, metrics: {} });
const finished = (status = 'success', metrics: Record<string, unknown> = {}) =>
	json(200, { id: 'p1', status, output: 'a cat', metrics });
const missing = json(404, { error: 'prediction not found' });

interface Waited {
	readonly outcome: Prediction | PredictionError | undefined;
	/** Seconds after the create at which the prediction was asked about. */
	readonly polledAtS: number[];
	readonly endedAtS: number;
	readonly clock: VirtualClock;
	readonly schedule: PollSchedule;
	/** What kept polls from telling the end. */
	readonly faults: string[];
}

/** Waits for p1, with jitter taken away and answers that come at once. */
async function wait(
	answers: readonly ScriptedAnswer[],
	options: {
		maxWaitMs?: number;
		pollIntervalMs?: number;
		schedule?: PollSchedule;
		stopAtMs?: number;
		random?: number;
	} = {},
): Promise<Waited> {
	const clock = new VirtualClock(() => options.random ?? 0.5);
	const transport = new ScriptedTransport(clock, answers);
	const { schedule = new PollSchedule(), pollIntervalMs, stopAtMs } = options;
	const stop = new AbortController();
	const faults: string[] = [];
	if (stopAtMs !== undefined) void clock.elapse(stopAtMs).then(() => stop.abort());
	const outcome = await clock.run(
		waitForPrediction('p1', {
			client: new EachLabsClient(transport, clock, SCRIPTED_BASE_URL),
			clock,
			schedule,
			scope: new Scope(clock, options.maxWaitMs ?? 600_000, stop.signal),
			pollIntervalMs,
			onFault: (fault) => {
				if (fault !== undefined) faults.push(fault);
			},
		}).catch((error: unknown) => error as PredictionError),
	);
	transport.assertDone();
	expect(new Set(transport.lines)).toEqual(
		new Set(transport.lines.length > 0 ? ['GET /v1/prediction/p1'] : []),
	);
	return {
		outcome,
		polledAtS: transport.requests.map(({ atMs }) => atMs / 1_000),
		endedAtS: clock.monotonicMs() / 1_000,
		clock,
		schedule,
		faults,
	};
}

describe('polls', () => {
	test('for which no time is left are not made, and are no fault', async () => {
		const { outcome, polledAtS, faults } = await wait([], { maxWaitMs: 1_050, pollIntervalMs: 1_000 });
		expect(outcome).toBeUndefined();
		expect(polledAtS).toEqual([]);
		expect(faults).toEqual([]);
	});

	test('come after 1 s, then a quarter later each time, while the prediction is in flight', async () => {
		const { outcome, polledAtS } = await wait([
			running('created'),
			running('starting'),
			running(),
			finished(),
		]);
		expect(polledAtS).toEqual([1, 2.25, 3.8125, 5.765625]);
		expect(outcome).toMatchObject({ id: 'p1', status: 'success', output: 'a cat' });
	});

	test('keep a fixed interval where the user set one', async () => {
		const { polledAtS } = await wait([running(), running(), finished()], { pollIntervalMs: 7_000 });
		expect(polledAtS).toEqual([7, 14, 21]);
	});

	test.each(['success', 'succeeded', 'error', 'failed', 'cancelled', 'canceled', 'SUCCESS', ' failed '])(
		'end with the status %p',
		async (status) => {
			const { outcome, polledAtS } = await wait([finished(status)]);
			expect(outcome).toMatchObject({ status });
			expect(polledAtS).toHaveLength(1);
		},
	);

	test('take an unknown status for in flight, up to the deadline', async () => {
		const answers = Array.from({ length: 12 }, () => running('rerouting'));
		const { outcome, polledAtS, endedAtS } = await wait(answers, { maxWaitMs: 60_000 });
		expect(outcome).toBeUndefined();
		expect(endedAtS).toBe(60);
		expect(polledAtS.at(-1)).toBeLessThan(60);
	});

	test.each([
		['in seconds', { 'retry-after': '30' }],
		['as a date', { 'retry-after': 'Thu, 01 Jan 2026 00:00:31 GMT' }],
	])('never come before a Retry-After %s, of a refusal as of an answer', async (_, headers) => {
		const busy = json(503, { error: 'busy' }, headers);
		expect((await wait([busy, finished()])).polledAtS).toEqual([1, 31]);
		const inFlight = json(200, { id: 'p1', status: 'processing' }, headers);
		expect((await wait([inFlight, finished()])).polledAtS).toEqual([1, 31]);
	});

	test('wait no longer than the deadline for a Retry-After of years', async () => {
		const busy = json(429, { error: 'busy' }, { 'retry-after': '1000000000' });
		const { outcome, polledAtS, endedAtS } = await wait([busy], { maxWaitMs: 60_000 });
		expect({ outcome, polledAtS, endedAtS }).toEqual({ outcome: undefined, polledAtS: [1], endedAtS: 60 });
	});

	test('use what is known of the model', async () => {
		const schedule = new PollSchedule();
		for (let index = 0; index <= 20; index++) schedule.observe(20_000 + 100 * index);
		const { polledAtS } = await wait([running(), finished()], { schedule });
		expect(polledAtS[0]).toBeGreaterThan(20);
		expect(polledAtS[1]).toBeLessThan(22);
	});
});

describe('a poll that goes wrong never ends the wait', () => {
	test.each<[string, ScriptedAnswer]>([
		['a refused connection', REFUSED],
		['a connection that breaks off', RESET],
		['an answer that never comes', 'silence'],
		['status 500', json(500, { error: 'oops' })],
		['status 503 in HTML', plain(503, '<html>')],
		['a redirect', plain(302, '', { location: 'https://elsewhere.test' })],
		['HTML with status 200', plain(200, '<html>')],
		['an empty answer', plain(200, '')],
		['JSON cut off', plain(200, '{"id":"p1","sta')],
		['JSON of another shape', json(200, { hello: 'world' })],
		['a limit on requests', json(429, { error: 'slow down' })],
		['a key that is not accepted', json(401, { error: 'bad key' })],
		['a key without the right', json(403, { error: 'forbidden' })],
		['a balance too low', json(402, { error: 'balance' })],
		['a prediction that is not found yet', missing],
	])('%s', async (_, answer) => {
		const { outcome, clock } = await wait([answer, answer, answer, finished()]);
		expect(outcome).toMatchObject({ status: 'success' });
		expect(clock.pending).toBe(0);
	});

	test('and the polls after it keep off for longer and longer', async () => {
		const answers = [...Array.from({ length: 6 }, () => RESET), finished()];
		const { clock } = await wait(answers, { pollIntervalMs: 1_000, random: 0.9 });
		const waits = clock.sleeps.filter(({ aborted }) => !aborted).map(({ ms }) => ms);
		expect(waits).toEqual([1_000, 1_000, 1_000, 1_800, 3_600, 7_200, 14_400]);
	});

	test('while nothing but the connection is refused, until the deadline', async () => {
		const { outcome, endedAtS } = await wait(
			Array.from({ length: 7 }, () => REFUSED),
			{ maxWaitMs: 30_000 },
		);
		expect(outcome).toBeUndefined();
		expect(endedAtS).toBe(30);
	});
});

describe('a prediction that the service does not know', () => {
	test('is given 30 s from its creation to appear', async () => {
		const { outcome, polledAtS } = await wait([missing, missing, missing, missing], {
			pollIntervalMs: 10_000,
		});
		expect(polledAtS).toEqual([10, 20, 30, 40]);
		expect(outcome).toMatchObject({
			kind: 'predictionNotFound',
			description: expect.stringContaining('p1'),
			facts: { predictionId: 'p1' },
		});
	});

	test('is not given up for one such answer after it was seen', async () => {
		const { outcome } = await wait([running(), missing, finished()], { pollIntervalMs: 40_000 });
		expect(outcome).toMatchObject({ status: 'success' });
	});

	test('is given up when the service has denied it for 30 s', async () => {
		const { outcome, polledAtS } = await wait([running(), missing, missing, missing, missing], {
			pollIntervalMs: 12_000,
		});
		expect(polledAtS).toEqual([12, 24, 36, 48, 60]);
		expect(outcome).toMatchObject({ kind: 'predictionNotFound', facts: { predictionId: 'p1' } });
	});
});

describe('the wait ends without an answer', () => {
	test('at once when the run is stopped, in the middle of a sleep', async () => {
		const { outcome, endedAtS, clock } = await wait([running()], { stopAtMs: 1_700 });
		expect({ outcome, endedAtS }).toEqual({ outcome: undefined, endedAtS: 1.7 });
		expect(clock.pending).toBe(0);
	});

	test('at once when the run is stopped, in the middle of a poll', async () => {
		const { outcome, endedAtS, clock } = await wait(['silence'], { stopAtMs: 5_000 });
		expect({ outcome, endedAtS }).toEqual({ outcome: undefined, endedAtS: 5 });
		expect(clock.pending).toBe(0);
	});

	test('at the deadline, which ends a poll without an answer, too', async () => {
		const { outcome, endedAtS } = await wait(['silence'], { maxWaitMs: 8_000 });
		expect({ outcome, endedAtS }).toEqual({ outcome: undefined, endedAtS: 8 });
	});

	test('without any poll when the run was stopped before', async () => {
		const { outcome, polledAtS } = await wait([], { stopAtMs: 0 });
		expect({ outcome, polledAtS }).toEqual({ outcome: undefined, polledAtS: [] });
	});
});

describe('what a model is known to need', () => {
	test.each([
		["the service's own figure", { predict_time: 2.9 }, 2_900],
		['no less than it was seen to run', { predict_time: 0.5 }, 2_250],
		['no more than passed until it was seen to be finished', { predict_time: 90 }, 3_812.5],
		['the middle between the two polls where the service says nothing', {}, 3_031.25],
	])('is %s', async (_, metrics, expectedMs) => {
		const schedule = new PollSchedule();
		const observed = jest.spyOn(schedule, 'observe');
		await wait([running(), running(), finished('success', metrics)], { schedule });
		expect(observed.mock.calls).toEqual([[expectedMs]]);
	});
});

describe('a service that holds the question', () => {
	/** Polls of a prediction of 40 s, and how long after its end it was seen. */
	async function held(holdsMs: number) {
		const clock = new VirtualClock(() => 0.5);
		const service = new SimulatedEachLabs(clock, { runTimeMs: () => 40_000, holdsMs });
		const client = new EachLabsClient(service, clock, SIMULATED_BASE_URL, new ServedRoutes());
		const scope = new Scope(clock, 600_000);
		const created = await clock.run(client.createPrediction({ model: 'm', input: {} }, scope));
		if (created.kind !== 'created') throw new Error('not created');
		const prediction = await clock.run(
			waitForPrediction(created.predictionId, {
				client,
				clock,
				schedule: new PollSchedule(),
				scope,
			}),
		);
		expect(prediction).toMatchObject({ status: 'success' });
		const [bought] = service.predictions;
		return { polls: bought?.polls ?? NaN, lateMs: clock.monotonicMs() - (bought?.settlesAtMs ?? NaN) };
	}

	test.each([25_000, 60_000, 61_000])(
		'for %i ms is asked at most three times, and heard at once',
		async (ms) => {
			const { polls, lateMs } = await held(ms);
			expect(polls).toBeLessThanOrEqual(3);
			expect(lateMs).toBeLessThanOrEqual(300);
		},
	);

	test('is asked about the next prediction at once, and once', async () => {
		const clock = new VirtualClock(() => 0.5);
		const service = new SimulatedEachLabs(clock, { runTimeMs: () => 8_000, holdsMs: 25_000 });
		const client = new EachLabsClient(service, clock, SIMULATED_BASE_URL, new ServedRoutes());
		const schedule = new PollSchedule();
		const ask = client.pollPrediction.bind(client);
		const askedAfterMs: number[] = [];
		for (const prompt of ['one', 'two']) {
			const scope = new Scope(clock, 600_000);
			const created = await clock.run(client.createPrediction({ model: 'm', input: { prompt } }, scope));
			if (created.kind !== 'created') throw new Error('not created');
			const startedAtMs = clock.monotonicMs();
			jest.spyOn(client, 'pollPrediction').mockImplementation(async (...question) => {
				askedAfterMs.push(clock.monotonicMs() - startedAtMs);
				return await ask(...question);
			});
			await clock.run(waitForPrediction(created.predictionId, { client, clock, schedule, scope }));
		}
		expect(askedAfterMs).toEqual([1_000, 0]);
	});

	test('is asked at the interval that the user has set', async () => {
		const schedule = new PollSchedule();
		schedule.isHeld = true;
		const { polledAtS } = await wait([running(), finished()], { schedule, pollIntervalMs: 7_000 });
		expect(polledAtS).toEqual([7, 14]);
	});

	test('no longer is asked as before', async () => {
		const schedule = new PollSchedule();
		schedule.isHeld = true;
		const { polledAtS } = await wait([running(), running(), finished()], { schedule });
		expect(polledAtS).toEqual([0, 1.25, 2.8125]);
	});

	test('and gives no answer in time is asked again at once', async () => {
		const { polledAtS, outcome } = await wait(['silence', finished()]);
		expect(outcome).toMatchObject({ status: 'success' });
		expect(polledAtS).toEqual([1, 61]);
	});
});

test('an answer that is too long to be read ends the wait at once, and names what was paid', async () => {
	const { outcome } = await wait([{ delivery: 'unknown', interrupted: 'too long', tooLong: true }]);
	expect(outcome).toMatchObject({ kind: 'unexpectedAnswer', facts: { predictionId: 'p1' } });
});
