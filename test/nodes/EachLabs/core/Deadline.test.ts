import { Deadline } from '../../../../nodes/EachLabs/core/Deadline';
import { VirtualClock } from '../../../support/VirtualClock';

test('counts down to zero and no further', async () => {
	const clock = new VirtualClock();
	const deadline = new Deadline(clock, 1_000);
	await clock.pass(400);
	expect(deadline.remainingMs()).toBe(600);
	expect(deadline.passed).toBe(false);
	await clock.pass(700);
	expect(deadline.remainingMs()).toBe(0);
	expect(deadline.passed).toBe(true);
	expect(deadline.totalMs).toBe(1_000);
});

test('time that an item spent in a queue is given back to it', async () => {
	const clock = new VirtualClock();
	const deadline = new Deadline(clock, 1_000);
	await clock.pass(5_000);
	deadline.extendBy(4_500);
	expect(deadline.remainingMs()).toBe(500);
});

test.each([
	['a wait that fits is left as it is', 300, 300],
	['a wait beyond the deadline ends with it', 5_000, 1_000],
	['a wait of nothing is no busy loop', 0, 10],
])('%s', (_, wishedMs, expectedMs) => {
	expect(new Deadline(new VirtualClock(), 1_000).clip(wishedMs)).toBe(expectedMs);
});

test('the moment before a deadline is not split into ever shorter waits', async () => {
	const clock = new VirtualClock();
	const deadline = new Deadline(clock, 1_000);
	await clock.pass(999.9);
	expect(deadline.clip(5_000)).toBe(10);
});
