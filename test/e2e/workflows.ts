import path from 'node:path';
import type { IConnections, INode, INodeParameters } from 'n8n-workflow';

import { EACH_LABS_TYPE, exampleCredential } from '../host/exampleWorkflow';
import type { ExportedWorkflow } from '../host/N8nHost';

/** What of a node its workflow does not give by itself. */
export type GivenNode = Pick<INode, 'name' | 'type' | 'typeVersion'> & Partial<INode>;

export const manualTrigger: GivenNode = {
	name: 'Start',
	type: 'n8n-nodes-base.manualTrigger',
	typeVersion: 1,
};

/** Gives one item for each file, its bytes in the binary field `data`. */
export function readFiles(folder: string, pattern: string): GivenNode {
	return {
		name: 'Read Files',
		type: 'n8n-nodes-base.readWriteFile',
		typeVersion: 1,
		parameters: { operation: 'read', fileSelector: path.posix.join(folder, pattern), options: {} },
	};
}

/** Our node with the scene's credential. */
export function eachLabs(parameters: INodeParameters, settings: Partial<INode> = {}): GivenNode {
	return {
		name: 'Each Labs',
		type: EACH_LABS_TYPE,
		typeVersion: 1,
		credentials: { eachLabsApi: exampleCredential },
		...settings,
		parameters,
	};
}

/** A workflow of nodes in a row, each connected to the next by its first output. */
export function workflowOf(
	name: string,
	nodes: readonly GivenNode[],
	settings: ExportedWorkflow['settings'] = {},
): ExportedWorkflow {
	const connections: IConnections = {};
	for (const [index, { name: source }] of nodes.entries()) {
		const next = nodes[index + 1];
		if (next) connections[source] = { main: [[{ node: next.name, type: 'main', index: 0 }]] };
	}
	return {
		name,
		nodes: nodes.map((node, index) => ({
			id: `node-${index}`,
			position: [index * 240, 0],
			parameters: {},
			...node,
		})),
		connections,
		settings: { executionOrder: 'v1', ...settings },
	};
}
