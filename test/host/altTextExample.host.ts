import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { INodeExecutionData } from 'n8n-workflow';
import { packPackage } from '../../scripts/packPackage';
import { startSandbox, type Sandbox } from '../../sandbox/startSandbox';
import { hostReleases } from './hostReleases';
import { exampleCredential, examplesFolder, exampleWorkflow } from './exampleWorkflow';
import { installHost, installTimeoutMs } from './installHost';
import { N8nHost, type HostExecution } from './N8nHost';

const nodeType = 'n8n-nodes-eachlabs.eachLabs';
const workflowId = 'altTextExample';

function sha256(bytes: Buffer): string {
	return createHash('sha256').update(bytes).digest('hex');
}

describe.each(hostReleases)('the alt text example in n8n $n8nVersion', (release) => {
	let sandbox: Sandbox;
	let host: N8nHost;
	let workFolder: string;
	let pictures: string[];
	let execution: HostExecution;
	let texts: INodeExecutionData[];
	let read: INodeExecutionData[];
	let rows: INodeExecutionData[];

	beforeAll(async () => {
		workFolder = await mkdtemp(path.join(tmpdir(), 'eachlabs-package-'));
		const { tarballPath } = await packPackage(workFolder);
		host = await N8nHost.create(await installHost(release), tarballPath);
		sandbox = await startSandbox();

		pictures = (await readdir(path.join(examplesFolder, 'media'))).filter((name) =>
			/\.(jpe?g|png|webp|gif)$/.test(name),
		);
		for (const name of pictures) {
			await copyFile(path.join(examplesFolder, 'media', name), path.join(host.mediaFolder, name));
		}
		const workflow = await exampleWorkflow('alt-text.json', host.mediaFolder);
		await host.importCredential(exampleCredential.id, 'eachLabsApi', {
			apiKey: 'any',
			baseUrl: sandbox.baseUrl,
		});
		await host.importWorkflow(workflowId, workflow);
		execution = await host.execute(workflowId);

		const itemsOf = (type: string): INodeExecutionData[] => {
			const name = workflow.nodes.find((node) => node.type === type)?.name ?? '';
			return execution.runData[name]?.[0]?.data?.main?.[0] ?? [];
		};
		texts = itemsOf(nodeType);
		read = itemsOf('n8n-nodes-base.readWriteFile');
		rows = itemsOf('n8n-nodes-base.set');
	}, installTimeoutMs);

	afterAll(async () => {
		await sandbox.close();
		await host.remove();
		await rm(workFolder, { recursive: true, force: true });
	});

	test('ends with success', () => {
		const errors = Object.entries(execution.runData).flatMap(([node, runs]) =>
			runs.map(({ error }) => ({ node, error })).filter(({ error }) => error !== undefined),
		);
		expect({ status: execution.status, errors }).toEqual({ status: 'success', errors: [] });
	});

	test('gives one item for each picture', () => {
		expect(pictures.length).toBeGreaterThanOrEqual(8);
		expect(read).toHaveLength(pictures.length);
		expect(texts).toHaveLength(pictures.length);
	});

	test('gives each picture its own text, prediction, cost and time', () => {
		for (const { json } of texts) {
			expect(json).toEqual(
				expect.objectContaining({
					altText: expect.any(String),
					predictionId: expect.stringMatching(/\S/),
					model: expect.stringMatching(/\S/),
					cost: expect.any(Number),
					predictTime: expect.any(Number),
				}),
			);
			expect(json).not.toHaveProperty('error');
			expect((json.altText as string).length).toBeLessThanOrEqual(125);
		}
		expect(new Set(texts.map(({ json }) => json.altText)).size).toBe(pictures.length);
		expect(new Set(texts.map(({ json }) => json.predictionId)).size).toBe(pictures.length);
	});

	test('pairs each text with the picture whose bytes the model was given', async () => {
		for (const [itemIndex, { json, pairedItem }] of texts.entries()) {
			expect(pairedItem).toEqual({ item: itemIndex });
			const prediction = sandbox.ledger.predictions.find(({ id }) => id === json.predictionId);
			const file = sandbox.ledger.files.find(({ publicUrl }) =>
				JSON.stringify(prediction?.input).includes(publicUrl),
			);
			const fileName = read[itemIndex]?.binary?.data?.fileName ?? '';
			expect(file?.sha256).toBe(sha256(await readFile(path.join(host.mediaFolder, fileName))));
		}
	});

	test('lets the step after find the picture of each text', () => {
		expect(rows.map(({ json }) => json)).toEqual(
			texts.map(({ json }, itemIndex): unknown =>
				expect.objectContaining({
					file: read[itemIndex]?.json.fileName,
					altText: json.altText,
					predictionId: json.predictionId,
					cost: json.cost,
				}),
			),
		);
	});

	test('buys one prediction for each picture, and leaves no file behind', () => {
		const { predictions, files } = sandbox.ledger;
		expect(predictions.map(({ status }) => status)).toEqual(pictures.map(() => 'success'));
		expect(files.filter(({ deleted }) => !deleted)).toEqual([]);
	});
});
