export { storeBinary } from './workflowEngine';

import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INode,
	INodeExecutionData,
	INodeParameters,
	IRun,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { EachLabsApi } from '../../credentials/EachLabsApi.credentials';
// With its ending, since without one tsx takes the codex file EachLabs.node.json for it.
import { EachLabs } from '../../nodes/EachLabs/EachLabs.node.ts';
import { givenItems } from './givenItems';
import { workflowEngine, type RunListener } from './workflowEngine';

export interface NodeRun {
	/** n8n's word for how the execution ended: 'success', 'error', 'canceled', 'waiting'. */
	status: string;
	/** The items of all outputs, the regular one first. */
	items: INodeExecutionData[];
	outputs: INodeExecutionData[][];
	error?: Error & { description?: string | null };
	hints: Array<{ message: string }>;
	run: IRun;
}

export interface NodeRunOptions {
	parameters: INodeParameters;
	items: INodeExecutionData[];
	/** By credential type; the default is `{apiKey: 'test-key', baseUrl}`. */
	credentials?: Record<string, ICredentialDataDecryptedObject>;
	baseUrl?: string;
	onError?: 'stopWorkflow' | 'continueRegularOutput' | 'continueErrorOutput';
	retryOnFail?: boolean;
	maxTries?: number;
	/** Milliseconds; n8n takes 0 for its default of 1,000. */
	waitBetweenTries?: number;
	/** Stops the execution as the Stop button does. */
	signal?: AbortSignal;
	mode?: WorkflowExecuteMode;
	/** What n8n keeps with the workflow from one execution to the next; changed in place. */
	staticData?: IDataObject;
	/** Nodes with different ids share nothing in the memory of this process. */
	nodeId?: string;
	/** Default: that of an installed package. The one of its tool variant ends in `Tool`. */
	nodeTypeName?: string;
	listener?: RunListener;
}

const eachLabs = new EachLabs();
/** What n8n makes of the node for an AI Agent, as far as the node and its parameters can tell. */
const eachLabsTool = new EachLabs();
eachLabsTool.description.name += 'Tool';
const credentialTypes = { eachLabsApi: new EachLabsApi() };

/**
 * Runs the Each Labs node over the given items, as the second node of a workflow, in n8n's own engine.
 *
 * What the node throws does not reject; it is in `error`, as n8n keeps it.
 */
export async function runNode(options: NodeRunOptions): Promise<NodeRun> {
	const {
		items,
		parameters,
		baseUrl,
		signal,
		mode,
		listener,
		onError,
		retryOnFail,
		maxTries,
		waitBetweenTries,
		staticData,
		nodeId = 'eachLabs',
		nodeTypeName = 'n8n-nodes-eachlabs.eachLabs',
	} = options;
	const credentials = options.credentials ?? {
		eachLabsApi: { apiKey: 'test-key', ...(baseUrl && { baseUrl }) },
	};
	const typeVersion = [eachLabs.description.version].flat().at(-1) ?? 1;
	const start: INode = {
		id: 'start',
		name: 'Start',
		type: 'engine.givenItems',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
	const node: INode = {
		id: nodeId,
		name: 'Each Labs',
		type: nodeTypeName,
		typeVersion,
		position: [200, 0],
		parameters,
		credentials: Object.fromEntries(Object.keys(credentials).map((type) => [type, { id: type, name: type }])),
		onError,
		retryOnFail,
		maxTries,
		waitBetweenTries,
	};

	const engine = workflowEngine({
		nodeTypes: {
			[start.type]: givenItems(items),
			[node.type]: nodeTypeName.endsWith('Tool') ? eachLabsTool : eachLabs,
		},
		credentialTypes,
	});
	const { status, error, nodes, run } = await engine.runWorkflow({
		workflow: {
			nodes: [start, node],
			connections: { [start.name]: { main: [[{ node: node.name, type: 'main', index: 0 }]] } },
		},
		startNodeName: start.name,
		credentials,
		mode,
		staticData,
		signal,
		listener,
	});
	const { outputs = [], hints = [], items: given = [] } = nodes[node.name] ?? {};
	return { status, outputs, items: given, hints, run, ...(error && { error }) };
}
