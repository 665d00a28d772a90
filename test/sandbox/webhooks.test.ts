import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { startSandbox, type Sandbox } from '../../sandbox/startSandbox';
import { signWebhook, type WebhookPlan } from '../../sandbox/webhooks';
import { SandboxClient } from './SandboxClient';

const secret = 'a secret of ours';
const question = { image_urls: [], prompt: 'What is it?' };

interface Callback {
	headers: IncomingHttpHeaders;
	text: string;
	body: Record<string, unknown>;
}

let sandbox: Sandbox;
let client: SandboxClient;
let receiver: Server;
let callbacks: Callback[];
/** Statuses of the answers in order; 200 when there are no more. */
let statuses: number[];

beforeEach(async () => {
	sandbox = await startSandbox({ scenario: { runTimeMs: { min: 20, max: 20 } } });
	client = new SandboxClient(sandbox);
	callbacks = [];
	statuses = [];
	receiver = createServer((request, response) => {
		let text = '';
		request.on('data', (chunk: Buffer) => (text += chunk.toString()));
		request.on('end', () => {
			callbacks.push({ headers: request.headers, text, body: JSON.parse(text) as Callback['body'] });
			response.statusCode = statuses.shift() ?? 200;
			response.end();
		});
	});
	await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
	await sandbox.close();
	await new Promise((resolve) => receiver.close(resolve));
});

async function create(more: object = { webhook_secret: secret }): Promise<string> {
	const { port } = receiver.address() as AddressInfo;
	const { body } = await client.send('POST', '/v1/prediction', {
		model: 'gemini-2-0-flash-lite',
		input: question,
		webhook_url: `http://127.0.0.1:${port}/hook`,
		...more,
	});
	return String(body.predictionID);
}

async function received(count: number): Promise<Callback[]> {
	for (let tries = 0; tries < 500 && callbacks.length < count; tries += 1)
		await new Promise((resolve) => setTimeout(resolve, 10));
	// What comes besides, comes soon.
	await new Promise((resolve) => setTimeout(resolve, 50));
	return callbacks;
}

const isRightlySigned = ({ headers, text }: Callback): boolean =>
	headers['x-webhook-signature'] === signWebhook(secret, Number(headers['x-webhook-timestamp']), text);

const play = (plan: Partial<WebhookPlan>): void => {
	sandbox.scenario.webhook = () => plan;
};

test('a success is told once, rightly signed, with the output', async () => {
	const id = await create();
	const [callback, ...others] = await received(1);
	expect(others).toEqual([]);
	expect(callback?.body).toEqual({
		exec_id: id,
		flow_id: null,
		status: 'succeeded',
		output: expect.stringContaining("Sandbox answer, not the model's"),
		error: '',
	});
	expect(callback?.headers['x-webhook-secret']).toBe(secret);
	expect(callback === undefined ? false : isRightlySigned(callback)).toBe(true);
	expect(sandbox.ledger.webhooks).toMatchObject([{ predictionId: id, attempt: 1, status: 200 }]);
});

test('a failure is told with its reason, in the first entry of the output', async () => {
	sandbox.scenario.failPrediction = () => ({ style: 'envelope', status: 'error', message: 'Out of luck' });
	await create();
	const [callback] = await received(1);
	expect(callback?.body).toMatchObject({ status: 'failed', output: [{ error: 'Out of luck' }], error: '' });
});

test.each<[WebhookPlan['form'], string, string]>([
	['workflow', 'execution_id', 'completed'],
	['older', 'id', 'success'],
])('the form %s has the id under %s', async (form, field, status) => {
	play({ form });
	const id = await create();
	const [callback] = await received(1);
	expect(callback?.body).toMatchObject({ [field]: id, status });
});

test('a cancelled prediction, or one without an address, is told to nobody', async () => {
	sandbox.scenario.runTimeMs = { min: 600_000, max: 600_000 };
	const id = await create();
	await client.send('POST', `/v1/prediction/${id}/cancel`);
	sandbox.scenario.runTimeMs = { min: 1, max: 1 };
	await client.result(await client.createId(question));
	expect(await received(0)).toEqual([]);
});

test('one that is not taken is sent three times with one signature, and then no more', async () => {
	play({ retryAfterMs: 20 });
	statuses = [500, 404, 503];
	await create();
	const sent = await received(3);
	expect(sent).toHaveLength(3);
	expect(new Set(sent.map(({ headers }) => headers['x-webhook-signature'])).size).toBe(1);
	expect(sandbox.ledger.webhooks.map(({ attempt, status }) => [attempt, status])).toEqual([
		[1, 500],
		[2, 404],
		[3, 503],
	]);
});

test.each<[string, Partial<WebhookPlan>, number, boolean]>([
	['lost', { copies: 0 }, 0, true],
	['tripled', { copies: 3 }, 3, true],
	['sent anew twice', { redeliveries: 2 }, 3, true],
	['forged', { signature: 'forged' }, 1, false],
	['unsigned', { signature: 'none' }, 1, false],
])('one that is %s', async (_label, plan, count, isRight) => {
	play(plan);
	await create();
	const sent = await received(count);
	expect(sent).toHaveLength(count);
	expect(sent.every((callback) => isRightlySigned(callback) === isRight)).toBe(true);
	expect(sent.filter(({ headers }) => headers['x-webhook-redelivery'] === 'true')).toHaveLength(
		plan.redeliveries ?? 0,
	);
});

test('a stale one is rightly signed, for an hour ago', async () => {
	play({ signature: 'stale' });
	await create();
	const [callback] = await received(1);
	expect(callback === undefined ? false : isRightlySigned(callback)).toBe(true);
	expect(Date.now() / 1000 - Number(callback?.headers['x-webhook-timestamp'])).toBeGreaterThan(3590);
});

test('they may come out of order', async () => {
	sandbox.scenario.webhook = (ordinal) => ({ delayMs: ordinal === 0 ? 400 : 0 });
	const first = await create();
	const second = await create();
	const sent = await received(2);
	expect(sent.map(({ body }) => body.exec_id)).toEqual([second, first]);
});

test('a picture that a model made can also be fetched by an address that redirects', async () => {
	const prediction = await client.result(
		await client.createId({ prompt: 'A boat' }, 'sandbox-picture-maker'),
	);
	const [url = ''] = prediction.output as string[];
	const moved = url.replace('/outputs/', '/moved/outputs/');
	const redirected = await fetch(moved, { redirect: 'manual' });
	expect([redirected.status, redirected.headers.get('location')]).toEqual([302, url]);
	expect((await fetch(moved)).headers.get('content-type')).toBe('image/png');
});
