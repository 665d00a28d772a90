// The trigger: calls of Each Labs over HTTP, into n8n's own webhook context, against the sandbox.
import { createHmac } from 'node:crypto';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { fetch } from 'undici';

import type { Sandbox } from '../../../sandbox/startSandbox';
import { SandboxClient } from '../../sandbox/SandboxClient';
import { TriggerHost, type TriggerHostOptions } from '../../support/TriggerHost';
import { sandboxPerTest } from './sandboxPerTest';

const SECRET = 'a-long-random-text';
const sandbox = sandboxPerTest({ accountCap: null });
const hosts: TriggerHost[] = [];
let workflows = 0;

afterEach(async () => {
	for (const host of hosts.splice(0)) {
		await host.close();
		expect(host.failures).toEqual([]);
	}
});

interface Call {
	body: unknown;
	secret?: string;
	/** Seconds by which the call's time is off. */
	ageSeconds?: number;
	headers?: Record<string, string | undefined>;
}

async function start(options: Partial<TriggerHostOptions> = {}): Promise<TriggerHost> {
	const host = await TriggerHost.start({
		credential: { apiKey: 'test-key', baseUrl: sandbox.baseUrl, webhookSecret: SECRET },
		workflowId: `workflow-${workflows++}`,
		...options,
	});
	hosts.push(host);
	return host;
}

async function withOptions(options: INodeParameters): Promise<TriggerHost> {
	return await start({ parameters: { options } });
}

async function send(host: TriggerHost, { body, secret = SECRET, ageSeconds = 0, headers }: Call) {
	const rawBody = typeof body === 'string' ? body : JSON.stringify(body);
	const timestamp = String(Math.floor(Date.now() / 1_000) - ageSeconds);
	const hex = createHmac('sha256', secret).update(`${timestamp}.${rawBody}`).digest('hex');
	const all: Record<string, string | undefined> = {
		'content-type': 'application/json',
		'x-webhook-timestamp': timestamp,
		'x-webhook-signature': `sha256=${hex}`,
		...headers,
	};
	const given = Object.entries(all).flatMap(([name, value]) =>
		value === undefined ? [] : [[name, value] as const],
	);
	const response = await fetch(host.url, {
		method: 'POST',
		body: rawBody,
		headers: Object.fromEntries(given),
	});
	return { status: response.status, text: await response.text() };
}

const UNSIGNED = { 'x-webhook-timestamp': undefined, 'x-webhook-signature': undefined };

async function finishedId(): Promise<string> {
	const client = new SandboxClient(sandbox as Sandbox);
	const id = await client.createId({ prompt: 'Say hello', image_urls: [] });
	await client.result(id);
	return id;
}

/** What the workflow was started with, one item an execution. */
function started(host: TriggerHost): IDataObject[] {
	return host.executions.map((items) => {
		expect(items).toHaveLength(1);
		return items[0]?.json as IDataObject;
	});
}

test('a signed call starts the workflow with the prediction as Prediction → Get gives it', async () => {
	const host = await start();
	const id = await finishedId();
	const answer = await send(host, {
		body: { exec_id: id, status: 'succeeded', output: 'not the answer', error: '' },
	});
	expect(answer.status).toBe(200);
	const [json] = started(host);
	expect(json).toEqual({
		predictionId: id,
		status: 'success',
		text: expect.stringContaining('Sandbox answer'),
		cost: expect.any(Number),
		predictTime: expect.any(Number),
	});
});

test.each([
	{
		form: 'of predictions',
		body: (id: string) => ({ exec_id: id, flow_id: 'f', status: 'succeeded', output: 'x', error: '' }),
	},
	{ form: 'of the older page', body: (id: string) => ({ id, status: 'success', output: 'x' }) },
	{
		form: 'of workflows',
		body: (id: string) => ({ execution_id: id, workflow_id: 'w', status: 'completed' }),
	},
	{
		form: 'with ids that are null (theexperiencecompany/gaia#1084)',
		body: (id: string) => ({
			exec_id: id,
			execution_id: null,
			id: null,
			predictionID: null,
			status: 'succeeded',
		}),
	},
	{ form: 'with an empty id before it', body: (id: string) => ({ exec_id: '', id, status: 'success ' }) },
	{ form: 'with words in capitals', body: (id: string) => ({ exec_id: id, status: 'SUCCEEDED' }) },
])('the form $form is read', async ({ body }) => {
	const host = await start();
	const id = await finishedId();
	expect((await send(host, { body: body(id) })).status).toBe(200);
	expect(started(host)).toEqual([expect.objectContaining({ predictionId: id })]);
});

