import pLimit from 'p-limit';

import { answerFaults, connectionFaults, mayBeDelivered, type Fault } from '../faults/Fault';
import { allOf, answering, faultAt } from '../faults/FaultPlan';
import { FaultServer } from '../faults/FaultServer';
import { numberedItems, numberInPrompt, QUESTION } from '../faults/playScene';
import { runNode } from '../support/runNode';
import { measure, type Form, type Measure } from './PromiseRow';

const ITEMS = 3;
const AT_ONCE = 12;

/**
 * R3: creates that are accepted and whose answers are lost, one or all of them, while the list of executions does not answer
 * either: with `resubmit` each item may be bought once more, never twice.
 */
export async function measureResubmit(form: Form): Promise<Measure> {
	const unclear = [...connectionFaults, ...answerFaults].filter(
		// The answer with the wrong content type is read all the same.
		(fault) => mayBeDelivered(fault) && fault !== 'wrongContentType',
	);
	const faults = form === 'long' ? unclear : unclear.slice(0, 3);
	const spans = form === 'long' ? [1, Infinity] : [1];
	const limit = pLimit(AT_ONCE);
	const runs = faults.flatMap((fault) => spans.map((calls) => ({ fault, calls })));
	const extras = await Promise.all(
		runs.map(async ({ fault, calls }) => {
			const bills = await limit(async () => await billsOfEachItem(fault, calls));
			return { fault, calls, extra: Math.max(...bills) - 1 };
		}),
	);
	const most = Math.max(...extras.map(({ extra }) => extra));
	return measure(`at most ${most} (${runs.length} runs, ${runs.length * ITEMS} items)`, [
		...extras
			.filter(({ extra }) => extra > 1)
			.map(({ fault, extra }) => `${fault}: an item was bought ${extra} times more`),
		...(most < 1 ? ['no item was ever sent again, so nothing is shown'] : []),
	]);
}

async function billsOfEachItem(fault: Fault, calls: number): Promise<number[]> {
	const server = await FaultServer.start({
		scenario: { runTimeMs: { min: 100, max: 200 } },
		plan: allOf(
			faultAt({ fault, call: 'create', atCall: 1, calls, delivered: true }),
			answering(({ name }) => (name === 'executions' ? { status: 503, body: '' } : undefined)),
		),
	});
	try {
		await runNode({
			items: await numberedItems(ITEMS),
			baseUrl: server.baseUrl,
			onError: 'continueRegularOutput',
			parameters: {
				resource: 'image',
				operation: 'analyze',
				text: QUESTION,
				options: { maxWait: fault === 'hang' ? 5 : 60, pollInterval: 0.5, resubmit: true },
			},
		});
		const { predictions } = server.sandbox.ledger;
		return [...Array(ITEMS).keys()].map(
			(number) => predictions.filter(({ input }) => numberInPrompt(input['prompt']) === number).length,
		);
	} finally {
		await server.close();
	}
}
