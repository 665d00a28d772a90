import { getExecutions } from './getExecutions';
import { randomUUID } from 'node:crypto';

import { Scope } from '../../nodes/EachLabs/core/Scope';
import {
	CLOCK_SKEW_MS,
	EachLabsClient,
	type CreateRequest,
} from '../../nodes/EachLabs/core/api/EachLabsClient';
import { DEFAULT_MODEL } from '../../nodes/EachLabs/core/model/defaultModel';
import type { Clock, HttpMethod } from '../../nodes/EachLabs/core/host';
import { outcomeOf } from '../../nodes/EachLabs/core/api/predictionStatus';
import {
	createPredictionResponse,
	executionListResponse,
	predictionResponse,
	presignUploadResponse,
	type Prediction,
	type PresignedUpload,
} from '../../nodes/EachLabs/core/api/shapes';
import { statusAndReason, stopped, type LiveAnswer, type LiveApi, type Signing } from './LiveApi';
import { NotSeen } from './NotSeen';
import { SPENDING_LIMIT_USD } from './spending';

const CLEAN_UP_MS = 30_000;
const CLEAN_UP_ATTEMPTS = 2;
/** A prediction may be listed only some time after its create. */
const SEARCH_AGAIN_AFTER_MS = 3_000;
const PUT_MS = 30_000;
const QUICK_POLL_MS = 250;
const SLOW_POLL_MS = 1_000;
/** From this age on a prediction is asked about less often. */
const QUICK_POLLS_UNTIL_MS = 3_000;
const MAX_UNREADABLE_POLLS = 10;
/** The most foreign predictions that a search looks into, on an account that others use at the same time. */
const MAX_SEARCHED = 40;

export interface SessionLimits {
	/** For everything but the cleaning up. */
	readonly totalMs: number;
	/** For one prediction, from its create to its end. */
	readonly predictionMs: number;
	/** Until a new prediction has to be among the executions. */
	readonly listingMs: number;
	/** Until a file that was put can be read, or one that was deleted no longer can. */
	readonly storageMs: number;
}

export const usualLimits: SessionLimits = {
	totalMs: 240_000,
	predictionMs: 60_000,
	listingMs: 20_000,
	storageMs: 15_000,
};

/** A create that was sent, and what came back. */
export interface Submission {
	readonly request: CreateRequest;
	readonly sentAtEpochMs: number;
	readonly answer: LiveAnswer;
	readonly predictionId?: string;
}

/** What the polls of one prediction have shown. */
export interface Following {
	/** Each word once, in the order of its first sight. */
	readonly statuses: readonly string[];
	/** The last one that fitted the shape that the node reads. */
	readonly prediction?: Prediction;
	readonly answer?: LiveAnswer;
	/** The longest that one of the polls took. */
	readonly longestPollMs: number;
	/** Whether a word was seen that the node takes for an end. */
	readonly ended: boolean;
}

type Stage<Value> = (session: LiveSession) => Promise<Value>;

/**
 * One run of the check: what it shares between facts, what it has uploaded and created, and the removal of all that.
 */
export class LiveSession {
	/** In every prompt, so that a prediction of this run can be told from all others. */
	readonly mark = `live check ${randomUUID()}`;
	readonly startedAtEpochMs: number;
	readonly signal: AbortSignal;
	/** The node's own client, over this check's HTTP. */
	readonly client: EachLabsClient;
	/** The answers to creates that were refused. */
	readonly refusals: LiveAnswer[] = [];
	/** Predictions that the API has named to this run. */
	readonly predictionIds = new Set<string>();
	/** USD, as the API has told so far. */
	spentUsd = 0;

	private readonly stages = new Map<unknown, Promise<unknown>>();
	private readonly unsettled = new Set<string>();
	private readonly fileIds = new Set<string>();
	/** Creates without a clear answer: each may have made a prediction that nobody has named. */
	private unclearCreates = 0;

	constructor(
		readonly api: LiveApi,
		readonly clock: Clock,
		readonly limits: SessionLimits,
		stop: AbortSignal,
	) {
		this.client = new EachLabsClient(api, clock, api.baseUrl);
		this.startedAtEpochMs = clock.epochMs();
		this.signal = AbortSignal.any([stop, AbortSignal.timeout(limits.totalMs)]);
	}

