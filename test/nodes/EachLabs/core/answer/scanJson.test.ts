import { scanJson } from '../../../../../nodes/EachLabs/core/answer/scanJson';

/** What follows what in JSON, and what a repairer has to do about the rest. */
test.each<[text: string, isPlain: boolean, commaFaults: number, firstDoubt: number]>([
	['[1, [2], {"a": 3, "b": [4]}, "c", null]', true, 0, Infinity],
	['{a: 1, b: {c: "d"}}', true, 0, Infinity],
	// A comma that is missing.
	['[{} {}]', false, 1, Infinity],
	['[[1] "a"]', false, 1, Infinity],
	['["a" {}]', false, 1, Infinity],
	['["a" "b" "c"]', false, 2, Infinity],
	['[true {}]', false, 1, Infinity],
	['{"a": "b" "c": 1}', false, 1, Infinity],
	['{"a": {} "c": 1}', false, 1, Infinity],
	['{"a": 1 "c": 1}', false, 1, Infinity],
	// One too many.
	['[1,]', false, 1, Infinity],
	['{"a": 1,}', false, 1, Infinity],
	['["a",,"b"]', false, 0, 5],
	['[,"a"]', false, 0, 1],
	['{"a":,"b":1}', false, 1, 5],
	['{,}', false, 1, 1],
	// Anything else.
	['{"a": "b": "c"}', false, 0, 9],
	['["a": 1]', false, 0, 4],
	['{"a":}', false, 0, 5],
	['[1}]', false, 0, 2],
])(
	'%s is plain: %p, with %i faults of commas, in doubt from %p',
	(text, isPlain, commaFaults, firstDoubt) => {
		expect(scanJson(text, 0, text.length, 64)).toMatchObject({
			end: text.length,
			isClosed: true,
			isPlain,
			commaFaults,
			firstDoubt,
		});
	},
);
