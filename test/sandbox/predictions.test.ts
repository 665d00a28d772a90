import { startSandbox, type Sandbox } from '../../sandbox/startSandbox';
import { SandboxClient } from './SandboxClient';

const question = { image_urls: [], prompt: 'What is it?' };
/** Longer than any test: what is in flight stays there. */
const endless = { min: 600_000, max: 600_000 };

let sandbox: Sandbox;
let client: SandboxClient;

beforeEach(async () => {
	sandbox = await startSandbox({ scenario: { runTimeMs: { min: 20, max: 40 } } });
	client = new SandboxClient(sandbox);
});
afterEach(async () => await sandbox.close());

describe('who may ask', () => {
	test.each<[string, Record<string, string>, number]>([
		['no key', {}, 401],
		['an empty bearer', { authorization: 'Bearer ' }, 401],
		['another scheme', { authorization: 'Basic abc' }, 401],
		['any bearer', { authorization: 'Bearer abc' }, 200],
		['the older header', { 'x-api-key': 'abc' }, 200],
	])('%s', async (_label, headers, status) => {
		expect((await new SandboxClient(sandbox, headers).create(question)).status).toBe(status);
	});

	test('a list of keys lets only those in', async () => {
		sandbox.scenario.apiKeys = ['right'];
		const wrong = await new SandboxClient(sandbox, { authorization: 'Bearer wrong' }).create(question);
		expect(wrong).toMatchObject({ status: 401, body: { status: 401, error: expect.any(String) } });
		expect(sandbox.ledger.refusedCreates).toMatchObject([{ status: 401 }]);
		const right = await new SandboxClient(sandbox, { authorization: 'Bearer right' }).create(question);
		expect(right.status).toBe(200);
	});

	test('a request id is echoed, else made up, on refusals as well', async () => {
		const named = new SandboxClient(sandbox, { 'x-request-id': 'mine-1' });
		expect((await named.create(question)).headers.get('x-request-id')).toBe('mine-1');
		expect((await client.create(question)).headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
		expect((await client.send('GET', '/v1/no-such-thing')).headers.get('x-request-id')).toMatch(
			/^[\da-f-]{36}$/,
		);
	});
});

describe('from create to the end', () => {
	test('every status comes in order, and the ledger has the bill', async () => {
		sandbox.scenario.runTimeMs = { min: 400, max: 400 };
		const id = await client.createId(question);
		const seen = new Set<unknown>();
		let prediction: Record<string, unknown>;
		do {
			prediction = await client.get(id);
			seen.add(prediction.status);
		} while (prediction.status !== 'success');

		expect([...seen].slice(-3)).toEqual(['starting', 'processing', 'success']);
		expect(prediction).toMatchObject({
			id,
			input: question,
			output: expect.stringContaining("Sandbox answer, not the model's"),
			logs: null,
			metrics: { predict_time: expect.any(Number), cost: expect.any(Number) },
			urls: {
				get: `${sandbox.baseUrl}/v1/prediction/${id}`,
				cancel: `${sandbox.baseUrl}/v1/prediction/${id}/cancel`,
			},
		});
		const [entry] = sandbox.ledger.predictions;
		const { cost, predict_time: predictTime } = prediction.metrics as { cost: number; predict_time: number };
		expect(entry).toMatchObject({ id, status: 'success', billedUsd: cost, runTimeMs: 400 });
		expect(cost).toBeGreaterThan(0);
		expect(predictTime).toBeGreaterThanOrEqual(0.39);
		expect(sandbox.scenario.balanceUsd).toBeCloseTo(100 - cost, 10);
	});

	test('run times repeat with the seed, differ with another, and stay in their range', async () => {
		const drawnWith = async (seed: number): Promise<number[]> => {
			const other = await startSandbox({
				scenario: { seed, runTimeMs: { min: 5000, max: 15_000 }, accountCap: null },
			});
			for (let count = 0; count < 20; count += 1) await new SandboxClient(other).create(question);
			await other.close();
			return other.ledger.predictions.map(({ runTimeMs }) => runTimeMs);
		};
		const first = await drawnWith(7);
		expect(await drawnWith(7)).toEqual(first);
		expect(await drawnWith(8)).not.toEqual(first);
		expect(Math.min(...first)).toBeGreaterThanOrEqual(5000);
		expect(Math.max(...first)).toBeLessThanOrEqual(15_000);
		expect(new Set(first).size).toBeGreaterThan(15);
	});

	test.each([
		['envelope', 'failed', { output: { error_code: 'no_luck', error_message: 'Out of luck' }, logs: null }],
		['logs', 'error', { output: '', logs: 'Out of luck' }],
	] as const)('a scripted failure with its reason in the %s is not billed', async (style, status, told) => {
		sandbox.scenario.failPrediction = (_input, ordinal) =>
			ordinal === 1 ? { style, status, code: 'no_luck', message: 'Out of luck' } : null;
		const good = await client.createId(question);
		const bad = await client.createId(question);
		expect((await client.result(good)).status).toBe('success');
		expect(await client.result(bad)).toMatchObject({ status, metrics: { cost: 0 }, ...told });
		expect(sandbox.ledger.predictions[1]).toMatchObject({ id: bad, status, billedUsd: 0 });
	});

	test('an unknown prediction is not found', async () => {
		expect(await client.send('GET', '/v1/prediction/nothing')).toMatchObject({
			status: 404,
			body: { status: 404 },
		});
		expect((await client.send('POST', '/v1/prediction/nothing/cancel')).status).toBe(404);
	});
});

describe('what the account may do', () => {
	test('over the cap a create is refused, creates nothing, and a slot frees with the next end', async () => {
		sandbox.scenario.runTimeMs = endless;
		sandbox.scenario.accountCap = 2;
		const first = await client.createId(question);
		await client.createId(question);
		expect(await client.create(question)).toMatchObject({
			status: 429,
			body: {
				status: 429,
				error: 'too many requests',
				details: expect.stringContaining('limited to 2 concurrent executions'),
			},
		});
		expect(sandbox.ledger.predictions).toHaveLength(2);
		expect(sandbox.ledger.refusedCreates).toMatchObject([{ status: 429 }]);

		await client.send('POST', `/v1/prediction/${first}/cancel`);
		expect((await client.create(question)).status).toBe(200);
		expect(sandbox.ledger.maxInFlight).toBe(2);
	});

	test('without a cap many are in flight', async () => {
		Object.assign(sandbox.scenario, { runTimeMs: endless, accountCap: null });
		const answers = await Promise.all(Array.from({ length: 30 }, async () => await client.create(question)));
		expect(answers.every(({ status }) => status === 200)).toBe(true);
		expect(sandbox.ledger.maxInFlight).toBe(30);
	});

	test('without balance a create is refused with the balance', async () => {
		sandbox.scenario.balanceUsd = 0;
		expect(await client.create(question)).toMatchObject({
			status: 402,
			body: { status: 402, details: expect.stringContaining('your balance ($0.00)') },
		});
		expect(sandbox.ledger.predictions).toHaveLength(0);
	});
});

describe('cancelling', () => {
	beforeEach(() => {
		sandbox.scenario.runTimeMs = { min: 150, max: 150 };
	});

	test('an obeyed cancel ends the prediction at once, unbilled', async () => {
		sandbox.scenario.runTimeMs = endless;
		const id = await client.createId(question);
		const answer = await client.send('POST', `/v1/prediction/${id}/cancel`, {});
		expect(answer).toMatchObject({ status: 200, body: { status: 'cancelled', predictionID: id } });
		expect(await client.get(id)).toMatchObject({ status: 'cancelled', metrics: { cost: 0 } });
		expect(sandbox.ledger.predictions).toMatchObject([
			{ status: 'cancelled', billedUsd: 0, cancelRequests: 1 },
		]);
	});

	test('a cancel that is not obeyed answers alike, and the prediction goes on and is billed', async () => {
		sandbox.scenario.cancelObeyed = false;
		const id = await client.createId(question);
		const answer = await client.send('POST', `/v1/prediction/${id}/cancel`);
		expect(answer).toMatchObject({ status: 200, body: { status: 'cancelled' } });
		expect((await client.result(id)).status).toBe('success');
		expect(sandbox.ledger.predictions[0]?.billedUsd).toBeGreaterThan(0);
	});

	test('a cancel after the end changes nothing', async () => {
		const id = await client.createId(question);
		await client.result(id);
		expect((await client.send('POST', `/v1/prediction/${id}/cancel`)).status).toBe(200);
		expect((await client.get(id)).status).toBe('success');
	});
});

describe('what a create refuses, naming the field', () => {
	const url = 'https://example.com/a.jpg';
	const many = (count: number, address: string): string[] => Array.from({ length: count }, () => address);

	test.each<[string, unknown, string]>([
		['no model', { input: question }, 'model'],
		['an unknown model', { model: 'no-such-model', input: {} }, 'no-such-model'],
		['no input', { model: 'gemini-2-0-flash-lite' }, 'input'],
		['an input that is a list', { model: 'gemini-2-0-flash-lite', input: [] }, 'input'],
		['a body that is a list', [], 'body'],
		['a webhook that is no address', { model: 'm', input: {}, webhook_url: 'nowhere' }, 'webhook_url'],
	])('%s', async (_label, body, named) => {
		const answer = await client.send('POST', '/v1/prediction', body);
		expect(answer).toMatchObject({
			status: 400,
			body: { status: 400, error: expect.stringContaining(named) },
		});
		expect(sandbox.ledger.refusedCreates).toHaveLength(1);
		expect(sandbox.ledger.predictions).toHaveLength(0);
	});

	test.each<[string, Record<string, unknown>, string]>([
		['a required field is missing', { image_urls: [url] }, 'input.prompt is required'],
		['a field that the model lacks', { ...question, temperature: 1 }, 'input.temperature is not a field'],
		['a prompt that is no text', { ...question, prompt: 7 }, 'input.prompt must be string'],
		['one address for a list', { ...question, image_urls: url }, 'input.image_urls must be array'],
		[
			'an address that is none',
			{ ...question, image_urls: [url, 'a.jpg'] },
			'input.image_urls[1] must match',
		],
		[
			'media in the address itself',
			{ ...question, image_urls: ['data:image/png;base64,AA=='] },
			'http or https',
		],
		['another protocol', { ...question, image_urls: ['ftp://example.com/a.jpg'] }, 'input.image_urls[0]'],
		['3,001 pictures', { ...question, image_urls: many(3001, url) }, 'more than 3000'],
		['11 videos', { ...question, image_urls: many(11, 'https://example.com/a.mp4') }, 'more than 10 videos'],
	])('%s', async (_label, input, named) => {
		const { status, body } = await client.create(input);
		expect(status).toBe(400);
		expect(body.error).toContain(named);
	});

	test.each<[string, string, Record<string, unknown>, string]>([
		[
			'a word that is not offered',
			'sandbox-picture-words',
			{ image_url: url, prompt: 'x', reasoning_effort: 'wild' },
			'input.reasoning_effort must be one of minimal, low, medium, high',
		],
		[
			'a number out of range',
			'sandbox-picture-words',
			{ image_url: url, prompt: 'x', max_tokens: 8193 },
			'input.max_tokens must be <= 8192',
		],
		[
			'text for a switch',
			'sandbox-media-search',
			{ prompt: 'x', google_search: 'yes' },
			'input.google_search must be boolean',
		],
	])('%s, of another model', async (_label, model, input, named) => {
		const { status, body } = await client.create(input, model);
		expect(status).toBe(400);
		expect(body.error).toContain(named);
	});

	test('a picture of more than 7 MB, before anything is created', async () => {
		const { public_url } = await client.upload(new Uint8Array(7 * 1024 * 1024 + 1), 'image/jpeg');
		const { status, body } = await client.create({ prompt: 'x', image_urls: [public_url] });
		expect(status).toBe(400);
		expect(body.error).toContain('input.image_urls[0] has more than 7340032 bytes');
	});

	test('3,000 pictures and 10 videos are taken, and a field outside of the input is let pass', async () => {
		expect((await client.create({ ...question, image_urls: many(3000, url) })).status).toBe(200);
		expect((await client.create({ ...question, image_urls: many(10, `${url}.mp4`) })).status).toBe(200);
		const body = { model: 'gemini-2-0-flash-lite', input: question, version: '0.0.1', unheard_of: true };
		expect((await client.send('POST', '/v1/prediction', body)).status).toBe(200);
	});

	test.each([
		['plain text', 'text/plain', '{}'],
		['JSON that is cut off', 'application/json', '{"model":'],
		['JSON with a poisoned key', 'application/json', '{"__proto__": {"model": "x"}}'],
	])('%s instead of JSON', async (_label, contentType, body) => {
		const response = await fetch(`${sandbox.baseUrl}/v1/prediction`, {
			method: 'POST',
			headers: { authorization: 'Bearer k', 'content-type': contentType },
			body,
		});
		expect(response.status).toBe(400);
		expect(await response.json()).toMatchObject({ status: 400, error: expect.any(String) });
	});
});

describe('create and wait in one call', () => {
	test('models without synchronous execution refuse it', async () => {
		const body = { model: 'gemini-2-0-flash-lite', input: question };
		expect((await client.send('POST', '/v1/prediction/run', body)).status).toBe(400);
		expect(sandbox.ledger.predictions).toHaveLength(0);
	});

	test('others answer when it has ended', async () => {
		const body = {
			model: 'sandbox-picture-words',
			input: { image_url: 'https://example.com/a.jpg', prompt: 'What is it?' },
		};
		const good = await client.send('POST', '/v1/prediction/run', body);
		expect(good.body).toMatchObject({
			status: 'success',
			output: expect.stringContaining('example.com'),
			error: '',
		});
		sandbox.scenario.failPrediction = () => ({ style: 'envelope', status: 'error', message: 'Out of luck' });
		const bad = await client.send('POST', '/v1/prediction/run', body);
		expect(bad.body).toMatchObject({ status: 'failed', output: null, error: 'Out of luck' });
	});
});

describe('the history', () => {
	test('is newest first, in pages, with what was sent while August is played', async () => {
		sandbox.scenario.api = 'august';
		const ids: string[] = [];
		for (const prompt of ['one', 'two', 'three']) ids.unshift(await client.createId({ ...question, prompt }));
		const { body } = await client.send('GET', '/v1/executions?limit=2');
		expect(body).toMatchObject({ total_count: 3, total_capped: false, limit: 2, offset: 0 });
		const page = body.executions as Array<{ id: string; input: { prompt: string } }>;
		expect(page.map(({ id }) => id)).toEqual(ids.slice(0, 2));
		expect(page.map(({ input }) => input.prompt)).toEqual(['three', 'two']);
		const rest = await client.send('GET', '/v1/executions?limit=2&offset=2');
		expect(rest.body.executions).toMatchObject([{ id: ids[2], model: 'gemini-2-0-flash-lite' }]);
	});

	test('can be narrowed by model, status and time', async () => {
		sandbox.scenario.failPrediction = (_input, ordinal) =>
			ordinal === 0 ? { style: 'logs', status: 'failed', message: 'Out of luck' } : null;
		const failed = await client.createId(question);
		await client.result(failed);
		const good = await client.createId({ prompt: 'x' }, 'sandbox-media-search');
		await client.result(good);
		const between = new Date((sandbox.ledger.predictions[1]?.createdAtMs ?? 0) - 1).toISOString();

		const idsFor = async (query: string): Promise<string[]> => {
			const { body } = await client.send('GET', `/v1/executions?${query}`);
			return (body.executions as Array<{ id: string }>).map(({ id }) => id);
		};
		expect(await idsFor('status=error')).toEqual([failed]);
		expect(await idsFor('status=success,error')).toEqual([good, failed]);
		expect(await idsFor('status=created,starting')).toEqual([]);
		expect(await idsFor('model=sandbox-media-search')).toEqual([good]);
		expect(await idsFor(`from=${between}`)).toEqual([good]);
		expect(await idsFor(`to=${between}`)).toEqual([failed]);
		expect(await idsFor('error_classification=provider_error')).toEqual([failed]);
		expect(await idsFor('workflow_id=wf')).toEqual([]);
	});

	test('counts up to 1,000, and says when there are more, while August is played', async () => {
		Object.assign(sandbox.scenario, { api: 'august', accountCap: null, runTimeMs: endless });
		for (let count = 0; count < 1010; count += 10) {
			await Promise.all(Array.from({ length: 10 }, async () => await client.create(question)));
		}
		const first = await client.send('GET', '/v1/executions?limit=100');
		expect(first.body).toMatchObject({ total_count: 1000, total_capped: true });
		const last = await client.send('GET', '/v1/executions?limit=100&offset=1000');
		expect(last.body).toMatchObject({ total_count: 1010, total_capped: false });
		expect(last.body.executions).toHaveLength(10);
	});

	test.each(['limit=101', 'limit=0', 'status=processing', 'status=failed', 'from=yesterday', 'offset=-1'])(
		'refuses %s by name',
		async (query) => {
			const { status, body } = await client.send('GET', `/v1/executions?${query}`);
			expect(status).toBe(400);
			expect(body.error).toContain(query.split('=')[0]);
		},
	);
});

test('latency is added to every answer of the API', async () => {
	sandbox.scenario.latencyMs = 120;
	const startedAt = performance.now();
	await client.create(question);
	expect(performance.now() - startedAt).toBeGreaterThanOrEqual(115);
});

test('closing ends what is in flight, and nothing settles after it', async () => {
	sandbox.scenario.runTimeMs = { min: 50, max: 50 };
	await client.create(question);
	await sandbox.close();
	await new Promise((resolve) => setTimeout(resolve, 100));
	expect(sandbox.ledger.predictions[0]?.settledAtMs).toBeUndefined();
	await expect(client.create(question)).rejects.toThrow();
});
