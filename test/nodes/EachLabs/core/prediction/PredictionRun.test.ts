import { getEventListeners } from 'node:events';

import { AccountLimiter } from '../../../../../nodes/EachLabs/core/account/AccountLimiter';
import { Scope } from '../../../../../nodes/EachLabs/core/Scope';
import { EachLabsClient } from '../../../../../nodes/EachLabs/core/api/EachLabsClient';
import { rememberSecret } from '../../../../../nodes/EachLabs/core/redactSecrets';
import { PredictionError } from '../../../../../nodes/EachLabs/core/PredictionError';
import type { LedgerItem } from '../../../../../nodes/EachLabs/core/prediction/PredictionLedger';
import { RunCost } from '../../../../../nodes/EachLabs/core/prediction/RunCost';
import {
	PredictionRun,
	type PredictionRunContext,
} from '../../../../../nodes/EachLabs/core/prediction/PredictionRun';
import { PollSchedule } from '../../../../../nodes/EachLabs/core/account/PollSchedule';
import type { Prediction } from '../../../../../nodes/EachLabs/core/api/shapes';
import { json, plain, RESET } from '../../../../support/ScriptedTransport';
import {
	SIMULATED_BASE_URL,
	SimulatedEachLabs,
	type Endpoint,
	type SimulationOptions,
} from '../../../../support/SimulatedEachLabs';
import { simulateRun } from '../../../../support/simulateRun';
import { VirtualClock } from '../../../../support/VirtualClock';
import { isIdle } from '../../../../support/isIdle';

/** With the text in place of an address that the run has uploaded. */
const REQUEST = { model: 'm', input: { prompt: 'What is it?' }, uploads: ['What is it?'] };

/** One run against the simulated service, piece by piece. */
class Bench {
	readonly clock = new VirtualClock(() => 0.5);
	readonly stop = new AbortController();
	readonly limiter = new AccountLimiter(this.clock);
	readonly service: SimulatedEachLabs;
	readonly run: PredictionRun;

	constructor(service: SimulationOptions = {}, context: Partial<PredictionRunContext> = {}) {
		this.service = new SimulatedEachLabs(this.clock, service);
		const schedule = new PollSchedule();
		this.run = new PredictionRun({
			client: new EachLabsClient(this.service, this.clock, SIMULATED_BASE_URL),
			clock: this.clock,
			limiter: this.limiter,
			scheduleOf: () => schedule,
			abortSignal: this.stop.signal,
			maxConcurrency: 10,
			claimed: new Set(),
			...context,
		});
	}

	options(ledgerItem: LedgerItem = { resubmitted: false }, maxWaitMs = 600_000) {
		return { scope: new Scope(this.clock, maxWaitMs, this.stop.signal), resubmit: false, ledgerItem };
	}

	async predict(ledgerItem?: LedgerItem, maxWaitMs?: number): Promise<Prediction | PredictionError> {
		return await this.run
			.predict(REQUEST, this.options(ledgerItem, maxWaitMs))
			.catch((error: unknown) => error as PredictionError);
	}

	count(endpoint: Endpoint): number {
		return this.service.sent(endpoint).length;
	}

	/** When requests were sent to an endpoint, in seconds. */
	sentAtS(endpoint: Endpoint): number[] {
		return this.service.sent(endpoint).map(({ atMs }) => Math.round(atMs) / 1_000);
	}
}

