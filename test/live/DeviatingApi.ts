import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { request as send } from 'undici';

export interface PassedRequest {
	readonly method: string;
	/** Without its query. */
	readonly path: string;
	query: string;
	readonly headers: Record<string, string>;
	/** JSON; undefined without a body. */
	body: Record<string, unknown> | undefined;
}

export interface PassedAnswer {
	status: number;
	readonly headers: Record<string, string>;
	/** As parsed from JSON, or the text of anything else. */
	body: unknown;
}

/** How the API differs from what is documented; both may change what they get. */
export interface Deviation {
	readonly onRequest?: (request: PassedRequest) => void;
	readonly onAnswer?: (answer: PassedAnswer, request: PassedRequest) => void;
}

export interface DeviatingApi {
	readonly baseUrl: string;
	close(): Promise<void>;
}

const PASSED_HEADERS = ['authorization', 'x-api-key', 'x-request-id', 'content-type', 'accept'];

/** Stands before an API on loopback and passes everything on, but for what the deviation changes. */
export async function startDeviatingApi(
	apiUrl: string,
	{ onRequest, onAnswer }: Deviation,
): Promise<DeviatingApi> {
	const app = fastify({ forceCloseConnections: true });
	app.all('/*', async (given, reply) => {
		const url = new URL(given.url, apiUrl);
		const passed: PassedRequest = {
			method: given.method,
			path: url.pathname,
			query: url.search,
			headers: Object.fromEntries(
				PASSED_HEADERS.flatMap((name) => {
					const value = given.headers[name];
					return typeof value === 'string' ? [[name, value]] : [];
				}),
			),
			body: given.body as PassedRequest['body'],
		};
		onRequest?.(passed);
		const answer = await send(`${apiUrl}${passed.path}${passed.query}`, {
			method: given.method as 'GET',
			headers: passed.headers,
			body: passed.body === undefined ? undefined : JSON.stringify(passed.body),
		});
		const text = await answer.body.text();
		const isJson = String(answer.headers['content-type']).includes('json');
		const changed: PassedAnswer = {
			status: answer.statusCode,
			headers: { 'x-request-id': String(answer.headers['x-request-id']) },
			body: isJson ? (JSON.parse(text) as unknown) : text,
		};
		onAnswer?.(changed, passed);
		return await reply
			.status(changed.status)
			.headers(changed.headers)
			.type('application/json')
			.send(typeof changed.body === 'string' ? changed.body : JSON.stringify(changed.body));
	});
	await app.listen({ host: '127.0.0.1', port: 0 });
	return {
		baseUrl: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
		close: async () => await app.close(),
	};
}
