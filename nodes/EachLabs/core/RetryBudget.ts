const START = 3;
const PER_FIRST_ATTEMPT = 0.15;
const MAX = 20;

/**
 * Bounds how much retries may add to the traffic of a run. Every first attempt earns a fraction of a retry, so that single
 * faults are retried freely, while in an outage a thousand items do not knock three times each.
 */
export class RetryBudget {
	private tokens = START;

	firstAttempt(): void {
		this.tokens = Math.min(MAX, this.tokens + PER_FIRST_ATTEMPT);
	}

	/** Answers whether one more retry may be sent, and counts it. */
	takeRetry(): boolean {
		if (this.tokens < 1) return false;
		this.tokens -= 1;
		return true;
	}
}
