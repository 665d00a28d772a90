import { validate, type Schema } from '@cfworker/json-schema';
import fc from 'fast-check';
import { SchemaCheck } from '../../../../../nodes/EachLabs/core/schema/SchemaCheck';

const scalar = fc.constantFrom<unknown>(null, true, false, 0, 1, 1.5, -2, '', 'a', 'ab', '2026-01-31');
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
	value: fc.oneof(
		{ maxDepth: 4 },
		scalar,
		fc.array(tie('value'), { maxLength: 3 }),
		fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3 }),
	),
}));

const { schema } = fc.letrec<{ schema: Schema | boolean; inner: Schema | boolean }>((tie) => {
	const inner = fc.oneof({ maxDepth: 4 }, fc.constant({ $ref: '#/$defs/a' }), tie('schema'));
	const list = fc.array(inner, { minLength: 1, maxLength: 3 });
	const small = fc.integer({ min: 0, max: 3 });
	const type = fc.constantFrom('string', 'number', 'integer', 'boolean', 'array', 'object', 'null');
	const keywords = {
		type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 })),
		const: fc.oneof(scalar, fc.array(scalar, { maxLength: 2 })),
		enum: fc.array(fc.oneof(scalar, fc.dictionary(fc.constantFrom('a', 'b'), scalar)), { minLength: 1 }),
		allOf: list,
		anyOf: list,
		oneOf: list,
		properties: fc.dictionary(fc.constantFrom('a', 'b'), inner),
		additionalProperties: inner,
		required: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')),
		items: inner,
		uniqueItems: fc.boolean(),
		multipleOf: fc.constantFrom(0.5, 1, 2),
		format: fc.constantFrom('date', 'email'),
		...Object.fromEntries(
			['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minLength', 'maxLength']
				.concat('minItems', 'maxItems', 'minProperties', 'maxProperties')
				.map((keyword) => [keyword, small]),
		),
	};
	return {
		inner,
		schema: fc.oneof(
			{ maxDepth: 4 },
			fc.boolean(),
			...Object.entries(keywords).map(([keyword, part]) =>
				(part as fc.Arbitrary<unknown>).map((one) => ({ [keyword]: one })),
			),
			fc.record(keywords as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: [] }),
		) as fc.Arbitrary<Schema | boolean>,
	};
});

test('finds a value fitting where another validator does, for any schema', () => {
	let fitting = 0;
	const runs = 2_000;
	fc.assert(
		fc.property(schema, schema, value, (root, a, given) => {
			const part = { allOf: [root] } as Schema;
			const places = new Map([['#/$defs/a', { type: 'object', properties: { a } } as unknown as Schema]]);
			const document = { ...part, $defs: { a: places.get('#/$defs/a') } } as Schema;
			const { valid } = validate(given, structuredClone(document), '2020-12');
			expect(new SchemaCheck(places).fits(given, part)).toBe(valid);
			fitting += valid ? 1 : 0;
		}),
		{ numRuns: runs, seed: 20261127 },
	);
	expect(fitting).toBeGreaterThan(runs / 10);
	expect(fitting).toBeLessThan((runs * 9) / 10);
});
