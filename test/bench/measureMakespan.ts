import type { INodeExecutionData } from 'n8n-workflow';

import { startSandbox } from '../../sandbox/startSandbox';
import { runNode, storeBinary } from '../support/runNode';
import { testMedia } from '../support/testMedia';
import type { BenchRow } from './BenchRow';

const CAP = 10;
const RUN_TIME_MS = { min: 5_000, max: 15_000 };
const MAX_POLLS = 8;

/**
 * How long the node takes for so many pictures, against what an account that may have ten predictions in flight allows at best:
 * the sum of their run times by ten. The node has never met the model before, so it has to learn its run times, too.
 *
 * @param maxRatio what the time may be of the best
 */
export async function measureMakespan(count: number, maxRatio: number): Promise<BenchRow[]> {
	const sandbox = await startSandbox({ scenario: { runTimeMs: RUN_TIME_MS, accountCap: CAP } });
	try {
		const items = await Promise.all(
			Array.from({ length: count }, async (_, index) => await pictureItem(index)),
		);
		const startedAtMs = performance.now();
		const {
			status,
			items: given,
			error,
		} = await runNode({
			baseUrl: sandbox.baseUrl,
			parameters: { resource: 'image', operation: 'analyze', text: 'What is it?' },
			items,
		});
		const tookMs = performance.now() - startedAtMs;
		if (status !== 'success' || given.length !== count) {
			throw new Error(
				`The run ended as ${status} with ${given.length} items: ${error?.message ?? 'no message'}`,
			);
		}

		const { predictions, refusedCreates, maxInFlight, requests } = sandbox.ledger;
		const looks = requests.filter(({ path }) => path.endsWith('/executions')).length;
		const bestMs = predictions.reduce((sum, { runTimeMs }) => sum + runTimeMs, 0) / CAP;
		const polls = predictions.map((prediction) => prediction.polls);
		const meanPolls = polls.reduce((sum, some) => sum + some, 0) / count;
		const ratio = tookMs / bestMs;
		const title = `${count} predictions of 5 to 15 s, ${CAP} in flight`;
		return [
			{
				what: `${title}: time ÷ best`,
				measured: `${ratio.toFixed(3)} (${inSeconds(tookMs)} of ${inSeconds(bestMs)}; without any delay ${inSeconds(scheduleMs(predictions.map(({ runTimeMs }) => runTimeMs)))})`,
				target: `≤ ${maxRatio.toFixed(2)}`,
				isKept: ratio <= maxRatio,
			},
			{
				what: `${title}: polls a prediction`,
				measured: `at most ${Math.max(...polls)}, ${meanPolls.toFixed(1)} on average; beside them ${(looks / count).toFixed(1)} looks at the list`,
				target: `≤ ${MAX_POLLS}`,
				isKept: Math.max(...polls) <= MAX_POLLS,
			},
			{
				what: `${title}: in flight, refused creates`,
				measured: `at most ${maxInFlight}, ${refusedCreates.length} refused`,
				target: `≤ ${CAP}`,
				isKept: maxInFlight <= CAP,
			},
		];
	} finally {
		await sandbox.close();
	}
}

/** What the same predictions take when each starts the moment that a place is free: at the end, places stay empty. */
function scheduleMs(runTimesMs: readonly number[]): number {
	const places = Array<number>(CAP).fill(0);
	for (const runTimeMs of runTimesMs) {
		const earliest = places.indexOf(Math.min(...places));
		places[earliest] = (places[earliest] ?? 0) + runTimeMs;
	}
	return Math.max(...places);
}

function inSeconds(ms: number): string {
	return `${(ms / 1_000).toFixed(1)} s`;
}

async function pictureItem(index: number): Promise<INodeExecutionData> {
	const bytes = await testMedia.picture(40 + index, 30);
	return { json: {}, binary: { data: await storeBinary(bytes, `${index}.png`, 'image/png') } };
}
