import type { z } from 'zod/v4';

import { retryAfterMs } from '../retries';
import type { Deadline } from '../Deadline';
import type {
	ByteStream,
	Clock,
	HttpAnswer,
	HttpMethod,
	HttpRequest,
	Interruption,
	Transport,
} from '../host';
import { PredictionError, type PredictionErrorKind } from '../PredictionError';
import { OutageGate } from './OutageGate';
import { outcomeOf } from './predictionStatus';
import type { Page, PageRequest } from './readPages';
import { redactSecrets } from '../redactSecrets';
import { RetryBudget } from '../RetryBudget';
import {
	cancelPredictionResponse,
	createPredictionResponse,
	errorResponse,
	executionListResponse,
	modelListResponse,
	modelResponse,
	predictionResponse,
	presignUploadResponse,
	type ListedPrediction,
	type Model,
	type Prediction,
	type PresignedUpload,
} from './shapes';

const ATTEMPT_TIMEOUT_MS = 30_000;
/** Outages of a few seconds cost nothing; who waits for a list or a description does not wait for minutes. */
const PATIENCE_MS = 15_000;
/** For lists and descriptions, which are answered at once or not at all. */
const READ_TIMEOUT_MS = 6_000;
const MAX_RESPONSE_BYTES = 8 * 1_048_576;
/** Of a list; more is not given of that of predictions. */
export const PAGE_SIZE = 100;
const MAX_PAGES = 10;
/** The clocks of two machines differ: who asks what was created since a moment asks from so much earlier. */
export const CLOCK_SKEW_MS = 60_000;
/** Statuses of a create's answer that say that a prediction was made, even where its id is missing. */
const MADE_STATUSES: ReadonlySet<string> = new Set([
	'success',
	'succeeded',
	'created',
	'accepted',
	'queued',
	'pending',
	'starting',
	'processing',
]);
/** Of a clock; what is less may be the way of the answer, and what is more is no clock of now. */
const MIN_CLOCK_ERROR_MS = 5_000;
const MAX_CLOCK_ERROR_MS = 24 * 3_600_000;
/** The least time that an attempt gets; with less left, none is made. */
export const MIN_ATTEMPT_MS = 100;

/** For how long a call may go on, and what ends it early. */
export interface CallScope {
	readonly deadline: Deadline;
	readonly abortSignal?: AbortSignal;
	/** The longest that one attempt waits for its answer; 30 s when undefined. */
	readonly attemptTimeoutMs?: number;
	/** For how long a safe call is repeated while its route is down; 15 s when undefined. */
	readonly patienceMs?: number;
	/** Whether its first attempt is sent also while the route is known to be down. */
	readonly insists?: boolean;
}

/**
 * What became of a create request. It is not idempotent, so the three cases must never be mixed up:
 * `created` was accepted and may be billed, `notCreated` surely made nothing, `unknown` may have made something.
 */
export type CreateOutcome =
	| { readonly kind: 'created'; readonly predictionId: string; readonly requestId: string }
	| {
			readonly kind: 'notCreated';
			readonly cause: 'noSlot';
			readonly details: string;
			readonly httpStatus: number;
			readonly retryAfterMs?: number;
			readonly error: PredictionError;
	  }
	| { readonly kind: 'notCreated'; readonly cause: 'notSent' | 'refused'; readonly error: PredictionError }
	| {
			readonly kind: 'unknown';
			readonly reason: string;
			readonly requestId: string;
			readonly httpStatus?: number;
			/** Milliseconds for which the service does not want another create; 0 where it did not say. */
			readonly retryAfterMs: number;
	  };

export interface CreateRequest {
	readonly model: string;
	readonly input: Readonly<Record<string, unknown>>;
	/** Addresses in the input under which this run has uploaded files; not sent, but the request is known by them again. */
	readonly uploads?: readonly string[];
}

/** Which of the account's predictions; what is undefined or empty holds none back. */
export interface PredictionFilter {
	/** Slug. */
	readonly model?: string;
	/** Words of the service, by comma. */
	readonly status?: string;
	/** Time of creation, RFC 3339; without it the service goes back 90 days. */
	readonly from?: string;
	readonly to?: string;
}

