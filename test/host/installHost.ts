import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { runCommand } from './runCommand';
import type { HostRelease } from './hostReleases';

export interface InstalledHost {
	readonly nodeBinary: string;
	/** n8n's command line program, to be run by `nodeBinary`. */
	readonly n8nProgram: string;
}

const installMinutes = 25;

/** How long `installHost` may take, for the test that waits for it. */
export const installTimeoutMs = 2 * installMinutes * 60_000;

/**
 * Installs an n8n into the user's cache folder, once: about 3 GB, a few minutes. Later calls only answer where it is.
 *
 * A host appears in the cache when it is complete, so an interrupted install leaves nothing that looks like one.
 * Throws with npm's output when it can't be installed; building sqlite3 needs Python, make and a C++ compiler.
 */
export async function installHost(release: HostRelease): Promise<InstalledHost> {
	const cacheFolder = process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache');
	const folder = path.join(cacheFolder, 'n8n-nodes-eachlabs', `n8n-${release.n8nVersion}`);
	const nodePackage = `node-${process.platform}-${process.arch}`;
	const isInstalled = await access(folder).then(
		() => true,
		() => false,
	);
	if (!isInstalled) await installInto(folder, release, nodePackage);
	return {
		nodeBinary: path.join(folder, 'node_modules', nodePackage, 'bin/node'),
		n8nProgram: path.join(folder, 'node_modules/n8n/bin/n8n'),
	};
}

async function installInto(folder: string, release: HostRelease, nodePackage: string): Promise<void> {
	const { n8nVersion, nodeVersion, overrides } = release;
	const partFolder = `${folder}.part-${process.pid}`;
	process.stderr.write(`Installing n8n ${n8nVersion}: once, about 3 GB, a few minutes\n`);
	await mkdir(partFolder, { recursive: true });
	try {
		await writeFile(
			path.join(partFolder, 'package.json'),
			JSON.stringify({
				private: true,
				dependencies: { n8n: n8nVersion, [nodePackage]: nodeVersion },
				overrides,
			}),
		);
		const timeoutMs = installMinutes * 60_000;
		// The scripts stay off, since some of n8n's dependencies download things in theirs.
		await runCommand('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
			cwd: partFolder,
			timeoutMs,
		});
		// sqlite3 alone needs its script. It is built for the host's Node, whose headers are in the Node package.
		const nodeFolder = path.join(partFolder, 'node_modules', nodePackage);
		await runCommand('npm', ['rebuild', 'sqlite3', '--ignore-scripts=false'], {
			cwd: partFolder,
			timeoutMs,
			env: {
				PATH: `${path.join(nodeFolder, 'bin')}${path.delimiter}${process.env.PATH ?? ''}`,
				npm_config_nodedir: nodeFolder,
			},
		});
		await rename(partFolder, folder);
	} finally {
		await rm(partFolder, { recursive: true, force: true });
	}
}
