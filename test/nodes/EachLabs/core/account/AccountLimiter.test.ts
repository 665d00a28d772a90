import { getEventListeners } from 'node:events';

import fc from 'fast-check';

import {
	AccountLimiter,
	SlotUnavailable,
	type Slot,
} from '../../../../../nodes/EachLabs/core/account/AccountLimiter';
import { VirtualClock } from '../../../../support/VirtualClock';

const REFUSAL = { details: "your account's cap is 2" };

/** Items that ask for a slot in order, and those that have one. */
class Queue {
	readonly clock: VirtualClock;
	readonly limiter: AccountLimiter;
	readonly stop = new AbortController();
	/** Item numbers in the order in which they got a slot; again where they got it again after a refusal. */
	readonly granted: number[] = [];
	readonly grantedAtMs: number[] = [];
	readonly failed: Array<{ item: number; error: unknown; atMs: number }> = [];
	private readonly slots = new Map<number, Slot>();

	constructor(random = 0.5) {
		this.clock = new VirtualClock(() => random);
		this.limiter = new AccountLimiter(this.clock);
	}

	async join(count: number, stallMs = 600_000): Promise<void> {
		const first = this.granted.length + this.waiting;
		for (let item = first; item < first + count; item++) {
			this.waiting += 1;
			void this.limiter.acquire({ abortSignal: this.stop.signal, stallMs }).then(
				(slot) => {
					this.slots.set(item, slot);
					this.grant(item);
				},
				(error: unknown) => this.fail(item, error),
			);
		}
		await this.clock.pass(0);
	}

	slot(item: number): Slot {
		const slot = this.slots.get(item);
		if (!slot) throw new Error(`item ${item} has no slot`);
		return slot;
	}

	async accept(...items: number[]): Promise<void> {
		for (const item of items) this.slot(item).accepted();
		await this.clock.pass(0);
	}

	async refuse(item: number, retryAfterMs?: number): Promise<void> {
		this.waiting += 1;
		void this.slot(item)
			.refused({ ...REFUSAL, retryAfterMs })
			.then(
				() => this.grant(item),
				(error: unknown) => this.fail(item, error),
			);
		await this.clock.pass(0);
	}

	async settle(...items: number[]): Promise<void> {
		for (const item of items) this.slot(item).settle();
		await this.clock.pass(0);
	}

	/** How many items were granted a slot since the last call. */
	newly(): number[] {
		const since = this.granted.slice(this.seen);
		this.seen = this.granted.length;
		return since;
	}

	private waiting = 0;
	private seen = 0;

	private grant(item: number): void {
		this.waiting -= 1;
		this.granted.push(item);
		this.grantedAtMs.push(this.clock.monotonicMs());
	}

	private fail(item: number, error: unknown): void {
		this.waiting -= 1;
		this.failed.push({ item, error, atMs: this.clock.monotonicMs() });
	}
}

describe('before the first refusal', () => {
	test('four creates go out at once, and one more for each that is accepted', async () => {
		const queue = new Queue();
		await queue.join(20);
		expect(queue.newly()).toEqual([0, 1, 2, 3]);
		await queue.accept(0, 1);
		expect(queue.newly()).toEqual([4, 5]);
		await queue.accept(2, 3, 4, 5);
		expect(queue.newly()).toEqual([6, 7, 8, 9]);
	});

	test('a slot that is given back goes to the next in the queue', async () => {
		const queue = new Queue();
		await queue.join(6);
		queue.newly();
		await queue.settle(2);
		expect(queue.newly()).toEqual([4]);
		await queue.settle(2);
		expect(queue.newly()).toEqual([]);
	});

	test('a limit that is not made use of does not grow', async () => {
		const queue = new Queue();
		for (let item = 0; item < 50; item++) {
			await queue.join(1);
			await queue.accept(item);
			await queue.settle(item);
		}
		queue.newly();
		await queue.join(100);
		expect(queue.newly()).toHaveLength(4);
	});
});