describe('a prediction', () => {
	test('that succeeds is answered, and written down', async () => {
		const bench: Bench = new Bench();
		const ledgerItem: LedgerItem = { resubmitted: false };
		const prediction = await bench.clock.run(bench.predict(ledgerItem));
		expect(prediction).toMatchObject({
			id: 'p0',
			output: 'answer to p0',
			cost: 0.0001,
			predictTimeSeconds: 1,
		});
		expect(ledgerItem.entry).toEqual({ state: 'succeeded', prediction });
		expect(isIdle(bench.limiter)).toBe(true);
		await bench.clock.pass(0);
		expect(bench.clock.pending).toBe(0);
	});

	test.each(['error', 'failed'])(
		'with the status %p failed: its error has the reason, the id and the cost',
		async (word) => {
			const bench: Bench = new Bench({
				endsAs: () => word,
				fault: (endpoint) =>
					endpoint === 'poll'
						? {
								acts: true,
								gives: json(200, {
									id: 'p0',
									status: word,
									output: { error_message: 'bad picture, secret-key' },
									metrics: { cost: 0.01 },
								}),
							}
						: undefined,
			});
			rememberSecret('secret-key');
			const ledgerItem: LedgerItem = { resubmitted: false };
			expect(await bench.clock.run(bench.predict(ledgerItem))).toMatchObject({
				kind: 'predictionFailed',
				message: 'The model could not finish the prediction: bad picture, [hidden]',
				description: expect.stringContaining('p0'),
				facts: { predictionId: 'p0', cost: 0.01 },
			});
			expect(ledgerItem.entry).toBeUndefined();
		},
	);

	test.each([
		['with an output is handed over at the deadline', 'A red bicycle', { output: 'A red bicycle' }],
		['without one is not', null, { kind: 'deadline' }],
	])('whose status word nobody knows %s', async (_what, output, expected) => {
		const bench: Bench = new Bench({
			fault: (endpoint) =>
				endpoint === 'poll'
					? {
							acts: true,
							gives: json(200, { id: 'p0', status: 'archived', output, metrics: { cost: 0.01 } }),
						}
					: undefined,
		});
		expect(await bench.clock.run(bench.predict())).toMatchObject(expected);
		expect(bench.count('cancel')).toBe(1);
	});

	test('that somebody else cancelled says so, with the id', async () => {
		const bench: Bench = new Bench({ endsAs: () => 'cancelled' });
		expect(await bench.clock.run(bench.predict())).toMatchObject({
			kind: 'predictionCancelled',
			facts: { predictionId: 'p0' },
		});
		expect(bench.count('cancel')).toBe(0);
	});

	test('that the service does not find for 20 s is waited for', async () => {
		const bench: Bench = new Bench({ hiddenMs: 20_000 });
		expect(await bench.clock.run(bench.predict())).toMatchObject({ id: 'p0', status: 'success' });
	});

	test('that the service never finds is given up after 30 s, with the id', async () => {
		const bench: Bench = new Bench({ hiddenMs: Infinity });
		const error = await bench.clock.run(bench.predict());
		expect(error).toMatchObject({ kind: 'predictionNotFound', facts: { predictionId: 'p0' } });
		expect(bench.clock.monotonicMs()).toBeGreaterThan(30_000);
	});

	test('is not abandoned while every poll fails for a hundred seconds', async () => {
		const bench: Bench = new Bench({
			fault: (endpoint) =>
				endpoint === 'poll' && bench.clock.monotonicMs() < 100_000
					? { acts: false, gives: plain(503, '') }
					: undefined,
		});
		expect(await bench.clock.run(bench.predict())).toMatchObject({ id: 'p0', status: 'success' });
		expect(bench.count('create')).toBe(1);
	});
});