	/** Does what several facts build on when the first of them asks for it, and never again. */
	async once<Value>(stage: Stage<Value>): Promise<Value> {
		const known = this.stages.get(stage) as Promise<Value> | undefined;
		const result = known ?? stage(this);
		this.stages.set(stage, result);
		return await result;
	}

	async call(
		method: HttpMethod,
		path: string,
		options: { signing?: Signing; body?: unknown } = {},
	): Promise<LiveAnswer> {
		return await this.api.call(method, path, { ...options, signal: this.signal });
	}

	/** Waits, and says so where the check ended meanwhile. */
	async pause(ms: number): Promise<void> {
		await this.clock.sleep(ms, this.signal);
		if (this.signal.aborted) throw stopped(this.signal);
	}

	/** Asks for an upload URL, and keeps in mind what is to be deleted. */
	async presign(order: {
		contentType: string;
		fileType: string;
		expiresInSeconds: number;
	}): Promise<{ answer: LiveAnswer; upload?: PresignedUpload }> {
		const answer = await this.call('POST', '/v1/upload/presign', {
			body: {
				content_type: order.contentType,
				file_type: order.fileType,
				expires_in_seconds: order.expiresInSeconds,
			},
		});
		if (typeof answer.fields.id === 'string') this.fileIds.add(answer.fields.id);
		const read = presignUploadResponse.safeParse(answer.json);
		return { answer, ...(read.success ? { upload: read.data } : {}) };
	}

	/**
	 * Puts bytes as the node does it, with its own client: every required header, the type that was asked for, the exact
	 * length, no key.
	 *
	 * @returns the status
	 */
	async put(upload: PresignedUpload, contentType: string, bytes: Uint8Array): Promise<number> {
		const put = await this.client.putFile(
			upload,
			{ contentType, byteLength: bytes.byteLength, open: async () => bytes },
			new Scope(this.clock, PUT_MS, this.signal),
		);
		if ('interrupted' in put) throw new NotSeen(put.interrupted);
		return put.status;
	}

	/** Reads a public URL as anybody would, again until the storage answers as hoped or its time is over. */
	async readPublicly(url: string, hopedFor: (answer: LiveAnswer) => boolean): Promise<LiveAnswer> {
		const startedAtMs = this.clock.monotonicMs();
		for (;;) {
			const answer = await this.api.readFile(url, this.signal);
			const isOver = this.clock.monotonicMs() - startedAtMs >= this.limits.storageMs;
			if (hopedFor(answer) || isOver) return answer;
			await this.pause(SLOW_POLL_MS);
		}
	}

	/**
	 * Sends a create, and keeps in mind what it made.
	 *
	 * @throws {NotSeen} where the account can't or this run may not pay for it
	 */
	async create(request: CreateRequest): Promise<Submission> {
		if (this.spentUsd >= SPENDING_LIMIT_USD) {
			throw new NotSeen(`${this.spentUsd.toFixed(4)} USD were spent, so nothing more is started`);
		}
		const sentAtEpochMs = this.clock.epochMs();
		this.unclearCreates += 1;
		const answer = await this.call('POST', '/v1/prediction', { body: request });
		const isRefused = answer.status >= 400 && answer.status < 500;
		const predictionId = createPredictionResponse.safeParse(answer.json).data?.predictionID;
		if (isRefused || predictionId !== undefined) this.unclearCreates -= 1;
		if ([401, 402, 403, 429].includes(answer.status)) {
			throw new NotSeen(`the account may start no prediction now (${statusAndReason(answer)})`);
		}
		if (predictionId === undefined) {
			if (isRefused) this.refusals.push(answer);
			return { request, sentAtEpochMs, answer };
		}
		this.predictionIds.add(predictionId);
		this.unsettled.add(predictionId);
		return { request, sentAtEpochMs, answer, predictionId };
	}

	/** For the model that the node is for, with this run's mark in the prompt. */
	async ask(prompt: string, imageUrls: readonly string[]): Promise<Submission> {
		return await this.create({
			model: DEFAULT_MODEL,
			input: { image_urls: imageUrls, prompt: `${prompt} (${this.mark})` },
		});
	}

