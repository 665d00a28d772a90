import fc from 'fast-check';

import { predictionResponse, type Prediction } from '../../../../../nodes/EachLabs/core/api/shapes';
import { predictionFailed } from '../../../../../nodes/EachLabs/core/prediction/predictionFailed';

const failed = (output: unknown, more: object = {}) =>
	predictionFailed(
		predictionResponse.safeParse({ id: 'p-1', status: 'error', output, ...more }).data as Prediction,
	);

describe('why a prediction failed', () => {
	test.each([
		['INPUT_VALIDATION_ERROR', 'image_urls is required', 'invalidInput'],
		['PROVIDER_BAD_REQUEST', 'Too many requests of this form', 'invalidInput'],
		['PROVIDER_BAD_REQUEST', 'The image was flagged by our safety system', 'blocked'],
		['INPUT_DOWNLOAD_ERROR', 'HTTP 403', 'unreachableUrl'],
		['PROVIDER_REJECTED', 'Rejected', 'blocked'],
		['PROVIDER_REJECTED', 'Failed to download the input URL', 'unreachableUrl'],
		['PROVIDER_RATE_LIMIT', 'Slow down', 'providerBusy'],
		['PROVIDER_SERVER_ERROR', 'Oops', 'provider'],
		['NETWORK_ERROR', 'Oops', 'provider'],
		['WORKER_LOST', 'Oops', 'provider'],
		['PROVIDER_FAILED', 'Oops', 'provider'],
		['PROVIDER_FAILED', 'Violates our usage policies', 'blocked'],
		['EXECUTION_TIMEOUT', 'Oops', 'timeLimit'],
		['PUBLISH_FAILED', 'Oops', 'vendor'],
		['PROVIDER_AUTH_ERROR', 'Oops', 'vendor'],
		['PIPELINE_CONFIG_ERROR', 'Oops', 'vendor'],
		['content_policy', 'It shows a secret.', 'blocked'],
		['ITERATION_ERROR', 'Part failed', 'unknown'],
		['constructor', 'Oops', 'unknown'],
	])('by the code %s and %p', (error_code, error_message, failure) => {
		expect(failed({ error_code, error_message }).facts.failure).toBe(failure);
		expect(failed([{ error: { error_code, error_message } }]).facts.failure).toBe(failure);
	});

	test.each([
		['content_moderation', 'blocked'],
		['execution_timeout', 'timeLimit'],
		['invalid_user_input', 'invalidInput'],
		['invalid_model_config', 'vendor'],
		['provider_auth', 'vendor'],
		['provider_error', 'provider'],
		['provider_rate_limit', 'providerBusy'],
		['provider_unavailable', 'providerBusy'],
		['internal_error', 'vendor'],
		['unknown', 'unknown'],
	])('by the class %s', (category, failure) => {
		expect(failed({ error_message: 'Oops', classification: { category } }).facts.failure).toBe(failure);
		expect(failed({ error_message: 'Oops', classification: category }).facts.failure).toBe(failure);
	});

	test.each([
		['Content moderation: not allowed', 'blocked'],
		['Blocked for safety', 'blocked'],
		['Your request was flagged as sensitive content', 'blocked'],
		['Could not fetch https://cdn.example/nsfw/safety.jpg', 'unreachableUrl'],
		['The URL is not accessible (403)', 'unreachableUrl'],
		['failed to download link: blocked by robots.txt', 'unreachableUrl'],
		['cannot identify image file', 'unreadableFile'],
		['Unsupported image format', 'unreadableFile'],
		['The PDF is corrupt', 'unreadableFile'],
		['429 Too Many Requests', 'providerBusy'],
		['The model is overloaded. Please try again later.', 'providerBusy'],
		['Request timed out after 300 s', 'timeLimit'],
		['502 Bad Gateway', 'provider'],
		['upstream connect error', 'provider'],
		['Invalid API key of the provider', 'vendor'],
		['missing field prompt', 'invalidInput'],
		['Too dark.', 'unknown'],
		['out of memory on worker 7', 'unknown'],
	])('by the words %p, as output or in the logs', (words, failure) => {
		expect(failed(words).facts.failure).toBe(failure);
		expect(failed(null, { logs: `started\n${words}\n` }).facts.failure).toBe(failure);
		expect(failed(words).message).toContain(words);
	});

	test('never throws, whatever the service says', () => {
		fc.assert(
			fc.property(fc.jsonValue(), fc.jsonValue(), (output, input) => {
				const error = failed(output, { input });
				return error.facts.failure !== undefined && error.description.includes('p-1');
			}),
		);
	});
});

describe('the address that could not be opened', () => {
	const input = { image_urls: ['https://a.example/1.png?key=1', 'https://a.example/2.png'] };

	test.each([
		[
			'the one in the words',
			'Could not fetch URL https://b.example/x.png?v=1.',
			input,
			'https://b.example/x.png',
		],
		['the one at the position', 'failed to download url image_urls[1]', input, 'https://a.example/2.png'],
		[
			'the only one',
			'failed to download url',
			{ messages: [{ image_url: { url: 'https://a.example/1.png?key=1' } }] },
			'https://a.example/1.png',
		],
		['none, where it may be any', 'failed to download url', input, 'the address of a file'],
	])('is %s', (_which, reason, given, address) => {
		expect(failed(reason, { input: given }).message).toBe(`Each Labs could not open ${address}: ${reason}`);
	});
});

test.each([
	[null, 'Each Labs did not say whether it was charged.'],
	[0, 'Nothing was charged for it.'],
	[0.00002, 'It cost 0.00002 USD.'],
])('a cost of %p is told', (cost, words) => {
	const { description, facts } = failed('Too dark.', { metrics: { cost } });
	expect(description).toContain(words);
	expect(facts.cost).toBe(cost);
});