describe('the deadline of an item', () => {
	test('cancels its prediction, asks once how it ended, and the error has the id', async () => {
		const bench: Bench = new Bench({ runTimeMs: () => 100_000, latencyMs: 100 });
		const ledgerItem: LedgerItem = { resubmitted: false };
		const error = await bench.clock.run(bench.predict(ledgerItem, 20_000));
		expect(error).toMatchObject({
			kind: 'deadline',
			message: 'The prediction was not finished within 20 seconds',
			description: expect.stringMatching(/was cancelled at Each Labs.*p0/),
			facts: { predictionId: 'p0' },
		});
		expect(bench.sentAtS('cancel')).toEqual([20]);
		expect(bench.sentAtS('poll').filter((second) => second >= 20)).toEqual([20.1]);
		expect(ledgerItem.entry).toBeUndefined();
	});

	test('says that it may still be running where the service did not cancel it', async () => {
		const bench: Bench = new Bench({ runTimeMs: () => 100_000, cancelObeyed: false });
		const ledgerItem: LedgerItem = { resubmitted: false };
		expect(await bench.clock.run(bench.predict(ledgerItem, 20_000))).toMatchObject({
			kind: 'deadline',
			description: expect.stringContaining('may still be running'),
		});
		expect(ledgerItem.entry).toEqual({ state: 'created', predictionId: 'p0' });
	});

	test('loses nothing where the prediction finishes while it is being cancelled', async () => {
		const bench: Bench = new Bench({ runTimeMs: () => 20_020, cancelObeyed: false });
		expect(await bench.clock.run(bench.predict(undefined, 20_000))).toMatchObject({ status: 'success' });
		expect(bench.count('cancel')).toBe(1);
	});

	test('tells of a failure where the prediction fails while it is being cancelled', async () => {
		const bench: Bench = new Bench({ runTimeMs: () => 20_020, cancelObeyed: false, endsAs: () => 'failed' });
		expect(await bench.clock.run(bench.predict(undefined, 20_000))).toMatchObject({
			kind: 'predictionFailed',
			facts: { predictionId: 'p0' },
		});
	});

	test('ends the wait for a status that nobody knows', async () => {
		const bench: Bench = new Bench({ runTimeMs: () => 1e9, runningStatus: () => 'rerouting' });
		const error = await bench.clock.run(bench.predict(undefined, 60_000));
		expect(error).toMatchObject({ kind: 'deadline', facts: { predictionId: 'p0' } });
		expect(bench.sentAtS('cancel')).toEqual([60]);
	});

	test('passes at most 10 s before the item ends, were the service silent from then on', async () => {
		const bench: Bench = new Bench({
			runTimeMs: () => 1e9,
			fault: () => (bench.clock.monotonicMs() > 15_000 ? { acts: false, gives: 'silence' } : undefined),
		});
		const error = await bench.clock.run(bench.predict(undefined, 20_000));
		expect(error).toMatchObject({ kind: 'deadline', facts: { predictionId: 'p0' } });
		expect(bench.clock.monotonicMs()).toBeLessThanOrEqual(30_000);
	});

	test('does not count the time in which it waits for its turn', async () => {
		const { outcomes, makespanMs } = await simulateRun({
			items: 6,
			maxConcurrency: 2,
			maxWaitSeconds: 20,
			service: { runTimeMs: () => 15_000, accountCap: () => 1 },
		});
		expect(outcomes.map(({ error }) => error)).toEqual(Array.from({ length: 6 }, () => undefined));
		expect(makespanMs).toBeGreaterThan(90_000);
	});
});

