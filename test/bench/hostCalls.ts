import type { IDataObject, IExecuteFunctions, IHttpRequestMethods, INodeType } from 'n8n-workflow';
import pLimit from 'p-limit';

import { EachLabsApi } from '../../credentials/EachLabsApi.credentials';
import { givenItems } from '../support/givenItems';
import { storeBinary, workflowEngine } from '../support/workflowEngine';

const MODEL = 'gemini-2-0-flash-lite';
const DELETES_AT_ONCE = 5;

interface Presigned {
	readonly id: string;
	readonly presigned_url: string;
	readonly public_url: string;
	readonly required_headers: IDataObject;
}

/** The calls that a picture needs, and nothing else, by a node that makes them with n8n's own helper: what that costs, any node pays. */
export async function analyzeByHost(
	baseUrl: string,
	files: readonly Buffer[],
	{ atOnce, pollIntervalMs }: { readonly atOnce: number; readonly pollIntervalMs: number },
): Promise<() => Promise<void>> {
	const items = await Promise.all(
		files.map(async (bytes, index) => ({
			json: {},
			binary: { data: await storeBinary(bytes, `${index}.png`, 'image/png') },
		})),
	);
	const engine = workflowEngine({
		nodeTypes: { 'bench.items': givenItems(items), 'bench.calls': callingNode(atOnce, pollIntervalMs) },
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

function callingNode(atOnce: number, pollIntervalMs: number): INodeType {
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
			const call = async <Answer>(method: IHttpRequestMethods, path: string, body?: IDataObject) =>
				(await this.helpers.httpRequestWithAuthentication.call(this, 'eachLabsApi', {
					method,
					url: `${baseUrl}${path}`,
					body,
					json: true,
				})) as Answer;
			const fileIds: string[] = [];
			const analyze = async (index: number) => {
				const bytes = await this.helpers.getBinaryDataBuffer(index, 'data');
				const file = await call<Presigned>('POST', '/v1/upload/presign', {
					content_type: 'image/png',
					file_type: 'image',
					expires_in_seconds: 3_600,
				});
				fileIds.push(file.id);
				await this.helpers.httpRequest({
					method: 'PUT',
					url: file.presigned_url,
					headers: { ...file.required_headers, 'content-type': 'image/png' },
					body: bytes,
				});
				const { predictionID } = await call<{ predictionID: string }>('POST', '/v1/prediction', {
					model: MODEL,
					input: { image_urls: [file.public_url], prompt: 'What is it?' },
				});
				for (;;) {
					await new Promise((resolve) => setTimeout(resolve, pollIntervalMs));
					const { status } = await call<{ status: string }>('GET', `/v1/prediction/${predictionID}`);
					if (status === 'success') return;
				}
			};
			await call('GET', `/v1/models/${MODEL}`);
			const analyses = pLimit(atOnce);
			await Promise.all(items.map(async (_, index) => await analyses(async () => await analyze(index))));
			const deletes = pLimit(DELETES_AT_ONCE);
			await Promise.all(
				fileIds.map(async (id) => await deletes(async () => await call('DELETE', `/v1/files/${id}`))),
			);
			return [items];
		},
	};
}
