import fc from 'fast-check';

import { PredictionError } from '../../../../../nodes/EachLabs/core/PredictionError';
import { plain, RESET } from '../../../../support/ScriptedTransport';
import type { SimulationOptions } from '../../../../support/SimulatedEachLabs';
import { simulateRun, type SimulatedRun, type SimulatedRunOptions } from '../../../../support/simulateRun';
import { seededRandom } from '../../../../support/VirtualClock';
import { isIdle } from '../../../../support/isIdle';

const LONGEST_TIMER_MS = 2_147_483_647;

/** Uniform from 5 to 15 s, the same for the same seed. */
function runTimes(items: number, seed: number): number[] {
	const random = seededRandom(seed * 7_919);
	return Array.from({ length: items }, () => 5_000 + 10_000 * random());
}

interface Measured extends SimulatedRun {
	/** The time that it took, over the time in which the places that were free could have done the work. */
	readonly timeOverIdeal: number;
	readonly refusedPerAccepted: number;
	readonly maxPolls: number;
}

/** A run of items of 5 to 15 s. */
async function measure(
	options: SimulatedRunOptions & { readonly seed: number },
	/** Places that are free for us, by the clock. */
	free: (nowMs: number) => number,
): Promise<Measured> {
	const timesMs = runTimes(options.items, options.seed);
	const run = await simulateRun({
		...options,
		service: { latencyMs: 40, ...options.service, runTimeMs: (ordinal) => timesMs[ordinal] ?? 0 },
	});
	const workMs = timesMs.reduce((sum, ms) => sum + ms, 0);
	let idealMs = 0;
	for (let doneMs = 0; doneMs < workMs; idealMs += 100) doneMs += 100 * free(idealMs);
	return {
		...run,
		timeOverIdeal: run.makespanMs / idealMs,
		refusedPerAccepted: run.service.refusedCreates / options.items,
		maxPolls: Math.max(...run.service.predictions.map(({ polls }) => polls)),
	};
}

/** Every item has its own prediction, each was made once, and nothing is left of the run. */
function expectNothingLost({ outcomes, service, clock, limiter }: SimulatedRun): void {
	const ids = outcomes.map(({ prediction }) => prediction?.id);
	expect(ids).not.toContain(undefined);
	expect(new Set(ids).size).toBe(outcomes.length);
	expect(service.predictions).toHaveLength(outcomes.length);
	expect(outcomes.map(({ prediction }) => prediction?.input)).toEqual(
		outcomes.map((_, itemIndex) => ({ prompt: `item ${itemIndex}` })),
	);
	expect(isIdle(limiter)).toBe(true);
	expect(clock.pending).toBe(0);
}

/** Items whose creates were sent in the order of the items, refused ones again. */
function firstCreates({ service }: SimulatedRun): string[] {
	const prompts = service
		.sent('create')
		.map(({ request }) => (JSON.parse(request.body as string) as { input: { prompt: string } }).input.prompt);
	return [...new Set(prompts)];
}

describe('a storm of items that all want to be created at once', () => {
	test.each([
		[1_000, 10],
		[300, 2],
	])(
		'%d on an account of %d places: loses none, is refused seldom, and takes hardly longer than it has to',
		async (items, cap) => {
			const run = await measure(
				{ items, seed: 1, maxConcurrency: items, service: { accountCap: () => cap } },
				() => cap,
			);
			expectNothingLost(run);
			expect(run.refusedPerAccepted).toBeLessThanOrEqual(0.35);
			expect(run.timeOverIdeal).toBeLessThanOrEqual(1.1);
			expect(run.service.maxInFlight).toBe(cap);
			expect(firstCreates(run)).toEqual(Array.from({ length: items }, (_, item) => `item ${item}`));
		},
	);

	test('on an account without a cap is never refused, and has all of them in flight before the first are slow', async () => {
		const run = await measure({ items: 300, seed: 1, maxConcurrency: 300 }, () => 300);
		expectNothingLost(run);
		expect(run.service.refusedCreates).toBe(0);
		expect(Math.max(...run.service.predictions.map(({ createdAtMs }) => createdAtMs))).toBeLessThan(5_000);
	});
});

