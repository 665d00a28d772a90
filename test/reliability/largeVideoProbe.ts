import { createHash, type Hash } from 'node:crypto';
import { Readable } from 'node:stream';

import { startSandbox } from '../../sandbox/startSandbox';
import { runNode, storeBinary } from '../support/runNode';
import { testMedia } from '../support/testMedia';

export interface LargeVideoResult {
	readonly byteLength: number;
	/** By how much the process was larger at its largest than before the run. */
	readonly grownBytes: number;
	readonly succeeded: boolean;
	/** Whether the service has the very bytes. */
	readonly isSame: boolean;
}

const BYTES = 100 * 1_048_576;
const CHUNK_BYTES = 65_536;
const SAMPLE_MS = 10;

/** A real video, made as long as wished by a box that players skip; hashed on its way. */
async function* longVideo(byteLength: number, hash: Hash): AsyncGenerator<Buffer> {
	for await (const chunk of chunksOf(byteLength)) {
		hash.update(chunk);
		yield chunk;
	}
}

async function* chunksOf(byteLength: number): AsyncGenerator<Buffer> {
	const video = await testMedia.video();
	const padding = byteLength - video.length;
	const head = Buffer.alloc(8);
	head.writeUInt32BE(padding, 0);
	head.write('free', 4);
	yield video;
	yield head;
	for (let left = padding - head.length; left > 0; left -= CHUNK_BYTES)
		yield Buffer.alloc(Math.min(left, CHUNK_BYTES), left % 251);
}

/** U2: uploads one large video from n8n's binary store on disk. The sandbox is in the same process, and counted with it. */
async function main(): Promise<void> {
	const sandbox = await startSandbox({ scenario: { runTimeMs: { min: 100, max: 200 } } });
	const analyze = async (byteLength: number, hash = createHash('sha256')) =>
		await runNode({
			items: [
				{
					json: {},
					binary: {
						data: await storeBinary(Readable.from(longVideo(byteLength, hash)), 'long.mp4', 'video/mp4'),
					},
				},
			],
			baseUrl: sandbox.baseUrl,
			parameters: {
				resource: 'video',
				operation: 'analyze',
				text: 'What happens?',
				options: { pollInterval: 0.5 },
			},
		});
	try {
		// Code that is loaded and compiled at the first run is not what the video costs.
		await analyze(32 * CHUNK_BYTES);
		global.gc?.();
		const beforeBytes = process.memoryUsage().rss;
		let peakBytes = beforeBytes;
		const sampling = setInterval(() => {
			peakBytes = Math.max(peakBytes, process.memoryUsage().rss);
		}, SAMPLE_MS);
		const hash = createHash('sha256');
		const { items } = await analyze(BYTES, hash);
		clearInterval(sampling);

		const result: LargeVideoResult = {
			byteLength: sandbox.ledger.files.at(-1)?.byteLength ?? 0,
			grownBytes: peakBytes - beforeBytes,
			succeeded: typeof items[0]?.json['text'] === 'string',
			isSame: sandbox.ledger.files.at(-1)?.sha256 === hash.digest('hex'),
		};
		process.send?.(result);
	} finally {
		await sandbox.close();
	}
}

main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});
