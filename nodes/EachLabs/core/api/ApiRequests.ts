import { retryAfterMs } from '../retries';
import {
	ENDED,
	type Clock,
	type HttpAnswer,
	type HttpMethod,
	type HttpRequest,
	type Interruption,
	type Transport,
} from '../host';
import { onAbort } from '../onAbort';
import { PredictionError } from '../PredictionError';
import { RetryBudget } from '../RetryBudget';
import type { Scope } from '../Scope';
import {
	answerFacts,
	answerTooLong,
	OUT_OF_TIME,
	refusal,
	serviceUnavailable,
	unreachable,
	unreadable,
	type AnswerFacts,
} from './apiErrors';
import { OutageGate } from './OutageGate';
import { parseJson, type Shape } from './readJson';

const ATTEMPT_TIMEOUT_MS = 30_000;
/** Outages of a few seconds cost nothing; who waits for a list or a description does not wait for minutes. */
const PATIENCE_MS = 15_000;
export const MAX_RESPONSE_BYTES = 8 * 1_048_576;
/** By how much our clock may be found wrong. Less may be the answer's transit time; more is no plausible date. */
const MIN_CLOCK_ERROR_MS = 5_000;
const MAX_CLOCK_ERROR_MS = 24 * 3_600_000;
/** The least time that an attempt gets; with less left, none is made. */
export const MIN_ATTEMPT_MS = 100;

/** For lists and descriptions, which are answered at once or not at all. */
export const QUICK_READ = { attemptTimeoutMs: 6_000 } as const;

/** What one call gave; `mayPass` tells whether the same call may succeed when made again. */
export type CallResult<Value> =
	| { readonly ok: true; readonly value: Value; readonly retryAfterMs?: number }
	| {
			readonly ok: false;
			readonly error: PredictionError;
			readonly mayPass: boolean;
			readonly retryAfterMs?: number;
	  };

export interface AttemptOptions {
	/** The longest that one attempt of the call waits for its answer, unless the scope sets another limit; 30 s when undefined. */
	readonly attemptTimeoutMs?: number;
	/** Moment of the last progress on the monotonic clock: the time of an attempt counts from there. */
	readonly lastProgressMs?: () => number;
	/** Ends the attempt, beside a stop. */
	readonly cutOff?: AbortSignal;
}

export interface CallOptions<Value> extends AttemptOptions {
	readonly body?: string;
	/** What a status means for this call in particular; undefined for what it means everywhere. */
	readonly onStatus?: (status: number, facts: AnswerFacts) => PredictionError | undefined;
	/** Whether a status says that what was asked for is so already. */
	readonly isDone?: (status: number) => boolean;
	/** Whether a status says that the same call may succeed later. */
	readonly isBusy?: (status: number) => boolean;
	/** Whether the answer is one to this question; a call that got another one's answer may pass when made again. */
	readonly check?: (value: Value, facts: AnswerFacts) => PredictionError | undefined;
	/** Why an answer is not taken, however often it is asked for. */
	readonly refuse?: (value: Value, facts: AnswerFacts) => PredictionError | undefined;
	/** ID of the prediction whose answer is too long to be read. */
	readonly predictionId?: string;
}

/** One request to the API: signed, under a time limit, read into a shape; repeated where that is safe. */
export class ApiRequests {
	/** Shared by the run; callers that retry themselves draw from it too. */
	readonly retryBudget = new RetryBudget();
	/** By how much the service's clock is before ours; 0 while it is not known. */
	private serviceAheadMs = 0;
	/** By route. */
	private readonly gates = new Map<string, OutageGate>();

	constructor(
		private readonly transport: Transport,
		readonly clock: Clock,
		private readonly baseUrl: string,
	) {}

	/**
	 * Repeats the call while it may pass and the scope's patience lasts, together with all calls of its route.
	 *
	 * @throws {PredictionError}
	 */
	async callSafely<Value>(
		method: HttpMethod,
		path: string,
		shape: Shape<Value> | 'ignored',
		scope: Scope,
		options: CallOptions<Value> = {},
	): Promise<Value> {
		return await this.gateOf(method, path).persist(
			async () => await this.callOnce(method, path, shape, scope, options),
			scope,
			{ patienceMs: scope.manner.patienceMs ?? PATIENCE_MS },
		);
	}

	/** As `callSafely`, with its error as a value. */
	async tryCall<Value>(...call: Parameters<typeof this.callSafely<Value>>): Promise<CallResult<Value>> {
		return await this.callSafely(...call).then(
			(value) => ({ ok: true, value }) as const,
			(error: unknown) => {
				if (!(error instanceof PredictionError)) throw error;
				return { ok: false, error, mayPass: false } as const;
			},
		);
	}

	/** One for all predictions, one for all files, and so on. */
	private gateOf(method: HttpMethod, path: string): OutageGate {
		const [, , resource = '', , verb = ''] = (path.split('?')[0] ?? '').split('/');
		const route = `${method} ${resource} ${verb}`;
		const gate = this.gates.get(route) ?? new OutageGate(this.clock);
		this.gates.set(route, gate);
		return gate;
	}

