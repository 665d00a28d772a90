import type { CallName } from '../faults/Fault';
import { noFaults } from '../faults/FaultPlan';
import { FaultServer } from '../faults/FaultServer';
import { numberedItems, QUESTION } from '../faults/playScene';
import { until } from '../faults/until';
import { runNode } from '../support/runNode';
import { measure, type Form, type Measure } from './PromiseRow';

const MAX_WAIT_SECONDS = 3;
const MAX_PAST_MS = 1_000;
const GIVEN_UP_MS = 60_000;

const SLOW_CALLS: readonly CallName[] = ['presign', 'put', 'create', 'poll'];

/**
 * F6: an answer that comes at a byte a second never looks dead, so only the item's deadline ends it. Measured from the run's
 * first request, which is before the deadline begins, to the end of the slow connection. (Looking for a create of unknown
 * outcome and cancelling come after it, with a time of their own.)
 */
export async function measureSlowAnswer(form: Form): Promise<Measure> {
	const froms = form === 'long' ? (['head', 'body'] as const) : (['body'] as const);
	const cases = SLOW_CALLS.flatMap((call) => froms.map((from) => ({ call, from })));
	const pasts = await Promise.all(cases.map(async ({ call, from }) => await millisecondsPast(call, from)));
	const worstMs = Math.max(...pasts);
	return measure(
		`at most ${Math.max(0, Math.round(worstMs))} ms (${cases.length} runs)`,
		cases.flatMap(({ call, from }, index) => {
			const pastMs = pasts[index] ?? NaN;
			return pastMs <= MAX_PAST_MS
				? []
				: [`${call}, slow from its ${from} on: ${Math.round(pastMs)} ms past the deadline`];
		}),
	);
}

async function millisecondsPast(slowCall: CallName, byteASecondFrom: 'head' | 'body'): Promise<number> {
	const server = await FaultServer.start({
		plan: {
			treat: ({ name }) => (name === slowCall ? { byteASecondFrom } : undefined),
			refuses: () => false,
		},
		// Its answers are long enough to be slow for longer than the deadline, the empty one of a PUT by its head.
		scenario: { runTimeMs: { min: 100, max: 100 } },
	});
	try {
		const running = runNode({
			items: await numberedItems(1),
			baseUrl: server.baseUrl,
			onError: 'continueRegularOutput',
			parameters: {
				resource: 'image',
				operation: 'analyze',
				text: QUESTION,
				options: { maxWait: MAX_WAIT_SECONDS, pollInterval: 0.5 },
			},
		});
		const slowConnection = () => {
			const slow = server.ledger.requests.find(({ treatment }) => treatment === 'byteASecond');
			return server.ledger.connections.find(({ id }) => id === slow?.connectionId);
		};
		await until(() => slowConnection()?.closedAtMs !== undefined, GIVEN_UP_MS);
		// What comes after is not what is measured.
		server.plan = noFaults;
		await running;
		const startedAtMs = server.ledger.requests[0]?.atMs ?? NaN;
		return (slowConnection()?.closedAtMs ?? NaN) - startedAtMs - MAX_WAIT_SECONDS * 1_000;
	} finally {
		await server.close();
	}
}
