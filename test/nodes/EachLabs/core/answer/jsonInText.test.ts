import fc from 'fast-check';
import { jsonInText } from '../../../../../nodes/EachLabs/core/answer/jsonInText';
import { mendedJson } from '../../../../../nodes/EachLabs/core/answer/mendedJson';
import { worstTexts } from './worstTexts';

const forbiddenKeys = ['__proto__', 'constructor', 'prototype'];

/** JSON values, with the keys among them that are dropped. */
const json = fc.jsonValue({ maxDepth: 6 }).chain((value) =>
	fc.tuple(fc.constant(value), fc.constantFrom(...forbiddenKeys, 'other')).map(
		([inner, key]) =>
			Object.fromEntries([
				['value', inner],
				[key, inner],
			]) as unknown,
	),
);

/** What a reader of JSON could take for the end of a string, or for a fence. */
const markup = fc.string({
	maxLength: 12,
	unit: fc.constantFrom('```', '~~~', ...Array.from('`~{}[]"\',:\\\nj1 ')),
});

const container = fc
	.tuple(fc.jsonValue({ maxDepth: 4 }), fc.array(markup, { maxLength: 3 }))
	.map(([value, texts]) => ({ value, texts, end: true }));

/** Prose that holds no bracket which could be the start of JSON, and no fence. */
const prose = fc.string({
	maxLength: 60,
	unit: fc.constantFrom(...Array.from('abc XYZ.,:;!?\'"()-\n12é😀')),
});

function without(value: unknown): unknown {
	return JSON.parse(JSON.stringify(value), (key, field: unknown) =>
		forbiddenKeys.includes(key) ? undefined : field,
	) as unknown;
}

function firstOf(text: string): unknown {
	return jsonInText(text)[0]?.value;
}

describe('A text that is JSON', () => {
	test('gives what JSON.parse gives, less the keys that are dropped', () => {
		fc.assert(
			fc.property(json, fc.constantFrom(undefined, 2, '\t'), (value, space) => {
				const text = JSON.stringify(value, undefined, space);
				expect(jsonInText(text)[0]).toEqual({ value: without(value), isRepaired: false, isCutOff: false });
			}),
			{ seed: 20260821, numRuns: 500 },
		);
	});

	test('may be nested 64 levels deep, and no deeper', () => {
		const nested = (depth: number): string => '[{"a":'.repeat(depth / 2) + '1' + '}]'.repeat(depth / 2);
		expect(firstOf(nested(64))).toEqual(JSON.parse(nested(64)));
		expect(jsonInText(nested(66))).toEqual([]);
		expect(jsonInText(`Here: ${nested(66)}`)).toEqual([]);
		expect(jsonInText('['.repeat(1_000) + ']'.repeat(1_000))).toEqual([]);
	});

	test('may have 1 MB, and no more', () => {
		const long = (length: number): string => `["${'x'.repeat(length - 4)}"]`;
		expect(firstOf(long(1_048_576))).toEqual(['x'.repeat(1_048_572)]);
		expect(jsonInText(long(1_048_577))).toEqual([]);
	});

	test('inside a JSON string comes after the string itself', () => {
		expect(jsonInText(JSON.stringify('{"a":1}'))).toEqual([
			{ value: '{"a":1}', isRepaired: false, isCutOff: false },
			{ value: { a: 1 }, isRepaired: true, isCutOff: false },
		]);
	});
});

