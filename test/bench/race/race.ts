import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { Ledger, LedgerPrediction } from '../../../sandbox/ledger';
import { startSandbox } from '../../../sandbox/startSandbox';
import type { Contestant, ContestantReport, Task } from './contestantProcess';
import { idealMs, numberIn, runTimeMs, type Work } from './Work';

const PROJECT_FOLDER = join(__dirname, '../../..');
const TIME_LIMIT_MS = 1_800_000;

/** What one contestant took for one piece of work, once. */
export interface Lap {
	readonly tookMs: number;
	/** Of the time that the true run times take at best under the account's cap. */
	readonly overIdeal: number;
	/** From the end of a prediction to the question that hears of it, of its run time; the mean. Undefined where questions are held. */
	readonly lag?: number;
	/** Questions about predictions and looks at the list of executions, a prediction. */
	readonly pollsEach: number;
	/** All calls of the API, a prediction. */
	readonly requestsEach: number;
	readonly refusedCreates: number;
	readonly cpuMsEach: number;
	readonly growthBytes: number;
	readonly connections: number;
	readonly loopDelayP99Ms: number;
	readonly loopDelayMaxMs: number;
}

/** Runs the work once, each worker in a process of its own, against a sandbox in this one. */
export async function runLap(contestant: Contestant, work: Work): Promise<Lap> {
	const sandbox = await startSandbox({
		scenario: {
			api: 'november',
			accountCap: work.cap,
			runTimeMs: ({ prompt }) => runTimeMs(work, numberIn(prompt)),
			holdPollsMs: work.holdPollsMs ?? 0,
			latencyMs: work.latencyMs ?? 0,
		},
	});
	try {
		const workers = work.workers ?? 1;
		const begun = await Promise.all(
			Array.from({ length: workers }, async (_, worker) => {
				const numbers = Array.from({ length: work.items }, (__, number) => number).filter(
					(number) => number % workers === worker,
				);
				return await prepareContestant({ contestant, baseUrl: sandbox.baseUrl, work, numbers });
			}),
		);
		const reports = await Promise.all(begun.map(async (begin) => await begin()));
		return lapOf(work, reports, sandbox.ledger);
	} finally {
		await sandbox.close();
	}
}

/** @returns what has a prepared process begin, and gives its report */
async function prepareContestant(task: Task): Promise<() => Promise<ContestantReport>> {
	const contestant = spawn(
		process.execPath,
		['--expose-gc', '--import', 'tsx', join(__dirname, 'contestantProcess.ts'), JSON.stringify(task)],
		{ cwd: PROJECT_FOLDER, timeout: TIME_LIMIT_MS, stdio: ['pipe', 'pipe', 'inherit'] },
	);
	const lines = createInterface(contestant.stdout)[Symbol.asyncIterator]();
	const line = async (): Promise<string> => {
		const { done, value } = await lines.next();
		if (done === true) throw new Error(`A contestant ended early (exit code ${contestant.exitCode})`);
		return value;
	};
	await line();
	return async () => {
		const closed = once(contestant, 'close');
		contestant.stdin.write('\n');
		const report = JSON.parse(await line()) as ContestantReport;
		await closed;
		return report;
	};
}

function lapOf(work: Work, reports: readonly ContestantReport[], ledger: Ledger): Lap {
	const startedAtMs = Math.min(...reports.map((report) => report.startedAtMs));
	const tookMs = Math.max(...reports.map(({ endedAtMs }) => endedAtMs)) - startedAtMs;
	const requests = ledger.requests.filter(({ atMs, origin }) => atMs >= startedAtMs && origin === 'api');
	const predictions = ledger.predictions.filter(({ createdAtMs }) => createdAtMs >= startedAtMs);
	if (predictions.length !== work.items) {
		throw new Error(`${predictions.length} predictions for ${work.items} items`);
	}
	const polls = requests.filter(
		({ method, path }) => method === 'GET' && /\/prediction\/|\/executions/.test(path),
	);
	const largest = (of: (report: ContestantReport) => number) => Math.max(...reports.map(of));
	const sum = (of: (report: ContestantReport) => number) =>
		reports.reduce((total, report) => total + of(report), 0);
	return {
		tookMs,
		overIdeal: tookMs / idealMs(work),
		...(work.holdPollsMs === undefined ? { lag: meanLag(predictions, polls) } : {}),
		pollsEach: polls.length / work.items,
		requestsEach: requests.length / work.items,
		refusedCreates: ledger.refusedCreates.filter(({ atMs }) => atMs >= startedAtMs).length,
		cpuMsEach: sum(({ cpuMs }) => cpuMs) / work.items,
		growthBytes: largest(({ growthBytes }) => growthBytes),
		connections: sum(({ connections }) => connections),
		loopDelayP99Ms: largest(({ loopDelayP99Ms }) => loopDelayP99Ms),
		loopDelayMaxMs: largest(({ loopDelayMaxMs }) => loopDelayMaxMs),
	};
}

function meanLag(predictions: readonly LedgerPrediction[], polls: Ledger['requests']): number {
	const shares = predictions.map(({ id, settledAtMs = Infinity, runTimeMs: ownMs }) => {
		const heard = polls.find(({ path, atMs }) => path.endsWith(id) && atMs >= settledAtMs);
		return heard === undefined ? 0 : (heard.atMs - settledAtMs) / ownMs;
	});
	return shares.reduce((total, share) => total + share, 0) / shares.length;
}

export interface Figure {
	readonly median: number;
	readonly min: number;
	readonly max: number;
}

/** @param values at least one */
export function figureOf(values: readonly number[]): Figure {
	const sorted = [...values].sort((one, other) => one - other);
	return {
		median: sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN,
		min: sorted[0] ?? NaN,
		max: sorted.at(-1) ?? NaN,
	};
}
