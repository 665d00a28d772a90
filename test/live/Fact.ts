import type { LiveSession } from './LiveSession';

/** `not seen`: the check could not look, e.g. for want of balance, or since a step before it was refused. */
export type Verdict = 'holds' | 'differs' | 'not seen';

/** What a look at the API has shown. */
export interface Sighting {
	readonly holds: boolean;
	readonly seen: string;
}

/** One documented fact, and how to look whether it is so. */
export interface Fact {
	readonly fact: string;
	readonly expected: string;
	/** Whether the node breaks, or breaks a promise, where it is not so. */
	readonly reliedOn: boolean;
	/** @throws {NotSeen} where it can't look */
	look(session: LiveSession): Promise<Sighting>;
}

export interface FactGroup {
	readonly name: string;
	/** In the order in which they are looked at. */
	readonly facts: readonly Fact[];
}

/** A fact after the look, safe to print: no key, no signature, no control characters. */
export interface FactRow {
	readonly group: string;
	readonly fact: string;
	readonly expected: string;
	readonly seen: string;
	readonly verdict: Verdict;
	readonly reliedOn: boolean;
}
