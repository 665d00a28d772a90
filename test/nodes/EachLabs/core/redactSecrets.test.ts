import fc from 'fast-check';

import { redactSecrets, rememberSecret } from '../../../../nodes/EachLabs/core/redactSecrets';

const KEY = 'el_live/9f+3 &?"\\key~!';

const percentEncoded = (text: string) =>
	[...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const base64 = (text: string) => Buffer.from(text).toString('base64');
const base64url = (text: string) => Buffer.from(text).toString('base64url');

const FORMS: ReadonlyArray<[string, (key: string) => string]> = [
	['as it is', (key) => key],
	['URL-encoded', encodeURIComponent],
	[
		'URL-encoded in small letters',
		(key) => encodeURIComponent(key).replace(/%../g, (code) => code.toLowerCase()),
	],
	['percent-encoded as a whole', percentEncoded],
	[
		'percent-encoded as a whole, in capitals',
		(key) => percentEncoded(key).replace(/[a-f]/g, (digit) => digit.toUpperCase()),
	],
	['escaped in JSON', (key) => JSON.stringify(key).slice(1, -1)],
	['with slashes escaped', (key) => key.replaceAll('/', '\\/')],
	['URL-encoded twice', (key) => encodeURIComponent(encodeURIComponent(key))],
	[
		'escaped in HTML by names',
		(key) => key.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&apos;'),
	],
	['escaped in HTML by numbers', (key) => Array.from(key, (c) => `&#${c.codePointAt(0)};`).join('')],
	[
		'escaped in HTML by hexadecimal numbers',
		(key) => Array.from(key, (c) => `&#x${(c.codePointAt(0) ?? 0).toString(16).toUpperCase()};`).join(''),
	],
	[
		'escaped by code units',
		(key) => Array.from(key, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
	],
];

describe('hides a key', () => {
	test.each(FORMS)('%s', (_, write) => {
		expect(redactSecrets(`refused (${write(KEY)}) by us`, [KEY])).toBe('refused ([hidden]) by us');
	});

	test.each([
		['alone in Base64', base64(KEY)],
		['alone in Base64url', base64url(KEY)],
		['behind one character in Base64', base64(`:${KEY}`)],
		['behind a user name in Base64', base64(`user:${KEY}`)],
		['before other text in Base64', base64(`${KEY} and more`)],
		['in the middle of Base64url', base64url(`ab${KEY}?cd`)],
	])('%s', (_, encoded) => {
		const clean = redactSecrets(`Basic ${encoded}`, [KEY]);
		expect(clean).toContain('[hidden]');
		const left = clean.replaceAll('[hidden]', '').replace('Basic ', '');
		// What is left encodes the neighbours and a few bits.
		expect(Buffer.from(left, 'base64').toString()).not.toContain(KEY.slice(2, 8));
		expect(left.length).toBeLessThan(encoded.length - KEY.length + 2);
	});

	test('every time that it occurs, and every one of several', () => {
		expect(redactSecrets('one-1 two-2 one-1', ['one-1', 'two-2'])).toBe('[hidden] [hidden] [hidden]');
	});

	test('whose end looks like the signature of a URL', () => {
		expect(redactSecrets('used ab&sig=cd&ef', ['ab&sig=cd&ef'])).toBe('used [hidden]');
	});

	test.each(['a.c*', '(x)[y]', 'a|b|c', '^$^$', 'ключ-от-двери', '👍🏽key'])(
		'%p, which is no pattern',
		(key) => {
			expect(redactSecrets(`<${key}> abcc axyb`, [key])).toBe('<[hidden]> abcc axyb');
		},
	);
});

describe('hides without being told what', () => {
	test.each([
		[
			'https://s3.test/f?X-Amz-Date=2&X-Amz-Signature=ab12&x=1',
			'https://s3.test/f?X-Amz-Date=[hidden]&X-Amz-Signature=[hidden]&x=1',
		],
		['https://g.test/f?x-goog-signature=ab12', 'https://g.test/f?x-goog-signature=[hidden]'],
		['https://az.test/f?se=1&sig=a%2Bb', 'https://az.test/f?se=1&sig=[hidden]'],
		[
			'https://cf.test/f?Policy=a&Signature=b&Key-Pair-Id=c',
			'https://cf.test/f?Policy=[hidden]&Signature=[hidden]&Key-Pair-Id=[hidden]',
		],
		['Authorization: Bearer abc.def', 'Authorization: Bearer [hidden]'],
		['{"X-API-Key": "abc"}', '{"X-API-Key": "[hidden]"}'],
		['x-api-key=abc, next', 'x-api-key=[hidden], next'],
	])('%s', (text, expected) => {
		expect(redactSecrets(text, [])).toBe(expected);
	});

	test('a signature of any length', () => {
		expect(redactSecrets(`https://s3.test/f?sig=${'a'.repeat(100_000)}`, [])).toBe(
			'https://s3.test/f?sig=[hidden]',
		);
	});
});

test.each([
	['ordinary text', 'The picture was refused.'],
	['a URL without a signature', 'https://files.test/a.png?size=2'],
	['an empty text', ''],
])('leaves %s as it is', (_, text) => {
	expect(redactSecrets(text, [KEY])).toBe(text);
});

test('a short secret is hidden where it stands alone, and not inside of words', () => {
	expect(redactSecrets('key=model1, model12 and amodel1', ['model1'])).toBe(
		'key=[hidden], model12 and amodel1',
	);
});

test('a secret that was remembered is hidden without being given; the newest 200 are remembered', () => {
	for (let number = 0; number < 201; number++) rememberSecret(`remembered-${number}-key`);
	expect(redactSecrets('remembered-0-key remembered-1-key remembered-200-key')).toBe(
		'remembered-0-key [hidden] [hidden]',
	);
});

test('a secret of three characters would hide ordinary words, and is left', () => {
	expect(redactSecrets('the cat', ['cat'])).toBe('the cat');
});

test('takes a time that is linear in the length of the text', () => {
	const worst = [
		'bearer '.repeat(10_000),
		'?sig='.repeat(15_000),
		KEY.slice(0, -1).repeat(3_000),
		'%'.repeat(65_536),
		' '.repeat(65_536),
	];
	for (const text of worst) {
		const startedAt = performance.now();
		redactSecrets(text, [KEY]);
		expect(performance.now() - startedAt).toBeLessThan(2_000);
	}
});

test('a key in any noise is hidden in every form', () => {
	const key = fc
		.string({
			unit: fc.constantFrom(...Array.from('abcXYZ0189_-+/.=~!"\\&%$')),
			minLength: 12,
			maxLength: 60,
		})
		.filter((text) => !'[hidden]'.includes(text));
	const noise = fc.string({
		unit: fc.oneof(
			fc.constantFrom(...Array.from('abcXYZ %&?="\\/\n')),
			fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
		),
		maxLength: 40,
	});
	fc.assert(
		fc.property(key, noise, noise, (secret, before, after) => {
			for (const [, write] of FORMS) {
				const written = write(secret);
				const clean = redactSecrets(`${before}${written}${after}`, [secret]);
				expect(clean).not.toContain(secret);
				expect(clean).not.toContain(written);
			}
			for (const encode of [base64, base64url]) {
				// Without the last four bytes, whose characters may also hold bits of what follows.
				const core = encode(secret).slice(0, Math.floor((secret.length * 4) / 3) - 4);
				expect(redactSecrets(`${before} ${encode(secret)} ${after}`, [secret])).not.toContain(core);
				const inside = redactSecrets(encode(`${before}${secret}${after}`), [secret]);
				expect(Buffer.from(inside.replaceAll('[hidden]', '    '), 'base64').toString()).not.toContain(secret);
			}
		}),
		{ seed: 20260821, numRuns: 100 },
	);
});
