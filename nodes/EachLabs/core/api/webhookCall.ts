import { createHmac, timingSafeEqual } from 'crypto';
import { z } from 'zod/v4';

import { outcomeOf, type PredictionOutcome } from './predictionStatus';

/** How far the service's time and ours may be apart; a call that is older may be one that somebody has kept. */
const TOLERANCE_SECONDS = 300;

/** Why a call is not believed; undefined where its signature is the service's. */
export type SignatureComplaint = 'missing' | 'stale' | 'wrong';

export interface SignedCall {
	/** `X-Webhook-Timestamp`, Unix seconds. */
	readonly timestamp: string | undefined;
	/** `X-Webhook-Signature`: `sha256=` and the HMAC-SHA256 of timestamp, dot and raw body, in lower-case hex. */
	readonly signature: string | undefined;
	readonly rawBody: Uint8Array;
}

/**
 * Holds a call's signature against the secret, in a time that does not depend on where the two differ.
 *
 * @param secret of the account's webhooks; '' where there is none, which fits no signature
 */
export function signatureComplaint(
	{ timestamp, signature, rawBody }: SignedCall,
	secret: string,
	nowEpochMs: number,
): SignatureComplaint | undefined {
	if (signature === undefined || signature === '') return 'missing';
	if (timestamp === undefined || !/^\d{1,12}$/.test(timestamp) || secret === '') return 'wrong';
	const expected = Buffer.from(
		`sha256=${createHmac('sha256', secret).update(`${timestamp}.`).update(rawBody).digest('hex')}`,
	);
	const given = Buffer.from(signature.trim());
	if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'wrong';
	return Math.abs(nowEpochMs / 1_000 - Number(timestamp)) > TOLERANCE_SECONDS ? 'stale' : undefined;
}

/** What a call says of a prediction. */
export interface FinishedNotice {
	readonly predictionId: string;
	/** In the words of `GET /v1/prediction/{id}`. */
	readonly status: (typeof FINISHED_STATUSES)[PredictionOutcome];
	/** As the call has it; of a prediction that failed, what names the reason. */
	readonly output: unknown;
}

/** By the outcome that the status of a call or of an answer stands for. */
export const FINISHED_STATUSES = { succeeded: 'success', failed: 'error', cancelled: 'cancelled' } as const;

/** A field that is null, or something else, hides none of the others. */
const idOrNull = () => z.string().nullish().catch(null);

const callShape = () =>
	z.looseObject({
		exec_id: idOrNull(),
		execution_id: idOrNull(),
		id: idOrNull(),
		predictionID: idOrNull(),
		status: z.string(),
		output: z.unknown(),
		error: z.unknown(),
	});

/** Reads both forms of the service's calls: `{exec_id, status: succeeded}` and `{id, status: success}`; else undefined. */
export function readWebhookCall(body: unknown): FinishedNotice | undefined {
	const { data } = callShape().safeParse(body);
	const predictionId = data?.exec_id || data?.execution_id || data?.id || data?.predictionID;
	const word = data?.status.trim() ?? '';
	const outcome = /^completed$/i.test(word) ? 'succeeded' : outcomeOf(word);
	if (!predictionId || outcome === undefined || !/^[A-Za-z0-9_-]{1,128}$/.test(predictionId)) {
		return undefined;
	}
	const isSaid = data?.error !== undefined && data.error !== null && data.error !== '';
	const status = FINISHED_STATUSES[outcome];
	return { predictionId, status, output: isSaid && !hasOutput(data.output) ? data.error : data?.output };
}

function hasOutput(output: unknown): boolean {
	return output !== undefined && output !== null && output !== '';
}
