import http, { type ClientRequest, type RequestOptions } from 'node:http';
import { urlToHttpOptions } from 'node:url';

/** A request that some code in this process is about to make. */
export interface OutgoingRequest {
	readonly method: string;
	/** With its query. */
	readonly path: string;
	readonly port: number;
}

/** Whether the request is to be refused. */
type Refuses = (request: OutgoingRequest) => boolean;

/** Reserved for a service that nobody runs any more, so the operating system refuses connections to it. */
const CLOSED_PORT = 1;

const deciders = new Set<Refuses>();
const plainRequest = http.request;

/**
 * Has the operating system refuse single requests of this process, by leading their connections to a port on which nobody
 * listens. All others are left as they are. Lasts until the answered function is called.
 *
 * The port that they were for can't simply be closed for a moment: connections that are just being made would be reset, and
 * connections are made all the time.
 */
export function divertClientRequests(refuses: Refuses): () => void {
	if (deciders.size === 0) http.request = divertedRequest as typeof http.request;
	deciders.add(refuses);
	return () => {
		deciders.delete(refuses);
		if (deciders.size === 0) http.request = plainRequest;
	};
}

function divertedRequest(
	target: string | URL | RequestOptions,
	...rest: Array<RequestOptions | ((answer: http.IncomingMessage) => void) | undefined>
): ClientRequest {
	const given = rest.find((parameter) => typeof parameter === 'object');
	const onAnswer = rest.find((parameter) => typeof parameter === 'function');
	const options: RequestOptions =
		typeof target === 'string' || target instanceof URL
			? { ...urlToHttpOptions(new URL(target)), ...given }
			: target;
	const { method = 'GET', path, port } = options;
	const request = { method: method.toUpperCase(), path: path ?? '/', port: Number(port ?? 80) };
	const isRefused = [...deciders].some((refuses) => refuses(request));
	return plainRequest(isRefused ? { ...options, port: CLOSED_PORT } : options, onAnswer);
}
