import type { INodeParameters } from 'n8n-workflow';
import pLimit from 'p-limit';

import type { CallName, Fault } from '../faults/Fault';
import { outage } from '../faults/FaultPlan';
import { FaultServer } from '../faults/FaultServer';
import { numberedItems, QUESTION } from '../faults/playScene';
import { until } from '../faults/until';
import { runNode, type NodeRun } from '../support/runNode';
import { measure, type Form, type Measure } from './PromiseRow';

const ITEMS: Readonly<Record<Form, number>> = { short: 12, long: 30 };
const OUTAGE_MS = 3_000;
const SCENES_AT_ONCE = 6;
const TERMINAL: ReadonlySet<string> = new Set(['success', 'failed', 'error', 'cancelled']);
/** The routes of what is paid for: they go down in every way in the short form, too. */
const ALWAYS_IN_EVERY_WAY: ReadonlySet<CallName> = new Set(['create', 'put', 'cancel']);
const KINDS = ['status503', 'resetBeforeRead', 'hang'] as const satisfies readonly Fault[];

const ANALYZE = {
	resource: 'image',
	operation: 'analyze',
	text: QUESTION,
	options: { maxWait: 90, pollInterval: 0.5 },
};

interface Route {
	readonly call: CallName;
	readonly parameters?: INodeParameters;
	/** How many calls of the route pass before it goes down. */
	readonly from: number;
	/** Whether the run is stopped, at the moment when the route goes down. */
	readonly isStopped?: boolean;
}

/** Each route in the middle of a run that needs it. */
const ROUTES: readonly Route[] = [
	{ call: 'presign', from: 6 },
	{ call: 'put', from: 6 },
	{ call: 'create', from: 6 },
	{ call: 'poll', from: 10 },
	{ call: 'cancel', from: 0, isStopped: true },
	{ call: 'delete', from: 0 },
	{ call: 'delete', from: 0, isStopped: true },
	{ call: 'model', from: 0 },
	{
		call: 'model',
		from: 0,
		parameters: { resource: 'model', operation: 'get', modelId: 'sandbox-picture-words' },
	},
	{ call: 'models', from: 0, parameters: { resource: 'model', operation: 'getMany', limit: 5 } },
	{ call: 'executions', from: 0, parameters: { resource: 'prediction', operation: 'getMany', limit: 5 } },
];

interface Outcome {
	readonly lost: number;
	readonly leftRunning: number;
	readonly filesLeft: number;
	/** Items of unknown outcome. */
	readonly named: number;
	readonly faults: readonly string[];
}

/** F8: one route at a time is down for three seconds, in three ways; in the short form most routes in one way each. */
export async function measureShortOutages(form: Form): Promise<Measure> {
	const scenes = ROUTES.flatMap((route) => KINDS.map((kind) => ({ route, kind })));
	const chosen =
		form === 'long'
			? scenes
			: scenes.filter(
					({ route }, index) =>
						ALWAYS_IN_EVERY_WAY.has(route.call) || index % 3 === Math.floor(index / 3) % 3,
				);
	const limit = pLimit(SCENES_AT_ONCE);
	const outcomes = await Promise.all(
		chosen.map(async ({ route, kind }) => await limit(async () => await playRoute(route, kind, ITEMS[form]))),
	);
	const sum = (count: (outcome: Outcome) => number) =>
		outcomes.reduce((total, outcome) => total + count(outcome), 0);
	return measure(
		`${sum(({ lost }) => lost)}; ${sum(({ leftRunning }) => leftRunning)}; ${sum(({ filesLeft }) => filesLeft)} (${chosen.length} outages of ${OUTAGE_MS / 1_000} s, ${ITEMS[form]} items each; ${sum(({ named }) => named)} creates named as unknown)`,
		outcomes.flatMap(({ faults }) => faults),
	);
}

async function playRoute(
	{ call, from, isStopped = false, parameters = ANALYZE }: Route,
	kind: (typeof KINDS)[number],
	itemCount: number,
): Promise<Outcome> {
	const stop = new AbortController();
	const server = await FaultServer.start({
		scenario: { runTimeMs: isStopped ? { min: 600_000, max: 600_000 } : { min: 300, max: 600 } },
	});
	let calls = 0;
	const met: CallName[] = [];
	server.plan = outage({
		calls: [call],
		fault: kind,
		durationMs: OUTAGE_MS,
		hasBegun: () => calls++ >= from,
		onBegin: () => met.push(call),
	});
	try {
		const running = runNode({
			items: await numberedItems(itemCount),
			baseUrl: server.baseUrl,
			onError: 'continueRegularOutput',
			signal: stop.signal,
			parameters,
		});
		if (isStopped) {
			await until(() => server.ledger.requests.filter(({ name }) => name === 'poll').length >= 10, 60_000);
			stop.abort();
		}
		const run = await running;
		const { predictions, files } = server.sandbox.ledger;
		const label = `${call} ${kind}${isStopped ? ' at a stop' : ''}`;
		const leftRunning = predictions.filter(({ status }) => !TERMINAL.has(status)).length;
		const filesLeft = files.filter(({ uploads, deleted }) => uploads > 0 && !deleted).length;
		const failed = isStopped ? [] : failedItems(run, itemCount);
		const isUnknown = (text: string) => call === 'create' && text.includes('outcome unknown');
		const lost = failed.filter((text) => !isUnknown(text));
		return {
			lost: lost.length,
			leftRunning,
			filesLeft,
			named: failed.length - lost.length,
			faults: [
				...(met.length > 0 ? [] : [`${label}: the outage was not met`]),
				...(lost.length > 0 ? [`${label}: ${lost.length} items were lost, e.g. ${lost[0] ?? ''}`] : []),
				...(leftRunning > 0 ? [`${label}: ${leftRunning} predictions were left running`] : []),
				...(filesLeft > 0 ? [`${label}: ${filesLeft} files were left`] : []),
			],
		};
	} finally {
		await server.close();
	}
}

/** What the items say that have no result. */
function failedItems({ items, error }: NodeRun, itemCount: number): string[] {
	if (error !== undefined) return Array.from({ length: itemCount }, () => error.message);
	return items.filter(({ json }) => 'error' in json).map(({ json }) => JSON.stringify(json).slice(0, 300));
}
