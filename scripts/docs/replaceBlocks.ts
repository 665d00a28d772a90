/** Contents of the blocks of a page, by name. Each stands between the lines `<!-- name -->` and `<!-- /name -->`. */
export type Blocks = Readonly<Record<string, string>>;

/**
 * Puts fresh contents into the blocks of a page; what is outside of them stays as it is.
 *
 * @param file names the page in messages
 * @throws Error naming the block that the page lacks, has twice, or has although there is nothing for it
 */
export function replaceBlocks(page: string, blocks: Blocks, file: string): string {
	for (const [, name = ''] of page.matchAll(/^<!-- \/(.+) -->$/gm)) {
		if (!(name in blocks)) throw new Error(`${file} has a block '${name}', which is not generated`);
	}
	return Object.entries(blocks).reduce((text, [name, content]) => {
		const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
		const [before, , after, ...more] = text.split(new RegExp(`^<!-- /?${name} -->$`, 'm'));
		if (before === undefined || after === undefined || more.length > 0)
			throw new Error(`${file} needs the lines ${start} and ${end}, each once`);
		return `${before}${start}\n\n${content}\n\n${end}${after}`;
	}, page);
}