describe('JSON in a text', () => {
	test('is found whatever prose is around it', () => {
		fc.assert(
			fc.property(prose, container, prose, (before, value, after) => {
				const found = firstOf(`${before} ${JSON.stringify(value)} ${after}`);
				expect(found).toEqual(without(value));
			}),
			{ seed: 20260821, numRuns: 500 },
		);
	});

	test('is found in a fence, whatever prose is around it', () => {
		fc.assert(
			fc.property(
				prose,
				container,
				prose,
				fc.constantFrom('', 'json', 'JSON5'),
				(before, value, after, language) => {
					const text = `${before}\n\`\`\`${language}\n${JSON.stringify(value, undefined, 2)}\n\`\`\`\n${after}`;
					expect(jsonInText(text)[0]).toEqual({ value: without(value), isRepaired: false, isCutOff: false });
				},
			),
			{ seed: 20260821, numRuns: 500 },
		);
	});

	test('is repaired to the same value when each comma has a second reading', () => {
		const field = fc.tuple(
			fc.constantFrom('a', 'b', 'c', 'long name'),
			fc.constantFrom(1, -2.5, true, null, 'text', []),
		);
		const broken = fc.array(field, { minLength: 1, maxLength: 4 }).map((fields) => ({
			value: Object.fromEntries(fields),
			text: `{${fields.map(([key, value]) => `'${key}': ${JSON.stringify(value)}, // note`).join('\n')}\n}`,
		}));
		fc.assert(
			fc.property(broken, prose, ({ value, text }, after) => {
				expect(jsonInText(`So: ${text} ${after}`)[0]).toEqual({ value, isRepaired: true, isCutOff: false });
			}),
		);
	});

	test.each([
		['larger ones first', '{"a":1} {"a":1,"b":2,"c":3,"d":4} {"a":2}', { a: 1, b: 2, c: 3, d: 4 }],
		['then what stands in a fence', '```\n{"a":1}\n``` and {"a":2}', { a: 1 }],
		[
			'a fence behind a quoted beginning',
			'I use `{"label":` here.\n```json\n{"label":"dog"}\n```',
			{ label: 'dog' },
		],
		[
			'a fence behind a template',
			'Template: { "label": "…", "why": <reason> and so on.\n```json\n{"label":"dog"}\n```',
			{ label: 'dog' },
		],
		[
			'a fence behind a thought',
			'{"thought": "it is a dog"\n```json\n{"label":"dog"}\n```',
			{ label: 'dog' },
		],
		['then what needs no repair', '{"a":1} and {"a":2,}', { a: 1 }],
		['then what comes later', '{"a":1} and {"a":2}', { a: 2 }],
		[
			'but not in a fence that is in a text',
			'So: {"a":"```json [12,13,14]```"}.',
			{ a: '```json [12,13,14]```' },
		],
		['what was cut off last', '{"a":1} and {"a":2,"b":[1,2,3,4,5,6,7', { a: 1 }],
	])('comes in order: %s', (_, text, first) => {
		expect(firstOf(text)).toEqual(first);
	});

	test('gives at most eight candidates, and objects in a row as a list in the second place', () => {
		const objects = Array.from({ length: 20 }, (_, index) => ({ index }));
		const candidates = jsonInText(objects.map((object) => JSON.stringify(object)).join('\n'));
		expect(candidates).toHaveLength(8);
		expect(candidates[0]?.value).toEqual({ index: 19 });
		expect(candidates[1]).toEqual({ value: objects, isRepaired: true, isCutOff: false });
	});
});

describe('A text that was cut off', () => {
	test('keeps, at any place, entries that are a beginning of the list, and says so', () => {
		const entry = fc.record({
			index: fc.nat(),
			text: fc.oneof(fc.string({ maxLength: 12 }), markup),
			tags: fc.array(fc.string({ maxLength: 4 })),
		});
		fc.assert(
			fc.property(
				fc.array(entry, { minLength: 1, maxLength: 6 }),
				fc.double({ min: 0, max: 1, noNaN: true }),
				(entries, part) => {
					const whole = JSON.stringify(entries);
					const text = whole.slice(0, Math.max(1, Math.floor(part * whole.length)));
					fc.pre(text.length < whole.length);
					const [candidate] = jsonInText(text);
					expect(candidate).toMatchObject({ isCutOff: true, isRepaired: true });
					const kept = candidate?.value as typeof entries;
					expect(kept.slice(0, -1)).toEqual(entries.slice(0, Math.max(0, kept.length - 1)));
					// The last one lacks fields, or entries at their end; what it has is not cut.
					const last = kept.at(-1);
					if (!last) return;
					const original = entries[kept.length - 1];
					for (const [name, field] of Object.entries(last)) {
						const meant = original?.[name as keyof typeof original];
						expect(field).toEqual(
							Array.isArray(field) && Array.isArray(meant) ? meant.slice(0, field.length) : meant,
						);
					}
				},
			),
			{ seed: 20260821, numRuns: 500 },
		);
	});

	test.each([
		['inside a list of objects', '[{"a":1},{"a":2},{"a":3', [{ a: 1 }, { a: 2 }, {}]],
		['inside a fence', '```json\n[{"a":1},{"a":2},{"a"', [{ a: 1 }, { a: 2 }, {}]],
		['with a fence in a text before', '[{"a":"```"},{"a":2},{"a":3', [{ a: '```' }, { a: 2 }, {}]],
		['in a text with a fence', '[{"a":1},{"a":2},{"a":"```json\\n{}', [{ a: 1 }, { a: 2 }, {}]],
		['with other damage before', "[{'a':1,},{'a':2,},{'a':", [{ a: 1 }, { a: 2 }, {}]],
		['inside the row of objects', '{"a":1}\n{"a":2}\n{"a":3,"b"', [{ a: 1 }, { a: 2 }]],
	])('is closed after what is complete: %s', (_, text, value) => {
		expect(jsonInText(text)).toContainEqual({ value, isRepaired: true, isCutOff: true });
	});

	test('is not taken for cut off where a fence was closed after it', () => {
		expect(jsonInText('```json\n{"a":[1,2\n```\nDone.')[0]).toEqual({
			value: { a: [1, 2] },
			isRepaired: true,
			isCutOff: false,
		});
	});
});

