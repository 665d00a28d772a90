import { answerTokens } from '../../../../../nodes/EachLabs/core/answer/answerTokens';

const text = { type: 'string' };
const number = { type: 'number' };
const object = (properties: Record<string, unknown>, more: object = {}) => ({
	type: 'object',
	properties,
	...more,
});

describe('the estimated length of an answer', () => {
	test.each<[string, unknown, unknown]>([
		['a limited text takes less than an unlimited one', { type: 'string', maxLength: 20 }, text],
		['a number takes less than a text', number, text],
		['an option takes less than a text', { enum: ['red', 'blue'] }, text],
		['one field takes less than two', object({ a: text }), object({ a: text, b: text })],
		[
			'a list of at most two takes less than any list',
			{ type: 'array', items: text, maxItems: 2 },
			{ type: 'array', items: text },
		],
		[
			'a list of numbers takes less than one of texts',
			{ type: 'array', items: number },
			{ type: 'array', items: text },
		],
		[
			'a fixed list counts each of its entries',
			{ type: 'array', prefixItems: [number, number] },
			{ type: 'array', prefixItems: [text, text] },
		],
		[
			'a list of at least ten takes more than any list',
			{ type: 'array', items: text },
			{ type: 'array', items: text, minItems: 10 },
		],
		['types in capitals are types', { type: 'NUMBER' }, { type: 'STRING' }],
		['a list in capitals is a list', { type: 'STRING' }, { type: 'ARRAY' }],
		[
			'the longest alternative counts',
			{ anyOf: [number, object({ a: text })] },
			{ anyOf: [number, object({ a: text, b: text })] },
		],
		[
			'parts that all hold add up',
			{ allOf: [object({ a: text })] },
			{ allOf: [object({ a: text }), object({ b: text })] },
		],
		[
			'a definition counts where it is used',
			object({ size: { $ref: '#/$defs/size' } }, { $defs: { size: number } }),
			object({ size: { $ref: '#/$defs/size' } }, { $defs: { size: object({ a: text, b: text }) } }),
		],
	])('%s', (_what, shorter, longer) => expect(answerTokens(shorter)).toBeLessThan(answerTokens(longer)));

	test('definitions that name each other many times over are estimated at once', () => {
		const names = Array.from({ length: 30 }, (_, position) => `d${position}`);
		const $defs = Object.fromEntries(
			names.map((name) => [name, { anyOf: names.map((other) => ({ $ref: `#/$defs/${other}` })) }]),
		);
		const startedAtMs = performance.now();
		expect(answerTokens({ $ref: '#/$defs/d0', $defs })).toBeGreaterThan(0);
		expect(performance.now() - startedAtMs).toBeLessThan(1_000);
	});

	test.each([
		['a schema that refers to itself', { $ref: '#' }],
		['a definition that there is not', { $ref: '#/$defs/none' }],
		['a place in a prototype', { $ref: '#/constructor' }],
		['200,000 options', { enum: Array.from({ length: 200_000 }, (_, option) => option) }],
		['no schema', undefined],
	])('%s gives an estimate', (_what, schema) => {
		expect(answerTokens(schema)).toBeGreaterThan(0);
		expect(answerTokens(schema)).toBeLessThan(1_000);
	});
});
