/** One request that reached the sandbox. `status` is 0 until it is answered. */
export interface LedgerRequest {
	atMs: number;
	method: string;
	/** Without its query. */
	path: string;
	/** The query, with its question mark; empty without one. */
	query: string;
	headers: Record<string, string>;
	status: number;
	origin: 'api' | 'storage';
}

export interface LedgerPrediction {
	id: string;
	model: string;
	input: Record<string, unknown>;
	createdAtMs: number;
	settledAtMs?: number;
	status: string;
	/** 0 until the prediction has ended, and afterwards where it was cancelled, or failed and the scenario says no price. */
	billedUsd: number;
	polls: number;
	cancelRequests: number;
	/** The run time that was drawn, not the one that was measured. */
	runTimeMs: number;
}

export interface LedgerFile {
	id: string;
	contentType: string;
	/** Set by the first complete upload, as is `sha256` (hex). */
	byteLength?: number;
	sha256?: string;
	deleted: boolean;
	publicUrl: string;
	/** Complete uploads. */
	uploads: number;
	/** As asked for by the presign request. */
	expiresInSeconds?: number;
}

export interface LedgerRefusedCreate {
	atMs: number;
	status: number;
	reason: string;
}

/** One attempt to deliver a webhook. `status` is 0 without an answer. */
export interface LedgerWebhook {
	atMs: number;
	predictionId: string;
	url: string;
	/** From 1 to 3, of its delivery. */
	attempt: number;
	body: string;
	headers: Record<string, string>;
	status: number;
	/** Until the answer, or until it was clear that none comes. */
	tookMs: number;
}

/**
 * What really happened, as the server saw it: the oracle for tests. Times are `Date.now()`.
 * Every list is in order of arrival and is only ever appended to.
 */
export interface Ledger {
	readonly requests: LedgerRequest[];
	readonly predictions: LedgerPrediction[];
	readonly files: LedgerFile[];
	readonly refusedCreates: LedgerRefusedCreate[];
	readonly webhooks: LedgerWebhook[];
	/** The most predictions that were in flight at once. */
	maxInFlight: number;
	/** Presign requests that were granted. */
	presigns: number;
}

export function createLedger(): Ledger {
	return {
		requests: [],
		predictions: [],
		files: [],
		refusedCreates: [],
		webhooks: [],
		maxInFlight: 0,
		presigns: 0,
	};
}
