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

test('stands still while its item waits for a turn', async () => {
	const clock = new VirtualClock();
	const deadline = new Deadline(clock, 1_000);
	await clock.pass(500);
	const turn = deadline.pausedWhile(clock.sleep(4_500).then(() => 'the turn'));
	expect(await clock.run(turn)).toBe('the turn');
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
