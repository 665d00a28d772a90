import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const SAMPLE_EVERY_MS = 5;

/**
 * By how many bytes the memory of this process (resident set) rises at most while something runs, over what it has when it
 * starts. Wants `node --expose-gc`, so that it starts from what is in use.
 *
 * On Linux the kernel keeps the peak, and is told to begin anew; elsewhere it is sampled, which takes three hundredths of a
 * processor.
 */
export async function peakMemory(run: () => Promise<void>): Promise<number> {
	for (let round = 0; round < 3; round++) {
		globalThis.gc?.();
		await wait(50);
	}
	const baseline = process.memoryUsage.rss();
	if (resetKernelPeak()) {
		await run();
		return Math.max(0, readKernelPeak() - baseline);
	}
	let peak = baseline;
	const sampler = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), SAMPLE_EVERY_MS);
	try {
		await run();
	} finally {
		clearInterval(sampler);
	}
	return peak - baseline;
}

function resetKernelPeak(): boolean {
	try {
		writeFileSync('/proc/self/clear_refs', '5');
		return readKernelPeak() > 0;
	} catch {
		return false;
	}
}

function readKernelPeak(): number {
	const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
	return Number(kibibytes ?? 0) * 1_024;
}
