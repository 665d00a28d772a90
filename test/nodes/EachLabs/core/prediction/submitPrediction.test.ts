import { AccountLimiter, type Slot } from '../../../../../nodes/EachLabs/core/account/AccountLimiter';
import { Scope } from '../../../../../nodes/EachLabs/core/Scope';
import { EachLabsClient } from '../../../../../nodes/EachLabs/core/api/EachLabsClient';
import { PredictionError } from '../../../../../nodes/EachLabs/core/PredictionError';
import type { LedgerItem } from '../../../../../nodes/EachLabs/core/prediction/PredictionLedger';
import { submitPrediction } from '../../../../../nodes/EachLabs/core/prediction/submitPrediction';
import {
	json,
	plain,
	REFUSED,
	RESET,
	SCRIPTED_BASE_URL,
	ScriptedTransport,
	type ScriptedAnswer,
} from '../../../../support/ScriptedTransport';
import type { SimulationOptions } from '../../../../support/SimulatedEachLabs';
import { simulateRun } from '../../../../support/simulateRun';
import { VirtualClock } from '../../../../support/VirtualClock';

const INPUT = { prompt: 'What is it?', image_urls: ['https://files.test/f1'] };
const CREATE = 'POST /v1/prediction';
const LIST = 'GET /v2/executions?limit=100&model=m&from=2025-12-31T23%3A59%3A00.000Z';

const created = (id = 'p1') => json(200, { status: 'success', predictionID: id });
/** @param ids oldest first, as they are looked at; the list has them the other way round */
const list = (...ids: string[]) =>
	json(200, { executions: ids.toReversed().map((id) => ({ id })), total_count: ids.length });
const prediction = (id: string, input: unknown = INPUT) => json(200, { id, status: 'processing', input });

interface Submission {
	/** The id, or the error. */
	readonly outcome: string | PredictionError;
	/** Second and request. */
	readonly log: string[];
	readonly ledgerItem: LedgerItem;
	readonly claimed: Set<string>;
	readonly heldBack: string[];
	readonly endedAtS: number;
	readonly transport: ScriptedTransport;
	readonly limiter: AccountLimiter;
}

interface SubmissionOptions {
	readonly resubmit?: boolean;
	/** Addresses that the run has uploaded; by default the one in the input. */
	readonly uploads?: string[];
	readonly claimed?: string[];
	readonly maxWaitMs?: number;
	readonly stopAtMs?: number;
	readonly company?: boolean;
	readonly latencyMs?: number;
}

/** Submits one prediction by a script of answers, with jitter taken away. */
async function submit(
	answers: readonly ScriptedAnswer[],
	options: SubmissionOptions = {},
): Promise<Submission> {
	const clock = new VirtualClock(() => 0.5);
	const transport = new ScriptedTransport(clock, answers, options.latencyMs);
	const limiter = new AccountLimiter(clock);
	const stop = new AbortController();
	if (options.stopAtMs !== undefined) void clock.elapse(options.stopAtMs).then(() => stop.abort());
	const scope = new Scope(clock, options.maxWaitMs ?? 600_000, stop.signal);
	const ledgerItem: LedgerItem = { resubmitted: false };
	const claimed = new Set(options.claimed);
	const heldBack: string[] = [];
	if (options.company) {
		const other = await limiter.acquire({ stallMs: 600_000 });
		other.accepted('p');
		void clock.elapse(40_000).then(() => {
			other.settle();
		});
	}
	const work = async (): Promise<string> => {
		const slot: Slot = await limiter.acquire({ abortSignal: stop.signal, stallMs: 600_000 });
		return await submitPrediction(
			{ model: 'm', input: INPUT, uploads: options.uploads ?? ['https://files.test/f1'] },
			{
				client: new EachLabsClient(transport, clock, SCRIPTED_BASE_URL),
				clock,
				slot,
				scope,
				mayStart: () => !stop.signal.aborted,
				claimed,
				resubmit: options.resubmit ?? false,
				ledgerItem,
				onHeldBack: (details) => heldBack.push(details),
			},
		).finally(() => {
			slot.settle();
		});
	};
	const outcome = await clock.run(work().catch((error: unknown) => error as PredictionError));
	transport.assertDone();
	return {
		outcome,
		log: transport.requests.map(({ atMs, line }) => `${atMs / 1_000} ${line}`),
		ledgerItem,
		claimed,
		heldBack,
		endedAtS: clock.monotonicMs() / 1_000,
		transport,
		limiter,
	};
}

