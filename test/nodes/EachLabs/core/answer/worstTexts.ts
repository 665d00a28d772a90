/**
 * Texts that are made to take long, each of `length` characters: repeated so that brackets never close, quotes can be read
 * in two ways, every value fails or every repair starts again. The last ones were found by a random search for slow texts.
 */
export function worstTexts(length: number): Record<string, string> {
	const text = (unit: string, before = '', after = ''): string =>
		(before + unit.repeat(Math.ceil(length / unit.length))).slice(0, length - after.length) + after;
	const entry = '{"index":1,"text":"some words here"}';
	return {
		'nested lists': '['.repeat(length / 2) + ']'.repeat(length / 2),
		'open lists': text('['),
		'open objects': text('{'),
		'open objects with keys': text('{"a":'),
		'open lists of objects': text('[{'),
		'closing brackets': text(']}', '['),
		'double quotes': text('"', '{"a":'),
		'single quotes': text("'", "{'a':"),
		'quotes in a text': text('" x', '{"a":"'),
		'quotes after commas': text('"a,["', '['),
		'quotes before brackets': text('"a]b"c', '['),
		'quotes of all kinds': text('“a\'b`c"d', '[“'),
		backticks: text('`'),
		'fences on lines': text('```\n'),
		'fences in a line': text('```json {'),
		'fences that open and close': text('```\n{"a":1,}\n```\n'),
		backslashes: text('\\', '["'),
		'escaped quotes': text('\\"', '{'),
		commas: text(',', '['),
		colons: text('a:', '{'),
		'words on lines': text('a\n', '['),
		comments: text('/**/', '['),
		'comments that never end': text('/* {', '['),
		'texts put together': text('+"a"', '["a"'),
		parentheses: text('a(', '['),
		'white space': text(' ', '{', '"'),
		'white space and commas': text('   ,', '{'),
		'empty objects': text('{}', 'x'),
		'small lists': text('[1]', 'x'),
		'objects on lines': text('{"a":1}\n'),
		'broken objects': text('{a:1,}\n'),
		'a list with single quotes': text(`${entry.replaceAll('"', "'")},`, '[', ']'),
		'a list with commas missing': text(entry, '[', ']'),
		'a list with a comma too many in each': text(`${entry.replace('}', ',}')},`, '[', ']'),
		'a list that was cut off': text(`${entry},`, '['),
		'alternating brackets and quotes': text('{"[\'', 'x'),
		'alternating everything': text('{"a":[`\'“,\n```/*', '<'),
		'found 1': text("'x[1':’+e", '//*/1', ','),
		'found 2': text('.’/*```[1'),
		'found 3': text('nulltrue,', '"a":[1', '’”'),
		'found 4': text('"x"~~~[1', ':e'),
		'found 5': text('"\')\t)"a":', '~~~[1', ',{'),
		'found 6': text(' "a":', '[', '{"a":'),
		'found 7': text('"a"://\\"~~~[1', '...:true', '"a":'),
		'found 8': text('[1“/*/true', '{"a":'),
		'found 9': text('\\"{"a":', '```json', 'json'),
	};
}
