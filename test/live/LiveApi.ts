import { randomUUID } from 'node:crypto';
import { Agent, request } from 'undici';

import type {
	HttpAnswer,
	HttpMethod,
	HttpRequest,
	Interruption,
	Transport,
} from '../../nodes/EachLabs/core/host';
import { NotSeen } from './NotSeen';

/** A GET may be held for a minute. */
const ATTEMPT_TIMEOUT_MS = 65_000;
const MAX_ANSWER_BYTES = 8 * 1_048_576;
/** No key that anybody has. */
const WRONG_KEY = 'live-check-with-a-key-that-does-not-exist';

/** How a request to the API is signed. */
export type Signing = 'bearer' | 'xApiKey' | 'wrongKey' | 'none';

export interface LiveAnswer extends HttpAnswer {
	readonly bytes: Buffer;
	/** The fields of a JSON object; none for anything else. */
	readonly fields: Readonly<Record<string, unknown>>;
	/** The body as JSON; undefined where it is none. */
	readonly json: unknown;
	/** The `X-Request-Id` that the request had. */
	readonly sentRequestId: string;
}

/** HTTP to the API and to its storage: every status is an answer, redirects are not followed, the key goes to the API alone. */
export class LiveApi implements Transport {
	private readonly agent = new Agent({ connectTimeout: 10_000, keepAliveTimeout: 1_000 });

	/** @param baseUrl without a slash at its end */
	constructor(
		readonly baseUrl: string,
		private readonly apiKey: string,
	) {}

	/**
	 * @param path from `/v1` on, query included
	 * @throws {NotSeen} where no answer came
	 */
	async call(
		method: HttpMethod,
		path: string,
		{ signing = 'bearer', body, signal }: { signing?: Signing; body?: unknown; signal: AbortSignal },
	): Promise<LiveAnswer> {
		const sentRequestId = randomUUID();
		return await this.exchange(method, `${this.baseUrl}${path}`, sentRequestId, {
			headers: {
				Accept: 'application/json',
				'X-Request-Id': sentRequestId,
				...this.signature(signing),
				...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
			signal,
		});
	}

	/**
	 * Reads a file of the storage, without any key.
	 *
	 * @throws {NotSeen} where no answer came
	 */
	async readFile(url: string, signal: AbortSignal): Promise<LiveAnswer> {
		return await this.exchange('GET', url, '', { signal });
	}

	/** What the node's own client sends; for judging by what the node itself makes of the API. */
	async send(wanted: HttpRequest): Promise<HttpAnswer | Interruption> {
		const { method, url, headers, authenticated, body, abortSignal } = wanted;
		if (body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array))
			throw new TypeError('The check sends no streams');
		try {
			return await this.exchange(method, url, '', {
				headers: { ...headers, ...(authenticated ? this.signature('bearer') : {}) },
				body,
				signal: abortSignal,
			});
		} catch (error) {
			return { delivery: 'unknown', interrupted: error instanceof Error ? error.message : String(error) };
		}
	}

	/** Ends the connections that are open. */
	async close(): Promise<void> {
		await this.agent.destroy();
	}

	private signature(signing: Signing): Record<string, string> {
		const signatures: Record<Signing, Record<string, string>> = {
			bearer: { Authorization: `Bearer ${this.apiKey}` },
			xApiKey: { 'X-API-Key': this.apiKey },
			wrongKey: { Authorization: `Bearer ${WRONG_KEY}` },
			none: {},
		};
		return signatures[signing];
	}

	private async exchange(
		method: HttpMethod,
		url: string,
		sentRequestId: string,
		options: { headers?: Readonly<Record<string, string>>; body?: string | Uint8Array; signal: AbortSignal },
	): Promise<LiveAnswer> {
		const timeout = AbortSignal.timeout(ATTEMPT_TIMEOUT_MS);
		try {
			const { statusCode, headers, body } = await request(url, {
				method,
				headers: { ...options.headers },
				body: options.body,
				signal: AbortSignal.any([options.signal, timeout]),
				dispatcher: this.agent,
			});
			const bytes = await readBounded(body);
			const text = bytes.toString('utf8');
			const json = parseJson(text);
			return {
				status: statusCode,
				headers: Object.fromEntries(
					Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value ?? '')]),
				),
				text,
				bytes,
				json,
				fields: isRecord(json) ? json : {},
				sentRequestId,
			};
		} catch (error) {
			if (error instanceof NotSeen) throw error;
			if (options.signal.aborted) throw stopped(options.signal);
			const where = new URL(url).host;
			if (timeout.aborted)
				throw new NotSeen(`${where} gave no answer to ${method} within ${ATTEMPT_TIMEOUT_MS / 1_000} s`);
			throw new NotSeen(
				`${where} can't be reached: ${error instanceof Error ? error.message : String(error)}`,
			);
		}
	}
}

/** What to say where the check was ended, by its time limit or by its user. */
export function stopped({ reason }: AbortSignal): NotSeen {
	return new NotSeen(
		reason instanceof DOMException && reason.name === 'TimeoutError'
			? 'the time for the whole check was up'
			: 'the check was stopped',
	);
}

/** `401`, or `400: the reason that the API gives`. */
export function statusAndReason({ status, fields, text }: LiveAnswer): string {
	const reason = fields.error ?? fields.message ?? (status >= 400 ? text.slice(0, 120) : undefined);
	if (reason === undefined || reason === '') return String(status);
	return `${status}: ${typeof reason === 'string' ? reason : JSON.stringify(reason)}`;
}

async function readBounded(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
	const chunks: Uint8Array[] = [];
	let byteLength = 0;
	for await (const chunk of body) {
		byteLength += chunk.byteLength;
		if (byteLength > MAX_ANSWER_BYTES) throw new NotSeen('the answer was longer than 8 MB');
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
