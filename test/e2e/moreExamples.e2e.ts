import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { INodeExecutionData } from 'n8n-workflow';

import { exampleWorkflow } from '../host/exampleWorkflow';
import { hostReleases } from '../host/hostReleases';
import { installTimeoutMs } from '../host/installHost';
import { itemsOf } from '../host/N8nApi';
import type { ExportedWorkflow } from '../host/N8nHost';
import { openHostScene, type HostScene } from './HostScene';
import { MORE_EXAMPLES } from './moreExamples';

const [release] = hostReleases;
if (release === undefined) throw new Error('There is no n8n release to try the examples in');

/** A mail with a PDF document and something that can't be read. */
async function mail(mediaFolder: string): Promise<INodeExecutionData> {
	const pdf = await readFile(path.join(mediaFolder, 'inspection-report.pdf'));
	const file = (fileName: string, mimeType: string, bytes: Buffer) => ({
		fileName,
		mimeType,
		data: bytes.toString('base64'),
	});
	return {
		json: { from: 'shop@example.com' },
		binary: {
			attachment_0: file('receipt.pdf', 'application/pdf', pdf),
			attachment_1: file('torn.png', 'image/png', Buffer.from('<html>')),
		},
	};
}

describe(`the examples that need other steps, in n8n ${release.n8nVersion}`, () => {
	let scene: HostScene;
	let site: Server;
	let written: string[];

	beforeAll(async () => {
		written = [];
		site = createServer((request, response) => {
			if (request.method === 'POST') written.push(request.url ?? '');
			const media = { id: 7, alt_text: '', source_url: 'https://site.example.com/uploads/bike.jpg' };
			response.setHeader('content-type', 'application/json');
			response.end(JSON.stringify(request.method === 'POST' ? media : [media]));
		});
		await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
		scene = await openHostScene(release, { scenario: { runTimeMs: { min: 100, max: 300 } } });
		await scene.host.addMedia();
		await mkdir(path.join(scene.host.mediaFolder, 'results'));
	}, installTimeoutMs);

	afterAll(async () => {
		await (scene as HostScene | undefined)?.close();
		site.close();
	});

	/** As a user sets it up: his site, his mails, his folders. */
	async function setUp(file: string): Promise<ExportedWorkflow> {
		const { mediaFolder } = scene.host;
		const workflow = await exampleWorkflow(file, mediaFolder);
		for (const { type, name, parameters } of workflow.nodes) {
			if (type === 'n8n-nodes-base.httpRequest') {
				const api = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
				parameters['url'] = JSON.parse(
					JSON.stringify(parameters['url']).replace('https://example.com', api),
				) as string;
				parameters['authentication'] = 'none';
			}
			if (type === 'n8n-nodes-base.emailReadImap')
				Object.assign(workflow, { pinData: { [name]: [await mail(mediaFolder)] } });
		}
		return workflow;
	}

	test.each(Object.entries(MORE_EXAMPLES))(
		'%s runs, with the steps of this n8n',
		async (file, steps) => {
			const id = `More${Object.keys(MORE_EXAMPLES).indexOf(file)}`;
			const workflow = await setUp(file);
			await scene.host.importWorkflow(id, workflow);
			const trigger = workflow.nodes.find(({ type }) => /trigger|emailReadImap/i.test(type))?.name ?? '';
			const execution = await scene.api.executionEnd(await scene.api.execute(id, trigger));
			const errors = Object.values(execution.runData).flatMap((runs) =>
				runs.flatMap(({ error }) => (error ? [error.message] : [])),
			);
			expect({ status: execution.status, errors }).toEqual({ status: 'success', errors: [] });
			const given = Object.keys(steps).map((step) => [step, itemsOf(execution, step).flat().length]);
			expect(Object.fromEntries(given)).toEqual(steps);
		},
		120_000,
	);

	test('what they write is where they say', async () => {
		const { mediaFolder } = scene.host;
		const results = await readdir(path.join(mediaFolder, 'results'));
		expect(results).toEqual([expect.stringMatching(/^alt-texts-\d+-1\.csv$/)]);
		expect(await readdir(mediaFolder)).toContain('delivery-message.wav.srt');
		expect(written).toEqual(['/wp-json/wp/v2/media/7']);
	});
});
