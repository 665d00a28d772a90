import '../support/engineEnvironment';

import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';

import type { BenchRow } from './BenchRow';
import { measureCatalogue } from './measureCatalogue';
import { measureOverhead } from './measureOverhead';
import { measureRequireTime } from './measureRequireTime';
import { stallsRow } from './measureStalls';
import { measureUploadMemory } from './measureUploadMemory';
import { measureWorstTexts } from './measureWorstTexts';
import { writePage, type MemoryOfFile } from './page';
import { measureRace, rowsOfRace } from './race/measureRace';

const MIB = 1_048_576;
const MAX_MEMORY_MIB = 64;
const VIDEO_MIB = [10, 50, 100] as const;

/**
 * `npm run bench`: the figures that the node is held to, measured in n8n's engine against the sandbox, and a race against the
 * client with perfect knowledge and the flows that people build without the node; a quarter of an hour.
 *
 * `-- --rounds 5` runs each lap so often (default 1). `-- --long` adds 200 and 1,000 predictions, one lap each: half an hour. `-- --host` adds the loop of HTTP Requests in a real n8n, which is installed where it is not there yet.
 * `-- --catalogue` adds 3,000 pictures of 7 MB, 100 a request: twelve minutes and 21 GB of disk. `-- --page` writes
 * docs/performance.md and its charts. Ends with 1 when a target was missed.
 */
async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			rounds: { type: 'string', default: '1' },
			long: { type: 'boolean', default: false },
			host: { type: 'boolean', default: false },
			catalogue: { type: 'boolean', default: false },
			page: { type: 'boolean', default: false },
		},
	});
	const rounds = Number(values.rounds);
	if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number from 1 on');
	const rows: BenchRow[] = [];
	const tell = (label: string) => void process.stdout.write(`${label} …\n`);
	const add = async (
		label: string,
		measure: () => BenchRow | BenchRow[] | Promise<BenchRow | BenchRow[]>,
	) => {
		tell(label);
		rows.push(...[await measure()].flat());
	};
	await add('Loading the built node', measureRequireTime);
	await add('Reading the worst texts', measureWorstTexts);
	await add('Preparing 10,000 items', stallsRow);
	const memory: MemoryOfFile[] = [];
	await add('Uploading videos of 10, 50 and 100 MB', async () => {
		for (const size of VIDEO_MIB) memory.push(await measureMemory(size));
		return memoryRow(memory);
	});
	await add('Comparing with the bare calls', measureOverhead);
	const race = await measureRace({ rounds, isLong: values.long, withHost: values.host }, tell);
	rows.push(...rowsOfRace(race));
	if (values.catalogue) {
		await add('Tagging 3,000 pictures, for some minutes', async () => await measureCatalogue(3_000, 100));
	}

	const table = new Table({
		head: ['What', 'Measured', 'Target', 'Verdict'],
		style: { head: [], border: [] },
	});
	for (const { what, measured, target, isKept } of rows) {
		table.push([what, measured, target, isKept === undefined ? '' : isKept ? 'kept' : 'MISSED']);
	}
	process.stdout.write(`${table.toString()}\n`);
	const [load = 0] = loadavg();
	if (load > availableParallelism()) {
		process.stdout.write(
			`Other work runs on this machine (load ${load.toFixed(1)} on ${availableParallelism()} cores): the times are too long.\n`,
		);
	}
	if (values.page) {
		await writePage({ rows, race, memory, rounds });
		tell('docs/performance.md is written');
	}
	process.exitCode = rows.some(({ isKept }) => isKept === false) ? 1 : 0;
}

async function measureMemory(mebibytes: number): Promise<MemoryOfFile> {
	const { report, stored } = await measureUploadMemory(mebibytes * MIB);
	return {
		size: mebibytes,
		grown: report.growthBytes / MIB,
		isWhole: stored?.sha256 === report.sha256,
	};
}

function memoryRow(memory: readonly MemoryOfFile[]): BenchRow {
	const grown = Math.max(...memory.map((of) => of.grown));
	const isWhole = memory.every((of) => of.isWhole);
	return {
		what: `a video of ${memory.map(({ size }) => size).join(', ')} MB from n8n’s files: growth of the memory`,
		measured: `${memory.map((of) => of.grown.toFixed(0)).join(', ')} MB, SHA-256 ${isWhole ? 'equal' : 'DIFFERENT'}`,
		target: `≤ ${MAX_MEMORY_MIB} MB, equal`,
		isKept: grown <= MAX_MEMORY_MIB && isWhole,
	};
}

void main();
