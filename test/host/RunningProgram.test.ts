import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { until } from '../faults/until';
import { programEnvironment } from './runCommand';
import { RunningProgram } from './RunningProgram';

describe('a program that a test starts', () => {
	function start(code: string, isReady: () => Promise<boolean>): RunningProgram {
		return new RunningProgram({
			name: 'The sample',
			program: process.execPath,
			args: ['-e', code],
			cwd: __dirname,
			env: programEnvironment(),
			isReady,
		});
	}

	const never = async (): Promise<boolean> => false;

	test('that ends before it is ready shows what it printed', async () => {
		const program = start("console.log('first'); console.error('no database'); process.exitCode = 1", never);
		await expect(program.waitUntilReady()).rejects.toThrow(
			/^The sample ended while it started:\n[^]*first[^]*no database|no database[^]*first/,
		);
	});

	test('that is not ready in its time shows what it printed', async () => {
		const program = start(
			"console.log('waiting for the database'); setInterval(() => {}, 1000)",
			async () => {
				await until(() => program.printed.includes('waiting'));
				return false;
			},
		);
		await expect(program.waitUntilReady(0)).rejects.toThrow(
			'The sample was not ready in 0 s:\nwaiting for the database',
		);
		await program.stop();
	});

	test('that has ended is not taken for what answers in its place', async () => {
		const program = start("console.error('the port is in use'); process.exitCode = 1", async () => {
			await program.end();
			return true;
		});
		await expect(program.waitUntilReady()).rejects.toThrow(
			'The sample ended while it started:\nthe port is in use',
		);
	});

	test('that is not there says so', async () => {
		const program = new RunningProgram({
			name: 'The sample',
			program: 'no-such-program',
			args: [],
			cwd: __dirname,
			env: programEnvironment(),
			isReady: never,
		});
		await expect(program.waitUntilReady()).rejects.toThrow(/The sample ended while it started:\n.*ENOENT/);
	});

	test('that is stopped has ended, with what it started', async () => {
		const program = start(startsAnother, async () => /\d\n/.test(program.printed));
		await program.waitUntilReady();
		await program.stop();
		await until(() => !isRunning(Number(program.printed)));
	});

	test('ends when whoever started it is killed', async () => {
		const starter = spawn(process.execPath, [
			'-e',
			`
			const { spawn } = require('node:child_process');
			spawn(process.execPath, [${JSON.stringify(supervisor)}, process.execPath, '-e', ${JSON.stringify(startsAnother)}], {
				stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
				detached: true,
			});
		`,
		]);
		let printed = '';
		starter.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
		await until(() => /\d\n/.test(printed));
		starter.kill('SIGKILL');
		await until(() => !isRunning(Number(printed)));
	});
});

const supervisor = path.join(__dirname, 'supervise.cjs');

/** A program that starts another one, and prints its process id. */
const startsAnother = `
	const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
	console.log(child.pid);
	setInterval(() => {}, 1000);`;

/** Also false for one that has ended, and that nobody has asked about yet. */
function isRunning(pid: number): boolean {
	try {
		return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
	} catch {
		return false;
	}
}