describe('a call that is not from Each Labs is refused with 401, and starts nothing', () => {
	test.each<{ label: string; call: Omit<Call, 'body'> }>([
		{ label: 'signed with another secret', call: { secret: 'guessed' } },
		{ label: 'older than five minutes', call: { ageSeconds: 310 } },
		{ label: 'from the future', call: { ageSeconds: -310 } },
		{ label: 'without a signature', call: { headers: UNSIGNED } },
		{ label: 'with an empty signature', call: { headers: { 'x-webhook-signature': '' } } },
		{
			label: 'with a signature in capitals',
			call: { headers: { 'x-webhook-signature': `SHA256=${'A'.repeat(64)}` } },
		},
		{ label: 'without a time', call: { headers: { 'x-webhook-timestamp': undefined } } },
		{ label: 'with a time that is no number', call: { headers: { 'x-webhook-timestamp': 'NaN' } } },
		{
			label: 'with an old signature under a new time',
			call: { ageSeconds: 400, headers: { 'x-webhook-timestamp': String(Math.floor(Date.now() / 1_000)) } },
		},
		{
			label: 'with the secret itself in a header instead',
			call: { headers: { ...UNSIGNED, 'x-webhook-secret': SECRET } },
		},
		{
			label: 'that says it is a redelivery',
			call: { secret: 'guessed', headers: { 'x-webhook-redelivery': 'true' } },
		},
	])('$label', async ({ call }) => {
		const host = await start();
		const id = await finishedId();
		const answer = await send(host, { body: { exec_id: id, status: 'succeeded' }, ...call });
		expect(answer.status).toBe(401);
		expect(answer.text).not.toContain(SECRET);
		expect(host.executions).toEqual([]);
		// Nor does it stand in the way of the true one.
		expect((await send(host, { body: { exec_id: id, status: 'succeeded' } })).status).toBe(200);
		expect(host.executions).toHaveLength(1);
	});

	test('signed, where the body was changed on the way', async () => {
		const host = await start();
		const id = await finishedId();
		const signed = JSON.stringify({ exec_id: id, status: 'succeeded' });
		const timestamp = String(Math.floor(Date.now() / 1_000));
		const hex = createHmac('sha256', SECRET).update(`${timestamp}.${signed}`).digest('hex');
		const headers = { 'x-webhook-timestamp': timestamp, 'x-webhook-signature': `sha256=${hex}` };
		const answer = await send(host, { body: { exec_id: id, status: 'failed' }, headers });
		expect(answer.status).toBe(401);
	});

	test('signed with a leaked secret, of a prediction that Each Labs does not know', async () => {
		const host = await start();
		const answer = await send(host, {
			body: { exec_id: '0b5f2b1e-0000-4000-8000-000000000000', status: 'succeeded', output: 'invented' },
		});
		expect(answer.status).toBe(401);
		expect(host.executions).toEqual([]);
	});

	test('whatever its signature, where the credential has no secret', async () => {
		const host = await start({ credential: { apiKey: 'test-key', baseUrl: sandbox.baseUrl } });
		const answer = await send(host, {
			body: { exec_id: await finishedId(), status: 'succeeded' },
			secret: '',
		});
		expect(answer.status).toBe(401);
	});
});

test('an unsigned call counts only where the user says so, and a wrong signature never', async () => {
	const host = await withOptions({ acceptUnsigned: true });
	const id = await finishedId();
	const body = { exec_id: id, status: 'succeeded' };
	expect((await send(host, { body, secret: 'guessed' })).status).toBe(401);
	expect((await send(host, { body, headers: UNSIGNED })).status).toBe(200);
	expect(host.executions).toHaveLength(1);
});

test('each prediction starts the workflow once: sent thrice, out of order, after a restart, and to the test URL apart', async () => {
	const workflowId = `workflow-${workflows++}`;
	const host = await start({ workflowId });
	const ids = await Promise.all(Array.from({ length: 5 }, finishedId));
	const bodies = [...ids, ...ids, ...ids].map((id) => ({ exec_id: id, status: 'succeeded' })).reverse();
	const answers = await Promise.all(bodies.map(async (body) => await send(host, { body })));
	expect(answers.map(({ status }) => status)).toEqual(bodies.map(() => 200));
	expect(
		started(host)
			.map(({ predictionId }) => predictionId)
			.sort(),
	).toEqual([...ids].sort());

	// Another process, which has only what n8n has saved.
	const restarted = await start({ staticData: JSON.parse(JSON.stringify(host.staticData)) as IDataObject });
	for (const body of bodies) expect((await send(restarted, { body })).status).toBe(200);
	expect(restarted.executions).toEqual([]);

	const test = await start({ workflowId, isTest: true });
	expect((await send(test, { body: bodies[0] })).status).toBe(200);
	expect(test.executions).toHaveLength(1);
	expect(test.staticData).toEqual({});
});

