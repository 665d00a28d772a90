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
	let open: { marker: string; start: number } | undefined;
	for (let lineStart = 0; lineStart < text.length; ) {
		const newline = text.indexOf('\n', lineStart);
		const lineEnd = newline === -1 ? text.length : newline;
		const line = text.slice(lineStart, lineEnd);
		if (!open) {
			const fence = /(```|~~~)[`~]*[ \t]*[\w+#.-]*/.exec(line);
			if (fence?.[1]) {
				const start = fence.index + fence[0].length;
				const end = line.lastIndexOf(fence[1]);
				if (end >= start) passages.push({ start: lineStart + start, end: lineStart + end, isClosed: true });
				else open = { marker: fence[1], start: lineStart + start };
			}
		} else if (closes(line.trim(), open.marker)) {
			passages.push({ start: open.start, end: lineStart + line.indexOf(open.marker), isClosed: true });
			open = undefined;
		}
		lineStart = lineEnd + 1;
	}
	if (open) passages.push({ start: open.start, end: text.length, isClosed: false });
	return passages;
}

/** A marker with a word behind it opens another fence, inside this one. */
function closes(line: string, marker: string): boolean {
	return line.endsWith(marker) || (line.startsWith(marker) && /^[`~]*\s/.test(line));
}
