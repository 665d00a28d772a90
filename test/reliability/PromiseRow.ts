/** `short` is for every test run; `long` for `npm run reliability`. */
export type Form = 'short' | 'long';

/** What was measured of one promise. */
export interface Measure {
	/** The number or numbers, in words. */
	readonly measured: string;
	readonly isKept: boolean;
	/** What broke it, one line each; empty when it is kept. */
	readonly faults: readonly string[];
}

/** One promise of the node to its user, with the number that it is held to. */
export interface PromiseRow {
	readonly id: string;
	readonly promise: string;
	readonly target: string;
	/** How the number comes about, in one sentence. */
	readonly how: string;
	/** Whether it is measured in the runs of the matrix, which are played once for all such rows. */
	readonly inMatrix?: boolean;
	/** @param seed of the only schedule to play, where the promise is measured by schedules that are drawn */
	readonly measure: (form: Form, seed?: number) => Promise<Measure>;
}

/** @param faults what broke the promise */
export function measure(measured: string, faults: readonly string[]): Measure {
	return { measured, isKept: faults.length === 0, faults };
}
