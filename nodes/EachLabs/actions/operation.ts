import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';

import type { RunSession } from '../n8n/RunSession';

/** One input item on its way through an operation. */
export interface ItemContext {
	readonly functions: IExecuteFunctions;
	readonly itemIndex: number;
	readonly session: RunSession;
}

/** What an item becomes; the router pairs it. Its JSON has no `error` key, which would make n8n run the node again. */
export interface ItemOutput extends Pick<INodeExecutionData, 'json' | 'binary'> {
	/** Which of the node's outputs it goes to; 0 unless said. */
	readonly outputIndex?: number;
	/** Whether it tells only what a result would cost: nothing was looked at, so it goes where items go that could not be. */
	readonly isEstimate?: boolean;
	/** Called when the item is handed to n8n, which it is not where the run ends with an error. */
	readonly onHandedOver?: () => void;
}

/** What an input item becomes: an output item, or a list of them, which may be empty. */
export type ItemResult = ItemOutput | readonly ItemOutput[];

export type Settled<Value> =
	| { readonly ok: true; readonly value: Value }
	| { readonly ok: false; readonly error: unknown };

/** Where a result belongs: its input item, and which of that item's results it is. */
export interface Place {
	readonly itemIndex: number;
	/** 0 unless the item is worked in parts. */
	readonly part: number;
}

/** One item, or several that share a request, ready to be sent. */
export interface WorkUnit {
	readonly places: readonly Place[];
	/** What a person knows each of `places` by, in their order; put before the error of one that failed. */
	readonly identities?: readonly IDataObject[];
	/** Sends what was prepared. Never rejects; gives one result for each of `places`, in their order. */
	work(): Promise<ReadonlyArray<Settled<ItemResult>>>;
}

/** One operation of a resource: its entry in the list, its fields, and what it does with an item. */
export interface Operation<Unit extends WorkUnit = WorkUnit> {
	readonly option: INodePropertyOptions;
	/** Without display options: `resources.ts` shows them for this operation only. */
	readonly fields: readonly INodeProperties[];
	/**
	 * The node's outputs for this operation, where it has more than one, and which of them takes items that failed. As many as
	 * the node's description has for the same parameters.
	 */
	readonly outputs?: (functions: IExecuteFunctions) => {
		readonly count: number;
		readonly errorIndex: number;
	};
	/**
	 * Reads and checks an item's parameters and files. Nothing that costs money happens here: all items of a run are prepared
	 * before the first one is sent.
	 *
	 * @returns a list where the item is worked in parts, each with a result of its own
	 * @throws {PredictionError}
	 */
	prepare(item: ItemContext): Promise<Unit | readonly Unit[]>;
	/** Puts the units of a run together whose items share a request. */
	group?(units: readonly Unit[], addHint: (message: string) => void): Promise<readonly WorkUnit[]>;
	/** Whether it can ask about the files of all items together, where the option 'Combine Items' says so. */
	readonly canCombine?: boolean;
	/** Whether it buys predictions, so that a run of it is summed up for its user, and a long one tells how far it is. */
	readonly isBuying?: boolean;
	/** Whether it starts predictions whose end it never waits for. */
	readonly isStarting?: boolean;
	/** Tells by what a person knows an item that could not be prepared; put before its error. Never throws. */
	identify?(item: ItemContext): IDataObject;
}

/** What became of an input item, or of one of its parts. */
export interface PlacedResult extends Place {
	readonly result: Settled<ItemResult>;
	/** What a person knows the item by. */
	readonly identity?: IDataObject;
}

/** A unit of one item. */
export function unitOf(itemIndex: number, work: () => Promise<ItemResult>): WorkUnit {
	return { places: [{ itemIndex, part: 0 }], work: async () => [await settled(work())] };
}

export async function settled<Value>(promise: Promise<Value>): Promise<Settled<Value>> {
	return await promise.then(
		(value) => ({ ok: true, value }) as const,
		(error: unknown) => ({ ok: false, error }) as const,
	);
}
