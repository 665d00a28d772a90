import { execFileSync } from 'node:child_process';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildSample as build, sampleFolder } from './buildSample';

describe('the build', () => {
	let folder: string;

	beforeEach(async () => {
		folder = await sampleFolder();
	});

	afterEach(() => rm(folder, { recursive: true, force: true }));

	test('inlines libraries, and leaves n8n-workflow and zod to the host', async () => {
		const code = await build(
			folder,
			`import pLimit from 'p-limit';
			import { NodeOperationError } from 'n8n-workflow';
			import { z } from 'zod';
			import { z as newer } from 'zod/v4';
			export const sample = [pLimit, NodeOperationError, z, newer];`,
		);

		const required = [...code.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name);
		expect(required.sort()).toEqual(['n8n-workflow', 'zod', 'zod/v4']);
		// A message of p-limit.
		expect(code).toContain('Expected `concurrency` to be a number');
		expect(code).toContain('sample:()=>');
		expect(code).not.toContain('sourceMappingURL');
	});

	test('reads what only answers need when it is used, and keeps it while the package is updated', async () => {
		const room = path.join(folder, 'core/answer');
		await mkdir(room, { recursive: true });
		await writeFile(
			path.join(room, 'read.ts'),
			"export const made = {};\nexport const isRead = () => 'read';",
		);
		await writeFile(
			path.join(room, 'ask.ts'),
			"import { made } from './read';\nexport const ask = () => made;",
		);
		await build(
			folder,
			`import { ask } from '../../core/answer/ask';
			import { made, isRead } from '../../core/answer/read';
			export const before = () => ask() === made;
			export const after = () => ask() === made && isRead();`,
		);
		const program = `
			const { rmSync } = require('node:fs');
			const isThere = () => Object.keys(require.cache).some((file) => file.endsWith('answers.js'));
			const sample = require('./Sample.node.js');
			const atStart = isThere();
			const before = sample.before();
			const used = isThere();
			for (const file of Object.keys(require.cache)) delete require.cache[file];
			rmSync('answers.js');
			console.log(atStart, before, used, sample.after());`;
		const told = execFileSync(process.execPath, ['-e', program], {
			cwd: path.join(folder, 'dist/nodes/Sample'),
			encoding: 'utf8',
		});
		expect(told.trim()).toBe('false true true read');
	});

	test('leaves nothing of an earlier build', async () => {
		await mkdir(path.join(folder, 'dist'));
		await writeFile(path.join(folder, 'dist/old.js'), '');

		await build(folder, 'export const sample = 1;');

		await expect(access(path.join(folder, 'dist/old.js'))).rejects.toThrow('ENOENT');
	});

	test.each([
		['a timer', 'setTimeout(() => {}, 1);', "Unexpected use of 'setTimeout'"],
		['the process', 'export const sample = process.pid;', "Unexpected use of 'process'"],
		['globalThis', 'export const sample = globalThis;', "Unexpected use of 'globalThis'"],
		['the console', "console.log('x');", "Unexpected use of 'console'"],
		['code from text', "export const sample = new Function('return 1');", 'Function constructor'],
		[
			'a rule switched off by a comment',
			'/*! eslint-disable */ setInterval(() => {}, 1);',
			"Unexpected use of 'setInterval'",
		],
		["one of Node's modules", "import fs from 'node:fs'; export const sample = fs;", "imports 'node:fs'"],
		['a file that is too large', `export const sample = '${'x'.repeat(450_000)}';`, 'bytes; at most'],
	])('refuses %s', async (_label, code, message) => {
		await expect(build(folder, code)).rejects.toThrow(message);
	});
});
