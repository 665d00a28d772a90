import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { startSandbox } from '../../sandbox/startSandbox';
import type { ClientReport } from './analyzeInProcess';
import type { BenchRow } from './BenchRow';

const ITEMS = 200;
const TARGET_RATIO = 1.15;
const TARGET_CPU_MS = 5;

/** What the node adds to the bare calls, in time and in work of the processor. */
export async function measureOverhead(): Promise<BenchRow[]> {
	const node = await analyzeBy('node');
	const host = await analyzeBy('host');
	const reference = await analyzeBy('reference');
	const ratio = node.tookMs / reference.tookMs;
	const perItem = ({ cpuMs }: ClientReport) => `${(cpuMs / ITEMS).toFixed(1)} ms`;
	return [
		{
			what: `${ITEMS} predictions of 0.35 s: time of the node ÷ time of the bare calls (undici)`,
			measured: `${ratio.toFixed(3)} (${(node.tookMs / 1_000).toFixed(1)} s, ${(reference.tookMs / 1_000).toFixed(1)} s)`,
			target: `≤ ${TARGET_RATIO.toFixed(2)}`,
			isKept: ratio <= TARGET_RATIO,
		},
		{
			what: 'the same: work of the processor, an item',
			measured: `${perItem(node)} in n8n's engine; ${perItem(host)} for the bare calls by n8n's own helper, ${perItem(reference)} without n8n`,
			target: `≤ ${TARGET_CPU_MS} ms in n8n's engine`,
			isKept: node.cpuMs / ITEMS <= TARGET_CPU_MS,
		},
	];
}

async function analyzeBy(client: 'node' | 'host' | 'reference'): Promise<ClientReport> {
	const sandbox = await startSandbox({ scenario: { runTimeMs: { min: 350, max: 350 }, accountCap: null } });
	try {
		const { stdout } = await promisify(execFile)(
			process.execPath,
			['--import', 'tsx', join(__dirname, 'analyzeInProcess.ts'), client, sandbox.baseUrl, String(ITEMS)],
			{ cwd: join(__dirname, '../..'), timeout: 120_000 },
		);
		return JSON.parse(stdout) as ClientReport;
	} finally {
		await sandbox.close();
	}
}
