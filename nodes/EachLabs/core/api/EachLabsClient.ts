import type { ByteStream, Clock, Interruption, Transport } from '../host';
import type { Scope } from '../Scope';
import { anotherModel, isPage, balanceNotTold, modelUnavailable, unreachable } from './apiErrors';
import { aboutPrediction, predictionPath } from './aboutPrediction';
import { ApiRequests, MAX_RESPONSE_BYTES, QUICK_READ, type CallResult } from './ApiRequests';
import { readCreateAnswer, type CreateOutcome } from './createOutcome';
import { Executions } from './Executions';
import type { Page, PageRequest } from './readPages';
import { apiSlug } from './routedModel';
import { ServedRoutes } from './ServedRoutes';
import {
	balanceResponse,
	cancelPredictionResponse,
	modelListResponse,
	modelResponse,
	predictionResponse,
	presignUploadResponse,
	routedModelsResponse,
	type Model,
	type Prediction,
	type PresignedUpload,
	type RoutedModel,
} from './shapes';
import { withoutCredentials } from './withoutCredentials';
import { withQuery } from './withQuery';

/** Entries a page, for lists that are handed on; every list gives so many. */
export const PAGE_SIZE = 100;
/** The service may hold the question about a prediction until it ends; a shorter wait would ask again and again. */
const POLL_TIMEOUT_MS = 60_000;
/** The clocks of two machines differ: who asks what was created since a moment asks from so much earlier. */
export const CLOCK_SKEW_MS = 60_000;

export interface CreateRequest {
	/** Slug, or the name of a chat model behind the router. */
	readonly model: string;
	readonly input: Readonly<Record<string, unknown>>;
	/** Name of a fallback that is saved at the service for this model. */
	readonly fallbackSelector?: string;
	/** Addresses in the input under which this run has uploaded files; not sent, but the request is known by them again. */
	readonly uploads?: readonly string[];
	/** Whom the service calls when the prediction is finished; its calls are signed where there is a secret. */
	readonly webhook?: { readonly url: string; readonly secret: string };
}

export interface FileUpload {
	readonly contentType: string;
	readonly byteLength: number;
	open(): Promise<Uint8Array | ByteStream>;
	/** Sees every chunk on its way out. */
	observe?(chunk: Uint8Array): void;
	/** Aborts as soon as the bytes have ended too early: the receiver would wait for the rest. */
	readonly cutOff?: AbortSignal;
}

/**
 * The Each Labs API (https://docs.eachlabs.ai): one method an endpoint, typed answers, and errors of one family.
 *
 * Safe calls (reads, delete, cancel) are repeated within their scope, and wait together while their route is down; a create is
 * sent once, and its outcome told. Every request carries an `X-Request-Id` of ours, which errors quote.
 */
export class EachLabsClient {
	/** What all calls of the run have in common. */
	readonly requests: ApiRequests;
	/** The account's list of predictions. */
	readonly executions: Executions;

	/**
	 * @param baseUrl of the API, without a slash at its end
	 * @param routes which routes the deployment serves; everybody in this process shares what is known of them
	 */
	constructor(
		transport: Transport,
		private readonly clock: Clock,
		baseUrl: string,
		private readonly routes = ServedRoutes.of(baseUrl),
	) {
		this.requests = new ApiRequests(transport, clock, baseUrl);
		this.executions = new Executions(this.requests, routes);
	}

	/**
	 * @throws {PredictionError} `modelUnavailable` where no route knows the slug, or where the answer describes another model: what
	 * was not asked for is never bought. A chat model behind the router is described as the router is.
	 */
	async getModel(name: string, scope: Scope): Promise<Model> {
		const slug = apiSlug(name);
		// An address would lose such a part, and ask for something else.
		if (/^\.{1,2}$/.test(slug)) throw modelUnavailable(slug);
		const ask = async (path: string) =>
			await this.requests.tryCall('GET', path, modelResponse, scope, {
				...QUICK_READ,
				onStatus: (status, facts) =>
					status === 404 || status === 400 ? modelUnavailable(slug, facts) : undefined,
				refuse: (model, facts) =>
					model.slug.toLowerCase() === slug.toLowerCase() ? undefined : anotherModel(slug, model.slug, facts),
			});
		const asked = await this.routes.ask('model', {
			today: async () => await ask(`/v1/models/${encodeURIComponent(slug)}`),
			older: async () => await ask(`/v1/model?slug=${encodeURIComponent(slug)}`),
		});
		if (!asked.ok) throw asked.error;
		// Slugs are in small letters, whoever writes them otherwise.
		return slug === name && name !== name.toLowerCase() ? asked.value : { ...asked.value, slug: name };
	}

	/** The chat models behind the router that it shows, best first. */
	async listRoutedModels(scope: Scope): Promise<RoutedModel[]> {
		const path = '/v1/llm-router/model-catalog';
		return await this.requests.callSafely('GET', path, routedModelsResponse, scope, QUICK_READ);
	}

