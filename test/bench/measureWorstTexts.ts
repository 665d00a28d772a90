import { timeWorstTexts } from '../support/timeWorstTexts';
import type { BenchRow } from './BenchRow';

const MAX_MS = 20;
const RUNS = 7;

/** How long the worst of all kinds of 64 KB takes to be read. */
export function measureWorstTexts(): BenchRow {
	const [worst = { label: 'no text', ms: NaN }] = timeWorstTexts(RUNS);
	return {
		what: 'JSON found in the worst texts of 64 KB: time of the processor',
		measured: `${worst.ms.toFixed(1)} ms (${worst.label})`,
		target: `≤ ${MAX_MS} ms`,
		isKept: worst.ms <= MAX_MS,
	};
}
