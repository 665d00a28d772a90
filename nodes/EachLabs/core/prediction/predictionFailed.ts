import type { Prediction } from '../api/shapes';
import { PredictionError, type FailureKind } from '../PredictionError';
import { resultAddresses } from '../media/resultAddresses';
import { failureKindOf } from './failureKind';
import { failureReason } from './outputText';

/** Characters of an address that a message quotes. */
const MAX_ADDRESS = 200;

/** What happened, before the service's reason. */
const HEADS: Readonly<Record<Exclude<FailureKind, 'unreachableUrl'>, string>> = {
	blocked: "The model's provider refused the request",
	unreadableFile: 'The model could not read the file',
	invalidInput: 'The model did not take its input',
	providerBusy: "The model's provider is busy",
	provider: "The model's provider broke off the prediction",
	timeLimit: 'The model took longer than its provider allows',
	vendor: 'Each Labs could not run the model, for a cause of its own',
	unknown: 'The model could not finish the prediction',
};

/** What to do, for somebody who does not program. */
const ADVICE: Readonly<Record<FailureKind, string>> = {
	blocked:
		"The provider's rules for content stop it, so trying again will not help. Look at the file and at what you ask, leave out what the rules forbid, or choose another model.",
	unreadableFile:
		'Open the file to see whether it is whole, and whether it is of a kind that the model reads. Save it anew as a common kind such as JPEG, PNG, MP4, MP3 or PDF, then run the item again.',
	unreachableUrl:
		'Open the address in a private browser window: what you see there is what the model gets. Use an address that needs no login and leads to the file itself, or give the node the file in a binary field.',
	invalidInput:
		"Look at the fields that you set for the model: 'Model → Get' tells which ones it has, and what belongs in them.",
	providerBusy:
		"The company that runs the model had no room for it. Run the item again in some minutes, lower the option 'Max Concurrency', or choose another model.",
	provider:
		'It lies with the company that runs the model, not with your file. Run the item again later, or choose another model.',
	timeLimit:
		"The limit is that of Each Labs or of the company that runs the model; the option 'Max Wait' does not change it. Give it a shorter or smaller file, ask for less at once, or choose another model.",
	vendor:
		'Only Each Labs can mend it: write to their support with the prediction ID, or choose another model meanwhile.',
	unknown:
		'Check whether the file opens and is of a kind that the model reads, and whether the text asks for something that it refuses, then run the item again.',
};

/** The error of a prediction that failed, by its kind, with the service's own reason, the id, and what it cost. */
export function predictionFailed(prediction: Prediction): PredictionError {
	const reason = failureReason(prediction) ?? 'it gave no reason';
	const failure = failureKindOf(prediction, reason);
	const facts = {
		description: `${ADVICE[failure]} ${costWords(prediction.cost)} (prediction ID ${prediction.id})`,
		predictionId: prediction.id,
		cost: prediction.cost,
		failure,
	};
	return new PredictionError(
		'predictionFailed',
		failure === 'unreachableUrl'
			? `Each Labs could not open ${addressMeant(reason, prediction.input) ?? 'the address of a file'}: ${reason}`
			: `${HEADS[failure]}: ${reason}`,
		facts,
	);
}

/** The id of a prediction that failed at the provider, and surely cost nothing; undefined for every other end. */
export function freeFailureOfProvider(error: unknown): string | undefined {
	if (!(error instanceof PredictionError)) return undefined;
	const { failure, cost, predictionId } = error.facts;
	const isProvider = failure === 'providerBusy' || failure === 'provider';
	return isProvider && cost === 0 ? predictionId : undefined;
}

/** How an item ends whose second prediction gave nothing either: by the first where no second one was made. */
export function secondEnd(first: unknown, second: unknown, firstId: string): unknown {
	if (!(second instanceof PredictionError)) return second;
	if (!second.mayHaveBeenCreated) return first;
	return second.with({
		description: `${second.description} It was the second try: the first one had failed at the provider at no cost (prediction ID ${firstId}).`,
		earlierPredictionIds: [firstId],
	});
}

/** What was charged, in a sentence. @param costUsd null where the service did not say it */
export function costWords(costUsd: number | null): string {
	if (costUsd === null) return 'Each Labs did not say whether it was charged.';
	if (costUsd === 0) return 'Nothing was charged for it.';
	return `It cost ${Number(costUsd.toPrecision(6))} USD.`;
}

/** The address that a reason names by itself or by its position in the input, or the only one that there is. */
function addressMeant(reason: string, input: Prediction['input']): string | undefined {
	const named = /\bhttps?:\/\/[^\s"'<>()]+/i.exec(reason)?.[0].replace(/[.,:;!?\]]+$/, '');
	const [, field = '', position = ''] = /\b(\w{1,60})\[(\d{1,5})\]/.exec(reason) ?? [];
	const list = Object.hasOwn(input, field) ? input[field] : undefined;
	const placed: unknown = Array.isArray(list) ? list[Number(position)] : undefined;
	const isAddress = typeof placed === 'string' && /^https?:\/\/\S+$/i.test(placed);
	const all = resultAddresses(input);
	const address = named ?? (isAddress ? placed : all.length === 1 ? all[0] : undefined);
	// What follows the path may be a secret.
	return address?.replace(/[?#].*$/s, '').slice(0, MAX_ADDRESS);
}
