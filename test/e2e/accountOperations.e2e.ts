import type { INodeParameters } from 'n8n-workflow';

import { hostReleases } from '../host/hostReleases';
import { installTimeoutMs } from '../host/installHost';
import { itemsOf } from '../host/N8nApi';
import { openHostScene, type HostScene } from './HostScene';
import { eachLabs, manualTrigger, readFiles, workflowOf } from './workflows';

const PICTURES = ['fruit-bowl.jpg', 'red-bicycle.jpg', 'waterfall.jpg'];

describe.each(hostReleases)('files, lists and models, in n8n $n8nVersion', (release) => {
	let scene: HostScene;

	beforeAll(async () => {
		scene = await openHostScene(release, { scenario: { runTimeMs: { min: 100, max: 200 } } });
		await scene.host.addMedia(PICTURES);
	}, installTimeoutMs);

	afterAll(async () => await (scene as HostScene | undefined)?.close());

	test('files are uploaded to stay, looked at by their addresses, listed as predictions, and deleted', async () => {
		const workflow = workflowOf(
			'Files',
			[
				manualTrigger,
				readFiles(scene.host.mediaFolder, '*.jpg'),
				eachLabs({ resource: 'file', operation: 'upload' }, { name: 'Upload' }),
				eachLabs(
					{ resource: 'image', operation: 'altText', inputType: 'url', imageUrls: '={{ $json.url }}' },
					{ name: 'Describe' },
				),
				eachLabs(
					{
						resource: 'prediction',
						operation: 'getMany',
						filters: {
							from: '2026-01-01T00:00:00',
							modelId: { __rl: true, mode: 'id', value: '={{ $json.model }}' },
							status: ['success'],
						},
					},
					{ name: 'List', executeOnce: true },
				),
				eachLabs(
					{
						resource: 'file',
						operation: 'delete',
						fileId: "={{ $('Upload').all()[$itemIndex].json.fileId }}",
					},
					{ name: 'Delete' },
				),
				eachLabs(
					{ resource: 'model', operation: 'getMany', filters: { name: 'flash' } },
					{ name: 'Models', executeOnce: true },
				),
			],
			{ timezone: 'Asia/Tokyo' },
		);
		const { id } = await scene.api.createWorkflow(workflow);
		const execution = await scene.api.executionEnd(await scene.api.execute(id, manualTrigger.name));
		expect(execution.status).toBe('success');

		const { files, predictions, requests } = scene.sandbox.ledger;
		const given = (name: string) => (itemsOf(execution, name)[0] ?? []).map(({ json }) => json);
		expect(given('Upload').map(({ fileId }) => fileId)).toEqual(
			expect.arrayContaining(files.map((file) => file.id)),
		);
		expect(files).toHaveLength(PICTURES.length);
		expect(given('Describe')).toHaveLength(PICTURES.length);
		expect(given('List').map(({ predictionId }) => predictionId)).toEqual(
			predictions.map((prediction) => prediction.id).reverse(),
		);
		// Midnight in the time zone of the workflow.
		const listing = requests.findLast(({ path: asked }) => asked === '/v2/executions');
		expect(new URLSearchParams(listing?.query).get('from')).toBe('2025-12-31T15:00:00.000Z');
		expect(given('Delete').map(({ deleted }) => deleted)).toEqual(PICTURES.map(() => true));
		expect(files.every(({ deleted }) => deleted)).toBe(true);
		expect(given('Models').map(({ slug }) => slug)).toEqual(['gemini-2-0-flash-lite']);
	});

	test('a model is run with its own fields and the files of the items, and what it makes can be fetched', async () => {
		const run = (slug: string, value: INodeParameters, more: INodeParameters = {}): INodeParameters => ({
			resource: 'model',
			operation: 'run',
			modelId: { __rl: true, mode: 'list', value: slug },
			inputFields: { mappingMode: 'defineBelow', value, matchingColumns: [], schema: [] },
			...more,
		});
		const workflow = workflowOf('Models', [
			manualTrigger,
			readFiles(scene.host.mediaFolder, '*.jpg'),
			eachLabs(
				run(
					'sandbox-picture-question',
					{ question: 'What is it?' },
					{ inputFiles: { files: [{ binaryPropertyName: 'data' }] } },
				),
				{ name: 'Ask' },
			),
			eachLabs(
				run('sandbox-picture-maker', { prompt: '={{ $json.text }}', num_images: '=2', aspect_ratio: '16:9' }),
				{ name: 'Draw' },
			),
			{
				name: 'Fetch',
				type: 'n8n-nodes-base.httpRequest',
				typeVersion: 4.2,
				parameters: {
					url: '={{ $json.output[0] }}',
					options: { response: { response: { responseFormat: 'file' } } },
				},
			},
		]);
		const predictionsBefore = scene.sandbox.ledger.predictions.length;
		const { id } = await scene.api.createWorkflow(workflow);
		const execution = await scene.api.executionEnd(await scene.api.execute(id, manualTrigger.name));
		expect(execution.status).toBe('success');

		const given = (name: string) => itemsOf(execution, name)[0] ?? [];
		expect(given('Ask').map(({ json }) => (json.output as { model: string }).model)).toEqual(
			PICTURES.map(() => 'sandbox-picture-question'),
		);
		expect(given('Draw').map(({ json }) => (json.output as string[]).length)).toEqual(PICTURES.map(() => 2));
		expect(given('Fetch').map(({ binary }) => binary?.data?.mimeType)).toEqual(
			PICTURES.map(() => 'image/png'),
		);
		expect(scene.sandbox.ledger.predictions.length - predictionsBefore).toBe(2 * PICTURES.length);
		expect(scene.sandbox.ledger.files.every(({ deleted }) => deleted)).toBe(true);
	});
});
