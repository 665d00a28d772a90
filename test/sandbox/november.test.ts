import { fixedCost, meteredCost } from '../../sandbox/ModelCost';
import type { Scenario } from '../../sandbox/scenario';
import { startSandbox, type Sandbox } from '../../sandbox/startSandbox';
import { SandboxClient } from './SandboxClient';

const flash = 'gemini-2-0-flash-lite';
const question = { image_urls: [], prompt: 'What is it?' };
/** Longer than any test: what is in flight stays there. */
const endless = { min: 600_000, max: 600_000 };

let sandbox: Sandbox;
let client: SandboxClient;

beforeEach(async () => {
	sandbox = await startSandbox({ scenario: { api: 'november', runTimeMs: { min: 20, max: 20 } } });
	client = new SandboxClient(sandbox);
});
afterEach(async () => await sandbox.close());

const status = async (path: string): Promise<number> => (await client.send('GET', path)).status;

describe('which routes there are', () => {
	test.each<[Scenario['api'], Record<string, number>]>([
		[
			'november',
			{
				[`/v1/models/${flash}`]: 200,
				[`/v1/model?slug=${flash}`]: 404,
				'/v2/executions': 200,
				'/v1/executions': 200,
				'/v1/billing/balance': 200,
				'/v1/llm-router/model-catalog': 200,
			},
		],
		[
			'august',
			{
				[`/v1/models/${flash}`]: 404,
				[`/v1/model?slug=${flash}`]: 200,
				'/v2/executions': 404,
				'/v1/executions': 200,
				'/v1/billing/balance': 404,
				'/v1/llm-router/model-catalog': 404,
			},
		],
		[
			'both',
			{
				[`/v1/models/${flash}`]: 200,
				[`/v1/model?slug=${flash}`]: 200,
				'/v2/executions': 200,
				'/v1/executions': 200,
				'/v1/billing/balance': 200,
				'/v1/llm-router/model-catalog': 200,
			},
		],
	])('%s', async (api, expected) => {
		sandbox.scenario.api = api;
		const found = await Promise.all(Object.keys(expected).map(async (path) => [path, await status(path)]));
		expect(Object.fromEntries(found)).toEqual(expected);
	});

	test('details of a model and the catalogue of the router need no key', async () => {
		const visitor = new SandboxClient(sandbox, {});
		expect((await visitor.send('GET', `/v1/models/${flash}`)).status).toBe(200);
		expect((await visitor.send('GET', '/v1/llm-router/model-catalog')).status).toBe(200);
		expect((await visitor.send('GET', '/v1/billing/balance')).status).toBe(401);
	});
});

describe('prices', () => {
	const costOf = async (slug: string): Promise<unknown> =>
		(await client.send('GET', `/v1/models/${slug}`)).body.cost;

	test.each<[string, object | null]>([
		[flash, { type: 'usage_based', amount: null, unit: 'million_tokens', min: 0.07, max: 0.3 }],
		['sandbox-picture-maker', { type: 'fixed', amount: 0.004, unit: 'execution' }],
		['sandbox-picture-tags', { type: 'fixed', amount: 0 }],
		['sandbox-media-search', { type: 'usage_based', amount: null, unit: null, min: null, max: null }],
		['sandbox-document-words', null],
	])('%s', async (slug, cost) => {
		if (cost === null) expect(await costOf(slug)).toBeNull();
		else expect(await costOf(slug)).toMatchObject(cost);
	});

	test('a scripted one is shown, and a fixed one is what is charged', async () => {
		sandbox.scenario.costs = { [flash]: fixedCost(0.25) };
		expect(await costOf(flash)).toMatchObject({ type: 'fixed', amount: 0.25 });
		expect(await client.result(await client.createId(question))).toMatchObject({ metrics: { cost: 0.25 } });
		expect(sandbox.scenario.balanceUsd).toBe(99.75);
		sandbox.scenario.costs = { [flash]: null };
		expect(await costOf(flash)).toBeNull();
	});
});