export interface FileUpload {
	readonly contentType: string;
	readonly byteLength: number;
	open(): Promise<Uint8Array | ByteStream>;
	/** Sees every chunk on its way out. */
	observe?(chunk: Uint8Array): void;
}

export type UploadFileType = 'image' | 'video' | 'audio' | 'other';

/** What one call gave; `mayPass` tells whether the same call may succeed when made again. */
export type CallResult<Value> =
	| { readonly ok: true; readonly value: Value; readonly retryAfterMs?: number }
	| {
			readonly ok: false;
			readonly error: PredictionError;
			readonly mayPass: boolean;
			readonly retryAfterMs?: number;
	  };

/**
 * The Each Labs API (https://docs.eachlabs.ai): one method an endpoint, typed answers, and errors of one family.
 *
 * Safe calls (reads, delete, cancel) are repeated within their scope, and wait together while their route is down; a create is
 * sent once, and its outcome told. Every request carries an `X-Request-Id` of ours, which errors quote.
 */
export class EachLabsClient {
	/** Of the whole run: whoever repeats a call by himself takes it from here, too. */
	readonly retryBudget = new RetryBudget();
	/** By how much the service's clock is before ours; 0 while it is not known. */
	private serviceAheadMs = 0;
	/** By route. */
	private readonly gates = new Map<string, OutageGate>();

	/**
	 * @param baseUrl of the API, without a slash at its end
	 */
	constructor(
		private readonly transport: Transport,
		private readonly clock: Clock,
		private readonly baseUrl: string,
	) {}

	async getModel(slug: string, scope: CallScope): Promise<Model> {
		const path = `/v1/model?slug=${encodeURIComponent(slug)}`;
		return await this.callSafely('GET', path, modelResponse, quickRead(scope), {
			onStatus: (status, facts) =>
				status === 404 || status === 400 ? modelUnavailable(slug, facts) : undefined,
		});
	}

	/** @param filter `name` is a part of a model's name, in any case */
	async listModelPage(
		{ name }: { name?: string },
		{ limit, offset }: PageRequest,
		scope: CallScope,
	): Promise<Page<Model>> {
		const path = withQuery('/v1/models', { limit, offset, name });
		return await this.callSafely('GET', path, modelListResponse, quickRead(scope));
	}

	/** Sends one create, once. Waits for its answer even where the user stops the run meanwhile, since it may be billed. */
	async createPrediction(request: CreateRequest, scope: CallScope): Promise<CreateOutcome> {
		const requestId = this.clock.uuid();
		const body = JSON.stringify({ model: request.model, input: request.input });
		const attempt = await this.attempt(this.apiRequest('POST', '/v1/prediction', requestId, body), scope);
		if ('interrupted' in attempt) {
			return attempt.delivery === 'notSent'
				? { kind: 'notCreated', cause: 'notSent', error: unreachable(attempt, requestId) }
				: { kind: 'unknown', reason: attempt.interrupted, requestId, retryAfterMs: 0 };
		}
		return this.readCreateAnswer(attempt, request.model, requestId);
	}

	/** One attempt, without retries: a poll that fails is followed by the next poll. */
	async pollPrediction(predictionId: string, scope: CallScope): Promise<CallResult<Prediction>> {
		return await this.callOnce('GET', predictionPath(predictionId), predictionResponse, scope, {
			onStatus: (status, facts) => (status === 404 ? predictionNotFound(predictionId, facts) : undefined),
		});
	}

	async getPrediction(predictionId: string, scope: CallScope): Promise<Prediction> {
		return await this.callSafely('GET', predictionPath(predictionId), predictionResponse, scope, {
			onStatus: (status, facts) => (status === 404 ? predictionNotFound(predictionId, facts) : undefined),
		});
	}

	/**
	 * Best effort at the service: the prediction may still finish. An answer that is not the service's own is none, since a
	 * prediction that was not cancelled runs on and is billed.
	 */
	async cancelPrediction(predictionId: string, scope: CallScope): Promise<void> {
		await this.callSafely('POST', `${predictionPath(predictionId)}/cancel`, cancelPredictionResponse, scope, {
			onStatus: (status, facts) => (status === 404 ? predictionNotFound(predictionId, facts) : undefined),
		});
	}

