import type { BenchRow } from '../BenchRow';
import { timeLoopInHost } from './loopInHost';
import { figureOf, runLap, type Figure, type Lap } from './race';
import { LONG_WORKS, SHORT_WORKS, SLOW_WORK } from './works';
import { idealMs, type Work } from './Work';

const MIB = 1_048_576;

/** One piece of work, by our node and by the client with perfect knowledge. */
export interface WorkResult {
	readonly work: Work;
	readonly idealMs: number;
	readonly node: readonly Lap[];
	readonly knowing: readonly Lap[];
}

export interface RaceResult {
	readonly works: readonly WorkResult[];
	/** Milliseconds a picture of a second, for those who do one after another; undefined where it was not run. */
	readonly oneByOneMs: number;
	readonly loopInHostMs: number | undefined;
}

/** What is held to: time over ideal, by the work's id. */
const MAX_OVER_IDEAL: Readonly<Record<string, number>> = {
	'60 pictures of 10 s, cap 10': 1.1,
	'200 pictures of 10 s, cap 10': 1.03,
	'1,000 pictures of 1 s, cap 2': 1.06,
	'100 pictures of 10 s, five workers': 1.15,
	'60 pictures of 10 s, questions held for 25 s': 1.01,
};
const MAX_REQUESTS_EACH = 6;
/** Of work of ten seconds: of the run time, and of the time that perfect knowledge takes. */
const MAX_LAG = 0.04;
const MAX_OVER_KNOWING = 1.02;
const MAX_LOOP_DELAY_MS = 20;
const LEAST_TIMES_FASTER = 9;

/**
 * @param options.rounds laps of each contestant for each piece of work, in turns; of the long works it is one
 * @param tell what is being run
 */
export async function measureRace(
	options: { readonly rounds: number; readonly isLong: boolean; readonly withHost: boolean },
	tell: (label: string) => void,
): Promise<RaceResult> {
	const works: WorkResult[] = [];
	const all: ReadonlyArray<readonly [Work, number]> = [
		...SHORT_WORKS.map((work) => [work, options.rounds] as const),
		...(options.isLong ? LONG_WORKS.map((work) => [work, 1] as const) : []),
	];
	for (const [work, rounds] of all) {
		tell(work.id);
		const node: Lap[] = [];
		const knowing: Lap[] = [];
		for (let round = 0; round < rounds; round++) {
			node.push(await runLap('node', work));
			// It can't know what other workers do.
			if (work.workers === undefined) knowing.push(await runLap('knowing', work));
		}
		works.push({ work, idealMs: idealMs(work), node, knowing });
	}
	tell(SLOW_WORK.id);
	const oneByOne = await runLap('oneByOne', SLOW_WORK);
	if (options.withHost) tell('the same by HTTP Requests in a loop, in n8n');
	const loopMs = options.withHost ? await timeLoopInHost(SLOW_WORK) : undefined;
	return {
		works,
		oneByOneMs: oneByOne.tookMs / SLOW_WORK.items,
		loopInHostMs: loopMs === undefined ? undefined : loopMs / SLOW_WORK.items,
	};
}

export function figure(laps: readonly Lap[], of: (lap: Lap) => number): Figure {
	return figureOf(laps.map(of));
}

/** The race as rows of the bench's table. */
export function rowsOfRace({ works, oneByOneMs, loopInHostMs }: RaceResult): BenchRow[] {
	const rows = works.flatMap(rowsOfWork);
	const ours = nodeMsAPicture(works);
	for (const [name, ms] of [
		['one picture after another', oneByOneMs],
		['HTTP Requests in a loop, in n8n', loopInHostMs],
	] as const) {
		if (ms === undefined) continue;
		const times = ms / ours;
		rows.push({
			what: `60 pictures of 1 s, cap 10: times as fast as ${name}`,
			measured: `${times.toFixed(1)} (${(ms / 1_000).toFixed(2)} s a picture, ${(ours / 1_000).toFixed(2)} s)`,
			target: `≥ ${LEAST_TIMES_FASTER}`,
			isKept: times >= LEAST_TIMES_FASTER,
		});
	}
	return rows;
}

function rowsOfWork({ work, node, knowing }: WorkResult): BenchRow[] {
	const over = figure(node, ({ overIdeal }) => overIdeal);
	const limit = MAX_OVER_IDEAL[work.id];
	const limitOf = (laps: readonly Lap[]) =>
		laps.length === 0
			? ''
			: `; perfect knowledge ${figure(laps, ({ overIdeal }) => overIdeal).median.toFixed(3)}`;
	const lap = node[0];
	const isSlow = work.medianMs >= 10_000 && work.byteLength === undefined;
	const questions = figure(node, ({ pollsEach }) => pollsEach).median;
	const loopDelayMs = figure(node, ({ loopDelayP99Ms }) => loopDelayP99Ms).median;
	const lag = lap?.lag === undefined ? undefined : figure(node, ({ lag: share = 0 }) => share).median;
	const overKnowing = over.median / figure(knowing, ({ overIdeal }) => overIdeal).median;
	return [
		{
			what: `${work.id}: time ÷ ideal`,
			measured: `${over.median.toFixed(3)} (${over.min.toFixed(3)} to ${over.max.toFixed(3)}${limitOf(knowing)})`,
			target: limit === undefined ? '' : `≤ ${limit.toFixed(2)}`,
			...(limit === undefined ? {} : { isKept: over.median <= limit }),
		},
		{
			what: `${work.id}: requests, processor, memory, event loop`,
			measured: [
				`${questions.toFixed(1)} questions each`,
				...(lag === undefined ? [] : [`noticed after ${(lag * 100).toFixed(1)} % of the run time`]),
				`${figure(node, ({ refusedCreates }) => refusedCreates).median} refused`,
				`${figure(node, ({ cpuMsEach }) => cpuMsEach).median.toFixed(1)} ms each`,
				`+${(figure(node, ({ growthBytes }) => growthBytes).median / MIB).toFixed(0)} MB`,
				`p99 ${loopDelayMs.toFixed(0)} ms`,
			].join(', '),
			target: [
				`≤ ${MAX_REQUESTS_EACH} questions`,
				...(isSlow && lag !== undefined ? [`${MAX_LAG * 100} %`] : []),
				`p99 ${MAX_LOOP_DELAY_MS} ms`,
			].join(', '),
			isKept:
				questions <= MAX_REQUESTS_EACH &&
				loopDelayMs <= MAX_LOOP_DELAY_MS &&
				!(isSlow && lag !== undefined && lag > MAX_LAG),
		},
		...(isSlow && knowing.length > 0
			? [
					{
						what: `${work.id}: time ÷ that of perfect knowledge`,
						measured: overKnowing.toFixed(3),
						target: `≤ ${MAX_OVER_KNOWING.toFixed(2)}`,
						isKept: overKnowing <= MAX_OVER_KNOWING,
					},
				]
			: []),
	];
}

/** Of the work that the slow flows are compared by. */
export function nodeMsAPicture(works: readonly WorkResult[]): number {
	const found = works.find(({ work }) => work.id === '60 pictures of 1 s, cap 10');
	return found === undefined ? NaN : figure(found.node, ({ tookMs }) => tookMs).median / found.work.items;
}
