/** How many of the last costs of its kind the next one is estimated from. */
const MEMORY = 20;

/** A prediction as far as its price goes. */
export interface Priced {
	readonly model: string;
	/** Files that are sent with it. */
	readonly fileCount?: number;
	/** Whether several items share it: what those cost says nothing of single ones, nor the other way round. */
	readonly isShared?: boolean;
	/** USD, by the model's catalogue entry; undefined where that names no price of one prediction. */
	readonly catalogueUsd?: number;
}

/** A prediction that counts as in flight until it is settled, once. */
export interface Counted {
	readonly kind: CostKind;
	readonly fileCount: number;
}

/** What predictions of one model and one kind have cost in this run, for each file. */
class CostKind {
	private readonly usdPerFile: number[] = [];
	catalogueUsd: number | undefined;
	inFlight = 0;
	filesInFlight = 0;

	observe(costUsd: number, fileCount: number): void {
		this.usdPerFile.push(costUsd / fileCount);
		if (this.usdPerFile.length > MEMORY) this.usdPerFile.shift();
	}

	/**
	 * USD, by the highest that is remembered: a cheap one says nothing of a dear one to come. Before the first, what the
	 * catalogue says; undefined while no price is known.
	 */
	estimateUsd(predictionCount: number, fileCount: number): number | undefined {
		if (this.usdPerFile.length > 0) return Math.max(...this.usdPerFile) * fileCount;
		return this.catalogueUsd === undefined ? undefined : this.catalogueUsd * predictionCount;
	}
}

/** What predictions have cost, in USD. */
export interface Spent {
	readonly usd: number;
	/** Whether it counts predictions whose cost nobody has said. */
	readonly isEstimate: boolean;
}

/**
 * Adds up what a run costs, and keeps it under a limit: nothing more is started once it would be passed. What is in flight counts by
 * estimate; it is never cancelled for its cost, since it is paid for.
 *
 * Invariant: while no price of a kind is known, its prediction is the only one in flight; and where a price stays unknown
 * after that one, nothing more is started.
 */
export class RunCost {
	spentUsd = 0;
	private inFlight = 0;
	private waiting: Array<() => void> = [];
	private readonly kinds = new Map<string, CostKind>();
	/** The prediction whose cost nobody has said, and nothing tells by estimate; it has ended the run's purchases. */
	unpriced: { readonly predictionId?: string } | undefined;
	/** Whether `spentUsd` counts predictions whose cost nobody has said. */
	isEstimate = false;

	/** @param limitUsd undefined for a run without a limit */
	constructor(readonly limitUsd: number | undefined) {}

	/**
	 * Resolves when one more prediction may be started, or with undefined where none may. While it depends on what those in
	 * flight will cost, or while no cost of its kind is known, it waits for one of them to settle.
	 *
	 * @param isOver asked after each wait, so that a run which ends does not wait on
	 */
	async admit(priced: Priced, isOver: () => boolean): Promise<Counted | undefined> {
		for (;;) {
			if (isOver()) return undefined;
			if (this.fits(priced)) return this.include(priced);
			if (this.inFlight === 0 || this.unpriced !== undefined) return undefined;
			await new Promise<void>((resolve) => this.waiting.push(resolve));
		}
	}

	/** One more prediction is in flight, whatever the limit: an earlier try of the same execution has bought it. */
	include(priced: Priced): Counted {
		const counted = { kind: this.kindOf(priced), fileCount: filesOf(priced) };
		this.inFlight += 1;
		counted.kind.inFlight += 1;
		counted.kind.filesInFlight += counted.fileCount;
		return counted;
	}

	/** Whether what is spent alone rules out one more prediction, so that nothing needs to be made ready for it. */
	isSpent(priced: Priced): boolean {
		if (this.limitUsd === undefined) return false;
		if (this.unpriced !== undefined) return true;
		const estimateUsd = this.kindOf(priced).estimateUsd(1, filesOf(priced));
		return estimateUsd === undefined
			? this.spentUsd >= this.limitUsd
			: this.spentUsd + estimateUsd > this.limitUsd;
	}

	/** It is over, and cost nothing that tells of others: it was not created, or it failed. */
	settleForNothing(counted: Counted): void {
		this.leave(counted);
		this.wake();
	}

	/** It is over, and has cost so much. */
	settle(counted: Counted, costUsd: number): void {
		this.leave(counted);
		counted.kind.observe(Math.max(0, costUsd), counted.fileCount);
		this.spend(costUsd);
	}

	/** It may be paid for, and nobody says what it costs: it counts by estimate. */
	settleUnpriced(counted: Counted, predictionId?: string): void {
		this.leave(counted);
		this.isEstimate = true;
		const estimateUsd = counted.kind.estimateUsd(1, counted.fileCount);
		if (estimateUsd === undefined && this.limitUsd !== undefined) this.unpriced ??= { predictionId };
		this.spend(estimateUsd ?? 0);
	}

	/** Lets those that wait look again. */
	wake(): void {
		const waiting = this.waiting;
		this.waiting = [];
		for (const resume of waiting) resume();
	}

	private fits(priced: Priced): boolean {
		if (this.limitUsd === undefined) return true;
		if (this.unpriced !== undefined) return false;
		const estimateUsd = this.kindOf(priced).estimateUsd(1, filesOf(priced));
		if (estimateUsd === undefined) return this.inFlight === 0 && this.spentUsd < this.limitUsd;
		let expectedUsd = this.spentUsd + estimateUsd;
		for (const kind of this.kinds.values()) {
			if (kind.inFlight > 0) expectedUsd += kind.estimateUsd(kind.inFlight, kind.filesInFlight) ?? Infinity;
		}
		return expectedUsd <= this.limitUsd;
	}

	private leave({ kind, fileCount }: Counted): void {
		this.inFlight -= 1;
		kind.inFlight -= 1;
		kind.filesInFlight -= fileCount;
	}

	private spend(costUsd: number): void {
		this.spentUsd += Math.max(0, costUsd);
		this.wake();
	}

	private kindOf({ model, isShared = false, catalogueUsd }: Priced): CostKind {
		const key = `${isShared} ${model}`;
		const kind = this.kinds.get(key) ?? new CostKind();
		kind.catalogueUsd ??= catalogueUsd;
		this.kinds.set(key, kind);
		return kind;
	}
}

/** A prediction without files costs something too. */
function filesOf({ fileCount = 1 }: Priced): number {
	return Math.max(1, fileCount);
}
