/**
 * `npm run n8n`: this package in a real n8n with its editor, beside the sandbox, until Ctrl-C.
 *
 * The first start of an n8n release installs it into the user's cache folder. Everything else is made afresh each time,
 * in a temporary folder, and removed at the end.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { packPackage } from '../../scripts/packPackage';
import { startSandbox, type Sandbox } from '../../sandbox/startSandbox';
import { exampleCredential, exampleFiles, examplesFolder, exampleWorkflow } from './exampleWorkflow';
import { hostReleases, type HostRelease } from './hostReleases';
import { installHost } from './installHost';
import { N8nHost } from './N8nHost';
import { owner } from './owner';
import type { RunningN8n } from './RunningN8n';

const usualPort = 5678;

interface Started {
	workFolder?: string;
	host?: N8nHost;
	sandbox?: Sandbox;
	n8n?: RunningN8n;
}

async function main(): Promise<void> {
	const versions = hostReleases.map(({ n8nVersion }) => n8nVersion);
	const { values } = parseArgs({
		options: {
			n8n: { type: 'string', default: versions[0] ?? '' },
			port: { type: 'string', short: 'p', default: String(usualPort) },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help) {
		console.log(
			`npm run n8n [-- --n8n ${versions.join('|')}] [--port ${usualPort}]   (port 0 takes a free one)`,
		);
		return;
	}
	const release = hostReleases.find(({ n8nVersion }) => n8nVersion === values.n8n);
	if (!release) throw new Error(`n8n '${values.n8n}' is not prepared here. Choose ${versions.join(' or ')}.`);
	const port = Number(values.port);
	if (!Number.isInteger(port) || port < 0 || port > 65_535) {
		throw new Error(`'${values.port}' is not a port. Use a number from 0 to 65535.`);
	}

	const stop = new AbortController();
	// Not 'once': a terminal and npm may each pass on the same key press.
	for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());

	const started: Started = {};
	try {
		const n8n = await start(release, port, started, stop.signal);
		await Promise.race([n8n.end(), aborted(stop.signal)]);
		if (!stop.signal.aborted) throw new Error('n8n ended by itself.');
	} catch (error) {
		if (!stop.signal.aborted) throw error;
	} finally {
		if (stop.signal.aborted) console.log('\nStopping.');
		await started.n8n?.stop();
		await started.sandbox?.close();
		await started.host?.remove();
		if (started.workFolder) await rm(started.workFolder, { recursive: true, force: true });
	}
}

/** Notes in `started` what there is to stop, as it comes. Throws between two steps when `signal` has aborted. */
async function start(
	release: HostRelease,
	port: number,
	started: Started,
	signal: AbortSignal,
): Promise<RunningN8n> {
	const installed = await installHost(release);
	signal.throwIfAborted();

	console.log(`Packing the package and starting n8n ${release.n8nVersion}: half a minute`);
	started.workFolder = await mkdtemp(path.join(tmpdir(), 'eachlabs-n8n-'));
	const { tarballPath } = await packPackage(started.workFolder);
	const host = (started.host = await N8nHost.create(installed, tarballPath));
	const sandbox = (started.sandbox = await startSandbox());
	await cp(path.join(examplesFolder, 'media'), host.mediaFolder, {
		recursive: true,
		// The scripts that make the media are beside them, and no media.
		filter: (source) => path.basename(source) !== 'make' && !source.endsWith('.md'),
	});
	await host.importCredential({
		...exampleCredential,
		type: 'eachLabsApi',
		data: { apiKey: 'any', baseUrl: sandbox.baseUrl },
	});
	const examples: Array<{ id: string; name: string }> = [];
	for (const [index, file] of (await exampleFiles()).entries()) {
		signal.throwIfAborted();
		const workflow = await exampleWorkflow(file, host.mediaFolder);
		const id = `EachLabsExample${index + 1}`;
		await host.importWorkflow(id, workflow);
		examples.push({ id, name: workflow.name });
	}
	signal.throwIfAborted();

	const n8n = (started.n8n = await host.start(port));
	await n8n.waitUntilReady();
	await n8n.api.createOwner(owner);
	console.log(
		[
			'',
			`n8n ${release.n8nVersion} with this package. Its models are the sandbox: no network, no key, nothing is charged.`,
			'',
			`  Editor      ${n8n.url}`,
			`  Login       ${owner.email}, password ${owner.password}`,
			`  Sandbox     ${sandbox.baseUrl}   (the credential '${exampleCredential.name}' points there)`,
			`  Files       ${host.mediaFolder}`,
			'',
			'Examples:',
			...examples.map(({ id, name }) => `  ${n8n.url}/workflow/${id}   ${name}`),
			'',
			'Ctrl-C stops it, and removes everything that was made for it.',
		].join('\n'),
	);
	return n8n;
}

async function aborted(signal: AbortSignal): Promise<void> {
	await new Promise<void>((resolve) => {
		if (signal.aborted) resolve();
		else signal.addEventListener('abort', () => resolve(), { once: true });
	});
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : String(error));
	process.exitCode = 1;
});
