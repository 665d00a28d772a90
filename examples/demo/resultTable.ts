import Table from 'cli-table3';
import { formatSeconds, formatUsd } from './format';
import type { ResultRow } from './ResultRow';

/** Widths that the columns other than the text's take, borders included. */
const OTHER_COLUMNS_WIDTH = 26 + 40 + 10 + 13 + 6;

type Terminal = Partial<Pick<NodeJS.WriteStream, 'columns' | 'isTTY'>>;

/** A table of the results for the terminal, with the sums in its last row. */
export function resultTable(rows: ResultRow[], textHeading: string, { columns, isTTY }: Terminal): string {
	const textWidth = Math.max(30, (columns ?? 140) - OTHER_COLUMNS_WIDTH);
	const table = new Table({
		head: ['File', textHeading, 'Prediction ID', 'Seconds', 'Cost (USD)'],
		colWidths: [26, textWidth, 40, 10, 13],
		colAligns: ['left', 'left', 'left', 'right', 'right'],
		wordWrap: true,
		style: isTTY ? { head: ['cyan'], border: ['grey'] } : { head: [], border: [] },
	});
	for (const row of rows) {
		table.push([
			row.file,
			printable(row.error ?? (row.text === '' ? '(decorative: empty)' : (row.text ?? ''))),
			printable(row.predictionId ?? ''),
			formatSeconds(row.predictTimeSeconds),
			formatUsd(row.costUsd),
		]);
	}
	const seconds = rows.reduce((sum, row) => sum + (row.predictTimeSeconds ?? 0), 0);
	const usd = rows.reduce((sum, row) => sum + (row.costUsd ?? 0), 0);
	table.push(['Total', `${rows.length} files`, '', formatSeconds(seconds), formatUsd(usd)]);
	return table.toString();
}

/** Without control characters: a model's text must not steer the terminal. */
function printable(text: string): string {
	return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
}
