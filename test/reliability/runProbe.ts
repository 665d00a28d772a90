import { fork } from 'node:child_process';
import { join } from 'node:path';

/** What a probe has sent back, and all that it has written meanwhile. */
export interface ProbeResult<Value> {
	readonly value: Value;
	readonly written: string;
}

/**
 * Runs a file of this folder in a process of its own, for what belongs to a whole process: its memory, its logs.
 *
 * @param fileName it sends its result once, by `process.send`
 * @throws Error when it ends without a result, with what it has written
 */
export async function runProbe<Value>(
	fileName: string,
	options: {
		args?: readonly string[];
		env?: Readonly<Record<string, string>>;
		/** Of its old objects; unless said, what Node.js takes on this machine. */
		maxHeapMb?: number;
		timeoutMs: number;
	},
): Promise<ProbeResult<Value>> {
	const { args = [], env = {}, maxHeapMb, timeoutMs } = options;
	const heapLimit = maxHeapMb === undefined ? [] : [`--max-old-space-size=${maxHeapMb}`];
	const probe = fork(join(__dirname, fileName), args, {
		execArgv: ['--import', 'tsx', '--expose-gc', ...heapLimit],
		env: { ...process.env, ...env },
		stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
		timeout: timeoutMs,
	});
	const chunks: string[] = [];
	for (const stream of [probe.stdout, probe.stderr])
		stream?.on('data', (chunk: Buffer) => chunks.push(chunk.toString('utf8')));
	return await new Promise((resolve, reject) => {
		let value: { sent: Value } | undefined;
		probe.once('message', (message) => {
			value = { sent: message as Value };
		});
		probe.once('error', reject);
		probe.once('close', (code, signal) => {
			const written = chunks.join('');
			if (value === undefined)
				reject(new Error(`${fileName} gave no result (${code ?? signal ?? 'lost'}):\n${written}`));
			else resolve({ value: value.sent, written });
		});
	});
}
