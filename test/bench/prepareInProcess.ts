import '../support/engineEnvironment';

import { monitorEventLoopDelay } from 'node:perf_hooks';

import { runNode } from '../support/runNode';

/** What a run over many items does to n8n's event loop until it is stopped; milliseconds. */
export interface StallReport {
	readonly p99Ms: number;
	readonly maxMs: number;
	/** From the stop to the end of the execution. */
	readonly stopMs: number;
}

const RESOLUTION_MS = 1;
const RUN_MS = 6_000;

/** Prepares items by URL in Moderate, stops while they are worked, and prints a `StallReport`. */
async function main(baseUrl: string, count: number): Promise<void> {
	const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
	const stop = new AbortController();
	let stoppedAtMs = NaN;
	const begin = () => {
		delay.enable();
		setTimeout(() => {
			delay.disable();
			stoppedAtMs = performance.now();
			stop.abort();
		}, RUN_MS);
	};
	await runNode({
		baseUrl,
		signal: stop.signal,
		// What n8n does with ten thousand items before it calls the node is not the node's.
		listener: { nodeBefore: (name) => (name === 'Each Labs' ? void setTimeout(begin) : undefined) },
		items: Array.from({ length: count }, (_, number) => ({ json: { number } })),
		parameters: {
			resource: 'image',
			operation: 'moderate',
			inputType: 'url',
			imageUrls: '=https://example.com/{{ $json.number }}.jpg',
		},
	});
	const report: StallReport = {
		p99Ms: delay.percentile(99) / 1e6 - RESOLUTION_MS,
		maxMs: delay.max / 1e6 - RESOLUTION_MS,
		stopMs: performance.now() - stoppedAtMs,
	};
	process.stdout.write(JSON.stringify(report), () => process.exit());
}

void main(process.argv[2] ?? '', Number(process.argv[3]));
