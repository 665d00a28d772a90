import { NodeHelpers, Workflow, type INode, type INodeParameters } from 'n8n-workflow';

// With its ending, since without one tsx takes the codex file EachLabs.node.json for it.
import { EachLabs } from '../../nodes/EachLabs/EachLabs.node.ts';

/** What n8n's editor writes at the outputs of the node with these parameters; empty where it has only one. */
export function outputNames(parameters: INodeParameters): string[] {
	const eachLabs = new EachLabs();
	const node: INode = {
		id: 'node',
		name: 'Each Labs',
		type: 'eachLabs',
		typeVersion: 1,
		position: [0, 0],
		parameters,
	};
	const nodeTypes = {
		getByName: () => eachLabs,
		getByNameAndVersion: () => eachLabs,
		getKnownTypes: () => ({}),
	};
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	return NodeHelpers.getNodeOutputs(workflow, node, eachLabs.description).flatMap((output) =>
		typeof output === 'object' && output.displayName !== undefined ? [output.displayName] : [],
	);
}