describe('after a refusal', () => {
	/** Items 0 to 3 are in flight, item 4 was refused, and others wait behind it. The limit is 4 + 1/4 + 1/4.25 + 1/4.49. */
	async function refusedAtFour(random = 0.5): Promise<Queue> {
		const queue = new Queue(random);
		await queue.join(20);
		await queue.accept(0);
		expect(queue.newly()).toEqual([0, 1, 2, 3, 4]);
		await queue.refuse(4);
		await queue.accept(1, 2, 3);
		return queue;
	}

	test('nothing goes out until an own prediction settles, then the refused item first', async () => {
		const queue = await refusedAtFour();
		expect(queue.newly()).toEqual([]);
		await queue.clock.pass(5_000);
		expect(queue.newly()).toEqual([]);
		await queue.settle(0);
		expect(queue.newly()).toEqual([4]);
		await queue.settle(1);
		expect(queue.newly()).toEqual([5]);
	});

	test('the limit grows by one over itself, so by one a round', async () => {
		const queue = await refusedAtFour();
		await queue.settle(0);
		await queue.accept(4);
		await queue.settle(1);
		expect(queue.newly()).toEqual([4, 5]);
		// The fifth accepted since the refusal takes it over 5.
		await queue.accept(5);
		expect(queue.newly()).toEqual([6]);
	});

	test.each([
		[0, 12_000],
		[0.5, 15_000],
		[1, 18_000],
	])('one create asks anew after 15 s, give or take a fifth (random %p)', async (random, afterMs) => {
		const queue = await refusedAtFour(random);
		await queue.clock.pass(afterMs - 1);
		expect(queue.newly()).toEqual([]);
		await queue.clock.pass(1);
		expect(queue.newly()).toEqual([4]);
		await queue.clock.pass(60_000);
		expect(queue.newly()).toEqual([]);
		await queue.refuse(4);
		await queue.clock.pass(afterMs);
		expect(queue.newly()).toEqual([4]);
	});

	test('a probe that is accepted raises the limit to what it has shown to be free', async () => {
		const queue = await refusedAtFour();
		await queue.clock.pass(15_000);
		await queue.accept(4);
		queue.newly();
		await queue.settle(0);
		expect(queue.newly()).toEqual([5]);
	});

	test.each([
		[0, 1_600],
		[0.5, 2_000],
		[1, 2_400],
	])(
		'with nothing in flight, it asks anew after 2 s, give or take a fifth (random %p)',
		async (random, afterMs) => {
			const queue = new Queue(random);
			await queue.join(1);
			await queue.refuse(0);
			queue.newly();
			await queue.clock.pass(afterMs - 1);
			expect(queue.newly()).toEqual([]);
			await queue.clock.pass(1);
			expect(queue.newly()).toEqual([0]);
		},
	);

	test('a create that failed for another reason frees no place', async () => {
		const queue = new Queue();
		await queue.join(8);
		await queue.accept(0, 1);
		await queue.refuse(2);
		queue.newly();
		await queue.settle(3);
		expect(queue.newly()).toEqual([]);
	});

	test('a probe that failed for another reason is followed by the next', async () => {
		const queue = await refusedAtFour();
		await queue.clock.pass(15_000);
		expect(queue.newly()).toEqual([4]);
		await queue.settle(4);
		expect(queue.newly()).toEqual([]);
		await queue.settle(0);
		expect(queue.newly()).toEqual([5]);
	});

	test('twice the limit accepted without another one means that places were given back', async () => {
		const queue = await refusedAtFour();
		queue.newly();
		const inFlight = [0, 1, 2, 3];
		const sizes: number[] = [];
		for (let round = 0; round < 12; round++) {
			await queue.settle(inFlight.shift() ?? 0);
			for (let news = queue.newly(); news.length > 0; news = queue.newly()) {
				inFlight.push(...news);
				await queue.accept(...news);
			}
			sizes.push(inFlight.length);
			await queue.join(20);
		}
		// By one a round at first; then each that is accepted lets another one go.
		expect(sizes.slice(0, 4)).toEqual([4, 5, 5, 5]);
		expect(sizes.at(-1)).toBeGreaterThan(8);
	});
});

describe('a Retry-After', () => {
	test.each([
		['of none', undefined, 2_000],
		['of nothing', 0, 2_000],
		['shorter than the wait that is due anyway', 500, 2_000],
		['of half a minute', 30_000, 30_000],
		['of the longest timer', 2_147_483_647, 2_147_483_647],
	])('%s', async (_, retryAfterMs, waitMs) => {
		const queue = new Queue();
		await queue.join(1, Infinity);
		await queue.refuse(0, retryAfterMs);
		queue.newly();
		await queue.clock.pass(waitMs - 1);
		expect(queue.newly()).toEqual([]);
		await queue.clock.pass(1);
		expect(queue.newly()).toEqual([0]);
	});

	test('holds for all items, and no completion lifts it', async () => {
		const queue = new Queue();
		await queue.join(10);
		await queue.accept(0, 1);
		await queue.refuse(2, 30_000);
		queue.newly();
		await queue.settle(0, 1, 3);
		await queue.join(3);
		await queue.clock.pass(29_999);
		expect(queue.newly()).toEqual([]);
		await queue.clock.pass(1);
		expect(queue.newly()[0]).toBe(2);
	});

	test('that is longer than an item may stand still ends the item, with the words of the service', async () => {
		const queue = new Queue();
		await queue.join(1, 60_000);
		await queue.refuse(0, 2_147_483_647);
		await queue.clock.pass(60_000);
		expect(queue.failed).toEqual([
			{
				item: 0,
				atMs: 60_000,
				error: expect.objectContaining({ why: 'stalled', lastRefusal: REFUSAL.details }),
			},
		]);
	});
});

