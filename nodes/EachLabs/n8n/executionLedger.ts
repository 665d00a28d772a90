import type { IExecuteFunctions } from 'n8n-workflow';

import { PredictionLedger, type NodeRunNotes } from '../core/prediction/PredictionLedger';
import { isTool } from './isTool';

/** The cancel signal is one object for all that an execution does, tries of Retry On Fail included, and is gone with it. */
const ledgers = new WeakMap<AbortSignal, PredictionLedger>();

/** Tells a run of a node from all others of its execution; the tries of Retry On Fail are one run. */
export function nodeRunKey(functions: IExecuteFunctions, itemIndex: number): string {
	const { id, name } = functions.getNode();
	if (isTool(functions)) {
		const asked = askedOfTool(functions);
		return `${asked}|${executionLedger(functions).toolAnswers.get(asked) ?? 0}`;
	}
	const runIndex: unknown = functions.evaluateExpression('{{ $runIndex }}', itemIndex);
	return `${id || name}|${String(runIndex)}`;
}

/** n8n counts each try of a tool as a run of its own, so that a question tells them from others, until it has an answer. */
export function noteToolAnswer(functions: IExecuteFunctions): void {
	if (!isTool(functions)) return;
	const { toolAnswers } = executionLedger(functions);
	const asked = askedOfTool(functions);
	toolAnswers.set(asked, (toolAnswers.get(asked) ?? 0) + 1);
}

function askedOfTool(functions: IExecuteFunctions): string {
	const { id, name } = functions.getNode();
	return JSON.stringify([id || name, functions.getInputData()]);
}

/** What the tries of a node's run know together; new ones where the node is not run again. */
export function nodeRunNotes(functions: IExecuteFunctions): NodeRunNotes {
	const fresh: NodeRunNotes = { identity: {}, bought: new Map(), groups: [] };
	if (!functions.getNode().retryOnFail) return fresh;
	const { runs } = executionLedger(functions);
	const key = nodeRunKey(functions, 0);
	const notes = runs.get(key) ?? fresh;
	runs.set(key, notes);
	return notes;
}

/** The ledger of the execution that the node runs in; a new one where the host gives no signal to know the execution by. */
export function executionLedger(functions: IExecuteFunctions): PredictionLedger {
	const execution = functions.getExecutionCancelSignal();
	if (execution === undefined) return new PredictionLedger();
	const ledger = ledgers.get(execution) ?? new PredictionLedger();
	ledgers.set(execution, ledger);
	return ledger;
}
