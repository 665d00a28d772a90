import { isFileData, isFileLike, readGivenFile } from '../../../../nodes/EachLabs/n8n/givenFile';

/** Bytes that begin as a picture, and are no text. */
const base64 = (characters: number): string =>
	Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...new Uint8Array(300)])
		.toString('base64')
		.slice(0, characters);

test.each([
	[39, false],
	[40, true],
])('a text of %i characters in base64 is the data of a file: %p', (characters, isFile) => {
	const text = base64(characters);
	const given = readGivenFile(text);
	expect(given).toEqual(isFile ? expect.objectContaining({ id: undefined }) : `the text '${text}'`);
});

test.each([
	[199, false],
	[200, true],
])('a text of %i characters in base64 stands where a field name belongs: %p', (characters, isData) => {
	expect(isFileData(base64(characters))).toBe(isData);
});

test.each(['filesystem', 'filesystem-v2', 's3', 'azure', 'database', 'object'])(
	"a file in the store %s is none without its 'id', and one with it",
	(data) => {
		expect(readGivenFile({ data, mimeType: 'image/png' })).toContain("a file without its 'id'");
		expect(readGivenFile({ data, id: `${data}:1` })).toMatchObject({ id: `${data}:1` });
		expect(isFileLike({ data })).toBe(true);
	},
);

test.each([
	[40, ''],
	[41, '…'],
])('of a text of %i characters 40 are shown', (characters, more) => {
	expect(readGivenFile('é'.repeat(characters))).toBe(`the text '${'é'.repeat(40)}${more}'`);
});
