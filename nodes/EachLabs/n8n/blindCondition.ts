import type { IExecuteFunctions } from 'n8n-workflow';

/** Nodes that send an item one way or another by what it says. */
const CONDITIONS = /\.(?:if|filter|switch)$/;

/**
 * The first condition behind the node, by its name, where none of them asks for `error`: a failed item has no field of a result,
 * which n8n takes for false without a word. Undefined where there is no condition, or one that asks.
 */
export function blindCondition(functions: IExecuteFunctions): string | undefined {
	const conditions = functions
		.getChildNodes(functions.getNode().name, { includeNodeParameters: true })
		.filter(({ type, disabled }) => CONDITIONS.test(type) && !disabled);
	const asksForError = conditions.some(({ parameters }) => /\berror\b/.test(JSON.stringify(parameters)));
	return asksForError ? undefined : conditions[0]?.name;
}
