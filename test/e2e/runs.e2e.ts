import { until } from '../faults/until';
import { hostReleases } from '../host/hostReleases';
import { installTimeoutMs } from '../host/installHost';
import { itemsOf } from '../host/N8nApi';
import type { ExportedWorkflow } from '../host/N8nHost';
import { openHostScene, type HostScene } from './HostScene';
import { resetSandbox } from './resetSandbox';
import { eachLabs, manualTrigger, readFiles, workflowOf, type GivenNode } from './workflows';

const PICTURES = ['fruit-bowl.jpg', 'red-bicycle.jpg', 'waterfall.jpg'];
const LONG_RUN_MS = { min: 120_000, max: 120_000 };

describe.each(hostReleases)(
	'credential test, stop, time limit, Retry On Fail, error output and sub-workflow, in n8n $n8nVersion',
	(release) => {
		let scene: HostScene;

		beforeAll(async () => {
			scene = await openHostScene(release);
			await scene.host.addMedia(PICTURES);
		}, installTimeoutMs);

		afterAll(async () => await (scene as HostScene | undefined)?.close());

		beforeEach(() => resetSandbox(scene.sandbox, { runTimeMs: { min: 100, max: 200 } }));

		const altTexts = (settings: Parameters<typeof eachLabs>[1] = {}): GivenNode =>
			eachLabs({ resource: 'image', operation: 'altText' }, settings);

		function picturesThrough(step: GivenNode, settings: ExportedWorkflow['settings'] = {}): ExportedWorkflow {
			return workflowOf(
				'Alt texts',
				[manualTrigger, readFiles(scene.host.mediaFolder, '*.jpg'), step],
				settings,
			);
		}

		async function start(workflow: ExportedWorkflow): Promise<string> {
			const { id } = await scene.api.createWorkflow(workflow);
			return await scene.api.execute(id, manualTrigger.name);
		}

		const statuses = (): string[] => scene.sandbox.ledger.predictions.map(({ status }) => status);
		const filesLeft = (): number => scene.sandbox.ledger.files.filter(({ deleted }) => !deleted).length;
		const allInFlight = async (): Promise<void> =>
			await until(() => scene.sandbox.ledger.predictions.length === PICTURES.length);
		/** A stopped node still has to cancel, look, and delete, after n8n has said that the execution is over. */
		const allCleanedUp = async (): Promise<void> =>
			await until(() => statuses().every((status) => status === 'cancelled') && filesLeft() === 0);

		test('the credential is tested: with a key that works', async () => {
			scene.sandbox.scenario.apiKeys = ['key-that-works'];
			const { baseUrl } = scene.sandbox;
			const result = await scene.api.testCredential(scene.credentialId, {
				...scene.credential,
				data: { apiKey: 'key-that-works', baseUrl },
			});
			expect(result).toMatchObject({ status: 'OK' });
		});

		test('the credential is tested: with a key that does not work', async () => {
			scene.sandbox.scenario.apiKeys = ['key-that-works'];
			const { baseUrl } = scene.sandbox;
			const result = await scene.api.testCredential(scene.credentialId, {
				...scene.credential,
				data: { apiKey: 'key-of-yesterday', baseUrl },
			});
			expect(result.status).toBe('Error');
			expect(result.message).toMatch(/\w/);
			expect(JSON.stringify(result)).not.toContain('key-of-yesterday');
		});

		test('the credential is tested: the key does not travel in the open', async () => {
			// Nobody but the system knows that this address is on the same machine.
			const baseUrl = scene.sandbox.baseUrl.replace('127.0.0.1', '0.0.0.0');
			const asked = scene.sandbox.ledger.requests.length;
			const result = await scene.api.testCredential(scene.credentialId, {
				...scene.credential,
				data: { apiKey: 'any', baseUrl },
			});
			expect(result).toEqual({
				status: 'Error',
				message: `The API key was not sent: ${baseUrl} does not use https, so the key would travel in the open`,
			});
			expect(scene.sandbox.ledger.requests).toHaveLength(asked);
		});

		test('a stop cancels every prediction at the service, and deletes the files', async () => {
			scene.sandbox.scenario.runTimeMs = LONG_RUN_MS;
			const id = await start(picturesThrough(altTexts()));
			await allInFlight();

			await scene.api.stopExecution(id);

			expect((await scene.api.executionEnd(id)).status).toBe('canceled');
			await allCleanedUp();
			expect(scene.sandbox.ledger.predictions.map(({ cancelRequests }) => cancelRequests)).toEqual([1, 1, 1]);
		});

		test("n8n's time limit for an execution does the same", async () => {
			scene.sandbox.scenario.runTimeMs = LONG_RUN_MS;
			const id = await start(picturesThrough(altTexts(), { executionTimeout: 10 }));
			await allInFlight();

			expect((await scene.api.executionEnd(id)).status).toBe('canceled');
			await allCleanedUp();
			expect(scene.sandbox.ledger.predictions.map(({ cancelRequests }) => cancelRequests)).toEqual([1, 1, 1]);
		});

		test('Retry On Fail buys again what failed, and only that', async () => {
			scene.sandbox.scenario.failPrediction = (_input, ordinal) =>
				ordinal === 0 ? { style: 'logs', status: 'failed', message: 'The model was not there' } : null;
			const id = await start(
				picturesThrough(altTexts({ retryOnFail: true, maxTries: 3, waitBetweenTries: 100 })),
			);

			const execution = await scene.api.executionEnd(id);

			expect(execution.status).toBe('success');
			const given = itemsOf(execution, 'Each Labs')[0] ?? [];
			const successful = scene.sandbox.ledger.predictions.filter(({ status }) => status === 'success');
			expect(given.map(({ json }) => json['predictionId']).sort()).toEqual(
				successful.map(({ id: paid }) => paid).sort(),
			);
			expect(statuses().sort()).toEqual(['failed', 'success', 'success', 'success']);
		});

		test('without a setting for it, a failed item ends the execution, and the error names what was paid', async () => {
			scene.sandbox.scenario.failPrediction = (_input, ordinal) =>
				ordinal === 0 ? { style: 'logs', status: 'failed', message: 'The model was not there' } : null;

			const { status, error } = await scene.api.executionEnd(await start(picturesThrough(altTexts())));

			expect(status).toBe('error');
			const told = JSON.stringify(error);
			expect(told).toContain('The model was not there');
			for (const { id } of scene.sandbox.ledger.predictions) expect(told).toContain(id);
		});

		test('a failed item goes to the error output, with its prediction', async () => {
			scene.sandbox.scenario.failPrediction = (_input, ordinal) =>
				ordinal === 1 ? { style: 'logs', status: 'failed', message: 'The picture is too dark' } : null;
			const id = await start(picturesThrough(altTexts({ onError: 'continueErrorOutput' })));

			const execution = await scene.api.executionEnd(id);

			const [good = [], failed = []] = itemsOf(execution, 'Each Labs');
			const failedId = scene.sandbox.ledger.predictions.find(({ status }) => status === 'failed')?.id;
			expect(execution.status).toBe('success');
			expect(good).toHaveLength(2);
			expect(failed.map(({ json }) => json)).toEqual([
				expect.objectContaining({
					error: expect.stringContaining('The picture is too dark'),
					details: expect.objectContaining({ predictionId: failedId }),
				}),
			]);
			const paired = [...good, ...failed].map(({ pairedItem }) => (pairedItem as { item: number }).item);
			expect(paired.sort()).toEqual([0, 1, 2]);
		});

		test('a sub-workflow gets the files, and gives back a result for each', async () => {
			const child = await scene.api.createWorkflow(
				workflowOf('Alt texts for other workflows', [
					{
						name: 'When Called',
						type: 'n8n-nodes-base.executeWorkflowTrigger',
						typeVersion: 1.1,
						parameters: { inputSource: 'passthrough' },
					},
					altTexts(),
				]),
			);
			const id = await start(
				picturesThrough({
					name: 'Call',
					type: 'n8n-nodes-base.executeWorkflow',
					typeVersion: 1.2,
					parameters: {
						workflowId: { __rl: true, mode: 'id', value: child.id },
						workflowInputs: { mappingMode: 'defineBelow', value: {} },
						options: {},
					},
				}),
			);

			const execution = await scene.api.executionEnd(id);

			expect(execution.status).toBe('success');
			const given = itemsOf(execution, 'Call')[0] ?? [];
			expect(given.map(({ json }) => json['predictionId']).sort()).toEqual(
				scene.sandbox.ledger.predictions.map(({ id: paid }) => paid).sort(),
			);
			expect(statuses()).toEqual(['success', 'success', 'success']);
			for (const { json } of given) expect(json['altText']).toEqual(expect.stringContaining('JPEG picture'));
		});
	},
);