describe('Broken JSON', () => {
	test('that stands as it should is read as JSON.parse reads it', () => {
		fc.assert(
			fc.property(json, fc.constantFrom(undefined, 2, '\t'), (value, space) => {
				const text = JSON.stringify(value, undefined, space);
				expect(mendedJson(`${text}.`, 0, text.length + 1, false, false)).toMatchObject({
					json: JSON.stringify(value),
					end: text.length,
					isPlain: true,
					isCutOff: false,
				});
			}),
			{ seed: 20261128, numRuns: 500 },
		);
	});

	test.each<[string, string, unknown]>([
		['a path', '{"a": "C:\\data\\sheet",}', { a: 'C:\\data\\sheet' }],
		['an escaped apostrophe', "{'a': 'it\\'s'}", { a: "it's" }],
		['quotes around a whole text', '{"a": ""yes" he said", "b": 1}', { a: '"yes" he said', b: 1 }],
		['quotes before a colon', '{"a": "The "rule": be kind",}', { a: 'The "rule": be kind' }],
		['curved quotes inside and at the end', '{"a": "a “b”, c”, "d": 1}', { a: 'a “b”, c', d: 1 }],
		['a word for a bracket', "{'a': (1, 2)}", undefined],
		['a value left out', '{"a": 1, "b": , "c": 2}', undefined],
		['a colon left out', '{"a" 1}', undefined],
		['two commas', '[1,,2]', undefined],
		['quotes at commas', '{"a": "An "old", green chair"}', undefined],
		['two texts with one quote inside each', '["An "old", "green" chair"]', undefined],
		['a quote behind a comma', '["red,"green"]', undefined],
		['a text of texts', '{"a": "x" y, "b": ["c" d]}', undefined],
		['two colons', '{"a": "b": "c"}', undefined],
		['a comma in a number', '{"a": 12,5}', undefined],
		['thousands', '{"a": 12 500}', undefined],
		['two numbers', '{"a": 12 5}', undefined],
		['three numbers', '{"a": 38 39 40}', undefined],
		['numbers without commas in a list', '[38 39 40]', undefined],
		['numbers of all kinds without commas', '{"a": [-1.5 2e3 7 0]}', undefined],
		['truths without commas', '{"a": [true false true]}', undefined],
		['words without commas', '{"a": [red green blue]}', undefined],
		['words of another alphabet without commas', '{"a": [красный синий]}', undefined],
		['words and numbers without commas', '{"a": [red 38 blue]}', undefined],
		['semicolons for commas', '{"a": [38; 39; 40]}', undefined],
		['semicolons without blanks for commas', '{"a": [red;green;blue]}', undefined],
		['words of two between commas', '{"a": [dark red, light green]}', { a: ['dark red', 'light green'] }],
		['words on lines', '{"a": [red\ngreen\nblue]}', undefined],
		['a word in a list', '{"a": [red]}', { a: ['red'] }],
		['words for a field', '{"a": red green blue}', { a: 'red green blue' }],
		['backslashes of two kinds', '{"a": "C:\\new\\data",}', undefined],
		['a bracket too many', '{"a": 1]}', undefined],
		['two brackets too few', '{"a": [[1}', undefined],
		['brackets that close one another', '[{"a": [1}}, {"b": 2}]', undefined],
	])('with %s is read where one reading is left, else refused', (_, text, value) => {
		const whole = jsonInText(text).filter(({ isCutOff }) => !isCutOff);
		expect(whole.map((one) => one.value)).toEqual(value === undefined ? [] : [value]);
	});

	test('that is refused says so, and what is whole inside of it is a part', () => {
		expect(jsonInText('{"a": 1, "b": "An "old", green chair", "c": [{"d": 2}]}')).toEqual([
			{ value: { a: 1, b: 'An "old' }, isRepaired: true, isCutOff: true, isRefused: true, isPart: false },
			{ value: [{ d: 2 }], isRepaired: false, isCutOff: true, isRefused: false, isPart: true },
		]);
	});
});

describe('Any text', () => {
	test('is read without changing Object.prototype, and never throws', () => {
		const before = Object.getOwnPropertyNames(Object.prototype);
		const part = fc.constantFrom(
			...[
				'{',
				'}',
				'[',
				']',
				'"',
				"'",
				'`',
				'```',
				'\n',
				',',
				':',
				' ',
				'\\',
				'//',
				'/*',
				'“',
				'”',
				'1',
				'null',
			],
			...['"__proto__":', '"constructor":', '{"prototype":', '__proto__:', '\\"__proto__\\":', '{"a":'],
		);
		fc.assert(
			fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
				for (const { value } of jsonInText(parts.join(''))) {
					JSON.stringify(value, (key, field: unknown) => {
						expect(forbiddenKeys).not.toContain(key);
						return field;
					});
				}
			}),
			{ seed: 20260821, numRuns: 2_000 },
		);
		expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
		expect(({} as Record<string, unknown>).a).toBeUndefined();
	});

	test.each(Object.entries(worstTexts(65_536)))('of 64 KB comes to an end: %s', (_, text) => {
		const before = process.cpuUsage();
		expect(jsonInText(text).length).toBeLessThanOrEqual(8);
		// Not the promise, which the benchmark measures: quadratic time is far above.
		const { user, system } = process.cpuUsage(before);
		expect((user + system) / 1_000).toBeLessThan(5_000);
	});
});