	/**
	 * One attempt, without retries.
	 *
	 * @param expiresInSeconds after which the service deletes the file by itself, 60 to 31,536,000
	 */
	async presignUpload(
		request: { contentType: string; fileType: UploadFileType; expiresInSeconds: number },
		scope: CallScope,
	): Promise<CallResult<PresignedUpload>> {
		const body = JSON.stringify({
			content_type: request.contentType,
			file_type: request.fileType,
			expires_in_seconds: request.expiresInSeconds,
		});
		return await this.callOnce('POST', '/v1/upload/presign', presignUploadResponse, scope, { body });
	}

	/**
	 * Puts the bytes to the storage host, once, without the API key. Answers the status, which the caller judges: 403 means that
	 * the presigned URL has expired.
	 */
	async putFile(
		upload: PresignedUpload,
		file: FileUpload,
		scope: CallScope,
	): Promise<{ status: number; retryAfterMs?: number } | Interruption> {
		const body = await file.open();
		let lastProgressMs = this.clock.monotonicMs();
		const onChunk = (chunk: Uint8Array) => {
			lastProgressMs = this.clock.monotonicMs();
			file.observe?.(chunk);
		};
		if (body instanceof Uint8Array) {
			onChunk(body);
		} else {
			// Paused, so that listening does not set the bytes flowing before the request takes them.
			body.pause();
			body.on('data', onChunk);
		}
		const request = {
			method: 'PUT',
			url: upload.presignedUrl,
			authenticated: false,
			headers: {
				...withoutCredentials(upload.requiredHeaders),
				'Content-Type': file.contentType,
				'Content-Length': String(file.byteLength),
			},
			body,
			maxResponseBytes: MAX_RESPONSE_BYTES,
		} as const;
		try {
			// A large file on a slow line takes its time; what is limited is the time without any progress.
			const attempt = await this.attempt(request, scope, () => lastProgressMs);
			return 'interrupted' in attempt
				? attempt
				: { status: attempt.status, retryAfterMs: this.retryAfter(attempt) };
		} finally {
			if (!(body instanceof Uint8Array)) body.destroy();
		}
	}

	/** Deletes an uploaded file. One that is gone already counts as deleted: the service answers 204, on some days 404. */
	async deleteFile(fileId: string, scope: CallScope): Promise<void> {
		await this.callSafely('DELETE', `/v1/files/${encodeURIComponent(fileId)}`, 'ignored', scope, {
			isDone: (status) => status === 404,
			// The file is being processed still.
			isBusy: (status) => status === 409,
		});
	}

	/** Identifiers of the predictions that the account created since a moment, newest first, at most 1,000. */
	async listPredictionIds(
		filter: { model: string; sinceEpochMs: number },
		scope: CallScope,
	): Promise<CallResult<string[]>> {
		const ids: string[] = [];
		for (let page = 0; page < MAX_PAGES; page++) {
			const listed = await this.listExecutions(filter, { limit: PAGE_SIZE, offset: page * PAGE_SIZE }, scope);
			if (!listed.ok) return listed;
			ids.push(...listed.value.entries.map(({ id }) => id));
			// The total that comes with a page may be capped: only a short page is the last one.
			if (listed.value.length < PAGE_SIZE) break;
		}
		// One that was created between two pages moves another one from the first to the second.
		return { ok: true, value: [...new Set(ids)] };
	}

	/** Identifiers of those that have ended, whatever their outcome, among the newest predictions since a moment. */
	async listEndedPredictions(
		filter: { model: string; sinceEpochMs: number; newest: number },
		scope: CallScope,
	): Promise<CallResult<string[]>> {
		const listed = await this.listExecutions(filter, { limit: filter.newest, offset: 0 }, scope);
		if (!listed.ok) return listed;
		const ended = listed.value.entries.filter(({ status }) => outcomeOf(status) !== undefined);
		return { ok: true, value: ended.map(({ id }) => id) };
	}