describe('the history by cursor', () => {
	type Page = { executions: Array<{ id: string }>; has_more: boolean; next_cursor: string | null };
	const page = async (query: string): Promise<Page> =>
		(await client.send('GET', `/v2/executions?${query}`)).body as unknown as Page;
	const newestFirst = (): string[] => sandbox.ledger.predictions.map(({ id }) => id).reverse();

	test('is read whole, though predictions are created in between', async () => {
		sandbox.scenario.runTimeMs = endless;
		sandbox.scenario.accountCap = null;
		await Promise.all(Array.from({ length: 25 }, async () => await client.create(question)));
		const expected = newestFirst();
		const read: string[] = [];
		let cursor = '';
		for (;;) {
			const { executions, has_more, next_cursor } = await page(`limit=10${cursor}`);
			read.push(...executions.map(({ id }) => id));
			await client.create(question);
			expect(has_more).toBe(next_cursor !== null);
			if (next_cursor === null) break;
			cursor = `&cursor=${next_cursor}`;
		}
		expect(read).toEqual(expected);
	});

	test('its rows have a price and an output, and neither the input nor metrics', async () => {
		await client.result(await client.createId(question));
		const { executions } = await page('');
		expect(executions).toMatchObject([{ model: flash, status: 'success', requested_model: null }]);
		expect(executions[0]).not.toHaveProperty('input');
		expect(executions[0]).not.toHaveProperty('metrics');
	});

	test.each([
		['other filters', `limit=1&model=${flash}`],
		['another limit', 'limit=2'],
	])('a cursor holds for its own list alone: %s', async (_label, query) => {
		await client.create(question);
		await client.create(question);
		const { next_cursor } = await page('limit=1');
		const answer = await client.send('GET', `/v2/executions?${query}&cursor=${next_cursor}`);
		expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining('cursor') } });
	});

	test.each(['limit=101', 'status=processing', 'status=cancelled', 'cursor=nonsense', 'from=yesterday'])(
		'refuses %s',
		async (query) => expect(await status(`/v2/executions?${query}`)).toBe(400),
	);

	test('the older list says that it is deprecated, and ends at 1,000 rows', async () => {
		const { headers } = await client.send('GET', '/v1/executions');
		expect(headers.get('deprecation')).toBe('@1788480000');
		expect(await status('/v1/executions?limit=100&offset=900')).toBe(200);
		expect(await status('/v1/executions?limit=100&offset=901')).toBe(400);
		sandbox.scenario.api = 'august';
		expect(await status('/v1/executions?limit=100&offset=901')).toBe(200);
	});
});

describe('a GET that is held', () => {
	test('is answered as soon as the prediction has ended', async () => {
		Object.assign(sandbox.scenario, { holdPollsMs: 20_000, runTimeMs: { min: 300, max: 300 } });
		const id = await client.createId(question);
		expect((await client.get(id)).status).toBe('success');
		const { settledAtMs = 0, polls } = sandbox.ledger.predictions[0] ?? {};
		expect(polls).toBe(1);
		expect(Date.now() - settledAtMs).toBeLessThan(1000);
	});

	test('else when its time is over', async () => {
		Object.assign(sandbox.scenario, { holdPollsMs: 150, runTimeMs: endless });
		const id = await client.createId(question);
		const askedAt = performance.now();
		expect((await client.get(id)).status).toBe('created');
		expect(performance.now() - askedAt).toBeGreaterThanOrEqual(145);
	});
});

