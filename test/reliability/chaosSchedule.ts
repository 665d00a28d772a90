import type { CallName, Fault } from '../faults/Fault';
import type { FaultPlan } from '../faults/FaultPlan';
import { seededRandom } from '../support/VirtualClock';

/** What a route that is down does. */
const KINDS = ['status503', 'resetBeforeRead', 'resetAfterBody', 'hang'] as const satisfies readonly Fault[];
const ROUTES = [
	'presign',
	'put',
	'create',
	'poll',
	'cancel',
	'delete',
	'model',
	'executions',
] as const satisfies readonly CallName[];
const SHORTEST_MS = 500;
const LONGEST_MS = 5_000;
/** Between two outages of one route: they are of 5 s at most, so two are not to make one of 10 s. */
const SAME_ROUTE_GAP_MS = 6_000;

/** Times are milliseconds of the node's clock since the runs began. */
export interface ChaosOutage {
	readonly route: CallName;
	readonly kind: (typeof KINDS)[number];
	readonly fromMs: number;
	readonly untilMs: number;
	/** Whether the service acts on what it hits, where it is read. */
	readonly delivered: boolean;
}

export interface ChaosSchedule {
	readonly outages: readonly ChaosOutage[];
	/** Runs that are stopped, and when. */
	readonly stops: ReadonlyMap<number, number>;
	/** The process that is killed, and when. */
	readonly killed: { readonly process: number; readonly atMs: number };
}

/** The same for the same seed and size. */
export function drawSchedule(
	seed: number,
	{ processes, runs, spanMs }: { processes: number; runs: number; spanMs: number },
): ChaosSchedule {
	const random = seededRandom(seed);
	const between = (least: number, most: number) => least + (most - least) * random();
	const oneOf = <Value>(values: readonly Value[]) => values[Math.floor(random() * values.length)] as Value;

	const outages: ChaosOutage[] = [];
	for (let fromMs = between(0, 2_000); fromMs < spanMs; fromMs += between(500, 5_000)) {
		const up = ROUTES.filter((route) =>
			outages.every((outage) => outage.route !== route || outage.untilMs + SAME_ROUTE_GAP_MS <= fromMs),
		);
		const untilMs = fromMs + between(SHORTEST_MS, LONGEST_MS);
		outages.push({ route: oneOf(up), kind: oneOf(KINDS), fromMs, untilMs, delivered: random() < 0.5 });
	}
	const middle = () => between(0.1, 0.6) * spanMs;
	return {
		outages,
		stops: new Map([
			[Math.floor(random() * runs), middle()],
			[Math.floor(random() * runs), middle()],
		]),
		killed: { process: Math.floor(random() * processes), atMs: middle() },
	};
}

/** @param elapsedMs of the node's clock since the runs began */
export function chaosPlan(outages: readonly ChaosOutage[], elapsedMs: () => number): FaultPlan {
	return {
		treat: ({ name }) => {
			const nowMs = elapsedMs();
			const outage = outages.find(
				({ route, fromMs, untilMs }) => route === name && fromMs <= nowMs && nowMs < untilMs,
			);
			return outage && { fault: outage.kind, delivered: outage.delivered };
		},
		refuses: () => false,
	};
}
