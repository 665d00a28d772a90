import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { startSandbox, type Sandbox } from '../../sandbox/startSandbox';
import type { Scenario } from '../../sandbox/scenario';
import { packPackage } from '../../scripts/packPackage';
import { CleanUp } from '../host/CleanUp';
import { sandboxCredential } from '../host/exampleWorkflow';
import type { HostRelease } from '../host/hostReleases';
import { installHost } from '../host/installHost';
import type { GivenCredential, N8nApi } from '../host/N8nApi';
import { N8nHost } from '../host/N8nHost';
import type { RunningN8n } from '../host/RunningN8n';
import { owner } from '../host/owner';

export interface HostScene {
	readonly sandbox: Sandbox;
	readonly host: N8nHost;
	readonly n8n: RunningN8n;
	readonly api: N8nApi;
	/** What the workflows of the scene use; it leads to the sandbox. */
	readonly credential: GivenCredential;
	readonly credentialId: string;
	close(): Promise<void>;
}

/** A real n8n with the packed package in it, its server running, its owner logged in, and a sandbox that it knows. */
export async function openHostScene(
	release: HostRelease,
	options: {
		/** Environment variables of this n8n. */
		readonly settings?: Readonly<Record<string, string>>;
		readonly scenario?: Partial<Scenario>;
	} = {},
): Promise<HostScene> {
	const cleanUp = new CleanUp();
	try {
		const workFolder = await mkdtemp(path.join(tmpdir(), 'eachlabs-package-'));
		cleanUp.add(() => rm(workFolder, { recursive: true, force: true }));
		const { tarballPath } = await packPackage(workFolder);
		const host = await N8nHost.create(await installHost(release), tarballPath, options.settings);
		cleanUp.add(() => host.remove());
		const sandbox = await startSandbox({ scenario: options.scenario ?? {} });
		cleanUp.add(() => sandbox.close());
		const { id: credentialId, ...credential } = sandboxCredential(sandbox.baseUrl);
		await host.importCredential({ id: credentialId, ...credential });
		const n8n = await host.start(0);
		cleanUp.add(() => n8n.stop());
		await n8n.waitUntilReady();
		await n8n.api.createOwner(owner);
		return {
			sandbox,
			host,
			n8n,
			api: n8n.api,
			credential,
			credentialId,
			close: () => cleanUp.run(),
		};
	} catch (error) {
		await cleanUp.run();
		throw error;
	}
}
