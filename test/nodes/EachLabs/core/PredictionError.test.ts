import { PredictionError } from '../../../../nodes/EachLabs/core/PredictionError';
import { rememberSecret } from '../../../../nodes/EachLabs/core/redactSecrets';

const KEY = 'el-error-key-1234';

beforeAll(() => rememberSecret(KEY));

test('no text of an error holds a secret, whatever it came with', () => {
	const error = new PredictionError('predictionFailed', `refused ${KEY}`, {
		description: `look at ${encodeURIComponent(KEY)}`,
		predictionId: `id-${KEY}`,
		earlierPredictionIds: [KEY, 'p1'],
		requestId: KEY,
		rawOutput: `Basic ${Buffer.from(`:${KEY}`).toString('base64')}`,
		cost: 0.1,
	});
	expect(`${error.message} ${JSON.stringify(error.facts)} ${error.stack}`).not.toContain(KEY);
	expect(error.message).toBe('refused [hidden]');
	expect(error.facts).toMatchObject({
		description: 'look at [hidden]',
		predictionId: 'id-[hidden]',
		earlierPredictionIds: ['[hidden]', 'p1'],
		requestId: '[hidden]',
		rawOutput: expect.stringMatching(/^Basic .{0,4}\[hidden]$/),
		cost: 0.1,
	});
});

test('an error with other facts keeps its kind, its message, and the facts that are not replaced', () => {
	const error = new PredictionError('deadline', 'late', { description: 'wait', predictionId: 'p1', cost: 1 });
	expect(error.with({ cost: 2, requestId: 'r1' })).toMatchObject({
		kind: 'deadline',
		message: 'late',
		description: 'wait',
		facts: { description: 'wait', predictionId: 'p1', cost: 2, requestId: 'r1' },
	});
	expect(error.facts.cost).toBe(1);
});
