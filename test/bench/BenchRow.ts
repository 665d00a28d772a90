/** One figure of the bench, and what it is held to. */
export interface BenchRow {
	readonly what: string;
	readonly measured: string;
	/** Empty for a figure that is only told. */
	readonly target: string;
	/** Undefined without a target. */
	readonly isKept?: boolean;
}