describe('what the account lets through', () => {
	test('a gate that has shut opens after a silence alone, though places are free', async () => {
		Object.assign(sandbox.scenario, { accountCap: 2, gateSilenceMs: 1000, runTimeMs: endless });
		const first = await client.createId(question);
		const second = await client.createId(question);
		expect(await client.create(question)).toMatchObject({
			status: 429,
			body: { error: 'too many requests', details: expect.stringContaining('limited to 2 concurrent') },
		});
		await client.send('POST', `/v1/prediction/${first}/cancel`);
		await client.send('POST', `/v1/prediction/${second}/cancel`);
		for (let knock = 0; knock < 3; knock += 1) {
			await new Promise((resolve) => setTimeout(resolve, 150));
			expect((await client.create(question)).status).toBe(429);
		}
		await new Promise((resolve) => setTimeout(resolve, 1050));
		expect((await client.create(question)).status).toBe(200);
		expect((await client.create(question)).status).toBe(200);
	});

	test('a metered model has fewer places', async () => {
		Object.assign(sandbox.scenario, { meteredCap: 2, runTimeMs: endless, costs: { [flash]: meteredCost } });
		await client.create(question);
		await client.create(question);
		expect((await client.create(question)).status).toBe(429);
		expect((await client.create({ image: 'https://example.com/a.jpg' }, 'sandbox-picture-tags')).status).toBe(
			200,
		);
	});

	test('what is in flight reserves, and gives back at its end', async () => {
		Object.assign(sandbox.scenario, { balanceUsd: 1, reservedUsd: 0.4, runTimeMs: endless });
		const first = await client.createId(question);
		await client.createId(question);
		expect(await client.create(question)).toMatchObject({
			status: 402,
			body: { error: 'payment required', details: expect.stringContaining('$1.00') },
		});
		await client.send('POST', `/v1/prediction/${first}/cancel`);
		expect((await client.create(question)).status).toBe(200);
	});

	test('the balance can be read, three times a second, and may not be available', async () => {
		sandbox.scenario.balanceUsd = -0.25;
		expect((await client.send('GET', '/v1/billing/balance')).body).toEqual({ balance_usd: -0.25 });
		sandbox.scenario.balanceAvailable = false;
		expect(await status('/v1/billing/balance')).toBe(503);
		expect(await status('/v1/billing/balance')).toBe(503);
		const refused = await client.send('GET', '/v1/billing/balance');
		expect([refused.status, refused.headers.get('retry-after'), refused.body.details]).toEqual([
			429,
			'1',
			undefined,
		]);
	});
});

test.each([400, 404] as const)(
	'a model withdrawn in the middle is gone from its details, and a create gets %d',
	async (withdrawnStatus) => {
		Object.assign(sandbox.scenario, { withdrawnAfter: { [flash]: 2 }, withdrawnStatus });
		const first = await client.createId(question);
		expect(await status(`/v1/models/${flash}`)).toBe(200);
		expect((await client.create(question)).status).toBe(200);
		expect((await client.create(question)).status).toBe(withdrawnStatus);
		expect(await status(`/v1/models/${flash}`)).toBe(404);
		expect((await client.result(first)).status).toBe('success');
	},
);

describe('the router', () => {
	const routed = {
		model: 'google/gemini-3.6-flash',
		messages: [
			{ role: 'system', content: 'Be short.' },
			{
				role: 'user',
				content: [
					{ type: 'text', text: 'What is it?' },
					{ type: 'image_url', image_url: { url: 'https://example.com/a.jpg' } },
				],
			},
		],
	};

	test('answers messages with a completion and its tokens, and the history names the model behind it', async () => {
		const prediction = await client.result(await client.createId(routed, 'eachlabs-llm-router'));
		const { choices, usage } = prediction.output as {
			choices: Array<{ message: { content: string } }>;
			usage: Record<string, number>;
		};
		expect(choices[0]?.message.content).toContain("Sandbox answer, not the model's");
		expect(choices[0]?.message.content).toContain('a medium on example.com');
		expect(usage.prompt_tokens).toBeGreaterThan(258);
		expect(usage.total_tokens).toBe((usage.prompt_tokens ?? 0) + (usage.completion_tokens ?? 0));
		const { body } = await client.send('GET', '/v2/executions');
		expect(body.executions).toMatchObject([
			{ model: 'eachlabs-llm-router', requested_model: 'google/gemini-3.6-flash' },
		]);
	});

	test('its catalogue names models that it takes', async () => {
		const { body } = await client.send('GET', '/v1/llm-router/model-catalog');
		expect(body).toMatchObject({ slug: 'eachlabs-llm-router' });
		for (const model of body.model_enum as string[]) {
			expect((await client.create({ ...routed, model }, 'eachlabs-llm-router')).status).toBe(200);
		}
		expect((await client.create({ ...routed, model: 'nothing' }, 'eachlabs-llm-router')).status).toBe(400);
	});
});