describe('a create that is accepted', () => {
	test('is sent once, with the model and its input, and its id is written down', async () => {
		const { outcome, transport, ledgerItem, claimed } = await submit([created()]);
		expect(outcome).toBe('p1');
		expect(transport.requests).toMatchObject([
			{ line: CREATE, body: { model: 'm', input: INPUT }, request: { authenticated: true } },
		]);
		expect(transport.requests[0]?.request.headers['X-Request-Id']).toEqual(expect.any(String));
		const sent = { request: { model: 'm', input: INPUT }, sentAtEpochMs: Date.UTC(2026, 0, 1) };
		expect(ledgerItem).toMatchObject({
			entry: { state: 'created', predictionId: 'p1', sent },
			resubmitted: false,
		});
		expect([...claimed]).toEqual(['p1']);
	});
});

describe('a create that surely made nothing', () => {
	test('for a refused connection is sent up to three times', async () => {
		expect((await submit([REFUSED, REFUSED, created()])).log).toEqual([
			`0 ${CREATE}`,
			`0.25 ${CREATE}`,
			`0.75 ${CREATE}`,
		]);
		const { outcome, log, ledgerItem } = await submit([REFUSED, REFUSED, REFUSED]);
		expect(outcome).toMatchObject({ kind: 'serviceUnavailable' });
		expect(log).toHaveLength(3);
		expect(ledgerItem.entry).toBeUndefined();
	});

	test.each([
		[400, 'requestRefused'],
		[401, 'authentication'],
		[402, 'balance'],
		[403, 'authentication'],
		[404, 'modelUnavailable'],
		[409, 'requestRefused'],
		[422, 'requestRefused'],
	])('for status %p fails at once, as %s', async (status, kind) => {
		const { outcome, log } = await submit([json(status, { error: 'no' })]);
		expect(outcome).toMatchObject({ kind, facts: { httpStatus: status } });
		expect(outcome).not.toHaveProperty('facts.predictionId');
		expect(log).toHaveLength(1);
	});

	test('by an answer that says so fails at once', async () => {
		const { outcome, log } = await submit([json(200, { status: 'error', message: 'bad input' })]);
		expect(outcome).toMatchObject({ kind: 'requestRefused' });
		expect(log).toHaveLength(1);
	});

	test('for want of time is told so, and not sent', async () => {
		const { outcome, log } = await submit([], { maxWaitMs: 50 });
		expect(outcome).toMatchObject({ kind: 'deadline', message: expect.stringContaining('used up') });
		expect(log).toEqual([]);
	});
});

describe('a create for which there is no place', () => {
	const busy = (headers?: Record<string, string>) =>
		json(429, { error: 'busy', details: 'cap is 2' }, headers);

	test('is sent again when the limiter says so, and takes the words of the service along', async () => {
		const { outcome, log, heldBack } = await submit([busy(), busy(), created()]);
		expect(outcome).toBe('p1');
		expect(log).toEqual([`0 ${CREATE}`, `16.5 ${CREATE}`, `99 ${CREATE}`]);
		expect(heldBack).toEqual(['busy - cap is 2', 'busy - cap is 2']);
	});

	test('is sent as often as it takes: a refusal costs no try', async () => {
		const { outcome, log } = await submit([...Array.from({ length: 4 }, () => busy()), created()]);
		expect(outcome).toBe('p1');
		expect(log).toHaveLength(5);
	});

	test('is not sent before the time that the service names', async () => {
		const { log } = await submit([busy({ 'retry-after': '45' }), created()]);
		expect(log).toEqual([`0 ${CREATE}`, `45 ${CREATE}`]);
	});

	test('for want of balance waits while predictions are in flight', async () => {
		const { outcome, log } = await submit([json(402, { error: 'balance' }), created()], { company: true });
		expect(outcome).toBe('p1');
		expect(log).toEqual([`0 ${CREATE}`, `15 ${CREATE}`]);
	});

	test('for want of balance fails at once when nothing is in flight, with the words of the service', async () => {
		const { outcome, log } = await submit([
			json(402, { error: 'balance', details: 'your balance is 0.00 USD' }),
		]);
		expect(outcome).toMatchObject({
			kind: 'balance',
			description: expect.stringContaining('your balance is 0.00 USD'),
		});
		expect(log).toHaveLength(1);
	});
});

