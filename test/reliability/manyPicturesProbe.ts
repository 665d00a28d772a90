import { chooseBinaryDataMode } from '../support/engineEnvironment';

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { peakMemory } from '../bench/peakMemory';
import { TailedPictures } from '../bench/TailedPictures';
import { runNode, storeBinary } from '../support/runNode';

export interface ManyPicturesResult {
	/** By how much the process was larger at its largest than after a run with a few pictures. */
	readonly growthBytes: number;
	readonly text: string;
	readonly message: string;
}

const WARM_UP_PICTURES = 20;

/** U3: `manyPicturesProbe.ts BASE_URL COUNT`: one item with so many pictures of 7 MB in the filesystem binary mode. */
async function main([baseUrl = '', count = '']: string[]): Promise<void> {
	chooseBinaryDataMode('filesystem');
	const folder = mkdtempSync(join(tmpdir(), 'pictures-'));
	try {
		const pictures = await TailedPictures.in(join(folder, 'photo.png'));
		// The first use starts n8n's store.
		await storeBinary(Buffer.from('-'), 'first.txt', 'text/plain');
		pictures.serve();
		const analyze = async (first: number, many: number, text: string) =>
			await runNode({
				baseUrl,
				parameters: {
					resource: 'image',
					operation: 'analyze',
					text,
					binaryPropertyName: '*',
					options: { maxWait: 3_600 },
				},
				items: [
					{
						json: {},
						binary: Object.fromEntries(
							Array.from({ length: many }, (_, index) => [`photo${index}`, pictures.stored(first + index)]),
						),
					},
				],
			});
		for (let round = 0; round < 3; round++)
			await analyze(Number(count) + round * WARM_UP_PICTURES, WARM_UP_PICTURES, 'Warm up');
		let run: Awaited<ReturnType<typeof analyze>> | undefined;
		const growthBytes = await peakMemory(async () => {
			run = await analyze(0, Number(count), 'What do they show?');
		});
		const text = run?.items[0]?.json['text'];
		const result: ManyPicturesResult = {
			growthBytes,
			text: typeof text === 'string' ? text : '',
			message: run?.error?.message ?? '',
		};
		process.send?.(result);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

main(process.argv.slice(2)).catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