test('calls at the same time, each with a copy of what n8n has saved, forget nothing of each other', async () => {
	const workflowId = `workflow-${workflows++}`;
	const ids = await Promise.all(Array.from({ length: 3 }, finishedId));
	const copies = await Promise.all(ids.map(async () => await start({ workflowId })));
	for (const [position, id] of ids.entries())
		await send(copies[position] as TriggerHost, { body: { exec_id: id, status: 'succeeded' } });
	// The first one is saved last, and a duplicate puts right what is missing then.
	const [first, second] = copies as [TriggerHost, TriggerHost];
	await send(first, { body: { exec_id: ids[2], status: 'succeeded' } });
	for (const { staticData } of [first, copies[2] as TriggerHost]) {
		const restarted = await start({ staticData: JSON.parse(JSON.stringify(staticData)) as IDataObject });
		for (const id of ids) await send(restarted, { body: { exec_id: id, status: 'succeeded' } });
		expect(restarted.executions).toEqual([]);
	}
	expect(second.executions).toHaveLength(1);
});

test('a hundred calls, some of them forged, stale, tripled, unsigned: exactly the true ones, once', async () => {
	const host = await start();
	const ids = await Promise.all(Array.from({ length: 20 }, finishedId));
	const calls: Call[] = ids.flatMap((id, position) => {
		const body = { exec_id: id, status: 'succeeded' };
		const isTrue = position % 4 !== 0;
		return [
			{ body, secret: 'guessed' },
			{ body, ageSeconds: 900 },
			{ body, headers: UNSIGNED },
			...(isTrue ? [{ body }, { body }, { body }] : []),
		];
	});
	const sent = await Promise.all(
		[
			...calls.filter((_, position) => position % 2),
			...calls.filter((_, position) => position % 2 === 0),
		].map(async (call) => await send(host, call)),
	);
	expect(sent.filter(({ status }) => status === 200)).toHaveLength(45);
	expect(sent.filter(({ status }) => status === 401)).toHaveLength(60);
	const expected = ids.filter((_, position) => position % 4 !== 0);
	expect(
		started(host)
			.map(({ predictionId }) => predictionId)
			.sort(),
	).toEqual(expected.sort());
});

describe('what counts is what Each Labs says', () => {
	test('a call of a success tells of a failure where the prediction has failed', async () => {
		sandbox.scenario.failPrediction = () => ({
			style: 'envelope',
			status: 'error',
			message: 'The file could not be read',
		});
		const host = await start();
		await send(host, { body: { exec_id: await finishedId(), status: 'succeeded', output: 'invented' } });
		expect(started(host)).toEqual([
			expect.objectContaining({ status: 'error', reason: expect.stringContaining('could not be read') }),
		]);
	});

	test('without the look at Each Labs, the call itself is the output', async () => {
		const host = await withOptions({ confirm: false });
		await send(host, {
			body: { exec_id: 'some-id', status: 'failed', output: [{ error: 'Too long a video' }], error: '' },
		});
		expect(started(host)).toEqual([
			{ predictionId: 'some-id', status: 'error', reason: 'Too long a video', cost: null, predictTime: null },
		]);
	});

	test('only the wanted statuses start the workflow', async () => {
		const host = await start({ parameters: { statuses: ['error'] } });
		expect((await send(host, { body: { exec_id: await finishedId(), status: 'succeeded' } })).status).toBe(
			200,
		);
		expect(host.executions).toEqual([]);
	});

	test('a call that names no prediction is answered with 400', async () => {
		const host = await start();
		for (const body of [
			{},
			[],
			'no JSON',
			{ exec_id: '../x', status: 'succeeded' },
			{ exec_id: 'a', status: 'started' },
		]) {
			expect((await send(host, { body })).status).toBe(400);
		}
		expect(host.executions).toEqual([]);
	});

	test('a service that is away for a moment loses nothing: the call is to be sent again, and counts once', async () => {
		sandbox.scenario.latencyMs = 2_500;
		const host = await start();
		const body = { exec_id: await finishedId(), status: 'succeeded' };
		const began = performance.now();
		const answer = await send(host, { body });
		expect(performance.now() - began).toBeLessThan(1_900);
		expect(answer.status).toBe(503);
		expect((await send(host, { body })).status).toBe(503);
		while (!host.isIdle) await new Promise((resolve) => setTimeout(resolve, 20));
		expect((await send(host, { body })).status).toBe(200);
		expect(host.executions).toHaveLength(1);
	}, 20_000);
});

test('neither the secret nor the key stands in what is handed on or answered', async () => {
	const host = await start({ parameters: { simplify: false } });
	const answer = await send(host, { body: { exec_id: await finishedId(), status: 'succeeded' } });
	const all = JSON.stringify([host.executions, answer, host.staticData]);
	expect(all).not.toContain(SECRET);
	expect(all).not.toContain('test-key');
});
