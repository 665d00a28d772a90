import { collapsed, type NodeMessage } from './nodeMessages';

/** Columns that hold messages of the node, by their heading. */
const MESSAGE_COLUMNS: ReadonlySet<string> = new Set(['message', 'hint', 'message begins with']);

export function isMessageColumn(heading: string | undefined): boolean {
	return heading !== undefined && MESSAGE_COLUMNS.has(heading);
}

/**
 * Whether what a page says a message is like is like this one. A `…` at the end of the words stands for whatever follows, or
 * for nothing; one in the middle for what is not the same every time.
 */
export function isMessage(words: string, { text }: NodeMessage): boolean {
	const beginning = collapsed(words);
	if (!beginning.endsWith('…')) return beginning === collapsed(text);
	return collapsed(text).startsWith(beginning.slice(0, -1).trimEnd());
}
