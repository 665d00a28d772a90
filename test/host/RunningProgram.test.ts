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
		const program = start("console.log('waiting for the database'); setInterval(() => {}, 1000)", never);
		await expect(program.waitUntilReady(1_500)).rejects.toThrow(
			'The sample was not ready in 1.5 s:\nwaiting for the database',
		);
		await program.stop();
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

	test('that is stopped has ended', async () => {
		const program = start("console.log('started'); setInterval(() => {}, 1000)", async () =>
			program.printed.includes('started'),
		);
		await program.waitUntilReady();
		await program.stop();
		await expect(program.end()).resolves.toBeUndefined();
	});
});
