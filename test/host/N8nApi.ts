import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'flatted';
import type {
	ExecutionError,
	ExecutionStatus,
	IDataObject,
	INodeExecutionData,
	IRunData,
} from 'n8n-workflow';
import { fetch, FormData, request } from 'undici';

import type { ExportedWorkflow } from './N8nHost';

const requestTimeoutMs = 60_000;
const lookEveryMs = 200;

export interface Owner {
	readonly email: string;
	readonly password: string;
}

/** A credential as the editor sends it. */
export interface GivenCredential {
	readonly name: string;
	readonly type: string;
	readonly data: IDataObject;
}

export interface StoredWorkflow {
	readonly id: string;
	readonly versionId: string;
}

/** An execution as n8n keeps it. */
export interface StoredExecution {
	readonly id: string;
	readonly status: ExecutionStatus;
	readonly runData: IRunData;
	readonly error?: ExecutionError;
}

/** Of the list of executions. */
export type ExecutionSummary = Pick<StoredExecution, 'id' | 'status'>;

interface StoredData {
	readonly resultData?: { readonly runData?: IRunData; readonly error?: ExecutionError };
}

/** No more changes are to be expected of such an execution, but for those of a person. */
const endedStatuses: ReadonlySet<ExecutionStatus> = new Set(['success', 'error', 'canceled', 'crashed']);

export function hasEnded({ status }: ExecutionSummary): boolean {
	return endedStatuses.has(status);
}

/** n8n may store the status a moment before the data; whoever was stopped or crashed may have none. */
function isWhole({ status, runData, error }: StoredExecution): boolean {
	if (status === 'error') return error !== undefined;
	return status !== 'success' || Object.keys(runData).length > 0;
}

/** The items that a node gave in its last run, by output. */
export function itemsOf(
	{ runData }: Pick<StoredExecution, 'runData'>,
	nodeName: string,
): INodeExecutionData[][] {
	const outputs = runData[nodeName]?.at(-1)?.data?.main ?? [];
	return outputs.map((items) => items ?? []);
}

/** What the editor asks of its n8n, over the same routes. One owner, whose session it keeps. */
export class N8nApi {
	private cookie = '';

	/** @param url of the editor */
	constructor(readonly url: string) {}

	/**
	 * Makes the one account that a fresh n8n asks for before it shows anything, and is logged in as it. A server says that it
	 * is ready a moment before it has this route, so it is asked until it has.
	 */
	async createOwner({ email, password }: Owner): Promise<void> {
		const account = { email, password, firstName: 'Sandbox', lastName: 'Owner' };
		const deadlineMs = Date.now() + requestTimeoutMs;
		for (;;) {
			const answer = await this.send('POST', '/owner/setup', account);
			if (answer.status !== 404 || Date.now() > deadlineMs) return void dataOf(answer);
			await pause(lookEveryMs);
		}
	}

	async createCredential(credential: GivenCredential): Promise<string> {
		const { id } = (await this.ask('POST', '/credentials', credential)) as { id: string };
		return id;
	}

	/** What the dialog of a stored credential shows when its fields are `credential`'s. */
	async testCredential(
		id: string,
		credential: GivenCredential,
	): Promise<{ status: 'OK' | 'Error'; message: string }> {
		const answer = await this.ask('POST', '/credentials/test', { credentials: { id, ...credential } });
		return answer as { status: 'OK' | 'Error'; message: string };
	}

	/** Under an id that n8n chooses, also when the file that the workflow comes from has one. */
	async createWorkflow({ name, nodes, connections, settings }: ExportedWorkflow): Promise<StoredWorkflow> {
		const workflow = { name, nodes, connections, settings, active: false };
		return (await this.ask('POST', '/workflows', workflow)) as StoredWorkflow;
	}

	/** Switches a workflow's triggers on. */
	async activate({ id, versionId }: StoredWorkflow): Promise<void> {
		await this.ask('POST', `/workflows/${id}/activate`, { versionId });
	}

