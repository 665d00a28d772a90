import { jsonInText } from '../../nodes/EachLabs/core/jsonInText';
import { worstTexts } from '../nodes/EachLabs/core/worstTexts';

/** Promise S3 of the reliability table: the worst 64 KB are read within this time. */
const maxMs = 20;
const runs = 7;

/**
 * `npx tsx test/bench/jsonInText.bench.ts`: ms for each of the worst texts of 64 KB, the best of seven runs. Counted is the
 * time of the processor, so that it does not matter what else the machine does. Exits with 1 when one is over 20 ms.
 */
function main(): void {
	const rows = Object.entries(worstTexts(65_536)).map(([label, text]) => {
		const times = Array.from({ length: runs }, () => {
			const before = process.cpuUsage();
			const startedMs = performance.now();
			jsonInText(text);
			const elapsedMs = performance.now() - startedMs;
			const { user, system } = process.cpuUsage(before);
			return { processorMs: (user + system) / 1_000, elapsedMs };
		});
		return {
			label,
			processorMs: Math.min(...times.map(({ processorMs }) => processorMs)),
			elapsedMs: Math.min(...times.map(({ elapsedMs }) => elapsedMs)),
		};
	});
	console.log(`${'ms'.padStart(8)}${'elapsed'.padStart(10)}  64 KB of`);
	for (const { label, processorMs, elapsedMs } of rows) {
		console.log(`${processorMs.toFixed(1).padStart(8)}${elapsedMs.toFixed(1).padStart(10)}  ${label}`);
	}
	const worstMs = Math.max(...rows.map(({ processorMs }) => processorMs));
	console.log(`worst: ${worstMs.toFixed(1)} ms, promised: ${maxMs} ms`);
	if (worstMs > maxMs) process.exitCode = 1;
}

main();
