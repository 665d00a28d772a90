import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import type { Scenario } from '../../sandbox/scenario';
import { startSandbox, type Sandbox } from '../../sandbox/startSandbox';
import { outputNames } from '../../test/support/outputNames';
import { runNode, storeBinary, type NodeRun } from '../../test/support/runNode';
import type { OperationExample } from './operationExamples';
import { isMediaResource } from './operationPages';
import { StandIns } from './StandIns';

/** What a page shows of a run; what is another in every run has been replaced. */
export interface ShownRun {
	readonly items: ReadonlyArray<{
		/** Of `examples/media`; undefined where the item has none. */
		readonly file?: string;
		/** Of the output that it left by; undefined where the node has only one. */
		readonly outputName?: string;
		readonly json: IDataObject;
	}>;
	/** The body that created the first item's prediction; undefined where the operation creates none. */
	readonly create?: { readonly model: string; readonly input: IDataObject };
	/** Every request, e.g. `GET /v1/prediction/…`, in order. */
	readonly calls: readonly string[];
	/** What the node had to say beside its items. */
	readonly hints: readonly string[];
	/** Whether the sandbox stood in for a model's answer. */
	readonly isAnswered: boolean;
}

export const mediaFolder = join(__dirname, '../../examples/media');
const QUICK: Partial<Scenario> = { runTimeMs: { min: 20, max: 20 } };
const MIME_TYPES: Readonly<Record<string, string>> = {
	'.jpg': 'image/jpeg',
	'.png': 'image/png',
	'.webp': 'image/webp',
	'.mp4': 'video/mp4',
	'.wav': 'audio/wav',
	'.pdf': 'application/pdf',
};

interface OperationRun {
	readonly resource: string;
	readonly operation: string;
	readonly example: OperationExample;
}

/**
 * Runs an operation in n8n's own engine, over real HTTP, against a sandbox of its own.
 *
 * @throws Error where the run as a whole did not succeed
 */
export async function runOperationExample(run: OperationRun): Promise<ShownRun> {
	const { earlier, files = [], scenario } = run.example;
	const sandbox = await startSandbox({ scenario: { ...QUICK, ...scenario, ...earlier?.scenario } });
	try {
		const before = earlier && (await playWithEarlier(sandbox, earlier));
		const requestsBefore = sandbox.ledger.requests.length;
		const parameters = {
			...run.example.parameters,
			...(before && idsOf(before.items[0]?.json)),
		};
		const { outputs, hints } = await play(sandbox, { ...run, example: { ...run.example, parameters } });
		const names = outputNames({ ...parameters, resource: run.resource, operation: run.operation });
		const items = outputs.flatMap((given, index) =>
			given.map(({ json, pairedItem }) => ({
				file: files[(pairedItem as { item: number }).item],
				outputName: names[index],
				json,
			})),
		);
		const { predictions, requests } = sandbox.ledger;
		const firstId = predictionIdOf(items[0]?.json);
		const created = earlier ? undefined : predictions.find(({ id }) => id === firstId);
		const standIns = new StandIns(
			new Map([
				...(await uploadAddresses(sandbox, files)),
				[sandbox.storageUrl, 'https://files.example.com'],
			]),
		);
		return standIns.in<ShownRun>({
			items,
			create: created && { model: created.model, input: created.input as IDataObject },
			calls: requests
				.slice(requestsBefore)
				.map(
					({ origin, method, path, query }) => `${method} ${origin === 'api' ? path + query : 'https://…'}`,
				),
			hints: hints.map(({ message }) => message),
			isAnswered: predictions.some(({ status }) => status === 'success'),
		});
	} finally {
		await sandbox.close();
	}
}

async function playWithEarlier(
	sandbox: Sandbox,
	run: NonNullable<OperationExample['earlier']>,
): Promise<NodeRun> {
	if (run.earlier) await playWithEarlier(sandbox, run.earlier);
	return await play(sandbox, { ...run, example: run });
}

async function play(
	{ baseUrl }: Sandbox,
	{ resource, operation, example: { parameters, files = [] } }: OperationRun,
): Promise<NodeRun> {
	const items = await Promise.all(files.map(itemWithFile));
	const run = await runNode({
		baseUrl,
		// Asked about twice a second, a prediction of the sandbox takes one poll.
		parameters: {
			resource,
			operation,
			...((isMediaResource(resource) || operation === 'run') && { options: { pollInterval: 0.5 } }),
			...parameters,
		},
		items: items.length > 0 ? items : [{ json: {} }],
		onError: 'continueRegularOutput',
	});
	if (run.status !== 'success') {
		throw new Error(`${resource} ${operation} ended with '${run.status}': ${run.error?.message ?? ''}`);
	}
	return run;
}

async function itemWithFile(file: string): Promise<INodeExecutionData> {
	const bytes = await readFile(join(mediaFolder, file));
	return { json: {}, binary: { data: await storeBinary(bytes, file, MIME_TYPES[extname(file)] ?? '') } };
}

/** The parameters by which an operation is told what an earlier one has made; n8n drops those that it does not have. */
function idsOf(json: IDataObject = {}): INodeParameters {
	return { predictionId: predictionIdOf(json), fileId: json['fileId'] as string | undefined };
}

/** Of an item that failed, too. */
function predictionIdOf(json: IDataObject = {}): string | undefined {
	const { predictionId, details } = json as { predictionId?: string; details?: { predictionId?: string } };
	return predictionId ?? details?.predictionId;
}

/** The address of each upload, and how the page shows it: by the name of the file that had these bytes. */
async function uploadAddresses({ ledger }: Sandbox, files: readonly string[]): Promise<Map<string, string>> {
	const names = new Map<unknown, string>();
	for (const file of files) {
		const bytes = await readFile(join(mediaFolder, file));
		names.set(createHash('sha256').update(bytes).digest('hex'), file);
	}
	return new Map(
		ledger.files.map(({ publicUrl, sha256 }) => [publicUrl, `https://…/${names.get(sha256) ?? ''}`]),
	);
}