	/** Identifiers of those in flight among the newest predictions of the account, no older than `backMs`. */
	async listInFlight(backMs: number, scope: CallScope): Promise<CallResult<string[]>> {
		const sinceEpochMs = this.clock.epochMs() - backMs;
		const listed = await this.listExecutions({ sinceEpochMs }, { limit: PAGE_SIZE, offset: 0 }, scope);
		if (!listed.ok) return listed;
		const inFlight = listed.value.entries.filter(({ status }) => outcomeOf(status) === undefined);
		return { ok: true, value: inFlight.map(({ id }) => id) };
	}

	/** A part of the account's predictions, newest first. */
	async listPredictions(
		filter: PredictionFilter,
		page: PageRequest,
		scope: CallScope,
	): Promise<Page<ListedPrediction>> {
		return await this.callSafely(
			'GET',
			executionsPath(filter, page),
			executionListResponse,
			quickRead(scope),
		);
	}

	private async listExecutions(
		{ model, sinceEpochMs }: { model?: string; sinceEpochMs: number },
		page: PageRequest,
		scope: CallScope,
	) {
		const path = executionsPath({ model, from: new Date(sinceEpochMs).toISOString() }, page);
		return await this.callOnce('GET', path, executionListResponse, scope);
	}

	private readCreateAnswer(answer: HttpAnswer, model: string, requestId: string): CreateOutcome {
		const facts = this.answerFacts(answer, requestId);
		if (answer.status === 429 || answer.status === 402) {
			const error = this.refusal(answer, facts);
			const details = facts.words;
			return {
				kind: 'notCreated',
				cause: 'noSlot',
				details,
				httpStatus: answer.status,
				retryAfterMs: this.retryAfter(answer),
				error,
			};
		}
		if (answer.status >= 400 && answer.status < 500) {
			const unknownModel =
				answer.status === 404 ||
				(answer.status === 400 &&
					/\bmodel\b.{0,80}\b(not found|unknown|does not exist|withdrawn|disabled|no longer)/i.test(
						facts.words,
					));
			return {
				kind: 'notCreated',
				cause: 'refused',
				error: unknownModel ? modelUnavailable(model, facts) : this.refusal(answer, facts),
			};
		}
		const succeeded = answer.status >= 200 && answer.status < 300;
		const parsed = succeeded ? parseJson(answer.text, createPredictionResponse)?.parsed : undefined;
		if (parsed?.predictionID) return { kind: 'created', predictionId: parsed.predictionID, requestId };
		// A well-formed answer with another status says that it made nothing, unless the status itself says otherwise.
		if (parsed?.status !== undefined && !MADE_STATUSES.has(parsed.status.toLowerCase())) {
			return { kind: 'notCreated', cause: 'refused', error: requestRefused(facts) };
		}
		// A redirect, a 5xx, or a success that can't be read: something between us and the service may have passed it on.
		return {
			kind: 'unknown',
			reason: `Each Labs answered with status ${answer.status} and no prediction ID`,
			requestId,
			httpStatus: answer.status,
			retryAfterMs: this.retryAfter(answer) ?? 0,
		};
	}

	/** Repeats the call while it may pass and the scope's patience lasts, together with all calls of its route. */
	private async callSafely<Value>(
		method: HttpMethod,
		path: string,
		shape: Shape<Value>,
		scope: CallScope,
		options: CallOptions = {},
	): Promise<Value> {
		return await this.gateOf(method, path).persist(
			async () => await this.callOnce(method, path, shape, scope, options),
			{ ...scope, patienceMs: scope.patienceMs ?? PATIENCE_MS },
		);
	}

	/** One for all predictions, one for all files, and so on. */
	private gateOf(method: HttpMethod, path: string): OutageGate {
		const [, , resource = '', , verb = ''] = (path.split('?')[0] ?? '').split('/');
		const route = `${method} ${resource} ${verb}`;
		const gate = this.gates.get(route) ?? new OutageGate(this.clock);
		this.gates.set(route, gate);
		return gate;
	}

