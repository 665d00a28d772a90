import { setTimeout as wait } from 'node:timers/promises';
import pLimit from 'p-limit';

import { DEFAULT_MODEL } from '../../nodes/EachLabs/core/model/defaultModel';
import { fixedCost } from '../../sandbox/ModelCost';
import { FaultServer } from '../faults/FaultServer';
import { numberInPrompt } from '../faults/playScene';
import { seededRandom } from '../support/VirtualClock';
import { chaosPlan, drawSchedule } from './chaosSchedule';
import { ChaosWorkers, type ChaosWorker } from './ChaosWorkers';
import { judgeChaos, type ChaosVerdict } from './judgeChaos';
import { measure, type Form, type Measure } from './PromiseRow';

interface Size {
	readonly processes: number;
	readonly runsEach: number;
	readonly itemsEach: number;
	/** Of the node's clock, in which the routes fail. */
	readonly spanMs: number;
	/** Low enough that the work lasts for as long. */
	readonly accountCap: number;
}

const SIZES: Readonly<Record<Form, Size>> = {
	long: { processes: 5, runsEach: 3, itemsEach: 20, spanMs: 50_000, accountCap: 20 },
	short: { processes: 2, runsEach: 2, itemsEach: 12, spanMs: 20_000, accountCap: 4 },
};
const SEEDS: Readonly<Record<Form, readonly number[]>> = {
	long: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
	short: [1],
};
/** The node's clock, and that of all that is measured, against the real one. */
const HURRY = 2;
/** What is waited for is time and no work, so that two share the machine. */
const SEEDS_AT_ONCE = 2;
const PRICE_USD = 0.001;
const MAX_SPENT = 1.02;
const RUN_TIME_MS = { min: 1_000, max: 4_000 };
const ENDLESS_MS = 3_600_000;

interface Played {
	readonly seed: number;
	readonly verdict: ChaosVerdict;
	readonly outages: number;
	readonly hitCalls: number;
}

/**
 * X1: processes that share a key, on a service whose routes fail by a schedule, while some runs are stopped and one process is
 * killed. All but the killed one have to come out right.
 *
 * @param seed of the only schedule to play; all of them when undefined
 */
export async function measureChaos(form: Form, seed?: number): Promise<Measure> {
	const size = SIZES[form];
	const limit = pLimit(SEEDS_AT_ONCE);
	const workers = new ChaosWorkers();
	const played = await Promise.all(
		(seed === undefined ? SEEDS[form] : [seed]).map(
			async (one) =>
				await limit(async () => {
					const own = await workers.take(size.processes);
					return await playChaos(one, size, own).finally(() => workers.giveBack(own));
				}),
		),
	).finally(() => workers.close());
	const sum = (count: (one: Played) => number) => played.reduce((total, one) => total + count(one), 0);
	const spent = (one: Played) => one.verdict.billedUsd / (one.verdict.items * PRICE_USD);
	const counts = (['lost', 'wrong', 'leftRunning', 'filesLeft'] as const).map((what) =>
		sum(({ verdict }) => verdict[what].length),
	);
	return measure(
		`${counts.join('; ')}; ${Math.max(...played.map(spent)).toFixed(2)} (${played.length} seeds, ${size.processes * size.runsEach * size.itemsEach} items each; ${sum(({ outages }) => outages)} outages hit ${sum(({ hitCalls }) => hitCalls)} calls, ${sum(({ verdict }) => verdict.unknown)} creates named as unknown)`,
		played.flatMap((one) => faultsOf(one, spent(one))),
	);
}

function faultsOf({ seed, verdict, hitCalls }: Played, spent: number): string[] {
	const { lost, wrong, leftRunning, filesLeft, overspent } = verdict;
	return [
		...lost,
		...wrong,
		...leftRunning,
		...filesLeft,
		...overspent,
		...(spent > MAX_SPENT ? [`${spent.toFixed(3)} of what a quiet run spends`] : []),
		...(hitCalls > 0 ? [] : ['no outage was met']),
	].map((fault) => `seed ${seed}: ${fault}`);
}

async function playChaos(seed: number, size: Size, workers: readonly ChaosWorker[]): Promise<Played> {
	const { processes, runsEach, itemsEach, accountCap } = size;
	const { outages, stops, killed } = drawSchedule(seed, { ...size, runs: processes * runsEach });
	const random = seededRandom(seed);
	let startedAtMs: number | undefined;
	const over = new AbortController();
	/** Since the first call: on a busy machine, processes take their time until then. */
	const elapsedMs = () => {
		if (startedAtMs === undefined) {
			startedAtMs = performance.now();
			void wait(killed.atMs / HURRY, undefined, { signal: over.signal }).then(
				() => {
					workers[killed.process]?.kill();
				},
				() => undefined,
			);
		}
		return (performance.now() - startedAtMs) * HURRY;
	};
	const runTimeMs = (input: Record<string, unknown>) => {
		// What is in flight at a stop goes on for long, so that it shows when nobody has cancelled it.
		const stopAtMs = stops.get(Math.floor(numberInPrompt(input['prompt']) / itemsEach)) ?? Infinity;
		const ownMs = RUN_TIME_MS.min + random() * (RUN_TIME_MS.max - RUN_TIME_MS.min);
		return (elapsedMs() + ownMs > stopAtMs ? ENDLESS_MS : ownMs) / HURRY;
	};
	const costs = { [DEFAULT_MODEL]: fixedCost(PRICE_USD) };
	const server = await FaultServer.start({ scenario: { runTimeMs, costs, accountCap } });
	try {
		const runs = Array.from({ length: processes * runsEach }, (_, run) => ({
			first: run * itemsEach,
			count: itemsEach,
			stopAtMs: stops.get(run),
		}));
		server.plan = chaosPlan(outages, elapsedMs);
		const outputs = await Promise.all(
			workers.map(async (worker, process) => {
				const { baseUrl } = server;
				const own = runs.slice(process * runsEach, (process + 1) * runsEach);
				const working = worker.work({ baseUrl, hurry: HURRY, runs: own });
				// One that was done before its time to be killed is left out all the same.
				return await (process === killed.process ? working.catch(() => undefined) : working);
			}),
		).finally(() => over.abort());
		const verdict = await judgeChaos(
			runs.map((run, index) => ({
				...run,
				isStopped: run.stopAtMs !== undefined,
				output:
					Math.floor(index / runsEach) === killed.process
						? undefined
						: outputs[Math.floor(index / runsEach)]?.[index % runsEach],
			})),
			server,
		);
		const hitCalls = server.ledger.requests.filter(({ treatment }) => treatment !== 'passed').length;
		return { seed, verdict, outages: outages.length, hitCalls };
	} finally {
		await server.close();
	}
}
