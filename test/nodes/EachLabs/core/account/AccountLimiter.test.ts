import { getEventListeners } from 'node:events';

import fc from 'fast-check';

import {
	AccountLimiter,
	SlotUnavailable,
	type Slot,
} from '../../../../../nodes/EachLabs/core/account/AccountLimiter';
import type { LookAtAccount } from '../../../../../nodes/EachLabs/core/account/AccountSight';
import type { Refusal } from '../../../../../nodes/EachLabs/core/account/readRefusal';
import { VirtualClock } from '../../../../support/VirtualClock';
import { isIdle } from '../../../../support/isIdle';

const REFUSAL = { httpStatus: 429, details: 'too many predictions at a time' };

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

	constructor(
		random = 0.5,
		private readonly look?: LookAtAccount,
	) {
		this.clock = new VirtualClock(() => random);
		this.limiter = new AccountLimiter(this.clock);
	}

	async join(count: number, stallMs = 600_000): Promise<void> {
		const first = this.joined;
		this.joined += count;
		for (let item = first; item < first + count; item++) {
			this.waiting += 1;
			void this.limiter.acquire({ abortSignal: this.stop.signal, stallMs, look: this.look }).then(
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
		for (const item of items) this.slot(item).accepted(`p${item}`);
		await this.clock.pass(0);
	}

	async refuse(item: number, refusal: Partial<Refusal> = {}): Promise<void> {
		this.waiting += 1;
		void this.slot(item)
			.refused({ ...REFUSAL, ...refusal })
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

	private joined = 0;
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
	test('two creates go out at once, and one more for each that is accepted', async () => {
		const queue = new Queue();
		await queue.join(20);
		expect(queue.newly()).toEqual([0, 1]);
		await queue.accept(0, 1);
		expect(queue.newly()).toEqual([2, 3]);
		await queue.accept(2, 3);
		expect(queue.newly()).toEqual([4, 5]);
	});

	test('creates that nothing has answered let others go, up to four in all', async () => {
		const queue = new Queue();
		await queue.join(6);
		queue.newly();
		for (const item of [0, 1, 2, 3]) {
			queue.slot(Math.min(item, 1)).unanswered();
			await queue.clock.pass(0);
		}
		expect(queue.newly()).toEqual([2, 3]);
	});

	test('a slot that is given back goes to the next in the queue', async () => {
		const queue = new Queue();
		await queue.join(6);
		queue.newly();
		await queue.settle(1);
		expect(queue.newly()).toEqual([2]);
		await queue.settle(1);
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
		expect(queue.newly()).toHaveLength(2);
	});
});

describe('after a refusal', () => {
	/** Items 0 to 3 are in flight, item 4 was refused, and others wait behind it. */
	async function refusedAtFour(random = 0.5, refusal: Partial<Refusal> = {}): Promise<Queue> {
		const queue = new Queue(random);
		await queue.join(5);
		await queue.accept(0, 1);
		await queue.accept(2, 3);
		expect(queue.newly()).toEqual([0, 1, 2, 3, 4]);
		await queue.refuse(4, refusal);
		await queue.join(15);
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
		expect(queue.newly()).toEqual([]);
		await queue.accept(4);
		expect(queue.newly()).toEqual([5]);
	});

	test('the limit grows by one over itself, so by one a round', async () => {
		const queue = await refusedAtFour();
		for (const [settled, granted] of [
			[0, 4],
			[1, 5],
			[2, 6],
		] as const) {
			await queue.settle(settled);
			expect(queue.newly()).toEqual([granted]);
			await queue.accept(granted);
		}
		expect(queue.newly()).toEqual([]);
		await queue.settle(3);
		await queue.accept(7);
		// The fourth since the refusal that was accepted at the limit takes it to 5, or next to it.
		await queue.settle(4);
		await queue.accept(8);
		expect(queue.newly()).toEqual([7, 8, 9]);
	});

	test.each([
		[0, 12_000],
		[0.5, 15_000],
		[1, 18_000],
	])('one create knocks after 15 s, give or take a fifth (random %p)', async (random, afterMs) => {
		const queue = await refusedAtFour(random);
		await queue.clock.pass(afterMs - 1);
		expect(queue.newly()).toEqual([]);
		await queue.clock.pass(1);
		expect(queue.newly()).toEqual([4]);
		await queue.clock.pass(60_000);
		expect(queue.newly()).toEqual([]);
	});

	test('knocks in vain are followed by ever longer silence, which no completion of ours breaks', async () => {
		const queue = await refusedAtFour(0);
		const silencesMs: number[] = [];
		await queue.clock.pass(12_000);
		for (let knock = 0; knock < 5; knock++) {
			queue.newly();
			await queue.refuse(4);
			if (knock < 4) await queue.settle(knock);
			const refusedAtMs = queue.clock.monotonicMs();
			for (let second = 0; second < 400 && queue.newly().length === 0; second++)
				await queue.clock.pass(1_000);
			silencesMs.push(queue.clock.monotonicMs() - refusedAtMs);
		}
		expect(silencesMs).toEqual([15_000, 75_000, 120_000, 180_000, 300_000]);
	});

	test('a create of a second run of the process does not knock beside that of the first', async () => {
		const queue = await refusedAtFour(0);
		await queue.settle(0, 1, 2, 3);
		queue.newly();
		await queue.refuse(4);
		await queue.join(10);
		await queue.clock.pass(14_999);
		expect(queue.newly()).toEqual([]);
		await queue.clock.pass(1);
		expect(queue.newly()).toEqual([4]);
	});

	test('a knock that is accepted raises the limit to what it has shown to be free', async () => {
		const queue = await refusedAtFour();
		await queue.clock.pass(15_000);
		await queue.accept(4);
		queue.newly();
		await queue.settle(0);
		expect(queue.newly()).toEqual([5]);
	});

	test('a create that failed for another reason frees no place', async () => {
		const queue = new Queue();
		await queue.join(4);
		await queue.accept(0);
		await queue.refuse(1);
		queue.newly();
		await queue.settle(2);
		expect(queue.newly()).toEqual([]);
	});

	test('a knock that failed for another reason is followed by the next', async () => {
		const queue = await refusedAtFour();
		await queue.clock.pass(15_000);
		expect(queue.newly()).toEqual([4]);
		await queue.settle(4);
		expect(queue.newly()).toEqual([5]);
	});

	test('twice the limit accepted without another one means that places were given back', async () => {
		const queue = await refusedAtFour();
		queue.newly();
		const inFlight = [0, 1, 2, 3];
		const sizes: number[] = [];
		for (let round = 0; round < 16; round++) {
			await queue.settle(inFlight.shift() ?? 0);
			for (let news = queue.newly(); news.length > 0; news = queue.newly()) {
				inFlight.push(...news);
				await queue.accept(...news);
			}
			sizes.push(inFlight.length);
			await queue.join(20);
		}
		// By one a round at first; then each that is accepted lets another one go.
		expect(Math.max(...sizes.slice(0, 4))).toBeLessThanOrEqual(5);
		expect(sizes.at(-1)).toBeGreaterThan(8);
	});

	test.each([
		['a cap that was named, for ten minutes', 600_000, false],
		['a cap that the gate shuts for, for an hour', 3_600_000, true],
	])('%s is kept', async (_, keptMs, shut) => {
		const queue = await refusedAtFour(0, { details: "your account's cap is 3" });
		if (shut) {
			await queue.settle(0, 1);
			for (const silenceMs of [15_000, 75_000]) {
				await queue.refuse(4, { details: "your account's cap is 3" });
				await queue.clock.pass(silenceMs);
			}
		}
		const refusedAtMs = queue.clock.monotonicMs() - (shut ? 75_000 : 0);
		const inFlight = shut ? [2, 3] : [0, 1, 2, 3];
		let most = 0;
		queue.newly();
		if (shut) {
			await queue.accept(4);
			inFlight.push(4);
		}
		while (queue.clock.monotonicMs() < refusedAtMs + keptMs - 20_000) {
			await queue.settle(inFlight.shift() ?? 0);
			for (let news = queue.newly(); news.length > 0; news = queue.newly()) {
				inFlight.push(...news);
				await queue.accept(...news);
				most = Math.max(most, inFlight.length);
			}
			await queue.join(2);
			await queue.clock.pass(20_000);
		}
		expect(most).toBe(3);
		for (let round = 0; round < 4; round++) {
			await queue.clock.pass(10_000);
			await queue.settle(inFlight.shift() ?? 0);
			for (let news = queue.newly(); news.length > 0; news = queue.newly()) {
				inFlight.push(...news);
				await queue.accept(...news);
			}
		}
		expect(inFlight.length).toBeGreaterThan(3);
	});

	test('too many that were started at once say nothing of places: they are sent again by a plain backoff', async () => {
		const queue = await refusedAtFour(0.5, { details: 'Too many executions started at once' });
		await queue.clock.pass(249);
		expect(queue.newly()).toEqual([]);
		await queue.clock.pass(1);
		expect(queue.newly()).toEqual([4]);
		await queue.refuse(4, { details: 'Too many executions started at once' });
		await queue.clock.pass(500);
		expect(queue.newly()).toEqual([4]);
		await queue.accept(4);
		expect(queue.newly()).toEqual([5]);
	});

	test('a balance that is reserved is asked for again when ours have settled, and at once when none is left', async () => {
		const queue = new Queue();
		await queue.join(2);
		await queue.refuse(0, { httpStatus: 402, details: 'balance too low' });
		queue.newly();
		await queue.settle(1);
		expect(queue.newly()).toEqual([0]);
	});
});

