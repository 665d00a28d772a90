import pLimit from 'p-limit';

import { startSandbox } from '../../sandbox/startSandbox';
import { runNode } from '../support/runNode';
import { measure, type Form, type Measure } from './PromiseRow';

const ITEMS = 20;
const MAX_REQUESTS = 7;
const AT_ONCE = 8;

/** How one member ends the request of all: the reason of a failure, or an answer that content rules have emptied. */
const ENDS: ReadonlyArray<readonly [string, string | null]> = [
	['blocked', 'Request blocked by content moderation'],
	['unreadable', 'Could not decode image data'],
	['unreachable', 'Failed to fetch the url: 404'],
	['emptied by content rules', null],
];
const EMPTIED = { choices: [{ message: { content: null }, finish_reason: 'content_filter' }] };

/** G2: one member of a group of 20 that ends the request of all of them. */
export async function measureBadMembers(form: Form): Promise<Measure> {
	const limit = pLimit(AT_ONCE);
	const places = form === 'long' ? Array.from({ length: ITEMS }, (_, place) => place) : [0, 13, 19];
	const scenes = ENDS.flatMap(([name, message]) => places.map((bad) => ({ name, message, bad })));
	const runs = await Promise.all(
		scenes.map(async ({ name, message, bad }) => ({
			where: `${name}, item ${bad + 1}`,
			...(await limit(async () => await playBadMember(message, bad))),
		})),
	);
	const lost = runs.reduce((sum, run) => sum + run.lost, 0);
	const requests = Math.max(...runs.map((run) => run.requests));
	return measure(`${lost}; at most ${requests} (${runs.length} runs)`, [
		...runs.filter((run) => run.lost > 0).map((run) => `${run.where}: ${run.lost} others have no result`),
		...runs.filter((run) => !run.isEnded).map((run) => `${run.where}: the bad one has a result`),
		...runs
			.filter((run) => run.requests > MAX_REQUESTS)
			.map((run) => `${run.where}: ${run.requests} requests`),
	]);
}

async function playBadMember(
	message: string | null,
	bad: number,
): Promise<{ lost: number; isEnded: boolean; requests: number }> {
	const isIn = (input: Readonly<Record<string, unknown>>): boolean =>
		(input['image_urls'] as string[]).some((url) => url.endsWith(`/${bad}.png`));
	const sandbox = await startSandbox({
		scenario: {
			runTimeMs: { min: 5, max: 20 },
			failPrediction: (input) =>
				message !== null && isIn(input) ? { style: 'envelope', status: 'failed', message } : null,
			rewriteAnswer: ({ input }) => (message === null && isIn(input) ? EMPTIED : undefined),
		},
	});
	try {
		const { items } = await runNode({
			items: Array.from({ length: ITEMS }, () => ({ json: {} })),
			baseUrl: sandbox.baseUrl,
			onError: 'continueRegularOutput',
			parameters: {
				resource: 'image',
				operation: 'analyze',
				text: 'What is it?',
				inputType: 'url',
				imageUrls: '=https://example.com/{{ $itemIndex }}.png',
				itemsPerPrediction: ITEMS,
				options: { pollInterval: 0.5 },
			},
		});
		const ended = items.filter(({ json }) => json['error'] !== undefined);
		const isEnded = ended.some(({ pairedItem }) => (pairedItem as { item: number }).item === bad);
		return {
			lost: ended.length - (isEnded ? 1 : 0),
			isEnded,
			requests: sandbox.ledger.predictions.length,
		};
	} finally {
		await sandbox.close();
	}
}
