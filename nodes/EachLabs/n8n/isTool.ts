import type { IExecuteFunctions } from 'n8n-workflow';

/** Whether the node runs as a tool of an AI Agent, which reads its first output only. */
export function isTool(functions: IExecuteFunctions): boolean {
	return functions.getNode().type.endsWith('Tool');
}
