import { chooseBinaryDataMode } from '../support/engineEnvironment';

import type { INodeParameters } from 'n8n-workflow';

import { runNode, storeBinary } from '../support/runNode';
import { largeVideo } from './largeVideo';
import { peakMemory } from './peakMemory';

/** What the process tells on its standard output, as JSON. */
export interface UploadReport {
	readonly status: string;
	/** The model's answer, or the address of a file that stays. */
	readonly text: string;
	/** Of the file in n8n's binary store. */
	readonly sha256: string;
	readonly byteLength: number;
	/** By how many bytes the memory of the process rose at most, over what it had after runs with small files. */
	readonly growthBytes: number;
	readonly durationMs: number;
}

const WARM_UP_RUNS = 3;
const WARM_UP_BYTES = 3 * 1_048_576;

/**
 * `node --expose-gc --import tsx uploadLargeVideo.ts BASE_URL BYTES PARAMETERS`: one video through the node, in a process of its
 * own; the parameters as JSON.
 */
async function main([baseUrl = '', bytes = '', parameters = '']: string[]): Promise<void> {
	chooseBinaryDataMode('filesystem');
	const analyze = async (byteLength: number) => {
		const { stream, hash } = await largeVideo(byteLength);
		const data = await storeBinary(stream, 'video.mp4', 'video/mp4');
		return {
			sha256: hash.digest('hex'),
			run: async () =>
				await runNode({
					baseUrl,
					parameters: JSON.parse(parameters) as INodeParameters,
					items: [{ json: {}, binary: { data } }],
				}),
		};
	};
	for (let round = 0; round < WARM_UP_RUNS; round++) await (await analyze(WARM_UP_BYTES)).run();

	const byteLength = Number(bytes);
	const { sha256, run } = await analyze(byteLength);
	const startedAtMs = performance.now();
	let report: Pick<UploadReport, 'status' | 'text'> = { status: '', text: '' };
	const growthBytes = await peakMemory(async () => {
		const { status, items, error } = await run();
		const { text, url } = (items[0]?.json ?? {}) as { text?: string; url?: string };
		report = { status, text: text ?? url ?? error?.message ?? '' };
	});
	const durationMs = performance.now() - startedAtMs;
	const whole: UploadReport = { ...report, sha256, byteLength, growthBytes, durationMs };
	process.stdout.write(JSON.stringify(whole));
}

void main(process.argv.slice(2));