	async callOnce<Value>(
		method: HttpMethod,
		path: string,
		shape: Shape<Value> | 'ignored',
		scope: Scope,
		options: CallOptions<Value> = {},
	): Promise<CallResult<Value>> {
		const requestId = this.clock.uuid();
		const answer = await this.attempt(this.request(method, path, requestId, options.body), scope, options);
		if (scope.isStopped) return { ok: false, error: PredictionError.stopped(), mayPass: false };
		if ('interrupted' in answer) {
			return answer.tooLong
				? { ok: false, error: answerTooLong(requestId, options.predictionId), mayPass: false }
				: { ok: false, error: unreachable(answer, requestId), mayPass: true };
		}
		const facts = answerFacts(answer, requestId);
		const { status } = answer;
		if (status >= 200 && status < 300) {
			const value = readAnswer(answer.text, facts.isPage ? undefined : shape);
			if (value === undefined) return { ok: false, error: unreadable(facts), mayPass: true };
			const another = options.check?.(value.parsed, facts);
			if (another !== undefined) return { ok: false, error: another, mayPass: true };
			const refused = options.refuse?.(value.parsed, facts);
			return refused === undefined
				? { ok: true, value: value.parsed, retryAfterMs: this.retryAfterMs(answer) }
				: { ok: false, error: refused, mayPass: false };
		}
		// A page is somebody else's, who says nothing of what was asked.
		const isRefusedByPage = status >= 400 && status < 500 && facts.isPage;
		if (!isRefusedByPage && options.isDone?.(status)) return { ok: true, value: undefined as Value };
		const particular = isRefusedByPage ? undefined : options.onStatus?.(status, facts);
		if (particular) return { ok: false, error: particular, mayPass: false };
		const unavailable = status >= 500 || status < 400;
		return {
			ok: false,
			error: unavailable ? serviceUnavailable(facts) : refusal(facts),
			mayPass:
				unavailable ||
				status === 429 ||
				status === 408 ||
				(isRefusedByPage && options.isDone !== undefined) ||
				options.isBusy?.(status) === true,
			retryAfterMs: this.retryAfterMs(answer),
		};
	}

	/** Sends one request under a timeout: the scope's, the call's, or what is left of the deadline. */
	async attempt(
		request: Omit<HttpRequest, 'abortSignal'>,
		scope: Scope,
		{ attemptTimeoutMs = ATTEMPT_TIMEOUT_MS, lastProgressMs, cutOff }: AttemptOptions = {},
	): Promise<HttpAnswer | Interruption> {
		if (scope.remainingMs() < MIN_ATTEMPT_MS) {
			return OUT_OF_TIME;
		}
		const ended = new AbortController();
		// Another one for the timer: what n8n is told of after its answer, it takes for a request to end.
		const answered = new AbortController();
		const end = () => ended.abort(ENDED);
		const releases = [scope.signal, ...(cutOff ? [cutOff] : [])].map((signal) => onAbort(signal, end));
		const timeoutMs = scope.manner.attemptTimeoutMs ?? attemptTimeoutMs;
		let timedOut = false;
		const watch = async () => {
			let remainingMs = timeoutMs;
			while (remainingMs > 0 && !scope.passed) {
				await this.clock.sleep(scope.clip(remainingMs), answered.signal, ended.signal);
				if (answered.signal.aborted || ended.signal.aborted) return;
				remainingMs = lastProgressMs ? lastProgressMs() + timeoutMs - this.clock.monotonicMs() : 0;
			}
			timedOut = true;
			end();
		};
		void watch();
		const answer = await this.transport.send({ ...request, abortSignal: ended.signal });
		for (const release of releases) release();
		answered.abort(ENDED);
		if (!('interrupted' in answer) && request.authenticated) this.noteTime(answer);
		return 'interrupted' in answer && timedOut
			? { delivery: 'unknown', interrupted: 'no answer came in time' }
			: answer;
	}

	request(
		method: HttpMethod,
		path: string,
		requestId: string,
		body?: string,
	): Omit<HttpRequest, 'abortSignal'> {
		return {
			method,
			url: `${this.baseUrl}${path}`,
			authenticated: true,
			headers: {
				Accept: 'application/json',
				'X-Request-Id': requestId,
				...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
			},
			body,
			maxResponseBytes: MAX_RESPONSE_BYTES,
		};
	}

	/**
	 * A moment by the service's clock, as far as its answers have told it; ours may be minutes off.
	 *
	 * @param epochMs milliseconds since 1970 by our clock; now when undefined
	 */
	serviceEpochMs(epochMs = this.clock.epochMs()): number {
		return epochMs + this.serviceAheadMs;
	}

	private noteTime({ headers }: HttpAnswer): void {
		const dateMs = Date.parse(headers['date'] ?? '');
		const aheadMs = dateMs - this.clock.epochMs();
		// The header counts whole seconds, and is as old as the answer's way.
		if (Number.isFinite(aheadMs) && Math.abs(aheadMs) < MAX_CLOCK_ERROR_MS)
			this.serviceAheadMs = Math.abs(aheadMs) < MIN_CLOCK_ERROR_MS ? 0 : aheadMs;
	}

	retryAfterMs(answer: HttpAnswer): number | undefined {
		return retryAfterMs(answer.headers['retry-after'], this.clock.epochMs());
	}
}

/** @param shape undefined for an answer that is another's, and of no use */
function readAnswer<Value>(
	text: string,
	shape: Shape<Value> | 'ignored' | undefined,
): { parsed: Value } | undefined {
	if (shape === 'ignored') return { parsed: undefined as Value };
	return shape && parseJson(text, shape);
}
