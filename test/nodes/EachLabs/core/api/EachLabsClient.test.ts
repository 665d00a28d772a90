import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';

import fc from 'fast-check';

import { rememberSecret } from '../../../../../nodes/EachLabs/core/redactSecrets';
import { Scope, type CallManner } from '../../../../../nodes/EachLabs/core/Scope';
import type { CreateOutcome } from '../../../../../nodes/EachLabs/core/api/createOutcome';
import { EachLabsClient } from '../../../../../nodes/EachLabs/core/api/EachLabsClient';
import { ServedRoutes } from '../../../../../nodes/EachLabs/core/api/ServedRoutes';
import { PredictionError } from '../../../../../nodes/EachLabs/core/PredictionError';
import {
	json,
	plain,
	REFUSED,
	RESET,
	SCRIPTED_BASE_URL,
	ScriptedTransport,
	type ScriptedAnswer,
} from '../../../../support/ScriptedTransport';
import { VirtualClock } from '../../../../support/VirtualClock';

const KEY = 'el-secret-key-1234';
const REQUEST = { model: 'm', input: { prompt: 'x' } };
const MODEL = { slug: 'm', title: 'M', request_schema: { properties: {} } };

beforeAll(() => rememberSecret(KEY));

/** A client with a script of answers, with jitter taken away. */
class Bench {
	readonly clock = new VirtualClock(() => 0.5);
	readonly transport: ScriptedTransport;
	readonly client: EachLabsClient;

	constructor(answers: readonly ScriptedAnswer[], latencyMs = 0) {
		this.transport = new ScriptedTransport(this.clock, answers, latencyMs);
		this.client = new EachLabsClient(this.transport, this.clock, SCRIPTED_BASE_URL, new ServedRoutes());
	}

	scope(ms = 600_000, stop?: AbortSignal, manner?: CallManner): Scope {
		return new Scope(this.clock, ms, stop, manner);
	}

	/** What the call answers, or its error. */
	async run<Value>(call: Promise<Value>): Promise<Value | PredictionError> {
		const outcome = await this.clock.run(call.catch((error: unknown) => error as PredictionError));
		this.transport.assertDone();
		expect(this.clock.pending).toBe(0);
		return outcome;
	}

	get sentAtMs(): number[] {
		return this.transport.requests.map(({ atMs }) => atMs);
	}
}

describe('each endpoint', () => {
	test.each<
		[string, string, ScriptedAnswer, (client: EachLabsClient, scope: Scope) => Promise<unknown>, unknown]
	>([
		[
			'a model',
			'GET /v1/models/a%2Fb%20c',
			json(200, { ...MODEL, slug: 'a/b c' }),
			async (client, scope) => await client.getModel('a/b c', scope),
			undefined,
		],
		[
			'models',
			'GET /v1/models?limit=20&offset=40&name=flash+%26',
			json(200, [MODEL]),
			async (client, scope) =>
				await client.listModelPage({ name: 'flash &' }, { limit: 20, offset: 40 }, scope),
			undefined,
		],
		[
			'predictions',
			'GET /v2/executions?limit=100&model=a%2Fb&status=success%2Cerror&from=2026-08-21T09%3A30%3A00Z',
			json(200, { executions: [] }),
			async (client, scope) =>
				await client.executions.list(
					{ model: 'a/b', status: 'success,error', from: '2026-08-21T09:30:00Z', to: '' },
					100,
					scope,
				),
			undefined,
		],
		[
			'the balance',
			'GET /v1/billing/balance',
			json(200, { balance_usd: '-1.5' }),
			async (client, scope) => expect(await client.getBalance(scope)).toBe(-1.5),
			undefined,
		],
		[
			'a create',
			'POST /v1/prediction',
			json(200, { status: 'success', predictionID: 'p1' }),
			async (client, scope) => await client.createPrediction(REQUEST, scope),
			REQUEST,
		],
		[
			'a prediction, whose id can lead nowhere else',
			'GET /v1/prediction/..%2Fx',
			json(200, { id: '../x', status: 'success' }),
			async (client, scope) => await client.getPrediction('../x', scope),
			undefined,
		],
		[
			'a cancel',
			'POST /v1/prediction/p1/cancel',
			json(200, { status: 'cancelled' }),
			async (client, scope) => {
				await client.cancelPrediction('p1', scope);
			},
			undefined,
		],
		[
			'an address for an upload',
			'POST /v1/upload/presign',
			json(200, { id: 'f1', presigned_url: 'https://s.test/1', public_url: 'https://p.test/1' }),
			async (client, scope) =>
				await client.presignUpload(
					{ contentType: 'image/png', fileType: 'image', expiresInSeconds: 60 },
					scope,
				),
			{ content_type: 'image/png', file_type: 'image', expires_in_seconds: 60 },
		],
		[
			'a delete',
			'DELETE /v1/files/f%201',
			plain(204, ''),
			async (client, scope) => {
				await client.deleteFile('f 1', scope);
			},
			undefined,
		],
	])('%s is asked for by %s', async (_, line, answer, call, body) => {
		const bench = new Bench([answer]);
		expect(await bench.run(call(bench.client, bench.scope()))).not.toBeInstanceOf(PredictionError);
		const [sent] = bench.transport.requests;
		expect(sent).toMatchObject({ line, body, request: { authenticated: true } });
		expect(sent?.request.headers).toEqual({
			Accept: 'application/json',
			'X-Request-Id': 'request-1',
			...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
		});
	});
});

