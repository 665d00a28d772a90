import { readFileSync } from 'node:fs';
import path from 'node:path';

export const projectFolder = path.resolve(__dirname, '../..');

export interface PageRow {
	/** As a reader sees them: without the marks of code, emphasis and links. */
	readonly cells: readonly string[];
	/** What its links lead to. */
	readonly targets: readonly string[];
}

export interface PageTable {
	/** Anchor of the heading that it stands under. */
	readonly section: string;
	readonly columns: readonly string[];
	readonly rows: readonly PageRow[];
}

/** A page of the documentation, as far as a test can hold it against something. */
export class MarkdownPage {
	/** As it is written. */
	readonly text: string;
	/** Of its headings, as GitHub makes them. */
	readonly anchors: readonly string[];
	readonly tables: readonly PageTable[];
	/** What its links lead to, as they are written. */
	readonly targets: readonly string[];

	/** @param file from the project's folder, e.g. `docs/limits.md` */
	constructor(readonly file: string) {
		const anchors: string[] = [];
		const tables: Array<{ section: string; columns: readonly string[]; rows: PageRow[] }> = [];
		const targets: string[] = [];
		let table: (typeof tables)[number] | undefined;
		let isCode = false;
		this.text = readFileSync(path.join(projectFolder, file), 'utf8');
		for (const line of this.text.split('\n')) {
			if (line.startsWith('```')) isCode = !isCode;
			if (isCode) continue;
			const heading = /^#{1,6} (.*)$/.exec(line)?.[1];
			if (heading !== undefined) anchors.push(anchorOf(heading, anchors));
			targets.push(...targetsIn(line));
			if (!line.startsWith('|')) {
				table = undefined;
				continue;
			}
			const row = { cells: cellsOf(line), targets: targetsIn(line) };
			if (table === undefined)
				tables.push((table = { section: anchors.at(-1) ?? '', columns: row.cells, rows: [] }));
			else if (!row.cells.every((cell) => /^-+$/.test(cell))) table.rows.push(row);
		}
		this.anchors = anchors;
		this.tables = tables;
		this.targets = targets;
	}

	/** The rows of all tables whose first column has this heading. */
	rowsOf(firstColumn: string): PageRow[] {
		return this.tables.filter(({ columns }) => columns[0] === firstColumn).flatMap(({ rows }) => rows);
	}

	/** The one row that begins with this cell, as one text. */
	rowText(firstCell: string): string {
		const found = this.tables.flatMap(({ rows }) => rows).filter(({ cells }) => cells[0] === firstCell);
		const [row] = found;
		if (!row || found.length > 1) throw new Error(`${this.file} has ${found.length} rows '${firstCell}'`);
		return row.cells.join(' | ');
	}
}

function cellsOf(line: string): string[] {
	return line
		.slice(1, line.lastIndexOf('|'))
		.split('|')
		.map((cell) => asRead(cell.trim()));
}

function targetsIn(line: string): string[] {
	return [...line.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

function anchorOf(heading: string, earlier: readonly string[]): string {
	const anchor = asRead(heading)
		.toLowerCase()
		.replace(/[^\p{L}\p{N}\s_-]/gu, '')
		.replace(/ /g, '-');
	const same = earlier.filter((one) => one === anchor || new RegExp(`^${anchor}-\\d+$`).test(one)).length;
	return same === 0 ? anchor : `${anchor}-${same}`;
}

/** Without the marks of links, emphasis and code; what is in code stays as it is. */
function asRead(text: string): string {
	return text
		.replace(/\[([^\]]*)\]\([^)\s]+\)/g, '$1')
		.split('`')
		.map((part, index) => (index % 2 === 1 ? part : part.replace(EMPHASIS, '')))
		.join('');
}

const EMPHASIS = /\*\*|(?<![\p{L}\p{N}])_(?=\S)|(?<=\S)_(?![\p{L}\p{N}])/gu;
