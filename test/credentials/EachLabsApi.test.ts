import '../support/engineEnvironment';

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ExecuteContext, RoutingNode } from 'n8n-core';
import {
	createRunExecutionData,
	Workflow,
	type ICredentialDataDecryptedObject,
	type ICredentialsDecrypted,
	type IExecuteData,
	type IHttpRequestOptions,
	type INode,
	type INodeType,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

import { EachLabsApi } from '../../credentials/EachLabsApi.credentials';
import { EngineCredentialsHelper } from '../support/EngineCredentialsHelper';

const credential = new EachLabsApi();
const UNUSED_URLS = { webhookWaitingBaseUrl: 'http://127.0.0.1', formWaitingBaseUrl: 'http://127.0.0.1' };

/** What n8n's dialog does with the credential's own test: a node that has nothing but its request. */
async function testCredential(data: ICredentialDataDecryptedObject): Promise<void> {
	const { request } = credential.test;
	const nodeType = {
		description: {
			displayName: 'Temp',
			name: 'temp',
			group: ['input'],
			version: 1,
			description: '',
			defaults: { name: 'Temp' },
			inputs: ['main'],
			outputs: ['main'],
			credentials: [{ name: credential.name, required: true }],
			properties: [{ displayName: 'Temp', name: 'temp', type: 'string', routing: { request }, default: '' }],
		},
	} as unknown as INodeType;
	const node: INode = {
		id: 'temp',
		name: 'Temp',
		type: 'temp',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		credentials: { [credential.name]: { id: '1', name: 'Each Labs' } },
	};
	const nodeTypes = {
		getByName: () => nodeType,
		getByNameAndVersion: () => nodeType,
		getKnownTypes: () => ({}),
	};
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	const types = { [credential.name]: credential };
	const credentialsHelper = new EngineCredentialsHelper(types, { [credential.name]: data }, () => workflow);
	const executeData: IExecuteData = { node, data: {}, source: null };
	const context = new ExecuteContext(
		workflow,
		node,
		{ credentialsHelper, ...UNUSED_URLS } as unknown as IWorkflowExecuteAdditionalData,
		'internal',
		createRunExecutionData(),
		0,
		[],
		{ main: [[{ json: {} }]] },
		executeData,
		[],
	);
	const decrypted: ICredentialsDecrypted = { id: '1', name: 'Each Labs', type: credential.name, data };
	await new RoutingNode(context, nodeType, decrypted).runNode();
}

describe('the key', () => {
	const signed = async (requestOptions: Partial<IHttpRequestOptions> & { uri?: string }) =>
		await credential.authenticate({ apiKey: 'k' }, requestOptions as IHttpRequestOptions);

	test.each([
		{ baseURL: 'https://api.eachlabs.ai', url: '/v1/executions' },
		{ url: 'https://api.eachlabs.ai/v1/executions', headers: { accept: 'application/json' } },
		{ uri: 'https://api.eachlabs.ai/v1/executions' },
		{ baseURL: 'http://127.0.0.1:4010', url: '/v1/executions' },
		{ url: 'http://localhost:4010/v1/executions' },
		{ url: 'http://[::1]:4010/v1/executions' },
	])('goes to %j', async (request) => {
		expect(await signed(request)).toEqual({
			...request,
			headers: { ...request.headers, Authorization: 'Bearer k' },
		});
	});

	test.each([
		{ baseURL: 'http://api.eachlabs.ai', url: '/v1/executions', origin: 'http://api.eachlabs.ai' },
		{ url: 'http://10.0.0.7:4010/v1/executions', origin: 'http://10.0.0.7:4010' },
		{ uri: 'http://localhost.example.com/v1', origin: 'http://localhost.example.com' },
		{ url: 'http://127.0.0.1.example.com/v1', origin: 'http://127.0.0.1.example.com' },
		// What the address of a request says counts, not the one that it could have been.
		{ baseURL: 'https://api.eachlabs.ai', url: 'http://example.com/v1', origin: 'http://example.com' },
	])('does not go to $origin', async ({ origin, ...request }) => {
		await expect(signed(request)).rejects.toThrow(
			`The API key was not sent: ${origin} does not use https, so the key would travel in the open`,
		);
	});

	test.each([
		{ baseURL: 'api.eachlabs.ai', url: '/v1/executions', shown: 'api.eachlabs.ai' },
		{ baseURL: '', url: '/v1/executions', shown: '/v1/executions' },
		{ baseURL: 'ftp://example.com', url: '/v1/executions', shown: 'ftp://example.com' },
	])('does not go to what is no web address: %j', async ({ shown, ...request }) => {
		await expect(signed(request)).rejects.toThrow(
			`The API key was not sent: ${shown} is not a web address such as https://api.eachlabs.ai`,
		);
	});
});

describe('what can be no key', () => {
	test.each([
		['', /^The Each Labs credential has no API key\. Open the credential and paste/],
		[' k', /^The 'API Key' .* holds a space, .*\. Copy the key again/],
		['k\n', /holds a space, a line break/],
		['Bearer k', /holds a space, a line break/],
		['"k"', /another character that no key has/],
		['‘k’', /another character that no key has/],
		['k\u200b', /another character that no key has/],
	])('is not sent: %j', async (apiKey, message) => {
		const request: IHttpRequestOptions = { url: 'https://api.eachlabs.ai/v1/executions' };
		await expect(credential.authenticate({ apiKey }, request)).rejects.toThrow(message);
	});
});

describe("n8n's test of the credential", () => {
	let server: Server;
	let keys: Array<string | undefined>;
	let answer: { status: number; location?: string };

	beforeEach(async () => {
		keys = [];
		answer = { status: 200 };
		server = createServer((request, response) => {
			keys.push(request.headers.authorization);
			const { status, location } = answer;
			response.writeHead(status, { 'content-type': 'application/json', ...(location && { location }) });
			response.end('{"executions": []}');
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	});
	afterEach(async () => await new Promise((resolve) => server.close(resolve)));

	const urlAt = (host: string): string => `http://${host}:${(server.address() as AddressInfo).port}`;

	test('sends the key to an API on this machine', async () => {
		await testCredential({ apiKey: 'k', baseUrl: urlAt('127.0.0.1') });
		expect(keys).toEqual(['Bearer k']);
	});

	test.each([
		['with blanks around', (url: string) => `  ${url} `],
		['with a slash', (url: string) => `${url}/`],
		['with a line break', (url: string) => `${url}\n`],
	])('reads a base URL %s as the node does', async (_, typed) => {
		await testCredential({ apiKey: 'k', baseUrl: typed(urlAt('127.0.0.1')) });
		expect(keys).toEqual(['Bearer k']);
	});

	test('asks Each Labs where the base URL is empty, as the node does', async () => {
		const authenticate = jest.spyOn(credential, 'authenticate').mockRejectedValueOnce(new Error('not sent'));
		await expect(testCredential({ apiKey: 'k', baseUrl: ' ' })).rejects.toThrow();
		expect(authenticate.mock.lastCall?.[1].baseURL).toBe('https://api.eachlabs.ai');
		authenticate.mockRestore();
	});

	test('sends nothing to another machine without https, and says why', async () => {
		// It leads to this machine, but only the system knows that.
		const baseUrl = urlAt('0.0.0.0');
		await expect(testCredential({ apiKey: 'k', baseUrl })).rejects.toMatchObject({
			message: `The API key was not sent: ${baseUrl} does not use https, so the key would travel in the open`,
		});
		expect(keys).toEqual([]);
	});

	test.each([
		[401, /^Each Labs did not accept the API key\. Paste one that is active/],
		[403, /^The API key is not allowed to do this\./],
		[302, /^What answered is not the API of Each Labs\. Check the 'Base URL'/],
		[404, /^What answered is not the API of Each Labs\. Check the 'Base URL'/],
		[503, /^Each Labs is not available right now\. Try again/],
	])('says what status %s means', (status, message) => {
		const rules = (credential.test.rules ?? []) as Array<{
			type: string;
			properties: { value: unknown; message: string };
		}>;
		const rule = rules.find(({ type, properties }) => type === 'responseCode' && properties.value === status);
		expect(rule?.properties.message).toMatch(message);
	});

	test('does not take the key where a redirect leads', async () => {
		answer = { status: 307, location: `${urlAt('localhost')}/elsewhere` };
		await expect(testCredential({ apiKey: 'k', baseUrl: urlAt('127.0.0.1') })).rejects.toThrow();
		expect(keys).toHaveLength(1);
	});
});
