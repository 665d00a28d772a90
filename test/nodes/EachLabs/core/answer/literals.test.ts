import { isInexact } from '../../../../../nodes/EachLabs/core/answer/literals';

test.each([
	['12345678901234567890', true],
	['12345678901234567890.0', true],
	['12345678901234567890e3', true],
	['1.2345678901234567890123E+30', true],
	['-9007199254740993', true],
	['9007199254740993.00', true],
	['1e999', true],
	['9007199254740992', false],
	['12345678901234567000', false],
	['9007199254740992.0', false],
	['-1500000000000000000000', false],
	['1.5e300', false],
	['1000000000000000000000000.0', false],
	['0.1234567890123456789', false],
	['0.00000000000000000000', false],
	['12.50', false],
])('%s becomes another number when it is read: %p', (literal, isOther) => {
	expect(isInexact(literal)).toBe(isOther);
});
