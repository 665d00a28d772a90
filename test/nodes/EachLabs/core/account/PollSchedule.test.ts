import fc from 'fast-check';

import { PollSchedule } from '../../../../../nodes/EachLabs/core/account/PollSchedule';
import { seededRandom } from '../../../../support/VirtualClock';

/** Takes the jitter away. */
const EVEN = 0.5;

function knowing(...runTimesMs: number[]): PollSchedule {
	const schedule = new PollSchedule();
	for (const ms of runTimesMs) schedule.observe(ms);
	return schedule;
}

/** The moments at which a prediction is asked about until it is seen to be finished. */
function pollsOf(schedule: PollSchedule, runTimeMs: number, random: () => number): number[] {
	const moments: number[] = [];
	let elapsedMs = 0;
	let previousMs = 0;
	while (elapsedMs < runTimeMs) {
		previousMs = schedule.nextWaitMs({ elapsedMs, polls: moments.length, previousMs }, random());
		elapsedMs += previousMs;
		moments.push(elapsedMs);
	}
	return moments;
}

test.each<[string, PollSchedule, number | undefined]>([
	['nothing', new PollSchedule(), undefined],
	['the published average', new PollSchedule(10_000), 10_000],
	['run times', knowing(3_000, 8_000, 2_000), 8_000],
])('the usual time of a model of which %s is known', (_known, schedule, expectedMs) => {
	expect(schedule.usualMs).toBe(expectedMs);
});

describe('while nothing is known of a model', () => {
	test('the waits grow from 1 s by a quarter to 10 s', () => {
		const moments = pollsOf(new PollSchedule(), 60_000, () => EVEN);
		const waits = moments.map((moment, index) => moment - (moments[index - 1] ?? 0));
		expect(waits.slice(0, 4)).toEqual([1_000, 1_250, 1_562.5, 1_953.125]);
		expect(waits.slice(-2)).toEqual([10_000, 10_000]);
		expect(Math.max(...waits)).toBe(10_000);
	});

	test.each([
		['a fifth less', 0, 800],
		['a fifth more', 0.999999, 1_200],
	])('jitter makes a wait up to %s', (_, random, expectedMs) => {
		const wait = new PollSchedule().nextWaitMs({ elapsedMs: 0, polls: 0, previousMs: 0 }, random);
		expect(wait).toBeCloseTo(expectedMs, 0);
	});

	test.each([NaN, Infinity, -1])('a run time of %p is no knowledge', (ms) => {
		const wait = knowing(ms).nextWaitMs({ elapsedMs: 0, polls: 0, previousMs: 0 }, EVEN);
		expect(wait).toBe(1_000);
	});
});

describe('while only the published average of a model is known', () => {
	test('the first poll comes after a second all the same, and the others cover the usual times around the average', () => {
		const moments = pollsOf(new PollSchedule(10_000), 15_000, () => EVEN);
		expect(moments[0]).toBe(1_000);
		expect(moments[1]).toBeGreaterThan(5_000);
		expect(moments[1]).toBeLessThan(8_000);
		expect(moments.length).toBeLessThanOrEqual(8);
	});

	test.each([
		['quicker', 800],
		['slower', 45_000],
	])('one that was much %s puts an end to the belief in it', (_, ms) => {
		const believing = new PollSchedule(10_000);
		believing.observe(ms);
		const soFar = { elapsedMs: 0, polls: 0, previousMs: 0 };
		expect(believing.nextWaitMs(soFar, EVEN)).toBe(knowing(ms).nextWaitMs(soFar, EVEN));
	});
});

describe('once run times of a model are known', () => {
	const even = Array.from({ length: 41 }, (_, index) => 5_000 + 250 * index);

	test('the first poll waits until the quickest could be done', () => {
		const [first = 0] = pollsOf(knowing(...even), 20_000, () => EVEN);
		expect(first).toBeGreaterThan(5_000);
		expect(first).toBeLessThan(7_000);
	});

	test('the polls cover the usual span in equal steps where predictions finish evenly', () => {
		const moments = pollsOf(knowing(...even), 15_000, () => EVEN);
		const steps = moments.slice(1).map((moment, index) => moment - (moments[index] ?? 0));
		expect(Math.max(...steps) / Math.min(...steps)).toBeLessThan(1.5);
		expect(moments).toHaveLength(8);
	});

	test('polls are closer together where more predictions finish', () => {
		const quick = Array.from({ length: 36 }, (_, index) => 3_000 + 20 * index);
		const slow = Array.from({ length: 9 }, (_, index) => 30_000 + 200 * index);
		const moments = pollsOf(knowing(...quick, ...slow), 33_000, () => EVEN);
		expect(moments.filter((moment) => moment < 4_000).length).toBeGreaterThanOrEqual(2);
	});

	test('while few are known, the slow ones are expected to be still missing', () => {
		// The first three of ten to finish: the budget must not be spent before 7 s.
		const moments = pollsOf(knowing(5_200, 5_600, 6_300), 15_000, () => EVEN);
		expect(moments.length).toBeLessThanOrEqual(8);
	});

	test('one that takes longer than any before is asked about in growing steps of at most 10 s', () => {
		const moments = pollsOf(knowing(...even), 200_000, () => EVEN);
		const late = moments.filter((moment) => moment > 16_000);
		const steps = late.slice(1).map((moment, index) => moment - (late[index] ?? 0));
		expect(steps).toEqual([...steps].sort((left, right) => left - right));
		expect(steps.at(-1)).toBe(10_000);
	});

	test('only the last 64 run times count', () => {
		const schedule = knowing(
			...Array.from({ length: 64 }, () => 100_000),
			...Array.from({ length: 64 }, () => 2_000),
		);
		expect(schedule.nextWaitMs({ elapsedMs: 0, polls: 0, previousMs: 0 }, EVEN)).toBeLessThan(2_500);
	});

	test('a prediction of a run time that occurred before is found finished by the eighth poll at the latest', () => {
		fc.assert(
			fc.property(
				fc.array(fc.integer({ min: 4_000, max: 13_000 }), { minLength: 1, maxLength: 80 }),
				fc.nat(),
				fc.integer(),
				(known, pick, seed) => {
					const remembered = known.slice(-64);
					const runTimeMs = remembered[pick % remembered.length] ?? 0;
					expect(pollsOf(knowing(...known), runTimeMs, seededRandom(seed)).length).toBeLessThanOrEqual(8);
				},
			),
			{ seed: 20260821, numRuns: 500 },
		);
	});
});

