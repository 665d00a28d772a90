import './engineEnvironment';

import { LoadOptionsContext } from 'n8n-core';
import {
	Workflow,
	type INode,
	type INodeListSearchResult,
	type INodeParameters,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

import { EachLabsApi } from '../../credentials/EachLabsApi.credentials';
// With its ending, since without one tsx takes the codex file EachLabs.node.json for it.
import { EachLabs } from '../../nodes/EachLabs/EachLabs.node.ts';
import { EngineCredentialsHelper } from './EngineCredentialsHelper';

export interface ModelSearch {
	readonly baseUrl: string;
	/** What is set in the node, as its editor hands it on. */
	readonly parameters: INodeParameters;
	readonly filter?: string;
	readonly paginationToken?: string;
}

/** Asks the node for the list of its parameter 'Model' as n8n does for its editor, in the context that n8n-core gives it. */
export async function searchModels(search: ModelSearch): Promise<INodeListSearchResult> {
	const { baseUrl, parameters, filter, paginationToken } = search;
	const eachLabs = new EachLabs();
	const node: INode = {
		id: 'node',
		name: 'Each Labs',
		type: 'n8n-nodes-eachlabs.eachLabs',
		typeVersion: 1,
		position: [0, 0],
		parameters,
		credentials: { eachLabsApi: { id: 'eachLabsApi', name: 'eachLabsApi' } },
	};
	const nodeTypes = {
		getByName: () => eachLabs,
		getByNameAndVersion: () => eachLabs,
		getKnownTypes: () => ({}),
	};
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	const credentialsHelper = new EngineCredentialsHelper(
		{ eachLabsApi: new EachLabsApi() },
		{ eachLabsApi: { apiKey: 'test-key', baseUrl } },
		() => workflow,
	);
	const additionalData = {
		credentialsHelper,
		currentNodeParameters: parameters,
	} as unknown as IWorkflowExecuteAdditionalData;
	const context = new LoadOptionsContext(workflow, node, additionalData, 'parameters.modelId');
	return await eachLabs.methods.listSearch.searchModels.call(context, filter, paginationToken);
}
