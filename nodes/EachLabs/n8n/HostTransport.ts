import type {
	IDataObject,
	IExecuteFunctions,
	IHttpRequestMethods,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import { onAbort } from '../core/onAbort';
import type { ByteStream, HttpAnswer, HttpRequest, Interruption, Transport } from '../core/host';

export const CREDENTIAL_TYPE = 'eachLabsApi';

type HostFunctions = IExecuteFunctions | ILoadOptionsFunctions | IWebhookFunctions;

interface FullResponse {
	statusCode: number;
	headers: Record<string, unknown>;
	body: Pick<ByteStream, 'destroy'> & {
		readonly destroyed?: boolean;
		on(event: string, listener: (given: Uint8Array) => void): unknown;
	};
}

/** Errors of the operating system and of TLS that arise before a request is sent. */
const NOT_SENT_CODES: ReadonlyMap<string, string> = new Map([
	['ECONNREFUSED', 'the connection was refused'],
	['ENOTFOUND', 'the name of the server was not found'],
	['EAI_AGAIN', 'the name of the server could not be looked up'],
	['EHOSTUNREACH', 'there is no way to the server'],
	['ENETUNREACH', 'there is no way to the network of the server'],
	['CERT_HAS_EXPIRED', "the server's certificate has expired"],
	['DEPTH_ZERO_SELF_SIGNED_CERT', "the server's certificate is not trusted"],
	['SELF_SIGNED_CERT_IN_CHAIN', "the server's certificate is not trusted"],
	['UNABLE_TO_VERIFY_LEAF_SIGNATURE', "the server's certificate is not trusted"],
	['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', "the server's certificate is not trusted"],
	['ERR_TLS_CERT_ALTNAME_INVALID', "the server's certificate is for another name"],
]);

/**
 * HTTP through n8n's own helper, which brings the user's proxy, the credential and the host's rules for addresses.
 *
 * The helper is called on a stand-in of the node's functions that lacks `getExecutionCancelSignal`: on the real ones every
 * request after a stop fails at once, and so would the requests that cancel what is still running.
 */
export class HostTransport implements Transport {
	private readonly callable: HostFunctions;

	constructor(private readonly functions: HostFunctions) {
		this.callable = {
			getCredentials: functions.getCredentials.bind(functions),
			getNode: functions.getNode.bind(functions),
			helpers: functions.helpers,
			logger: functions.logger,
		} as unknown as HostFunctions;
	}

	async send(request: HttpRequest): Promise<HttpAnswer | Interruption> {
		const options: IHttpRequestOptions = {
			method: request.method as IHttpRequestMethods,
			url: request.url,
			headers: { ...request.headers } as IDataObject,
			body:
				typeof request.body === 'string' || request.body === undefined
					? request.body
					: asHostBody(request.body),
			// The body is read here, so that its length stays bounded and an abort ends it at any time.
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			sendCredentialsOnCrossOriginRedirect: false,
			abortSignal: request.abortSignal,
		};
		let response: FullResponse;
		try {
			const { httpRequest, httpRequestWithAuthentication } = this.functions.helpers;
			response = (await (request.authenticated
				? httpRequestWithAuthentication.call(this.callable, CREDENTIAL_TYPE, options)
				: httpRequest(options))) as FullResponse;
		} catch (error) {
			return interruption(error);
		}
		try {
			return {
				status: response.statusCode,
				headers: flatHeaders(response.headers),
				text: await readText(response.body, request),
			};
		} catch (error) {
			const tooLong = error instanceof AnswerTooLong;
			return {
				delivery: 'unknown',
				interrupted: tooLong ? 'the answer was too long' : 'the answer broke off',
				tooLong,
			};
		}
	}
}

/** n8n's helper takes buffers and streams; a plain Uint8Array would be sent as JSON. */
function asHostBody(body: Exclude<HttpRequest['body'], string | undefined>): IHttpRequestOptions['body'] {
	return body instanceof Uint8Array
		? Buffer.from(body.buffer, body.byteOffset, body.byteLength)
		: (body as unknown as IHttpRequestOptions['body']);
}

class AnswerTooLong extends Error {}

async function readText(
	body: FullResponse['body'],
	{ abortSignal, maxResponseBytes }: HttpRequest,
): Promise<string> {
	const chunks: Uint8Array[] = [];
	let length = 0;
	let release = () => {};
	await new Promise<void>((resolve, reject) => {
		release = onAbort(abortSignal, () => reject(new Error('ended')));
		body.on('data', (chunk) => {
			length += chunk.length;
			if (length > maxResponseBytes) reject(new AnswerTooLong());
			else chunks.push(chunk);
		});
		body.on('end', () => resolve());
		body.on('error', reject);
		// After its end this says nothing any more; before it, the connection broke off.
		const closed = () => reject(new Error('closed'));
		if (body.destroyed === true) closed();
		else body.on('close', closed);
	}).finally(() => {
		release();
		body.destroy();
	});
	return Buffer.concat(chunks).toString('utf8');
}

function flatHeaders(headers: Record<string, unknown>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
	);
}

/** Whether a request that gave no answer may have reached the service. Only codes that prove the contrary count as `notSent`. */
function interruption(error: unknown): Interruption {
	for (const { code, syscall } of errorChain(error)) {
		const reason = code === undefined ? undefined : NOT_SENT_CODES.get(code);
		if (reason) return { delivery: 'notSent', interrupted: reason };
		if (code === 'ETIMEDOUT' && syscall === 'connect')
			return { delivery: 'notSent', interrupted: 'the connection was not made in time' };
	}
	return { delivery: 'unknown', interrupted: 'the connection broke off before an answer came' };
}

function errorChain(error: unknown): Array<{ code?: string; syscall?: string }> {
	const chain: Array<{ code?: string; syscall?: string }> = [];
	let current: unknown = error;
	for (let depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth++) {
		const { code, httpCode, syscall, cause } = current as Record<string, unknown>;
		for (const value of [code, httpCode]) {
			if (typeof value === 'string')
				chain.push({ code: value, syscall: typeof syscall === 'string' ? syscall : undefined });
		}
		current = cause;
	}
	return chain;
}
