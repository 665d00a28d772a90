import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import { FormData } from 'undici';

import { until } from '../faults/until';
import { examplesFolder } from '../host/exampleWorkflow';
import { hostReleases } from '../host/hostReleases';
import { installTimeoutMs } from '../host/installHost';
import { hasEnded, itemsOf, type StoredExecution } from '../host/N8nApi';
import { openQueueScene, type QueueScene } from './QueueScene';
import { resetSandbox } from './resetSandbox';
import { eachLabs, manualTrigger, workflowOf, type GivenNode } from './workflows';

const PICTURES = ['fruit-bowl.jpg', 'running-shoe.png', 'lighthouse.webp'];
const CALLS_AT_ONCE = 10;
const ENDS_WITHIN_MS = 180_000;
const LOOK_EVERY_MS = 500;

/** What is bought for one picture of one execution is told from all else by its text. */
const questionOf = (run: number, picture: number): string => `Run ${run}, picture ${picture}: what is it?`;

describe.each(hostReleases)(
	'queue mode with PostgreSQL, Redis and two workers, in n8n $n8nVersion',
	(release) => {
		let scene: QueueScene;
		let pictures: Buffer[];

		beforeAll(async () => {
			pictures = await Promise.all(
				PICTURES.map(async (name) => await readFile(path.join(examplesFolder, 'media', name))),
			);
			scene = await openQueueScene(release);
		}, installTimeoutMs);

		afterAll(async () => await (scene as QueueScene | undefined)?.close(), 120_000);

		/** A webhook that takes three pictures, makes an item of each, and asks about it. Answers the workflow's id. */
		async function activatePictureWebhook(webhookPath: string): Promise<string> {
			const webhook: GivenNode = {
				name: 'Webhook',
				type: 'n8n-nodes-base.webhook',
				typeVersion: 2,
				webhookId: webhookPath,
				parameters: { httpMethod: 'POST', path: webhookPath, responseMode: 'onReceived', options: {} },
			};
			const split: GivenNode = {
				name: 'One Item Each',
				type: 'n8n-nodes-base.splitOut',
				typeVersion: 1,
				parameters: {
					fieldToSplitOut: 'body.pictures',
					include: 'allOtherFields',
					options: { destinationFieldName: 'picture', includeBinary: true },
				},
			};
			const ask = eachLabs({
				resource: 'image',
				operation: 'analyze',
				text: '=Run {{ $json.body.run }}, picture {{ $json.picture }}: what is it?',
				binaryPropertyName: '=picture{{ $json.picture }}',
			});
			const workflow = await scene.api.createWorkflow(workflowOf(webhookPath, [webhook, split, ask]));
			await scene.api.activate(workflow);
			return workflow.id;
		}

		async function send(webhookPath: string, run: number): Promise<void> {
			const form = new FormData();
			form.append('run', String(run));
			for (const [index, bytes] of pictures.entries()) {
				form.append('pictures', String(index));
				form.append(`picture${index}`, new Blob([bytes]), PICTURES[index]);
			}
			// Activation reaches the webhook processor a moment after it is answered.
			const deadlineMs = Date.now() + 20_000;
			for (;;) {
				const { status, text } = await scene.webhooks.callWebhook(webhookPath, form);
				if (status === 200) return;
				if (status !== 404 || Date.now() > deadlineMs)
					throw new Error(`The webhook answered ${status}: ${text}`);
				await pause(LOOK_EVERY_MS);
			}
		}

		async function sendRuns(webhookPath: string, count: number): Promise<void> {
			const limit = pLimit(CALLS_AT_ONCE);
			await Promise.all(
				Array.from(
					{ length: count },
					async (_, run) => await limit(async () => await send(webhookPath, run)),
				),
			);
		}

		/** The executions of a workflow, once all have ended. */
		async function endedExecutions(workflowId: string, count: number): Promise<StoredExecution[]> {
			const deadlineMs = Date.now() + ENDS_WITHIN_MS;
			let summaries = await scene.api.executions(workflowId);
			while (summaries.length < count || !summaries.every(hasEnded)) {
				if (Date.now() > deadlineMs) {
					throw new Error(`Not all of ${count} executions have ended: ${JSON.stringify(summaries)}`);
				}
				await pause(LOOK_EVERY_MS);
				summaries = await scene.api.executions(workflowId);
			}
			const limit = pLimit(CALLS_AT_ONCE);
			return await Promise.all(
				summaries.map(async ({ id }) => await limit(async () => await scene.api.execution(id))),
			);
		}

		/** Which call a finished execution is of. */
		function runOf(execution: StoredExecution): number {
			return Number((itemsOf(execution, 'Webhook')[0]?.[0]?.json['body'] as { run: string }).run);
		}

		/** How often each question was bought. */
		function boughtByQuestion(): Map<string, number> {
			const bought = new Map<string, number>();
			for (const { input } of scene.sandbox.ledger.predictions) {
				const question = /Run \d+, picture \d+: what is it\?/.exec(String(input['prompt']))?.[0] ?? '';
				bought.set(question, (bought.get(question) ?? 0) + 1);
			}
			return bought;
		}

		/** The ids that our node lists of what was created since a time. */
		async function listPredictions(from: string): Promise<unknown[]> {
			const list = eachLabs({
				resource: 'prediction',
				operation: 'getMany',
				returnAll: true,
				filters: { from },
			});
			const { id } = await scene.api.createWorkflow(workflowOf('List', [manualTrigger, list]));
			const execution = await scene.api.executionEnd(await scene.api.execute(id, manualTrigger.name));
			return (itemsOf(execution, 'Each Labs')[0] ?? []).map(({ json }) => json['predictionId']);
		}

		test('100 executions of 3 items: all done once, by both workers, each with its own picture', async () => {
			resetSandbox(scene.sandbox, { runTimeMs: { min: 100, max: 400 } });
			const workflowId = await activatePictureWebhook('hundred');
			await sendRuns('hundred', 100);
			const executions = await endedExecutions(workflowId, 100);

			const ends = executions.map(({ status, error }) => ({ status, error: error?.message }));
			expect(ends).toEqual(executions.map(() => ({ status: 'success' })));
			expect(executions.map(runOf).sort((one, other) => one - other)).toEqual([...Array(100).keys()]);
			const { predictions, files } = scene.sandbox.ledger;
			const predictionById = new Map(predictions.map((prediction) => [prediction.id, prediction]));
			for (const execution of executions) {
				const given = itemsOf(execution, 'Each Labs')[0] ?? [];
				expect(given).toHaveLength(pictures.length);
				for (const [picture, { json }] of given.entries()) {
					const input = predictionById.get(json['predictionId'] as string)?.input;
					expect(input?.['prompt']).toContain(questionOf(runOf(execution), picture));
					const [url] = input?.['image_urls'] as string[];
					expect(files.find(({ publicUrl }) => publicUrl === url)?.sha256).toBe(
						createHash('sha256')
							.update(pictures[picture] ?? '')
							.digest('hex'),
					);
				}
			}
			expect([...boughtByQuestion().values()]).toEqual(Array.from({ length: 300 }, () => 1));
			expect(predictions.map(({ status }) => status)).toEqual(Array.from({ length: 300 }, () => 'success'));
			expect(files.filter(({ deleted }) => !deleted)).toEqual([]);
			// The workers know of each other only by the account's list of executions.
			expect(scene.sandbox.ledger.refusedCreates.length / predictions.length).toBeLessThanOrEqual(0.5);
			for (const worker of scene.workers) expect(worker.printed).toContain('Worker started execution');
		}, 300_000);

		test('a worker that dies in the middle: nothing is paid twice, and what was lost is named', async () => {
			const startedAt = new Date().toISOString();
			resetSandbox(scene.sandbox, { runTimeMs: { min: 3_000, max: 4_000 }, accountCap: 60 });
			const workflowId = await activatePictureWebhook('dying');
			await sendRuns('dying', 20);
			await until(() => scene.sandbox.ledger.predictions.length >= 20, 30_000);
			await scene.workers[1]?.kill();
			const executions = await endedExecutions(workflowId, 20);

			const finished = executions.filter(({ status }) => status === 'success');
			const lost = executions.filter(({ status }) => status !== 'success');
			expect(Math.min(finished.length, lost.length)).toBeGreaterThan(0);
			expect(Math.max(...boughtByQuestion().values())).toBe(1);
			// n8n's list of executions shows each that was lost, with a reason.
			for (const { status, error } of lost) {
				expect({ status, reason: error?.message }).toEqual({
					status: 'error',
					reason: expect.stringContaining('failed to be processed'),
				});
			}

			const outputs = finished.flatMap((execution) => itemsOf(execution, 'Each Labs')[0] ?? []);
			expect(outputs).toHaveLength(finished.length * pictures.length);
			const given = new Set(outputs.map(({ json }) => json['predictionId']));
			const finishedRuns = new Set(finished.map(runOf));
			for (const { id, input } of scene.sandbox.ledger.predictions) {
				const run = Number(/Run (\d+)/.exec(String(input['prompt']))?.[1]);
				expect({ run, id, isGiven: given.has(id) }).toEqual({ run, id, isGiven: finishedRuns.has(run) });
			}

			// 'Prediction → Get Many' finds what was paid for and is in no output.
			const listed = await listPredictions(startedAt);
			const unseen = scene.sandbox.ledger.predictions.map(({ id }) => id).filter((id) => !given.has(id));
			expect(unseen.length).toBeGreaterThan(0);
			expect(listed).toEqual(expect.arrayContaining(unseen));
		}, 300_000);
	},
);