	private async callOnce<Value>(
		method: HttpMethod,
		path: string,
		shape: Shape<Value>,
		scope: CallScope,
		options: CallOptions = {},
	): Promise<CallResult<Value>> {
		const requestId = this.clock.uuid();
		const answer = await this.attempt(this.apiRequest(method, path, requestId, options.body), scope);
		if (scope.abortSignal?.aborted) return { ok: false, error: PredictionError.stopped(), mayPass: false };
		if ('interrupted' in answer) return { ok: false, error: unreachable(answer, requestId), mayPass: true };
		const facts = this.answerFacts(answer, requestId);
		const { status } = answer;
		if (status >= 200 && status < 300) {
			const value = shape === 'ignored' ? { parsed: undefined as Value } : parseJson(answer.text, shape);
			return value === undefined
				? { ok: false, error: unreadable(facts), mayPass: true }
				: { ok: true, value: value.parsed, retryAfterMs: this.retryAfter(answer) };
		}
		if (options.isDone?.(status)) return { ok: true, value: undefined as Value };
		const particular = options.onStatus?.(status, facts);
		if (particular) return { ok: false, error: particular, mayPass: false };
		const unavailable = status >= 500 || status < 400;
		return {
			ok: false,
			error: unavailable ? serviceUnavailable(facts) : this.refusal(answer, facts),
			mayPass: unavailable || status === 429 || status === 408 || options.isBusy?.(status) === true,
			retryAfterMs: this.retryAfter(answer),
		};
	}

	/**
	 * Sends one request under a timeout: the scope's, or what is left of the deadline. With `lastProgressMs`, the timeout counts
	 * from the last progress.
	 */
	private async attempt(
		request: Omit<HttpRequest, 'abortSignal'>,
		scope: CallScope,
		lastProgressMs?: () => number,
	): Promise<HttpAnswer | Interruption> {
		if (scope.deadline.remainingMs() < MIN_ATTEMPT_MS) {
			return OUT_OF_TIME;
		}
		const ender = new AbortController();
		const answered = new AbortController();
		const timeoutMs = scope.attemptTimeoutMs ?? ATTEMPT_TIMEOUT_MS;
		let timedOut = false;
		const watch = async () => {
			let remainingMs = timeoutMs;
			while (remainingMs > 0 && !scope.deadline.passed) {
				await this.clock.sleep(scope.deadline.clip(remainingMs), answered.signal);
				if (answered.signal.aborted) return;
				remainingMs = lastProgressMs ? lastProgressMs() + timeoutMs - this.clock.monotonicMs() : 0;
			}
			timedOut = true;
			ender.abort();
		};
		void watch();
		const answer = await this.transport.send({
			...request,
			// A signal made of others adds no listener to theirs: one that all items share would warn of a leak.
			abortSignal: AbortSignal.any([ender.signal, ...(scope.abortSignal ? [scope.abortSignal] : [])]),
		});
		answered.abort();
		if (!('interrupted' in answer) && request.authenticated) this.noteTime(answer);
		return 'interrupted' in answer && timedOut
			? { delivery: 'unknown', interrupted: 'no answer came in time' }
			: answer;
	}

	/**
	 * A moment by the service's clock, as far as its answers have told it; ours may be minutes off.
	 *
	 * @param epochMs milliseconds since 1970 by our clock; now when undefined
	 */
	serviceEpochMs(epochMs = this.clock.epochMs()): number {
		return epochMs + this.serviceAheadMs;
	}

	private noteTime({ headers }: HttpAnswer): void {
		const dateMs = Date.parse(headers['date'] ?? '');
		const aheadMs = dateMs - this.clock.epochMs();
		// The header counts whole seconds, and is as old as the answer's way.
		if (Number.isFinite(aheadMs) && Math.abs(aheadMs) < MAX_CLOCK_ERROR_MS)
			this.serviceAheadMs = Math.abs(aheadMs) < MIN_CLOCK_ERROR_MS ? 0 : aheadMs;
	}

