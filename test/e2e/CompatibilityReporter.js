const { writeFileSync } = require('node:fs');
const path = require('node:path');

const PAGE = path.join(__dirname, '../../docs/compatibility.md');
/** What the first words of every test's name say of the host. */
const VERSION = /n8n (\d+\.\d+\.\d+)/;

/**
 * Writes docs/compatibility.md from a run of all end-to-end tests: what was tried in which n8n, and how many tests of it passed.
 * A run of some of them leaves the page as it is, and so does one in which something failed.
 */
module.exports = class CompatibilityReporter {
	/** @param {{ rootDir: string }} config */
	constructor(config) {
		this.rootDir = config.rootDir;
	}

	/** @param {Set<unknown>} _contexts @param {import('@jest/reporters').AggregatedResult} results */
	onRunComplete(_contexts, results) {
		const tests = results.testResults.flatMap((suite) => suite.testResults);
		const isWhole = tests.length > 0 && tests.every(({ status }) => status === 'passed');
		if (!isWhole || results.wasInterrupted || !this.ranEverySuite(results)) return;

		/** @type {Map<string, Map<string, number>>} by what was tried, then by version */
		const counts = new Map();
		for (const { ancestorTitles } of tests) {
			const [title = ''] = ancestorTitles;
			const version = VERSION.exec(title)?.[1];
			if (version === undefined)
				throw new Error(`The test group '${title}' does not say in which n8n it runs`);
			const tried = title.replace(VERSION, 'n8n');
			const row = counts.get(tried) ?? new Map();
			counts.set(tried, row.set(version, (row.get(version) ?? 0) + 1));
		}
		writeFileSync(PAGE, page(counts));
	}

	/** @param {import('@jest/reporters').AggregatedResult} results */
	ranEverySuite(results) {
		const { globSync } = require('fast-glob');
		const suites = globSync('test/e2e/**/*.e2e.ts', { cwd: this.rootDir, absolute: true });
		return suites.every((suite) => results.testResults.some(({ testFilePath }) => testFilePath === suite));
	}
};

/** @param {Map<string, Map<string, number>>} counts */
function page(counts) {
	const versions = [...new Set([...counts.values()].flatMap((row) => [...row.keys()]))].sort((one, other) =>
		other.localeCompare(one, 'en', { numeric: true }),
	);
	const line = (/** @type {string[]} */ cells) => `| ${cells.join(' | ')} |`;
	const rows = [...counts].sort(([one], [other]) => one.localeCompare(other, 'en'));
	return [
		'# Compatibility',
		'',
		'The package, packed as it is published, was installed into each of these releases of n8n and tried there. The numbers are tests that passed; a line is written only when all of them did. `npm run test:e2e` repeats it and writes this page.',
		'',
		line(['what was tried', ...versions.map((version) => `n8n ${version}`)]),
		line(['---', ...versions.map(() => '---')]),
		...rows.map(([tried, row]) =>
			line([
				tried.charAt(0).toUpperCase() + tried.slice(1),
				...versions.map((version) => (row.has(version) ? String(row.get(version)) : '–')),
			]),
		),
		'',
		'The code itself is also tested on the Node.js versions that n8n supports (20, 22 and 24), see [CONTRIBUTING.md](../CONTRIBUTING.md).',
		'',
	].join('\n');
}
