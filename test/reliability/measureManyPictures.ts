import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';

import { startSandbox } from '../../sandbox/startSandbox';
import type { ManyPicturesResult } from './manyPicturesProbe';
import { measure, type Form, type Measure } from './PromiseRow';
import { runProbe } from './runProbe';

const MIB = 1_048_576;
/** The short form's is far below what all of its pictures hold, 140 MiB. */
const MAX_GROWTH_BYTES: Readonly<Record<Form, number>> = { short: 48 * MIB, long: 128 * MIB };
/**
 * With gigabytes to spare, V8 cleans up so late that not what the node holds would be measured, but what is yet to be cleaned
 * up: about 200 MB.
 */
const MAX_HEAP_MB = 256;
const TIMEOUT_MS = 1_500_000;
const PICTURES: Readonly<Record<Form, number>> = { short: 20, long: 3_000 };
const PICTURE_BYTES = 7 * MIB;
/** The sandbox stores what it is sent, and removes it at its end: 21 GB for 3,000. With less room, fewer are sent. */
const SHARE_OF_DISK = 0.5;

/** U3: one item with as many pictures of 7 MB as the model takes, each other than the rest, in one request. */
export async function measureManyPictures(form: Form): Promise<Measure> {
	const count = Math.min(PICTURES[form], await roomForPictures());
	const sandbox = await startSandbox({ scenario: { runTimeMs: { min: 100, max: 200 } } });
	try {
		const { value } = await runProbe<ManyPicturesResult>('manyPicturesProbe.ts', {
			args: [sandbox.baseUrl, String(count)],
			env: { N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem' },
			maxHeapMb: MAX_HEAP_MB,
			timeoutMs: TIMEOUT_MS,
		});
		const { predictions, files } = sandbox.ledger;
		const asked = predictions.filter(({ input }) => String(input['prompt']).includes('What do they show?'));
		const urls = new Set(asked.flatMap(({ input }) => input['image_urls'] as string[]));
		const puts = files.slice(-count).reduce((sum, { uploads }) => sum + uploads, 0);
		const different = new Set(files.slice(-count).map(({ sha256 }) => sha256)).size;
		const grown = `${(value.growthBytes / MIB).toFixed(0)} MB`;
		const isLess = count < PICTURES[form] ? ' (for more, the disk is too full)' : '';
		return measure(`${grown}; ${puts} PUTs and ${asked.length} create${isLess}`, [
			...(value.growthBytes > MAX_GROWTH_BYTES[form] ? [`the memory grew by ${grown}`] : []),
			...(value.text === '' ? [`there is no answer: ${value.message}`] : []),
			...(puts === count && different === count && urls.size === count
				? []
				: [`${puts} PUTs of ${different} files, of which the request names ${urls.size}`]),
			...(asked.length === 1 ? [] : [`${asked.length} creates`]),
		]);
	} finally {
		await sandbox.close();
	}
}

async function roomForPictures(): Promise<number> {
	const { bavail, bsize } = await statfs(tmpdir());
	return Math.floor((bavail * bsize * SHARE_OF_DISK) / PICTURE_BYTES);
}