	private apiRequest(
		method: HttpMethod,
		path: string,
		requestId: string,
		body?: string,
	): Omit<HttpRequest, 'abortSignal'> {
		return {
			method,
			url: `${this.baseUrl}${path}`,
			authenticated: true,
			headers: {
				Accept: 'application/json',
				'X-Request-Id': requestId,
				...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
			},
			body,
			maxResponseBytes: MAX_RESPONSE_BYTES,
		};
	}

	private retryAfter(answer: HttpAnswer): number | undefined {
		return retryAfterMs(answer.headers['retry-after'], this.clock.epochMs());
	}

	private answerFacts(answer: HttpAnswer, requestId: string): AnswerFacts {
		let words: string | undefined;
		return {
			httpStatus: answer.status,
			requestId: cleanId(answer.headers['x-request-id']) ?? requestId,
			/** Looked for when somebody asks, since an answer that is good is not asked. */
			get words() {
				// Before it is cut: of a secret at the cut, the head would remain.
				return (words ??= redactSecrets(serviceWords(answer.text)).slice(0, 500));
			},
		};
	}

	/** What a 4xx means. */
	private refusal(answer: HttpAnswer, facts: AnswerFacts): PredictionError {
		return (REFUSALS.get(answer.status) ?? requestRefused)(facts);
	}
}

function quickRead(scope: CallScope): CallScope {
	return { attemptTimeoutMs: READ_TIMEOUT_MS, ...scope };
}

/** What a successful answer has to look like. */
type Shape<Value> = z.ZodType<Value> | 'ignored';

interface CallOptions {
	readonly body?: string;
	/** What a status means for this call in particular; undefined for what it means everywhere. */
	readonly onStatus?: (status: number, facts: AnswerFacts) => PredictionError | undefined;
	/** Whether a status says that what was asked for is so already. */
	readonly isDone?: (status: number) => boolean;
	/** Whether a status says that the same call may succeed later. */
	readonly isBusy?: (status: number) => boolean;
}

interface AnswerFacts {
	readonly httpStatus: number;
	readonly requestId: string;
	/** The service's own text, shortened, without secrets; '' where it gave none. */
	readonly words: string;
}

/** Undefined for what is no JSON or of another shape. */
function parseJson<Value>(text: string, shape: z.ZodType<Value>): { parsed: Value } | undefined {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return undefined;
	}
	const result = shape.safeParse(value);
	return result.success ? { parsed: result.data } : undefined;
}

function executionsPath(
	{ model, status, from, to }: PredictionFilter,
	{ limit, offset }: PageRequest,
): string {
	return withQuery('/v1/executions', { limit, offset, model, status, from, to });
}

/** Leaves out what is undefined or empty. */
function withQuery(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
	const given = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) {
		if (value !== undefined && value !== '') given.set(name, String(value));
	}
	return `${path}?${given.toString()}`;
}

function predictionPath(predictionId: string): string {
	return `/v1/prediction/${encodeURIComponent(predictionId)}`;
}

/** Whatever the presign answer says, no credential goes to the storage host. */
function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
	const refused = new Set([
		'authorization',
		'x-api-key',
		'cookie',
		'host',
		'content-length',
		'content-type',
		'transfer-encoding',
		'connection',
	]);
	return Object.fromEntries(Object.entries(headers).filter(([name]) => !refused.has(name.toLowerCase())));
}

function cleanId(id: string | undefined): string | undefined {
	// A key that comes back in place of an id would be hidden, and the id with it.
	return id !== undefined && /^[\w.:-]{1,128}$/.test(id) && redactSecrets(id) === id ? id : undefined;
}

/** The text of an error answer: `error`, then what `details` adds. */
function serviceWords(text: string): string {
	const body = parseJson(text.slice(0, 65_536), errorResponse)?.parsed;
	if (!body) return '';
	const parts = [body.error ?? body.message, body.details]
		.map((part) => inWords(part))
		.filter((part) => part !== '');
	return [...new Set(parts)].join(' - ');
}

