import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { freshBlocks, INDEX_FILE } from '../../scripts/docs/freshBlocks';
import { operationPages, pagesFolder } from '../../scripts/docs/operationPages';
import { replaceBlocks, type Blocks } from '../../scripts/docs/replaceBlocks';

const pageOf = async (file: string): Promise<string> => await readFile(join(pagesFolder, file), 'utf8');
const files = operationPages.map(({ file }) => file);

describe('the pages of the operations', () => {
	let fresh: ReadonlyMap<string, Blocks>;

	beforeAll(async () => {
		fresh = await freshBlocks();
	}, 40_000);

	test('there is one for each operation, and no other', async () => {
		expect((await readdir(pagesFolder)).sort()).toEqual([INDEX_FILE, ...files].sort());
	});

	test.each([INDEX_FILE, ...files])(
		"%s has the parameters, requests and outputs of today; if not, 'npm run docs' writes them",
		async (file) => {
			const page = await pageOf(file);
			expect(page).toBe(replaceBlocks(page, fresh.get(file) ?? {}, file));
		},
	);

	test.each(operationPages.map((page) => [page.file, page] as const))(
		'%s has the sections that every page has, and is in the index',
		async (file, { resourceName, operationName }) => {
			const page = await pageOf(file);
			expect(page.match(/^# .*$/gm)).toEqual([`# ${resourceName}: ${operationName}`]);
			expect(page.match(/^## .*$/gm)).toEqual([
				'## Parameters',
				'## What is sent',
				'## What comes out',
				'## What it costs',
				'## Good to know',
			]);
			expect(await pageOf(INDEX_FILE)).toContain(`| ${resourceName} | [${operationName}](${file}) |`);
		},
	);

	test.each([
		['lacks a block', 'Nothing.', 'x.md needs the lines <!-- output --> and <!-- /output -->, each once'],
		[
			'has a block twice',
			'<!-- output -->\n<!-- /output -->\n<!-- output -->\n<!-- /output -->',
			'x.md needs the lines <!-- output --> and <!-- /output -->, each once',
		],
		[
			'has a block for which there is nothing',
			'<!-- output -->\n<!-- /output -->\n<!-- input -->\n<!-- /input -->',
			"x.md has a block 'input', which is not generated",
		],
	])('a page that %s is refused', (_what, page, message) => {
		expect(() => replaceBlocks(page, { output: 'New.' }, 'x.md')).toThrow(message);
	});
});