describe('fallback chains', () => {
	const send = async (body: object, path = '/v1/prediction') =>
		await client.send('POST', path, { model: flash, input: question, ...body });

	beforeEach(() => (sandbox.scenario.fallbacks = { 'second-choice': 'sandbox-media-search' }));

	test.each<[string, object, number]>([
		['a saved one is taken', { fallback_selector: 'second-choice' }, 200],
		['one that nobody saved', { fallback_selector: 'third-choice' }, 400],
		['one with letters that it can not have', { fallback_selector: 'Second_Choice' }, 400],
	])('%s', async (_label, body, expected) => expect((await send(body)).status).toBe(expected));

	test('neither a run in one call nor the router takes one, nor an organization without them', async () => {
		const body = { fallback_selector: 'second-choice' };
		expect((await send(body, '/v1/prediction/run')).status).toBe(400);
		const input = { model: 'a/b', messages: [{ role: 'user', content: 'Hello' }] };
		expect((await send({ ...body, model: 'eachlabs-llm-router', input })).status).toBe(400);
		sandbox.scenario.fallbacks = null;
		expect((await send(body)).status).toBe(403);
		expect(sandbox.ledger.predictions).toHaveLength(0);
	});

	test('its model serves what the first one fails at, under the same id', async () => {
		sandbox.scenario.failPrediction = () => ({ style: 'text', status: 'error', message: 'Gone' });
		const { body } = await send({ fallback_selector: 'second-choice' });
		expect(await client.result(String(body.predictionID))).toMatchObject({
			status: 'success',
			fallback: { requested_model: flash, served_model: 'sandbox-media-search' },
		});
		expect(await client.result(await client.createId(question))).toMatchObject({
			status: 'error',
			output: 'Gone',
		});
	});
});

test('a failure may have more fields, a price, and a class in the history', async () => {
	sandbox.scenario.failPrediction = () => ({
		style: 'envelope',
		status: 'error',
		code: 'PROVIDER_RATE_LIMIT',
		message: 'Busy',
		more: { retryable: true, classification: { category: 'RATE_LIMIT' } },
		costUsd: 0.02,
		classification: 'provider_rate_limit',
	});
	const id = await client.createId(question);
	expect(await client.result(id)).toMatchObject({
		output: {
			error_code: 'PROVIDER_RATE_LIMIT',
			retryable: true,
			classification: { category: 'RATE_LIMIT' },
		},
		metrics: { cost: 0.02 },
	});
	expect(sandbox.ledger.predictions[0]?.billedUsd).toBe(0.02);
	const { body } = await client.send('GET', '/v2/executions?error_classification=provider_rate_limit');
	expect(body.executions).toMatchObject([{ id }]);
});

test.each<[string, unknown]>([
	['nothing', null],
	['an empty text', ''],
	['a list of one', ['A cat.']],
	['word pieces', ['A', ' cat', '.']],
])('a success may have %s as its output', async (_label, output) => {
	sandbox.scenario.rewriteAnswer = () => output;
	expect(await client.result(await client.createId(question))).toMatchObject({ status: 'success', output });
});

test('the words of the status may be spelt in another way', async () => {
	sandbox.scenario.spellStatus = (word) => word.toUpperCase();
	const id = await client.createId(question);
	await new Promise((resolve) => setTimeout(resolve, 150));
	expect((await client.get(id)).status).toBe('SUCCESS');
});

test('the tag of an item comes back beside its number', async () => {
	const prompt = [
		'There are 2 items, each with its own files. Look at each by itself:',
		'What is it?',
		'Answer with one JSON array only.',
		'JSON Schema: {"type":"object","properties":{"kind":{"type":"string"}},"required":["kind"]}',
		'Item 1, tag k7q: file 1',
		'Item 2, tag x2p: file 2',
	].join('\n');
	const text = await client.ask(prompt, 'https://example.com/a.jpg', 'https://example.com/b.jpg');
	expect(JSON.parse(String(text))).toMatchObject([
		{ index: 1, tag: 'k7q' },
		{ index: 2, tag: 'x2p' },
	]);
});
