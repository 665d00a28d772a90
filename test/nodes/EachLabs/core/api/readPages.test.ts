import { readPages, type Page, type PageRequest } from '../../../../../nodes/EachLabs/core/api/readPages';

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `p${index}`);

/** Reads a list by pages of at most 100, and keeps what was asked for. */
async function read(
	limit: number,
	pageAt: (page: PageRequest, ordinal: number) => Page<string>,
): Promise<{ found: string[]; asked: PageRequest[] }> {
	const asked: PageRequest[] = [];
	const found = await readPages(
		async (page) => {
			asked.push(page);
			return await Promise.resolve(pageAt(page, asked.length - 1));
		},
		{ limit, pageSize: 100, keyOf: (id) => id },
	);
	return { found, asked };
}

const pageOf =
	(list: readonly string[]) =>
	({ limit, offset }: PageRequest): Page<string> => {
		const entries = list.slice(offset, offset + limit);
		return { entries, length: entries.length };
	};

describe('a list that is read page by page', () => {
	test.each([
		{ label: 'nothing', count: 0, limit: 50, offsets: [0] },
		{ label: 'less than a page', count: 30, limit: 1_000, offsets: [0] },
		{ label: 'a full page, behind which nothing is', count: 100, limit: 1_000, offsets: [0, 100] },
		{ label: 'pages and a rest', count: 250, limit: 1_000, offsets: [0, 100, 200] },
		{ label: 'no more than is wanted', count: 250, limit: 50, offsets: [0] },
		{ label: 'more than a page is wanted', count: 250, limit: 120, offsets: [0, 100] },
		{ label: 'just what is wanted', count: 250, limit: 200, offsets: [0, 100] },
	])('$label', async ({ count, limit, offsets }) => {
		const { found, asked } = await read(limit, pageOf(ids(count)));
		expect(found).toEqual(ids(Math.min(count, limit)));
		expect(asked).toEqual(offsets.map((offset) => ({ limit: Math.min(limit, 100), offset })));
	});

	test('what something new has moved to the next page is taken once, and nothing is left out', async () => {
		const list = ids(250);
		const { found } = await read(1_000, (page, ordinal) => {
			if (ordinal === 1) list.unshift('new');
			return pageOf(list)(page);
		});
		expect(found).toEqual(ids(250));
	});

	test('entries of another shape end no list', async () => {
		const { found, asked } = await read(1_000, (page) => {
			const { entries, length } = pageOf(ids(150))(page);
			return { entries: entries.slice(10), length };
		});
		expect(found).toHaveLength(130);
		expect(asked).toHaveLength(2);
	});

	test.each([
		{ label: 'gives the same page whatever it is asked for', page: { entries: ids(100), length: 100 } },
		{ label: 'has entries of another shape only', page: { entries: [], length: 100 } },
	])('a list that $label is left', async ({ page }) => {
		const { found, asked } = await read(500, () => page);
		expect(found).toEqual(page.entries);
		expect(asked).toHaveLength(15);
	});

	test('a page that can not be read fails the whole, so that no list passes for complete', async () => {
		await expect(
			read(1_000, (page, ordinal) => {
				if (ordinal === 1) throw new Error('no answer');
				return pageOf(ids(250))(page);
			}),
		).rejects.toThrow('no answer');
	});
});
