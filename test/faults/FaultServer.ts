import { setMaxListeners } from 'node:events';
import {
	createServer as createHttpServer,
	request as httpRequest,
	type IncomingMessage,
	type Server as HttpServer,
} from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

import type { Scenario } from '../../sandbox/scenario';
import { startSandbox, type Sandbox } from '../../sandbox/startSandbox';
import { divertClientRequests, type OutgoingRequest } from './divertClientRequests';
import { nameCall, type CallName } from './Fault';
import type { FaultLedger, FaultLedgerRequest } from './FaultLedger';
import { noFaults, type FaultPlan, type Treatment } from './FaultPlan';
import { playFault, rawAnswer, sendAnswer, type Exchange, type ServiceAnswer } from './playFault';

type Origin = FaultLedgerRequest['origin'];

const LOOPBACK = '127.0.0.1';
const HOP_HEADERS: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'host', 'transfer-encoding']);

/**
 * A network that fails by plan: it stands in front of the sandbox's API and of its storage, whose upload addresses lead
 * through it, and notes every call, what was done to it, and every connection.
 *
 * A plan's fault is played on the node's own socket, below HTTP. Refusing is the operating system's doing: such a call is led
 * to a closed port, which works because the node under test runs in this very process (see `divertClientRequests`).
 */
export class FaultServer {
	readonly ledger: FaultLedger = { sends: [], requests: [], connections: [] };
	/** Calls that have arrived or were refused. */
	private readonly counts = new Map<CallName, number>();
	private readonly sockets = new Map<Socket, number>();
	private readonly closing = new AbortController();
	private stopDiverting: () => void = () => undefined;

	private constructor(
		/** What the node may take for the API. */
		readonly baseUrl: string,
		/** What the service behind does; its ledger is the oracle. */
		readonly sandbox: Sandbox,
		/** Mutable: a new plan takes effect with the next call. */
		public plan: FaultPlan,
		private readonly gates: Gates,
	) {
		// As many calls as there are may hang at once.
		setMaxListeners(0, this.closing.signal);
	}

	static async start(options: { plan?: FaultPlan; scenario?: Partial<Scenario> } = {}): Promise<FaultServer> {
		const gates: Gates = { api: new Gate(), storage: new Gate(), elsewhere: new Gate() };
		await Promise.all([gates.api.open(), gates.storage.open(), gates.elsewhere.open()]);
		const sandbox = await startSandbox({
			scenario: options.scenario,
			advertisedStorageUrl: gates.storage.url,
		});
		const server = new FaultServer(gates.api.url, sandbox, options.plan ?? noFaults, gates);
		server.listen();
		return server;
	}

	/** Connections that the node has not closed yet, nor we. */
	get openConnections(): number {
		return this.sockets.size;
	}

	async close(): Promise<void> {
		this.closing.abort();
		this.stopDiverting();
		for (const gate of Object.values(this.gates)) gate.shut();
		for (const socket of this.sockets.keys()) socket.destroy();
		await this.sandbox.close();
	}

	private listen(): void {
		for (const [origin, gate] of Object.entries(this.gates) as Array<[Origin, Gate]>) {
			// It never listens itself: the gate notes each connection before it hands it over.
			const http = createHttpServer((request) => void this.serve(origin, request).catch(() => undefined));
			http.requestTimeout = http.headersTimeout = http.timeout = 0;
			http.on('clientError', (_error, socket) => socket.destroy());
			gate.onConnection = (socket) => this.onConnection(origin, socket, http);
		}
		this.stopDiverting = divertClientRequests((request) => this.refuses(request));
	}

	private onConnection(origin: Origin, socket: Socket, http: HttpServer): void {
		const id = this.ledger.connections.length + 1;
		const entry = { id, origin, openedAtMs: Date.now() };
		this.ledger.connections.push(entry);
		this.sockets.set(socket, id);
		socket.on('error', () => undefined);
		socket.once('close', () => {
			this.sockets.delete(socket);
			Object.assign(entry, { closedAtMs: Date.now() });
		});
		http.emit('connection', socket);
	}

