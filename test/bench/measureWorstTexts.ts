import { jsonInText } from '../../nodes/EachLabs/core/jsonInText';
import { worstTexts } from '../nodes/EachLabs/core/worstTexts';
import type { BenchRow } from './BenchRow';

const MAX_MS = 20;
const RUNS = 7;

/**
 * How long the worst of all kinds of 64 KB takes to be read, each the best of seven runs. Counted is the time of the
 * processor, so that it does not matter what else the machine does.
 */
export function measureWorstTexts(): BenchRow {
	const times = Object.entries(worstTexts(65_536)).map(([label, text]) => {
		const runs = Array.from({ length: RUNS }, () => {
			const before = process.cpuUsage();
			jsonInText(text);
			const { user, system } = process.cpuUsage(before);
			return (user + system) / 1_000;
		});
		return { label, ms: Math.min(...runs) };
	});
	const worst = times.reduce((one, other) => (other.ms > one.ms ? other : one));
	return {
		what: 'JSON found in the worst texts of 64 KB: time of the processor',
		measured: `${worst.ms.toFixed(1)} ms (${worst.label})`,
		target: `≤ ${MAX_MS} ms`,
		isKept: worst.ms <= MAX_MS,
	};
}