const AMBIGUOUS: ReadonlyArray<[string, ScriptedAnswer, number]> = [
	['a connection that breaks off', RESET, 0],
	['silence', 'silence', 30],
	['status 500', json(500, { error: 'oops' }), 0],
	['status 502 in HTML', plain(502, '<html>'), 0],
	['status 503', plain(503, ''), 0],
	['status 504', plain(504, ''), 0],
	['a redirect', plain(302, '', { location: 'https://elsewhere.test' }), 0],
	['HTML with status 200', plain(200, '<html>'), 0],
	['an empty answer', plain(200, ''), 0],
	['JSON cut off', plain(200, '{"status":"success","predic'), 0],
	['a success without an id', json(200, { status: 'success' }), 0],
	['a success with an empty id', json(200, { status: 'success', predictionID: '' }), 0],
	['a success with an id that is none', json(200, { status: 'success', predictionID: 7 }), 0],
	['a prediction in flight without an id', json(200, { status: 'processing' }), 0],
	['JSON that is no object', json(200, [1]), 0],
];

describe.each(AMBIGUOUS)('a create that met %s', (_, answer, answeredAtS) => {
	test('is looked for after 2, 5 and 10 s, and never sent again', async () => {
		const { outcome, log, ledgerItem } = await submit([answer, list(), list(), list()]);
		expect(log).toEqual([`0 ${CREATE}`, ...[2, 5, 10].map((afterS) => `${answeredAtS + afterS} ${LIST}`)]);
		expect(outcome).toMatchObject({
			kind: 'submissionUnknown',
			description: expect.stringContaining('request-1'),
			facts: { requestId: 'request-1' },
		});
		expect(ledgerItem.entry).toMatchObject({ state: 'unknown', error: outcome });
	});

	test('is adopted where exactly one prediction has its input', async () => {
		const { outcome, log, ledgerItem, claimed } = await submit([
			answer,
			list('px', 'p7'),
			prediction('px', { ...INPUT, prompt: 'Another' }),
			prediction('p7', { ...INPUT, seed: 1 }),
		]);
		expect(outcome).toBe('p7');
		expect(log.filter((line) => line.includes(CREATE))).toHaveLength(1);
		expect(ledgerItem.entry).toEqual({ state: 'created', predictionId: 'p7' });
		expect([...claimed]).toEqual(['p7']);
	});
});