describe('an account that does not stay as it is', () => {
	test('with a rival who takes 7 of 10 places half of the time', async () => {
		const rivalWants = (nowMs: number) => (Math.floor(nowMs / 60_000) % 2 === 0 ? 7 : 0);
		const run = await measure(
			{ items: 400, seed: 2, maxConcurrency: 400, service: { accountCap: () => 10, rivalWants } },
			(nowMs) => 10 - rivalWants(nowMs),
		);
		expectNothingLost(run);
		expect(run.refusedPerAccepted).toBeLessThanOrEqual(0.35);
		expect(run.timeOverIdeal).toBeLessThanOrEqual(1.4);
	});

	test('whose cap, which is never named, is lifted from 4 to 20 in the middle', async () => {
		const accountCap = (nowMs: number) => (nowMs < 300_000 ? 4 : 20);
		const run = await measure(
			{
				items: 600,
				seed: 3,
				maxConcurrency: 600,
				service: { accountCap, refusalDetails: () => 'too many predictions' },
			},
			accountCap,
		);
		expectNothingLost(run);
		expect(run.service.maxInFlight).toBe(20);
		expect(run.refusedPerAccepted).toBeLessThanOrEqual(0.35);
		expect(run.timeOverIdeal).toBeLessThanOrEqual(1.15);
	});

	test('whose cap falls from 20 to 4 in the middle', async () => {
		const accountCap = (nowMs: number) => (nowMs < 60_000 ? 20 : 4);
		const run = await measure(
			{ items: 300, seed: 4, maxConcurrency: 300, service: { accountCap } },
			accountCap,
		);
		expectNothingLost(run);
		expect(run.refusedPerAccepted).toBeLessThanOrEqual(0.35);
		expect(run.timeOverIdeal).toBeLessThanOrEqual(1.1);
	});
});

describe('as fast as an account of 10 places allows', () => {
	test.each([
		['60 items, nothing known of the model', 60, 0, 1.2],
		['60 items, its run times known', 60, 64, 1.2],
		['200 items, nothing known of the model', 200, 0, 1.1],
	])('%s', async (_, items, known, worst) => {
		const ratios: number[] = [];
		for (const seed of [1, 2]) {
			const run = await measure(
				{
					items,
					seed,
					service: { accountCap: () => 10 },
					knownRunTimesMs: runTimes(known, seed + 100),
				},
				() => 10,
			);
			expectNothingLost(run);
			expect(run.service.refusedCreates).toBe(0);
			expect(run.maxPolls).toBeLessThanOrEqual(10);
			ratios.push(run.timeOverIdeal);
		}
		expect(Math.max(...ratios)).toBeLessThanOrEqual(worst);
	});
});

describe('a Retry-After on every refusal', () => {
	test.each([
		['in seconds', '20', 20_000],
		['as a date', 'Thu, 01 Jan 2026 00:01:00 GMT', undefined],
		['of 0', '0', 0],
		['that is negative', '-1', 0],
		['that is not a number', 'NaN', 0],
	])('%s: nothing is sent too early, and everything gets through', async (_, retryAfter, waitMs) => {
		const run = await simulateRun({
			items: 40,
			maxConcurrency: 40,
			service: { accountCap: () => 6, runTimeMs: () => 4_000, retryAfter },
		});
		expectNothingLost(run);
		const creates = run.service.sent('create');
		const refusals = creates.filter(({ status }) => status === 429);
		expect(refusals.length).toBeGreaterThan(0);
		for (const { answeredAtMs = Infinity } of refusals) {
			const notBeforeMs = waitMs === undefined ? 60_000 : answeredAtMs + waitMs;
			expect(creates.filter(({ atMs }) => atMs > answeredAtMs && atMs < notBeforeMs)).toEqual([]);
		}
		expect(Math.min(...run.clock.sleeps.map(({ ms }) => ms))).toBeGreaterThan(1);
		expect(Math.max(...run.clock.sleeps.map(({ ms }) => ms))).toBeLessThanOrEqual(LONGEST_TIMER_MS);
	});

	test('of 10^9 seconds holds back every item until its time is up, and what is in flight is not lost', async () => {
		const run = await simulateRun({
			items: 20,
			maxConcurrency: 20,
			maxWaitSeconds: 120,
			service: { accountCap: () => 6, runTimeMs: () => 4_000, retryAfter: '1000000000' },
		});
		expect(run.outcomes.filter(({ prediction }) => prediction).length).toBe(run.service.predictions.length);
		expect(new Set(run.outcomes.flatMap(({ error }) => error?.kind ?? []))).toEqual(new Set(['accountCap']));
		const [refusal] = run.service.sent('create').filter(({ status }) => status === 429);
		const late = run.service.sent('create').filter(({ atMs }) => atMs > (refusal?.answeredAtMs ?? 0));
		expect(late).toEqual([]);
		expect(run.makespanMs).toBeLessThan(140_000);
		expect(Math.max(...run.clock.sleeps.map(({ ms }) => ms))).toBeLessThanOrEqual(LONGEST_TIMER_MS);
		expect(run.clock.pending).toBe(0);
	});
});

