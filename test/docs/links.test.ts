import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
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

test.each(pages)('every relative link of %s leads to a file', async (page) => {
	const links = relativeLinks(await readFile(join(root, page), 'utf8'));
	const broken = links.filter(
		(link) => !existsSync(join(root, dirname(page), decodeURI(link.replace(/#.*$/, '')))),
	);
	expect(broken).toEqual([]);
});

test('sees links, and none in code', () => {
	expect(relativeLinks('[a](b.md#c) `[d](e.md)` ![f](g.png) [h](https://example.com) [i](#j)')).toEqual([
		'b.md#c',
		'g.png',
	]);
});
