import pLimit from 'p-limit';

import type { CreateOutcome } from '../api/createOutcome';
import { CLOCK_SKEW_MS, type CreateRequest, type EachLabsClient } from '../api/EachLabsClient';
import type { Prediction } from '../api/shapes';
import type { Clock } from '../host';
import { PredictionError } from '../PredictionError';
import { Scope } from '../Scope';
import type { LedgerItem } from './PredictionLedger';
import { listed } from '../words';

/** When to look for a prediction whose create had no clear answer, in ms after it. */
const LOOKUPS_AT_MS = [2_000, 5_000, 10_000];
const LOOKUP_TIME_MS = 30_000;
const MAX_FETCHES_AT_ONCE = 5;
/** Predictions among which a lost create is looked for. */
const MAX_LISTED = 10_000;
/** Candidates that an error names. */
const MAX_NAMED = 20;

export interface LookupContext {
	readonly client: EachLabsClient;
	readonly clock: Clock;
	/** The item's. */
	readonly scope: Scope;
	/** Predictions that this process has accounted for; a lookup must not adopt one of them. */
	readonly claimed: Set<string>;
}

type UnknownOutcome = Extract<CreateOutcome, { kind: 'unknown' }>;

/** What a create is worth whose answer names a prediction that is not the item's. */
export function answeredWithAnother(predictionId: string, requestId = ''): UnknownOutcome {
	return {
		kind: 'unknown',
		reason: `Each Labs answered with the ID of another prediction, ${predictionId}`,
		requestId,
		retryAfterMs: 0,
	};
}

/**
 * Looks for what a create of unknown outcome has made, and writes what is found, or that nothing is, into the ledger.
 *
 * @param sentAtEpochMs by our clock
 * @returns its id, or what the item ends with
 */
export async function resolveUnknown(
	outcome: UnknownOutcome,
	request: CreateRequest,
	sentAtEpochMs: number,
	context: LookupContext & { readonly ledgerItem: LedgerItem },
): Promise<string | PredictionError> {
	const { client, ledgerItem } = context;
	const { found, candidateIds } = await findSubmitted(request, sentAtEpochMs, context);
	if (found !== undefined) {
		ledgerItem.entry = { state: 'created', predictionId: found };
		return found;
	}
	const error = submissionUnknown(outcome, request, candidateIds, {
		fromEpochMs: client.requests.serviceEpochMs(sentAtEpochMs),
		toEpochMs: client.requests.serviceEpochMs(),
	});
	ledgerItem.entry = { state: 'unknown', request, sentAtEpochMs, error };
	return error;
}

/**
 * Holds each prediction that a create was answered with against what was sent: once, by the first input that the service tells.
 * There is one for a run, since the first prediction that is found out shows how the service tells inputs.
 */
export class OwnPredictions {
	private inputs: 'notSeen' | 'asSent' | 'rewritten' = 'notSeen';
	/** One search shows how inputs are told; the others wait for it. */
	private readonly firstSearch = pLimit(1);

	/** Whether what was created for the item is not its own prediction, by what the service tells of it. */
	isAnothers({ input }: Prediction, ledgerItem: LedgerItem): boolean {
		const { entry } = ledgerItem;
		if (entry?.state !== 'created' || entry.sent === undefined || Object.keys(input).length === 0)
			return false;
		const { predictionId, sent } = entry;
		if (this.inputs !== 'rewritten' && isOfAnother(sent.request, { input })) return true;
		if (this.inputs === 'notSeen' && isSurelyOwn(sent.request, { input })) this.inputs = 'asSent';
		ledgerItem.entry = { state: 'created', predictionId };
		return false;
	}

	/**
	 * What to wait for in the place of a prediction that is another's: the item's own, where it is found; else the answered one
	 * after all, unless that is surely another's.
	 *
	 * @throws {PredictionError} `submissionUnknown`
	 */
	async ownInPlaceOf(
		seen: Prediction,
		context: LookupContext & { readonly ledgerItem: LedgerItem },
	): Promise<string> {
		const { claimed, ledgerItem } = context;
		const { entry } = ledgerItem;
		if (entry?.state !== 'created' || entry.sent === undefined) return seen.id;
		const { request, sentAtEpochMs } = entry.sent;
		// It may be that of an item which looks for its own, too.
		claimed.delete(seen.id);
		const search = async () => {
			if (this.isAnothers(seen, ledgerItem)) {
				const own = await resolveUnknown(answeredWithAnother(seen.id), request, sentAtEpochMs, context);
				if (typeof own === 'string') {
					this.inputs = 'asSent';
					return own;
				}
				if (this.inputs === 'asSent' || sharesNothing(request, seen)) throw own;
				this.inputs = 'rewritten';
				ledgerItem.entry = { state: 'created', predictionId: seen.id };
			}
			claimed.add(seen.id);
			return seen.id;
		};
		const isFirst = this.inputs === 'notSeen' && !sharesNothing(request, seen);
		return isFirst ? await this.firstSearch(search) : await search();
	}
}

/** Whether a prediction, by the input that the service has of it, is not the one that was asked for. */
export function isOfAnother(request: CreateRequest, { input }: Pick<Prediction, 'input'>): boolean {
	return holdsUpload(request) ? !isSurelyOwn(request, { input }) : sharesNothing(request, { input });
}

/** Whether the prediction's input holds an address that nobody but this run knows. */
function isSurelyOwn(request: CreateRequest, { input }: Pick<Prediction, 'input'>): boolean {
	return holdsUpload(request) && holdsAny(input, request.uploads ?? []);
}

