import pLimit from 'p-limit';

import type { Slot } from '../account/AccountLimiter';
import { backoffMs } from '../retries';
import {
	CLOCK_SKEW_MS,
	type CreateOutcome,
	type CreateRequest,
	type EachLabsClient,
} from '../api/EachLabsClient';
import { ENDED, type Clock } from '../host';
import { PredictionError } from '../PredictionError';
import { Scope } from '../Scope';
import type { LedgerItem } from './PredictionLedger';

const MAX_CONNECT_ATTEMPTS = 3;
/** When to look for a prediction whose create had no clear answer, in ms after it. */
const LOOKUPS_AT_MS = [2_000, 5_000, 10_000];
const LOOKUP_TIME_MS = 30_000;
const MAX_FETCHES_AT_ONCE = 5;
/** Candidates that an error names. */
const MAX_NAMED = 20;
/** For how long the answer to a create is waited for after a stop. */
export const STOP_GRACE_MS = 10_000;

export interface SubmitContext {
	readonly client: EachLabsClient;
	readonly clock: Clock;
	readonly slot: Slot;
	/** The item's. */
	readonly scope: Scope;
	/** Asked before each create: the run may have been stopped, or may start nothing more. */
	readonly mayStart: () => boolean;
	/** Predictions that this process has accounted for; a lookup must not adopt one of them. */
	readonly claimed: Set<string>;
	/** Whether a create of unknown outcome may be sent once more an item, at the risk of paying twice. */
	readonly resubmit: boolean;
	/** Written before anything else happens with what was created. */
	readonly ledgerItem: LedgerItem;
	/** Told when the service refuses a create for now, with its own words and what would be thrown if it were to stay so. */
	readonly onHeldBack: (details: string, refusal: PredictionError) => void;
}

/**
 * Creates one prediction, and answers its id.
 *
 * Create is not idempotent. So it is sent again only where the one before surely made nothing: a connection that was never
 * made (at most three tries), or a refusal for want of a slot, which the account's limiter times. A create that may have been
 * accepted is looked for among the account's predictions. Adopted is only what is surely this run's: its input holds the address
 * of a file that the run has uploaded, and all else that was sent. Otherwise the item ends as "submission outcome unknown", with
 * the IDs of those that may be its own.
 *
 * @throws {PredictionError} with a kind that tells whether something may have been paid
 */
export async function submitPrediction(request: CreateRequest, context: SubmitContext): Promise<string> {
	const { client, clock, slot, scope, claimed, ledgerItem } = context;
	let connectAttempts = 0;
	/** Kept from a create that may have made something: it is what the item ends with unless the next create succeeds. */
	let outcomeUnknown: PredictionError | undefined;
	client.retryBudget.firstAttempt();

	for (;;) {
		if (!context.mayStart()) throw outcomeUnknown ?? PredictionError.stopped();
		const sentAtEpochMs = clock.epochMs();
		const outcome = refuseTaken(await createUnlessStopped(request, context), claimed);
		const answeredAtMs = clock.monotonicMs();
		switch (outcome.kind) {
			case 'created':
				ledgerItem.entry = { state: 'created', predictionId: outcome.predictionId };
				claimed.add(outcome.predictionId);
				slot.accepted(outcome.predictionId);
				return outcome.predictionId;
			case 'notCreated': {
				if (outcome.cause === 'noSlot' && (outcome.httpStatus === 429 || slot.hasCompany())) {
					context.onHeldBack(outcome.details, outcome.error);
					await slot
						.refused({
							httpStatus: outcome.httpStatus,
							retryAfterMs: outcome.retryAfterMs,
							details: outcome.details,
						})
						.catch((error: unknown) => {
							throw outcomeUnknown ?? error;
						});
					continue;
				}
				connectAttempts += 1;
				const waitMs = backoffMs(connectAttempts, clock.random());
				if (
					outcome.cause !== 'notSent' ||
					connectAttempts >= MAX_CONNECT_ATTEMPTS ||
					waitMs >= scope.remainingMs() ||
					!client.retryBudget.takeRetry()
				) {
					throw outcomeUnknown ?? outcome.error;
				}
				await scope.sleep(waitMs);
				continue;
			}
			case 'unknown': {
				slot.unanswered();
				const { found, candidateIds } = await findSubmitted(request, sentAtEpochMs, context);
				if (found !== undefined) {
					ledgerItem.entry = { state: 'created', predictionId: found };
					slot.accepted(found);
					return found;
				}
				outcomeUnknown = submissionUnknown(outcome, request, candidateIds, {
					fromEpochMs: client.serviceEpochMs(sentAtEpochMs),
					toEpochMs: client.serviceEpochMs(),
				});
				ledgerItem.entry = { state: 'unknown', request, sentAtEpochMs, error: outcomeUnknown };
				const waitMs = Math.max(0, answeredAtMs + outcome.retryAfterMs - clock.monotonicMs());
				if (!mayResubmit(context) || waitMs >= scope.remainingMs()) throw outcomeUnknown;
				ledgerItem.resubmitted = true;
				if (waitMs > 0) await scope.sleep(waitMs);
			}
		}
	}
}

