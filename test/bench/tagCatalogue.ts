import { chooseBinaryDataMode } from '../support/engineEnvironment';

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runNode, storeBinary, type NodeRun } from '../support/runNode';
import { peakMemory } from './peakMemory';
import { TailedPictures } from './TailedPictures';
import { WARM_UP_HINT } from './warmUpHint';

/** What the process tells on its standard output, as JSON. */
export interface CatalogueReport {
	readonly status: string;
	/** Why it ended early; '' where it did not. */
	readonly message: string;
	readonly itemCount: number;
	/** Positions of items that did not get what belongs to their own picture. */
	readonly wrongItems: readonly number[];
	/** USD, as the items say it. */
	readonly shownUsd: number;
	/** Bytes of the pictures of the run. */
	readonly pictureBytes: number;
	/** By how many bytes the memory of the process rose at most, over what it had after runs with a few items. */
	readonly growthBytes: number;
	readonly durationMs: number;
}

const WARM_UP_RUNS = 3;
const WARM_UP_ITEMS = 20;

/** `node --expose-gc --import tsx tagCatalogue.ts BASE_URL ITEMS ITEMS_PER_PREDICTION`: in a process of its own. */
async function main([baseUrl = '', items = '', itemsPerPrediction = '']: string[]): Promise<void> {
	chooseBinaryDataMode('filesystem');
	const folder = mkdtempSync(join(tmpdir(), 'catalogue-'));
	try {
		const pictures = await TailedPictures.in(join(folder, 'photo.png'));
		// The first use starts n8n's store.
		await storeBinary(Buffer.from('-'), 'first.txt', 'text/plain');
		pictures.serve();
		const tag = async (first: number, count: number, text = '') =>
			await runNode({
				baseUrl,
				parameters: {
					resource: 'image',
					operation: 'extract',
					text,
					schemaType: 'manual',
					inputSchema: SCHEMA,
					itemsPerPrediction: Number(itemsPerPrediction),
					options: { maxWait: 3_600 },
				},
				items: Array.from({ length: count }, (_, position) => ({
					json: {},
					binary: { data: pictures.stored(first + position) },
				})),
			});
		const itemCount = Number(items);
		for (let round = 0; round < WARM_UP_RUNS; round++)
			await tag(itemCount + round * WARM_UP_ITEMS, WARM_UP_ITEMS, WARM_UP_HINT);

		const startedAtMs = performance.now();
		let run: NodeRun | undefined;
		const growthBytes = await peakMemory(async () => {
			run = await tag(0, itemCount);
		});
		const durationMs = performance.now() - startedAtMs;
		const report: CatalogueReport = {
			status: run?.status ?? '',
			message: run?.error?.message ?? '',
			itemCount: run?.items.length ?? 0,
			wrongItems: wrongItems(run, pictures),
			shownUsd: (run?.items ?? []).reduce((sum, { json }) => sum + Number(json['cost'] ?? 0), 0),
			pictureBytes: Array.from({ length: itemCount }, (_, number) => pictures.byteLength(number)).reduce(
				(sum, length) => sum + length,
				0,
			),
			growthBytes,
			durationMs,
		};
		process.stdout.write(JSON.stringify(report));
	} finally {
		rmSync(folder, { recursive: true });
	}
}

const SCHEMA = JSON.stringify({
	type: 'object',
	properties: { colour: { type: 'string', maxLength: 20 }, bytes: { type: 'integer' } },
	required: ['colour', 'bytes'],
});

function wrongItems(run: NodeRun | undefined, pictures: TailedPictures): number[] {
	return (run?.items ?? []).flatMap(({ json, pairedItem }, position) => {
		const { bytes, colour } = (json['output'] ?? {}) as { bytes?: number; colour?: string };
		const isOwn = bytes === pictures.byteLength(position) && /blue/.test(colour ?? '');
		return isOwn && (pairedItem as { item: number }).item === position ? [] : [position];
	});
}

void main(process.argv.slice(2));
