/**
 * `npm run docs`: writes anew what is generated on the pages of `docs/operations`, from the node's description and from runs of
 * its operations. What stands outside of the blocks is not touched.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { freshBlocks } from './freshBlocks';
import { pagesFolder } from './operationPages';
import { replaceBlocks } from './replaceBlocks';

async function main(): Promise<void> {
	for (const [file, blocks] of await freshBlocks()) {
		const path = join(pagesFolder, file);
		const page = await readFile(path, 'utf8');
		const fresh = replaceBlocks(page, blocks, file);
		if (fresh === page) continue;
		await writeFile(path, fresh);
		console.log(`docs/operations/${file} has changed.`);
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
