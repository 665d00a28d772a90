import path from 'node:path';
import glob from 'fast-glob';

import { MarkdownPage, projectFolder } from './MarkdownPage';

const files = ['README.md', ...glob.sync('docs/**/*.md', { cwd: projectFolder })].sort();

/** What `links.test.ts` leaves out: the place within the page. */
test.each(files)('every heading that %s leads to is there', (file) => {
	const page = new MarkdownPage(file);
	const lost = page.targets.filter((target) => {
		const [, other = '', anchor] = /^([^:#]*)#(.+)$/.exec(target) ?? [];
		if (anchor === undefined) return false;
		const led = other === '' ? page : new MarkdownPage(path.posix.join(path.posix.dirname(file), other));
		return !led.anchors.includes(anchor);
	});
	expect(lost).toEqual([]);
});
