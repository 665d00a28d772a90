import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { openHostScene } from '../../e2e/HostScene';
import { exampleWorkflow } from '../../host/exampleWorkflow';
import { hostReleases } from '../../host/hostReleases';
import type { ExportedWorkflow } from '../../host/N8nHost';
import { testMedia } from '../../support/testMedia';
import { runTimeMs, type Work } from './Work';

const TIME_LIMIT_MS = 1_800_000;

/**
 * The workflow of `examples/migration` as its owner has it, but for the address, in a real n8n: HTTP Requests in a loop, one
 * picture after another, five seconds between two questions. Installs the n8n when it is not there yet.
 *
 * @returns milliseconds from its start to its end
 */
export async function timeLoopInHost(work: Work): Promise<number> {
	const [release] = hostReleases;
	if (release === undefined) throw new Error('There is no release of n8n to run');
	const scene = await openHostScene(release, {
		scenario: { accountCap: work.cap, runTimeMs: (_input, ordinal) => runTimeMs(work, ordinal) },
	});
	try {
		await scene.host.addMedia([]);
		for (let number = 0; number < work.items; number++) {
			await writeFile(
				join(scene.host.mediaFolder, `picture-${number}.png`),
				await testMedia.picture(40 + number, 30),
			);
		}
		const credential = {
			name: 'Each Labs key',
			type: 'httpHeaderAuth',
			data: { name: 'Authorization', value: 'Bearer any' },
		};
		const { name } = credential;
		const id = await scene.api.createCredential(credential);
		const file = await exampleWorkflow('migration/http-request-loop.json', scene.host.mediaFolder);
		const text = JSON.stringify(file).replaceAll('https://api.eachlabs.ai', scene.sandbox.baseUrl);
		const workflow = JSON.parse(text) as ExportedWorkflow;
		for (const { credentials } of workflow.nodes) {
			if (credentials?.['httpHeaderAuth']) credentials['httpHeaderAuth'] = { id, name };
		}
		const stored = await scene.api.createWorkflow(workflow);
		const startedAtMs = performance.now();
		const { status, error } = await scene.api.executionEnd(
			await scene.api.execute(stored.id, 'Manual Trigger'),
			TIME_LIMIT_MS,
		);
		const tookMs = performance.now() - startedAtMs;
		if (status !== 'success') throw new Error(`The loop ended as '${status}': ${error?.message ?? ''}`);
		return tookMs;
	} finally {
		await scene.close();
	}
}
