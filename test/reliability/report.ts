import Table from 'cli-table3';

import type { Measure, PromiseRow } from './PromiseRow';

export interface MeasuredRow {
	readonly row: PromiseRow;
	readonly measure: Measure;
}

/** The table for a terminal. */
export function terminalTable(rows: readonly MeasuredRow[]): string {
	const table = new Table({
		head: ['', 'Promise', 'Target', 'Measured', 'Kept'],
		colWidths: [5, 52, 24, 40, 6],
		wordWrap: true,
		style: { head: [], border: [] },
	});
	for (const { row, measure } of rows)
		table.push([row.id, row.promise, row.target, measure.measured, verdict(measure)]);
	return table.toString();
}

/** @param versions by name, e.g. `n8n-core` */
export function markdownReport(
	rows: readonly MeasuredRow[],
	versions: Readonly<Record<string, string>>,
	date: Date,
): string {
	const kept = rows.filter(({ measure }) => measure.isKept).length;
	return [
		'# Reliability',
		'',
		'What the node promises to whoever pays for its predictions, and what was measured. `npm run reliability` measures it anew and writes this page.',
		'',
		`Measured on ${date.toISOString().slice(0, 10)}, ${kept} of ${rows.length} kept, with ${Object.entries(
			versions,
		)
			.map(([name, version]) => `${name} ${version}`)
			.join(', ')}.`,
		'',
		"The node runs in n8n's own engine, over real HTTP, against the sandbox and a network in front of it that fails by plan. The oracle is always the ledger of that network and of the service behind it, never what the node says of itself.",
		'',
		'| | Promise | Target | Measured | Kept |',
		'| --- | --- | --- | --- | --- |',
		...rows.map(
			({ row, measure }) =>
				`| ${[row.id, row.promise, row.target, measure.measured, verdict(measure)].map(cell).join(' | ')} |`,
		),
		'',
		'## How',
		'',
		...rows.map(({ row }) => `- **${row.id}** ${row.how}`),
		'',
	].join('\n');
}

/** What broke the promises, one line each; empty when all are kept. */
export function faultLines(rows: readonly MeasuredRow[]): string[] {
	return rows.flatMap(({ row, measure }) => measure.faults.map((fault) => `${row.id}: ${fault}`));
}

function verdict({ isKept }: Measure): string {
	return isKept ? 'yes' : 'NO';
}

function cell(text: string): string {
	return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