describe('an item leaves the queue', () => {
	test('at once when the run is stopped, with the others, and the slots stay with those that have them', async () => {
		const queue = new Queue();
		await queue.join(1_000);
		await queue.refuse(0);
		queue.stop.abort();
		await queue.clock.pass(0);
		expect(queue.failed).toHaveLength(997);
		expect(
			queue.failed.every(({ error }) => error instanceof SlotUnavailable && error.why === 'stopped'),
		).toBe(true);
		await queue.settle(1, 2, 3);
		expect(queue.limiter.idle).toBe(true);
		expect(queue.clock.pending).toBe(0);
	});

	test('before it came, when the run was stopped before', async () => {
		const queue = new Queue();
		queue.stop.abort();
		await queue.join(1);
		expect(queue.failed).toMatchObject([{ item: 0, error: { why: 'stopped' } }]);
	});

	test('when nothing has moved for as long as it may wait, counted from the last progress', async () => {
		const queue = new Queue();
		await queue.join(6, 60_000);
		await queue.accept(0);
		await queue.refuse(4);
		await queue.clock.pass(50_000);
		queue.newly();
		await queue.refuse(4);
		await queue.settle(0);
		await queue.refuse(4);
		const progressAtMs = queue.clock.monotonicMs();
		await queue.clock.pass(59_999);
		expect(queue.failed).toEqual([]);
		await queue.clock.pass(1);
		expect(queue.failed.map(({ item, atMs }) => ({ item, afterMs: atMs - progressAtMs }))).toEqual(
			expect.arrayContaining([{ item: 5, afterMs: 60_000 }]),
		);
	});
});

test('a slot knows whether others are in flight', async () => {
	const queue = new Queue();
	await queue.join(2);
	expect([queue.slot(0).hasCompany(), queue.slot(1).hasCompany()]).toEqual([true, true]);
	await queue.settle(1);
	expect(queue.slot(0).hasCompany()).toBe(false);
	expect(queue.slot(1).hasCompany()).toBe(true);
});

test('a thousand items put no listener on the signal that they share', async () => {
	const queue = new Queue();
	await queue.join(1_000);
	expect(getEventListeners(queue.stop.signal, 'abort')).toHaveLength(0);
});

test('one timer at a time, none of it left when all are through', async () => {
	const queue = new Queue();
	await queue.join(100);
	expect(queue.clock.pending).toBe(1);
	for (let item = 0; item < 100; item++) {
		await queue.accept(item);
		await queue.settle(item);
	}
	expect(queue.limiter.idle).toBe(true);
	expect(queue.clock.pending).toBe(0);
});

describe('under any course of caps and rivals', () => {
	/** What is free for us from a moment on. */
	const phases = fc.array(fc.record({ lastsMs: fc.integer({ min: 500, max: 60_000 }), places: fc.nat(12) }), {
		minLength: 1,
		maxLength: 8,
	});

	test('every item gets through, in order, and the account is never asked for two places more at once', async () => {
		await fc.assert(
			fc.asyncProperty(
				phases,
				fc.array(fc.integer({ min: 20, max: 30_000 }), { minLength: 1, maxLength: 40 }),
				fc.integer(),
				async (course, runTimesMs, seed) => {
					const clock = new VirtualClock(seed);
					const limiter = new AccountLimiter(clock);
					// At the end there is room for one at least: else nothing could end.
					const placesNow = () => {
						let atMs = 0;
						for (const { lastsMs, places } of course) {
							atMs += lastsMs;
							if (clock.monotonicMs() < atMs) return places;
						}
						return 1;
					};
					let running = 0;
					const order: number[] = [];
					let refusals = 0;
					await clock.run(
						Promise.all(
							runTimesMs.map(async (runTimeMs, item) => {
								const slot = await limiter.acquire({ stallMs: 3_600_000 });
								order.push(item);
								for (;;) {
									await clock.elapse(20);
									if (running < placesNow()) break;
									refusals += 1;
									await slot.refused(REFUSAL);
								}
								running += 1;
								slot.accepted();
								await clock.elapse(runTimeMs);
								running -= 1;
								slot.settle();
							}),
						),
					);
					expect(order).toEqual(runTimesMs.map((_, item) => item));
					expect(limiter.idle).toBe(true);
					await clock.pass(0);
					expect(clock.pending).toBe(0);
					// Each item is refused once at most when it is let go by a completion, and once a probe.
					const probes = Math.ceil(clock.monotonicMs() / 1_600);
					expect(refusals).toBeLessThanOrEqual(3 * runTimesMs.length + probes);
				},
			),
			{ seed: 20260821, numRuns: 50 },
		);
	});
});
