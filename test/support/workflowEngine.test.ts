import { chooseBinaryDataMode } from './engineEnvironment';

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
	ICredentialType,
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	INodeParameters,
	INodeType,
} from 'n8n-workflow';
import { givenItems } from './givenItems';
import { standardNodes } from './standardNodes';
import {
	readBinary,
	storeBinary,
	workflowEngine,
	type HttpExchange,
	type WorkflowFile,
} from './workflowEngine';

const probeCredential: ICredentialType = {
	name: 'probeApi',
	displayName: 'Probe API',
	properties: [{ displayName: 'Greeting', name: 'greeting', type: 'string', default: 'Hello' }],
	authenticate: {
		type: 'generic',
		properties: { headers: { Authorization: '={{$credentials.greeting}} {{$credentials.apiKey}}' } },
	},
};

/** Does as its parameter 'deed' says for each item; 'call' asks a server with the credential. */
const probe: INodeType = {
	description: {
		name: 'probe',
		displayName: 'Probe',
		description: 'Does what a test asks',
		group: ['transform'],
		version: 1,
		defaults: { name: 'Probe' },
		inputs: ['main'],
		outputs: ['main'],
		credentials: [{ name: 'probeApi' }],
		properties: [
			{ displayName: 'Deed', name: 'deed', type: 'string', default: 'echo' },
			{ displayName: 'URL', name: 'url', type: 'string', default: '' },
		],
	},
	async execute(this: IExecuteFunctions) {
		const given: INodeExecutionData[] = [];
		for (const [itemIndex, item] of this.getInputData().entries()) {
			const deed = this.getNodeParameter('deed', itemIndex) as string;
			if (deed === 'throw') throw new Error('refused');
			if (deed === 'errorItem') given.push({ json: { error: 'one item' }, pairedItem: itemIndex });
			if (deed.startsWith('hang')) {
				const signal = this.getExecutionCancelSignal();
				if (!signal?.aborted) await new Promise((resolve) => signal?.addEventListener('abort', resolve));
				if (deed.endsWith('throw')) throw new Error('interrupted');
			}
			if (deed === 'call') {
				const url = this.getNodeParameter('url', itemIndex) as string;
				const request = { method: 'POST', url, returnFullResponse: true, json: true } as const;
				const { body } = await this.helpers.httpRequestWithAuthentication.call(this, 'probeApi', request);
				given.push({ json: { body }, pairedItem: itemIndex });
			}
			if (deed.startsWith('echo')) given.push({ json: { ...item.json, deed }, pairedItem: itemIndex });
		}
		this.addExecutionHints({ message: `${given.length} given` });
		return [given];
	},
};

function probeWorkflow(parameters: INodeParameters, settings: Partial<INode> = {}): WorkflowFile {
	const node = (name: string, type: string): INode => ({
		id: name,
		name,
		type,
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	});
	return {
		nodes: [
			node('Start', 'engine.givenItems'),
			{
				...node('Probe', 'engine.probe'),
				parameters,
				credentials: { probeApi: { id: '1', name: 'Probe' } },
				...settings,
			},
		],
		connections: { Start: { main: [[{ node: 'Probe', type: 'main', index: 0 }]] } },
	};
}

const engineOf = (items: INodeExecutionData[]) =>
	workflowEngine({
		nodeTypes: { ...standardNodes, 'engine.givenItems': givenItems(items), 'engine.probe': probe },
		credentialTypes: { probeApi: probeCredential },
	});
const twoItems = engineOf([{ json: { n: 1 } }, { json: { n: 2 } }]);
const startNodeName = 'Start';

