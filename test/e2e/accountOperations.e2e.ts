import { hostReleases } from '../host/hostReleases';
import { installTimeoutMs } from '../host/installHost';
import { itemsOf } from '../host/N8nApi';
import { openHostScene, type HostScene } from './HostScene';
import { eachLabs, manualTrigger, readFiles, workflowOf } from './workflows';

const PICTURES = ['fruit-bowl.jpg', 'red-bicycle.jpg', 'waterfall.jpg'];

describe.each(hostReleases)('files and lists, in n8n $n8nVersion', (release) => {
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
		const listing = requests.find(({ path: asked }) => asked === '/v1/executions');
		expect(new URLSearchParams(listing?.query).get('from')).toBe('2025-12-31T15:00:00.000Z');
		expect(given('Delete').map(({ deleted }) => deleted)).toEqual(PICTURES.map(() => true));
		expect(files.every(({ deleted }) => deleted)).toBe(true);
		expect(given('Models').map(({ slug }) => slug)).toEqual(['gemini-2-0-flash-lite']);
	});
});
