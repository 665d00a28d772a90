/** Where the content of a code fence stands in a text. */
export interface FencedPassage {
	readonly start: number;
	readonly end: number;
	/** Whether the fence was closed; else the passage goes on to the end of the text. */
	readonly isClosed: boolean;
}

/**
 * The contents of the code fences in a text, with three or more ` or ~, without the name of the language. A fence may open
 * anywhere in a line and close at the start or the end of one, the same or a later one. Linear in the length of the text.
 */
export function fencedPassages(text: string): FencedPassage[] {
	const passages: FencedPassage[] = [];
	let from = 0;
	for (;;) {
		OPENING.lastIndex = from;
		const opening = OPENING.exec(text);
		if (!opening) return passages;
		const [fence, marker = ''] = opening;
		const start = opening.index + fence.length;
		const lineEnd = endOfLine(text, start);
		const inLine = start + text.slice(start, lineEnd).lastIndexOf(marker);
		const end = inLine >= start ? inLine : closingFence(text, marker, lineEnd);
		passages.push({ start, end: end ?? text.length, isClosed: end !== undefined });
		if (end === undefined) return passages;
		from = endOfLine(text, end);
	}
}

const OPENING = /(```|~~~)[`~]*[ \t]*[\w+#.-]*/g;

/** Where the fence stands that closes one, on a line after `from`. */
function closingFence(text: string, marker: string, from: number): number | undefined {
	let place = text.indexOf(marker, from);
	while (place >= 0) {
		const lineEnd = endOfLine(text, place);
		const line = text.slice(text.lastIndexOf('\n', place) + 1, lineEnd);
		if (closes(line.trim(), marker)) return place;
		place = text.indexOf(marker, lineEnd);
	}
	return undefined;
}

function endOfLine(text: string, position: number): number {
	const newline = text.indexOf('\n', position);
	return newline === -1 ? text.length : newline;
}

/** A marker with a word behind it opens another fence, inside this one. */
function closes(line: string, marker: string): boolean {
	return line.endsWith(marker) || (line.startsWith(marker) && /^[`~]*\s/.test(line));
}