describe('a safe call', () => {
	const get = async (bench: Bench, ms?: number) => await bench.client.getModel('m', bench.scope(ms));

	test.each<[string, ScriptedAnswer]>([
		['a refused connection', REFUSED],
		['a connection that breaks off', RESET],
		['status 500', json(500, {})],
		['status 503', plain(503, '')],
		['status 429', json(429, {})],
		['status 408', json(408, {})],
		['a redirect', plain(302, '', { location: 'https://elsewhere.test' })],
		['HTML', plain(200, '<html>')],
		['an empty answer', plain(200, '')],
		['JSON of another shape', json(200, { title: 'M' })],
	])('is made again for %s, with growing waits, for a quarter of a minute', async (_, answer) => {
		const bench = new Bench([...Array.from({ length: 6 }, () => answer), json(200, MODEL)]);
		expect(await bench.run(get(bench))).toMatchObject({ slug: 'm' });
		expect(bench.sentAtMs).toEqual([0, 250, 500, 750, 1_125, 1_687.5, 2_531.25]);
		const failing = new Bench(Array.from({ length: 11 }, () => answer));
		expect(await failing.run(get(failing))).toBeInstanceOf(PredictionError);
		expect(failing.clock.monotonicMs()).toBeLessThanOrEqual(15_000);
	});

	test.each([
		[400, 'modelUnavailable'],
		[401, 'authentication'],
		[402, 'balance'],
		[403, 'authentication'],
		[422, 'requestRefused'],
	])('is made once for status %p, which is %s', async (status, kind) => {
		const bench = new Bench([json(status, { error: 'no' })]);
		expect(await bench.run(get(bench))).toMatchObject({ kind, facts: { httpStatus: status } });
	});

	test('keeps off for as long as the service asks', async () => {
		const bench = new Bench([json(503, {}, { 'retry-after': '40' }), json(200, MODEL)]);
		await bench.run(get(bench));
		expect(bench.sentAtMs).toEqual([0, 40_000]);
	});

	test('ends where that is longer than there is time', async () => {
		const bench = new Bench([json(503, {}, { 'retry-after': '40' })]);
		expect(await bench.run(get(bench, 30_000))).toMatchObject({ kind: 'serviceUnavailable' });
		expect(bench.clock.monotonicMs()).toBe(0);
	});

	test('waits 6 s for the answer to a read, 30 s for others, and no longer than its deadline', async () => {
		const bench = new Bench(['silence', json(200, MODEL)]);
		await bench.run(get(bench));
		expect(bench.transport.requests[0]?.endedAtMs).toBe(6_000);
		const deletion = new Bench(['silence']);
		await deletion.run(deletion.client.deleteFile('f1', deletion.scope()));
		expect(deletion.transport.requests[0]?.endedAtMs).toBe(30_000);
		const short = new Bench(['silence']);
		expect(await short.run(get(short, 4_000))).toMatchObject({
			kind: 'serviceUnavailable',
			description: expect.stringContaining('No answer came in time'),
		});
		expect(short.transport.requests[0]?.endedAtMs).toBe(4_000);
	});

	test('that insists goes on to its deadline, with a first attempt also while its route is known to be down', async () => {
		const bench = new Bench(Array.from({ length: 40 }, () => plain(503, '')));
		const cancel = async () =>
			await bench.client
				.cancelPrediction('p1', bench.scope(10_000, undefined, { patienceMs: 10_000, insists: true }))
				.catch(() => undefined);
		await bench.clock.run(Promise.all(Array.from({ length: 20 }, cancel)));
		expect(bench.sentAtMs.filter((atMs) => atMs === 0)).toHaveLength(20);
		// Then one probe for all of them.
		expect(bench.sentAtMs.filter((atMs) => atMs > 0)).toHaveLength(9);
	});

	test('waits while another one probes, and goes as soon as that is answered', async () => {
		const bench = new Bench([
			plain(503, ''),
			plain(503, ''),
			...Array.from({ length: 21 }, () => json(200, MODEL)),
		]);
		const first = get(bench);
		await bench.clock.pass(10);
		const others = Array.from({ length: 20 }, async () => await get(bench));
		await bench.run(Promise.all([first, ...others]));
		expect(bench.sentAtMs).toEqual([0, 250, 500, ...Array.from({ length: 20 }, () => 500)]);
	});

	test.each([404, 409])('deletes a file for which the service answers %i', async (status) => {
		const bench = new Bench([json(status, { error: 'no' }), ...(status === 409 ? [plain(204, '')] : [])]);
		expect(await bench.run(bench.client.deleteFile('f1', bench.scope()))).toBeUndefined();
	});

	test('waits for an answer as long as its scope says', async () => {
		const bench = new Bench(['silence', json(200, MODEL)]);
		await bench.run(
			bench.client.getModel('m', bench.scope(undefined, undefined, { attemptTimeoutMs: 3_000 })),
		);
		expect(bench.transport.requests[0]?.endedAtMs).toBe(3_000);
	});

	test('without any time left is not made, and says that the time was used up', async () => {
		const bench = new Bench([]);
		expect(await bench.run(get(bench, 50))).toMatchObject({
			kind: 'deadline',
			message: expect.stringContaining('used up'),
		});
	});

	test.each([
		['in the middle of a request', 'silence' as const, 1_000],
		['in the middle of a wait', json(503, {}, { 'retry-after': '60' }), 10_000],
	])('ends at once by a stop %s', async (_, answer, stopAtMs) => {
		const bench = new Bench([answer]);
		const stop = new AbortController();
		void bench.clock.elapse(stopAtMs).then(() => stop.abort());
		const outcome = await bench.run(bench.client.getModel('m', bench.scope(undefined, stop.signal)));
		expect(outcome).toMatchObject({ kind: 'stopped' });
		expect(bench.clock.monotonicMs()).toBe(stopAtMs);
		expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
	});

	test('in an outage, hundreds of them add at most a fifth to the traffic', async () => {
		const bench = new Bench(Array.from({ length: 480 }, () => REFUSED));
		await bench.clock.run(
			Promise.all(Array.from({ length: 400 }, async () => await get(bench).catch(() => undefined))),
		);
		expect(bench.transport.requests.length).toBeLessThanOrEqual(480);
	});
});

