import { additionalData } from './workflowEngine';

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ExecutionLifecycleHooks, WebhookContext } from 'n8n-core';
import {
	NodeHelpers,
	Workflow,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type IWebhookData,
} from 'n8n-workflow';

import { EachLabsApi } from '../../credentials/EachLabsApi.credentials';
// With its ending, since without one tsx takes the codex file of the same name for it.
import { EachLabsTrigger } from '../../nodes/EachLabs/EachLabsTrigger.node.ts';
import { EngineCredentialsHelper } from './EngineCredentialsHelper';

export interface TriggerHostOptions {
	parameters?: INodeParameters;
	credential: ICredentialDataDecryptedObject;
	/** Whether the editor listens for a test event. */
	isTest?: boolean;
	/** Names the workflow; two hosts with the same one share what n8n's process remembers. */
	workflowId: string;
	/** What n8n has saved of the node, as after a restart. */
	staticData?: IDataObject;
}

const trigger = new EachLabsTrigger();

/**
 * Listens on a port of this machine, and gives each call to the trigger's own `webhook`, in n8n's webhook context and with the
 * raw body beside the parsed one, as n8n's server does.
 */
export class TriggerHost {
	/** The items with which each execution started. */
	readonly executions: INodeExecutionData[][] = [];
	readonly failures: unknown[] = [];
	private running = 0;
	private readonly workflow: Workflow;
	private readonly node: INode;

	private constructor(
		private readonly server: Server,
		private readonly options: TriggerHostOptions,
	) {
		this.node = {
			id: 'trigger',
			name: 'Each Labs Trigger',
			type: 'n8n-nodes-eachlabs.eachLabsTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: options.parameters ?? {},
			credentials: { eachLabsApi: { id: 'eachLabsApi', name: 'eachLabsApi' } },
		};
		this.workflow = new Workflow({
			id: options.workflowId,
			name: 'Workflow',
			nodes: [this.node],
			connections: {},
			active: options.isTest !== true,
			nodeTypes: {
				getByName: () => trigger,
				getByNameAndVersion: () => NodeHelpers.getVersionedNodeType(trigger, 1),
				getKnownTypes: () => ({}),
			},
		});
		Object.assign(this.staticData, options.staticData);
	}

	static async start(options: TriggerHostOptions): Promise<TriggerHost> {
		const server = createServer();
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const host = new TriggerHost(server, options);
		server.on('request', (request, response) => void host.receive(request, response));
		return host;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/webhook/eachlabs`;
	}

	/** What n8n would save of the node. */
	get staticData(): IDataObject {
		return this.workflow.getStaticData('node', this.workflow.getNode('Each Labs Trigger') ?? undefined);
	}

	/** Whether no call is being worked on, answered or not. */
	get isIdle(): boolean {
		return this.running === 0;
	}

	async close(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
		this.running += 1;
		try {
			const chunks: Buffer[] = [];
			for await (const chunk of request) chunks.push(chunk as Buffer);
			const rawBody = Buffer.concat(chunks);
			const call = Object.assign(request, { rawBody, body: parsed(rawBody), params: {}, query: {} });
			const answering = Object.assign(response, {
				status(code: number) {
					response.statusCode = code;
					return answering;
				},
				json(body: unknown) {
					response.setHeader('content-type', 'application/json');
					response.end(JSON.stringify(body));
				},
			});
			const mode = this.options.isTest ? 'manual' : 'webhook';
			const helper = new EngineCredentialsHelper(
				{ eachLabsApi: new EachLabsApi() },
				{ eachLabsApi: this.options.credential },
				() => this.workflow,
			);
			const hooks = new ExecutionLifecycleHooks(mode, '1', {
				id: this.workflow.id,
				name: 'Workflow',
				nodes: [this.node],
				connections: {},
			} as unknown as ConstructorParameters<typeof ExecutionLifecycleHooks>[2]);
			const context = new WebhookContext(
				this.workflow,
				this.node,
				Object.assign(additionalData('1', hooks, helper), {
					httpRequest: call as never,
					httpResponse: answering as never,
				}),
				mode,
				{ webhookDescription: trigger.description.webhooks?.[0] } as unknown as IWebhookData,
				[],
				null,
			);
			const { workflowData } = await trigger.webhook.call(context);
			if (workflowData?.[0]) this.executions.push(workflowData[0]);
		} catch (error) {
			this.failures.push(error);
			if (!response.headersSent) response.writeHead(500).end();
		} finally {
			this.running -= 1;
		}
	}
}

function parsed(rawBody: Buffer): unknown {
	try {
		return JSON.parse(rawBody.toString());
	} catch {
		return {};
	}
}
