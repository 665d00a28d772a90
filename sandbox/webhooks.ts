import { createHmac } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { Agent, request } from 'undici';

import type { Ledger } from './ledger';
import type { StoredPrediction } from './PredictionStore';
import type { Scenario } from './scenario';

/** How the result of one prediction is sent to its webhook. */
export interface WebhookPlan {
	/**
	 * - `prediction`: `{exec_id, flow_id, status: succeeded|failed, output, error}`.
	 * - `workflow`: `{execution_id, workflow_id, status: completed|failed, output}`.
	 * - `older`: `{id, status: success|failed, output}`.
	 */
	form: 'prediction' | 'workflow' | 'older';
	/** From the prediction's end; with different ones, callbacks come out of order. */
	delayMs: number;
	/** 0: it is lost. 3: it comes three times, byte by byte the same. */
	copies: number;
	/** Sent once more afterwards, signed anew, with `X-Webhook-Redelivery: true`. */
	redeliveries: number;
	/** `stale`: as it would have been right an hour ago. `forged`: by another secret, which is also sent in place of the right one. */
	signature: 'right' | 'stale' | 'forged' | 'none';
	/** Between the attempts of one delivery that was not answered with 2xx. */
	retryAfterMs: number;
}

const usualPlan: WebhookPlan = {
	form: 'prediction',
	delayMs: 0,
	copies: 1,
	redeliveries: 0,
	signature: 'right',
	retryAfterMs: 10_000,
};

const attempts = 3;
const answerTimeoutMs = 30_000;
const staleSeconds = 3600;

/** The value of `X-Webhook-Signature` for a body at a time (Unix seconds). */
export function signWebhook(secret: string, timestamp: number, body: string): string {
	return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

/** Sends the results of predictions to the addresses that their creates named. A cancelled one is told to nobody. */
export class WebhookSender {
	private readonly agent = new Agent({ headersTimeout: answerTimeoutMs, bodyTimeout: answerTimeoutMs });
	private readonly closing = new AbortController();

	constructor(
		private readonly scenario: Scenario,
		private readonly ledger: Ledger,
	) {
		// Any number of deliveries wait at the same time.
		setMaxListeners(0, this.closing.signal);
	}

	/** Begins the deliveries of a prediction that has ended; nothing of it throws. */
	send(prediction: StoredPrediction): void {
		if (prediction.webhook === undefined || prediction.terminal === 'cancelled') return;
		const plan = { ...usualPlan, ...this.scenario.webhook(prediction.ordinal) };
		this.deliver(prediction, prediction.webhook, plan).catch(() => undefined);
	}

	/** Ends what is on its way; nothing is sent afterwards. */
	async close(): Promise<void> {
		this.closing.abort();
		await this.agent.destroy();
	}

	private async deliver(
		prediction: StoredPrediction,
		{ url, secret }: NonNullable<StoredPrediction['webhook']>,
		plan: WebhookPlan,
	): Promise<void> {
		await this.pause(plan.delayMs);
		const body = JSON.stringify(bodies[plan.form](prediction));
		const headers = headersOf(body, secret, plan.signature);
		const { id } = prediction.record;
		const copies = Array.from(
			{ length: plan.copies },
			async () => await this.attempt(id, url, body, headers, plan),
		);
		await Promise.all(copies);
		for (let count = 0; count < plan.redeliveries; count += 1) {
			const anew = { ...headersOf(body, secret, plan.signature), 'X-Webhook-Redelivery': 'true' };
			await this.attempt(id, url, body, anew, plan);
		}
	}

	private async attempt(
		predictionId: string,
		url: string,
		body: string,
		headers: Record<string, string>,
		{ retryAfterMs }: WebhookPlan,
	): Promise<void> {
		for (let attempt = 1; attempt <= attempts; attempt += 1) {
			if (attempt > 1) await this.pause(retryAfterMs);
			const entry = { atMs: Date.now(), predictionId, url, attempt, body, headers, status: 0, tookMs: 0 };
			this.ledger.webhooks.push(entry);
			entry.status = await this.post(url, body, headers);
			entry.tookMs = Date.now() - entry.atMs;
			if (entry.status >= 200 && entry.status < 300) return;
		}
	}

	/** The status of the answer; 0 where none came. */
	private async post(url: string, body: string, headers: Record<string, string>): Promise<number> {
		try {
			const answer = await request(url, {
				method: 'POST',
				body,
				headers,
				dispatcher: this.agent,
				signal: this.closing.signal,
			});
			await answer.body.dump();
			return answer.statusCode;
		} catch {
			return 0;
		}
	}

	private async pause(milliseconds: number): Promise<void> {
		await wait(milliseconds, undefined, { ref: false, signal: this.closing.signal });
	}
}

function headersOf(
	body: string,
	secret: string | undefined,
	signature: WebhookPlan['signature'],
): Record<string, string> {
	const plain = { 'Content-Type': 'application/json' };
	if (secret === undefined) return plain;
	const used = signature === 'forged' ? `${secret}, guessed` : secret;
	if (signature === 'none') return { ...plain, 'X-Webhook-Secret': used };
	const timestamp = Math.floor(Date.now() / 1000) - (signature === 'stale' ? staleSeconds : 0);
	return {
		...plain,
		'X-Webhook-Secret': used,
		'X-Webhook-Timestamp': String(timestamp),
		'X-Webhook-Signature': signWebhook(used, timestamp, body),
	};
}

const isSuccess = ({ terminal }: StoredPrediction): boolean => terminal === 'success';

const bodies: Readonly<Record<WebhookPlan['form'], (prediction: StoredPrediction) => object>> = {
	prediction: (prediction) => ({
		exec_id: prediction.record.id,
		flow_id: null,
		status: isSuccess(prediction) ? 'succeeded' : 'failed',
		output: isSuccess(prediction) ? prediction.output : [{ error: reasonOf(prediction) }],
		error: '',
	}),
	workflow: (prediction) => ({
		execution_id: prediction.record.id,
		workflow_id: null,
		status: isSuccess(prediction) ? 'completed' : 'failed',
		output: prediction.output ?? null,
	}),
	older: (prediction) => ({
		id: prediction.record.id,
		status: isSuccess(prediction) ? 'success' : 'failed',
		output: prediction.output ?? null,
	}),
};

/** Why a prediction has failed, in one text. */
export function reasonOf({ output, logs }: Pick<StoredPrediction, 'output' | 'logs'>): string {
	if (typeof output === 'string' && output !== '') return output;
	const isEnvelope = typeof output === 'object' && output !== null && 'error_message' in output;
	return logs ?? (isEnvelope ? String(output.error_message) : 'The prediction has failed.');
}
