import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import { eachLabsEngine } from '../../test/support/eachLabsEngine';
import type { RunListener, WorkflowFile } from '../../test/support/workflowEngine';
import type { ResultRow } from './ResultRow';

export interface ExampleRun {
	rows: ResultRow[];
	/** What the nodes had to tell the user beside their items. */
	hints: string[];
	/** How long the whole workflow took. */
	elapsedMs: number;
}

export interface ExampleOptions {
	/** File name of the workflow in this repository's `examples`, e.g. `alt-text.json`. */
	example: string;
	/** Folder to read instead of the one that the workflow names; its file pattern stays. */
	mediaFolder: string;
	credential: ICredentialDataDecryptedObject;
	listener?: RunListener;
	signal?: AbortSignal;
}

/**
 * Runs an example workflow in n8n's engine, from its trigger to its last row, with nothing changed but the folder and
 * the credential: what a user would change.
 *
 * @throws Error when the workflow as a whole did not succeed; a file that could not be done has its `error` in its row.
 */
export async function runExample(options: ExampleOptions): Promise<ExampleRun> {
	const workflow = await loadExample(options.example);
	const reader = workflow.nodes.find(({ type }) => type === 'n8n-nodes-base.readWriteFile');
	const selector = reader?.parameters.fileSelector;
	if (!reader || typeof selector !== 'string') throw new Error(`${options.example} reads no files`);

	const startedAt = performance.now();
	const { status, error, items, nodes } = await eachLabsEngine.runWorkflow({
		workflow,
		credentials: { eachLabsApi: options.credential },
		parameters: { [reader.name]: { fileSelector: `${options.mediaFolder}/${basename(selector)}` } },
		listener: options.listener,
		signal: options.signal,
	});
	if (status !== 'success') {
		const reason = [error?.message, error?.description].filter(Boolean).join('\n');
		throw new Error(`The workflow '${workflow.name ?? options.example}' ended with '${status}': ${reason}`);
	}
	return {
		rows: items.map(({ json }) => toResultRow(json)),
		hints: Object.values(nodes).flatMap(({ hints }) => hints.map(({ message }) => message)),
		elapsedMs: performance.now() - startedAt,
	};
}

export async function loadExample(example: string): Promise<WorkflowFile> {
	return JSON.parse(await readFile(join(__dirname, '..', example), 'utf8')) as WorkflowFile;
}

/** A row of either workflow: the alt texts' column is called `altText`, the review's `text`. */
function toResultRow(json: IDataObject): ResultRow {
	const text = json.altText ?? json.text;
	return {
		file: json.file as string,
		...(typeof text === 'string' && { text }),
		...(typeof json.predictionId === 'string' && { predictionId: json.predictionId }),
		...(typeof json.cost === 'number' && { costUsd: json.cost }),
		...(typeof json.predictTime === 'number' && { predictTimeSeconds: json.predictTime }),
		...(typeof json.error === 'string' && { error: json.error }),
	};
}
