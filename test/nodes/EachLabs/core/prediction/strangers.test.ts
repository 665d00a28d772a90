// Creates that are answered with the ID of somebody else's prediction, and that end before the first poll could tell.
import { AccountLimiter } from '../../../../../nodes/EachLabs/core/account/AccountLimiter';
import { PollSchedule } from '../../../../../nodes/EachLabs/core/account/PollSchedule';
import { EachLabsClient, type CreateRequest } from '../../../../../nodes/EachLabs/core/api/EachLabsClient';
import type { Prediction } from '../../../../../nodes/EachLabs/core/api/shapes';
import type { PredictionError } from '../../../../../nodes/EachLabs/core/PredictionError';
import type { LedgerItem } from '../../../../../nodes/EachLabs/core/prediction/PredictionLedger';
import { PredictionRun } from '../../../../../nodes/EachLabs/core/prediction/PredictionRun';
import { Scope } from '../../../../../nodes/EachLabs/core/Scope';
import { json, plain, RESET } from '../../../../support/ScriptedTransport';
import {
	SIMULATED_BASE_URL,
	SimulatedEachLabs,
	type Endpoint,
	type Fault,
	type SimulationOptions,
} from '../../../../support/SimulatedEachLabs';
import { VirtualClock } from '../../../../support/VirtualClock';

const QUESTION = 'What is it?';
const fileOf = (item: number) => `https://files.test/own-${item}`;
const requestOf = (item: number): CreateRequest => ({
	model: 'm',
	input: { prompt: QUESTION, image_url: fileOf(item) },
	uploads: [fileOf(item)],
});
const others = {
	words: { prompt: 'Something else', image_url: 'https://files.test/other' },
	file: { prompt: QUESTION, image_url: 'https://files.test/other' },
};
/** Before the first poll, which comes after a second. */
const EARLY_MS = 500;

/** A run whose first creates are answered with the IDs of predictions that others have made before. */
class Scene {
	readonly clock = new VirtualClock(() => 0.5);
	readonly service: SimulatedEachLabs;
	readonly stop = new AbortController();
	readonly ledgerItems: LedgerItem[] = [];
	private readonly client: EachLabsClient;
	private mixedUp = 0;

	private constructor(
		private readonly strangers: number,
		{ isMade = true, ...options }: SceneOptions,
	) {
		this.service = new SimulatedEachLabs(this.clock, {
			runTimeMs: () => 60_000,
			...options,
			fault: (endpoint, ...more) =>
				options.fault?.(endpoint, ...more) ?? (endpoint === 'create' ? this.mixUp(isMade) : undefined),
		});
		this.client = new EachLabsClient(this.service, this.clock, SIMULATED_BASE_URL);
	}

	static async of(
		inputs: ReadonlyArray<Record<string, unknown>>,
		options: SceneOptions = {},
	): Promise<Scene> {
		const scene = new Scene(inputs.length, options);
		for (const input of inputs) {
			const scope = new Scope(scene.clock, 10_000);
			await scene.clock.run(scene.client.createPrediction({ model: 'm', input }, scope));
		}
		return scene;
	}

	/** As one try of the node, with what the process has accounted for before it. */
	newRun(): PredictionRun {
		const schedule = new PollSchedule();
		return new PredictionRun({
			client: this.client,
			clock: this.clock,
			limiter: new AccountLimiter(this.clock),
			scheduleOf: () => schedule,
			abortSignal: this.stop.signal,
			maxConcurrency: 50,
			claimed: new Set(),
		});
	}

	optionsOf(item: number, maxWaitMs = 600_000) {
		const ledgerItem = (this.ledgerItems[item] ??= { resubmitted: false });
		return { scope: new Scope(this.clock, maxWaitMs, this.stop.signal), resubmit: false, ledgerItem };
	}

	/** How so many items end; stopped after half a second, before the first poll, unless they have a time of their own. */
	async predict(items: number, maxWaitMs?: number): Promise<Array<Prediction | PredictionError>> {
		const run = this.newRun();
		if (maxWaitMs === undefined) this.stopSoon();
		return await this.clock.run(
			Promise.all(
				Array.from({ length: items }, async (_, item) =>
					run
						.predict(requestOf(item), this.optionsOf(item, maxWaitMs))
						.catch((error: unknown) => error as PredictionError),
				),
			),
		);
	}

	stopSoon(): void {
		void this.clock.elapse(EARLY_MS).then(() => {
			this.stop.abort();
		});
	}

	/** When the last request to an endpoint was sent, in ms after the stop. */
	lastAfterStopMs(endpoint: Endpoint): number {
		return Math.max(...this.service.sent(endpoint).map(({ atMs }) => atMs)) - EARLY_MS;
	}

	/** How often each prediction was asked to be cancelled: those of others first. */
	get cancels(): number[] {
		return this.service.predictions.map(({ cancelRequests }) => cancelRequests);
	}

