import type { Slot } from '../account/AccountLimiter';
import { backoffMs } from '../retries';
import type { CreateOutcome } from '../api/createOutcome';
import type { CreateRequest } from '../api/EachLabsClient';
import { ENDED } from '../host';
import { onAbort } from '../onAbort';
import { PredictionError } from '../PredictionError';
import { Scope } from '../Scope';
import { answeredWithAnother, resolveUnknown, type LookupContext } from './lostCreate';
import type { LedgerItem } from './PredictionLedger';

const MAX_CONNECT_ATTEMPTS = 3;
/** For how long the answer to a create is waited for after a stop. */
const STOP_GRACE_MS = 10_000;

export interface SubmitContext extends LookupContext {
	readonly slot: Slot;
	/** Asked before each create: the run may have been stopped, or may start nothing more. */
	readonly mayStart: () => boolean;
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
 * the IDs of those that may be its own. The option 'Resubmit' allows one exception: such a create is sent once more.
 *
 * @throws {PredictionError} with a kind that tells whether something may have been paid
 */
export async function submitPrediction(request: CreateRequest, context: SubmitContext): Promise<string> {
	const { client, clock, slot, scope, claimed, ledgerItem } = context;
	let connectAttempts = 0;
	/** Kept from a create that may have made something: it is what the item ends with unless the next create succeeds. */
	let outcomeUnknown: PredictionError | undefined;
	client.requests.retryBudget.firstAttempt();

	for (;;) {
		if (!context.mayStart()) throw outcomeUnknown ?? PredictionError.stopped();
		const sentAtEpochMs = clock.epochMs();
		const outcome = refuseTaken(await createUnlessStopped(request, context), claimed);
		const answeredAtMs = clock.monotonicMs();
		switch (outcome.kind) {
			case 'created':
				ledgerItem.entry = {
					state: 'created',
					predictionId: outcome.predictionId,
					sent: { request, sentAtEpochMs },
				};
				claimed.add(outcome.predictionId);
				slot.accepted(outcome.predictionId);
				return outcome.predictionId;
			case 'notCreated': {
				if (outcome.cause === 'noSlot' && (outcome.httpStatus === 429 || slot.hasCompany())) {
					context.onHeldBack(outcome.details, outcome.error);
					await slot.refused(outcome).catch((error: unknown) => {
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
					!client.requests.retryBudget.takeRetry()
				) {
					throw outcomeUnknown ?? outcome.error;
				}
				await scope.sleep(waitMs);
				continue;
			}
			case 'unknown': {
				slot.unanswered();
				const resolved = await resolveUnknown(outcome, request, sentAtEpochMs, context);
				if (typeof resolved === 'string') {
					slot.accepted(resolved);
					return resolved;
				}
				outcomeUnknown = resolved;
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
	const release = onAbort(scope.signal, () => {
		void clock.sleep(STOP_GRACE_MS, answered.signal).then(() => {
			if (!answered.signal.aborted) giveUp.abort(ENDED);
		});
	});
	const outcome = await client.createPrediction(
		request,
		new Scope(clock, scope.remainingMs(), giveUp.signal),
	);
	answered.abort(ENDED);
	release();
	return outcome;
}

/** An answer with the ID of another item's prediction tells nothing about this one. */
function refuseTaken(outcome: CreateOutcome, claimed: ReadonlySet<string>): CreateOutcome {
	if (outcome.kind !== 'created' || !claimed.has(outcome.predictionId)) return outcome;
	return answeredWithAnother(outcome.predictionId, outcome.requestId);
}
