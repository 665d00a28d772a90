import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const root = join(__dirname, '../..');

interface Command {
	child: ChildProcess;
	printed: () => string;
	ended: Promise<number | null>;
}

function start(...args: string[]): Command {
	const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'sandbox/main.ts'), ...args], {
		cwd: root,
	});
	let printed = '';
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += String(text)));
	const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
	return { child, printed: () => printed, ended };
}

async function until(command: Command, pattern: RegExp): Promise<RegExpExecArray> {
	for (;;) {
		const found = pattern.exec(command.printed());
		if (found !== null) return found;
		if (command.child.exitCode !== null) throw new Error(`It has ended: ${command.printed()}`);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

test('says where it is, what it is and how to use it, serves, and stops on Ctrl-C', async () => {
	const command = start('--port', '0');
	const [, baseUrl = ''] = await until(command, /API +(http:\/\/127\.0\.0\.1:\d+)/);
	await until(command, /Ctrl-C/);
	expect(command.printed()).toMatch(/stand-in/);
	expect(command.printed()).toMatch(/Storage +http:\/\/127\.0\.0\.1:\d+/);
	expect(command.printed()).toContain('Base URL');
	expect((await fetch(`${baseUrl}/v1/models`)).status).toBe(200);

	command.child.kill('SIGINT');
	expect(await command.ended).toBe(0);
	await expect(fetch(`${baseUrl}/v1/models`)).rejects.toThrow();
});

test('says what to do when its port is taken', async () => {
	const other = createServer();
	await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
	const command = start('--port', String((other.address() as AddressInfo).port));
	expect(await command.ended).toBe(1);
	expect(command.printed()).toContain('That port is taken. Choose another one');
	await new Promise((resolve) => other.close(resolve));
});

test('refuses a port that is none', async () => {
	const command = start('--port', '99999');
	expect(await command.ended).toBe(1);
	expect(command.printed()).toContain("'99999' is not a port");
});
