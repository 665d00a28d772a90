/**
 * What the core asks of the world around it. `n8n/` implements these over n8n's own means, tests over a virtual clock.
 */

/** A stream of bytes as n8n's binary store gives it; every Node.js `Readable` is one. */
export interface ByteStream extends AsyncIterable<Uint8Array> {
	on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
	on(event: 'end', listener: () => void): unknown;
	pause(): unknown;
	pipe(destination: never): unknown;
	destroy(): unknown;
}

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface HttpRequest {
	readonly method: HttpMethod;
	/** Absolute; query included. */
	readonly url: string;
	/** Whether the credential signs the request. Never for another host than the API's. */
	readonly authenticated: boolean;
	readonly headers: Readonly<Record<string, string>>;
	/** A string is sent as it is. A stream needs a `Content-Length` header beside it. */
	readonly body?: string | Uint8Array | ByteStream;
	/** Ends the request at once, body included, in both directions. */
	readonly abortSignal: AbortSignal;
	/** A longer answer is not read to its end, and counts as interrupted. */
	readonly maxResponseBytes: number;
}

export interface HttpAnswer {
	readonly status: number;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	readonly text: string;
}

/** What kept an answer from arriving whole. */
export interface Interruption {
	/** `notSent`: surely no byte of the request reached the service. `unknown`: it may have been received and acted upon. */
	readonly delivery: 'notSent' | 'unknown';
	/** In words for a user, without codes of the operating system. */
	readonly interrupted: string;
	/** The answer came, and was longer than what is read of one. */
	readonly tooLong?: boolean;
}

/**
 * Answers every status as it is, and never throws: what kept an answer from coming is a value, so that nobody forgets to ask
 * whether the request may have been delivered. Redirects are not followed.
 */
export interface Transport {
	send(request: HttpRequest): Promise<HttpAnswer | Interruption>;
}

/** What signals of our own are aborted with: without a reason, each makes an exception with a stack trace, two a request. */
export const ENDED = 'ended';

export interface Clock {
	/** Milliseconds of a clock that never goes back; for durations and deadlines. */
	monotonicMs(): number;
	/** Milliseconds since 1970; only for what the service is to be asked about. */
	epochMs(): number;
	/** Resolves after `ms`, or as soon as one of the signals aborts; it never rejects. */
	sleep(ms: number, ...ends: ReadonlyArray<AbortSignal | undefined>): Promise<void>;
	/** Uniform in [0, 1). */
	random(): number;
	/** A random identifier, unique among all hosts. */
	uuid(): string;
}
