import { statSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import glob from 'fast-glob';

const root = join(__dirname, '../..');
const pages = ['README.md', ...glob.sync('docs/**/*.md', { cwd: root })].sort();

/** The targets of a page's links and pictures that lead to a file; what is in code is none. */
function relativeLinks(page: string): string[] {
	const prose = page.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, '');
	return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
		.map(([, target = '']) => target)
		.filter((target) => !/^(?:[a-z]+:|#)/i.test(target));
}

/** Whether there is a folder, or a file with something in it. */
function hasContent(path: string): boolean {
	const found = statSync(path, { throwIfNoEntry: false });
	return found !== undefined && (found.isDirectory() || found.size > 0);
}

test.each(pages)('every relative link of %s leads to a file', async (page) => {
	const links = relativeLinks(await readFile(join(root, page), 'utf8'));
	const broken = links.filter(
		(link) => !hasContent(join(root, dirname(page), decodeURI(link.replace(/#.*$/, '')))),
	);
	expect(broken).toEqual([]);
});

test('sees links, and none in code', () => {
	expect(relativeLinks('[a](b.md#c) `[d](e.md)` ![f](g.png) [h](https://example.com) [i](#j)')).toEqual([
		'b.md#c',
		'g.png',
	]);
});

test('a link to an empty file, or to none, leads nowhere', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'links-'));
	try {
		await writeFile(join(folder, 'empty.md'), '');
		await writeFile(join(folder, 'full.md'), '# A page');
		const names = ['.', 'full.md', 'empty.md', 'none.md'];
		expect(names.filter((name) => hasContent(join(folder, name)))).toEqual(['.', 'full.md']);
	} finally {
		await rm(folder, { recursive: true });
	}
});
