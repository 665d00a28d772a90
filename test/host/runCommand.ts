import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

const maxOutputBytes = 100 * 1024 * 1024;

export interface CommandOptions {
	readonly cwd: string;
	readonly timeoutMs: number;
	/** Added to the environment. */
	readonly env?: Readonly<Record<string, string>>;
}

/**
 * The environment of this process for another program, with `added`, and without npm's own variables: those of the
 * `npm run` around this would change what another npm does.
 */
export function programEnvironment(added: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
	const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'));
	return { ...Object.fromEntries(inherited), ...added };
}

/**
 * Runs a program to its end and answers what it printed to stdout. Its environment is `programEnvironment`.
 *
 * Throws with both outputs when the program fails or takes longer than `timeoutMs`.
 */
export async function runCommand(program: string, args: string[], options: CommandOptions): Promise<string> {
	try {
		const { stdout } = await run(program, args, {
			cwd: options.cwd,
			timeout: options.timeoutMs,
			killSignal: 'SIGKILL',
			maxBuffer: maxOutputBytes,
			env: programEnvironment(options.env),
		});
		return stdout;
	} catch (error) {
		const {
			stdout = '',
			stderr = '',
			killed,
		} = error as { stdout?: string; stderr?: string; killed?: boolean };
		const ending = killed ? `took longer than ${options.timeoutMs} ms` : 'failed';
		throw new Error([`${program} ${args.join(' ')} ${ending}`, stdout, stderr].join('\n'));
	}
}