/** A create of unknown outcome is sent once more an item, over all tries of the execution, and only where the user wants it. */
export function mayResubmit({
	resubmit,
	ledgerItem,
	mayStart,
}: Pick<SubmitContext, 'resubmit' | 'ledgerItem' | 'mayStart'>): boolean {
	return resubmit && !ledgerItem.resubmitted && mayStart();
}

/**
 * A create in flight is not torn off by a stop, since it may be accepted all the same: its answer is waited for, for a short
 * while, and the prediction then cancelled by the caller.
 */
async function createUnlessStopped(
	request: CreateRequest,
	{ client, clock, scope }: SubmitContext,
): Promise<CreateOutcome> {
	const giveUp = new AbortController();
	const answered = new AbortController();
	const onStop = () => {
		void clock.sleep(STOP_GRACE_MS, answered.signal).then(() => {
			if (!answered.signal.aborted) giveUp.abort();
		});
	};
	scope.signal.addEventListener('abort', onStop, { once: true });
	const outcome = await client.createPrediction(
		request,
		new Scope(clock, scope.remainingMs(), giveUp.signal),
	);
	answered.abort(ENDED);
	scope.signal.removeEventListener('abort', onStop);
	return outcome;
}

/** An answer with the ID of another item's prediction tells nothing about this one. */
function refuseTaken(outcome: CreateOutcome, claimed: ReadonlySet<string>): CreateOutcome {
	if (outcome.kind !== 'created' || !claimed.has(outcome.predictionId)) return outcome;
	return {
		kind: 'unknown',
		reason: `Each Labs answered with the ID of another prediction, ${outcome.predictionId}`,
		requestId: outcome.requestId,
		retryAfterMs: 0,
	};
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
	context: Pick<SubmitContext, 'client' | 'clock' | 'scope' | 'claimed'>,
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
		const listed = await client.executions.idsOf(
			{ model: request.model, sinceEpochMs: client.serviceEpochMs(sentAtEpochMs) - CLOCK_SKEW_MS },
			own,
		);
		if (!listed.ok) {
			notBeforeMs = clock.monotonicMs() + (listed.retryAfterMs ?? 0);
			continue;
		}
		let isFound = false;
		await Promise.all(
			listed.value
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
	const text = JSON.stringify(input);
	return uploads.some((address) => text.includes(JSON.stringify(address).slice(1, -1)));
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
	outcome: Extract<CreateOutcome, { kind: 'unknown' }>,
	request: CreateRequest,
	candidateIds: readonly string[],
	{ fromEpochMs, toEpochMs }: { fromEpochMs: number; toEpochMs: number },
): PredictionError {
	const window = `between ${new Date(fromEpochMs).toISOString()} and ${new Date(toEpochMs).toISOString()}, by the clock of Each Labs`;
	const named = `${candidateIds.slice(0, MAX_NAMED).join(', ')}${candidateIds.length > MAX_NAMED ? ', …' : ''}`;
	const remedy =
		candidateIds.length > 0
			? `${candidateIds.length === 1 ? 'One prediction' : `${candidateIds.length} predictions`} of your account may be it: ${named}. ${holdsUpload(request) ? '' : "Without a file of its own it can't be told from those of others. "}'Prediction → Get' fetches its result, 'Prediction → Cancel' ends it; if none of them is this item's, run the item again.`
			: `Look at that time at the executions in your Each Labs dashboard: if it is there, 'Prediction → Get' fetches its result; if not, run this item again.`;
	return new PredictionError(
		'submissionUnknown',
		`Submission outcome unknown: it is not certain whether Each Labs accepted this prediction (${outcome.reason})`,
		{
			description: `It was not sent again, so that you don't pay twice. It was sent ${window} (request ID ${outcome.requestId}). ${remedy}`,
			requestId: outcome.requestId,
			httpStatus: outcome.httpStatus,
			...(candidateIds.length > 0 && { candidateIds: candidateIds.slice(0, MAX_NAMED) }),
		},
	);
}