describe("where the account's list is seen", () => {
	const busy = (count: number) => new Set(Array.from({ length: count }, (_, index) => `other${index}`));

	test('a place that others give back is taken as soon as it shows, and no knock comes before', async () => {
		let others = busy(2);
		const queue = new Queue(0.5, async () => await Promise.resolve(others));
		await queue.join(3);
		await queue.refuse(0, { details: "your account's cap is 2" });
		await queue.refuse(1, { details: "your account's cap is 2" });
		queue.newly();
		await queue.clock.pass(200_000);
		expect(queue.newly()).toEqual([]);
		others = busy(1);
		await queue.clock.pass(8_000);
		expect(queue.newly()).toEqual([0]);
		await queue.accept(0);
		await queue.clock.pass(60_000);
		expect(queue.newly()).toEqual([]);
	});

	test('a place that ours gives back beside others is looked for at once, and taken', async () => {
		let inFlight = busy(1);
		const queue = new Queue(0.5, async () => await Promise.resolve(inFlight));
		await queue.join(2);
		await queue.accept(0);
		await queue.refuse(1, { details: "your account's cap is 2" });
		inFlight = new Set([...busy(1), 'p0']);
		await queue.clock.pass(60_000);
		queue.newly();
		inFlight = busy(1);
		await queue.settle(0);
		await queue.clock.pass(10);
		expect(queue.newly()).toEqual([1]);
	});

	test('a list that does not answer is as none: one create knocks after a while', async () => {
		const queue = new Queue(0, async () => await Promise.resolve(undefined));
		await queue.join(3);
		await queue.refuse(0);
		await queue.refuse(1);
		queue.newly();
		await queue.clock.pass(15_000);
		expect(queue.newly()).toEqual([0]);
	});

	test('a list that claims a full account for ever is not believed when a create is accepted all the same', async () => {
		const queue = new Queue(0.5, async () => await Promise.resolve(busy(2)));
		await queue.join(3);
		await queue.refuse(0, { details: 'cap is 2' });
		await queue.refuse(1, { details: 'cap is 2' });
		queue.newly();
		await queue.clock.pass(290_000);
		expect(queue.newly()).toEqual([]);
		await queue.clock.pass(20_000);
		expect(queue.newly()).toEqual([0]);
		await queue.accept(0);
		await queue.settle(0);
		expect(queue.newly()).toEqual([1]);
	});

	test('no look is taken while nobody waits, or while nothing was refused', async () => {
		let looks = 0;
		const queue = new Queue(0.5, async () => {
			looks += 1;
			return await Promise.resolve(busy(0));
		});
		await queue.join(20);
		await queue.accept(0, 1);
		await queue.clock.pass(60_000);
		expect(looks).toBe(0);
		expect(queue.clock.pending).toBe(1);
	});
});

