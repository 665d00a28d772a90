import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { settled } from '../actions/operation';
import { predictionJson } from '../actions/prediction/predictionOutput';
import { EachLabsClient } from '../core/api/EachLabsClient';
import { outcomeOf } from '../core/api/predictionStatus';
import type { Prediction } from '../core/api/shapes';
import {
	FINISHED_STATUSES,
	readWebhookCall,
	signatureComplaint,
	type FinishedNotice,
} from '../core/api/webhookCall';
import { Scope } from '../core/Scope';
import { PredictionError } from '../core/PredictionError';
import { readApiAccess, readWebhookSecret, type ApiAccess } from '../n8n/apiAccess';
import { hostClock } from '../n8n/hostClock';
import { HostTransport } from '../n8n/HostTransport';
import { Deliveries } from './Deliveries';

/** The call is answered within a second, whatever the service does. */
const ANSWER_WITHIN_MS = 800;
/** How long a prediction that could not be read at once is asked for. */
const CONFIRM_FOR_MS = 5 * 60_000;
const CONFIRM_EVERY_MS = 5_000;
const CONFIRM_ATTEMPT_MS = 30_000;

const SIGNATURE_WORDS = {
	missing:
		"The call has no signature. Set a webhook secret where the prediction is created, or switch on 'Accept Unsigned Calls' in the trigger.",
	stale: 'The call is older than five minutes.',
	wrong: "The call's signature does not fit the 'Webhook Secret' of the credential.",
} as const;

const NOT_READ_YET = 'The prediction could not be read yet. Please send this call again.';

/**
 * Takes a call of Each Labs: checks whose it is, answers it within a second, and starts the workflow once for each prediction
 * that is really finished.
 *
 * A call that can't be confirmed in time is answered with 503, so that the service sends it again; the prediction is asked for
 * meanwhile, and whichever comes first starts the workflow.
 */
export async function receiveCall(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	const nowEpochMs = hostClock.epochMs();
	let hasAnswered = false;
	const answer = (status: number, message: string): IWebhookResponseData => {
		if (!hasAnswered) this.getResponseObject().status(status).json({ message });
		hasAnswered = true;
		return { noWebhookResponse: true };
	};

	const refusal = await refuseForged(this, nowEpochMs);
	if (refusal !== undefined) return answer(401, refusal);
	const notice = readWebhookCall(this.getBodyData());
	if (notice === undefined) return answer(400, 'The call names no finished prediction.');

	const { id: workflowId } = this.getWorkflow();
	const isTest = this.getMode() === 'manual';
	const stored: IDataObject = isTest ? {} : this.getWorkflowStaticData('node');
	const trigger = [workflowId, this.getNode().id, isTest].join('|');
	const deliveries = new Deliveries(trigger, stored, nowEpochMs);
	const { predictionId } = notice;
	const inTime = async (working: Promise<unknown>) =>
		await Promise.race([working.then(() => true), hostClock.sleep(ANSWER_WITHIN_MS).then(() => false)]);

	const inWork = deliveries.inWork(predictionId);
	if (inWork !== undefined) await inTime(inWork);
	if (deliveries.has(predictionId)) return answer(200, 'This prediction has been received before.');
	if (inWork !== undefined) return answer(503, NOT_READ_YET);

	const reading = deliveries.work(
		predictionId,
		confirm(this, notice).then((json) => {
			deliveries.record(predictionId);
			return json;
		}),
	);
	const read = await settled(
		(async () => {
			if (!(await inTime(reading))) answer(503, NOT_READ_YET);
			return await reading;
		})(),
	);
	if (!read.ok) {
		const { error } = read;
		if (error instanceof PredictionError && error.kind === 'predictionNotFound')
			return answer(401, 'There is no such prediction in the account of the credential.');
		this.logger.warn(
			`Each Labs Trigger: the prediction ${predictionId} could not be read, so no workflow was started for it. 'Prediction → Get' fetches it.`,
		);
		return answer(503, NOT_READ_YET);
	}
	const json = read.value;
	answer(200, 'Received.');
	// As the parameter names it.
	const status = FINISHED_STATUSES[outcomeOf(String(json['status'])) ?? 'cancelled'];
	const isWanted = [this.getNodeParameter('statuses', ['success', 'error'])].flat().includes(status);
	return { noWebhookResponse: true, ...(isWanted && { workflowData: [[{ json }]] }) };
}

/** Says why a call is not taken for one of Each Labs; undefined where it is. */
async function refuseForged(functions: IWebhookFunctions, nowEpochMs: number): Promise<string | undefined> {
	const { rawBody } = functions.getRequestObject();
	const complaint = signatureComplaint(
		{
			timestamp: headerOf(functions, 'x-webhook-timestamp'),
			signature: headerOf(functions, 'x-webhook-signature'),
			rawBody: Buffer.isBuffer(rawBody) ? rawBody : Buffer.from(''),
		},
		await readWebhookSecret(functions),
		nowEpochMs,
	);
	if (complaint === undefined) return undefined;
	const { acceptUnsigned } = readOptions(functions);
	return complaint === 'missing' && acceptUnsigned ? undefined : SIGNATURE_WORDS[complaint];
}

/** The prediction as an output item: as the service gives it, or, where that is switched off, as the call tells it. */
async function confirm(functions: IWebhookFunctions, notice: FinishedNotice): Promise<IDataObject> {
	const simplify = functions.getNodeParameter('simplify', true) !== false;
	const access = await readApiAccess(functions);
	const prediction = readOptions(functions).confirm
		? await readFinished(functions, access, notice.predictionId)
		: predictionOf(notice, functions.getBodyData());
	return predictionJson(prediction, { simplify });
}

/** @throws {PredictionError} `predictionNotFound`, or what kept the prediction from being read as finished in time */
async function readFinished(
	functions: IWebhookFunctions,
	{ baseUrl }: ApiAccess,
	predictionId: string,
): Promise<Prediction> {
	const scope = new Scope(hostClock, CONFIRM_FOR_MS, undefined, { attemptTimeoutMs: CONFIRM_ATTEMPT_MS });
	for (;;) {
		// A client for each look, so that a long outage does not use up what a client may repeat.
		const client = new EachLabsClient(new HostTransport(functions), hostClock, baseUrl);
		const read = await settled(client.getPrediction(predictionId, scope));
		if (read.ok && outcomeOf(read.value.status) !== undefined) return read.value;
		const error = read.ok ? PredictionError.outOfTime() : read.error;
		const mayPass = error instanceof PredictionError && !FINAL_KINDS.has(error.kind);
		if (!mayPass || scope.remainingMs() <= CONFIRM_EVERY_MS) throw error;
		await hostClock.sleep(CONFIRM_EVERY_MS);
	}
}

const FINAL_KINDS: ReadonlySet<PredictionError['kind']> = new Set([
	'predictionNotFound',
	'authentication',
	'requestRefused',
]);

function predictionOf({ predictionId, status, output }: FinishedNotice, body: IDataObject): Prediction {
	return {
		id: predictionId,
		status,
		output,
		logs: null,
		cost: null,
		predictTimeSeconds: null,
		raw: body,
	} as Prediction;
}

function headerOf(functions: IWebhookFunctions, name: string): string | undefined {
	const value = functions.getHeaderData()[name];
	return typeof value === 'string' ? value : undefined;
}

function readOptions(functions: IWebhookFunctions): { confirm: boolean; acceptUnsigned: boolean } {
	const options = functions.getNodeParameter('options', {}) as IDataObject;
	return { confirm: options['confirm'] !== false, acceptUnsigned: options['acceptUnsigned'] === true };
}