describe('looking for a create of unknown outcome', () => {
	test('finds one that appears late', async () => {
		const { outcome, endedAtS } = await submit([RESET, list(), list(), list('p7'), prediction('p7')]);
		expect({ outcome, endedAtS }).toEqual({ outcome: 'p7', endedAtS: 10 });
	});

	test('takes any of two with the address of its own upload, since both are of this run', async () => {
		const { outcome, endedAtS } = await submit([RESET, list('p7', 'p8'), prediction('p7'), prediction('p8')]);
		expect({ outcome, endedAtS }).toEqual({ outcome: 'p7', endedAtS: 2 });
	});

	test.each([
		['text only', []],
		['the address of another run', ['https://files.test/f2']],
	])('never adopts one with %s, and names it', async (_, uploads) => {
		const { outcome, claimed } = await submit([RESET, list('p7'), prediction('p7'), list('p7'), list('p7')], {
			uploads,
		});
		expect(outcome).toMatchObject({
			kind: 'submissionUnknown',
			description: expect.stringMatching(
				/One prediction of your account may be it: p7\. Without a file of its own it can't be told from those of others\. 'Prediction → Get' fetches its result/,
			),
			facts: { candidateIds: ['p7'] },
		});
		expect([...claimed]).toEqual([]);
	});

	test('names those that could not be read: what nobody has seen may be its own', async () => {
		const unread = plain(500, 'down');
		const look = [list('p7', 'p8'), unread, prediction('p8', { ...INPUT, prompt: 'Another' })];
		const { outcome, claimed } = await submit([RESET, ...look, list('p7'), unread, list('p7'), unread]);
		expect(outcome).toMatchObject({ kind: 'submissionUnknown', facts: { candidateIds: ['p7'] } });
		expect([...claimed]).toEqual([]);
	});

	test.each([
		['five minutes slow', 300],
		['five minutes fast', -300],
	])('asks in the time of the service where our clock is %s', async (_, aheadS) => {
		const date = new Date(Date.UTC(2026, 0, 1) + aheadS * 1_000).toUTCString();
		const { log, outcome } = await submit([
			RESET,
			// Only this answer tells what time it is there.
			json(200, { executions: [] }, { date }),
			list('p7'),
			prediction('p7'),
		]);
		const fromS = Date.UTC(2026, 0, 1) / 1_000 + aheadS - 60;
		const from = /from=([^&]*)/.exec(decodeURIComponent(log[2] ?? ''))?.[1] ?? '';
		// The header is of the second at which the list was answered, two after the create.
		expect(Math.abs(Date.parse(from) / 1_000 - fromS)).toBeLessThanOrEqual(2);
		expect(outcome).toBe('p7');
	});

	test('follows an answer with the ID of another prediction', async () => {
		const { outcome, log } = await submit([created('p1'), list('p1', 'p2'), prediction('p2')], {
			claimed: ['p1'],
		});
		expect(outcome).toBe('p2');
		expect(log.filter((line) => line.endsWith(CREATE))).toHaveLength(1);
	});

	test('does not even ask about predictions that belong to another item', async () => {
		const { outcome, log } = await submit([RESET, list('p7', 'p8'), prediction('p8')], { claimed: ['p7'] });
		expect(outcome).toBe('p8');
		expect(log.at(-1)).toBe('2 GET /v1/prediction/p8');
	});

	test('asks about each other prediction once', async () => {
		const other = { prompt: 'Another' };
		const { outcome, log } = await submit([
			RESET,
			list('p1', 'p2'),
			prediction('p1', other),
			prediction('p2', other),
			list('p1', 'p2'),
			list('p1', 'p2', 'p3'),
			prediction('p3', other),
		]);
		expect(outcome).toMatchObject({ kind: 'submissionUnknown' });
		expect(log).toHaveLength(7);
	});

	test('reads on where the list has several pages', async () => {
		const other = { prompt: 'Another' };
		const firstPage = Array.from({ length: 100 }, (_, index) => `p${index}`);
		const { outcome, log } = await submit([
			RESET,
			json(200, { executions: firstPage.map((id) => ({ id })), has_more: true, next_cursor: 'after-p99' }),
			list('p100', 'p99'),
			...['p100', ...firstPage.slice(1).reverse()].map((id) => prediction(id, other)),
			prediction('p0'),
		]);
		expect(outcome).toBe('p0');
		expect(log[2]).toContain('cursor=after-p99');
	});

	test('reads no more of those that came after it, once it is found', async () => {
		const ids = Array.from({ length: 20 }, (_, index) => `p${index}`);
		const { outcome } = await submit([
			RESET,
			list(...ids),
			prediction('p0'),
			...ids.slice(1, 5).map((id) => prediction(id, { prompt: 'Another' })),
		]);
		expect(outcome).toBe('p0');
	});

	test("looks again where a prediction can't be read, since it may be it", async () => {
		const { outcome, endedAtS } = await submit([
			RESET,
			list('p7', 'p8'),
			prediction('p7', { prompt: 'Another' }),
			plain(503, ''),
			list('p7', 'p8'),
			prediction('p8'),
		]);
		expect({ outcome, endedAtS }).toEqual({ outcome: 'p8', endedAtS: 5 });
	});

	test.each<[string, ScriptedAnswer]>([
		['is not there', plain(503, '')],
		['is not to be read', plain(200, '<html>')],
		["can't be reached", REFUSED],
	])('goes on where the list %s', async (_, answer) => {
		const { outcome, endedAtS } = await submit([RESET, answer, answer, list('p7'), prediction('p7')]);
		expect({ outcome, endedAtS }).toEqual({ outcome: 'p7', endedAtS: 10 });
	});

	test('keeps off for as long as the service asks', async () => {
		const { log } = await submit([RESET, plain(503, '', { 'retry-after': '20' }), list(), list()]);
		expect(log.slice(1).map((line) => line.split(' ')[0])).toEqual(['2', '22', '22.05']);
	});

	test('ends where the service asks for more time than there is for it', async () => {
		const { outcome, endedAtS } = await submit([RESET, plain(503, '', { 'retry-after': '1000000000' })]);
		expect(outcome).toMatchObject({ kind: 'submissionUnknown' });
		expect(endedAtS).toBe(2);
	});

	test('looks three times for six seconds each, were the service to fall silent', async () => {
		const { outcome, endedAtS } = await submit([RESET, 'silence', 'silence', 'silence']);
		expect(outcome).toMatchObject({ kind: 'submissionUnknown' });
		expect(endedAtS).toBeCloseTo(20.1, 1);
	});

	test('survives a list that hangs when it is looked at first', async () => {
		const { outcome } = await submit([RESET, 'silence', list('p7'), prediction('p7')]);
		expect(outcome).toBe('p7');
	});
});

