import { Scope } from '../../nodes/EachLabs/core/Scope';
import { EachLabsClient } from '../../nodes/EachLabs/core/api/EachLabsClient';
import { PredictionError } from '../../nodes/EachLabs/core/PredictionError';
import {
	SIMULATED_BASE_URL,
	SimulatedEachLabs,
	type Endpoint,
	type SimulatedRequest,
} from '../support/SimulatedEachLabs';
import { simulateRun } from '../support/simulateRun';
import { VirtualClock } from '../support/VirtualClock';
import { measure, type Measure } from './PromiseRow';

const MAX_WAIT_SECONDS = 600;
const DATE_AT_MS = 20_000;
const BUSY_MS = 1;
/** The clock counts in fractions. */
const ROUNDING_MS = 0.01;

interface Header {
	readonly name: string;
	readonly value: string;
	/** Until when the call must not be sent again, on the virtual clock. */
	readonly heldUntilMs: (answeredAtMs: number) => number;
}

/** What a server may write into the header. What is no time, or one that has passed, holds nothing back. */
const HEADERS: readonly Header[] = [
	{ name: 'seconds', value: '7', heldUntilMs: (atMs) => atMs + 7_000 },
	{
		name: 'a date',
		value: new Date(new VirtualClock().epochMs() + DATE_AT_MS).toUTCString(),
		heldUntilMs: () => DATE_AT_MS,
	},
	{ name: '0', value: '0', heldUntilMs: (atMs) => atMs },
	{ name: 'a negative number', value: '-5', heldUntilMs: (atMs) => atMs },
	{ name: 'NaN', value: 'NaN', heldUntilMs: (atMs) => atMs },
	{ name: '10^9', value: '1000000000', heldUntilMs: (atMs) => atMs + 600_000 },
];

interface Observed {
	readonly what: string;
	/** How many answers had the header. */
	readonly headers: number;
	/** Requests that were sent before the header's time. */
	readonly early: number;
	readonly shortestTimerMs: number;
}

/** F4, on a virtual clock: every call that may be made again, refused with each form of `Retry-After`. */
export async function measureRetryAfter(): Promise<Measure> {
	const all: Observed[] = [];
	for (const header of HEADERS) {
		all.push(await inRun('create', 429, header));
		all.push(await inRun('poll', 429, header));
		all.push(await inRun('poll', 503, header));
		for (const [endpoint, call] of SAFE_CALLS) all.push(await inSafeCall(endpoint, call, header));
	}
	const early = sum(all.map((one) => one.early));
	const shortestMs = Math.min(...all.map((one) => one.shortestTimerMs));
	return measure(
		`${early} (after ${sum(all.map((one) => one.headers))} headers); 0 (shortest: ${Math.floor(shortestMs)} ms)`,
		[
			...all.filter((one) => one.early > 0).map((one) => `${one.what}: ${one.early} requests came too early`),
			...all.filter((one) => one.headers === 0).map((one) => `${one.what}: no such answer was given`),
			...(shortestMs > BUSY_MS ? [] : [`a timer of ${shortestMs} ms`]),
		],
	);
}

/** A run in which every other call to an endpoint is refused. */
async function inRun(endpoint: 'create' | 'poll', status: number, header: Header): Promise<Observed> {
	const { service, clock } = await simulateRun({
		items: 20,
		maxWaitSeconds: MAX_WAIT_SECONDS,
		service: {
			runTimeMs: () => 4_000,
			fault: (called, _request, ordinal) =>
				called === endpoint && ordinal % 2 === 1 ? refusal(status, header) : undefined,
		},
	});
	// What is asked after a cancel is no poll any more, but how the prediction ended.
	const cancels = service.sent('cancel');
	const requests = service
		.sent(endpoint)
		.filter(
			({ atMs, request: { url } }) =>
				!cancels.some((cancel) => cancel.request.url.startsWith(`${url}/`) && cancel.atMs <= atMs),
		);
	// A refused create holds back all creates of the account, a refused poll only those of its own prediction.
	const queues = endpoint === 'create' ? [requests] : groupByUrl(requests);
	return observe(`${endpoint}, ${status}, ${header.name}`, queues, header, clock);
}

type SafeCall = (client: EachLabsClient, scope: Scope) => Promise<unknown>;

const SAFE_CALLS: ReadonlyArray<readonly [Endpoint, SafeCall]> = [
	[
		'presign',
		async (client, scope) =>
			await client.presignUpload(
				{ contentType: 'image/png', fileType: 'image', expiresInSeconds: 60 },
				scope,
			),
	],
	['model', async (client, scope) => await client.getModel('m', scope)],
	['cancel', async (client, scope) => await client.cancelPrediction('p0', scope)],
	['delete', async (client, scope) => await client.deleteFile('f0', scope)],
];

/** One call that is made again by itself; its first two tries are refused. */
async function inSafeCall(endpoint: Endpoint, call: SafeCall, header: Header): Promise<Observed> {
	const clock = new VirtualClock();
	const service = new SimulatedEachLabs(clock, {
		fault: (_endpoint, _request, ordinal) => (ordinal < 2 ? refusal(503, header) : undefined),
	});
	const client = new EachLabsClient(service, clock, SIMULATED_BASE_URL);
	const scope = new Scope(clock, MAX_WAIT_SECONDS * 1_000);
	await clock.run(
		call(client, scope).catch((error: unknown) => {
			if (!(error instanceof PredictionError)) throw error;
		}),
	);
	return observe(`${endpoint}, 503, ${header.name}`, [service.sent(endpoint)], header, clock);
}

function refusal(status: number, { value }: Header) {
	const headers = { 'retry-after': value };
	return { acts: false, gives: { status, headers, text: '{"error":"not now"}' } };
}

/** @param queues requests of which each answer holds back all that follow in the same queue */
function observe(
	what: string,
	queues: ReadonlyArray<readonly SimulatedRequest[]>,
	{ heldUntilMs }: Header,
	clock: VirtualClock,
): Observed {
	let headers = 0;
	let early = 0;
	for (const queue of queues) {
		for (const { answeredAtMs, status } of queue) {
			if (answeredAtMs === undefined || (status !== 429 && status !== 503)) continue;
			headers += 1;
			early += queue.filter(
				({ atMs }) => atMs > answeredAtMs && atMs < heldUntilMs(answeredAtMs) - ROUNDING_MS,
			).length;
		}
	}
	return { what, headers, early, shortestTimerMs: Math.min(...clock.sleeps.map(({ ms }) => ms)) };
}

function groupByUrl(requests: readonly SimulatedRequest[]): SimulatedRequest[][] {
	const groups = new Map<string, SimulatedRequest[]>();
	for (const entry of requests) {
		const group = groups.get(entry.request.url) ?? [];
		group.push(entry);
		groups.set(entry.request.url, group);
	}
	return [...groups.values()];
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, number) => total + number, 0);
}
