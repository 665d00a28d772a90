import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import { ESLint, type Linter } from 'eslint';
import { defineConfig } from 'eslint/config';
import n8nNodesBasePlugin from 'eslint-plugin-n8n-nodes-base';
import tseslint from 'typescript-eslint';
import { packageRules } from './packageRules';
import { packPackage, type PackedPackage } from './packPackage';

/**
 * `npm run lint:package`: packs the package as npm would publish it, and looks at it as n8n does before it verifies one.
 *
 * Prints a line a check, what is wrong below it, and the counts last. Exits with 1 when anything was found.
 */

/** Requiring the node must not be felt when n8n starts. Quickest of nine fresh processes: what else runs can only add to it. */
const maxLoadMs = 60;
const loadRuns = 9;

/**
 * The rules of n8n's own scan of a published package, as its @n8n/scan-community-package builds them. That tool
 * itself only takes packages that are already published, and brings a second TypeScript and an older rule set.
 */
const scanConfig = defineConfig(
	n8nCommunityNodesPlugin.configs.recommended,
	{ rules: { 'no-console': 'error' } },
	{ plugins: { 'n8n-nodes-base': n8nNodesBasePlugin } },
	{ files: ['package.json'], rules: n8nNodesBasePlugin.configs.community.rules },
	{ files: ['**/*.json'], languageOptions: { parser: tseslint.parser as Linter.Parser } },
);

async function scanFindings({ folder }: PackedPackage): Promise<string[]> {
	const eslint = new ESLint({
		cwd: folder,
		allowInlineConfig: false,
		overrideConfigFile: true,
		overrideConfig: scanConfig,
	});
	const results = await eslint.lintFiles(['**/*.js', 'package.json']);
	return results.flatMap(({ filePath, messages }) =>
		messages.map(
			({ line, column, message, ruleId }) =>
				`${path.relative(folder, filePath)}:${line}:${column} ${message} (${ruleId ?? 'parser'})`,
		),
	);
}

/**
 * Milliseconds of processor time that `require` of the built nodes takes, n8n-workflow and zod already loaded, as they
 * are in a host. On an idle machine that is the time on the clock, and a busy one does not change it.
 */
function measureLoadMs({ folder, files }: PackedPackage): number {
	const nodeFiles = files.filter((file) => file.endsWith('.node.js')).map((file) => path.join(folder, file));
	const program = `
		require('n8n-workflow');
		require('zod');
		const before = process.cpuUsage();
		for (const file of ${JSON.stringify(nodeFiles)}) require(file);
		const { user, system } = process.cpuUsage(before);
		console.log((user + system) / 1000);`;
	const timesMs = Array.from({ length: loadRuns }, () =>
		Number(
			execFileSync(process.execPath, ['-e', program], {
				encoding: 'utf8',
				// As in n8n, where a community node finds the host's packages through this variable.
				env: { ...process.env, NODE_PATH: path.resolve(__dirname, '../node_modules') },
			}),
		),
	);
	return Math.min(...timesMs);
}

async function main(): Promise<void> {
	const workFolder = await mkdtemp(path.join(tmpdir(), 'eachlabs-package-'));
	try {
		const packed = await packPackage(workFolder);
		const loadMs = measureLoadMs(packed);
		const checks = [
			...packageRules.map(({ label, findings }) => ({ label, findings: findings(packed) })),
			{ label: "passes the rules of n8n's scan", findings: await scanFindings(packed) },
			{
				label: `loads within ${maxLoadMs} ms (${loadMs.toFixed(1)} ms)`,
				findings: loadMs <= maxLoadMs ? [] : [`it takes ${loadMs.toFixed(1)} ms`],
			},
		];
		console.log(
			`${path.basename(packed.tarballPath)}: ${packed.files.length} files, ${packed.unpackedBytes} bytes unpacked`,
		);
		for (const { label, findings } of checks) {
			console.log(`${findings.length === 0 ? '  ok     ' : '  not ok '} The package ${label}`);
			for (const finding of findings) console.log(`           ${finding}`);
		}
		const failed = checks.filter(({ findings }) => findings.length > 0).length;
		console.log(`${checks.length - failed} passed, ${failed} failed`);
		if (failed > 0) process.exitCode = 1;
	} finally {
		await rm(workFolder, { recursive: true, force: true });
	}
}

void main();
