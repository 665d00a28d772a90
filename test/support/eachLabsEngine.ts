import { workflowEngine, type WorkflowEngine } from './workflowEngine';

import type { INodeType } from 'n8n-workflow';

import { EachLabsApi } from '../../credentials/EachLabsApi.credentials';
// With its ending, since without one tsx takes the codex file EachLabs.node.json for it.
import { EachLabs } from '../../nodes/EachLabs/EachLabs.node.ts';
import { standardNodes } from './standardNodes';

const eachLabs = new EachLabs();

/**
 * n8n's engine with this package's node, under the type name that an installed package gets and the one from
 * n8n's folder for custom nodes, and with the standard nodes that the examples use.
 */
export const eachLabsEngine = eachLabsEngineWith({});

/** The same with other nodes in place of standard ones, by their full type names. */
export function eachLabsEngineWith(nodeTypes: Record<string, INodeType>): WorkflowEngine {
	return workflowEngine({
		nodeTypes: {
			...standardNodes,
			...nodeTypes,
			'n8n-nodes-eachlabs.eachLabs': eachLabs,
			'CUSTOM.eachLabs': eachLabs,
		},
		credentialTypes: { eachLabsApi: new EachLabsApi() },
	});
}