describe('an error', () => {
	const refused = async (answer: ScriptedAnswer) => {
		const bench = new Bench([answer]);
		const error = await bench.run(bench.client.getPrediction('p1', bench.scope()));
		expect(error).toBeInstanceOf(PredictionError);
		return error as PredictionError;
	};

	test.each<[string, unknown, string]>([
		['the text of the service', { error: 'no such thing' }, 'no such thing'],
		[
			'its text and the details',
			{ error: 'busy', details: "the account's cap is 10" },
			"busy - the account's cap is 10",
		],
		[
			'details in an object, in words',
			{ error: 'busy', details: { cap: 10, plan: 'free' } },
			'busy - cap: 10, plan: free',
		],
		['a message in place of an error', { message: 'no' }, 'no'],
		['an error that is an object', { error: { code: 7, message: 'no' } }, 'code: 7, message: no'],
	])('tells %s', async (_, body, words) => {
		expect((await refused(json(422, body))).description).toContain(`Each Labs says: ${words} (request ID`);
	});

	test.each<[string, ScriptedAnswer]>([
		['an empty answer', plain(422, '')],
		['HTML', plain(422, '<html><title>no</title>')],
		['JSON of another shape', json(422, [1, 2])],
	])("says nothing of what it can't read: %s", async (_, answer) => {
		expect((await refused(answer)).description).not.toMatch(/Each Labs says|html|\[1/);
	});

	test('names the request id of the service, or else our own', async () => {
		expect((await refused(json(422, {}, { 'x-request-id': 'abc-1' }))).facts.requestId).toBe('abc-1');
		expect((await refused(json(422, {}))).facts.requestId).toBe('request-1');
		expect((await refused(json(422, {}, { 'x-request-id': '<script>' }))).facts.requestId).toBe('request-1');
	});

	test('names our own request id where the service gives the key in its place', async () => {
		expect((await refused(json(422, {}, { 'x-request-id': KEY }))).facts.requestId).toBe('request-1');
	});

	test('never has the key in it, nor the end of a long text, nor a signature', async () => {
		const error = await refused(
			json(422, { error: `key ${KEY} https://s.test/a?X-Amz-Signature=abcdef ${'x'.repeat(5_000)}` }),
		);
		expect(error.description).toContain('key [hidden] https://s.test/a?X-Amz-Signature=[hidden] xxx');
		expect(error.description.length).toBeLessThan(1_000);
	});
});

describe('putting a file', () => {
	const upload = {
		id: 'f1',
		presignedUrl: 'https://storage.test/f1?sig=abc',
		publicUrl: 'https://files.test/f1',
		expiresAt: null,
		requiredHeaders: {
			'x-amz-acl': 'public-read',
			Authorization: 'Bearer x',
			'X-API-Key': 'x',
			Cookie: 'x',
			host: 'evil.test',
		},
	};

	test('sends the headers that are asked for, but no credential', async () => {
		const bench = new Bench([plain(200, '')]);
		const bytes = Buffer.from('abc');
		const put = await bench.run(
			bench.client.putFile(
				upload,
				{ contentType: 'image/png', byteLength: 3, open: async () => await Promise.resolve(bytes) },
				bench.scope(),
			),
		);
		expect(put).toEqual({ status: 200, retryAfterMs: undefined });
		expect(bench.transport.requests[0]).toMatchObject({
			line: 'PUT https://storage.test/f1?sig=abc',
			request: {
				authenticated: false,
				headers: { 'x-amz-acl': 'public-read', 'Content-Type': 'image/png', 'Content-Length': '3' },
			},
		});
		expect(Object.keys(bench.transport.requests[0]?.request.headers ?? {})).toHaveLength(3);
	});

	/** A body of which a chunk is taken every 20 s. */
	async function putSlowly(chunks: number, ms: number) {
		const bench = new Bench(['silence']);
		const stream = new Readable({ read: () => undefined });
		const destroyed = jest.spyOn(stream, 'destroy');
		const put = bench.client.putFile(
			upload,
			{ contentType: 'video/mp4', byteLength: 10, open: async () => await Promise.resolve(stream) },
			bench.scope(ms),
		);
		void (async () => {
			for (let chunk = 0; chunk < chunks; chunk++) {
				await bench.clock.elapse(20_000);
				stream.emit('data', Buffer.from('x'));
			}
		})();
		const outcome = await bench.clock.run(put);
		expect(destroyed).toHaveBeenCalled();
		return { outcome, endedAtMs: bench.transport.requests[0]?.endedAtMs };
	}

	test('may take its time while it makes progress, and is ended 30 s after the last of it', async () => {
		expect(await putSlowly(10, 600_000)).toEqual({
			outcome: { delivery: 'unknown', interrupted: 'no answer came in time' },
			endedAtMs: 230_000,
		});
	});

	test('is ended by the deadline, progress or not', async () => {
		expect(await putSlowly(3, 50_000)).toMatchObject({ endedAtMs: 50_000 });
	});
});

test('a time too short for one more attempt does not hide what the attempts before it met', async () => {
	const bench = new Bench([REFUSED]);
	const outcome = await bench.run(bench.client.getModel('m', bench.scope(300)));
	expect(outcome).toMatchObject({
		message: 'Each Labs could not be reached',
		description: expect.stringContaining('The connection was refused'),
	});
});

describe('an answer that never ends', () => {
	test('is waited for up to the deadline, and no longer', async () => {
		const bench = new Bench(['silence']);
		const outcome = await bench.run(bench.client.createPrediction(REQUEST, bench.scope(20_000)));
		expect(outcome).toMatchObject({ kind: 'unknown' });
		expect(bench.clock.monotonicMs()).toBe(20_000);
	});
});

describe('what became of a create', () => {
	async function outcomeOf(answer: ScriptedAnswer): Promise<CreateOutcome> {
		const bench = new Bench([answer]);
		return (await bench.run(bench.client.createPrediction(REQUEST, bench.scope()))) as CreateOutcome;
	}

	test.each<[string, ScriptedAnswer, object]>([
		['an id', json(200, { status: 'success', predictionID: 'p1' }), { kind: 'created', predictionId: 'p1' }],
		['an id with status 201', json(201, { predictionID: 'p1' }), { kind: 'created', predictionId: 'p1' }],
		[
			'an id in spite of an error',
			json(200, { status: 'error', predictionID: 'p1' }),
			{ kind: 'created', predictionId: 'p1' },
		],
		[
			'an id beside a status that is a number',
			json(200, { status: 200, predictionID: 'p1' }),
			{ kind: 'created' },
		],
		['a refused connection', REFUSED, { kind: 'notCreated', cause: 'notSent' }],
		[
			'too many in flight',
			json(429, { details: 'cap is 2' }, { 'retry-after': '3' }),
			{ kind: 'notCreated', cause: 'noSlot', details: 'cap is 2', retryAfterMs: 3_000 },
		],
		[
			'too low a balance',
			json(402, { error: 'balance' }),
			{ kind: 'notCreated', cause: 'noSlot', httpStatus: 402 },
		],
		['bad input', json(400, { error: 'bad' }), { kind: 'notCreated', cause: 'refused' }],
		[
			'an error with status 200',
			json(200, { status: 'error', message: 'bad' }),
			{ kind: 'notCreated', cause: 'refused' },
		],
		['a failure with status 200', json(200, { status: 'failed' }), { kind: 'notCreated', cause: 'refused' }],
		['a broken connection', RESET, { kind: 'unknown' }],
		['status 500', json(500, { predictionID: 'p1' }), { kind: 'unknown', httpStatus: 500, retryAfterMs: 0 }],
		[
			'status 503 with a Retry-After',
			plain(503, '', { 'retry-after': '9' }),
			{ kind: 'unknown', retryAfterMs: 9_000 },
		],
		['a prediction in flight without an id', json(200, { status: 'queued' }), { kind: 'unknown' }],
	])('by %s', async (_, answer, expected) => {
		expect(await outcomeOf(answer)).toMatchObject(expected);
	});

	test.each([
		[404, 'not here'],
		[400, "model 'm' not found"],
		[400, `model '${'long-'.repeat(40)}m' not found`],
		[400, 'The model m was withdrawn'],
	])('status %p with %p means that the model is not there', async (status, error) => {
		expect(await outcomeOf(json(status, { error }))).toMatchObject({ error: { kind: 'modelUnavailable' } });
	});

	test('is one of three, for any status and any body, and never created without an id', async () => {
		const body = fc.oneof(
			fc.string(),
			fc.json(),
			fc
				.record(
					{
						status: fc.oneof(
							fc.constantFrom('success', 'error', 'processing', 'SUCCESS', ''),
							fc.jsonValue(),
						),
						predictionID: fc.oneof(fc.constantFrom('p1', ''), fc.jsonValue()),
						error: fc.jsonValue(),
						details: fc.jsonValue(),
						message: fc.jsonValue(),
					},
					{ requiredKeys: [] },
				)
				.map((fields) => JSON.stringify(fields)),
		);
		const headers = fc.dictionary(
			fc.constantFrom('retry-after', 'x-request-id', 'content-type'),
			fc.string(),
		);
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 100, max: 999 }), body, headers, async (status, text, given) => {
				const outcome = await outcomeOf({ status, headers: given, text });
				expect(['created', 'notCreated', 'unknown']).toContain(outcome.kind);
				if (outcome.kind === 'created') {
					expect(status).toBeGreaterThanOrEqual(200);
					expect(status).toBeLessThan(300);
					expect((JSON.parse(text) as { predictionID: unknown }).predictionID).toBe(outcome.predictionId);
					expect(outcome.predictionId).not.toBe('');
				}
				if (outcome.kind === 'notCreated') expect(outcome.error).toBeInstanceOf(PredictionError);
				// What may have been made must not pass for nothing.
				if (status >= 500 || (status >= 300 && status < 400)) expect(outcome.kind).toBe('unknown');
				if (status >= 400 && status < 500) expect(outcome.kind).toBe('notCreated');
			}),
			{ seed: 20260821, numRuns: 500 },
		);
	});
});

test('reads at most 8 MB of an answer', async () => {
	const bench = new Bench([json(200, { balance_usd: 1 })]);
	await bench.run(bench.client.getBalance(bench.scope()));
	expect(bench.transport.requests[0]?.request.maxResponseBytes).toBe(8 * 1_048_576);
});
