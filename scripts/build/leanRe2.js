'use strict';

/** What re2js begins each of its parts with, and what is in its place; a release that has another form stops the build. */
const changes = [
	{
		what: 'the class that searches, splits and replaces',
		from: /^var Matcher = class Matcher \{[^]*?^\};$/m,
		to: () => 'var Matcher = class {\n};',
	},
	{
		what: 'a class',
		// Static fields keep esbuild from leaving out a class that nobody uses, unless its making is declared to have no effect.
		from: /^var (\w+) = (class[^]*?^\});$/gm,
		to: (_, name, body) => `var ${name} = /* @__PURE__ */ (() => ${body})();`,
	},
	{
		what: 'the tables of categories',
		from: /static CATEGORIES = new LazyMap\(\{[^]*?^\t\}\);$/m,
		to: () => "static CATEGORIES = tablesOfHost('', UnicodeRangeTable);",
	},
	{
		what: 'the tables of scripts',
		from: /static SCRIPTS = new LazyMap\(\{[^]*?^\t\}\);$/m,
		to: () => "static SCRIPTS = tablesOfHost('Script=', UnicodeRangeTable);",
	},
	{
		what: 'the table of visible characters',
		from: /static _Print = null;\s+static get Print\(\) \{[^]*?^\t\}$/m,
		to: () => '',
	},
	{
		what: 'the question whether a character is visible',
		from: 'Unicode.is(UnicodeTables.Print, r)',
		to: () => '/[^\\p{C}\\p{Z}]/u.test(String.fromCodePoint(r))',
	},
];

/**
 * re2js for tests of whole texts: without the classes that only do more, and without its tables of Unicode, for which the
 * JavaScript engine is asked.
 *
 * @param {string} source the library's module
 * @returns {string} the module to be bundled in its place
 */
function leanRe2(source) {
	const lean = changes.reduce((text, { what, from, to }) => {
		const changed = text.replace(from, to);
		if (changed === text) throw new Error(`re2js has changed: ${what} is not where it was.`);
		return changed;
	}, source);
	return `${tablesOfHost.toString()}\n${lean}`;
}

/**
 * Tables of characters by the name of a category or a script, as re2js keeps them. A table is made when it is asked for.
 *
 * @param {string} prefix of the name in `\p{…}`
 * @param {new (ranges: number[]) => object} Table takes first, last and step of each range
 */
function tablesOfHost(prefix, Table) {
	const tables = new Map();
	const tester = (name) => {
		try {
			return new RegExp(`^\\p{${prefix}${name}}$`, 'u');
		} catch {
			return undefined;
		}
	};
	return {
		has: (name) => tester(name) !== undefined,
		get: (name) => {
			const isIn = tables.has(name) ? undefined : tester(name);
			if (isIn) {
				const ranges = [];
				for (let code = 0, wasIn = false; code <= 0x10ffff; code += 1) {
					const isNowIn = isIn.test(String.fromCodePoint(code));
					if (isNowIn && wasIn) ranges[ranges.length - 2] = code;
					else if (isNowIn) ranges.push(code, code, 1);
					wasIn = isNowIn;
				}
				tables.set(name, new Table(ranges));
			}
			return tables.get(name) ?? null;
		},
	};
}

module.exports = { leanRe2, tablesOfHost };
