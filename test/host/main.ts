/**
 * `npm run n8n`: this package in a real n8n with its editor, beside the sandbox, until Ctrl-C.
 *
 * The first start of an n8n release installs it into the user's cache folder. Everything else is made afresh each time,
 * in a temporary folder, and removed at the end.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { packPackage } from '../../scripts/packPackage';
import { startSandbox } from '../../sandbox/startSandbox';
import { CleanUp } from './CleanUp';
import { exampleCredential, exampleFiles, exampleWorkflow, sandboxCredential } from './exampleWorkflow';
import { isFree } from './freePort';
import { hostReleases, type HostRelease } from './hostReleases';
import { installHost } from './installHost';
import { N8nHost } from './N8nHost';
import { owner } from './owner';
import type { RunningN8n } from './RunningN8n';

const usualPort = 5678;

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

	// Before anything long begins. Also: another n8n that is there would be taken for the one that is to start.
	if (port !== 0 && !(await isFree(port))) {
		throw new Error(`Port ${port} is in use. Choose another one: npm run n8n -- --port 0 takes a free one.`);
	}

	const stop = new AbortController();
	// Not 'once': a terminal and npm may each pass on the same key press.
	for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort());

	const cleanUp = new CleanUp();
	try {
		const n8n = await start(release, port, cleanUp, stop.signal);
		await Promise.race([n8n.end(), aborted(stop.signal)]);
		if (!stop.signal.aborted) throw new Error('n8n ended by itself.');
	} catch (error) {
		if (!stop.signal.aborted) throw error;
	} finally {
		if (stop.signal.aborted) console.log('\nStopping.');
		await cleanUp.run();
	}
}

/** Notes in `cleanUp` what there is to undo, as it comes. Throws between two steps when `signal` has aborted. */
async function start(
	release: HostRelease,
	port: number,
	cleanUp: CleanUp,
	signal: AbortSignal,
): Promise<RunningN8n> {
	const installed = await installHost(release);
	signal.throwIfAborted();

	console.log(`Packing the package and starting n8n ${release.n8nVersion}: half a minute`);
	const workFolder = await mkdtemp(path.join(tmpdir(), 'eachlabs-n8n-'));
	cleanUp.add(() => rm(workFolder, { recursive: true, force: true }));
	const { tarballPath } = await packPackage(workFolder);
	const host = await N8nHost.create(installed, tarballPath);
	cleanUp.add(() => host.remove());
	const sandbox = await startSandbox();
	cleanUp.add(() => sandbox.close());
	await host.addMedia();
	await host.importCredential(sandboxCredential(sandbox.baseUrl));
	const examples: Array<{ id: string; name: string }> = [];
	for (const [index, file] of (await exampleFiles()).entries()) {
		signal.throwIfAborted();
		const workflow = await exampleWorkflow(file, host.mediaFolder);
		const id = `EachLabsExample${index + 1}`;
		await host.importWorkflow(id, workflow);
		examples.push({ id, name: workflow.name });
	}
	signal.throwIfAborted();

	const n8n = await host.start(port);
	cleanUp.add(() => n8n.stop());
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
