import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { GivenCredential } from './N8nApi';
import type { ExportedWorkflow } from './N8nHost';

export const examplesFolder = path.resolve(__dirname, '../../examples');

/** Of our node in an n8n that the package is installed into. */
export const EACH_LABS_TYPE = 'n8n-nodes-eachlabs.eachLabs';
export const EACH_LABS_TRIGGER_TYPE = 'n8n-nodes-eachlabs.eachLabsTrigger';

/** The credential that a host's examples use. */
export const exampleCredential = { id: 'EachLabsAccount1', name: 'Each Labs account' };

/** With which the sandbox signs its calls. */
export const WEBHOOK_SECRET = 'a-long-random-text';

/** The same as a host imports it, for the sandbox at an address. */
export function sandboxCredential(baseUrl: string): GivenCredential & { readonly id: string } {
	const data = { apiKey: 'any', baseUrl, webhookSecret: WEBHOOK_SECRET };
	return { ...exampleCredential, type: 'eachLabsApi', data };
}

/** The importable workflows of the examples folder, by file name. */
export async function exampleFiles(): Promise<string[]> {
	return (await readdir(examplesFolder)).filter((name) => name.endsWith('.json')).sort();
}

/** An example as a user would set it up: their credential, their folder. Nothing else of it is touched. */
export async function exampleWorkflow(file: string, mediaFolder: string): Promise<ExportedWorkflow> {
	const workflow = JSON.parse(await readFile(path.join(examplesFolder, file), 'utf8')) as ExportedWorkflow;
	for (const node of workflow.nodes) {
		if ([EACH_LABS_TYPE, EACH_LABS_TRIGGER_TYPE].includes(node.type))
			node.credentials = { eachLabsApi: exampleCredential };
		if (node.type === 'n8n-nodes-base.readWriteFile') {
			const { fileSelector, fileName } = node.parameters;
			if (typeof fileSelector === 'string')
				node.parameters.fileSelector = `${mediaFolder}/${path.posix.basename(fileSelector)}`;
			if (typeof fileName === 'string')
				node.parameters.fileName = fileName.replace(
					/\/home\/node\/\.n8n-files(?:\/recordings)?/,
					mediaFolder,
				);
		}
	}
	return workflow;
}
