import pLimit from 'p-limit';
import type { IBinaryData, IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';

import type { ByteStream } from '../core/host';
import { isLoopbackHost } from '../core/isLoopbackHost';
import { isOwnNetworkHost, lastPartOf } from '../core/media/addresses';
import { contentTypeOf, HEAD_BYTES } from '../core/media/identifyMedia';
import { cleanFileName, MAX_FILE_BYTES } from '../core/media/media';
import { PredictionError } from '../core/PredictionError';
import { backoffMs } from '../core/retries';
import type { Scope } from '../core/Scope';
import { hostClock } from './hostClock';
import { parsedUrl } from '../core/parsedUrl';

const MAX_AT_ONCE = 3;
const MAX_REDIRECTS = 5;
const MAX_TRIES = 3;
const MIB = 1_048_576;

/** Endings of the types whose name is not their ending. */
const ENDINGS: ReadonlyMap<string, string> = new Map([
	['image/jpeg', 'jpg'],
	['image/svg+xml', 'svg'],
	['video/quicktime', 'mov'],
	['video/x-matroska', 'mkv'],
	['video/x-msvideo', 'avi'],
	['video/mpeg', 'mpg'],
	['audio/mpeg', 'mp3'],
	['audio/mp4', 'm4a'],
	['audio/aiff', 'aif'],
]);

/** A response body, as far as it takes a readable stream of Node.js. */
interface Body extends ByteStream {
	on(event: string, listener: (value: never) => void): unknown;
	once(event: string, listener: (value: never) => void): unknown;
	emit(event: string, ...values: unknown[]): boolean;
	read(): Uint8Array | null;
	unshift(chunk: Uint8Array): void;
	destroy(error?: Error): unknown;
}

interface Response {
	readonly statusCode: number;
	readonly headers: Readonly<Record<string, unknown>>;
	readonly body: Body;
}

/** What kept a file from being fetched; `isPassing` where another try may help. */
class NotFetched extends Error {
	constructor(
		message: string,
		readonly isPassing = false,
	) {
		super(message);
	}
}

export type FetchedFile = { readonly file: IBinaryData } | { readonly reason: string };

/**
 * Fetches files that models have made into n8n's store of binary data, without holding one in memory.
 *
 * Only over https and from the web, through each redirect; from this machine where the service itself is on it. The key goes
 * nowhere. A host whose public name leads into a private network is for n8n's own protection to know.
 */
export class ResultFiles {
	private readonly turns = pLimit(MAX_AT_ONCE);

	constructor(
		private readonly functions: IExecuteFunctions,
		/** Whether the service is on this machine. */
		private readonly isLoopback: boolean,
	) {}

	/** Never rejects: what was paid for stands, with or without its file. */
	async fetch(address: string, scope: Scope): Promise<FetchedFile> {
		return await this.turns(async () => {
			for (let tries = 1; ; tries++) {
				const ended = new AbortController();
				try {
					const fetching = this.fetchOnce(address, AbortSignal.any([ended.signal, scope.signal]));
					const file = await scope.within(
						fetching,
						() => new NotFetched("it did not arrive within 'Max Wait'"),
					);
					return { file };
				} catch (error) {
					const waitMs = backoffMs(tries, hostClock.random());
					const isPassing = error instanceof NotFetched && error.isPassing;
					if (!isPassing || tries === MAX_TRIES || waitMs >= scope.remainingMs())
						return { reason: reasonOf(error) };
					await scope.sleep(waitMs);
				} finally {
					ended.abort();
				}
			}
		});
	}

	private async fetchOnce(address: string, abortSignal: AbortSignal): Promise<IBinaryData> {
		let url = this.allowed(address);
		for (let redirects = 0; ; redirects++) {
			const { statusCode, headers, body } = await this.request(url, abortSignal);
			// An error that nobody listens to would end n8n.
			body.on('error', () => undefined);
			if (statusCode === 200) return await this.store(body, headers, url, abortSignal);
			body.destroy();
			const location = headers['location'];
			if (statusCode < 300 || statusCode >= 400 || typeof location !== 'string')
				throw new NotFetched(`the answer was ${statusCode}`, statusCode >= 500 || statusCode === 429);
			if (redirects === MAX_REDIRECTS)
				throw new NotFetched(`it was redirected more than ${MAX_REDIRECTS} times`);
			url = this.allowed(parsedUrl(location, url)?.href ?? location);
		}
	}

	private async request(url: URL, abortSignal: AbortSignal): Promise<Response> {
		const options: IHttpRequestOptions = {
			method: 'GET',
			url: url.href,
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			sendCredentialsOnCrossOriginRedirect: false,
			abortSignal,
		};
		try {
			return (await this.functions.helpers.httpRequest(options)) as Response;
		} catch {
			throw noAnswer();
		}
	}

	private async store(
		body: Body,
		headers: Response['headers'],
		url: URL,
		abortSignal: AbortSignal,
	): Promise<IBinaryData> {
		const end = (): unknown => body.destroy(new NotFetched('it broke off'));
		abortSignal.addEventListener('abort', end, { once: true });
		try {
			const declaredBytes = Number(headers['content-length'] ?? NaN);
			if (declaredBytes > MAX_FILE_BYTES) throw tooLarge();
			const head = await headOf(body);
			const passing = countBytes(body, () => body.destroy(tooLarge()));
			const { contentType, isCertain } = contentTypeOf(head, String(headers['content-type'] ?? ''));
			const name = fileName(url, isCertain ? contentType : undefined);
			const stored = this.functions.helpers.prepareBinaryData(body as never, name, contentType);
			const file = await stored.catch(() => {
				throw passing.isTooMuch
					? tooLarge()
					: new NotFetched('it broke off, or n8n could not store it', true);
			});
			if (passing.isTooMuch) throw tooLarge();
			if (headers['content-encoding'] === undefined && passing.byteLength < declaredBytes)
				throw new NotFetched('it broke off', true);
			return file;
		} finally {
			abortSignal.removeEventListener('abort', end);
			body.destroy();
		}
	}

	private allowed(address: string): URL {
		const url = parsedUrl(address);
		if (url === undefined) throw new NotFetched('it is not a web address');
		const isOwn = this.isLoopback && isLoopbackHost(url.hostname);
		if (url.protocol !== 'https:' && !(isOwn && url.protocol === 'http:'))
			throw new NotFetched('files are fetched over https only');
		if (url.username !== '' || url.password !== '')
			throw new NotFetched('the address has a user name or a password in it');
		if (!isOwn && isOwnNetworkHost(url.hostname)) throw new NotFetched('the address is in a private network');
		return url;
	}
}

/** Counts what is read of a body. A listener for data would set it flowing before n8n's store reads it. */
function countBytes(
	body: Body,
	onTooMuch: () => void,
): { readonly byteLength: number; readonly isTooMuch: boolean } {
	const passing = { byteLength: 0, isTooMuch: false };
	const emit = body.emit.bind(body);
	body.emit = (event, ...values) => {
		if (event === 'data') passing.byteLength += (values[0] as Uint8Array).length;
		if (!passing.isTooMuch && passing.byteLength > MAX_FILE_BYTES) {
			passing.isTooMuch = true;
			onTooMuch();
		}
		return emit(event, ...values);
	};
	return passing;
}

/** The first bytes that come, at most `HEAD_BYTES` of them; they are put back. Empty for a body without any. */
async function headOf(body: Body): Promise<Uint8Array> {
	const isReadable = await new Promise<boolean>((resolve) => {
		body.once('readable', () => resolve(true));
		for (const event of ['end', 'close', 'error']) body.once(event, () => resolve(false));
	});
	const head = isReadable ? body.read() : null;
	if (head === null) throw new NotFetched(isReadable ? 'it is empty' : 'it broke off', !isReadable);
	body.unshift(head);
	// Node takes note a moment later that nobody waits for 'readable' any more.
	await hostClock.sleep(0);
	return head.subarray(0, HEAD_BYTES);
}

/** The last part of the address; its ending is that of the type, where the bytes tell it. */
function fileName(url: URL, contentType: string | undefined): string {
	const name = cleanFileName(lastPartOf(url)) || 'file';
	if (contentType === undefined) return name;
	const ending = ENDINGS.get(contentType) ?? contentType.replace(/^.*\/(?:x-)?/, '');
	return `${name.replace(/\.[a-z0-9]{1,5}$/i, '')}.${ending}`;
}

function noAnswer(): NotFetched {
	return new NotFetched('the server did not answer', true);
}

function tooLarge(): NotFetched {
	return new NotFetched(`it is larger than ${MAX_FILE_BYTES / MIB} MB`);
}

function reasonOf(error: unknown): string {
	if (error instanceof NotFetched) return error.message;
	return error instanceof PredictionError && error.kind === 'stopped'
		? 'the execution was stopped'
		: 'it could not be fetched';
}
