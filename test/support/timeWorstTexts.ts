import { jsonInText } from '../../nodes/EachLabs/core/answer/jsonInText';
import { worstTexts } from '../nodes/EachLabs/core/answer/worstTexts';

const CHARACTERS = 65_536;

export interface TimedText {
	readonly label: string;
	/** Milliseconds of the processor, so that it does not matter what else the machine does; the quickest run. */
	readonly ms: number;
}

/** How long each of the worst texts of 64 KB takes to be read in a process that has read answers before, the slowest first. */
export function timeWorstTexts(runs: number): TimedText[] {
	const texts = Object.entries(worstTexts(CHARACTERS));
	for (const [, text] of texts) jsonInText(text);
	return texts
		.map(([label, text]) => ({
			label,
			ms: Math.min(...Array.from({ length: runs }, () => processorMs(() => jsonInText(text)))),
		}))
		.sort((left, right) => right.ms - left.ms);
}

function processorMs(work: () => unknown): number {
	const before = process.cpuUsage();
	work();
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1_000;
}
