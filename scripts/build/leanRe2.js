'use strict';

/** What re2js begins each of its parts with, and what is in its place; a release that has another form stops the build. */
const changes = [
	{
		what: 'the class that searches, splits and replaces',
		from: /^var Matcher = class Matcher \{[^]*?^\};$/m,
		to: () => 'var Matcher = class {\n};',
	},
	{
		what: 'the input of bytes',
		from: /^var MachineUTF8Input = class MachineUTF8Input extends MachineInputBase \{[^]*?^\};$/m,
		to: () => 'var MachineUTF8Input = class {\n};',
	},
	{
		what: 'the search for words before the pattern',
		from: 'const prefilter = PrefilterTree.build(re);',
		to: () => 'const prefilter = { type: 0 };',
	},
	{
		what: 'its use',
		from: 're2.prefilter = prefilter.type === Prefilter.Type.NONE ? null : prefilter;',
		to: () => 're2.prefilter = null;',
	},
	{
		what: 'the engine for groups of anchored patterns',
		from: 'this.onepass = OnePass.compile(this.prog);',
		to: () => 'this.onepass = null;',
	},
	{
		what: 'its call',
		from: 'if (this.onepass !== null) return OnePass.execute(this, input, pos, anchor, ncap);',
		to: () => '',
	},
	{
		what: 'the finding of matches',
		from: /^\tallMatches\(input, [^]*?(?=^\};$)/m,
		to: () => '',
	},
	{
		what: 'the replacing of matches',
		from: /^\treplaceAllFunc\(src, replFunc, maxReplaces\) \{[^]*?^\t\}$/m,
		to: () => '',
	},
	{
		what: 'the table of letters that differ in case only',
		from: /decodeOrbit\("[^"]{2000,}"\)/,
		to: () => 'orbitsOfHost()',
	},
	{
		what: 'what a category takes from the other case',
		from: /static FOLD_CATEGORIES = new LazyMap\(\{[^]*?^\t\}\);$/m,
		to: () =>
			'static FOLD_CATEGORIES = otherCases(() => this.CATEGORIES, () => this.CASE_ORBIT, UnicodeRangeTable);',
	},
	{
		what: 'what a script takes from the other case',
		from: /static FOLD_SCRIPT = new LazyMap\(\{[^]*?^\t\}\);$/m,
		to: () =>
			'static FOLD_SCRIPT = otherCases(() => this.SCRIPTS, () => this.CASE_ORBIT, UnicodeRangeTable);',
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
	return [tablesOfHost, orbitsOfHost, otherCases, lean].join('\n');
}

/**
 * The names of a library's own members, which nobody else knows and a build may shorten: those that it declares or assigns, but for
 * what JavaScript's own objects have, what stands in a text, by which a member could be asked for, and what is used from outside.
 *
 * @param {string} source
 * @param {readonly string[]} used
 */
function ownMembers(source, used) {
	const found = (pattern) => Array.from(source.matchAll(pattern), ([, name]) => name);
	const hosts = [Array, Error, Function, Int32Array, Map, Number, Object, RegExp, Set, String, WeakMap];
	const kept = new Set([
		...used,
		...found(/["'](\w+)["']/g),
		...hosts
			.flatMap((host) => [host, host.prototype, Object.getPrototypeOf(host.prototype) ?? host])
			.flatMap((host) => Object.getOwnPropertyNames(host)),
	]);
	const declared = found(/^\t(?:static )?(?:[gs]et )?(\w+)(?:\(| =|;)/gm);
	return [...new Set([...declared, ...found(/\bthis\.(\w+) =[^=]/g)])].filter((name) => !kept.has(name));
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

/**
 * By character beyond ASCII, and by those within that have relatives beyond: the next one that differs from it in case only. Three
 * pairs of Greek letters and ligatures are missing whose capitals are several characters.
 */
function orbitsOfHost() {
	const families = new Map();
	const single = (text, otherwise) =>
		(text.codePointAt(0) > 0xffff ? 2 : 1) === text.length ? text : otherwise;
	for (let code = 0; code <= 0x1ffff; code += 1) {
		const character = String.fromCodePoint(code);
		const upper = single(character.toUpperCase(), character);
		const key = single(upper.toLowerCase(), upper);
		if (key !== character || upper !== character)
			families.set(key, [...(families.get(key) ?? [key]), character]);
	}
	const orbits = new Map();
	for (const [key, members] of families) {
		const isRelated = new RegExp(`^\\u{${key.codePointAt(0).toString(16)}}$`, 'iu');
		const family = [...new Set(members)]
			.filter((one) => isRelated.test(one))
			.map((one) => one.codePointAt(0));
		family.sort((left, right) => left - right);
		if (family.length < 2 || family.at(-1) < 128) continue;
		family.forEach((code, index) => orbits.set(code, family[(index + 1) % family.length]));
	}
	return orbits;
}

/** By the name of a table: the characters that are not in it, but differ from one that is in case only. */
function otherCases(tablesOf, orbitsOf, Table) {
	const made = new Map();
	const isIn = (table, code) => {
		for (let at = 0; at < table.data.length; at += 3)
			if (code <= table.data[at + 1]) return code >= table.data[at];
		return false;
	};
	const asciiCase = (code) => (/[a-z]/i.test(String.fromCharCode(code)) && code < 128 ? code ^ 32 : code);
	return {
		get: (name) => {
			if (!made.has(name)) {
				const table = tablesOf().get(name);
				const orbits = orbitsOf();
				const next = (code) => orbits.get(code) ?? asciiCase(code);
				const codes = new Set([...Array(128).keys(), ...orbits.keys()]);
				const others = [...codes].filter((code) => {
					if (isIn(table, code)) return false;
					for (let one = next(code); one !== code; one = next(one)) if (isIn(table, one)) return true;
					return false;
				});
				others.sort((left, right) => left - right);
				made.set(name, others.length === 0 ? null : new Table(others.flatMap((code) => [code, code, 1])));
			}
			return made.get(name);
		},
	};
}

module.exports = { leanRe2, orbitsOfHost, otherCases, ownMembers, tablesOfHost };
