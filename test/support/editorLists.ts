import './engineEnvironment';

import { LoadOptionsContext } from 'n8n-core';
import {
	Workflow,
	type INode,
	type INodeListSearchResult,
	type INodeParameters,
	type ResourceMapperFields,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

import { EachLabsApi } from '../../credentials/EachLabsApi.credentials';
// With its ending, since without one tsx takes the codex file EachLabs.node.json for it.
import { EachLabs } from '../../nodes/EachLabs/EachLabs.node.ts';
import { EngineCredentialsHelper } from './EngineCredentialsHelper';

interface EditorState {
	readonly baseUrl: string;
	/** What is set in the node, as its editor hands it on. */
	readonly parameters: INodeParameters;
	/** Whether the node has no credential yet, as n8n asks for one that was just added. */
	readonly withoutCredential?: boolean;
	/** Where what is public at Each Labs is asked for while there is no credential; by default nobody answers. */
	readonly publicUrl?: string;
}

const PUBLIC_API = 'https://api.eachlabs.ai';

export interface ModelSearch extends EditorState {
	readonly filter?: string;
	readonly paginationToken?: string;
}

/** Asks the node for the list of its parameter 'Model' as n8n does for its editor, in the context that n8n-core gives it. */
export async function searchModels(search: ModelSearch): Promise<INodeListSearchResult> {
	const { filter, paginationToken } = search;
	const { eachLabs, context } = editorContext(search, 'parameters.modelId');
	return await eachLabs.methods.listSearch.searchModels.call(context, filter, paginationToken);
}

/** Asks the node for the fields of the chosen model, likewise. */
export async function loadInputFields(given: EditorState): Promise<ResourceMapperFields> {
	const { eachLabs, context } = editorContext(given, 'parameters.inputFields');
	return await eachLabs.methods.resourceMapping.getInputFields.call(context);
}

function editorContext(
	{ baseUrl, parameters, withoutCredential = false, publicUrl = 'http://127.0.0.1:9' }: EditorState,
	path: string,
): { eachLabs: EachLabs; context: LoadOptionsContext } {
	const eachLabs = new EachLabs();
	const node: INode = {
		id: 'node',
		name: 'Each Labs',
		type: 'n8n-nodes-eachlabs.eachLabs',
		typeVersion: 1,
		position: [0, 0],
		parameters,
		...(withoutCredential
			? {}
			: { credentials: { eachLabsApi: { id: 'eachLabsApi', name: 'eachLabsApi' } } }),
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
	const context = new LoadOptionsContext(workflow, node, additionalData, path);
	const { helpers } = context;
	const httpRequest = helpers.httpRequest.bind(helpers);
	helpers.httpRequest = async (request): Promise<unknown> =>
		(await httpRequest({ ...request, url: request.url.replace(PUBLIC_API, publicUrl) })) as unknown;
	return { eachLabs, context };
}
