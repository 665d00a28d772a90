import { freezeEnvironment } from './engineEnvironment';

import { pipeline, Readable, Transform } from 'node:stream';
import { Container } from '@n8n/di';
import { BinaryDataService, ExecutionLifecycleHooks, ExternalSecretsProxy, WorkflowExecute } from 'n8n-core';
import {
	createRunExecutionData,
	fileTypeFromMimeType,
	NodeHelpers,
	Workflow,
	type ExecutionStatus,
	type IBinaryData,
	type ICredentialType,
	type IConnections,
	type IDataObject,
	type IExecuteFunctions,
	type IHttpRequestOptions,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type INodeTypes,
	type IRun,
	type ITaskData,
	type IVersionedNodeType,
	type IWorkflowExecuteAdditionalData,
	type IWorkflowSettings,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { assertKnownParameters } from './assertKnownParameters';
import { EngineCredentialsHelper, type CredentialStore } from './EngineCredentialsHelper';

/** What a workflow file of n8n holds, as far as running it needs. */
export interface WorkflowFile {
	name?: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
}

/** The types that the nodes of a workflow may have, by full type name; and the types of their credentials. */
export interface EngineTypes {
	nodeTypes: Record<string, INodeType | IVersionedNodeType>;
	credentialTypes: Record<string, ICredentialType>;
}

/**
 * One call of a node to its HTTP helper that was answered. The body is as the helper gave it, but a stream's is its text,
 * told once the node has read it to its end. The status is known where the node asked for the full response.
 */
export interface HttpExchange {
	nodeName: string;
	method: string;
	url: string;
	statusCode?: number;
	body: unknown;
}

/** Sees a run while it goes on. It must not throw. */
export interface RunListener {
	nodeBefore?(nodeName: string): void;
	nodeAfter?(nodeName: string, result: NodeResult): void;
	httpExchange?(exchange: HttpExchange): void;
	/** What a node sends to the console of the browser that watches its run. */
	consoleMessage?(nodeName: string, messages: unknown[]): void;
}

export interface WorkflowRunOptions {
	workflow: WorkflowFile;
	credentials?: CredentialStore;
	/** Parameters to put in place of the file's, by node name: what a user would type into the node. */
	parameters?: Record<string, INodeParameters>;
	/** The node to start with; else n8n's own choice, the trigger. */
	startNodeName?: string;
	mode?: WorkflowExecuteMode;
	/** What n8n keeps with the workflow from one execution to the next; changed in place. */
	staticData?: IDataObject;
	/** Stops the execution as the Stop button does. */
	signal?: AbortSignal;
	listener?: RunListener;
}

/** What one node gave. A node that ran several times has all its items here, one run after the other. */
export interface NodeResult {
	items: INodeExecutionData[];
	/** By output; a node with an error output has it last. */
	outputs: INodeExecutionData[][];
	hints: Array<{ message: string }>;
	error?: ExecutionFailure;
	/** How often the node ran, retries not counted. */
	runs: number;
}

/** n8n keeps a plain copy of what a node threw: the fields of the error, without its class. */
export type ExecutionFailure = Error & { description?: string | null };

export interface WorkflowRun {
	/** n8n's word: 'success', 'error', 'canceled', 'waiting'. */
	status: string;
	error?: ExecutionFailure;
	/** By node name, only nodes that ran. */
	nodes: Record<string, NodeResult>;
	/** What the node that ran last gave. */
	items: INodeExecutionData[];
	run: IRun;
}

export interface WorkflowEngine {
	/**
	 * Runs a workflow from its trigger to its end in n8n's own execution engine (n8n-core), without database or server.
	 *
	 * A node that fails does not reject: see `status` and `error`. Rejects when the workflow can't be run at all.
	 */
	runWorkflow(options: WorkflowRunOptions): Promise<WorkflowRun>;
}

const WORKFLOW_ID = 'engine';
const UNUSED_URL = 'http://127.0.0.1/unused';

let executions = 0;
let started: Promise<BinaryDataService> | undefined;

/** n8n's binary data service, in the mode that the environment gives; started by the first call. */
async function binaryDataService(): Promise<BinaryDataService> {
	started ??= (async () => {
		freezeEnvironment();
		const service = Container.get(BinaryDataService);
		await service.init();
		return service;
	})();
	return await started;
}

/** Stores bytes as n8n does for an item's binary field. A stream is read to its end. */
export async function storeBinary(
	bytes: Buffer | Readable,
	fileName: string,
	mimeType: string,
): Promise<IBinaryData> {
	const service = await binaryDataService();
	const fileExtension = fileName.includes('.') ? fileName.slice(fileName.lastIndexOf('.') + 1) : undefined;
	const described: IBinaryData = {
		fileName,
		mimeType,
		fileExtension,
		fileType: fileTypeFromMimeType(mimeType),
		data: '',
	};
	return await service.store(
		{ type: 'execution', workflowId: WORKFLOW_ID, executionId: 'stored' },
		bytes,
		described,
	);
}

/** Reads back what `storeBinary` or a node stored. */
export async function readBinary(binary: IBinaryData): Promise<Buffer> {
	return await (await binaryDataService()).getAsBuffer(binary);
}

export function workflowEngine(types: EngineTypes): WorkflowEngine {
	return { runWorkflow: async (options) => await runWorkflow(types, options) };
}

async function runWorkflow(types: EngineTypes, options: WorkflowRunOptions): Promise<WorkflowRun> {
	const {
		workflow: file,
		credentials = {},
		parameters = {},
		mode = 'manual',
		staticData,
		signal,
		listener = {},
	} = options;
	await binaryDataService();

	for (const name of Object.keys(parameters)) {
		if (!file.nodes.some((node) => node.name === name)) throw new Error(`The workflow has no node '${name}'`);
	}
	const nodes = structuredClone(file.nodes).map((node) => ({
		...node,
		parameters: { ...node.parameters, ...parameters[node.name] },
	}));
	const nodeTypes = new EngineNodeTypes(types.nodeTypes, listener);
	for (const node of nodes)
		assertKnownParameters(node, nodeTypes.getByNameAndVersion(node.type, node.typeVersion));

	const settings: IWorkflowSettings = { executionOrder: 'v1', ...file.settings };
	const connections = structuredClone(file.connections);
	const name = file.name ?? 'Workflow';
	const workflow = new Workflow({
		id: WORKFLOW_ID,
		name,
		nodes,
		connections,
		active: false,
		nodeTypes,
		settings,
		staticData,
	});

	const executionId = String(++executions);
	const workflowData = {
		id: WORKFLOW_ID,
		name,
		nodes,
		connections,
		settings,
		active: false,
		activeVersionId: null,
		isArchived: false,
		createdAt: new Date(),
		updatedAt: new Date(),
	};
	const hooks = new ExecutionLifecycleHooks(mode, executionId, workflowData);
	hooks.addHandler('nodeExecuteBefore', (nodeName) => listener.nodeBefore?.(nodeName));
	hooks.addHandler('nodeExecuteAfter', (nodeName, task) => listener.nodeAfter?.(nodeName, resultOf([task])));
	// What n8n saves and shows is what it tells here. A stopped run is told as 'canceled' at once; when its node then throws,
	// the engine's own promise says 'error', which nobody sees.
	let shownStatus: ExecutionStatus | undefined;
	hooks.addHandler('workflowExecuteAfter', (run) => {
		shownStatus ??= run.status;
	});

	const credentialsHelper = new EngineCredentialsHelper(types.credentialTypes, credentials, () => workflow);
	const startNode = options.startNodeName === undefined ? undefined : workflow.nodes[options.startNodeName];
	const execution = new WorkflowExecute(
		{
			...additionalData(executionId, hooks, credentialsHelper),
			sendDataToUI: (_type, data) => {
				const { source, messages } = data as { source: string; messages: unknown[] };
				listener.consoleMessage?.(source, messages);
			},
		},
		mode,
		createRunExecutionData(),
	).run({ workflow, startNode });

	const stop = () => execution.cancel();
	if (signal?.aborted) stop();
	else signal?.addEventListener('abort', stop, { once: true });
	try {
		const run = await execution;
		return toWorkflowRun({ ...run, status: shownStatus ?? run.status });
	} finally {
		signal?.removeEventListener('abort', stop);
	}
}

function toWorkflowRun(run: IRun): WorkflowRun {
	const { runData, lastNodeExecuted, error } = run.data.resultData;
	const nodes = Object.fromEntries(Object.entries(runData).map(([name, tasks]) => [name, resultOf(tasks)]));
	const items = (lastNodeExecuted === undefined ? undefined : nodes[lastNodeExecuted]?.items) ?? [];
	return { status: run.status, nodes, items, run, ...(error && { error: error as ExecutionFailure }) };
}

function resultOf(tasks: ITaskData[]): NodeResult {
	const outputs: INodeExecutionData[][] = [];
	for (const task of tasks) {
		for (const [index, items] of (task.data?.main ?? []).entries()) {
			outputs[index] = [...(outputs[index] ?? []), ...(items ?? [])];
		}
	}
	const error = tasks.find((task) => task.error)?.error as ExecutionFailure | undefined;
	const hints = tasks.flatMap((task) => task.hints ?? []);
	return { outputs, items: outputs.flat(), hints, runs: tasks.length, ...(error && { error }) };
}

/** Knows the given types. A node that has a listener tells it of every answer to its HTTP helper. */
class EngineNodeTypes implements INodeTypes {
	constructor(
		private readonly types: EngineTypes['nodeTypes'],
		private readonly listener: RunListener,
	) {}

	getByName(name: string): INodeType | IVersionedNodeType {
		const nodeType = this.types[name];
		if (nodeType === undefined) throw new Error(`The engine knows no node type '${name}'`);
		return nodeType;
	}

	getByNameAndVersion(name: string, version?: number): INodeType {
		const nodeType = NodeHelpers.getVersionedNodeType(this.getByName(name), version);
		const { listener } = this;
		if (!('execute' in nodeType) || listener.httpExchange === undefined) return nodeType;
		const watched: INodeType = Object.create(nodeType);
		watched.execute = async function (this: IExecuteFunctions, ...rest) {
			watchHttp(this, listener);
			return (await nodeType.execute?.call(this, ...rest)) ?? null;
		};
		return watched;
	}

	getKnownTypes() {
		return {};
	}
}

function watchHttp(context: IExecuteFunctions, listener: RunListener): void {
	const { helpers } = context;
	const nodeName = context.getNode().name;
	const watched = (request: IHttpRequestOptions, answer: unknown): unknown => {
		const tell = (body: unknown, statusCode?: number) =>
			listener.httpExchange?.({
				nodeName,
				method: request.method ?? 'GET',
				url: new URL(request.url, request.baseURL).href,
				body,
				...(statusCode !== undefined && { statusCode }),
			});
		if (!request.returnFullResponse) {
			tell(answer);
			return answer;
		}
		const { body, statusCode } = answer as { body: unknown; statusCode: number };
		if (!(body instanceof Readable)) {
			tell(body, statusCode);
			return answer;
		}
		return { ...(answer as object), body: withCopy(body, (bytes) => tell(bytes.toString(), statusCode)) };
	};

	const original = { ...helpers };
	helpers.httpRequest = async (request) => watched(request, await original.httpRequest(request));
	helpers.httpRequestWithAuthentication = async function (credentialType, request, more) {
		const answer: unknown = await original.httpRequestWithAuthentication.call(
			this,
			credentialType,
			request,
			more,
		);
		return watched(request, answer);
	};
}

/** The same stream, its errors and its early end included; `tell` gets its bytes when it has come to its end. */
function withCopy(source: Readable, tell: (bytes: Buffer) => void): Readable {
	const chunks: Buffer[] = [];
	const copying = new Transform({
		transform(chunk: Buffer, _encoding, done) {
			chunks.push(chunk);
			done(null, chunk);
		},
		flush(done) {
			tell(Buffer.concat(chunks));
			done();
		},
	});
	// An error reaches the reader through the copying stream.
	return pipeline(source, copying, () => undefined);
}

/** What n8n gives a node of the world around its run. */
export function additionalData(
	executionId: string,
	hooks: ExecutionLifecycleHooks,
	credentialsHelper: EngineCredentialsHelper,
): IWorkflowExecuteAdditionalData {
	const absent = (what: string) => async (): Promise<never> => {
		throw new Error(`${what} is not part of this engine`);
	};
	return {
		executionId,
		hooks,
		credentialsHelper,
		externalSecretsProxy: Container.get(ExternalSecretsProxy),
		currentNodeExecutionIndex: 0,
		variables: {},
		restApiUrl: UNUSED_URL,
		instanceBaseUrl: UNUSED_URL,
		formBaseUrl: UNUSED_URL,
		formWaitingBaseUrl: UNUSED_URL,
		formTestBaseUrl: UNUSED_URL,
		webhookBaseUrl: UNUSED_URL,
		webhookWaitingBaseUrl: UNUSED_URL,
		webhookTestBaseUrl: UNUSED_URL,
		mcpBaseUrl: UNUSED_URL,
		mcpTestBaseUrl: UNUSED_URL,
		setExecutionStatus() {},
		sendDataToUI() {},
		logAiEvent() {},
		executeWorkflow: absent('Running a sub-workflow'),
		getRunExecutionData: absent('Reading another execution'),
		getRuntimeCredential: absent('A runtime credential'),
		startRunnerTask: absent('A task runner'),
	};
}
