import { Scope } from '../../../../nodes/EachLabs/core/Scope';
import { VirtualClock } from '../../../support/VirtualClock';

test('counts down to zero and no further', async () => {
	const clock = new VirtualClock();
	const scope = new Scope(clock, 1_000);
	await clock.pass(400);
	expect(scope.remainingMs()).toBe(600);
	expect(scope.passed).toBe(false);
	await clock.pass(700);
	expect(scope.remainingMs()).toBe(0);
	expect(scope.passed).toBe(true);
	expect(scope.totalMs).toBe(1_000);
});

test('stands still while its item waits for a turn', async () => {
	const clock = new VirtualClock();
	const scope = new Scope(clock, 1_000);
	await clock.pass(500);
	const turn = scope.pausedWhile(clock.sleep(4_500).then(() => 'the turn'));
	expect(await clock.run(turn)).toBe('the turn');
	expect(scope.remainingMs()).toBe(500);
});

test.each([
	['a wait that fits is left as it is', 300, 300],
	['a wait beyond the deadline ends with it', 5_000, 1_000],
	['a wait of nothing is no busy loop', 0, 10],
])('%s', (_, wishedMs, expectedMs) => {
	expect(new Scope(new VirtualClock(), 1_000).clip(wishedMs)).toBe(expectedMs);
});

test('the moment before a deadline is not split into ever shorter waits', async () => {
	const clock = new VirtualClock();
	const scope = new Scope(clock, 1_000);
	await clock.pass(999.9);
	expect(scope.clip(5_000)).toBe(10);
});

test('sleeps until its deadline, a stop or whoever wakes it', async () => {
	const clock = new VirtualClock();
	const stop = new AbortController();
	const wake = new AbortController();
	const slept = async (sleep: (scope: Scope) => Promise<void>): Promise<number> => {
		const scope = new Scope(clock, 1_000, stop.signal);
		const startedAtMs = clock.monotonicMs();
		await clock.run(sleep(scope));
		return clock.monotonicMs() - startedAtMs;
	};
	expect(await slept(async (scope) => await scope.sleep(300))).toBe(300);
	expect(await slept(async (scope) => await scope.sleep(5_000))).toBe(1_000);
	void clock.elapse(200).then(() => wake.abort());
	expect(await slept(async (scope) => await scope.sleep(5_000, wake.signal))).toBe(200);
	void clock.elapse(100).then(() => stop.abort());
	expect(await slept(async (scope) => await scope.sleep(5_000))).toBe(100);
});

test('a stop of the run stops each of its scopes, and nothing stops one without a run', () => {
	const stop = new AbortController();
	const clock = new VirtualClock();
	const [own, other, apart] = [stop.signal, stop.signal, undefined].map((s) => new Scope(clock, 1_000, s));
	stop.abort();
	expect([own?.isStopped, other?.isStopped, apart?.isStopped]).toEqual([true, true, false]);
});

describe('a call that has no time limit of its own', () => {
	const late = () => new Error('too late');

	test('gives what it gives within the time', async () => {
		const clock = new VirtualClock();
		const call = clock.sleep(900).then(() => 'the answer');
		expect(await clock.run(new Scope(clock, 1_000).within(call, late))).toBe('the answer');
		await expect(new Scope(clock, 1_000).within(Promise.reject(new Error('its own')), late)).rejects.toThrow(
			'its own',
		);
		expect(clock.pending).toBe(0);
	});

	test.each([
		['the deadline', 1_000, 'too late'],
		['a stop', 200, 'stopped'],
	])('is left at %s, and what it gives later is discarded', async (_, afterMs, words) => {
		const clock = new VirtualClock();
		const stop = new AbortController();
		if (afterMs < 1_000) void clock.elapse(afterMs).then(() => stop.abort());
		const discarded: string[] = [];
		const call = clock.sleep(5_000).then(() => 'the answer');
		const left = new Scope(clock, 1_000, stop.signal)
			.within(call, late, (value) => discarded.push(value))
			.catch((error: unknown) => ({ error, atMs: clock.monotonicMs() }));
		const startedAtMs = clock.monotonicMs();
		const outcome = await clock.run(left);
		expect(outcome).toMatchObject({
			error: { message: expect.stringContaining(words) },
			atMs: startedAtMs + afterMs,
		});
		expect(discarded).toEqual([]);
		await clock.run(call);
		expect(discarded).toEqual(['the answer']);
	});
});
