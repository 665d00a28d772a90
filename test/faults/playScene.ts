import type { INodeExecutionData } from 'n8n-workflow';

import type { Ledger } from '../../sandbox/ledger';
import { runNode, type NodeRun } from '../support/runNode';
import type { FaultLedger } from './FaultLedger';
import { faultAt } from './FaultPlan';
import { FaultServer } from './FaultServer';
import { numberedPicture } from './numberedPicture';
import type { Scene } from './Scene';
import { until } from './until';

const ITEMS = 4;
const MAX_WAIT_SECONDS = 15;
/** For what only the deadline ends: enough for the calls before it, also on a busy machine. */
const SHORT_MAX_WAIT_SECONDS = 5;
const BRIEF = { min: 200, max: 500 };
const ENDLESS = { min: 600_000, max: 600_000 };

/** What came of a scene, on the node's side and on the service's. */
export interface SceneResult {
	readonly scene: Scene;
	readonly apiKey: string;
	readonly itemCount: number;
	readonly run: NodeRun;
	readonly durationMs: number;
	readonly faults: FaultLedger;
	/** As it was when the run had ended; the sandbox is closed by now. */
	readonly service: Ledger;
	/** Connections that were still open a moment after the run. */
	readonly openConnections: number;
}

/** One run of the node over a few pictures, in n8n's engine, on a network that has the scene's fault. */
export async function playScene(scene: Scene): Promise<SceneResult> {
	const server = await FaultServer.start({
		plan: faultAt(scene),
		scenario: { runTimeMs: scene.ending === 'itself' ? BRIEF : ENDLESS },
	});
	try {
		const apiKey = 'canary/key+of=the-tests';
		const items = await numberedItems(ITEMS);
		const stop = new AbortController();
		const startedAtMs = performance.now();
		const running = runNode({
			items,
			credentials: { eachLabsApi: { apiKey, baseUrl: server.baseUrl } },
			onError: scene.onError,
			signal: stop.signal,
			parameters: {
				resource: 'image',
				operation: 'analyze',
				text: QUESTION,
				options: {
					maxWait: isEndedByDeadline(scene) ? SHORT_MAX_WAIT_SECONDS : MAX_WAIT_SECONDS,
					pollInterval: 0.5,
					...(scene.resubmit === undefined ? {} : { resubmit: scene.resubmit }),
				},
			},
		});
		if (scene.ending === 'stop') {
			await until(() => server.sandbox.ledger.predictions.length === ITEMS);
			stop.abort();
		}
		const run = await running;
		const durationMs = performance.now() - startedAtMs;
		const service = snapshotOf(server.sandbox.ledger);
		await until(() => server.openConnections === 0, 1_000).catch(() => undefined);
		return {
			scene,
			apiKey,
			itemCount: ITEMS,
			run,
			durationMs,
			faults: server.ledger,
			service,
			openConnections: server.openConnections,
		};
	} finally {
		await server.close();
	}
}

/** A connection that hangs, and polls that never tell the end, hold an item until its deadline. */
function isEndedByDeadline({ ending, fault, call, calls }: Scene): boolean {
	return ending === 'deadline' || fault === 'hang' || (call === 'poll' && calls > 1);
}

/** An expression: each item asks about its own number. */
export const QUESTION = '={{ "What is in picture number " + $json.number + "?" }}';

/** The number of the item that a prompt of these tests is about. */
export function numberInPrompt(prompt: unknown): number {
	return Number(/picture number (\d+)/.exec(typeof prompt === 'string' ? prompt : '')?.[1] ?? NaN);
}

/** Items with a picture of their own each, numbered from 0. */
export async function numberedItems(count: number): Promise<INodeExecutionData[]> {
	return await Promise.all(
		[...Array(count).keys()].map(async (number) => ({
			json: { number },
			binary: { data: await numberedPicture(number) },
		})),
	);
}

/** A prediction's status is worked out from the clock, so what it is now has to be written down. */
function snapshotOf(ledger: Ledger): Ledger {
	return {
		...ledger,
		predictions: ledger.predictions.map((prediction) => ({ ...prediction, status: prediction.status })),
		files: ledger.files.map((file) => ({ ...file })),
	};
}
