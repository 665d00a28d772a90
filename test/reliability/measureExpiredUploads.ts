import { answering } from '../faults/FaultPlan';
import { FaultServer } from '../faults/FaultServer';
import { numberedItems, QUESTION } from '../faults/playScene';
import { runNode } from '../support/runNode';
import { measure, type Form, type Measure } from './PromiseRow';

const MAX_EXTRA_PRESIGNS = 1;

/** As an object store answers when a presigned address has expired. */
const EXPIRED = {
	status: 403,
	headers: { 'Content-Type': 'application/xml' },
	body: '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>',
};

/** U1: the address that each item was given first has expired by the time of its upload. */
export async function measureExpiredUploads(form: Form): Promise<Measure> {
	const itemCount = form === 'long' ? 40 : 6;
	// Each picture has a length of its own, so a length that was not seen before is an item's first upload.
	const seen = new Set<string>();
	const server = await FaultServer.start({
		scenario: { runTimeMs: { min: 100, max: 300 }, accountCap: null },
		plan: answering(({ name, headers }) => {
			const length = headers['content-length'] ?? '';
			if (name !== 'put' || seen.has(length)) return undefined;
			seen.add(length);
			return EXPIRED;
		}),
	});
	try {
		const items = await numberedItems(itemCount);
		const { items: outputs } = await runNode({
			items,
			baseUrl: server.baseUrl,
			onError: 'continueRegularOutput',
			parameters: { resource: 'image', operation: 'analyze', text: QUESTION, options: { pollInterval: 0.5 } },
		});
		const lost = itemCount - outputs.filter(({ json }) => typeof json['text'] === 'string').length;
		const refused = server.ledger.requests.filter(({ treatment }) => treatment === 'answered').length;
		const extra = server.sandbox.ledger.presigns - itemCount;
		return measure(`${lost}; ${extra / itemCount} (${itemCount} items, ${refused} addresses expired)`, [
			...(lost > 0 ? [`${lost} items were lost`] : []),
			...(extra > refused * MAX_EXTRA_PRESIGNS
				? [`${extra} presigns more for ${refused} expired addresses`]
				: []),
			...(refused === itemCount ? [] : [`${refused} addresses expired, not ${itemCount}`]),
		]);
	} finally {
		await server.close();
	}
}
