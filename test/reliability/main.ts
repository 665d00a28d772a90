import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

import { promises } from './promises';
import type { Form, PromiseRow } from './PromiseRow';
import { faultLines, markdownReport, terminalTable, type MeasuredRow } from './report';

const REPORT_PATH = join(__dirname, '../../docs/reliability.md');

const HELP = `npm run reliability [-- --short] [-- --only R1,F3] [-- --except U3] [-- --only X1 --seed 4]

Measures what the node promises and prints the table. A run over all promises in their long form also writes
docs/reliability.md. It takes ten minutes and 21 GB of disk, needs no key and no network, and fails when a promise is broken.`;

/** `npm run reliability`. */
async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			short: { type: 'boolean', default: false },
			only: { type: 'string' },
			except: { type: 'string' },
			seed: { type: 'string' },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help) {
		console.log(HELP);
		return;
	}
	const form: Form = values.short ? 'short' : 'long';
	const left = values.except === undefined ? [] : choose(values.except);
	const chosen = choose(values.only).filter((row) => !left.includes(row));

	const rows: MeasuredRow[] = [];
	for (const row of chosen) {
		const startedAtMs = performance.now();
		const measure = await row.measure(form, values.seed === undefined ? undefined : Number(values.seed));
		rows.push({ row, measure });
		const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(0);
		console.log(
			`${row.id.padEnd(3)} ${measure.isKept ? 'kept  ' : 'BROKEN'} ${measure.measured}  [${seconds} s]`,
		);
	}

	const faults = faultLines(rows);
	console.log(`\n${terminalTable(rows)}`);
	for (const fault of faults) console.log(fault);
	if (form === 'long' && chosen.length === promises.length) {
		await mkdir(dirname(REPORT_PATH), { recursive: true });
		await writeFile(REPORT_PATH, markdownReport(rows, await versions(), new Date()));
		console.log('docs/reliability.md is written.');
	}
	if (faults.length > 0) process.exitCode = 1;
}

/** @param ids separated by commas; undefined for all */
function choose(ids: string | undefined): readonly PromiseRow[] {
	if (ids === undefined) return promises;
	return ids.split(',').map((id) => {
		const row = promises.find((promise) => promise.id === id.trim().toUpperCase());
		if (row === undefined)
			throw new Error(
				`There is no promise '${id}'. There are ${promises.map((known) => known.id).join(', ')}.`,
			);
		return row;
	});
}

async function versions(): Promise<Record<string, string>> {
	const own = await versionIn(join(__dirname, '../../package.json'));
	return {
		'n8n-nodes-eachlabs': own,
		'n8n-core': await versionIn(join(__dirname, '../../node_modules/n8n-core/package.json')),
		'n8n-workflow': await versionIn(join(__dirname, '../../node_modules/n8n-workflow/package.json')),
		'Node.js': process.versions.node,
	};
}

async function versionIn(packagePath: string): Promise<string> {
	const { version } = JSON.parse(await readFile(packagePath, 'utf8')) as { version: string };
	return version;
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
