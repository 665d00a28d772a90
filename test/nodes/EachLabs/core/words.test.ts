import { triedJson } from '../../../../nodes/EachLabs/core/json';
import { counted, inUsd, listed } from '../../../../nodes/EachLabs/core/words';

test.each([
	[['a', 'b'], 2, ', ', 'a, b'],
	[['a', 'b', 'c'], 2, ', ', 'a, b, …'],
	[['a', 'b', 'c'], 2, ' ', 'a b …'],
	[[], 2, ', ', ''],
])('%j, of which %d are named, joined by %j, reads %j', (names, max, separator, text) => {
	expect(listed(names, max, separator)).toBe(text);
});

test.each([
	[0, '0 items'],
	[1, '1 item'],
	[1_234, '1,234 items'],
])('%d is counted as "%s"', (count, text) => {
	expect(counted(count, 'item')).toBe(text);
});

test.each([
	[0.0204321, '0.0204'],
	[-0.5, '-0.5'],
	[1_234.567, '1,234.57'],
])('%d USD is shown as "%s"', (usd, text) => {
	expect(inUsd(usd)).toBe(text);
});

test.each([
	['{"a":1}', { a: 1 }],
	['null', null],
	['{', undefined],
	[undefined, undefined],
	[5, undefined],
])('%j holds the JSON %j', (text, value) => {
	expect(triedJson(text)).toEqual(value);
});
