import { RetryBudget } from '../../../../nodes/EachLabs/core/RetryBudget';

/** How many retries are granted to calls that all fail and are each repeated twice if they may. */
function retriesOf(budget: RetryBudget, calls: number): number {
	let retries = 0;
	for (let call = 0; call < calls; call++) {
		budget.firstAttempt();
		if (budget.takeRetry()) retries += 1;
		if (budget.takeRetry()) retries += 1;
	}
	return retries;
}

test('single faults are retried freely', () => {
	expect(retriesOf(new RetryBudget(), 1)).toBe(2);
});

test.each([1, 10, 100, 1_000, 10_000])(
	'%p calls of an outage add at most a fifth and 3 to the traffic',
	(calls) => {
		const retries = retriesOf(new RetryBudget(), calls);
		expect(retries).toBeLessThanOrEqual(3 + 0.15 * calls + 1e-9);
		if (calls >= 1_000) expect((calls + retries) / calls).toBeLessThanOrEqual(1.2);
	},
);

test('what a long run without faults has saved up is bounded', () => {
	const budget = new RetryBudget();
	for (let call = 0; call < 10_000; call++) budget.firstAttempt();
	let retries = 0;
	while (budget.takeRetry()) retries += 1;
	expect(retries).toBe(20);
});
