// Predictions that nobody waits for: what calls n8n when they are finished, rightly or not, and what an n8n that dies forgets.
import { randomUUID } from 'node:crypto';
import { cpus, loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';
import { fetch } from 'undici';

import { signWebhook, type WebhookPlan } from '../../sandbox/webhooks';
import {
	EACH_LABS_TRIGGER_TYPE,
	exampleCredential,
	exampleWorkflow,
	WEBHOOK_SECRET,
} from '../host/exampleWorkflow';
import { hostReleases } from '../host/hostReleases';
import { installTimeoutMs } from '../host/installHost';
import { hasEnded, itemsOf, type StoredExecution } from '../host/N8nApi';
import { SandboxClient } from '../sandbox/SandboxClient';
import { openHostScene, type HostScene } from './HostScene';
import { resetSandbox } from './resetSandbox';
import { workflowOf } from './workflows';

const TRIGGER = 'Each Labs Trigger';
const MODEL = 'sandbox-picture-maker';
const ANSWER_MS = 1_000;
/** On a machine that is busy, n8n takes its database for lost, and refuses every call. */
const SETTINGS = { DB_PING_INTERVAL_SECONDS: '3600' };
/** Of a call whose prediction could not be read at once; the trigger goes on trying. */
const LATE = 503;
const TAKEN = [200, LATE];
const TEST_MS = 240_000;

/** How the service calls about a prediction, by turns, and whether one of these calls is to start the workflow. */
const PLANS: ReadonlyArray<readonly [isTrue: boolean, plan: Partial<WebhookPlan>]> = [
	[true, {}],
	[true, { copies: 3 }],
	[true, { redeliveries: 2 }],
	[true, { form: 'older', copies: 2 }],
	[true, { form: 'workflow', delayMs: 1_500 }],
	[true, { delayMs: 700, copies: 2 }],
	[false, { signature: 'forged' }],
	[false, { signature: 'stale' }],
	[false, { signature: 'none' }],
	[false, { copies: 0 }],
];

interface Call {
	readonly body: object | string;
	readonly secret?: string;
	/** Seconds by which its time is off. */
	readonly ageSeconds?: number;
	/** In place of the signed ones. */
	readonly headers?: Readonly<Record<string, string>>;
}

interface Answer {
	readonly status: number;
	readonly tookMs: number;
}

async function call(
	url: string,
	{ body, secret = WEBHOOK_SECRET, ageSeconds = 0, headers }: Call,
): Promise<Answer> {
	const rawBody = typeof body === 'string' ? body : JSON.stringify(body);
	const timestamp = Math.floor(Date.now() / 1_000) - ageSeconds;
	const signed = {
		'content-type': 'application/json',
		'x-webhook-timestamp': String(timestamp),
		'x-webhook-signature': signWebhook(secret, timestamp, rawBody),
	};
	const beganMs = Date.now();
	const { status } = await fetch(url, {
		method: 'POST',
		headers: headers ?? signed,
		body: rawBody,
	});
	return { status, tookMs: Date.now() - beganMs };
}

/** @throws Error when it has not become true in time */
async function eventually(isTrue: () => boolean | Promise<boolean>, timeoutMs = 60_000): Promise<void> {
	const endMs = Date.now() + timeoutMs;
	while (!(await isTrue())) {
		if (Date.now() > endMs) throw new Error(`This did not happen within ${timeoutMs} ms: ${String(isTrue)}`);
		await pause(200);
	}
}

function median(answers: ReadonlyArray<Pick<Answer, 'tookMs'>>): number {
	const sorted = answers.map(({ tookMs }) => tookMs).sort((left, right) => left - right);
	return sorted[sorted.length >> 1] ?? 0;
}

function idsFrom(executions: readonly StoredExecution[]): unknown[] {
	return executions.flatMap((execution) =>
		itemsOf(execution, TRIGGER)
			.flat()
			.map(({ json }) => json['predictionId']),
	);
}

describe.each(hostReleases)(
	'calls of Each Labs, and an n8n that is killed while it waits, in n8n $n8nVersion',
	(release) => {
		let scene: HostScene;
		/** Of hundreds.json, with a prediction that has started it. */
		let hundreds: { readonly id: string; readonly url: string; readonly called: string };

		beforeAll(async () => {
			scene = await openHostScene(release, { settings: SETTINGS });
			await scene.host.addMedia();
		}, installTimeoutMs);
		afterAll(async () => await (scene as HostScene | undefined)?.close());

		/** Its id. */
		async function create(webhookUrl: string): Promise<string> {
			const { body } = await new SandboxClient(scene.sandbox).send('POST', '/v1/prediction', {
				model: MODEL,
				input: { prompt: 'A red bicycle' },
				webhook_url: webhookUrl,
				webhook_secret: WEBHOOK_SECRET,
			});
			return String(body['predictionID']);
		}

		/** Executions that the trigger has started, all of them over. */
		async function startedByTrigger(
			workflowId: string,
			others: readonly string[] = [],
		): Promise<StoredExecution[]> {
			const all = await scene.api.executions(workflowId);
			const runs = all.filter(({ id }) => !others.includes(id));
			return await Promise.all(runs.map(async ({ id }) => await scene.api.executionEnd(id)));
		}

		test(
			'hundreds.json: of a hundred calls, exactly the true ones start an execution, once each',
			async () => {
				const { api, sandbox, host, n8n } = scene;
				const { ledger } = sandbox;
				resetSandbox(sandbox, {
					accountCap: null,
					runTimeMs: { min: 300, max: 6_000 },
					webhook: (ordinal) => ({ retryAfterMs: 300, ...PLANS[ordinal % PLANS.length]?.[1] }),
					failPrediction: (_input, ordinal) =>
						ordinal % 20 === 2 ? { style: 'envelope', status: 'error', message: 'Too dark' } : null,
				});
				const workflow = await exampleWorkflow('hundreds.json', host.mediaFolder);
				const trigger = workflow.nodes.find(({ type }) => type === EACH_LABS_TRIGGER_TYPE);
				const url = `${n8n.url}/webhook/${trigger?.webhookId ?? ''}/eachlabs`;
				const startAll = workflow.nodes.find(({ name }) => name === 'Start All');
				(startAll?.parameters['options'] as IDataObject)['callbackUrl'] = url;
				const stored = await api.createWorkflow(workflow);
				await api.activate(stored);
				const unsigned = { body: '{}', headers: { 'content-type': 'application/json' } };
				await eventually(async () => (await call(url, unsigned)).status === 401);

				const start = await api.executionEnd(await api.execute(stored.id, 'Manual Trigger'));
				const rows = itemsOf(start, 'Started Row').flat();
				expect(rows.length).toBeGreaterThanOrEqual(10);
				expect(rows.map(({ json }) => json['predictionId']).sort()).toEqual(
					ledger.predictions.map(({ id }) => id).sort(),
				);
				for (let more = ledger.predictions.length; more < 20; more++) await create(url);

				const ids = ledger.predictions.map(({ id }) => id);
				const told: Answer[] = [];
				for (const id of ids) {
					const body = { exec_id: id, flow_id: null, status: 'succeeded', output: 'invented', error: '' };
					for (const lie of [{ secret: 'guessed' }, { ageSeconds: 310 }])
						told.push(await call(url, { body, ...lie }));
				}
				expect(told.map(({ status }) => status)).toEqual(told.map(() => 401));
				// By somebody who has got hold of the secret.
				const invented = await call(url, { body: { exec_id: randomUUID(), status: 'succeeded' } });
				expect([401, LATE]).toContain(invented.status);

				const expected = ids.filter((_, ordinal) => PLANS[ordinal % PLANS.length]?.[0]);
				await eventually(async () => (await api.executions(stored.id)).length >= expected.length + 1);
				hundreds = { id: stored.id, url, called: expected[0] ?? '' };
				const delivered = ledger.webhooks.filter(({ status }) => status === 200);
				const replays: Answer[] = [];
				for (const { body, headers } of delivered) replays.push(await call(url, { body, headers }));
				expect(replays.map(({ status }) => status)).toEqual(replays.map(() => 200));
				// What comes late has its time.
				await pause(2_000);

				const byHand = [...told, ...replays];
				const calls = [...ledger.webhooks, ...byHand];
				expect(calls.length).toBeGreaterThanOrEqual(100);
				const untrue = ledger.webhooks.filter(({ predictionId }) => !expected.includes(predictionId));
				expect(untrue.filter(({ status }) => status === 401).length).toBeGreaterThan(0);
				expect(untrue.filter(({ status }) => status < 400 && status > 0)).toEqual([]);
				// On a machine that has more to do than it can, n8n itself is late.
				const isBusy = (loadavg()[0] ?? 0) > cpus().length;
				expect(isBusy || median(byHand) < ANSWER_MS).toBe(true);
				const executions = await startedByTrigger(stored.id, [start.id]);
				expect(executions.map(({ status }) => status)).toEqual(expected.map(() => 'success'));
				expect(idsFrom(executions).sort()).toEqual([...expected].sort());
				// What counts is what the service says when it is asked, and it is asked about those that a true call has named.
				const read = ledger.requests.filter(
					({ method, path }) => method === 'GET' && ids.includes(path.split('/').at(-1) ?? ''),
				);
				expect(new Set(read.map(({ path }) => path.split('/').at(-1)))).toEqual(new Set(expected));
				const failed = executions.flatMap((execution) => itemsOf(execution, 'By Hand').flat());
				expect(failed.map(({ json }) => json['error'])).toEqual([expect.stringContaining('Too dark')]);
			},
			TEST_MS,
		);

		test(
			'the test URL takes calls while somebody listens, and the production URL does not count them',
			async () => {
				const { api, sandbox, n8n } = scene;
				resetSandbox(sandbox, { runTimeMs: { min: 100, max: 200 }, webhook: () => ({ copies: 0 }) });
				const webhookId = randomUUID();
				const workflow = workflowOf('Listens', [
					{
						name: TRIGGER,
						type: EACH_LABS_TRIGGER_TYPE,
						typeVersion: 1,
						webhookId,
						credentials: { eachLabsApi: exampleCredential },
					},
					{ name: 'Next', type: 'n8n-nodes-base.noOp', typeVersion: 1 },
				]);
				const stored = await api.createWorkflow(workflow);
				const testUrl = `${n8n.url}/webhook-test/${webhookId}/eachlabs`;
				const predictionId = await create(testUrl);
				await eventually(() => sandbox.ledger.predictions[0]?.status === 'success');
				const body = { exec_id: predictionId, status: 'succeeded' };

				expect((await call(testUrl, { body })).status).toBe(404);
				await api.listen(stored.id, TRIGGER);
				expect((await call(testUrl, { body, secret: 'guessed' })).status).toBe(401);
				expect(TAKEN).toContain((await call(testUrl, { body })).status);
				await eventually(async () => (await api.executions(stored.id)).some(hasEnded));
				expect(idsFrom(await startedByTrigger(stored.id))).toEqual([predictionId]);
				expect((await call(testUrl, { body })).status).toBe(404);

				await api.activate(stored);
				const url = testUrl.replace('webhook-test', 'webhook');
				await eventually(async () => (await call(url, { body, secret: 'guessed' })).status === 401);
				expect(TAKEN).toContain((await call(url, { body })).status);
				await eventually(async () => (await api.executions(stored.id)).length === 2);
				expect(idsFrom(await startedByTrigger(stored.id))).toEqual([predictionId, predictionId]);
			},
			TEST_MS,
		);

		test(
			'long-video.json: killed while it sleeps, n8n goes on when it is called again, and without a call too',
			async () => {
				const { api, sandbox, host, n8n } = scene;
				const { ledger } = sandbox;
				// The service calls while n8n is down.
				resetSandbox(sandbox, {
					runTimeMs: { min: 12_000, max: 12_000 },
					webhook: () => ({ retryAfterMs: 100 }),
				});
				const ids: string[] = [];
				for (const limit of [{}, { resumeAmount: 20, resumeUnit: 'seconds' }]) {
					const workflow = await exampleWorkflow('long-video.json', host.mediaFolder);
					const of = (name: string): object =>
						workflow.nodes.find((node) => node.name === name)?.parameters ?? {};
					Object.assign(of('Start Video'), { modelId: { __rl: true, mode: 'id', value: MODEL } });
					Object.assign(of('Sleep'), limit);
					const stored = await api.createWorkflow(workflow);
					ids.push(await api.execute(stored.id, 'Manual Trigger'));
					await eventually(() => ledger.predictions.length === ids.length);
				}
				for (const id of ids) await eventually(async () => (await api.execution(id)).status === 'waiting');

				await n8n.kill();
				const bought = ledger.predictions.map(({ id }) => id);
				const lost = () => ledger.webhooks.filter(({ predictionId }) => bought.includes(predictionId));
				await eventually(() => lost().length === 2 * 3 && lost().every(({ status }) => status === 0));
				const again = await host.start(Number(new URL(n8n.url).port));
				try {
					await again.waitUntilReady();
					// Its routes come a moment later.
					await eventually(
						async () =>
							await api.execution(ids[0] ?? '').then(
								() => true,
								() => false,
							),
					);
					const { url = '', body = '' } = lost().find(({ predictionId }) => predictionId === bought[0]) ?? {};
					await eventually(async () => (await call(url, { body })).status === 200);
					const executions = await Promise.all(ids.map(async (id) => await api.executionEnd(id, 90_000)));
					expect(executions.map(({ status }) => status)).toEqual(['success', 'success']);
					for (const [position, execution] of executions.entries()) {
						const [got] = itemsOf(execution, 'Get Video').flat();
						expect(got?.json).toMatchObject({ predictionId: bought[position], status: 'success' });
						const [video] = itemsOf(execution, 'Download Video').flat();
						expect(video?.binary?.['data']?.mimeType).toBe('image/png');
					}
					expect(ledger.predictions.map(({ id }) => id)).toEqual(bought);
					expect(ledger.predictions.map(({ status }) => status)).toEqual(['success', 'success']);

					// What the trigger has handed on is known after the death, too.
					const before = (await api.executions(hundreds.id)).length;
					const known = { exec_id: hundreds.called, status: 'succeeded' };
					expect((await call(hundreds.url, { body: known })).status).toBe(200);
					expect(await api.executions(hundreds.id)).toHaveLength(before);
				} finally {
					await again.stop();
				}
			},
			TEST_MS,
		);
	},
);
