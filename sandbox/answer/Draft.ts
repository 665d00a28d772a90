/** An entry of an answer about several items. */
export interface DraftEntry {
	/** Counted from 1. */
	index: number;
	/** The tag that the prompt gave the item, where it gave one. */
	tag?: string;
	answer: unknown;
}

/** An answer before it is written. */
export interface Draft {
	readonly model: string;
	readonly input: Readonly<Record<string, unknown>>;
	/** Of the prediction among all that were created, from 0. */
	readonly ordinal: number;
	readonly prompt: string;
	/** The answer as it would be written. */
	readonly output: unknown;
	/** Its data, where JSON about one item was asked for. */
	readonly answer?: unknown;
	/** Its entries, where JSON about several items was asked for. */
	readonly entries?: readonly DraftEntry[];
}
