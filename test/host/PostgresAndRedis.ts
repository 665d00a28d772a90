import { execFile } from 'node:child_process';
import { access, chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

import { CleanUp } from './CleanUp';
import { freePort } from './freePort';
import { programEnvironment, runCommand } from './runCommand';
import { RunningProgram } from './RunningProgram';

const run = promisify(execFile);

/** Where Debian keeps PostgreSQL's programs, a folder a version, outside the PATH. */
const debianPostgresFolder = '/usr/lib/postgresql';
const commandTimeoutMs = 60_000;
const user = 'postgres';

/** The two services that n8n in queue mode has in common, started on free ports of loopback with empty data of their own. */
export class PostgresAndRedis {
	private constructor(
		private readonly cleanUp: CleanUp,
		/** Environment variables by which an n8n finds them. */
		readonly settings: Readonly<Record<string, string>>,
	) {}

	/** @throws when PostgreSQL or Redis is not installed, naming the Debian packages; or with their log when one does not start */
	static async start(): Promise<PostgresAndRedis> {
		const postgres = await postgresFolder();
		const folder = await mkdtemp(path.join(tmpdir(), 'eachlabs-services-'));
		const cleanUp = new CleanUp();
		cleanUp.add(() => rm(folder, { recursive: true, force: true }));
		const begin = async (program: RunningProgram): Promise<void> => {
			cleanUp.add(() => program.stop());
			await program.waitUntilReady();
		};
		try {
			const [postgresPort, redisPort] = [await freePort(), await freePort()];
			await begin(await makePostgres(postgres, folder, postgresPort));
			await begin(makeRedis(folder, redisPort));
			return new PostgresAndRedis(cleanUp, {
				DB_TYPE: 'postgresdb',
				DB_POSTGRESDB_HOST: '127.0.0.1',
				DB_POSTGRESDB_PORT: String(postgresPort),
				DB_POSTGRESDB_DATABASE: 'postgres',
				DB_POSTGRESDB_USER: user,
				QUEUE_BULL_REDIS_HOST: '127.0.0.1',
				QUEUE_BULL_REDIS_PORT: String(redisPort),
			});
		} catch (error) {
			await cleanUp.run();
			throw error;
		}
	}

	async stop(): Promise<void> {
		await this.cleanUp.run();
	}
}

async function postgresFolder(): Promise<string> {
	const versions = await readdir(debianPostgresFolder).catch(() => []);
	const newest = versions.sort((one, other) => Number(other) - Number(one))[0];
	const hasRedis = await run('redis-server', ['--version']).then(
		() => true,
		() => false,
	);
	if (newest === undefined || !hasRedis) {
		throw new Error(
			"n8n's queue mode needs PostgreSQL and Redis here: apt-get install postgresql redis-server",
		);
	}
	const folder = path.join(debianPostgresFolder, newest, 'bin');
	await access(path.join(folder, 'initdb'));
	return folder;
}

async function makePostgres(binaries: string, folder: string, port: number): Promise<RunningProgram> {
	const data = path.join(folder, 'postgres');
	// PostgreSQL refuses to run as root.
	const asUser = process.getuid?.() === 0 ? ['runuser', '-u', user, '--'] : [];
	if (asUser.length > 0) {
		const { stdout } = await run('id', ['-u', user]);
		await chown(folder, Number(stdout), -1);
	}
	const [program = '', ...args] = [...asUser, path.join(binaries, 'initdb')];
	await runCommand(program, [...args, '-D', data, '-U', user, '--auth=trust', '--no-sync', '-E', 'UTF8'], {
		cwd: '/',
		timeoutMs: commandTimeoutMs,
	});
	const [server = '', ...serverArgs] = [...asUser, path.join(binaries, 'postgres')];
	return new RunningProgram({
		name: 'PostgreSQL',
		program: server,
		args: [
			...serverArgs,
			...['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder],
			// Nothing here has to outlive the machine.
			...['-c', 'fsync=off', '-c', 'max_connections=200'],
		],
		cwd: '/',
		env: programEnvironment(),
		isReady: async () =>
			await run(path.join(binaries, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port)]).then(
				() => true,
				() => false,
			),
	});
}

function makeRedis(folder: string, port: number): RunningProgram {
	return new RunningProgram({
		name: 'Redis',
		program: 'redis-server',
		args: ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--dir', folder],
		cwd: '/',
		env: programEnvironment(),
		isReady: async () => await accepts(port),
	});
}

async function accepts(port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1');
		const settle = (isOpen: boolean): void => {
			socket.destroy();
			resolve(isOpen);
		};
		socket.once('connect', () => settle(true));
		socket.once('error', () => settle(false));
	});
}
