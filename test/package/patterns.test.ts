import fc from 'fast-check';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { RE2JS } from 're2js';
import { buildSample, sampleFolder } from './buildSample';

/** What is published of re2js is less than its authors publish, so it is held against the whole. */
describe('patterns of the built package', () => {
	let folder: string;
	let code: string;
	let fits: (pattern: string, text: string) => boolean;

	beforeAll(async () => {
		folder = await sampleFolder();
		code = await buildSample(
			folder,
			"import { RE2JS } from 're2js'; export const fits = (pattern, text) => RE2JS.compile(pattern).test(text);",
		);
		({ fits } = jest.requireActual<{ fits: typeof fits }>(
			path.join(folder, 'dist/nodes/Sample/Sample.node.js'),
		));
	}, 60_000);

	afterAll(() => rm(folder, { recursive: true, force: true }));

	test.each([
		['a category', '^\\p{L}+$', ['Größe', 'größe2', '日本']],
		['a category of two letters', '^\\p{Lu}\\p{Ll}+$', ['Ärger', 'ärger', 'AB']],
		['what a category leaves over', '^\\P{N}+$', ['abc', 'a1', '\u0663']],
		['a category in a class', '^[\\p{L}\\p{M}\\p{Zs}-]+$', ['Anne-Marie Köhler', 'a_b']],
		['a script', '^\\p{Greek}+$', ['λόγος', 'logos']],
		['a script outside of the first 65,536 characters', '^\\p{Gothic}$', ['\u{10330}', 'g']],
		['a property', '\\p{Emoji_Presentation}', ['a \u{1f600}', 'a 1']],
		['either case', '(?i)^straße\\p{Lu}$', ['STRASSEa', 'STRAßEa', 'straßeÄ']],
		['either case of a Kelvin sign and a long s', '(?i)^[ks]+$', ['KſK', 'KaK']],
		['either case of Greek', '(?i)^σίσυφος$', ['ΣΊΣΥΦΟΣ', 'ΣΙΣΥΦΟΣ']],
		['either case of a script', '(?i)^\\p{Greek}+$', ['µλ', 'ml']],
		['either case of what is no category', '(?i)^\\P{Lu}+$', ['a1', 'A1']],
		['a category of one case alone', '^\\p{Lu}$', ['Ä', 'ä']],
		['a class in characters that have no form', '[\u200b\u00ad]', ['a\u200b', 'a']],
		['an e-mail address', '^\\S+@\\S+\\.\\S+$', ['a@b.de', 'a@b']],
	])('%s', (_label, pattern, texts) => {
		expect(texts.map((text) => fits(pattern, text))).toEqual(
			texts.map((text) => RE2JS.compile(pattern).test(text)),
		);
	});

	test('finds what the whole library finds, whatever the pattern', () => {
		const part = fc.constantFrom(
			...[
				'a',
				'b',
				'.',
				'\\d',
				'\\w',
				'\\s',
				'\\b',
				'\\B',
				'^',
				'$',
				'(a|b)',
				'(?:ab)?',
				'[a-c]',
				'[^a]',
				'ä',
			],
			...['a*', 'b+?', 'a{2}', '(a|ab)(c|bcd)', '\\p{L}', '\\P{Lu}', '\\x{1F600}', '(?i)', '(?s).', '(?m)^b'],
		);
		const pattern = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));
		const text = fc
			.array(fc.constantFrom('a', 'b', 'c', 'd', 'A', '1', ' ', '_', 'ä', 'Ä', '\n', '\u{1f600}'), {
				maxLength: 12,
			})
			.map((characters) => characters.join(''));
		fc.assert(
			fc.property(pattern, text, (source, given) => {
				expect(fits(source, given)).toBe(RE2JS.compile(source).test(given));
			}),
			{ seed: 20261127, numRuns: 5_000 },
		);
	});

	test('refuses a category that there is not', () => {
		expect(() => fits('\\p{Klingon}', '')).toThrow('invalid character class range: `\\p{Klingon}`');
	});

	test('reads the library with the first pattern, not with the node', () => {
		expect(code.length).toBeLessThan(2_000);
		expect(code).toMatch(/get:\(\)=>\(\w+\?\?=require\("\.\/re2js\.js"\)\)/);
	});
});
