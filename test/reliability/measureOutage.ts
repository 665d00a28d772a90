import type { FaultLedgerRequest } from '../faults/FaultLedger';
import type { FaultPlan } from '../faults/FaultPlan';
import { FaultServer } from '../faults/FaultServer';
import { numberedItems, numberInPrompt, QUESTION } from '../faults/playScene';
import { runNode } from '../support/runNode';
import { measure, type Form, type Measure } from './PromiseRow';

const ITEMS = 100;
const MAX_REQUESTS_PER_FIRST_ATTEMPT = 1.2;

interface Outage {
	readonly name: string;
	/** @param hasBegun whether the outage is there; the service works before */
	readonly plan: (hasBegun: () => boolean) => FaultPlan;
	/** How many creates the service has accepted when it begins. */
	readonly fromCreate: number;
}

const unavailable = { answer: { status: 503, body: '' }, delivered: false };

/** Everything that can be away: the whole service or its storage, politely or at once, from the start or in the middle. */
const OUTAGES: readonly Outage[] = [
	{
		name: 'the API answers 503',
		fromCreate: 0,
		plan: () => ({ treat: () => unavailable, refuses: () => false }),
	},
	{
		name: 'the API refuses connections',
		fromCreate: 0,
		plan: () => ({ treat: () => undefined, refuses: (name) => name !== 'put' }),
	},
	{
		name: 'the storage answers 503',
		fromCreate: 0,
		plan: () => ({ treat: ({ name }) => (name === 'put' ? unavailable : undefined), refuses: () => false }),
	},
	{
		name: 'the storage refuses connections',
		fromCreate: 0,
		plan: () => ({ treat: () => undefined, refuses: (name) => name === 'put' }),
	},
	{
		name: 'everything refuses connections in the middle of the run',
		fromCreate: 8,
		plan: (hasBegun) => ({ treat: () => undefined, refuses: () => hasBegun() }),
	},
];

/**
 * F5: how many requests a total outage adds by trying again. A poll is no second attempt of the one before: its prediction
 * is paid for, and is asked about until its deadline, at growing distances.
 */
export async function measureOutage(form: Form): Promise<Measure> {
	const outages = form === 'long' ? OUTAGES : OUTAGES.slice(-2);
	const played = await Promise.all(
		outages.map(async (outage) => ({ name: outage.name, ...(await playOutage(outage)) })),
	);
	const worst = Math.max(...played.map(({ ratio }) => ratio));
	const faults = played.flatMap(({ name, ratio, lost }) => [
		...(ratio > MAX_REQUESTS_PER_FIRST_ATTEMPT
			? [`${name}: ${ratio.toFixed(2)} requests for each first attempt`]
			: []),
		...(lost > 0 ? [`${name}: ${lost} of ${ITEMS} items are missing`] : []),
	]);
	return measure(`at most ${worst.toFixed(2)} (${outages.length} outages, ${ITEMS} items each)`, faults);
}

async function playOutage({ plan, fromCreate }: Outage): Promise<{ ratio: number; lost: number }> {
	const server = await FaultServer.start({ scenario: { runTimeMs: { min: 300, max: 600 } } });
	server.plan = plan(() => server.sandbox.ledger.predictions.length >= fromCreate);
	try {
		const { items } = await runNode({
			items: await numberedItems(ITEMS),
			baseUrl: server.baseUrl,
			onError: 'continueRegularOutput',
			parameters: {
				resource: 'image',
				operation: 'analyze',
				text: QUESTION,
				options: { maxWait: 5, pollInterval: 1 },
			},
		});
		const counted = server.ledger.requests.filter(({ name }) => name !== 'poll');
		return { ratio: counted.length / firstAttempts(counted), lost: ITEMS - items.length };
	} finally {
		await server.close();
	}
}

/**
 * How many of the requests are not a second or third try of another one. Each item has one for its upload, also where it waits
 * for the end of the outage and nothing is sent.
 */
function firstAttempts(requests: readonly FaultLedgerRequest[]): number {
	const first = new Set<string>();
	for (const { name, path, body } of requests) {
		// All presigns of pictures look alike.
		if (name !== 'presign') first.add(`${name} ${path} ${name === 'create' ? numberInPrompt(body) : ''}`);
	}
	return first.size + ITEMS;
}
