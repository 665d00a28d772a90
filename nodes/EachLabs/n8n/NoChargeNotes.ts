import type { IExecuteFunctions } from 'n8n-workflow';

import { PredictionError } from '../core/PredictionError';
import { executionLedger, nodeRunKey } from './executionLedger';

/** What became of an item, or of a part of one. */
interface Ended {
	readonly itemIndex: number;
	readonly result: { readonly ok: true } | { readonly ok: false; readonly error: unknown };
}

/** Says in errors that nothing was charged, where no try of the node's run has bought anything for the item. */
export class NoChargeNotes {
	/** Undefined where an earlier try can't be known, and where nothing is ever bought. */
	private readonly indexes: Set<number> | undefined;

	/** @param buys whether the operation does */
	constructor(functions: IExecuteFunctions, buys: boolean) {
		if (!buys) return;
		if (!functions.getNode().retryOnFail) this.indexes = new Set();
		else if (functions.getExecutionCancelSignal() !== undefined) {
			const { boughtItems } = executionLedger(functions);
			const key = nodeRunKey(functions, 0);
			this.indexes = boughtItems.get(key) ?? new Set();
			boughtItems.set(key, this.indexes);
		}
	}

	/**
	 * The error, which says that nothing was charged where that is certain.
	 *
	 * @param itemIndex undefined for an error of the run as a whole
	 */
	tell(error: unknown, itemIndex?: number): unknown {
		if (!this.indexes || !(error instanceof PredictionError) || error.mayHaveBought) return error;
		if (itemIndex === undefined ? this.indexes.size > 0 : this.indexes.has(itemIndex)) return error;
		const what = itemIndex === undefined ? '' : ' for this item';
		return error.with({ description: `${error.description} Nothing was charged${what}.` });
	}

	/** The same for all results of a run. An item worked in parts is bought as soon as one of them is. */
	tellAll<Result extends Ended>(results: readonly Result[]): Result[] {
		for (const { itemIndex, result } of results) if (mayHaveBought(result)) this.indexes?.add(itemIndex);
		return results.map((one) =>
			one.result.ok
				? one
				: { ...one, result: { ok: false, error: this.tell(one.result.error, one.itemIndex) } },
		);
	}
}

/** Also where an error tells nothing of it. */
function mayHaveBought(result: Ended['result']): boolean {
	return result.ok || !(result.error instanceof PredictionError) || result.error.mayHaveBought;
}