test('no wait is shorter than 250 ms or longer than what is left to the quickest and 12 s, whatever is known', () => {
	fc.assert(
		fc.property(
			fc.array(fc.double({ min: 0, max: 1e7, noNaN: true }), { maxLength: 80 }),
			fc.record({
				elapsedMs: fc.double({ min: 0, max: 1e7, noNaN: true }),
				polls: fc.nat(100),
				previousMs: fc.double({ min: 0, max: 1e5, noNaN: true }),
			}),
			fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
			(known, soFar, random) => {
				const wait = knowing(...known).nextWaitMs(
					{ ...soFar, previousMs: soFar.polls === 0 ? 0 : soFar.previousMs },
					random,
				);
				const toQuickest = known.length === 0 ? 0 : Math.max(0, Math.min(...known) - soFar.elapsedMs);
				if (known.length > 0) expect(wait).toBeGreaterThanOrEqual(250);
				else expect(wait).toBeGreaterThanOrEqual(soFar.polls === 0 ? 800 : 0);
				expect(wait).toBeLessThanOrEqual(toQuickest + 12_000);
			},
		),
		{ seed: 20260821, numRuns: 500 },
	);
});

/** Ten places that are kept busy with items of 5 to 15 s, each asked about as `PollSchedule` says, by requests of 10 ms. */
function keepBusy(
	items: number,
	seed: number,
	publishedMs?: number,
): { timeOverIdeal: number; maxPolls: number } {
	const places = 10;
	const latencyMs = 10;
	const draw = seededRandom(seed * 7_919);
	const jitter = seededRandom(seed);
	const runTimesMs = Array.from({ length: items }, () => 5_000 + 10_000 * draw());
	const schedule = new PollSchedule(publishedMs);
	const inFlight: Array<{
		startedAtMs: number;
		runTimeMs: number;
		polls: number;
		previousMs: number;
		pollAtMs: number;
	}> = [];
	let next = 0;
	let maxPolls = 0;
	let endedAtMs = 0;
	const start = (nowMs: number) => {
		const runTimeMs = runTimesMs[next++];
		if (runTimeMs === undefined) return;
		const previousMs = schedule.nextWaitMs({ elapsedMs: 0, polls: 0, previousMs: 0 }, jitter());
		const startedAtMs = nowMs + latencyMs;
		inFlight.push({ startedAtMs, runTimeMs, polls: 0, previousMs, pollAtMs: startedAtMs + previousMs });
	};
	for (let place = 0; place < places; place++) start(0);
	while (inFlight.length > 0) {
		inFlight.sort((left, right) => right.pollAtMs - left.pollAtMs);
		const polled = inFlight.at(-1);
		if (!polled) break;
		const nowMs = polled.pollAtMs + latencyMs;
		const elapsedMs = nowMs - polled.startedAtMs;
		polled.polls += 1;
		if (elapsedMs >= polled.runTimeMs) {
			inFlight.pop();
			maxPolls = Math.max(maxPolls, polled.polls);
			endedAtMs = nowMs;
			schedule.observe(polled.runTimeMs);
			start(nowMs);
		} else {
			polled.previousMs = schedule.nextWaitMs(
				{ elapsedMs, polls: polled.polls, previousMs: polled.previousMs },
				jitter(),
			);
			polled.pollAtMs = nowMs + polled.previousMs;
		}
	}
	const idealMs = runTimesMs.reduce((sum, ms) => sum + ms, 0) / places;
	return { timeOverIdeal: endedAtMs / idealMs, maxPolls };
}

// By luck alone, the last items end unevenly: with polls without any delay it is 1.10 and 1.03 on average, 1.16 and 1.05 at worst.
test.each([
	['an unknown model', 60, undefined, 1.21, 1.3],
	['an unknown model', 200, undefined, 1.12, 1.15],
	['a model with a published average', 60, 10_000, 1.19, 1.28],
	['a model with a published average', 200, 10_000, 1.11, 1.14],
])(
	'by %s, %p items (published: %p ms) on ten places take on average %p, at worst %p times the ideal, by eight polls or hardly more',
	(_, items, publishedMs, mean, worst) => {
		const runs = Array.from({ length: 50 }, (_unused, index) => keepBusy(items, index + 1, publishedMs));
		const ratios = runs.map(({ timeOverIdeal }) => timeOverIdeal);
		expect(ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length).toBeLessThanOrEqual(mean);
		expect(Math.max(...ratios)).toBeLessThanOrEqual(worst);
		expect(Math.max(...runs.map(({ maxPolls }) => maxPolls))).toBeLessThanOrEqual(10);
		expect(runs.filter(({ maxPolls }) => maxPolls > 8).length).toBeLessThanOrEqual(8);
	},
);