describe('with the option to submit again', () => {
	test('a create of unknown outcome is sent once more, after it was looked for', async () => {
		const { outcome, log, ledgerItem } = await submit([RESET, list(), list(), list(), created('p2')], {
			resubmit: true,
		});
		expect(outcome).toBe('p2');
		expect(log.at(-1)).toBe(`10 ${CREATE}`);
		expect(ledgerItem).toMatchObject({ entry: { state: 'created', predictionId: 'p2' }, resubmitted: true });
	});

	test('but not twice', async () => {
		const { outcome, log } = await submit([RESET, list(), list(), list(), RESET, list(), list(), list()], {
			resubmit: true,
		});
		expect(outcome).toMatchObject({ kind: 'submissionUnknown' });
		expect(log.filter((line) => line.endsWith(CREATE))).toHaveLength(2);
	});

	test('and not before the time that the service names', async () => {
		const busy = plain(503, '', { 'retry-after': '60' });
		const { log } = await submit([busy, list(), list(), list(), created('p2')], { resubmit: true });
		expect(log.at(-1)).toBe(`60 ${CREATE}`);
	});

	test('and not where that time is after the deadline', async () => {
		const busy = plain(503, '', { 'retry-after': '1000000000' });
		const { outcome, ledgerItem } = await submit([busy, list(), list(), list()], { resubmit: true });
		expect(outcome).toMatchObject({ kind: 'submissionUnknown' });
		expect(ledgerItem).toMatchObject({ entry: { state: 'unknown' }, resubmitted: false });
	});

	test.each<[string, ScriptedAnswer[], SubmissionOptions]>([
		['is refused', [json(400, { error: 'no' })], {}],
		["can't be sent", [REFUSED, REFUSED, REFUSED], {}],
		['is stopped before it is sent', [REFUSED], { stopAtMs: 10_100 }],
		['finds no place before the stop', [json(429, { error: 'busy' })], { stopAtMs: 10_100 }],
		['has no time left', [], { maxWaitMs: 10_050 }],
	])('and when that one %s, the item still tells of the first', async (_, second, options) => {
		const { outcome, ledgerItem } = await submit([RESET, list(), list(), list(), ...second], {
			resubmit: true,
			...options,
		});
		expect(outcome).toMatchObject({ kind: 'submissionUnknown', facts: { requestId: 'request-1' } });
		expect(ledgerItem).toMatchObject({ entry: { state: 'unknown' }, resubmitted: true });
	});

	test('and not once the run is stopped', async () => {
		const { outcome, log } = await submit([RESET, list(), list(), list()], {
			resubmit: true,
			stopAtMs: 3_000,
		});
		expect(outcome).toMatchObject({ kind: 'submissionUnknown' });
		expect(log.filter((line) => line.endsWith(CREATE))).toHaveLength(1);
	});
});

