import type { LargeVideoResult } from './largeVideoProbe';
import { measure, type Measure } from './PromiseRow';
import { runProbe } from './runProbe';

const MIB = 1_048_576;
const MAX_GROWTH_BYTES = 64 * MIB;
const TIMEOUT_MS = 180_000;

/** U2: one video of 100 MB, in the filesystem binary mode; memory of the whole process, the sandbox included. */
export async function measureLargeVideo(): Promise<Measure> {
	const { value } = await runProbe<LargeVideoResult>('largeVideoProbe.ts', {
		env: { N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem' },
		timeoutMs: TIMEOUT_MS,
	});
	const grown = `${(value.grownBytes / MIB).toFixed(0)} MB`;
	return measure(`${grown} (video of ${(value.byteLength / MIB).toFixed(0)} MB)`, [
		...(value.grownBytes > MAX_GROWTH_BYTES ? [`the memory grew by ${grown}`] : []),
		...(value.succeeded ? [] : ['the video was not analyzed']),
		...(value.isSame ? [] : ['the bytes that arrived are not those that were sent']),
	]);
}
