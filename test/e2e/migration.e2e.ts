import { exampleWorkflow } from '../host/exampleWorkflow';
import { hostReleases } from '../host/hostReleases';
import { installTimeoutMs } from '../host/installHost';
import { itemsOf } from '../host/N8nApi';
import type { ExportedWorkflow } from '../host/N8nHost';
import { openHostScene, type HostScene } from './HostScene';
import { resetSandbox } from './resetSandbox';

const PICTURES = ['fruit-bowl.jpg', 'lighthouse.webp', 'running-shoe.png'];
const SCENARIO = { runTimeMs: { min: 100, max: 300 } };

describe.each(hostReleases)(
	'the loop of HTTP Request nodes and its successor, in n8n $n8nVersion',
	(release) => {
		let scene: HostScene;
		let headerCredential: { id: string; name: string };

		beforeAll(async () => {
			scene = await openHostScene(release, { scenario: SCENARIO });
			await scene.host.addMedia(PICTURES);
			const name = 'Each Labs key';
			const data = { name: 'Authorization', value: 'Bearer any' };
			headerCredential = {
				id: await scene.api.createCredential({ name, type: 'httpHeaderAuth', data }),
				name,
			};
		}, installTimeoutMs);

		afterAll(async () => await (scene as HostScene | undefined)?.close());

		beforeEach(() => resetSandbox(scene.sandbox, SCENARIO));

		/** The old workflow as its owner has it, but for the address and for how long it waits. */
		async function httpRequestLoop(): Promise<ExportedWorkflow> {
			const file = await exampleWorkflow('migration/http-request-loop.json', scene.host.mediaFolder);
			const text = JSON.stringify(file)
				.replaceAll('https://api.eachlabs.ai', scene.sandbox.baseUrl)
				.replaceAll('"amount":5', '"amount":1');
			const workflow = JSON.parse(text) as ExportedWorkflow;
			for (const { credentials } of workflow.nodes) {
				if (credentials?.['httpHeaderAuth']) credentials['httpHeaderAuth'] = headerCredential;
			}
			return workflow;
		}

		/** Of each row its file, and what its alt text says of the file's bytes; in the order of the files. */
		async function rowsOf(
			workflow: ExportedWorkflow,
			lastNode: string,
		): Promise<Array<{ file: string; shows?: string }>> {
			const { id } = await scene.api.createWorkflow(workflow);
			const execution = await scene.api.executionEnd(await scene.api.execute(id, 'Manual Trigger'));
			expect({ status: execution.status, error: execution.error?.message }).toEqual({ status: 'success' });
			return (itemsOf(execution, lastNode)[0] ?? [])
				.map(({ json: { file, altText } }) => ({
					file: file as string,
					shows: /[A-Z]+ picture of \d+×\d+/.exec(altText as string)?.[0],
				}))
				.sort((one, other) => one.file.localeCompare(other.file));
		}

		const filesLeft = (): number => scene.sandbox.ledger.files.filter(({ deleted }) => !deleted).length;

		test('the old workflow and the new one give the same rows', async () => {
			const before = await rowsOf(await httpRequestLoop(), 'Alt Texts');
			const after = await rowsOf(
				await exampleWorkflow('migration/each-labs.json', scene.host.mediaFolder),
				'Result Row',
			);

			expect(before.map(({ file }) => file)).toEqual(PICTURES);
			for (const { shows } of before) expect(shows).toBeDefined();
			expect(after).toEqual(before);
		});

		test('the old one leaves its files at the service, the new one does not', async () => {
			await rowsOf(await httpRequestLoop(), 'Alt Texts');
			expect(filesLeft()).toBe(PICTURES.length);
			resetSandbox(scene.sandbox, SCENARIO);
			await rowsOf(await exampleWorkflow('migration/each-labs.json', scene.host.mediaFolder), 'Result Row');
			expect(filesLeft()).toBe(0);
		});
	},
);
