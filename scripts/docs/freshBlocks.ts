import type { INodeParameters } from 'n8n-workflow';

import { operationExamples } from './operationExamples';
import { isMediaResource, operationPages, type OperationPage } from './operationPages';
import { parameterTables } from './parameterTables';
import type { Blocks } from './replaceBlocks';
import { furtherOutputBlock, outputBlock, requestBlock, sharingBlock } from './runBlocks';
import { runOperationExample, type ShownRun } from './runOperationExample';

export const INDEX_FILE = 'README.md';
/** What each item of a media operation has beside the operation's own fields. */
const COMMON_FIELDS = ['fileName', 'predictionId', 'model', 'cost', 'predictTime'];

/**
 * What is to stand in the blocks of each page of `docs/operations`, by the name of its file: the parameters as the node
 * describes them, and what its examples send and give when they are run.
 *
 * @throws Error naming the operation that has no examples
 */
export async function freshBlocks(): Promise<ReadonlyMap<string, Blocks>> {
	const pages = await Promise.all(operationPages.map(async (page) => ({ page, ...(await runPage(page)) })));
	const index = pages.map(({ page, output }) => indexRow(page, output));
	return new Map<string, Blocks>([
		[INDEX_FILE, { operations: [...INDEX_HEAD, ...index].join('\n') }],
		...pages.map(({ page: { file }, blocks }) => [file, blocks] as const),
	]);
}

async function runPage(page: OperationPage): Promise<{ blocks: Blocks; output: ShownRun }> {
	const { file, fields } = page;
	const examples = operationExamples[file];
	if (examples === undefined) throw new Error(`scripts/docs/operationExamples.ts has nothing for '${file}'`);
	const { output: example, ...others } = examples;
	const output = await runOperationExample({ ...page, example });
	const blocks: Record<string, string> = {
		parameters: parameterTables(fields),
		request: requestBlock(fields, example, output),
		output: outputBlock(output),
	};
	for (const [block, other] of Object.entries(others)) {
		blocks[block] = furtherOutputBlock(await runOperationExample({ ...page, example: other }));
	}
	if (fields.some(({ name }) => name === 'itemsPerPrediction')) {
		const options = {
			...(example.parameters?.['options'] as INodeParameters | undefined),
			itemsPerPrediction: 3_000,
		};
		const parameters = { ...example.parameters, options };
		blocks['sharing'] = sharingBlock(
			await runOperationExample({ ...page, example: { ...example, parameters } }),
		);
	}
	return { blocks, output };
}

const INDEX_HEAD = ['| Resource | Operation | What it does | What it gives |', '| --- | --- | --- | --- |'];

function indexRow(
	{ file, resource, resourceName, operationName, description }: OperationPage,
	{ items }: ShownRun,
): string {
	const fields = Object.keys(items[0]?.json ?? {});
	const own = fields.filter((name) => !isMediaResource(resource) || !COMMON_FIELDS.includes(name));
	const given = own.map((name) => `\`${name}\``).join(', ');
	return `| ${resourceName} | [${operationName}](${file}) | ${description} | ${given} |`;
}
