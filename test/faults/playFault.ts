import type { Socket } from 'node:net';

import type { Fault } from './Fault';
import type { OwnAnswer } from './FaultPlan';

/** What the service behind has answered. */
export interface ServiceAnswer {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Buffer;
}

/** One call whose request has been read, and whose answer is to be spoilt. */
export interface Exchange {
	readonly socket: Socket;
	/** Hands the request to the service where it is to be delivered; a made-up answer else. */
	readonly obtainAnswer: () => Promise<ServiceAnswer>;
	/** An address of another origin, which notes whoever comes. */
	readonly elsewhereUrl: string;
	/** Told when a status line goes out. */
	readonly onStatus: (status: number) => void;
}

/** What goes over the wire for each fault; the socket is the node's own connection. */
const PLAYERS: Readonly<Record<Exclude<Fault, 'refused'>, (exchange: Exchange) => Promise<void>>> = {
	resetBeforeRead: async ({ socket }) => {
		socket.resetAndDestroy();
	},
	resetAfterBody: async (exchange) => {
		await exchange.obtainAnswer();
		exchange.socket.resetAndDestroy();
	},
	midHeaders: async (exchange) => {
		const { status } = await exchange.obtainAnswer();
		exchange.onStatus(status);
		breakOff(exchange.socket, `HTTP/1.1 ${status} OK\r\nContent-Type: application/json\r\nContent-Le`);
	},
	midBody: async (exchange) => {
		const { status, body } = await exchange.obtainAnswer();
		exchange.onStatus(status);
		const { length } = body;
		const head = `HTTP/1.1 ${status} OK\r\nContent-Type: application/json\r\nContent-Length: ${length + 10}\r\n\r\n`;
		breakOff(exchange.socket, Buffer.concat([Buffer.from(head), body.subarray(0, length / 2)]));
	},
	truncatedChunked: async (exchange) => {
		const { status, body } = await exchange.obtainAnswer();
		exchange.onStatus(status);
		const half = body.subarray(0, Math.max(1, body.length / 2));
		const head = `HTTP/1.1 ${status} OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
		// A whole chunk, and then the end without the last chunk that would make it one.
		breakOff(
			exchange.socket,
			Buffer.concat([Buffer.from(`${head}${half.length.toString(16)}\r\n`), half, Buffer.from('\r\n')]),
		);
	},
	hang: async (exchange) => {
		// Nothing is answered; the connection stays until the node gives it up.
		await exchange.obtainAnswer();
	},
	status500: async (exchange) => await sendStatus(exchange, 500, 'Internal Server Error'),
	status502: async (exchange) => await sendStatus(exchange, 502, 'Bad Gateway'),
	status503: async (exchange) => await sendStatus(exchange, 503, 'Service Unavailable'),
	status504: async (exchange) => await sendStatus(exchange, 504, 'Gateway Timeout'),
	html: async (exchange) => {
		await exchange.obtainAnswer();
		sendAnswer(exchange, {
			status: 200,
			headers: { 'Content-Type': 'text/html; charset=utf-8' },
			body: '<!doctype html><html><head><title>Sign in</title></head><body>Sign in to this network</body></html>',
		});
	},
	wrongContentType: async (exchange) => {
		const { status, body } = await exchange.obtainAnswer();
		sendAnswer(exchange, {
			status,
			headers: { 'Content-Type': 'image/png' },
			body: body.toString('utf8'),
		});
	},
	empty: async (exchange) => {
		await exchange.obtainAnswer();
		sendAnswer(exchange, { status: 200, body: '' });
	},
	truncatedJson: async (exchange) => {
		const { status, body } = await exchange.obtainAnswer();
		// Well-formed HTTP around half of the JSON.
		sendAnswer(exchange, {
			status,
			headers: { 'Content-Type': 'application/json' },
			body: body.subarray(0, body.length / 2).toString('utf8'),
		});
	},
	redirect: async (exchange) => {
		await exchange.obtainAnswer();
		sendAnswer(exchange, { status: 307, headers: { Location: exchange.elsewhereUrl }, body: '' });
	},
};

/** Plays a fault on a call. Resolves when everything that goes out has gone out. */
export async function playFault(fault: Exclude<Fault, 'refused'>, exchange: Exchange): Promise<void> {
	await PLAYERS[fault](exchange);
}

/** Sends an answer and closes the connection. */
export function sendAnswer({ socket, onStatus }: Exchange, answer: OwnAnswer): void {
	onStatus(answer.status);
	if (!socket.destroyed) socket.end(rawAnswer(answer));
}

/** An answer as it goes over the wire. */
export function rawAnswer({ status, headers = {}, body }: OwnAnswer): Buffer {
	const bytes = Buffer.from(body, 'utf8');
	const lines = Object.entries({ ...headers, 'Content-Length': String(bytes.length), Connection: 'close' });
	const head = `HTTP/1.1 ${status} Answer\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
	return Buffer.concat([Buffer.from(head), bytes]);
}

async function sendStatus(exchange: Exchange, status: number, reason: string): Promise<void> {
	await exchange.obtainAnswer();
	sendAnswer(exchange, {
		status,
		headers: { 'Content-Type': 'text/plain' },
		body: `${reason}\n`,
	});
}

/** Writes and then hangs up in the orderly way, in the middle of what was announced. */
function breakOff(socket: Socket, bytes: string | Buffer): void {
	if (!socket.destroyed) socket.end(bytes);
}
