import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Ledger } from '../../sandbox/ledger';
import { startSandbox } from '../../sandbox/startSandbox';
import type { BenchRow } from './BenchRow';
import type { CatalogueReport } from './tagCatalogue';
import { WARM_UP_HINT } from './warmUpHint';

const TIME_LIMIT_MS = 1_800_000;
const MIB = 1_048_576;
const MAX_GROWTH_MIB = 128;

/**
 * Tags a catalogue of 7 MB pictures through the node, many in a request, in a process of its own against a sandbox in this one.
 * One request is answered without every third item. Wants as much disk space as the pictures have, 21 GB for 3,000.
 */
export async function measureCatalogue(itemCount: number, itemsPerPrediction: number): Promise<BenchRow[]> {
	let isLacking = false;
	const sandbox = await startSandbox({
		scenario: {
			runTimeMs: { min: 500, max: 1_500 },
			answerStyle: (input) => {
				if (isLacking || isWarmUp(input) || mediaCount(input) < itemsPerPrediction) return 'plain';
				isLacking = true;
				return 'missingEntries';
			},
		},
	});
	try {
		const { stdout } = await promisify(execFile)(
			process.execPath,
			[
				'--expose-gc',
				'--import',
				'tsx',
				join(__dirname, 'tagCatalogue.ts'),
				sandbox.baseUrl,
				String(itemCount),
				String(itemsPerPrediction),
			],
			{ cwd: join(__dirname, '../..'), timeout: TIME_LIMIT_MS, maxBuffer: MIB },
		);
		return rowsOf(JSON.parse(stdout) as CatalogueReport, sandbox.ledger, itemCount, itemsPerPrediction);
	} finally {
		await sandbox.close();
	}
}

function rowsOf(
	report: CatalogueReport,
	ledger: Ledger,
	itemCount: number,
	itemsPerPrediction: number,
): BenchRow[] {
	const predictions = ledger.predictions.filter(({ input }) => !isWarmUp(input));
	const files = ledger.files.slice(-itemCount);
	const groups = predictions.filter(({ input }) => mediaCount(input) > 1).length;
	const wantedGroups = Math.ceil(itemCount / itemsPerPrediction);
	const alone = predictions.length - groups;
	const wantedAlone = Math.floor(itemsPerPrediction / 3);
	const billedUsd = predictions.reduce((sum, prediction) => sum + prediction.billedUsd, 0);
	const hasPaidOnce = Math.abs(billedUsd - report.shownUsd) < 1e-9;
	const different = new Set(files.map(({ sha256 }) => sha256)).size;
	const uploads = files.reduce((sum, file) => sum + file.uploads, 0);
	const own = report.itemCount - report.wrongItems.length;
	const growthMib = report.growthBytes / MIB;
	const seconds = report.durationMs / 1_000;
	const title = `${itemCount} pictures of 7 MB, ${itemsPerPrediction} a request`;
	return [
		{
			what: `${title}: items with the result of their own picture`,
			measured: `${own}${report.message === '' ? '' : ` (${report.message})`}`,
			target: `${itemCount}`,
			isKept: own === itemCount,
		},
		{
			what: `${title}: creates, and those for an item that was missing in an answer`,
			measured: `${groups} + ${alone}, cost ${hasPaidOnce ? 'as billed' : 'NOT as billed'}`,
			target: `${wantedGroups} + ${wantedAlone}, as billed`,
			isKept: groups === wantedGroups && alone === wantedAlone && hasPaidOnce,
		},
		{
			what: `${title}: uploads of different files`,
			measured: `${uploads} of ${different}`,
			target: `${itemCount} of ${itemCount}`,
			isKept: uploads === itemCount && different === itemCount,
		},
		{
			what: `${title}: growth of the memory`,
			measured: `${growthMib.toFixed(1)} MB`,
			target: `≤ ${MAX_GROWTH_MIB} MB`,
			isKept: growthMib <= MAX_GROWTH_MIB,
		},
		{
			what: `${title}: time`,
			measured: `${seconds.toFixed(0)} s, ${(report.pictureBytes / MIB / seconds).toFixed(0)} MB/s`,
			target: '',
		},
	];
}

function isWarmUp(input: Record<string, unknown>): boolean {
	return String(input['prompt']).includes(WARM_UP_HINT);
}

function mediaCount(input: Record<string, unknown>): number {
	return (input['image_urls'] as unknown[]).length;
}