	private refuses({ method, path, port }: OutgoingRequest): boolean {
		const origin = (['api', 'storage'] as const).find((candidate) => this.gates[candidate].port === port);
		if (origin === undefined) return false;
		const name = nameCall(origin, method, path);
		this.ledger.sends.push({ atMs: Date.now(), name });
		const ordinal = this.ledger.sends.filter((send) => send.name === name).length;
		if (!this.plan.refuses(name, ordinal)) return false;
		this.ledger.requests.push({
			atMs: Date.now(),
			origin,
			name,
			ordinal: this.count(name),
			method,
			path,
			headers: {},
			bytes: 0,
			body: '',
			treatment: 'refused',
			delivered: false,
		});
		return true;
	}

	private async serve(origin: Origin, request: IncomingMessage): Promise<void> {
		const { socket, method = 'GET', url: path = '/' } = request;
		const name = origin === 'elsewhere' ? 'other' : nameCall(origin, method, path);
		const ordinal = this.count(name);
		const headers = Object.fromEntries(
			Object.entries(request.headers).map(([header, value]) => [header, String(value)]),
		);
		const entry: FaultLedgerRequest = {
			atMs: Date.now(),
			origin,
			name,
			ordinal,
			method,
			path,
			headers,
			bytes: 0,
			body: '',
			connectionId: this.sockets.get(socket),
			treatment: 'passed',
			delivered: false,
		};
		this.ledger.requests.push(entry);
		if (origin === 'elsewhere') {
			entry.status = 200;
			socket.end(rawAnswer({ status: 200, body: '{}' }));
			return;
		}

		const treatment = this.plan.treat({ name, ordinal, method, path, headers });
		const exchange: Exchange = {
			socket,
			elsewhereUrl: `${this.gates.elsewhere.url}${path}`,
			onStatus: (status) => Object.assign(entry, { status, answeredAtMs: Date.now() }),
			obtainAnswer: async () =>
				isDelivered(treatment)
					? await this.deliver(origin, request, entry)
					: await readAndMakeUp(request, entry),
		};
		if (treatment !== undefined && 'deliveredAfter' in treatment)
			await this.deliverLate(origin, request, entry, treatment.deliveredAfter);
		else await this.answer(treatment, exchange, entry);
	}

	private async answer(
		treatment: Exclude<Treatment, { deliveredAfter: unknown }> | undefined,
		exchange: Exchange,
		entry: FaultLedgerRequest,
	): Promise<void> {
		if (treatment !== undefined && 'fault' in treatment) {
			entry.treatment = treatment.fault;
			await playFault(treatment.fault, exchange);
		} else if (treatment !== undefined && 'answer' in treatment) {
			entry.treatment = 'answered';
			await exchange.obtainAnswer();
			sendAnswer(exchange, treatment.answer);
		} else {
			const { status, headers, body } = await exchange.obtainAnswer();
			const answer = { status, headers, body: body.toString('utf8') };
			if (treatment === undefined) {
				sendAnswer(exchange, answer);
				return;
			}
			if ('rewrite' in treatment) {
				entry.treatment = 'rewritten';
				sendAnswer(exchange, treatment.rewrite(answer));
				return;
			}
			entry.treatment = 'byteASecond';
			exchange.onStatus(status);
			await this.drip(exchange.socket, rawAnswer(answer), treatment.byteASecondFrom);
		}
	}

	/** Hands the request to the service as it comes in, and reads its answer whole. */
	private async deliver(
		origin: 'api' | 'storage',
		request: IncomingMessage,
		entry: FaultLedgerRequest,
	): Promise<ServiceAnswer> {
		const serviceUrl = origin === 'api' ? this.sandbox.baseUrl : this.sandbox.storageUrl;
		const kept = Object.entries(request.headers).filter(([header]) => !HOP_HEADERS.has(header));
		noteBody(request, entry);
		return await new Promise<ServiceAnswer>((resolve, reject) => {
			const onward = httpRequest(
				`${serviceUrl}${entry.path}`,
				{ method: entry.method, headers: Object.fromEntries(kept), agent: false },
				(answer) => {
					readAll(answer).then((body) => {
						entry.delivered = true;
						resolve({ status: answer.statusCode ?? 0, headers: passedHeaders(answer), body });
					}, reject);
				},
			);
			onward.on('error', reject);
			request.once('close', () => {
				if (!request.complete) onward.destroy();
			});
			request.on('error', reject);
			request.pipe(onward);
		});
	}

