import fc from 'fast-check';

import { doubledIn } from '../../../../../nodes/EachLabs/core/answer/doubledKeys';
import { parsedJson } from '../../../../../nodes/EachLabs/core/answer/parseJson';

/** The text of an object with these fields, in this order, whatever stands twice. */
type Tree = string | number | null | Tree[] | { fields: Array<[string, Tree]> };
const written = (tree: Tree): string =>
	Array.isArray(tree)
		? `[${tree.map(written).join(', ')}]`
		: typeof tree === 'object' && tree !== null
			? `{${tree.fields.map(([key, value]) => `${JSON.stringify(key)} : ${written(value)}`).join(',')}}`
			: JSON.stringify(tree);

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
	tree: fc.oneof(
		{ depthSize: 'small' },
		fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.constantFrom('a": 1, "a', '\\', '{"a":1}')),
		fc.array(tie('tree'), { maxLength: 4 }),
		fc.record({
			fields: fc.array(fc.tuple(fc.constantFrom('a', 'b"', '2', '10', 'a\\', ': '), tie('tree')), {
				maxLength: 4,
			}),
		}),
	),
}));

test('a text with keys that stand twice is read as JSON.parse reads it', () => {
	fc.assert(
		fc.property(tree, (given) => {
			const json = written(given);
			expect(parsedJson(json)?.value).toEqual(JSON.parse(json));
		}),
	);
});

test('all values of a key that stands twice are known, unless they are the same', () => {
	const value = parsedJson('{"a": 1, "b": {"c": [1], "c": [1, 2]}, "a": 2, "d": 5, "d": 5}')?.value as {
		b: object;
	};
	expect([...doubledIn(value)]).toEqual([['a', [1, 2]]]);
	expect([...doubledIn(value.b)]).toEqual([['c', [[1], [1, 2]]]]);
});