test('in a total outage, a thousand items ask once each and look for what they may have bought', async () => {
	const run = await simulateRun({
		items: 1_000,
		service: { latencyMs: 2, fault: () => ({ acts: false, gives: plain(503, '') }) },
	});
	expect(run.outcomes.every(({ error }) => error?.kind === 'submissionUnknown')).toBe(true);
	expect(run.service.sent('create')).toHaveLength(1_000);
	// Each look is due by itself, and none of them is repeated.
	expect(run.service.sent('list')).toHaveLength(3_000);
	expect(run.clock.pending).toBe(0);
});

test('when a tenth of all answers is lost on the way, nothing is lost and nothing is bought twice', async () => {
	const random = seededRandom(5);
	const run = await simulateRun({
		items: 200,
		service: {
			runTimeMs: () => 5_000,
			accountCap: () => 10,
			fault: (endpoint) => {
				const luck = random();
				if (luck < 0.05) return { acts: true, gives: RESET };
				// A create that is lost before it is made can't be told from one that is only made late.
				return luck < 0.1 && endpoint !== 'create' ? { acts: false, gives: plain(502, '<html>') } : undefined;
			},
		},
	});
	expectNothingLost(run);
});

test('whatever happens, every item ends once, knows what it may have cost, and nothing is bought twice', async () => {
	const course = fc.record({
		items: fc.integer({ min: 1, max: 25 }),
		maxConcurrency: fc.integer({ min: 1, max: 30 }),
		seed: fc.integer(),
		caps: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 }),
		rivals: fc.array(fc.nat(12), { minLength: 1, maxLength: 6 }),
		runTimesMs: fc.array(fc.integer({ min: 50, max: 40_000 }), { minLength: 1, maxLength: 8 }),
		faultShare: fc.constantFrom(0, 0.05, 0.3),
		stopAtMs: fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: undefined }),
		cancelObeyed: fc.boolean(),
		resubmit: fc.boolean(),
	});
	await fc.assert(
		fc.asyncProperty(course, async (given) => {
			const random = seededRandom(given.seed);
			const service: SimulationOptions = {
				runTimeMs: (ordinal) => given.runTimesMs[ordinal % given.runTimesMs.length] ?? 1_000,
				accountCap: (nowMs) => given.caps[Math.floor(nowMs / 20_000) % given.caps.length] ?? 1,
				// Now and then the rival leaves, so that an end can come.
				rivalWants: (nowMs) =>
					Math.floor(nowMs / 30_000) % 3 === 0
						? 0
						: (given.rivals[Math.floor(nowMs / 7_000) % given.rivals.length] ?? 0),
				cancelObeyed: given.cancelObeyed,
				fault: () => {
					if (random() >= given.faultShare) return undefined;
					const gives = [RESET, plain(503, ''), plain(200, '<html>'), 'silence' as const][
						Math.floor(4 * random())
					];
					return { acts: random() < 0.5, gives: gives ?? RESET };
				},
			};
			const run = await simulateRun({ ...given, maxWaitSeconds: 120, service });
			const { outcomes, clock, limiter } = run;
			expect(outcomes).toHaveLength(given.items);
			expect(
				outcomes.every(
					({ prediction, error }) => prediction !== undefined || error instanceof PredictionError,
				),
			).toBe(true);
			// Of items that have not ended: what an item has given up (a lost answer, a cancel in vain) may run on beside.
			for (const { createdAtMs } of run.service.predictions) {
				const working = run.service.predictions.filter(({ input, ...other }) => {
					const itemIndex = Number(String(input['prompt']).replace('item ', ''));
					const isOpen = (outcomes[itemIndex]?.endedAtMs ?? 0) > createdAtMs;
					return isOpen && other.createdAtMs <= createdAtMs && other.settlesAtMs > createdAtMs;
				});
				const items = new Set(working.map(({ input }) => input['prompt']));
				expect(items.size).toBeLessThanOrEqual(given.maxConcurrency);
			}
			expect(isIdle(limiter)).toBe(true);
			expect(clock.pending).toBe(0);
			// By the input, which is an item's own.
			const bought = new Map<unknown, string[]>();
			for (const { id, input } of run.service.predictions) {
				bought.set(input['prompt'], [...(bought.get(input['prompt']) ?? []), id]);
			}
			for (const [itemIndex, { prediction, error }] of outcomes.entries()) {
				const ids = bought.get(`item ${itemIndex}`) ?? [];
				expect(ids.length).toBeLessThanOrEqual(given.resubmit ? 2 : 1);
				const told = prediction?.id ?? error?.facts.predictionId;
				if (told !== undefined) expect(ids).toContain(told);
				// What was bought is told, or it is said that something may have been.
				else if (ids.length > 0) expect(error?.kind).toBe('submissionUnknown');
			}
		}),
		{ seed: 20260821, numRuns: 60 },
	);
});
