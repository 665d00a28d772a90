import { chooseBinaryDataMode } from '../../support/engineEnvironment';

import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';

import { runNode, storeBinary } from '../../support/runNode';
import { peakMemory } from '../peakMemory';
import { BareCalls } from './bareCalls';
import { filesOf, MIME_TYPES, type Files } from './files';
import type { Work } from './Work';

/** Who runs: our node in n8n's engine; one item after another; the client with perfect knowledge. */
export type Contestant = 'node' | 'oneByOne' | 'knowing';

/** The task of the process, as JSON in its one argument. */
export interface Task {
	readonly contestant: Contestant;
	readonly baseUrl: string;
	readonly work: Work;
	/** Numbers of the items that are this process's. */
	readonly numbers: readonly number[];
}

/** What it tells in the second line of its standard output, as JSON. */
export interface ContestantReport {
	/** Epoch, milliseconds. */
	readonly startedAtMs: number;
	readonly endedAtMs: number;
	/** Of this process, user and system. */
	readonly cpuMs: number;
	readonly growthBytes: number;
	readonly loopDelayP99Ms: number;
	readonly loopDelayMaxMs: number;
	/** Sockets that were opened. */
	readonly connections: number;
}

const LOOP_RESOLUTION_MS = 5;
const NANOSECONDS = 1e6;

/**
 * `node --expose-gc --import tsx contestantProcess.ts TASK`: prepares everything, says so in the first line of its output, and
 * begins with the first line of its input, so that several begin together.
 */
async function main(text: string): Promise<void> {
	chooseBinaryDataMode('filesystem');
	const task = JSON.parse(text) as Task;
	// What is loaded and compiled by the first run is no cost of an item.
	const few = task.numbers.slice(0, 3);
	const warmUp = await prepare({ ...task, numbers: few, work: { ...task.work, items: few.length } });
	await warmUp();
	const run = await prepare(task);
	process.stdout.write('ready\n');
	await once(process.stdin, 'data');

	let connections = 0;
	subscribe('net.client.socket', () => connections++);
	const loopDelay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
	let report: Partial<ContestantReport> = {};
	const growthBytes = await peakMemory(async () => {
		loopDelay.enable();
		const cpuBefore = process.cpuUsage();
		const startedAtMs = Date.now();
		await run();
		const endedAtMs = Date.now();
		const { user, system } = process.cpuUsage(cpuBefore);
		loopDelay.disable();
		report = { startedAtMs, endedAtMs, cpuMs: (user + system) / 1_000 };
	});
	// The histogram counts the whole distance between two looks, its own resolution included.
	const delayMs = (nanoseconds: number) => Math.max(0, nanoseconds / NANOSECONDS - LOOP_RESOLUTION_MS);
	const told = {
		...report,
		growthBytes,
		connections,
		loopDelayP99Ms: delayMs(loopDelay.percentile(99)),
		loopDelayMaxMs: delayMs(loopDelay.max),
	};
	process.stdout.write(`${JSON.stringify(told)}\n`);
	process.stdin.destroy();
}

async function prepare({ contestant, baseUrl, work, numbers }: Task): Promise<() => Promise<void>> {
	const files = await filesOf(work, numbers);
	if (contestant === 'oneByOne') return async () => await new BareCalls(baseUrl, work, files).oneByOne();
	if (contestant === 'knowing') return async () => await new BareCalls(baseUrl, work, files).knowingAll();
	return await prepareNode(baseUrl, work, files);
}

async function prepareNode(baseUrl: string, work: Work, files: Files): Promise<() => Promise<void>> {
	const { media = 'image' } = work;
	const mimeType = MIME_TYPES[media];
	const items = await Promise.all(
		[...files].map(async ([number, bytes]) => ({
			json: { number },
			binary: { data: await storeBinary(bytes, `${number}.${mimeType.split('/')[1]}`, mimeType) },
		})),
	);
	return async () => {
		const { status, error } = await runNode({
			baseUrl,
			parameters: {
				resource: media,
				operation: 'analyze',
				text: '={{ "What is in picture " + $json.number + "?" }}',
				// Where the account has no cap, as many as there are items may be in flight.
				options: work.cap === null ? { maxConcurrency: Math.min(1_000, items.length) } : {},
			},
			items,
		});
		if (status !== 'success') throw new Error(error?.message ?? status);
	};
}

void main(process.argv[2] ?? '');
