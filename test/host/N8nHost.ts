import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { INode, IWorkflowBase } from 'n8n-workflow';
import { freePort } from './freePort';
import type { InstalledHost } from './installHost';
import type { GivenCredential } from './N8nApi';
import { RunningN8n } from './RunningN8n';
import { programEnvironment, runCommand } from './runCommand';

const exampleMediaFolder = path.resolve(__dirname, '../../examples/media');
const commandTimeoutMs = 120_000;

/** What of an exported workflow a host needs to import it. */
export type ExportedWorkflow = Pick<IWorkflowBase, 'name' | 'connections' | 'settings'> & { nodes: INode[] };

/** An n8n of its own: a fresh user folder with the packed package in it, driven by n8n's commands. */
export class N8nHost {
	private constructor(
		private readonly installed: InstalledHost,
		/** Removed by `remove`. */
		private readonly userFolder: string,
		/** The only folder that this n8n's file nodes may read. */
		readonly mediaFolder: string,
		private readonly settings: Readonly<Record<string, string>>,
	) {}

	/**
	 * Makes the user folder and installs the tarball into it as n8n's own installer does.
	 *
	 * @param settings environment variables of this n8n, over those that every one gets here
	 */
	static async create(
		installed: InstalledHost,
		tarballPath: string,
		settings: Readonly<Record<string, string>> = {},
	): Promise<N8nHost> {
		const userFolder = await mkdtemp(path.join(tmpdir(), 'eachlabs-host-'));
		const nodesFolder = path.join(userFolder, '.n8n/nodes');
		const mediaFolder = path.join(userFolder, 'media');
		await mkdir(nodesFolder, { recursive: true });
		await mkdir(mediaFolder);
		await writeFile(path.join(nodesFolder, 'package.json'), '{"name":"installed-nodes","private":true}');
		await runCommand(
			'npm',
			['install', tarballPath, '--legacy-peer-deps', '--omit=peer', '--ignore-scripts', '--no-audit'],
			{ cwd: nodesFolder, timeoutMs: commandTimeoutMs },
		);
		return new N8nHost(installed, userFolder, mediaFolder, settings);
	}

	/** Puts the examples' media, or those of them with these names, where this n8n's file nodes may read them. */
	async addMedia(names?: readonly string[]): Promise<void> {
		await cp(exampleMediaFolder, this.mediaFolder, {
			recursive: true,
			// The scripts that make the media are beside them, and no media.
			filter: (source) => {
				const name = path.basename(source);
				if (source === exampleMediaFolder) return true;
				return names?.includes(name) ?? (name !== 'make' && !name.endsWith('.md'));
			},
		});
	}

	/** Imports a credential with the given id; n8n encrypts its data on the way in. */
	async importCredential(credential: GivenCredential & { readonly id: string }): Promise<void> {
		const file = path.join(this.userFolder, 'credential.json');
		await writeFile(file, JSON.stringify([credential]));
		await this.n8n('import:credentials', `--input=${file}`);
	}

	/** Imports a workflow under the given id, of at most 21 characters. */
	async importWorkflow(id: string, workflow: ExportedWorkflow): Promise<void> {
		const file = path.join(this.userFolder, 'workflow.json');
		await writeFile(file, JSON.stringify({ ...workflow, id, active: false }));
		await this.n8n('import:workflow', `--input=${file}`);
	}

	/**
	 * Starts the server with its editor, or with `command` another part of an n8n in queue mode, on loopback. It is the caller's
	 * to stop, before `remove`.
	 *
	 * @param port 0 takes a free one
	 */
	async start(port: number, command: 'start' | 'webhook' | 'worker' = 'start'): Promise<RunningN8n> {
		const serverPort = String(port === 0 ? await freePort() : port);
		const env = programEnvironment({
			...(await this.environment()),
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			N8N_PORT: serverPort,
			// A worker has nothing to serve but the answer that it is ready.
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			QUEUE_HEALTH_CHECK_PORT: serverPort,
		});
		return new RunningN8n(
			{
				name: `n8n ${command}`,
				program: this.installed.nodeBinary,
				args: [this.installed.n8nProgram, command],
				cwd: this.userFolder,
				env,
			},
			`http://127.0.0.1:${serverPort}`,
		);
	}

	async remove(): Promise<void> {
		await rm(this.userFolder, { recursive: true, force: true });
	}

	private async n8n(...args: string[]): Promise<string> {
		return await runCommand(this.installed.nodeBinary, [this.installed.n8nProgram, ...args], {
			cwd: this.userFolder,
			timeoutMs: commandTimeoutMs,
			env: await this.environment(),
		});
	}

	private async environment(): Promise<Readonly<Record<string, string>>> {
		return {
			NODE_ENV: 'production',
			N8N_USER_FOLDER: this.userFolder,
			N8N_ENCRYPTION_KEY: 'host-test',
			N8N_RESTRICT_FILE_ACCESS_TO: this.mediaFolder,
			N8N_RUNNERS_BROKER_PORT: String(await freePort()),
			N8N_DIAGNOSTICS_ENABLED: 'false',
			N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
			N8N_TEMPLATES_ENABLED: 'false',
			N8N_PERSONALIZATION_ENABLED: 'false',
			N8N_VERIFIED_PACKAGES_ENABLED: 'false',
			N8N_DYNAMIC_BANNERS_ENABLED: 'false',
			// The editor comes over plain HTTP here.
			N8N_SECURE_COOKIE: 'false',
			N8N_LOG_LEVEL: 'info',
			...this.settings,
		};
	}
}
