import type { CallResult } from './ApiRequests';
import { ENDED, type Clock } from '../host';
import { PredictionError } from '../PredictionError';
import { backoffMs } from '../retries';
import type { Scope } from '../Scope';

/** The longest time between two probes. */
const MAX_PROBE_WAIT_MS = 20_000;

export interface Patience {
	/**
	 * For how long a call is repeated, and waits while the gate is closed; the scope's whole time when undefined. It counts from the
	 * start of the call or of the outage, whichever is earlier: items that come late in an outage end with the first ones, so that a
	 * run of many gives up after one patience and not after one an item.
	 */
	readonly patienceMs?: number;
	/** What a call ends with that was never sent, since the route was down all the time; by default, what closed the gate. */
	readonly blocked?: () => PredictionError;
}

/**
 * The gate before one route of the service. A call that fails for now closes it; then all calls wait, and one at a time is sent
 * as a probe. The first that is answered opens the gate for all.
 *
 * So an outage costs a few requests, however many items meet it, and each call comes through as long as the outage is shorter
 * than its patience. The time between two probes grows with the outage, which is noticed to be over within 1.75 times its length.
 */
export class OutageGate {
	private closed:
		| { readonly sinceMs: number; nextProbeAtMs: number; askedUntilMs: number; error: PredictionError }
		| undefined;
	private isProbing = false;
	/** Aborts, and is renewed, when those who wait have to look again. */
	private moved = new AbortController();
	/** How often a call was answered after the gate had been closed. */
	openings = 0;

	constructor(private readonly clock: Clock) {}

	/**
	 * Makes a call, again and again while it may pass and its patience lasts.
	 *
	 * @throws {PredictionError} the attempt's last error; `stopped` after a stop
	 */
	async persist<Value>(
		attempt: () => Promise<CallResult<Value>>,
		scope: Scope,
		{ patienceMs = scope.totalMs, blocked }: Patience = {},
	): Promise<Value> {
		const startedAtMs = this.clock.monotonicMs();
		const leftMs = () => {
			const nowMs = this.clock.monotonicMs();
			const { sinceMs = startedAtMs, askedUntilMs = 0 } = this.closed ?? {};
			// A time that the service has named is worth waiting for as long as there is any.
			if (askedUntilMs > nowMs) return scope.remainingMs();
			return Math.min(scope.remainingMs(), Math.min(startedAtMs, sinceMs) + patienceMs - nowMs);
		};
		let lastError: PredictionError | undefined;
		for (;;) {
			const goesAtOnce = scope.manner.insists === true && lastError === undefined;
			const turn = goesAtOnce ? 'open' : await this.waitForTurn(leftMs, scope);
			if (scope.isStopped) {
				if (turn === 'probe') this.giveProbeBack();
				throw PredictionError.stopped();
			}
			if (turn === undefined) {
				throw lastError ?? blocked?.() ?? this.closed?.error ?? PredictionError.outOfTime();
			}
			try {
				const result = await attempt();
				if (result.ok) {
					this.open();
					return result.value;
				}
				// A time that was too short for one more attempt says less than what the attempts before it met.
				const hidden = lastError ?? this.closed?.error;
				lastError = result.error;
				if (lastError.kind === 'stopped') throw lastError;
				if (lastError.kind === 'deadline') throw hidden ?? lastError;
				if (result.mayPass) this.close(lastError, result.retryAfterMs);
				else {
					this.open();
					throw lastError;
				}
			} finally {
				if (turn === 'probe') this.giveProbeBack();
			}
		}
	}

	/** @returns undefined when the time is up, or would be before the next probe */
	private async waitForTurn(leftMs: () => number, scope: Scope): Promise<'open' | 'probe' | undefined> {
		while (this.closed !== undefined) {
			if (scope.isStopped) return undefined;
			const untilProbeMs = this.closed.nextProbeAtMs - this.clock.monotonicMs();
			if (!this.isProbing && untilProbeMs <= 0) {
				this.isProbing = true;
				return 'probe';
			}
			const remainingMs = leftMs();
			if (remainingMs <= 0 || (!this.isProbing && untilProbeMs >= remainingMs)) return undefined;
			await this.clock.sleep(this.isProbing ? remainingMs : untilProbeMs, this.moved.signal, scope.signal);
		}
		return 'open';
	}

	private close(error: PredictionError, retryAfterMs = 0): void {
		const nowMs = this.clock.monotonicMs();
		this.closed ??= { sinceMs: nowMs, nextProbeAtMs: 0, askedUntilMs: 0, error };
		this.closed.error = error;
		this.closed.askedUntilMs = Math.max(this.closed.askedUntilMs, nowMs + retryAfterMs);
		const random = this.clock.random();
		const waitMs = Math.min(
			MAX_PROBE_WAIT_MS,
			Math.max(backoffMs(1, random), (nowMs - this.closed.sinceMs) * (0.25 + 0.5 * random)),
		);
		// Those that were under way when the gate closed fail one after the other: they don't put the probe off.
		if (!this.isProbing && this.closed.nextProbeAtMs > nowMs)
			this.closed.nextProbeAtMs = Math.max(this.closed.nextProbeAtMs, nowMs + retryAfterMs);
		else this.closed.nextProbeAtMs = nowMs + Math.max(waitMs, retryAfterMs);
	}

	private open(): void {
		if (this.closed === undefined) return;
		this.closed = undefined;
		this.openings += 1;
		this.wakeAll();
	}

	private giveProbeBack(): void {
		this.isProbing = false;
		this.wakeAll();
	}

	private wakeAll(): void {
		this.moved.abort(ENDED);
		this.moved = new AbortController();
	}
}
