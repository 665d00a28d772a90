// The examples that go on when Each Labs calls: what stands before the call and behind it, in n8n's own engine.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IExecuteFunctions, INodeType } from 'n8n-workflow';

import { loadExample } from '../../examples/demo/runExample';
import { startSandbox, type Sandbox } from '../../sandbox/startSandbox';
import { until } from '../faults/until';
import { describeNode } from '../support/describeNode';
import { eachLabsEngineWith } from '../support/eachLabsEngine';

const CREDENTIAL = { apiKey: 'test-key', webhookSecret: 'a-long-random-text' };

/** A node of n8n, as far as an example needs it here. */
function standIn(name: string, fields: string[], execute: INodeType['execute']): INodeType {
	const properties = fields.map((field) => ({
		displayName: field,
		name: field,
		type: 'json' as const,
		default: '',
	}));
	return { description: describeNode(name, name, [1, 1.1, 4.2], properties), execute };
}

let sandbox: Sandbox;
let calls: string[] = [];
const server = createServer((request, response) => {
	const chunks: Buffer[] = [];
	request.on('data', (chunk: Buffer) => chunks.push(chunk));
	request.on('end', () => {
		calls.push(Buffer.concat(chunks).toString());
		response.end();
	});
});
let callbackUrl = '';
beforeAll(async () => {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	callbackUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/resume`;
});
beforeEach(async () => {
	calls = [];
	sandbox = await startSandbox({ scenario: { runTimeMs: { min: 300, max: 500 } } });
});
afterEach(async () => await sandbox.close());
afterAll(() => {
	server.closeAllConnections();
	server.close();
});

test('long-video.json: is woken by the call, and fetches the video of its own prediction', async () => {
	let asleep = 0;
	const engine = eachLabsEngineWith({
		'n8n-nodes-base.wait': standIn(
			'wait',
			['resume', 'httpMethod', 'limitWaitTime', 'limitType', 'resumeAmount', 'resumeUnit', 'options'],
			async () => {
				asleep += 1;
				await until(() => calls.length > 0);
				return [[{ json: { body: JSON.parse(calls[0] ?? '{}') as object } }]];
			},
		),
		'n8n-nodes-base.httpRequest': standIn(
			'httpRequest',
			['url', 'options'],
			async function (this: IExecuteFunctions) {
				return await Promise.resolve([[{ json: { url: this.getNodeParameter('url', 0) } }]]);
			},
		),
	});
	const workflow = await loadExample('long-video.json');
	const { status, nodes } = await engine.runWorkflow({
		workflow,
		credentials: { eachLabsApi: { ...CREDENTIAL, baseUrl: sandbox.baseUrl } },
		parameters: {
			'Start Video': {
				modelId: { __rl: true, mode: 'id', value: 'sandbox-picture-maker' },
				options: { waitForResult: false, callbackUrl },
			},
		},
	});
	expect(status).toBe('success');
	expect(asleep).toBe(1);
	const [prediction] = sandbox.ledger.predictions;
	expect(sandbox.ledger.predictions).toHaveLength(1);
	expect(nodes['Get Video']?.items[0]?.json).toMatchObject({
		predictionId: prediction?.id,
		status: 'success',
	});
	expect(nodes['Download Video']?.items[0]?.json['url']).toMatch(/^http/);
	expect(nodes['By Hand']).toBeUndefined();
});

test('hundreds.json: starts all files at once, each with the callback', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'called-back-'));
	cpSync(join(__dirname, '../../examples/media'), folder, { recursive: true });
	const workflow = await loadExample('hundreds.json');
	// The engine knows no webhooks; what the trigger does is tested by itself.
	const nodes = workflow.nodes.filter(
		({ name }) => !['Each Labs Trigger', 'Succeeded?', 'Result Row'].includes(name),
	);
	const connections = Object.fromEntries(
		Object.entries(workflow.connections).filter(([source]) => nodes.some(({ name }) => name === source)),
	);
	const run = await eachLabsEngineWith({}).runWorkflow({
		workflow: { ...workflow, nodes, connections },
		credentials: { eachLabsApi: { ...CREDENTIAL, baseUrl: sandbox.baseUrl } },
		parameters: {
			'Read Files': { fileSelector: `${folder}/*.{jpg,jpeg,png,webp}` },
			'Start All': { options: { waitForResult: false, callbackUrl } },
		},
	});
	rmSync(folder, { recursive: true });
	expect(run.status).toBe('success');
	const ids = (run.nodes['Started Row']?.items ?? []).map(({ json }) => json['predictionId']);
	expect(ids).toHaveLength(10);
	await until(() => calls.length === 10);
	expect(calls.map((body) => (JSON.parse(body) as { exec_id: string }).exec_id).sort()).toEqual(
		[...ids].sort(),
	);
});
