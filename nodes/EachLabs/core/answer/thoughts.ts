const NAMES = 'think|thinking|thought|reasoning';
const FIRST = new RegExp(`^\\s*<(${NAMES})>[^]*?</\\1>\\s*`, 'i');
const NEVER_ENDED = new RegExp(`^\\s*<(?:${NAMES})>`, 'i');
const BEGIN = new RegExp(`<(?:${NAMES})>`, 'i');
const END = new RegExp(`</(?:${NAMES})>`, 'i');
/** Some models write the end alone. Within a line it is what the answer speaks of. */
const END_ALONE = new RegExp(`^[ \\t]*</(?:${NAMES})>[ \\t]*$`, 'im');

/** An answer without what a model has thought aloud before it. Thoughts that never end are left. */
export function afterThoughts(text: string): string {
	if (FIRST.test(text)) return text.replace(FIRST, '').trimEnd();
	const end = END_ALONE.exec(text);
	return end && !BEGIN.test(text.slice(0, end.index)) ? text.slice(end.index + end[0].length).trim() : text;
}

/**
 * A short text, which speaks of no tags: all before the last end goes, whatever it is. What is thought and never ended is all of it.
 */
export function withoutThoughts(text: string): string {
	const last = text.split(END).at(-1) ?? '';
	const opened = last.search(BEGIN);
	return opened < 0 ? last : last.slice(0, opened);
}

/** Whether an answer is nothing but thoughts that never end. */
export function onlyThinks(text: string): boolean {
	return NEVER_ENDED.test(text) && !FIRST.test(text);
}
