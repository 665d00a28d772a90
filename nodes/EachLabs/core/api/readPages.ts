/** A part of a list, as the service gave it. */
export interface Page<Entry> {
	readonly entries: readonly Entry[];
	/** How many entries the page had, those of another shape among them. */
	readonly length: number;
}

export interface PageRequest {
	readonly limit: number;
	readonly offset: number;
}

/** So many entries may move or be of another shape while a list is read; a list that never ends is left after them. */
const MAX_EXTRA = 1_000;

/**
 * The first entries of a list, read page by page until there are `limit` of them or a page is short: a total that comes with a
 * page may be capped. What moves to the next page meanwhile, since something new came before it, is taken once.
 *
 * @param keyOf tells entries apart
 * @throws what `readPage` throws
 */
export async function readPages<Entry>(
	readPage: (page: PageRequest) => Promise<Page<Entry>>,
	{ limit, pageSize, keyOf }: { limit: number; pageSize: number; keyOf: (entry: Entry) => string },
): Promise<Entry[]> {
	const found = new Map<string, Entry>();
	const size = Math.min(pageSize, limit);
	for (let offset = 0; found.size < limit && offset < limit + MAX_EXTRA; offset += size) {
		const page = await readPage({ limit: size, offset });
		for (const entry of page.entries) found.set(keyOf(entry), entry);
		if (page.length < size) break;
	}
	return [...found.values()].slice(0, limit);
}
