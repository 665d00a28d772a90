import fc from 'fast-check';

import { backoffMs, MAX_TIMER_MS, retryAfterMs } from '../../../../nodes/EachLabs/core/retries';

const NOW = Date.UTC(2026, 0, 1);

describe('the wait before the next try', () => {
	test.each([
		[1, 500],
		[2, 1_000],
		[3, 2_000],
		[4, 4_000],
		[6, 16_000],
		[7, 20_000],
		[1_000_000, 20_000],
	])('after %p failed tries is spread over %p ms', (failedAttempts, windowMs) => {
		expect(backoffMs(failedAttempts, 0.5)).toBe(windowMs / 2);
		expect(backoffMs(failedAttempts, 0.999999)).toBeCloseTo(windowMs, -2);
	});

	test('is never a busy loop', () => {
		expect(backoffMs(1, 0)).toBe(50);
	});

	test.each([
		['is longer', 30_000, 30_000],
		['is shorter', 10, 250],
		['is longer than any timer', 1e12, MAX_TIMER_MS],
	])('is at least what the service asked for, where that %s', (_, askedMs, expectedMs) => {
		expect(backoffMs(1, 0.5, askedMs)).toBe(expectedMs);
	});
});

describe('a Retry-After header', () => {
	test.each<[string, string | undefined, number | undefined]>([
		['that is missing', undefined, undefined],
		['that is empty', ' ', undefined],
		['in seconds', '120', 120_000],
		['in seconds, with white space', ' 7 ', 7_000],
		['in fractions of a second', '1.5', 1_500],
		['of zero', '0', 0],
		['that is negative', '-5', undefined],
		['that is not a number', 'NaN', undefined],
		['that is infinite', 'Infinity', undefined],
		['in another notation', '1e3', undefined],
		['of 10^9 seconds, which counts as ten minutes', '1000000000', 600_000],
		['with more digits than a number holds', '9'.repeat(400), 600_000],
		['that is a date to come', 'Thu, 01 Jan 2026 00:02:00 GMT', 120_000],
		['that is a date in the form of RFC 850', 'Thursday, 01-Jan-26 00:02:00 GMT', 120_000],
		['that is a date in the form of asctime, which is in GMT', 'Thu Jan  1 00:02:00 2026', 120_000],
		['that is a date gone by', 'Wed, 31 Dec 2025 23:59:00 GMT', 0],
		['that is a date in the far future', 'Fri, 31 Dec 9999 23:59:59 GMT', 600_000],
		['that is an impossible date', 'Thu, 99 Jan 2026 00:02:00 GMT', undefined],
		['that only looks like a date to a lenient parser', 'abc 1', undefined],
		['of seconds and something else', '5, 10', undefined],
	])('%s', (_, header, expectedMs) => {
		expect(retryAfterMs(header, NOW)).toBe(expectedMs);
	});

	test('counts from the moment at which it is read', () => {
		expect(retryAfterMs('Thu, 01 Jan 2026 00:02:00 GMT', NOW + 90_000)).toBe(30_000);
	});

	test('without a zone is read in GMT, wherever the host is', () => {
		const parse = jest.spyOn(Date, 'parse');
		retryAfterMs('Thu Jan  1 00:02:00 2026', NOW);
		expect(parse.mock.calls).toEqual([['Thu Jan  1 00:02:00 2026 GMT']]);
		parse.mockRestore();
	});

	test('of any content gives a wait that a timer can keep', () => {
		const header = fc.oneof(
			fc.string(),
			fc.string({ unit: 'binary' }),
			fc.integer().map(String),
			fc.double().map(String),
			fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
			fc.date({ noInvalidDate: true }).map((date) => date.toString()),
			fc.bigInt().map(String),
		);
		fc.assert(
			fc.property(
				fc.option(header, { nil: undefined }),
				fc.integer({ min: 1, max: 1_000 }),
				fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
				(value, failedAttempts, random) => {
					const askedMs = retryAfterMs(value, NOW);
					const waitMs = backoffMs(failedAttempts, random, askedMs);
					expect(waitMs).toBeGreaterThanOrEqual(Math.max(50, askedMs ?? 0));
					expect(waitMs).toBeLessThanOrEqual(MAX_TIMER_MS);
				},
			),
			{ seed: 20260821, numRuns: 500 },
		);
	});
});