/** Whether nothing that was sent in words stands in the prediction's input. */
function sharesNothing(request: CreateRequest, { input }: Pick<Prediction, 'input'>): boolean {
	const sent = Object.values(request.input)
		.flat()
		.filter((value) => typeof value === 'string' && value !== '');
	return sent.length > 0 && !holdsAny(input, sent as string[]);
}

export interface Lookup {
	/** What is surely this run's, and belongs to no item yet. */
	readonly found?: string;
	/** Those with the same input, of which nobody can tell whose they are, and those whose input could not be read. */
	readonly candidateIds: readonly string[];
}

/**
 * Looks for the prediction that a create of unknown outcome may have made, among those that the account has created since.
 * Items of the run with equal requests share out what is found among themselves.
 *
 * @param sentAtEpochMs by our clock; the list is asked in the service's time
 */
export async function findSubmitted(
	request: CreateRequest,
	sentAtEpochMs: number,
	context: LookupContext,
): Promise<Lookup> {
	const { client, clock, scope, claimed } = context;
	const startedAtMs = clock.monotonicMs();
	const own = new Scope(clock, LOOKUP_TIME_MS);
	const fetches = pLimit(MAX_FETCHES_AT_ONCE);
	const isOwn = holdsUpload(request);
	/** Whether a prediction has this input; undefined of one that could not be read so far. */
	const isAlike = new Map<string, boolean | undefined>();
	const unclaimed = (isCandidate: (alike: boolean | undefined) => boolean) =>
		[...isAlike].flatMap(([id, alike]) => (isCandidate(alike) && !claimed.has(id) ? [id] : []));
	let notBeforeMs = 0;

	for (const atMs of LOOKUPS_AT_MS) {
		const waitMs = Math.max(startedAtMs + atMs, notBeforeMs) - clock.monotonicMs();
		if (waitMs >= own.remainingMs()) break;
		// A stop does not shorten it: what runs unseen is paid.
		await clock.sleep(Math.max(50, waitMs));
		const sinceEpochMs = client.requests.serviceEpochMs(sentAtEpochMs) - CLOCK_SKEW_MS;
		const since = { model: request.model, sinceEpochMs, limit: MAX_LISTED };
		const listed = await client.executions.newest(since, own);
		if (!listed.ok) {
			notBeforeMs = clock.monotonicMs() + (listed.retryAfterMs ?? 0);
			continue;
		}
		let isFound = false;
		await Promise.all(
			listed.value
				.map(({ id }) => id)
				.filter((id) => !claimed.has(id) && isAlike.get(id) === undefined)
				// Oldest first, since what was created after this one only grows in number.
				.reverse()
				.map((id) =>
					fetches(async () => {
						if (isFound) return;
						const fetched = await client.pollPrediction(id, own);
						isAlike.set(id, fetched.ok ? containsInput(fetched.value.input, request.input) : undefined);
						isFound ||= isOwn && isAlike.get(id) === true && !claimed.has(id);
					}),
				),
		);
		// Another item may have taken one of them meanwhile.
		const alikeIds = unclaimed((alike) => alike === true);
		const [found] = isOwn ? alikeIds : [];
		if (found !== undefined) {
			claimed.add(found);
			return { found, candidateIds: [] };
		}
		if (scope.isStopped && !isOwn && alikeIds.length > 0) break;
	}
	return { candidateIds: unclaimed((alike) => alike !== false) };
}

/** Whether the request can be told from everybody else's: nobody but this run knows the addresses of its uploads. */
function holdsUpload({ input, uploads = [] }: CreateRequest): boolean {
	return holdsAny(input, uploads);
}

function holdsAny(input: Readonly<Record<string, unknown>>, texts: readonly string[]): boolean {
	const whole = JSON.stringify(input);
	return texts.some((text) => whole.includes(JSON.stringify(text).slice(1, -1)));
}

/** Whether everything that was sent is in the prediction's input, which the service may have completed with defaults. */
function containsInput(
	actual: Readonly<Record<string, unknown>>,
	sent: Readonly<Record<string, unknown>>,
): boolean {
	return Object.entries(sent).every(
		([name, value]) => JSON.stringify(actual[name]) === JSON.stringify(value),
	);
}

function submissionUnknown(
	outcome: UnknownOutcome,
	request: CreateRequest,
	candidateIds: readonly string[],
	{ fromEpochMs, toEpochMs }: { fromEpochMs: number; toEpochMs: number },
): PredictionError {
	const window = `between ${new Date(fromEpochMs).toISOString()} and ${new Date(toEpochMs).toISOString()}, by the clock of Each Labs`;
	const named = listed(candidateIds, MAX_NAMED);
	const remedy =
		candidateIds.length > 0
			? `${candidateIds.length === 1 ? 'One prediction' : `${candidateIds.length} predictions`} of your account may be it: ${named}. ${holdsUpload(request) ? '' : "Without a file of its own it can't be told from those of others. "}'Prediction → Get' fetches its result, 'Prediction → Cancel' ends it; if none of them is this item's, run the item again.`
			: `Look at that time at the executions in your Each Labs dashboard: if it is there, 'Prediction → Get' fetches its result; if not, run this item again.`;
	return new PredictionError(
		'submissionUnknown',
		`Submission outcome unknown: it is not certain whether Each Labs accepted this prediction (${outcome.reason})`,
		{
			description: `It was not sent again, so that you don't pay twice. It was sent ${window}${outcome.requestId === '' ? '' : ` (request ID ${outcome.requestId})`}. ${remedy}`,
			...(outcome.requestId !== '' && { requestId: outcome.requestId }),
			httpStatus: outcome.httpStatus,
			...(candidateIds.length > 0 && { candidateIds: candidateIds.slice(0, MAX_NAMED) }),
		},
	);
}
