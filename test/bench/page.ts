import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { format } from 'prettier';

import type { BenchRow } from './BenchRow';
import { chartOfLag, chartOfMemory, chartOfTimes, minutesFor3000 } from './race/charts';
import type { RaceResult } from './race/measureRace';

const PROJECT_FOLDER = join(__dirname, '../..');
const PAGE_PATH = join(PROJECT_FOLDER, 'docs/performance.md');
const CHARTS_FOLDER = join(PROJECT_FOLDER, 'docs/images');

/** By how much an upload raises the memory of the process. */
export interface MemoryOfFile {
	/** Of the file, in MB. */
	readonly size: number;
	/** MB. */
	readonly grown: number;
	readonly isWhole: boolean;
}

interface Bench {
	readonly rows: readonly BenchRow[];
	readonly race: RaceResult;
	readonly memory: readonly MemoryOfFile[];
	readonly rounds: number;
}

/** Writes docs/performance.md and its three charts. */
export async function writePage(bench: Bench): Promise<void> {
	await mkdir(CHARTS_FOLDER, { recursive: true });
	const charts = {
		'performance-times.svg': await chartOfTimes(bench.race),
		'performance-lag.svg': await chartOfLag(bench.race),
		'performance-memory.svg': await chartOfMemory(bench.memory),
	};
	for (const [name, svg] of Object.entries(charts)) await writeFile(join(CHARTS_FOLDER, name), `${svg}\n`);
	const { version } = JSON.parse(await readFile(join(PROJECT_FOLDER, 'package.json'), 'utf8')) as {
		version: string;
	};
	await writeFile(PAGE_PATH, await format(pageOf(bench, version), { parser: 'markdown' }));
}

function pageOf({ rows, race, rounds }: Bench, version: string): string {
	const { ours, oneByOne, loop } = minutesFor3000(race);
	const isLong = race.works.some(({ work }) => work.items >= 200);
	const minutes = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} minutes`;
	const [processor] = cpus();
	const cell = (text: string) => text.replaceAll('|', '\\|');
	return `# Performance

How long many files take, and what they cost the machine that n8n runs on. \`npm run bench -- --page\` measures it anew and writes this page with its charts.

Measured on ${new Date().toISOString().slice(0, 10)} with n8n-nodes-eachlabs ${version}, Node.js ${process.versions.node}, ${cpus().length} × ${processor?.model ?? 'an unknown processor'}; ${rounds === 1 ? 'one lap' : `medians of ${rounds} laps, with the least and the most,`} of each kind of work${rounds > 1 && isLong ? '; one lap where there are 200 items or more' : ''}.

## What it means

3,000 photos whose predictions take about a second each, on an account that may have ten in flight: **${minutes(ours)}** with this node, ${minutes(oneByOne)} when one follows the other${loop === undefined ? '' : `, ${minutes(loop)} with HTTP Requests in a loop`}. With _Items per Prediction_ one request serves many photos, and the time goes down with it.

![Seconds for 60 pictures, by the account's cap](images/performance-times.svg)

What the service itself takes can't be shortened by any client. _Perfect knowledge_ is a client that knows beforehand how long each prediction takes and how many the account allows, and asks in the moment that one ends: what is left between it and the node is what the node could still gain.

![How late the end of a prediction is noticed](images/performance-lag.svg)

The node asks rarely while a prediction is young, and more often when its end is near. A large file goes from n8n's store to Each Labs in pieces, so that its size does not show in the memory:

![Growth of the memory by the size of a file](images/performance-memory.svg)

## The figures

| What | Measured | Target | |
| --- | --- | --- | --- |
${rows.map(({ what, measured, target, isKept }) => `| ${cell(what)} | ${cell(measured)} | ${cell(target)} | ${isKept === undefined ? '' : isKept ? 'kept' : '**missed**'} |`).join('\n')}

## How it is measured

- All contestants work against the same sandbox over HTTP on this machine, each in a process of its own: the node in n8n's engine; a client that does one picture after another and asks every second; the client with perfect knowledge; with \`--host\` also [the workflow of HTTP Requests](migration.md) in a real n8n.
- Run times are drawn log-normally around one and ten seconds, the same for each contestant. _Ideal_ is their sum over the account's places, each place taken the moment that it is free.
- _Questions_ are requests for a prediction and looks at the list of executions. _Processor_ is user and system time of the whole process, n8n's own part and the measuring of the event loop (a hundredth of a processor) included, divided by the items.
- Sandbox and contestants share the machine, so that the absolute times are those of a small server.
`;
}