	/** 'Execute workflow' from a trigger that waits for nothing. Answers the execution's id, while it goes on. */
	async execute(id: string, triggerName: string): Promise<string> {
		const answer = await this.run(id, triggerName);
		if (answer.executionId === undefined) throw new Error(`n8n executed nothing: ${JSON.stringify(answer)}`);
		return answer.executionId;
	}

	/** 'Listen for test event' of a trigger: its test URL takes calls until one has started the workflow. */
	async listen(id: string, triggerName: string): Promise<void> {
		const answer = await this.run(id, triggerName);
		if (answer.waitingForWebhook !== true) throw new Error(`n8n does not listen: ${JSON.stringify(answer)}`);
	}

	/** Calls a production webhook, and answers n8n's status and words. */
	async callWebhook(path: string, body: FormData | IDataObject): Promise<{ status: number; text: string }> {
		const isForm = body instanceof FormData;
		const response = await fetch(`${this.url}/webhook/${path}`, {
			method: 'POST',
			headers: isForm ? {} : { 'content-type': 'application/json' },
			body: isForm ? body : JSON.stringify(body),
			signal: AbortSignal.timeout(requestTimeoutMs),
		});
		return { status: response.status, text: await response.text() };
	}

	/** The executions of a workflow, the newest first; at most 100. */
	async executions(workflowId: string): Promise<ExecutionSummary[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const found = await this.ask('GET', `/executions?limit=100&filter=${filter}`);
		const { results } = found as { results: ExecutionSummary[] };
		return results.map(({ id, status }) => ({ id, status }));
	}

	async execution(id: string): Promise<StoredExecution> {
		const stored = (await this.ask('GET', `/executions/${id}`)) as { status: ExecutionStatus; data: string };
		// Nothing yet, while it has just begun.
		const resultData = (parse(stored.data) as StoredData | undefined)?.resultData;
		return {
			id,
			status: stored.status,
			runData: resultData?.runData ?? {},
			...(resultData?.error ? { error: resultData.error } : {}),
		};
	}

	/** Waits for the end of an execution. Throws with its status when that takes longer than `timeoutMs`. */
	async executionEnd(id: string, timeoutMs = requestTimeoutMs): Promise<StoredExecution> {
		const deadlineMs = Date.now() + timeoutMs;
		for (;;) {
			const execution = await this.execution(id);
			if (hasEnded(execution) && isWhole(execution)) return execution;
			if (Date.now() > deadlineMs) {
				throw new Error(`Execution ${id} was still '${execution.status}' after ${timeoutMs} ms`);
			}
			await pause(lookEveryMs);
		}
	}

	async stopExecution(id: string): Promise<void> {
		await this.ask('POST', `/executions/${id}/stop`);
	}

	private async run(
		id: string,
		triggerName: string,
	): Promise<{ executionId?: string; waitingForWebhook?: boolean }> {
		const workflowData = await this.ask('GET', `/workflows/${id}`);
		const start = { workflowData, triggerToStartFrom: { name: triggerName } };
		return (await this.ask('POST', `/workflows/${id}/run`, start)) as Awaited<ReturnType<N8nApi['run']>>;
	}

	/** @throws with n8n's status and words unless it says that all went well */
	private async ask(method: 'GET' | 'POST', route: string, body?: object): Promise<unknown> {
		return dataOf(await this.send(method, route, body));
	}

	private async send(method: 'GET' | 'POST', route: string, body?: object): Promise<Answer> {
		const response = await request(`${this.url}/rest${route}`, {
			method,
			headers: {
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
				...(this.cookie === '' ? {} : { cookie: this.cookie }),
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
			headersTimeout: requestTimeoutMs,
			bodyTimeout: requestTimeoutMs,
		});
		const setCookie = [response.headers['set-cookie'] ?? []].flat()[0];
		if (setCookie !== undefined) this.cookie = setCookie.split(';')[0] ?? '';
		return { asked: `${method} ${route}`, status: response.statusCode, text: await response.body.text() };
	}
}

interface Answer {
	readonly asked: string;
	readonly status: number;
	readonly text: string;
}

function dataOf({ asked, status, text }: Answer): unknown {
	if (status >= 300) throw new Error(`n8n answered ${status} to ${asked}: ${text}`);
	return (JSON.parse(text) as { data?: unknown }).data;
}
