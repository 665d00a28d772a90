import type { IExecuteFunctions } from 'n8n-workflow';

import { PredictionLedger } from '../core/prediction/PredictionLedger';

/** The cancel signal is one object for all that an execution does, tries of Retry On Fail included, and is gone with it. */
const ledgers = new WeakMap<AbortSignal, PredictionLedger>();

/** Tells a run of a node from all others of its execution; the tries of Retry On Fail are one run. */
export function nodeRunKey(functions: IExecuteFunctions, itemIndex: number): string {
	const { id, name } = functions.getNode();
	const runIndex: unknown = functions.evaluateExpression('{{ $runIndex }}', itemIndex);
	return `${id || name}|${String(runIndex)}`;
}

/** The ledger of the execution that the node runs in; a new one where the host gives no signal to know the execution by. */
export function executionLedger(functions: IExecuteFunctions): PredictionLedger {
	const execution = functions.getExecutionCancelSignal();
	if (execution === undefined) return new PredictionLedger();
	const ledger = ledgers.get(execution) ?? new PredictionLedger();
	ledgers.set(execution, ledger);
	return ledger;
}
