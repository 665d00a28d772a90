import type { IExecuteFunctions } from 'n8n-workflow';

import { PredictionError } from '../core/PredictionError';
import { nodeRunNotes } from './executionLedger';

/** What became of an item, or of a part of one. */
interface Ended {
	readonly itemIndex: number;
	readonly result: { readonly ok: true } | { readonly ok: false; readonly error: unknown };
}

/** Says in errors what the tries of the node's run have bought: nothing was charged, or which predictions are there. */
export class BoughtNotes {
	/** By item, ids of what was bought. Undefined where an earlier try can't be known, and where nothing is ever bought. */
	private readonly bought: Map<number, Set<string>> | undefined;
	/** The same, before this try. */
	private readonly before: ReadonlyMap<number, readonly string[]>;

	/** @param buys whether the operation does */
	constructor(functions: IExecuteFunctions, buys: boolean) {
		const isUnknown = functions.getNode().retryOnFail && functions.getExecutionCancelSignal() === undefined;
		if (buys && !isUnknown) this.bought = nodeRunNotes(functions).bought;
		this.before = new Map([...(this.bought ?? [])].map(([item, ids]) => [item, [...ids]] as const));
	}

	/** IDs of everything that was bought, by earlier tries too. */
	get ids(): string[] {
		return [...new Set([...(this.bought?.values() ?? [])].flatMap((ids) => [...ids]))];
	}

	/**
	 * The error, which says that nothing was charged where that is certain, and names what an earlier try has bought.
	 *
	 * @param itemIndex undefined for an error of the run as a whole
	 * @param named ids that other results name
	 */
	tell(error: unknown, itemIndex?: number, named?: ReadonlySet<string>): unknown {
		const { bought } = this;
		if (!bought || !(error instanceof PredictionError)) return error;
		const { predictionId, earlierPredictionIds = [] } = error.facts;
		const before = itemIndex === undefined ? this.ids : (this.before.get(itemIndex) ?? []);
		const unnamed = before.filter(
			(id) => ![...earlierPredictionIds, predictionId].includes(id) && !named?.has(id),
		);
		if (unnamed.length > 0)
			return error.with({ earlierPredictionIds: [...earlierPredictionIds, ...unnamed] });
		if (error.mayHaveBought || (itemIndex === undefined ? bought.size > 0 : bought.has(itemIndex)))
			return error;
		const what = itemIndex === undefined ? '' : ' for this item';
		return error.with({ description: `${error.description} Nothing was charged${what}.` });
	}

	/**
	 * The same for all results of a run. An item worked in parts is bought as soon as one of them is.
	 *
	 * @param idsOf gives the ids of the predictions that a result names
	 */
	tellAll<Result extends Ended>(
		results: readonly Result[],
		idsOf: (result: Result['result']) => readonly string[],
	): Result[] {
		for (const { itemIndex, result } of results) {
			if (mayHaveBought(result))
				this.bought?.set(itemIndex, new Set([...(this.bought.get(itemIndex) ?? []), ...idsOf(result)]));
		}
		const named = new Set(results.flatMap(({ result }) => idsOf(result)));
		return results.map((one) =>
			one.result.ok
				? one
				: { ...one, result: { ok: false, error: this.tell(one.result.error, one.itemIndex, named) } },
		);
	}
}

/** Also where an error tells nothing of it. */
function mayHaveBought(result: Ended['result']): boolean {
	return result.ok || !(result.error instanceof PredictionError) || result.error.mayHaveBought;
}
