const { writeFileSync } = require('node:fs');
const path = require('node:path');

const PAGE = path.join(__dirname, '../../docs/compatibility.md');
/** How the name of every test group ends. */
const HOST = /, in n8n (\d+\.\d+\.\d+)$/;

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
		/** @type {Map<string, Map<string, number>>} by what was tried, then by version */
		const counts = new Map();
		for (const { ancestorTitles } of tests) {
			const [title = ''] = ancestorTitles;
			const version = HOST.exec(title)?.[1];
			if (version === undefined)
				throw new Error(`The test group '${title}' does not end with the n8n that it runs in`);
			const tried = title.replace(HOST, '');
			const row = counts.get(tried) ?? new Map();
			counts.set(tried, row.set(version, (row.get(version) ?? 0) + 1));
		}

		const isWhole = tests.length > 0 && tests.every(({ status }) => status === 'passed');
		if (!isWhole || results.wasInterrupted || !this.ranEverySuite(results)) return;
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
		'The package, packed as it is published, was installed into these releases of n8n and tried there. The numbers are tests, and all of them passed: `npm run test:e2e` writes this page only then.',
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
		'The code is also tested without a host, in the engine of n8n 2.41.1 on Node.js 20, 22 and 24 ([CONTRIBUTING.md](../CONTRIBUTING.md)).',
		'',
	].join('\n');
}
