import type { HttpAnswer, HttpRequest, Interruption, Transport } from '../../nodes/EachLabs/core/host';
import type { VirtualClock } from './VirtualClock';

/** What the next request gets: an answer, what kept it from coming, or nothing until the request is ended. */
export type ScriptedAnswer = HttpAnswer | Interruption | 'silence';

export interface SentRequest {
	readonly atMs: number;
	/** Method and path, the query included, e.g. `GET /v1/prediction/p1`; the whole URL for another host. */
	readonly line: string;
	readonly request: HttpRequest;
	/** The parsed body, where there is one of JSON. */
	readonly body: unknown;
	/** When the sender ended it before an answer came. */
	endedAtMs?: number;
}

export const SCRIPTED_BASE_URL = 'https://api.test';

/** Gives one prepared answer after the other, and keeps every request. A request beyond the script fails the test. */
export class ScriptedTransport implements Transport {
	readonly requests: SentRequest[] = [];
	private readonly answers: ScriptedAnswer[];
	private unexpected: string | undefined;

	constructor(
		private readonly clock: VirtualClock,
		answers: readonly ScriptedAnswer[],
		/** From the request to its answer. */
		private readonly latencyMs = 0,
	) {
		this.answers = [...answers];
	}

	async send(request: HttpRequest): Promise<HttpAnswer | Interruption> {
		const line = `${request.method} ${request.url.replace(SCRIPTED_BASE_URL, '')}`;
		const sent: SentRequest = { atMs: this.clock.monotonicMs(), line, request, body: jsonOf(request.body) };
		this.requests.push(sent);
		const answer = this.answers.shift();
		if (answer === undefined) {
			this.unexpected ??= line;
			return { delivery: 'unknown', interrupted: `the script has no answer for ${line}` };
		}
		await this.clock.elapse(answer === 'silence' ? Infinity : this.latencyMs, request.abortSignal);
		if (answer !== 'silence' && !request.abortSignal.aborted) return answer;
		sent.endedAtMs = this.clock.monotonicMs();
		return { delivery: 'unknown', interrupted: 'the request was ended' };
	}

	/** Method and path of each request, in order. */
	get lines(): string[] {
		return this.requests.map(({ line }) => line);
	}

	/** To be called at a test's end. */
	assertDone(): void {
		if (this.unexpected !== undefined)
			throw new Error(`sent a request beyond the script: ${this.unexpected}`);
		if (this.answers.length > 0)
			throw new Error(`${this.answers.length} answers of the script were not asked for`);
	}
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer {
	return { status, headers: { 'content-type': 'application/json', ...headers }, text: JSON.stringify(body) };
}

export function plain(status: number, text: string, headers: Record<string, string> = {}): HttpAnswer {
	return { status, headers, text };
}

export const REFUSED: Interruption = { delivery: 'notSent', interrupted: 'the connection was refused' };
export const RESET: Interruption = {
	delivery: 'unknown',
	interrupted: 'the connection broke off before an answer came',
};

function jsonOf(body: HttpRequest['body']): unknown {
	return typeof body === 'string' ? JSON.parse(body) : undefined;
}