describe('a Retry-After', () => {
	test.each([
		['of none', undefined, 16_500],
		['of nothing', 0, 16_500],
		['shorter than the wait that is due anyway', 500, 16_500],
		['of half a minute', 30_000, 30_000],
		['of the longest timer', 2_147_483_647, 2_147_483_647],
	])('%s', async (_, retryAfterMs, waitMs) => {
		const queue = new Queue();
		await queue.join(1, Infinity);
		await queue.refuse(0, { retryAfterMs });
		queue.newly();
		await queue.clock.pass(waitMs - 1);
		expect(queue.newly()).toEqual([]);
		await queue.clock.pass(1);
		expect(queue.newly()).toEqual([0]);
	});

	test('holds for all items, and no completion lifts it', async () => {
		const queue = new Queue();
		await queue.join(10);
		await queue.accept(0);
		await queue.refuse(1, { retryAfterMs: 30_000 });
		queue.newly();
		await queue.settle(0, 2);
		await queue.join(3);
		await queue.clock.pass(29_999);
		expect(queue.newly()).toEqual([]);
		await queue.clock.pass(1);
		expect(queue.newly()[0]).toBe(1);
	});

	test('that is longer than an item may stand still ends the item, with the words of the service', async () => {
		const queue = new Queue();
		await queue.join(1, 60_000);
		await queue.refuse(0, { retryAfterMs: 600_000 });
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
		expect(queue.failed).toHaveLength(999);
		expect(
			queue.failed.every(({ error }) => error instanceof SlotUnavailable && error.why === 'stopped'),
		).toBe(true);
		await queue.settle(1);
		expect(isIdle(queue.limiter)).toBe(true);
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
		await queue.refuse(1);
		await queue.clock.pass(50_000);
		queue.newly();
		await queue.refuse(1);
		await queue.settle(0);
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

test('a thousand items put one listener on the signal that they share', async () => {
	const queue = new Queue();
	await queue.join(1_000);
	expect(getEventListeners(queue.stop.signal, 'abort')).toHaveLength(1);
});

test('one timer at a time, none of it left when all are through', async () => {
	const queue = new Queue();
	await queue.join(100);
	expect(queue.clock.pending).toBe(1);
	for (let item = 0; item < 100; item++) {
		await queue.accept(item);
		await queue.settle(item);
	}
	expect(isIdle(queue.limiter)).toBe(true);
	expect(queue.clock.pending).toBe(0);
});

describe('under any course of caps and rivals', () => {
	/** What is free for us from a moment on. */
	const phases = fc.array(fc.record({ lastsMs: fc.integer({ min: 500, max: 60_000 }), places: fc.nat(12) }), {
		minLength: 1,
		maxLength: 8,
	});

	test('every item gets through, in order, and after a refusal one create knocks at a time', async () => {
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
					let onTheirWay = 0;
					let isRefusedSince = false;
					let mostOnTheirWay = 0;
					const order: number[] = [];
					let refusals = 0;
					await clock.run(
						Promise.all(
							runTimesMs.map(async (runTimeMs, item) => {
								const slot = await limiter.acquire({ stallMs: 3_600_000 });
								order.push(item);
								for (;;) {
									// After a refusal, those that are on their way at once are too many by one at most.
									const isKnock = isRefusedSince;
									onTheirWay += 1;
									if (isKnock) mostOnTheirWay = Math.max(mostOnTheirWay, onTheirWay);
									await clock.elapse(20);
									onTheirWay -= 1;
									if (running < placesNow()) break;
									refusals += 1;
									isRefusedSince = true;
									await slot.refused(REFUSAL);
								}
								isRefusedSince = false;
								running += 1;
								slot.accepted(`p${item}`);
								await clock.elapse(runTimeMs);
								running -= 1;
								slot.settle();
							}),
						),
					);
					expect(order).toEqual(runTimesMs.map((_, item) => item));
					expect(isIdle(limiter)).toBe(true);
					await clock.pass(0);
					expect(clock.pending).toBe(0);
					expect(mostOnTheirWay).toBeLessThanOrEqual(1);
					// An item is let go again by a completion or a growing limit, and by each knock.
					const knocks = Math.ceil(clock.monotonicMs() / 12_000);
					expect(refusals).toBeLessThanOrEqual(2 * runTimesMs.length + knocks);
				},
			),
			{ seed: 20260821, numRuns: 50 },
		);
	});
});
