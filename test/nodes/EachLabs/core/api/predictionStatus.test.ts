import { outcomeOf } from '../../../../../nodes/EachLabs/core/api/predictionStatus';

test.each([
	['success', 'succeeded'],
	['succeeded', 'succeeded'],
	['SUCCESS', 'succeeded'],
	[' success\n', 'succeeded'],
	['error', 'failed'],
	['failed', 'failed'],
	['cancelled', 'cancelled'],
	['canceled', 'cancelled'],
])('the status %p means that the prediction %s', (status, outcome) => {
	expect(outcomeOf(status)).toBe(outcome);
});

test.each([
	'created',
	'starting',
	'processing',
	'queued',
	'rerouting',
	'',
	'successful?',
	'__proto__',
	'constructor',
])('the status %p counts as in flight', (status) => {
	expect(outcomeOf(status)).toBeUndefined();
});
