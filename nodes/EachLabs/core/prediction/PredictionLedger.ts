import type { CreateRequest } from '../api/EachLabsClient';
import type { MediaUrl } from '../media/media';
import type { PredictionError } from '../PredictionError';
import type { Model, Prediction, UploadedFile } from '../api/shapes';
import type { RunCost } from './RunCost';

/** A prediction that succeeded, with the ids of those that failed at the provider before it, at no cost. */
export type BoughtPrediction = Prediction & { readonly failedBefore?: readonly string[] };

/** A create as it was sent; its time is by our clock. */
export interface SentCreate {
	readonly request: CreateRequest;
	readonly sentAtEpochMs: number;
}

/** What is known of the prediction that an item has led to so far. */
export type LedgerEntry =
	/** Accepted by the service; it may be running, or finished without our having seen it. `sent` until it is seen to be the item's own. */
	| { readonly state: 'created'; readonly predictionId: string; readonly sent?: SentCreate }
	| { readonly state: 'succeeded'; readonly prediction: BoughtPrediction }
	/** The create had no clear answer: something may run, and be paid, that we don't know the id of. */
	| (SentCreate & { readonly state: 'unknown'; readonly error: PredictionError });

/** An item's line in the ledger. What creates or finishes its prediction writes here before it goes on. */
export interface LedgerItem {
	/** Undefined where nothing was created, or where what was created surely failed: then it may be bought (again). */
	entry?: LedgerEntry;
	/** Whether a create of unknown outcome was sent once more already; that is allowed once an item. */
	resubmitted: boolean;
	/** Ids of what failed at the provider at no cost, and was bought once more for it; that is done once an item. */
	failedBefore?: readonly string[];
	/** Where its files were read, in their order. */
	media?: readonly MediaUrl[];
	/** What an earlier try has uploaded to stay, and has handed over. */
	uploads?: readonly UploadedFile[];
}

/** What the tries of a node's run know together. */
export interface NodeRunNotes {
	/** Tells them from others, for those that must not keep them. */
	readonly identity: object;
	/** The items for which a try has bought something, or may have, with the ids of the predictions. */
	readonly bought: Map<number, Set<string>>;
	/** Items that shared a request which was answered, or may have been, each by its place: who asks again about others buys all of them again. */
	readonly groups: string[][];
	/** Of all tries. */
	cost?: RunCost;
	/** Whether a try has looked at what was seen before. */
	remembers?: boolean;
}

/**
 * What one execution has bought, by item.
 *
 * n8n's Retry On Fail runs the whole node again over all items, up to five times. By this ledger the next try takes up what the
 * one before has finished or left running, and buys again only what surely failed.
 */
export class PredictionLedger {
	/** By slug: models as a try has found them, since one may be gone at the next. */
	readonly models = new Map<string, Model>();
	/** By run of a node. */
	readonly runs = new Map<string, NodeRunNotes>();
	/** How often a tool was asked the same and has answered, by what tells it and the question. */
	readonly toolAnswers = new Map<string, number>();
	private readonly items = new Map<string, Set<LedgerItem>>();

	/**
	 * The line that goes by one of the keys, under all of which it is found from now on: one that says that something was bought
	 * before one that says nothing, by the first key before the others.
	 *
	 * @param keys of the node's run, and of everything that the request is made of, the item's own first
	 * @param taken lines that a try has given to others already, which goes by the items that have the keys together; it gets the line
	 */
	item(keys: readonly string[], taken: Set<LedgerItem>): LedgerItem {
		const lines = keys.flatMap((key) => [...(this.items.get(key) ?? [])]).filter((line) => !taken.has(line));
		const line = lines.find(({ entry }) => entry !== undefined) ?? lines[0] ?? { resubmitted: false };
		for (const key of keys) this.items.set(key, new Set(this.items.get(key)).add(line));
		taken.add(line);
		return line;
	}
}
