import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { startSandbox, type Sandbox } from '../../sandbox/startSandbox';
import { packPackage } from '../../scripts/packPackage';
import { CleanUp } from '../host/CleanUp';
import { sandboxCredential } from '../host/exampleWorkflow';
import type { HostRelease } from '../host/hostReleases';
import { installHost } from '../host/installHost';
import type { N8nApi } from '../host/N8nApi';
import { N8nHost } from '../host/N8nHost';
import { owner } from '../host/owner';
import { PostgresAndRedis } from '../host/PostgresAndRedis';
import type { RunningN8n } from '../host/RunningN8n';

/** So that a worker that is gone is missed within seconds; n8n's own are a minute and half of one. */
const FAST_STALL = {
	QUEUE_WORKER_LOCK_DURATION: '10000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '2000',
	QUEUE_WORKER_STALLED_INTERVAL: '3000',
};

export interface QueueScene {
	readonly sandbox: Sandbox;
	/** Of the main process. */
	readonly api: N8nApi;
	/** Of the process that takes the webhooks. */
	readonly webhooks: N8nApi;
	readonly workers: readonly RunningN8n[];
	close(): Promise<void>;
}

/**
 * An n8n in queue mode: main process, webhook processor and two workers, each with a folder of its own, as on machines of
 * their own. What they have in common is PostgreSQL and Redis.
 */
export async function openQueueScene(release: HostRelease): Promise<QueueScene> {
	const cleanUp = new CleanUp();
	try {
		const workFolder = await mkdtemp(path.join(tmpdir(), 'eachlabs-package-'));
		cleanUp.add(() => rm(workFolder, { recursive: true, force: true }));
		const { tarballPath } = await packPackage(workFolder);
		const installed = await installHost(release);
		const services = await PostgresAndRedis.start();
		cleanUp.add(() => services.stop());
		const sandbox = await startSandbox();
		cleanUp.add(() => sandbox.close());

		const settings = {
			...services.settings,
			...FAST_STALL,
			...release.queueSettings,
			EXECUTIONS_MODE: 'queue',
			N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
		};
		const add = async (): Promise<N8nHost> => {
			const host = await N8nHost.create(installed, tarballPath, settings);
			cleanUp.add(() => host.remove());
			return host;
		};
		const begin = async (host: N8nHost, command: 'start' | 'webhook' | 'worker'): Promise<RunningN8n> => {
			const n8n = await host.start(0, command);
			cleanUp.add(() => n8n.stop());
			await n8n.waitUntilReady();
			return n8n;
		};

		const mainHost = await add();
		// Also brings the database to its form, which must be done before the others look at it.
		await mainHost.importCredential(sandboxCredential(sandbox.baseUrl));
		const main = await begin(mainHost, 'start');
		await main.api.createOwner(owner);
		const webhooks = await begin(await add(), 'webhook');
		const workers = [await begin(await add(), 'worker'), await begin(await add(), 'worker')];
		return { sandbox, api: main.api, webhooks: webhooks.api, workers, close: () => cleanUp.run() };
	} catch (error) {
		await cleanUp.run();
		throw error;
	}
}
