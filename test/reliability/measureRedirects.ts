import pLimit from 'p-limit';

import type { CallName } from '../faults/Fault';
import { FaultServer } from '../faults/FaultServer';
import { numberedItems, QUESTION } from '../faults/playScene';
import { runNode } from '../support/runNode';
import { measure, type Form, type Measure } from './PromiseRow';

const STATUSES = [301, 302, 303, 307, 308];
const CALLS: readonly CallName[] = ['model', 'presign', 'put', 'create', 'poll', 'cancel', 'delete'];
const AT_ONCE = 10;
/** Seconds for an item; on a machine that is busy with other things it may take the second to come to the call. */
const MAX_WAITS = [8, 40];

/** S2: every call is led to another origin, by every kind of redirect. */
export async function measureRedirects(form: Form): Promise<Measure> {
	const cases = CALLS.flatMap((call, index) =>
		(form === 'long' ? STATUSES : [STATUSES[index % STATUSES.length] ?? 302]).map((status) => ({
			call,
			status,
		})),
	);
	const limit = pLimit(AT_ONCE);
	const faults = (
		await Promise.all(
			cases.map(async ({ call, status }) => await limit(async () => await follow(call, status))),
		)
	).flat();
	return measure(`${faults.length} (${cases.length} runs with redirects)`, faults);
}

async function follow(
	redirected: CallName,
	status: number,
	[maxWait, ...longer] = MAX_WAITS,
): Promise<string[]> {
	const elsewhere = await FaultServer.start();
	const server = await FaultServer.start({
		plan: {
			treat: ({ name, path }) =>
				name === redirected
					? {
							answer: { status, headers: { Location: `${elsewhere.baseUrl}${path}` }, body: '' },
							delivered: true,
						}
					: undefined,
			refuses: () => false,
		},
		scenario: { runTimeMs: redirected === 'cancel' ? { min: 60_000, max: 60_000 } : { min: 100, max: 200 } },
	});
	try {
		await runNode({
			items: await numberedItems(1),
			baseUrl: server.baseUrl,
			onError: 'continueRegularOutput',
			parameters: {
				resource: 'image',
				operation: 'analyze',
				text: QUESTION,
				options: { maxWait, pollInterval: 0.5 },
			},
		});
		const what = `${redirected}, ${status}`;
		const met = server.ledger.requests.some(({ treatment }) => treatment === 'answered');
		if (!met && longer.length > 0) return await follow(redirected, status, longer);
		const toStorage = server.ledger.requests.filter(({ origin }) => origin === 'storage');
		return [
			...(met ? [] : [`${what}: it was never redirected`]),
			...elsewhere.ledger.requests.map(({ method }) => `${what}: ${method} was sent on to another origin`),
			...toStorage
				.filter(({ headers }) => 'authorization' in headers || 'x-api-key' in headers)
				.map(() => `${what}: the key went to the storage`),
		];
	} finally {
		await Promise.all([server.close(), elsewhere.close()]);
	}
}