describe('workflowEngine', () => {
	test('resolves expressions item by item and pairs the items', async () => {
		const workflow = probeWorkflow({ deed: '=echo {{ $json.n }} of {{ $("Start").all().length }}' });
		const { status, items, nodes } = await twoItems.runWorkflow({ workflow, startNodeName });
		expect(status).toBe('success');
		expect(items).toEqual([
			{ json: { n: 1, deed: 'echo 1 of 2' }, pairedItem: 0 },
			{ json: { n: 2, deed: 'echo 2 of 2' }, pairedItem: 1 },
		]);
		expect(nodes.Probe?.hints).toEqual([{ message: '2 given' }]);
	});

	test('puts error items on the error output', async () => {
		const workflow = probeWorkflow(
			{ deed: '={{ $json.n === 1 ? "errorItem" : "echo" }}' },
			{ onError: 'continueErrorOutput' },
		);
		const { nodes } = await twoItems.runWorkflow({ workflow, startNodeName });
		expect(nodes.Probe?.outputs.map((items) => items.length)).toEqual([1, 1]);
	});

	test('reports what a node threw, after as many tries as the node has', async () => {
		let tries = 0;
		const counting: INodeType = {
			description: probe.description,
			execute() {
				tries++;
				throw new Error('refused');
			},
		};
		const engine = workflowEngine({
			nodeTypes: { 'engine.givenItems': givenItems([{ json: {} }]), 'engine.probe': counting },
			credentialTypes: {},
		});
		const workflow = probeWorkflow({}, { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 });
		const { status, error } = await engine.runWorkflow({ workflow, startNodeName });
		expect({ status, message: error?.message, tries }).toEqual({
			status: 'error',
			message: 'refused',
			tries: 3,
		});
	});

	test.each(['hang', 'hang, then throw'])('stops at the signal a node that does "%s"', async (deed) => {
		const stop = new AbortController();
		const { status } = await twoItems.runWorkflow({
			workflow: probeWorkflow({ deed }),
			startNodeName,
			signal: stop.signal,
			listener: { nodeBefore: (name) => void (name === 'Probe' && setImmediate(() => stop.abort())) },
		});
		expect(status).toBe('canceled');
	});

	test('refuses a parameter, an option or a node that does not exist', async () => {
		const run = async (parameters: INodeParameters) =>
			await twoItems.runWorkflow({ workflow: probeWorkflow(parameters), startNodeName });
		await expect(run({ ded: 'echo' })).rejects.toThrow("has no parameter 'ded'");
		const reader: INode = {
			id: '1',
			name: 'Read',
			type: 'n8n-nodes-base.readWriteFile',
			typeVersion: 1,
			position: [0, 0],
			parameters: { options: { sort: 'name' } },
		};
		await expect(twoItems.runWorkflow({ workflow: { nodes: [reader], connections: {} } })).rejects.toThrow(
			"has no option 'sort'",
		);
		const unknown = { ...reader, type: 'n8n-nodes-base.unknown' };
		await expect(twoItems.runWorkflow({ workflow: { nodes: [unknown], connections: {} } })).rejects.toThrow(
			'knows no node type',
		);
	});

	describe('with a server', () => {
		let server: Server;
		beforeAll(async () => {
			server = createServer((request, response) => {
				response.setHeader('Content-Type', 'application/json');
				response.end(JSON.stringify({ authorization: request.headers.authorization }));
			});
			await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		});
		afterAll(() => server.close());

		test("signs requests by the credential type and its properties' defaults, and tells the listener", async () => {
			const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/things`;
			const exchanges: HttpExchange[] = [];
			const { items } = await engineOf([{ json: {} }]).runWorkflow({
				workflow: probeWorkflow({ deed: 'call', url }),
				startNodeName,
				credentials: { probeApi: { apiKey: 'abc' } },
				listener: { httpExchange: (exchange) => exchanges.push(exchange) },
			});
			const body = { authorization: 'Hello abc' };
			expect(items[0]?.json).toEqual({ body });
			expect(exchanges).toEqual([{ nodeName: 'Probe', method: 'POST', url, statusCode: 200, body }]);
		});
	});

	test('stores and reads binary data in files, below the temporary user folder', async () => {
		const stored = await storeBinary(Buffer.from('bytes'), 'a.png', 'image/png');
		expect(stored).toMatchObject({
			fileName: 'a.png',
			mimeType: 'image/png',
			fileExtension: 'png',
			bytes: 5,
			data: 'filesystem-v2',
		});
		expect((await readBinary(stored)).toString()).toBe('bytes');
		expect(() => chooseBinaryDataMode('default')).toThrow('before the first run');
	});

	const folder = mkdtempSync(join(tmpdir(), 'engine-files-'));
	afterAll(() => rmSync(folder, { recursive: true }));

	test('reads files, appends branches and makes rows, from the trigger to the end', async () => {
		for (const name of ['one.png', 'two.png', 'three.jpg']) writeFileSync(join(folder, name), name);

		const node = (
			name: string,
			type: string,
			typeVersion: number,
			parameters: INodeParameters = {},
		): INode => ({
			id: name,
			name,
			type: `n8n-nodes-base.${type}`,
			typeVersion,
			position: [0, 0],
			parameters,
		});
		const to = (name: string, index = 0) => [{ node: name, type: 'main' as const, index }];
		const workflow: WorkflowFile = {
			nodes: [
				node('Trigger', 'manualTrigger', 1),
				node('Note', 'stickyNote', 1, { content: 'Only a note' }),
				node('PNG', 'readWriteFile', 1, { fileSelector: `${folder}/*.png`, options: {} }),
				node('JPEG', 'readWriteFile', 1, {
					fileSelector: `${folder}/*.{jpg,jpeg}`,
					options: { dataPropertyName: 'photo' },
				}),
				node('All', 'merge', 3.2, { numberInputs: 2 }),
				node('Row', 'set', 3.4, {
					assignments: {
						assignments: [
							{ id: 'a', name: 'file', type: 'string', value: '={{ $json.fileName }}' },
							{ id: 'b', name: 'size', type: 'number', value: '={{ $json.fileName.length }}' },
							{ id: 'c', name: 'nothing', type: 'number', value: '={{ $json.absent }}' },
						],
					},
				}),
			],
			connections: {
				Trigger: { main: [[...to('PNG'), ...to('JPEG')]] },
				PNG: { main: [to('All', 0)] },
				JPEG: { main: [to('All', 1)] },
				All: { main: [to('Row')] },
			},
		};
		const { status, items, nodes, error } = await twoItems.runWorkflow({ workflow });
		expect({ status, error }).toEqual({ status: 'success' });
		expect(nodes.JPEG?.items[0]?.binary?.photo?.mimeType).toBe('image/jpeg');
		expect(
			items.map(({ json }) => json as { file: string }).sort((a, b) => a.file.localeCompare(b.file)),
		).toEqual([
			{ file: 'one.png', size: 7, nothing: null },
			{ file: 'three.jpg', size: 9, nothing: null },
			{ file: 'two.png', size: 7, nothing: null },
		]);
		expect(items.every(({ binary }) => binary === undefined)).toBe(true);
	});
});
