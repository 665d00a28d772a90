import { sleep, type INodeExecutionData } from 'n8n-workflow';

import { startSandbox } from '../../sandbox/startSandbox';
import { until } from '../faults/until';
import { HANGING_CALLS, HangingStore } from '../support/HangingStore';
import { runNode, storeBinary, type NodeRun } from '../support/runNode';
import { testMedia } from '../support/testMedia';
import { measure, type Measure } from './PromiseRow';

const MAX_WAIT_SECONDS = 6;
const MAX_PAST_MS = 2_000;

interface Outcome {
	readonly where: string;
	/** From the end of Max Wait, or from the stop, to the end of the execution. */
	readonly pastMs: number;
	/** Items that should have had a result, and have none. */
	readonly lost: number;
}

/** H1: each way in which a file of an item may hang, with executions beside it whose files don't. */
export async function measureHangingStore(): Promise<Measure> {
	const sandbox = await startSandbox({ scenario: { runTimeMs: { min: 100, max: 300 } } });
	const store = new HangingStore();
	try {
		const play = async (endsBy: 'Max Wait' | 'a stop') => {
			const boughtBefore = sandbox.ledger.predictions.length;
			// An upload of a whole file that a stop breaks off would take its own time to clean up.
			const onlyHanging = () =>
				store.calls >= HANGING_CALLS.length &&
				sandbox.ledger.predictions.length >= boughtBefore + 2 * HANGING_CALLS.length;
			return await Promise.all(
				HANGING_CALLS.map(async (scene): Promise<Outcome> => {
					const [what, isRemote, call, fromOpening] = scene;
					const items = await pictures(isRemote);
					store.hang(items[1]?.binary?.['data']?.id ?? '', call, fromOpening);
					const stop = new AbortController();
					const startedAtMs = performance.now();
					let endsAtMs = startedAtMs + MAX_WAIT_SECONDS * 1_000;
					const running = run(
						sandbox.baseUrl,
						items,
						endsBy === 'Max Wait' ? MAX_WAIT_SECONDS : 600,
						stop.signal,
					);
					if (endsBy === 'a stop') {
						await until(onlyHanging);
						// The request whose bytes hang is on its way by then.
						await sleep(200);
						endsAtMs = performance.now();
						stop.abort();
					}
					const { items: given } = await running;
					const lost = endsBy === 'a stop' ? 0 : 2 - answered(given);
					return { where: `${what}, until ${endsBy}`, pastMs: performance.now() - endsAtMs, lost };
				}),
			);
		};
		const hanging = play('Max Wait');
		await until(() => store.calls >= HANGING_CALLS.length);
		const startedAtMs = performance.now();
		const others = await Promise.all(
			Array.from(
				{ length: 5 },
				async () => await run(sandbox.baseUrl, await pictures(true), MAX_WAIT_SECONDS),
			),
		);
		const othersTookMs = performance.now() - startedAtMs;
		const held = others.reduce((sum, { items }) => sum + 3 - answered(items), 0);
		const byTime = await hanging;
		store.calls = 0;
		const byStop = await play('a stop');
		const outcomes = [...byTime, ...byStop];
		const pastMs = Math.max(...outcomes.map((outcome) => outcome.pastMs));
		return measure(
			`${(pastMs / 1_000).toFixed(1)} s; ${held} (${outcomes.length} runs beside ${others.length} others)`,
			[
				...outcomes
					.filter((outcome) => outcome.pastMs > MAX_PAST_MS)
					.map((outcome) => `${outcome.where}: ${outcome.pastMs.toFixed(0)} ms past`),
				...outcomes
					.filter(({ lost }) => lost > 0)
					.map(({ where, lost }) => `${where}: ${lost} good items lost`),
				...(held > 0 ? [`${held} items of other executions have no result`] : []),
				...(othersTookMs > MAX_WAIT_SECONDS * 1_000
					? [`the other executions took ${othersTookMs.toFixed(0)} ms`]
					: []),
			],
		);
	} finally {
		store.restore();
		await sandbox.close();
	}
}

/** Of one size and length, so that those of others are compared with theirs. */
async function pictures(isRemote: boolean): Promise<INodeExecutionData[]> {
	return await Promise.all(
		(['red', 'green', 'blue'] as const).map(async (colour) => {
			const bytes = await testMedia.picture(40, 30, { colour });
			const data = await storeBinary(bytes, `${colour}.png`, 'image/png');
			if (data.id !== undefined && isRemote) data.id = HangingStore.remote(data.id);
			return { json: {}, binary: { data } };
		}),
	);
}

async function run(
	baseUrl: string,
	items: INodeExecutionData[],
	maxWait: number,
	signal?: AbortSignal,
): Promise<NodeRun> {
	return await runNode({
		baseUrl,
		items,
		signal,
		onError: 'continueRegularOutput',
		parameters: {
			resource: 'image',
			operation: 'analyze',
			text: 'What is it?',
			options: { maxWait, pollInterval: 0.5 },
		},
	});
}

function answered(items: readonly INodeExecutionData[]): number {
	return items.filter(({ json }) => typeof json['text'] === 'string').length;
}