	/** Asks about a prediction until it ends, or its time is over. A poll without an answer is followed by the next. */
	async follow(predictionId: string): Promise<Following> {
		const statuses = new Set<string>();
		const startedAtMs = this.clock.monotonicMs();
		let prediction: Prediction | undefined;
		let answer: LiveAnswer | undefined;
		let unreadablePolls = 0;
		let longestPollMs = 0;
		for (;;) {
			const polledAtMs = this.clock.monotonicMs();
			const polled = await this.poll(predictionId);
			longestPollMs = Math.max(longestPollMs, this.clock.monotonicMs() - polledAtMs);
			answer = polled ?? answer;
			const read = predictionResponse.safeParse(polled?.json).data;
			prediction = read ?? prediction;
			unreadablePolls = read === undefined ? unreadablePolls + 1 : 0;
			if (read !== undefined) statuses.add(read.status);
			const ended = read !== undefined && outcomeOf(read.status) !== undefined;
			const ageMs = this.clock.monotonicMs() - startedAtMs;
			if (ended) this.settle(predictionId, read);
			if (ended || ageMs >= this.limits.predictionMs || unreadablePolls >= MAX_UNREADABLE_POLLS) {
				return { statuses: [...statuses], prediction, answer, longestPollMs, ended };
			}
			await this.pause(ageMs < QUICK_POLLS_UNTIL_MS ? QUICK_POLL_MS : SLOW_POLL_MS);
		}
	}

	/**
	 * Looks among the account's executions for predictions of this run that the API has not named to it.
	 *
	 * @returns their ids, and how many executions could not be looked into
	 */
	async findUnnamed(signal = this.signal): Promise<{ ids: string[]; unread: number }> {
		const from = new Date(this.startedAtEpochMs - CLOCK_SKEW_MS).toISOString();
		const answer = await getExecutions(async (path) => await this.api.call('GET', path, { signal }), {
			limit: '100',
			from,
		});
		const listed = executionListResponse.safeParse(answer.json);
		if (!listed.success) throw new NotSeen(`the executions could not be listed (${statusAndReason(answer)})`);
		const candidates = listed.data.entries
			.map((entry) => entry.id)
			.filter((id) => !this.predictionIds.has(id));
		const ids: string[] = [];
		for (const id of candidates.slice(0, MAX_SEARCHED)) {
			const { fields } = await this.api.call('GET', `/v1/prediction/${encodeURIComponent(id)}`, { signal });
			if (JSON.stringify(fields.input ?? null).includes(this.mark)) ids.push(id);
		}
		for (const id of ids) {
			this.predictionIds.add(id);
			this.unsettled.add(id);
		}
		return { ids, unread: Math.max(0, candidates.length - MAX_SEARCHED) };
	}

	/**
	 * Cancels what is still running and deletes what was uploaded, also after a stop. Never throws.
	 *
	 * @returns what is left behind, in words
	 */
	async cleanUp(): Promise<string[]> {
		const signal = AbortSignal.timeout(CLEAN_UP_MS);
		const isDone = async (method: HttpMethod, path: string): Promise<boolean> => {
			for (let attempt = 1; attempt <= CLEAN_UP_ATTEMPTS; attempt++) {
				const status = await this.api.call(method, path, { signal }).then(
					(answer) => answer.status,
					() => 0,
				);
				if ((status >= 200 && status < 300) || status === 404) return true;
			}
			return false;
		};
		if (this.unclearCreates > 0) await this.searchTwice(signal);
		const leftBehind: string[] = [];
		for (const id of this.unsettled) {
			const isCancelled = await isDone('POST', `/v1/prediction/${encodeURIComponent(id)}/cancel`);
			if (!isCancelled) leftBehind.push(`prediction ${id}, which may still run`);
		}
		for (const id of this.fileIds) {
			const isDeleted = await isDone('DELETE', `/v1/files/${encodeURIComponent(id)}`);
			if (!isDeleted) leftBehind.push(`uploaded file ${id}, which the service deletes after its retention`);
		}
		return leftBehind;
	}

	private async searchTwice(signal: AbortSignal): Promise<void> {
		const find = async (): Promise<number> =>
			(await this.findUnnamed(signal).catch(() => ({ ids: [] }))).ids.length;
		if ((await find()) > 0) return;
		await this.clock.sleep(SEARCH_AGAIN_AFTER_MS, signal);
		await find();
	}

	private async poll(predictionId: string): Promise<LiveAnswer | undefined> {
		try {
			return await this.call('GET', `/v1/prediction/${encodeURIComponent(predictionId)}`);
		} catch {
			if (this.signal.aborted) throw stopped(this.signal);
			return undefined;
		}
	}

	private settle(predictionId: string, { cost }: Prediction): void {
		if (this.unsettled.delete(predictionId)) this.spentUsd += cost ?? 0;
	}
}
