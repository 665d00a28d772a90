import type { CallName, Fault } from './Fault';

/** One call of the node, as the network saw it. Times are `Date.now()`. */
export interface FaultLedgerRequest {
	readonly atMs: number;
	readonly origin: 'api' | 'storage' | 'elsewhere';
	readonly name: CallName;
	/** Counted from 1 among the calls of the same name, refused ones included. */
	readonly ordinal: number;
	readonly method: string;
	/** With its query. */
	readonly path: string;
	/** Names in lower case; empty where the connection was refused. */
	readonly headers: Readonly<Record<string, string>>;
	/** Of the request's body, as far as they came. */
	bytes: number;
	/** The body of a JSON request. */
	body: string;
	/** Undefined where the connection was refused. */
	readonly connectionId?: number;
	/** What was done to it. */
	treatment: 'passed' | 'answered' | 'rewritten' | 'late' | 'byteASecond' | Fault;
	/** Whether the service behind has processed it. */
	delivered: boolean;
	/** What the node was answered, and when; undefined where no status line went out. */
	status?: number;
	answeredAtMs?: number;
}

export interface FaultLedgerConnection {
	readonly id: number;
	readonly origin: 'api' | 'storage' | 'elsewhere';
	readonly openedAtMs: number;
	closedAtMs?: number;
}

/** When the node began a call, which on a busy machine is well before it arrives. */
export interface FaultLedgerSend {
	readonly atMs: number;
	readonly name: CallName;
}

/** Every list is in order and is only ever appended to. */
export interface FaultLedger {
	readonly sends: FaultLedgerSend[];
	readonly requests: FaultLedgerRequest[];
	readonly connections: FaultLedgerConnection[];
}
