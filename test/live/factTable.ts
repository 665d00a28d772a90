import Table from 'cli-table3';

import type { FactRow } from './Fact';

const VERDICT_WIDTH = 12;
const LEAST_WIDTH = 96;
const BORDERS = 5;

/** A table for the terminal, a heading for each group. */
export function factTable(rows: readonly FactRow[], terminalWidth: number): string {
	const textWidth = Math.max(LEAST_WIDTH, terminalWidth) - VERDICT_WIDTH - BORDERS;
	const columnWidth = Math.floor(textWidth / 3);
	const table = new Table({
		head: ['Fact', 'Expected', 'Seen', 'Verdict'],
		colWidths: [textWidth - 2 * columnWidth, columnWidth, columnWidth, VERDICT_WIDTH],
		wordWrap: true,
		// No colours: the table is also read in files and in CI logs.
		style: { head: [], border: [], compact: true },
	});
	let group: string | undefined;
	for (const row of rows) {
		if (row.group !== group) table.push([{ colSpan: 4, content: row.group.toUpperCase() }]);
		group = row.group;
		table.push([row.fact, row.expected, row.seen, row.verdict]);
	}
	return table.toString();
}
