import fc from 'fast-check';
import { patternLimit } from '../../../../../nodes/EachLabs/core/schema/patternLimit';

/** Characters; longer texts are not looked at. */
const LONGEST_ANSWER = 1_048_576;

describe('A pattern that ends in time', () => {
	test.each([
		['a code', '^[A-Z]{2}\\d{4}$'],
		['words with hyphens', '^[a-z0-9]+(?:-[a-z0-9]+)*$'],
		['a colour', '^#[0-9a-fA-F]{6}$'],
		['a phone number', '^(\\d{3}-)?\\d{3}-\\d{4}$'],
		['a time', '^([01]?[0-9]|2[0-3]):[0-5][0-9]$'],
		['a text that is not blank', '^(?!\\s*$).+'],
		['a password', '^(?=.*\\d)(?=.*[a-z]).{8,}$'],
		['letters of any script', "^[\\p{L} '-]+$"],
		['a list of words', '^(red|green|blue)(,(red|green|blue))*$'],
		[
			'a semantic version',
			'^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(?:-((?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\\.(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\\+([0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*))?$',
		],
		['a MAC address', '^(?:[0-9A-F]{2}:){5}[0-9A-F]{2}$'],
		['an IPv4 address', '^(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)$'],
		['a number with groups', '^\\d{1,3}(,\\d{3})*(\\.\\d+)?$'],
		['a named group', '^(?<year>\\d{4})-\\d\\d$'],
		['an emoji', '^\\u{1F600}+$'],
		['something in the middle', '\\d{4}'],
		['nothing', ''],
	])('may be tested against any answer: %s', (_, pattern) => {
		const limit = patternLimit(pattern);
		expect(limit.isUsable && limit.maxCharacters).toBeGreaterThanOrEqual(LONGEST_ANSWER);
	});

	test.each([
		['letters anywhere', '[a-z]+@', 7_071],
		['an address of email', '^[^\\s@]+@[^\\s@]+\\.[^\\s@]+$', 10_000],
		['two words of which the text may have either', '^(?:\\w+ ?)?\\w+$', 7_071],
	])('in square time may be tested against some thousand characters: %s', (_, pattern, maxCharacters) => {
		expect(patternLimit(pattern)).toEqual({ isUsable: true, maxCharacters });
	});

	test('has the shorter texts, the more ways it tries in each place', () => {
		const longest = (pattern: string): number => {
			const limit = patternLimit(pattern);
			return limit.isUsable ? limit.maxCharacters : 0;
		};
		expect(longest('a*b')).toBeGreaterThan(longest('a*a?b'));
		expect(longest('a*a?b')).toBeGreaterThan(longest('a*a?a?b'));
		// It took seconds where only the repeated parts were counted.
		expect(longest('^(?=.*!)a*b')).toBeGreaterThan(1_000_000);
		expect(longest('^a*(?=.*!)b')).toBeLessThan(10_000);
		expect(longest('a*(?=a*!)b')).toBe(0);
		expect(longest('a*\\w?(?:(?:a|b){1,3}(?:a|ab){2}){2}c')).toBe(0);
	});
});

describe('A pattern that may take forever', () => {
	const tooMany =
		'there are texts that would take it forever, since its parts can share them in too many ways';
	const tooComplex = 'it has too many parts to be sure that it ends in time';
	test.each([
		['(a+)+$', tooMany],
		['(a|a)*b', tooMany],
		['(a|aa)+$', tooMany],
		['(?:a|[ab])*c', tooMany],
		['(\\p{L}|\\p{Lu})+$', tooMany],
		['(ab{2}|abb)*c', tooMany],
		['^(\\w+\\s?)*$', tooMany],
		['^(?:(?:[a-z]+-?)*[a-z]+)$', tooMany],
		['(x+x+)+y', tooMany],
		['\\d+\\d+\\d+x', tooMany],
		['^\\S+@\\S+\\.\\S+$', tooMany],
		['.*.*=.*', tooMany],
		['^(.*?,){11}P', tooMany],
		['^(?:[\\u03b1-\\u03c9]|[\\u03b1-\\u03c0])+$', tooMany],
		['^(?:[\\u{1F300}-\\u{1F5FF}]|[\\uD83C\\uDF00-\\uD83D\\uDDFE])+$', tooMany],
		['^(?:\\p{Script=Thai}|\\p{L})+$', tooMany],
		['(.*)*x', 'it repeats a part that may be empty'],
		['^(a?){30}a{30}$', 'it repeats a part that may be empty'],
		[`${'a?'.repeat(20)}a{20}`, tooMany],
		[`^${'(a|ab)'.repeat(40)}$`, tooMany],
		['[ab]'.repeat(200), tooComplex],
		['(a)\\1', 'it refers back to a group'],
		['(?<x>a)\\k<x>', 'it refers back to a group'],
		['(?:a(?=b))*', 'it looks ahead or behind in a part that is repeated'],
		['a'.repeat(1_001), 'it has more than 1000 characters'],
	])('is not usable: %s', (pattern, reason) => {
		expect(patternLimit(pattern)).toEqual({ isUsable: false, reason });
	});

	test.each(['(', '[z-a]', 'a{2,1}', '\\-', '*', '(?<x>a)(?<x>b)'])('nor one that is none: %s', (pattern) => {
		expect(patternLimit(pattern)).toEqual({
			isUsable: false,
			reason: expect.stringMatching(/^it is no regular expression: \w/),
		});
	});
});

test('No pattern that is found usable takes long, on texts made of what it likes and one character that it does not', () => {
	const piece = fc.constantFrom(
		'a',
		'b',
		'[ab]',
		'\\w',
		'.',
		'ab',
		'(?:a|b)',
		'(?:a|ab)',
		'(?:b?a)',
		'(?:ab|b)',
		'(?:a+b)',
		'(?:a*|b)',
		'(?:a|b+)',
		'(?=a*b)',
	);
	const times = fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,3}', '{2,}', '*?');
	const flat = fc
		.array(fc.tuple(piece, times), { minLength: 1, maxLength: 4 })
		.map((parts) => parts.flat().join(''));
	const pattern = fc
		.tuple(fc.constantFrom('', '^'), flat, flat, times, fc.constantFrom('', '$', 'c'))
		.map(([start, first, second, repeat, end]) => `${start}${first}(?:${second})${repeat}${end}`);
	const seed = fc.constantFrom('a', 'b', 'ab', 'ba', 'aab', 'aba');
	let usable = 0;
	fc.assert(
		fc.property(pattern, seed, (source, unit) => {
			const limit = patternLimit(source);
			if (!limit.isUsable) return;
			usable += 1;
			const length = Math.min(limit.maxCharacters, 10_000);
			const text = `${unit.repeat(length / unit.length)}!`;
			const before = process.cpuUsage();
			new RegExp(source, 'u').test(text);
			const { user, system } = process.cpuUsage(before);
			// A fifth of a second is meant. Processor time, since a busy machine does not add to it.
			expect((user + system) / 1_000).toBeLessThan(2_000);
		}),
		{ seed: 20260821, numRuns: 400 },
	);
	expect(usable).toBeGreaterThan(20);
});