describe('a stop', () => {
	test('before the create is sent keeps it from being sent', async () => {
		const { outcome, log } = await submit([REFUSED], { stopAtMs: 100 });
		expect(outcome).toMatchObject({
			kind: 'stopped',
			facts: expect.not.objectContaining({ predictionId: expect.anything() }),
		});
		expect(log).toHaveLength(1);
	});

	test('between the create and its answer waits for the answer, and gives the id', async () => {
		const { outcome, endedAtS } = await submit([created('p1')], { latencyMs: 8_000, stopAtMs: 1_000 });
		expect({ outcome, endedAtS }).toEqual({ outcome: 'p1', endedAtS: 8 });
	});

	test('waits 10 s for the answer, then looks for the prediction for 10 s', async () => {
		const { log, outcome, endedAtS } = await submit(
			['silence', list(), list(), list('p7'), prediction('p7')],
			{ stopAtMs: 1_000 },
		);
		expect(log.map((line) => Number(line.split(' ')[0]))).toEqual([0, 13, 16, 21, 21]);
		expect({ outcome, endedAtS }).toEqual({ outcome: 'p7', endedAtS: 21 });
	});

	test('while the limiter holds the create back ends it at once', async () => {
		const { outcome, endedAtS } = await submit([json(429, { error: 'busy' })], { stopAtMs: 500 });
		expect(outcome).toMatchObject({ why: 'stopped' });
		expect(endedAtS).toBe(0.5);
	});
});

describe('items with the same input', () => {
	const sameInput = () => INPUT;
	const losing =
		(acts: boolean): SimulationOptions['fault'] =>
		(endpoint) =>
			endpoint === 'create' ? { acts, gives: RESET } : undefined;

	test('that were both made share them out', async () => {
		const { outcomes, service } = await simulateRun({
			items: 2,
			inputOf: sameInput,
			service: { runTimeMs: () => 20_000, fault: losing(true) },
		});
		expect(outcomes.map(({ prediction: made }) => made?.id).sort()).toEqual(['p0', 'p1']);
		expect(service.predictions).toHaveLength(2);
	});

	test('of which one was made share nothing: one of them has it', async () => {
		const { outcomes, service } = await simulateRun({
			items: 2,
			inputOf: sameInput,
			service: {
				runTimeMs: () => 20_000,
				fault: (endpoint, _, ordinal) =>
					endpoint === 'create' ? { acts: ordinal === 0, gives: RESET } : undefined,
			},
		});
		expect(service.predictions).toHaveLength(1);
		expect(outcomes.filter(({ prediction: made }) => made?.id === 'p0')).toHaveLength(1);
		expect(outcomes.filter(({ error }) => error?.kind === 'submissionUnknown')).toHaveLength(1);
	});

	test('of which the others were answered leave those others alone', async () => {
		const { outcomes } = await simulateRun({
			items: 6,
			inputOf: sameInput,
			service: {
				runTimeMs: () => 20_000,
				fault: (endpoint, _, ordinal) =>
					endpoint === 'create' && ordinal === 3 ? { acts: true, gives: RESET } : undefined,
			},
		});
		expect(outcomes.map(({ prediction: made }) => made?.id).sort()).toEqual([
			'p0',
			'p1',
			'p2',
			'p3',
			'p4',
			'p5',
		]);
	});
});

test('in an outage of refused connections, a thousand items add at most a fifth to the traffic', async () => {
	const { outcomes, service } = await simulateRun({
		items: 1_000,
		service: { latencyMs: 2, fault: () => ({ acts: false, gives: REFUSED }) },
	});
	expect(outcomes.every(({ error }) => error?.kind === 'serviceUnavailable')).toBe(true);
	expect(service.requests.length / 1_000).toBeLessThanOrEqual(1.2);
});
