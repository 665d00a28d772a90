/** How many of a model's last costs the next one is estimated from. */
const MEMORY = 20;

/** What the last predictions of a model cost. */
export class RecentCosts {
	private readonly costsUsd: number[] = [];

	/** @param costUsd null where the service did not say it */
	observe(costUsd: number | null): void {
		if (costUsd === null) return;
		this.costsUsd.push(Math.max(0, costUsd));
		if (this.costsUsd.length > MEMORY) this.costsUsd.shift();
	}

	/** USD, the highest that is remembered: a cheap one says nothing of a dear one to come. Undefined while no cost is known. */
	estimateUsd(): number | undefined {
		if (this.costsUsd.length === 0) return undefined;
		return Math.max(...this.costsUsd);
	}
}

/**
 * Keeps what a run spends under a limit: nothing more is started once it would be passed. What is in flight counts by
 * estimate; it is never cancelled for its cost, since it is paid for.
 */
export class CostGuard {
	private spentUsd = 0;
	private inFlight = 0;
	private waiting: Array<() => void> = [];

	/** @param limitUsd undefined for a run without a limit */
	constructor(readonly limitUsd: number | undefined) {}

	get spent(): number {
		return this.spentUsd;
	}

	/**
	 * Resolves with whether one more prediction may be started. While it depends on what those in flight will cost, or while no
	 * cost of the model is known, it waits for one of them to settle.
	 *
	 * @param isOver asked after each wait, so that a run which ends does not wait on
	 */
	async admit(costs: RecentCosts, isOver: () => boolean): Promise<boolean> {
		for (;;) {
			if (isOver()) return false;
			const estimateUsd = costs.estimateUsd();
			const fits =
				this.limitUsd === undefined ||
				(estimateUsd === undefined
					? this.inFlight === 0 && this.spentUsd < this.limitUsd
					: this.spentUsd + (this.inFlight + 1) * estimateUsd <= this.limitUsd);
			if (fits) {
				this.inFlight += 1;
				return true;
			}
			if (this.inFlight === 0) return false;
			await new Promise<void>((resolve) => this.waiting.push(resolve));
		}
	}

	/** One more prediction is in flight, whatever the limit: an earlier try of the same execution has bought it. */
	include(): void {
		this.inFlight += 1;
	}

	/** Whether what is spent alone rules out one more prediction, so that nothing needs to be made ready for it. */
	isSpent(costs: RecentCosts): boolean {
		if (this.limitUsd === undefined) return false;
		const estimateUsd = costs.estimateUsd();
		return estimateUsd === undefined
			? this.spentUsd >= this.limitUsd
			: this.spentUsd + estimateUsd > this.limitUsd;
	}

	/** An admitted or included prediction is done with; `costUsd` is what it cost, by estimate where the service did not say it. */
	settle(costUsd: number): void {
		this.inFlight -= 1;
		this.spend(costUsd);
	}

	/** Counts what an earlier try of the same execution has paid. */
	spend(costUsd: number): void {
		this.spentUsd += Math.max(0, costUsd);
		this.wake();
	}

	/** Lets those that wait look again. */
	wake(): void {
		const waiting = this.waiting;
		this.waiting = [];
		for (const resume of waiting) resume();
	}
}
