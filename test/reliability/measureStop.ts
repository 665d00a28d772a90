import { FaultServer } from '../faults/FaultServer';
import { numberedItems, QUESTION } from '../faults/playScene';
import { until } from '../faults/until';
import { runNode } from '../support/runNode';
import { measure, type Form, type Measure } from './PromiseRow';

const ITEMS = 20;
const CAP = 8;
const MAX_CREATE_AFTER_STOP_MS = 250;
const TERMINAL: ReadonlySet<string> = new Set(['success', 'failed', 'error', 'cancelled']);

/** When the user presses Stop. */
const MOMENTS: ReadonlyArray<{ readonly name: string; readonly hasCome: (server: FaultServer) => boolean }> =
	[
		{
			name: 'while creates are on their way',
			hasCome: (server) => server.ledger.requests.filter(({ name }) => name === 'create').length >= 2,
		},
		{ name: 'with items in the queue', hasCome: (server) => server.sandbox.ledger.refusedCreates.length > 0 },
		{
			name: 'while files are uploaded',
			hasCome: (server) => server.ledger.requests.some(({ name }) => name === 'put'),
		},
		{
			name: 'before anything was created',
			hasCome: (server) => server.ledger.requests.some(({ name }) => name === 'presign'),
		},
		{
			name: 'while polling',
			hasCome: (server) => server.ledger.requests.filter(({ name }) => name === 'poll').length >= 10,
		},
	];

interface Stopped {
	/** From the stop to the last create that was sent after it; 0 where none was. */
	readonly lastCreateMs: number;
	readonly unfinished: number;
	readonly cancelled: number;
	readonly leftRunning: number;
	readonly filesLeft: number;
}

/** C1: a stop in the middle of twenty predictions, at moments of every kind. */
export async function measureStop(form: Form): Promise<Measure> {
	const seeds = form === 'long' ? [1, 2, 3, 4] : [1];
	const moments = form === 'long' ? MOMENTS : MOMENTS.slice(0, 3);
	const faults: string[] = [];
	const all: Stopped[] = [];
	for (const { name, hasCome } of moments) {
		for (const seed of seeds) {
			const stopped = await playStop(hasCome, seed);
			all.push(stopped);
			const { lastCreateMs, unfinished, cancelled, leftRunning, filesLeft } = stopped;
			if (lastCreateMs > MAX_CREATE_AFTER_STOP_MS)
				faults.push(`${name}: a create was sent ${lastCreateMs} ms after the stop`);
			if (cancelled < unfinished)
				faults.push(`${name}: ${cancelled} of ${unfinished} predictions got a cancel`);
			if (leftRunning > 0) faults.push(`${name}: ${leftRunning} predictions were left running`);
			if (filesLeft > 0) faults.push(`${name}: ${filesLeft} files were left`);
		}
	}
	const unfinished = sum(all.map((one) => one.unfinished));
	const share = unfinished === 0 ? 0 : (100 * sum(all.map((one) => one.cancelled))) / unfinished;
	return measure(
		`${Math.max(...all.map((one) => one.lastCreateMs))} ms; ${share.toFixed(0)} %; ${sum(all.map((one) => one.leftRunning))} (${all.length} stops, ${unfinished} unfinished predictions)`,
		unfinished === 0 ? ['nothing was in flight at any stop'] : faults,
	);
}

async function playStop(hasCome: (server: FaultServer) => boolean, seed: number): Promise<Stopped> {
	// Slow enough that a stop falls between a create's sending and its answer.
	const server = await FaultServer.start({
		scenario: { accountCap: CAP, latencyMs: 60 * seed, runTimeMs: { min: 60_000, max: 90_000 } },
	});
	const stop = new AbortController();
	try {
		const running = runNode({
			items: await numberedItems(ITEMS),
			baseUrl: server.baseUrl,
			onError: 'continueRegularOutput',
			signal: stop.signal,
			parameters: {
				resource: 'image',
				operation: 'analyze',
				text: QUESTION,
				options: { maxConcurrency: ITEMS, pollInterval: 0.5 },
			},
		});
		await until(() => hasCome(server), 60_000);
		const stoppedAtMs = Date.now();
		stop.abort();
		await running;
		const { predictions, files } = server.sandbox.ledger;
		const creates = server.ledger.sends.filter(({ name }) => name === 'create');
		// One that ended by itself before the stop needs no cancel.
		const unfinished = predictions.filter(({ status }) => status === 'cancelled' || !TERMINAL.has(status));
		return {
			lastCreateMs: Math.max(0, ...creates.map(({ atMs }) => atMs - stoppedAtMs)),
			unfinished: unfinished.length,
			cancelled: unfinished.filter(({ cancelRequests }) => cancelRequests > 0).length,
			leftRunning: predictions.filter(({ status }) => !TERMINAL.has(status)).length,
			filesLeft: files.filter(({ uploads, deleted }) => uploads > 0 && !deleted).length,
		};
	} finally {
		await server.close();
	}
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, number) => total + number, 0);
}
