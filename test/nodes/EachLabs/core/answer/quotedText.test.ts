import { jsonInText } from '../../../../../nodes/EachLabs/core/answer/jsonInText';
import { structuredAnswer } from '../../../../../nodes/EachLabs/core/answer/structuredAnswer';
import { AnswerSchema } from '../../../../../nodes/EachLabs/core/schema/AnswerSchema';

/** The value of the only field, as it is read where nothing around it is cut off. */
function textOf(written: string): unknown {
	const [first] = jsonInText(`{"a": "${written}"}`);
	return first && !first.isCutOff ? (first.value as { a: unknown }).a : undefined;
}

describe('A backslash that JSON has not', () => {
	test.each([
		['my\\_photo.jpg', 'my_photo.jpg'],
		['in\\_stock', 'in_stock'],
		['snake\\_case\\_name', 'snake_case_name'],
		['\\*new\\*', '*new*'],
		['5\\.', '5.'],
		['1\\. Cut\\n2\\. Glue \\_twice\\_', '1. Cut\n2. Glue _twice_'],
		['a \\[link\\]\\(x\\)', 'a [link](x)'],
		['\\#1 \\- \\~5 \\| \\>2 \\+ \\!', '#1 - ~5 | >2 + !'],
		['100\\% \\& more for 5\\$', '100% & more for 5$'],
		["it\\'s my\\_photo", "it's my_photo"],
		["it\\'s in C:\\data", "it's in C:\\data"],
		['Straße\\_12', 'Straße_12'],
	])('before a mark is one of Markdown, and goes: %s', (written, meant) => {
		expect(textOf(written)).toBe(meant);
	});

	test.each([
		['C:\\Users\\Max\\Übersicht.pdf'],
		['C:\\Документы\\Фото'],
		['D:\\图片\\照片'],
		['Ö:\\Ärger'],
		['D:\\Work\\.git'],
		['D:\\Work\\(1)'],
		['D:\\Work\\_old\\-x'],
		['C:\\_backup\\.git'],
		['^\\d+\\.\\d+$'],
		['\\w+@\\w+\\.\\w+'],
		['\\sum_{i} \\alpha\\, x'],
		['\\d\\_\\d'],
		['data\\2024\\05'],
	])(
		'before a letter or a digit of any alphabet is one, and so are all others of the text: %s',
		(written) => {
			expect(textOf(written)).toBe(written);
		},
	);

	test.each([
		['C:\\new\\data'],
		['C:\\Übersicht\\neu'],
		['C:\\новое\\neu'],
		['C:\\temp\\_old'],
		['C:\\_old\\temp'],
		['\\\\server\\share'],
		['D:\\\\Work\\.git'],
		['\\\\d+\\.x'],
	])('beside those that JSON has is refused where either may be meant: %s', (written) => {
		expect(textOf(written)).toBeUndefined();
	});

	test.each([
		['{"file\\_name": "my\\_photo.jpg"}', { file_name: 'my_photo.jpg' }],
		["{'file\\_name': 'C:\\Users\\_x'}", { file_name: 'C:\\Users\\_x' }],
		['[{"in\\_stock": true, "\\*": 1}]', [{ in_stock: true, '*': 1 }]],
		['{"\\_\\_proto\\_\\_": {"a": 1}, "b": 2}', { b: 2 }],
	])('is never kept before a mark in a key: %s', (written, value) => {
		expect(jsonInText(written)[0]).toMatchObject({ value, isCutOff: false });
	});

	test('is left out of choices', () => {
		const schema = AnswerSchema.fromJsonSchema(
			{
				type: 'object',
				properties: { stock_state: { enum: ['in_stock', 'sold_out'] } },
				required: ['stock_state'],
			},
			'schema',
		);
		expect(structuredAnswer('{"stock\\_state": "in\\_stock"}', schema)).toMatchObject({
			ok: true,
			value: { stock_state: 'in_stock' },
		});
	});
});

describe('A text in three quotes', () => {
	test.each<[string, unknown]>([
		['{"a": """Hello"""}', { a: 'Hello' }],
		["{'a': '''Hello'''}", { a: 'Hello' }],
		['{"a": """He said "hi", and "bye", twice""", "b": 1}', { a: 'He said "hi", and "bye", twice', b: 1 }],
		['{"a": """one\ntwo"""\n}', { a: 'one\ntwo' }],
		['{"a": """He said "hi"""", "b": 1}', { a: 'He said "hi"', b: 1 }],
		['["""x""", """y"""]', ['x', 'y']],
		['{"""a""": """x"""}', { a: 'x' }],
		['{"a": """""", "b": 1}', { a: '', b: 1 }],
		['{"a": """my\\_x"""}', { a: 'my_x' }],
	])('is read without any of them: %s', (written, value) => {
		expect(jsonInText(written)[0]).toMatchObject({ value, isRepaired: true, isCutOff: false });
	});

	test.each([['{"a": """, "b": """}'], ['{"a": """x""" y"""}'], ['{"a": """x']])(
		'is not read where its end is not sure: %s',
		(written) => {
			expect(jsonInText(written).filter(({ isCutOff }) => !isCutOff)).toEqual([]);
		},
	);

	test('is none where there is only one quote, in quotes', () => {
		expect(jsonInText('{"unit": """, "b": 1}')[0]).toMatchObject({
			value: { unit: '"', b: 1 },
			isCutOff: false,
		});
	});
});