describe('no place for a prediction', () => {
	test('for as long as an item may take ends it, with the words of the service, and costs nothing', async () => {
		const bench: Bench = new Bench({ accountCap: () => 0 });
		const error = await bench.clock.run(bench.predict(undefined, 60_000));
		expect(error).toMatchObject({
			kind: 'accountCap',
			message: 'Your Each Labs account had no free place for this prediction for 60 seconds',
			description: expect.stringMatching(/balance above 10 USD.*top up.*your account's cap is 0/),
			facts: { httpStatus: 429, requestId: expect.any(String) },
		});
		expect(bench.run.heldBackBy).toContain("your account's cap is 0");
	});

	test('for want of balance waits while predictions are in flight, and goes on when one is over', async () => {
		const bench: Bench = new Bench({
			runTimeMs: () => 10_000,
			// The balance does for two at a time.
			fault: (endpoint) =>
				endpoint === 'create' && bench.service.inFlight >= 2
					? { acts: false, gives: json(402, { error: 'balance too low' }) }
					: undefined,
		});
		const outcomes = await bench.clock.run(
			Promise.all(Array.from({ length: 5 }, async () => await bench.predict())),
		);
		expect(outcomes.filter((outcome) => outcome instanceof PredictionError)).toEqual([]);
		expect(bench.service.predictions).toHaveLength(5);
	});

	test('for want of balance fails at once when nothing is in flight', async () => {
		const bench: Bench = new Bench({
			fault: (endpoint) =>
				endpoint === 'create'
					? { acts: false, gives: json(402, { error: 'your balance is 0.00 USD' }) }
					: undefined,
		});
		expect(await bench.clock.run(bench.predict())).toMatchObject({
			kind: 'balance',
			description: expect.stringContaining('your balance is 0.00 USD'),
		});
		expect(bench.clock.monotonicMs()).toBeLessThan(1_000);
		expect(bench.count('create')).toBe(1);
	});

	test('beyond the number that the user allows is asked for', async () => {
		const { service } = await simulateRun({
			items: 50,
			maxConcurrency: 3,
			service: { runTimeMs: () => 5_000 },
		});
		expect(service.maxInFlight).toBe(3);
	});
});

describe('a stop', () => {
	test('cancels everything in flight, five at a time, asks how each ended, and starts nothing more', async () => {
		const { outcomes, service, clock } = await simulateRun({
			items: 60,
			maxConcurrency: 20,
			stopAtMs: 10_000,
			service: { runTimeMs: () => 60_000, latencyMs: 400 },
		});
		expect(service.predictions).toHaveLength(20);
		expect(service.sent('create').filter(({ atMs }) => atMs > 10_000)).toEqual([]);
		expect(service.predictions.every(({ cancelRequests }) => cancelRequests === 1)).toBe(true);
		const cancels = service.sent('cancel');
		const last = cancels.at(-1);
		expect(last?.atMs).toBeLessThan(12_000);
		for (const { atMs } of cancels) {
			const atOnce = cancels.filter((other) => other.atMs <= atMs && (other.answeredAtMs ?? 0) > atMs);
			expect(atOnce.length).toBeLessThanOrEqual(5);
		}
		expect(outcomes.map(({ error }) => error?.kind)).toEqual(Array.from({ length: 60 }, () => 'stopped'));
		expect(outcomes.flatMap(({ error }) => error?.facts.predictionId ?? []).sort()).toEqual(
			service.predictions.map(({ id }) => id).sort(),
		);
		expect(clock.pending).toBe(0);
	});

	test('sends every cancel, were the service silent to each of them', async () => {
		const { service, clock } = await simulateRun({
			items: 30,
			maxConcurrency: 30,
			stopAtMs: 10_000,
			service: {
				runTimeMs: () => 600_000,
				fault: (endpoint) => (endpoint === 'cancel' ? { acts: true, gives: 'silence' } : undefined),
			},
		});
		expect(service.predictions).toHaveLength(30);
		expect(service.predictions.filter(({ cancelRequests }) => cancelRequests === 0)).toEqual([]);
		expect(clock.monotonicMs()).toBeLessThanOrEqual(45_000);
	});

	test('sends a cancel again that was lost', async () => {
		const { service } = await simulateRun({
			items: 4,
			stopAtMs: 10_000,
			service: {
				runTimeMs: () => 60_000,
				fault: (endpoint, _, ordinal) =>
					endpoint === 'cancel' && ordinal === 1 ? { acts: false, gives: RESET } : undefined,
			},
		});
		expect(service.predictions.every(({ cancelled }) => cancelled)).toBe(true);
	});

	test('keeps what had finished just before', async () => {
		const { outcomes } = await simulateRun({
			items: 1,
			stopAtMs: 10_000,
			pollIntervalMs: 30_000,
			service: { runTimeMs: () => 9_000 },
		});
		expect(outcomes[0]?.prediction).toMatchObject({ id: 'p0', status: 'success' });
	});

	test('before the run starts nothing', async () => {
		const stop = new AbortController();
		stop.abort();
		const bench: Bench = new Bench({}, { abortSignal: stop.signal });
		expect(await bench.clock.run(bench.predict())).toMatchObject({
			kind: 'stopped',
			facts: expect.not.objectContaining({ predictionId: expect.anything() }),
		});
		expect(bench.service.requests).toEqual([]);
	});

	test('finds one listener of the run, and none after its end', async () => {
		const bench: Bench = new Bench({ runTimeMs: () => 20_000 }, { maxConcurrency: 100 });
		const all = Promise.all(Array.from({ length: 200 }, async () => await bench.predict()));
		await bench.clock.pass(5_000);
		expect(getEventListeners(bench.stop.signal, 'abort')).toHaveLength(1);
		await bench.clock.run(all);
		await bench.run.end();
		expect(getEventListeners(bench.stop.signal, 'abort')).toHaveLength(0);
	});
});

test('a run that is to start nothing more lets finish what it has begun', async () => {
	const bench: Bench = new Bench({ runTimeMs: () => 10_000 }, { maxConcurrency: 3 });
	const all = Promise.all(Array.from({ length: 10 }, async () => await bench.predict()));
	await bench.clock.pass(2_000);
	bench.run.startNothingMore();
	const outcomes = await bench.clock.run(all);
	expect(outcomes.filter((outcome) => !(outcome instanceof PredictionError))).toHaveLength(3);
	expect(
		outcomes.filter((outcome) => outcome instanceof PredictionError && outcome.kind === 'stopped'),
	).toHaveLength(7);
	expect([bench.count('create'), bench.count('cancel')]).toEqual([3, 0]);
});

describe('creating without waiting', () => {
	test('answers the id, and gives the place back', async () => {
		const bench: Bench = new Bench({ runTimeMs: () => 60_000 });
		const ledgerItem: LedgerItem = { resubmitted: false };
		expect(await bench.clock.run(bench.run.create(REQUEST, bench.options(ledgerItem)))).toBe('p0');
		expect(bench.count('poll')).toBe(0);
		expect(isIdle(bench.limiter)).toBe(true);
		expect(ledgerItem.entry).toMatchObject({ state: 'created', predictionId: 'p0' });
	});

	test('tells what an earlier try created, without asking', async () => {
		const bench: Bench = new Bench();
		const ledgerItem: LedgerItem = { entry: { state: 'created', predictionId: 'p7' }, resubmitted: false };
		expect(await bench.clock.run(bench.run.createdBefore('m', bench.options(ledgerItem)))).toBe('p7');
		expect(bench.service.requests).toEqual([]);
	});
});

describe('taking up what an earlier try has bought', () => {
	async function takeUp(bench: Bench, ledgerItem: LedgerItem, resubmit = false) {
		return await bench.clock.run(
			bench.run
				.takeUp('m', { ...bench.options(ledgerItem), resubmit })
				.catch((error: unknown) => error as PredictionError),
		);
	}

	/** A first try, which ends while the prediction runs on. */
	async function leftRunning(service: SimulationOptions = {}): Promise<[Bench, LedgerItem]> {
		const bench: Bench = new Bench({ runTimeMs: () => 20_000, ...service });
		const ledgerItem: LedgerItem = { resubmitted: false };
		await bench.clock.run(bench.run.create(REQUEST, bench.options(ledgerItem)));
		return [bench, ledgerItem];
	}

	test('gives nothing where nothing was bought', async () => {
		const bench: Bench = new Bench();
		expect(await takeUp(bench, { resubmitted: false })).toBeUndefined();
		expect(bench.service.requests).toEqual([]);
	});

	test('waits for a prediction that is still running', async () => {
		const [bench, ledgerItem] = await leftRunning();
		expect(await takeUp(bench, ledgerItem)).toMatchObject({ id: 'p0', status: 'success' });
		expect(bench.count('create')).toBe(1);
		expect(ledgerItem.entry).toMatchObject({ state: 'succeeded' });
		expect(isIdle(bench.limiter)).toBe(true);
		expect(await takeUp(bench, ledgerItem)).toMatchObject({ id: 'p0' });
	});

	test('needs no free place for it, since it has one', async () => {
		const [bench, ledgerItem] = await leftRunning();
		const others = Promise.all(
			Array.from({ length: 8 }, async () => await bench.limiter.acquire({ stallMs: 1e6 })),
		);
		await bench.clock.pass(0);
		expect(await takeUp(bench, ledgerItem)).toMatchObject({ id: 'p0' });
		void others;
	});

	test('finishes what it has begun where the run is to start nothing more', async () => {
		const [bench, ledgerItem] = await leftRunning();
		bench.run.startNothingMore();
		expect(await takeUp(bench, ledgerItem)).toMatchObject({ id: 'p0', status: 'success' });
	});

	test('gives nothing where it failed, so that it may be bought again', async () => {
		const [bench, ledgerItem] = await leftRunning({ endsAs: () => 'failed' });
		expect(await takeUp(bench, ledgerItem)).toBeUndefined();
		expect(ledgerItem.entry).toBeUndefined();
		expect(isIdle(bench.limiter)).toBe(true);
	});

	const unknown = (): LedgerItem => ({
		entry: {
			state: 'unknown',
			request: REQUEST,
			sentAtEpochMs: Date.UTC(2026, 0, 1),
			error: new PredictionError('submissionUnknown', 'the first', { description: '' }),
		},
		resubmitted: false,
	});

	test('looks once more for one of unknown outcome', async () => {
		const bench: Bench = new Bench({ runTimeMs: () => 20_000 });
		// As another process would, so that the id is not known in this one.
		const client = new EachLabsClient(bench.service, bench.clock, SIMULATED_BASE_URL);
		await bench.clock.run(client.createPrediction(REQUEST, new Scope(bench.clock, 10_000)));
		expect(await takeUp(bench, unknown())).toMatchObject({ id: 'p0', status: 'success' });
	});

	test("gives nothing for one that can't be found where the user lets it be sent again, once", async () => {
		const ledgerItem = unknown();
		expect(await takeUp(new Bench(), ledgerItem, true)).toBeUndefined();
		expect(ledgerItem.resubmitted).toBe(true);
		expect(await takeUp(new Bench(), ledgerItem, true)).toMatchObject({ message: 'the first' });
	});

	test('sends it again once where it is not waited for, too', async () => {
		const bench: Bench = new Bench();
		const options = { ...bench.options(unknown()), resubmit: true };
		const start = async () =>
			(await bench.run.createdBefore('m', options)) ?? (await bench.run.create(REQUEST, options));
		expect(await bench.clock.run(start())).toBe('p0');
		expect(await bench.clock.run(start())).toBe('p0');
		expect(bench.service.predictions).toHaveLength(1);
	});
});

describe('a cost limit', () => {
	test('starts no more than it pays for, and says so', async () => {
		const bench: Bench = new Bench({ runTimeMs: () => 5_000 }, { maxCostUsd: 0.00055 });
		const outcomes = await bench.clock.run(
			Promise.all(Array.from({ length: 20 }, async () => await bench.predict())),
		);
		expect(bench.service.predictions).toHaveLength(5);
		expect(
			outcomes.filter((outcome) => outcome instanceof PredictionError && outcome.kind === 'costLimit'),
		).toHaveLength(15);
	});

	test('holds no places of the account while it waits', async () => {
		const bench: Bench = new Bench({ runTimeMs: () => 60_000 }, { maxCostUsd: 1 });
		void bench.predict();
		void bench.predict();
		await bench.clock.pass(10_000);
		// Nothing is known of the cost, so that the second waits for the first.
		expect(bench.service.predictions).toHaveLength(1);
		const slots: unknown[] = [];
		for (let slot = 0; slot < 4; slot++)
			void bench.limiter.acquire({ stallMs: 1e6 }).then((got) => slots.push(got));
		await bench.clock.pass(0);
		expect(slots).toHaveLength(1);
	});

	test('does not take the time that an item waits for it from the item', async () => {
		const bench: Bench = new Bench({ runTimeMs: () => 15_000 }, { maxCostUsd: 1, maxConcurrency: 1_000 });
		const outcomes = await bench.clock.run(
			Promise.all([bench.predict(undefined, 20_000), bench.predict(undefined, 20_000)]),
		);
		expect(outcomes).toMatchObject([{ status: 'success' }, { status: 'success' }]);
	});

	test('counts what may have been paid for, by estimate', async () => {
		const bench: Bench = new Bench(
			{
				runTimeMs: () => 1_000,
				fault: (endpoint, _, ordinal) =>
					endpoint === 'create' && ordinal > 0 ? { acts: false, gives: RESET } : undefined,
			},
			{ maxCostUsd: 0.00025 },
		);
		expect(await bench.clock.run(bench.predict())).toMatchObject({ status: 'success' });
		expect(await bench.clock.run(bench.predict())).toMatchObject({ kind: 'submissionUnknown' });
		expect(await bench.clock.run(bench.predict())).toMatchObject({ kind: 'costLimit' });
	});

	/** What the limit says to a purchase, once an earlier try's prediction has been taken up. */
	async function boughtAfter(bench: Bench, ledgerItem: LedgerItem): Promise<Prediction | PredictionError> {
		await bench.clock.run(bench.run.takeUp('m', bench.options(ledgerItem)));
		return await bench.clock.run(bench.predict());
	}

	/** A prediction that an earlier try has created, and the run of another process that takes it up. */
	async function createdBefore(service: SimulationOptions, maxCostUsd: number): Promise<Bench> {
		const bench: Bench = new Bench(service, { maxCostUsd });
		const client = new EachLabsClient(bench.service, bench.clock, SIMULATED_BASE_URL);
		await bench.clock.run(client.createPrediction(REQUEST, new Scope(bench.clock, 10_000)));
		return bench;
	}

	const created = (): LedgerItem => ({
		entry: { state: 'created', predictionId: 'p0' },
		resubmitted: false,
	});

	test('counts what a retry takes up while it still runs', async () => {
		const bench = await createdBefore({ runTimeMs: () => 20_000 }, 0.00015);
		expect(await boughtAfter(bench, created())).toMatchObject({ kind: 'costLimit' });
		expect(bench.service.predictions).toHaveLength(1);
	});

	test('counts what a retry finds', async () => {
		const bench = await createdBefore({ runTimeMs: () => 20_000 }, 0.00015);
		const error = new PredictionError('submissionUnknown', 'the first', { description: '' });
		const entry = {
			state: 'unknown',
			request: REQUEST,
			sentAtEpochMs: bench.clock.epochMs(),
			error,
		} as const;
		expect(await boughtAfter(bench, { entry, resubmitted: false })).toMatchObject({ kind: 'costLimit' });
	});

	test('counts what a retry has taken up as in progress, until its cost is known', async () => {
		const bench = await createdBefore({ runTimeMs: () => 20_000 }, 1);
		const takenUp = bench.run.takeUp('m', bench.options(created()));
		const bought = bench.predict();
		await bench.clock.pass(10_000);
		// No price of the model is known yet: one prediction goes alone.
		expect(bench.service.predictions).toHaveLength(1);
		expect(await bench.clock.run(Promise.all([takenUp, bought]))).toMatchObject([{ id: 'p0' }, { id: 'p1' }]);
	});

	test('counts what earlier tries have cost, and not once more what is taken up of it', async () => {
		const runCost = new RunCost(0.00025);
		const earlier: Bench = new Bench({}, { maxCostUsd: 0.00025, runCost });
		const first = await earlier.clock.run(earlier.predict());
		const second = await earlier.clock.run(earlier.predict());
		if (first instanceof PredictionError || second instanceof PredictionError) throw new Error('Not bought');
		const before = runCost.spentUsd;
		const bench: Bench = new Bench({}, { maxCostUsd: 0.00025, runCost });
		const entry = { state: 'succeeded', prediction: first } as const;
		expect(await boughtAfter(bench, { entry, resubmitted: false })).toMatchObject({ kind: 'costLimit' });
		expect(bench.run.spent.usd).toBe(before);
	});

	test('a price that nobody has said ends the purchases of all tries', async () => {
		const runCost = new RunCost(1);
		runCost.settleUnpriced(runCost.include({ model: 'm', fileCount: 0 }), 'p0');
		const bench: Bench = new Bench({}, { maxCostUsd: 1, runCost });
		expect(await bench.clock.run(bench.predict())).toMatchObject({ kind: 'costLimit' });
		expect(bench.service.predictions).toEqual([]);
	});

	test('counts nothing twice where what was taken up failed and is bought again', async () => {
		const bench = await createdBefore(
			{ endsAs: (ordinal) => (ordinal === 0 ? 'failed' : undefined) },
			0.00025,
		);
		expect(await boughtAfter(bench, created())).toMatchObject({ id: 'p1', status: 'success' });
	});
});

test('a service that tells inputs in another way is looked at once, and its predictions are taken', async () => {
	const address = 'https://files.test/1.png';
	const bench: Bench = new Bench({
		runTimeMs: () => 2_000,
		tellInput: (input) => ({ ...input, image_url: 'https://elsewhere.test/1.png' }),
	});
	const predict = async () =>
		await bench.run.predict(
			{ model: 'm', input: { prompt: 'What is it?', image_url: address }, uploads: [address] },
			bench.options(),
		);
	const first = await bench.clock.run(predict());
	const looks = bench.service.sent('list').length;
	const startedAtMs = bench.clock.monotonicMs();
	const second = await bench.clock.run(predict());
	expect([first.id, second.id]).toEqual(['p0', 'p1']);
	expect(bench.clock.monotonicMs() - startedAtMs).toBeLessThan(4_000);
	expect(looks).toBeGreaterThan(0);
	expect(bench.service.sent('list')).toHaveLength(looks);
});