	/** @param filter `name` is a part of a model's name, in any case */
	async listModelPage(
		{ name }: { name?: string },
		{ limit, offset }: PageRequest,
		scope: Scope,
	): Promise<Page<Model>> {
		const path = withQuery('/v1/models', { limit, offset, name });
		return await this.requests.callSafely('GET', path, modelListResponse, scope, QUICK_READ);
	}

	/** Sends one create, once. Waits for its answer even where the user stops the run meanwhile, since it may be billed. */
	async createPrediction(request: CreateRequest, scope: Scope): Promise<CreateOutcome> {
		const requestId = this.clock.uuid();
		const { model, input, webhook } = request;
		const body = JSON.stringify({
			model: apiSlug(model),
			input,
			fallback_selector: request.fallbackSelector,
			...(webhook && { webhook_url: webhook.url }),
			...(webhook && webhook.secret !== '' && { webhook_secret: webhook.secret }),
		});
		const attempt = await this.requests.attempt(
			this.requests.request('POST', '/v1/prediction', requestId, body),
			scope,
		);
		if ('interrupted' in attempt) {
			return attempt.delivery === 'notSent'
				? { kind: 'notCreated', cause: 'notSent', error: unreachable(attempt, requestId) }
				: { kind: 'unknown', reason: attempt.interrupted, requestId, retryAfterMs: 0 };
		}
		return readCreateAnswer(attempt, request, requestId, this.requests.retryAfterMs(attempt));
	}

	/**
	 * One attempt, without retries: a poll that fails is followed by the next poll. The service may hold the answer for a while, so
	 * it gets 60 s.
	 */
	async pollPrediction(predictionId: string, scope: Scope): Promise<CallResult<Prediction>> {
		return await this.requests.callOnce('GET', predictionPath(predictionId), predictionResponse, scope, {
			attemptTimeoutMs: POLL_TIMEOUT_MS,
			...aboutPrediction(predictionId),
		});
	}

	async getPrediction(predictionId: string, scope: Scope): Promise<Prediction> {
		return await this.requests.callSafely('GET', predictionPath(predictionId), predictionResponse, scope, {
			attemptTimeoutMs: POLL_TIMEOUT_MS,
			...aboutPrediction(predictionId),
		});
	}

	/**
	 * Best effort at the service: the prediction may still finish. An answer that is not the service's own is none, since a
	 * prediction that was not cancelled runs on and is billed.
	 */
	async cancelPrediction(predictionId: string, scope: Scope): Promise<void> {
		const path = `${predictionPath(predictionId)}/cancel`;
		const { onStatus } = aboutPrediction(predictionId);
		await this.requests.callSafely('POST', path, cancelPredictionResponse, scope, { onStatus });
	}

	/**
	 * One attempt, without retries.
	 *
	 * @param expiresInSeconds after which the service deletes the file by itself, 60 to 31,536,000
	 */
	async presignUpload(
		request: {
			contentType: string;
			fileType: 'image' | 'video' | 'audio' | 'other';
			expiresInSeconds: number;
		},
		scope: Scope,
	): Promise<CallResult<PresignedUpload>> {
		const body = JSON.stringify({
			content_type: request.contentType,
			file_type: request.fileType,
			expires_in_seconds: request.expiresInSeconds,
		});
		return await this.requests.callOnce('POST', '/v1/upload/presign', presignUploadResponse, scope, {
			body,
		});
	}

	/**
	 * Puts the bytes to the storage host, once, without the API key. Answers the status, which the caller judges: 403 means that
	 * the presigned URL has expired.
	 */
	async putFile(
		upload: PresignedUpload,
		file: FileUpload,
		scope: Scope,
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
			const attempt = await this.requests.attempt(request, scope, {
				lastProgressMs: () => lastProgressMs,
				cutOff: file.cutOff,
			});
			if (!('interrupted' in attempt) && attempt.status < 300 && isPage(attempt))
				return { delivery: 'unknown', interrupted: 'a web page came in place of an answer' };
			return 'interrupted' in attempt
				? attempt
				: { status: attempt.status, retryAfterMs: this.requests.retryAfterMs(attempt) };
		} finally {
			if (!(body instanceof Uint8Array)) body.destroy();
		}
	}

	/** Deletes an uploaded file. One that is gone already counts as deleted: the service answers 204, on some days 404. */
	async deleteFile(fileId: string, scope: Scope): Promise<void> {
		await this.requests.callSafely('DELETE', `/v1/files/${encodeURIComponent(fileId)}`, 'ignored', scope, {
			isDone: (status) => status === 404,
			// The file is being processed still.
			isBusy: (status) => status === 409,
		});
	}

	/** USD; negative where more was spent than there was. */
	async getBalance(scope: Scope): Promise<number> {
		return await this.requests.callSafely('GET', '/v1/billing/balance', balanceResponse, scope, {
			onStatus: (status, facts) => (status === 404 ? balanceNotTold(facts) : undefined),
		});
	}
}
