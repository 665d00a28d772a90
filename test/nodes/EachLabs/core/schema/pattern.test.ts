import fc from 'fast-check';
import { patternOf } from '../../../../../nodes/EachLabs/core/schema/pattern';

describe('A pattern', () => {
	test.each<[string, string, string[], string[]]>([
		['an address of email', '^\\S+@\\S+\\.\\S+$', ['a.b@example.co.uk'], ['a@b', 'a b@c.de']],
		['a slug', '^[a-z0-9]+(?:-[a-z0-9]+)*$', ['red-shoe-2'], ['-red', 'red--shoe', 'Red']],
		[
			'an IBAN',
			'^[A-Z]{2}\\d{2}[A-Z0-9]{11,30}$',
			['DE89370400440532013000'],
			['DE89', 'de89370400440532013000'],
		],
		['a date', '^\\d{4}-(0[1-9]|1[0-2])-\\d{2}$', ['2026-11-27'], ['2026-13-27', '26-11-27']],
		['letters of any script', '^\\p{L}+$', ['größe', 'размер', '大きさ'], ['a1', '']],
		['letters of one script', '^\\p{Script=Greek}+$', ['αβγ'], ['abc']],
		['a character by its code', '^\\u00e4\\x41$', ['äA'], ['aA']],
		['an emoji by its code', '^\\u{1F600}$', ['😀'], ['😁']],
		['emojis by their halves', '^[\\uD83C\\uDF00-\\uD83D\\uDDFF]$', ['🌀', '🗿'], ['😀']],
		['a named group', '^(?<year>\\d{4})$', ['2026'], ['26']],
		['needless escapes', '^[\\w\\-.]+\\/\\@$', ['a-b./@'], ['a']],
		['upper and lower case alike', '(?i)^ab$', ['aB'], ['b']],
		['something in the middle', '\\d{2}', ['a12b'], ['1']],
		['a repeat in a repeat', '^(a+)+$', ['aaa'], ['aab']],
		['nothing', '', ['', 'a'], []],
		['what looks like a look-around in brackets', '^[(?=]+$', ['(?='], ['a']],
	])('may be that of %s', (_, pattern, matching, others) => {
		const { objection, isIn } = patternOf(pattern);
		expect(objection).toBeUndefined();
		expect([...matching, ...others].filter(isIn)).toEqual(matching);
	});

	const lookAround = 'it has a look-around, which RE2 does not know';
	const backReference = 'it has a back-reference, which RE2 does not know';
	test.each([
		['a(?=b)', lookAround],
		['(?!a)b', lookAround],
		['(?<=a)b', lookAround],
		['(?<!a)b', lookAround],
		['(a)\\1', backReference],
		['(?<x>a)\\k<x>', backReference],
		['\\h+', 'it has the escape \\h, which RE2 does not know'],
		['(', 'it is no regular expression: missing closing ): `(`'],
		['[z-a]', 'it is no regular expression: invalid character class range: `z-a`'],
		['a'.repeat(1_001), 'it has more than 1000 characters'],
		['\\pL{1000}'.repeat(10), 'it repeats too much'],
		['(?:abcdef){840}', 'it repeats too much'],
	])('can not be %s', (pattern, objection) => {
		expect(patternOf(pattern).objection).toBe(objection);
	});

	test('finds what JavaScript finds, where both know the pattern', () => {
		const piece = fc.constantFrom(
			'a',
			'b',
			'[ab]',
			'[^a]',
			'\\w',
			'\\d',
			'.',
			'(?:a|ab)',
			'(?:ab|b)',
			'(?:b?a)',
		);
		const times = fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,3}', '{2,}', '*?');
		const pattern = fc
			.tuple(
				fc.constantFrom('', '^', '\\b'),
				fc.array(fc.tuple(piece, times), { minLength: 1, maxLength: 5 }),
				fc.constantFrom('', '$'),
			)
			.map(([start, parts, end]) => `${start}${parts.flat().join('')}${end}`);
		const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', 'ä', ' '), maxLength: 8 });
		fc.assert(
			fc.property(pattern, text, (source, value) => {
				expect(patternOf(source).isIn(value)).toBe(new RegExp(source, 'u').test(value));
			}),
			{ numRuns: 1_000 },
		);
	});
});

test('a pattern of nearly 5,000 instructions is used', () => {
	const pattern = patternOf('^(?:abcde){990}$');
	expect(pattern.objection).toBeUndefined();
	expect(pattern.size).toBeGreaterThan(4_900);
	expect(pattern.isIn('abcde'.repeat(990))).toBe(true);
	expect(pattern.isIn('abcde'.repeat(989))).toBe(false);
});
