import type { IDataObject, IExecuteFunctions, IHttpRequestMethods, INodeType } from 'n8n-workflow';

import { EachLabsApi } from '../../credentials/EachLabsApi.credentials';
import { givenItems } from '../support/givenItems';
import { storeBinary, workflowEngine } from '../support/workflowEngine';
import { analyzeBare, type BarePace } from './bareAnalyses';

/** The bare calls by a node that makes them with n8n's own helper: what that costs, any node pays. */
export async function analyzeByHost(
	baseUrl: string,
	files: readonly Buffer[],
	pace: BarePace,
): Promise<() => Promise<void>> {
	const items = await Promise.all(
		files.map(async (bytes, index) => ({
			json: {},
			binary: { data: await storeBinary(bytes, `${index}.png`, 'image/png') },
		})),
	);
	const engine = workflowEngine({
		nodeTypes: { 'bench.items': givenItems(items), 'bench.calls': callingNode(pace) },
		credentialTypes: { eachLabsApi: new EachLabsApi() },
	});
	const node = { typeVersion: 1, position: [0, 0] as [number, number], parameters: {} };
	const credential = { id: 'eachLabsApi', name: 'eachLabsApi' };
	return async () => {
		const { status, error } = await engine.runWorkflow({
			workflow: {
				nodes: [
					{ ...node, id: 'items', name: 'Items', type: 'bench.items' },
					{
						...node,
						id: 'calls',
						name: 'Calls',
						type: 'bench.calls',
						credentials: { eachLabsApi: credential },
					},
				],
				connections: { Items: { main: [[{ node: 'Calls', type: 'main', index: 0 }]] } },
			},
			startNodeName: 'Items',
			credentials: { eachLabsApi: { apiKey: 'test-key', baseUrl } },
		});
		if (status !== 'success') throw new Error(error?.message ?? status);
	};
}

function callingNode(pace: BarePace): INodeType {
	return {
		description: {
			displayName: 'Calls',
			name: 'calls',
			group: ['transform'],
			version: 1,
			description: '',
			defaults: { name: 'Calls' },
			inputs: ['main'],
			outputs: ['main'],
			credentials: [{ name: 'eachLabsApi', required: true }],
			properties: [],
		},
		async execute(this: IExecuteFunctions) {
			const items = this.getInputData();
			const { baseUrl } = await this.getCredentials<{ baseUrl: string }>('eachLabsApi');
			await analyzeBare(
				items.map((_, index) => async () => await this.helpers.getBinaryDataBuffer(index, 'data')),
				{
					call: async <Answer>(method: IHttpRequestMethods, path: string, body?: object) =>
						(await this.helpers.httpRequestWithAuthentication.call(this, 'eachLabsApi', {
							method,
							url: `${baseUrl}${path}`,
							body: body as IDataObject | undefined,
							json: true,
						})) as Answer,
					put: async (url, headers, body) =>
						void (await this.helpers.httpRequest({ method: 'PUT', url, headers, body })),
				},
				pace,
			);
			return [items];
		},
	};
}
