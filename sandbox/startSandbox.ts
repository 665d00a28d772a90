import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';

import { composeAnswer } from './answer/composeAnswer';
import { MediumReader } from './answer/MediumReader';
import { createApiServer } from './createApiServer';
import { createStorageServer } from './createStorageServer';
import { FileStore } from './FileStore';
import { createLedger, type Ledger } from './ledger';
import { PredictionStore } from './PredictionStore';
import { createScenario, type Scenario } from './scenario';
import { WebhookSender } from './webhooks';

export interface Sandbox {
	/** `http://127.0.0.1:PORT`: what a credential's base URL is set to. */
	readonly baseUrl: string;
	/** The storage's origin: the same host, another port. */
	readonly storageUrl: string;
	readonly ledger: Ledger;
	/** Mutable: a change takes effect with the next request. */
	readonly scenario: Scenario;
	/** Ends every connection and timer, and removes what was uploaded. */
	close(): Promise<void>;
}

/**
 * Starts a stand-in for the Each Labs API on loopback: it keeps to the documented routes, refuses what the real one
 * would, and answers from the bytes that it was sent. No model is behind it.
 *
 * @param options Ports default to free ones; the scenario to `createScenario`'s. `advertisedStorageUrl` is the origin that
 * upload and public addresses get in place of the storage's own, for a proxy in front of it.
 */
export async function startSandbox(
	options: {
		port?: number;
		storagePort?: number;
		advertisedStorageUrl?: string;
		scenario?: Partial<Scenario>;
	} = {},
): Promise<Sandbox> {
	const scenario = createScenario(options.scenario);
	const ledger = createLedger();
	const folder = await mkdtemp(join(tmpdir(), 'eachlabs-sandbox-'));

	// The storage's address is part of every URL that is given out, so the files come once it listens.
	let files: FileStore | undefined;
	const filesInUse = (): FileStore => {
		if (files === undefined) throw new Error('The sandbox does not listen yet');
		return files;
	};
	let baseUrl = '';
	const reader = new MediumReader(filesInUse);
	const webhooks = new WebhookSender(scenario, ledger);
	const predictions = new PredictionStore(
		scenario,
		ledger,
		(order) => composeAnswer(order, reader, filesInUse()),
		(prediction) => webhooks.send(prediction),
	);
	const storage = createStorageServer(filesInUse, scenario, ledger, (file) => reader.prepare(file));
	const api = createApiServer({ scenario, ledger, predictions, files: filesInUse, baseUrl: () => baseUrl });

	const close = async (): Promise<void> => {
		predictions.close();
		await Promise.all([reader.close(), webhooks.close()]);
		await Promise.all([api.close(), storage.close()]);
		await rm(folder, { recursive: true, force: true, maxRetries: 3 });
	};

	try {
		const storageUrl = await listen(storage, options.storagePort ?? 0);
		files = new FileStore(folder, options.advertisedStorageUrl ?? storageUrl, ledger);
		baseUrl = await listen(api, options.port ?? 0);
		return { baseUrl, storageUrl, ledger, scenario, close };
	} catch (error) {
		await close();
		throw error;
	}
}

async function listen(app: FastifyInstance, port: number): Promise<string> {
	await app.listen({ host: '127.0.0.1', port });
	return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}