/** Without the braces and quotes of JSON. What is nested deeper than anybody would read is left out. */
function inWords(value: unknown, depth = 0): string {
	if (value === undefined || value === null || depth > 4) return '';
	if (Array.isArray(value)) return value.map((entry) => inWords(entry, depth + 1)).join('; ');
	if (typeof value !== 'object') return String(value as string | number | boolean);
	return Object.entries(value)
		.map(([name, field]) => `${name}: ${inWords(field, depth + 1)}`)
		.join(', ');
}

function said({ words }: AnswerFacts): string {
	return words === '' ? '' : ` Each Labs says: ${words}`;
}

function serviceError(
	kind: PredictionErrorKind,
	facts: AnswerFacts,
	message: string,
	remedy: string,
): PredictionError {
	return new PredictionError(kind, message, {
		description: `${remedy}${said(facts)} (request ID ${facts.requestId})`,
		requestId: facts.requestId,
		httpStatus: facts.httpStatus,
	});
}

const REFUSALS: ReadonlyMap<number, (facts: AnswerFacts) => PredictionError> = new Map([
	[
		401,
		(facts: AnswerFacts) =>
			serviceError(
				'authentication',
				facts,
				'Each Labs did not accept the API key',
				'Open the Each Labs credential of this node and paste a key that is active in your Each Labs dashboard. Nothing was charged.',
			),
	],
	[
		402,
		(facts: AnswerFacts) =>
			serviceError(
				'balance',
				facts,
				'The balance of your Each Labs account is too low',
				'Top up the balance in your Each Labs dashboard, then run the workflow again. Nothing was charged for this item.',
			),
	],
	[
		403,
		(facts: AnswerFacts) =>
			serviceError(
				'authentication',
				facts,
				'The API key is not allowed to do this',
				'Check in your Each Labs dashboard what the key may do, or use another one. Nothing was charged.',
			),
	],
	[
		429,
		(facts: AnswerFacts) =>
			serviceError(
				'accountCap',
				facts,
				'Your Each Labs account has as many predictions running as it may',
				"Run fewer at once (option 'Max Concurrency', other workflows with the same key), or raise the balance of the account, which raises the cap. Nothing was charged for this item.",
			),
	],
]);

function requestRefused(facts: AnswerFacts): PredictionError {
	return serviceError(
		'requestRefused',
		facts,
		'Each Labs refused the request',
		'Check the parameters of this item; nothing was charged for it.',
	);
}

function modelUnavailable(slug: string, facts: AnswerFacts): PredictionError {
	return serviceError(
		'modelUnavailable',
		facts,
		`The model '${slug}' does not exist at Each Labs, or was withdrawn`,
		"Choose another one from the list in the parameter 'Model': every image-to-text model there works with this node. Nothing was charged.",
	);
}

function predictionNotFound(predictionId: string, facts: AnswerFacts): PredictionError {
	return serviceError(
		'predictionNotFound',
		facts,
		`Each Labs knows no prediction with the ID '${predictionId}'`,
		'Check the ID, and that the credential belongs to the account which created the prediction.',
	);
}

function serviceUnavailable(facts: AnswerFacts): PredictionError {
	return serviceError(
		'serviceUnavailable',
		facts,
		`Each Labs is not available right now (status ${facts.httpStatus})`,
		'Try again in a few minutes.',
	);
}

function unreadable(facts: AnswerFacts): PredictionError {
	return serviceError(
		'unexpectedAnswer',
		facts,
		'The answer of Each Labs could not be read',
		"Check the 'Base URL' in the credential, and whether a proxy between n8n and Each Labs changes answers; else try again in a few minutes.",
	);
}

const OUT_OF_TIME: Interruption = {
	delivery: 'notSent',
	interrupted: 'there was no time left for the request',
};

function unreachable(interruption: Interruption, requestId: string): PredictionError {
	if (interruption === OUT_OF_TIME) return PredictionError.outOfTime();
	const { interrupted: reason } = interruption;
	return new PredictionError('serviceUnavailable', 'Each Labs could not be reached', {
		description: `${reason.charAt(0).toUpperCase()}${reason.slice(1)}. Check the network of your n8n host and the 'Base URL' in the credential, then try again. (request ID ${requestId})`,
		requestId,
	});
}