	private mixUp(isMade: boolean): Fault | undefined {
		if (this.service.predictions.length < this.strangers || this.mixedUp === this.strangers) return undefined;
		const predictionID = `p${this.mixedUp++}`;
		return { acts: isMade, gives: json(200, { status: 'success', predictionID }) };
	}
}

type SceneOptions = SimulationOptions & {
	/** Whether a create that is answered with another's ID has made a prediction all the same. */
	readonly isMade?: boolean;
};

describe("what was not seen before the end is left alone where it is somebody else's", () => {
	test.each([
		['a stop', undefined, 'stopped'],
		['a deadline', EARLY_MS, 'deadline'],
	] as const)('after %s, and the own is cancelled', async (_what, maxWaitMs, kind) => {
		for (const input of Object.values(others)) {
			const scene = await Scene.of([input]);
			expect(await scene.predict(1, maxWaitMs)).toMatchObject([{ kind, facts: { predictionId: 'p1' } }]);
			expect(scene.cancels).toEqual([0, 1]);
		}
	});

	test('and its outcome is unknown where the own is not found', async () => {
		const scene = await Scene.of([others.words], { isMade: false });
		const [error] = await scene.predict(1);
		expect(error).toMatchObject({
			kind: 'submissionUnknown',
			message: expect.stringContaining('the ID of another prediction, p0'),
			facts: expect.not.objectContaining({ predictionId: expect.anything() }),
		});
		expect(scene.cancels).toEqual([0]);
	});

	test('while three answers are mixed up and three are not', async () => {
		const scene = await Scene.of([others.file, others.words, others.file]);
		const ends = await scene.predict(6);
		expect(ends).toMatchObject(Array.from({ length: 6 }, () => ({ kind: 'stopped' })));
		expect(scene.cancels).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 1]);
	});

	test('where it was created without being waited for, also by an earlier try', async () => {
		const scene = await Scene.of([others.file]);
		const ids = await scene.clock.run(scene.newRun().create(requestOf(0), scene.optionsOf(0)));
		const run = scene.newRun();
		const known = await scene.clock.run(run.createdBefore('m', scene.optionsOf(0)));
		const own = await scene.clock.run(run.create(requestOf(1), scene.optionsOf(1)));
		scene.stop.abort();
		await scene.clock.run(run.end());
		expect([ids, known, own]).toEqual(['p0', 'p0', 'p2']);
		expect(scene.cancels).toEqual([0, 1, 1]);
	});
});

test('what an earlier try was answered with is held against what it has sent', async () => {
	const scene = await Scene.of([others.file], { runTimeMs: () => 20_000 });
	await scene.clock.run(scene.newRun().create(requestOf(0), scene.optionsOf(0)));
	const taken = await scene.clock.run(scene.newRun().takeUp('m', scene.optionsOf(0)));
	expect(taken).toMatchObject({ id: 'p1', input: requestOf(0).input });
	expect(scene.cancels).toEqual([0, 0]);
});

describe('what was not seen before the end, and is ours', () => {
	test('is looked at once, and cancelled five at a time', async () => {
		const scene = await Scene.of([]);
		await scene.predict(20);
		expect(scene.cancels).toEqual(Array.from({ length: 20 }, () => 1));
		// A look before and the one after.
		expect(scene.service.sent('poll')).toHaveLength(40);
		expect(scene.lastAfterStopMs('cancel')).toBeLessThan(500);
	});

	test.each<[string, Fault]>([
		['hang', { acts: false, gives: 'silence' }],
		['break off', { acts: false, gives: RESET }],
		['are refused', { acts: false, gives: plain(503, '') }],
		['are too early to be found', { acts: false, gives: json(404, { error: 'not found' }) }],
	])('is cancelled where the looks %s', async (_what, fault) => {
		const scene = await Scene.of([], { fault: (endpoint) => (endpoint === 'poll' ? fault : undefined) });
		const ends = await scene.predict(50);
		expect(ends).toMatchObject(Array.from({ length: 50 }, () => ({ kind: 'stopped' })));
		expect(scene.cancels).toEqual(Array.from({ length: 50 }, () => 1));
		expect(scene.lastAfterStopMs('cancel')).toBeLessThan(5_000);
		expect(scene.clock.monotonicMs()).toBeLessThan(EARLY_MS + 12_000);
	});

	test('costs one search where the service tells inputs in another way', async () => {
		const scene = await Scene.of([], {
			tellInput: (input) => ({ ...input, image_url: 'https://elsewhere.test/1' }),
		});
		await scene.predict(20);
		expect(scene.cancels).toEqual(Array.from({ length: 20 }, () => 1));
		expect(scene.service.sent('list')).toHaveLength(3);
	});
});

test('a prediction is held against what was sent once, with the first input that is told of it', async () => {
	const told = [{}, requestOf(0).input, others.words];
	const scene = await Scene.of([], {
		runTimeMs: () => 10_000,
		tellInput: () => told.shift() ?? others.words,
	});
	expect(await scene.predict(1, 60_000)).toMatchObject([{ id: 'p0', status: 'success' }]);
	expect(scene.service.sent('list')).toEqual([]);
});
