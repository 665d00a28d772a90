import { findSubmitted, type LookupContext } from './lostCreate';
import type { LedgerItem } from './PredictionLedger';
import { mayResubmit, type SubmitContext } from './submitPrediction';

export interface EarlierTry extends Pick<SubmitContext, 'resubmit' | 'mayStart'> {
	readonly ledgerItem: LedgerItem;
}

/**
 * Finds what an earlier try of Retry On Fail has created for an item, so that this try creates nothing beside it.
 *
 * A create whose answer left its outcome open, such as a 502, is looked for once more in the account's list. Where it is still not
 * found, the item ends as it did before; only with the option 'Resubmit', and once an item over all tries, is it sent again. What
 * such an answer does to a create of this try, `submitPrediction` says.
 *
 * @returns the prediction's id, or undefined where nothing was created or all may be sent once more
 * @throws {PredictionError} `submissionUnknown` where it is not certain that nothing was created
 */
export async function createdByEarlierTry(
	{ ledgerItem, resubmit, mayStart }: EarlierTry,
	context: LookupContext,
): Promise<string | undefined> {
	const { entry } = ledgerItem;
	if (entry === undefined || entry.state === 'succeeded') return undefined;
	if (entry.state === 'created') return entry.predictionId;
	const { found, candidateIds } = await findSubmitted(entry.request, entry.sentAtEpochMs, context);
	if (found !== undefined) {
		ledgerItem.entry = { state: 'created', predictionId: found };
		return found;
	}
	if (!mayResubmit({ resubmit, ledgerItem, mayStart }))
		throw candidateIds.length > 0 ? entry.error.with({ candidateIds }) : entry.error;
	ledgerItem.resubmitted = true;
	return undefined;
}
