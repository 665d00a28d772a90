import pLimit from 'p-limit';

import type { Slot } from '../account/AccountLimiter';
import { backoffMs } from '../retries';
import { Deadline } from '../Deadline';
import {
	CLOCK_SKEW_MS,
	type CreateOutcome,
	type CreateRequest,
	type EachLabsClient,
} from '../api/EachLabsClient';
import type { Clock } from '../host';
import { PredictionError } from '../PredictionError';
import type { LedgerItem } from './PredictionLedger';

const MAX_CONNECT_ATTEMPTS = 3;
/** When to look for a prediction whose create had no clear answer, in ms after it. */
const LOOKUPS_AT_MS = [2_000, 5_000, 10_000];
/** After a stop there is less time: the run wants to end, and what is found is only cancelled. */
const LOOKUPS_AFTER_STOP_AT_MS = [0, 2_000, 5_000];
const LOOKUP_TIME_MS = 30_000;
const MAX_FETCHES_AT_ONCE = 5;
/** For how long the answer to a create is waited for after a stop. */
export const STOP_GRACE_MS = 10_000;

export interface SubmitContext {
	readonly client: EachLabsClient;
	readonly clock: Clock;
	readonly slot: Slot;
	readonly deadline: Deadline;
	readonly abortSignal: AbortSignal;
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
 * accepted is looked for among the account's predictions: exactly one with the same input is adopted; with none or several the
 * item ends as "submission outcome unknown".
 *
 * @throws {PredictionError} with a kind that tells whether something may have been paid
 */
export async function submitPrediction(request: CreateRequest, context: SubmitContext): Promise<string> {
	const { client, clock, slot, deadline, abortSignal, claimed, ledgerItem } = context;
	let connectAttempts = 0;
	/** Of a create that may have made something, whatever becomes of the one that is sent in its place. */
	let outcomeUnknown: PredictionError | undefined;
	client.retryBudget.firstAttempt();

	for (;;) {
		if (!context.mayStart()) throw outcomeUnknown ?? PredictionError.stopped();
		const sentAtEpochMs = clock.epochMs();
		const outcome = await createUnlessStopped(request, context);
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
					waitMs >= deadline.remainingMs() ||
					!client.retryBudget.takeRetry()
				) {
					throw outcomeUnknown ?? outcome.error;
				}
				await clock.sleep(waitMs, abortSignal);
				continue;
			}
			case 'unknown': {
				const found = await findSubmitted(request, sentAtEpochMs, context);
				if (found !== undefined) {
					ledgerItem.entry = { state: 'created', predictionId: found };
					slot.accepted(found);
					return found;
				}
				outcomeUnknown = submissionUnknown(outcome, sentAtEpochMs, clock.epochMs());
				ledgerItem.entry = { state: 'unknown', request, sentAtEpochMs, error: outcomeUnknown };
				const waitMs = Math.max(0, answeredAtMs + outcome.retryAfterMs - clock.monotonicMs());
				if (!mayResubmit(context) || waitMs >= deadline.remainingMs()) throw outcomeUnknown;
				ledgerItem.resubmitted = true;
				if (waitMs > 0) await clock.sleep(deadline.clip(waitMs), abortSignal);
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
	{ client, clock, deadline, abortSignal }: SubmitContext,
): Promise<CreateOutcome> {
	const giveUp = new AbortController();
	const answered = new AbortController();
	const onStop = () => {
		void clock.sleep(STOP_GRACE_MS, answered.signal).then(() => {
			if (!answered.signal.aborted) giveUp.abort();
		});
	};
	abortSignal.addEventListener('abort', onStop, { once: true });
	const outcome = await client.createPrediction(request, { deadline, abortSignal: giveUp.signal });
	answered.abort();
	abortSignal.removeEventListener('abort', onStop);
	return outcome;
}

/**
 * Looks for the prediction that a create of unknown outcome may have made, among those that the account has created since.
 *
 * @returns its id where exactly one prediction that belongs to no item has this very input
 */
export async function findSubmitted(
	request: CreateRequest,
	sentAtEpochMs: number,
	context: Pick<SubmitContext, 'client' | 'clock' | 'abortSignal' | 'claimed'>,
): Promise<string | undefined> {
	const { client, clock, abortSignal, claimed } = context;
	const startedAtMs = clock.monotonicMs();
	const deadline = new Deadline(clock, LOOKUP_TIME_MS);
	const fetches = pLimit(MAX_FETCHES_AT_ONCE);
	/** Predictions with another input. */
	const others = new Set<string>();
	let notBeforeMs = 0;

	for (let lookup = 0; lookup < LOOKUPS_AT_MS.length; lookup++) {
		const atMs = () => (abortSignal.aborted ? LOOKUPS_AFTER_STOP_AT_MS : LOOKUPS_AT_MS)[lookup] ?? 0;
		const waitMs = Math.max(startedAtMs + atMs(), notBeforeMs) - clock.monotonicMs();
		if (waitMs >= deadline.remainingMs()) return undefined;
		await clock.sleep(Math.max(50, waitMs), abortSignal.aborted ? undefined : abortSignal);
		const listed = await client.listPredictionIds(
			{ model: request.model, sinceEpochMs: sentAtEpochMs - CLOCK_SKEW_MS },
			{ deadline },
		);
		if (!listed.ok) {
			notBeforeMs = clock.monotonicMs() + (listed.retryAfterMs ?? 0);
			continue;
		}
		const matches: string[] = [];
		let isCertain = true;
		await Promise.all(
			listed.value
				.filter((id) => !claimed.has(id) && !others.has(id))
				.map(async (id) => {
					const fetched = await fetches(async () => await client.pollPrediction(id, { deadline }));
					if (!fetched.ok) isCertain = false;
					else if (containsInput(fetched.value.input, request.input)) matches.push(id);
					else others.add(id);
				}),
		);
		// Another item may have taken one of them meanwhile.
		const unclaimed = matches.filter((id) => !claimed.has(id));
		const [match] = unclaimed;
		// Several with this very input: it can't be told which one is ours, and later looks won't tell either.
		if (unclaimed.length > 1) return undefined;
		// One that could not be read may be another with this input; after the last look, the one that was found is taken.
		const isLast = lookup === LOOKUPS_AT_MS.length - 1;
		if (match !== undefined && (isCertain || isLast)) {
			claimed.add(match);
			return match;
		}
	}
	return undefined;
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
	sentAtEpochMs: number,
	nowEpochMs: number,
): PredictionError {
	const window = `between ${new Date(sentAtEpochMs).toISOString()} and ${new Date(nowEpochMs).toISOString()}`;
	return new PredictionError(
		'submissionUnknown',
		`Submission outcome unknown: it is not certain whether Each Labs accepted this prediction (${outcome.reason})`,
		{
			description: `It was not sent again, so that you don't pay twice. Look at the executions in your Each Labs dashboard ${window} (request ID ${outcome.requestId}): if it is there, 'Prediction → Get' fetches its result; if not, run this item again.`,
			requestId: outcome.requestId,
			httpStatus: outcome.httpStatus,
		},
	);
}