	/** Breaks the connection off once the request is read, and hands it to the service when it is time. */
	private async deliverLate(
		origin: 'api' | 'storage',
		request: IncomingMessage,
		entry: FaultLedgerRequest,
		time: Promise<unknown>,
	): Promise<void> {
		entry.treatment = 'late';
		noteBody(request, entry);
		const body = await readAll(request);
		request.socket.resetAndDestroy();
		await time;
		const kept = Object.entries(entry.headers).filter(
			([header]) => !HOP_HEADERS.has(header) && header !== 'content-length',
		);
		await fetch(`${origin === 'api' ? this.sandbox.baseUrl : this.sandbox.storageUrl}${entry.path}`, {
			method: entry.method,
			headers: Object.fromEntries(kept),
			body: new Uint8Array(body),
		});
		entry.delivered = true;
	}

	private async drip(socket: Socket, bytes: Buffer, from: 'head' | 'body'): Promise<void> {
		const begin = from === 'head' ? 0 : bytes.indexOf('\r\n\r\n') + 4;
		if (begin > 0) socket.write(bytes.subarray(0, begin));
		for (let offset = begin; offset < bytes.length && !socket.destroyed; offset += 1) {
			socket.write(bytes.subarray(offset, offset + 1));
			await wait(1_000, undefined, { signal: this.closing.signal });
		}
		socket.end();
	}

	private count(name: CallName): number {
		const ordinal = (this.counts.get(name) ?? 0) + 1;
		this.counts.set(name, ordinal);
		return ordinal;
	}
}

type Gates = Readonly<Record<Origin, Gate>>;

/** A port of this machine. */
class Gate {
	onConnection: (socket: Socket) => void = (socket) => socket.destroy();
	port = 0;
	private readonly server: Server = createServer((socket) => this.onConnection(socket));

	get url(): string {
		return `http://${LOOPBACK}:${this.port}`;
	}

	async open(): Promise<void> {
		await new Promise<void>((resolve, reject) => {
			this.server.once('error', reject);
			this.server.listen(0, LOOPBACK, resolve);
		});
		this.port = (this.server.address() as AddressInfo).port;
	}

	shut(): void {
		this.server.close();
	}
}

function isDelivered(treatment: Treatment | undefined): boolean {
	return (
		treatment === undefined ||
		'byteASecondFrom' in treatment ||
		'rewrite' in treatment ||
		('delivered' in treatment && treatment.delivered)
	);
}

function noteBody(request: IncomingMessage, entry: FaultLedgerRequest): void {
	const isJson = (request.headers['content-type'] ?? '').startsWith('application/json');
	request.on('data', (chunk: Buffer) => {
		entry.bytes += chunk.length;
		if (isJson) entry.body += chunk.toString('utf8');
	});
}

/** Reads the request to its end, and makes up an answer of which the service behind knows nothing. */
async function readAndMakeUp(request: IncomingMessage, entry: FaultLedgerRequest): Promise<ServiceAnswer> {
	noteBody(request, entry);
	request.resume();
	if (!request.complete) await new Promise((resolve) => request.once('end', resolve).once('close', resolve));
	return {
		status: 200,
		headers: { 'Content-Type': 'application/json' },
		body: Buffer.from('{"note":"A proxy on the way has answered in place of the service."}'),
	};
}

function passedHeaders(answer: IncomingMessage): Record<string, string> {
	return Object.fromEntries(
		Object.entries(answer.headers)
			.filter(([header]) => !HOP_HEADERS.has(header) && header !== 'content-length')
			.map(([header, value]) => [header, String(value)]),
	);
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of stream) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}
