import type { IBinaryData, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';
import { quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';
import { closingHint } from '../../support/closingHint';
import { hurryEachTest } from '../../support/hurryHostClock';

hurryEachTest(5);

const ANALYZE = { resource: 'image', operation: 'analyze', text: 'What is it?' };
const CONTINUE = { onError: 'continueRegularOutput' } as const;

/** An item as a Code node may give it, with whatever stands in its binary fields. */
function codeItem(binary: unknown, json: INodeExecutionData['json'] = {}): INodeExecutionData {
	return { json, binary: binary as INodeExecutionData['binary'] };
}

/** The files of an item by the workflow setting that keeps them in the JSON. */
function combined({ json, binary }: INodeExecutionData): INodeExecutionData {
	return { json: { ...json, _files: binary as never } };
}

describe('files as workflows give them', () => {
	const sandbox = sandboxPerTest();
	const run = async (items: INodeExecutionData[], parameters: INodeParameters = {}) =>
		await quickRun(sandbox, { ...ANALYZE, ...parameters }, items, CONTINUE);
	/** The widths of the pictures that were sent, in the order of the storage. */
	const sent = () => sandbox.ledger.files.map(({ contentType }) => contentType);
	const base64 = async (width: number) => (await testMedia.picture(width, 30)).toString('base64');

	describe('are found by', () => {
		const both = async () =>
			await itemWithFiles({ photo: await testMedia.picture(40, 30), back: await testMedia.picture(41, 30) });
		test.each<[string, string, number, boolean?]>([
			['a name', 'photo', 1],
			['names by comma', 'photo, back', 2],
			['a file of an expression (n8n-io/n8n#21203)', '={{ $binary.photo }}', 1],
			['a file of another node (n8n-io/n8n#23307)', "={{ $('Start').item.binary['photo'] }}", 1],
			['a list of files', '={{ [$binary.photo, null, $binary.back] }}', 2],
			['a list of names', '={{ ["photo", "back"] }}', 2],
			['all files of an expression', '={{ $binary }}', 2],
			['a name with its place before it', 'binary.photo', 1],
			['*', '*', 2],
			['a name, in the other layout', 'photo', 1, true],
			['a path, in the other layout', '_files.photo', 1, true],
			['* in the other layout', '*', 2, true],
			['a file of an expression, in the other layout', '={{ $json._files.photo }}', 1, true],
			['a path to a file elsewhere in the item', 'order.photo', 1, true],
		])('%s', async (_, binaryPropertyName, count, isCombined = false) => {
			const item = isCombined ? combined(await both()) : await both();
			const json = isCombined ? { order: { photo: (item.json._files as never)['photo'] } } : {};
			const { items } = await run([{ ...item, json: { ...item.json, ...json } }], { binaryPropertyName });
			expect(items.map(({ json: { error } }) => error)).toEqual([undefined]);
			expect(sent()).toEqual(Array.from({ length: count }, () => 'image/png'));
		});
	});

	describe('that n8n keeps in memory', () => {
		const inMemory = async (names: { photo: string; back: string }) =>
			codeItem({
				photo: { data: await base64(40), mimeType: 'image/png', fileName: names.photo },
				back: { data: await base64(41), mimeType: 'image/png', fileName: names.back },
			});
		const widths = (text: unknown) =>
			[...String(text).matchAll(/(4[01])×30/g)].map(([, width]) => Number(width));

		test.each([
			['the file of an expression, which has no bytes', '={{ $binary.photo }}', [40]],
			['the other one', '={{ $binary.back }}', [41]],
			['a list of such', '={{ [$binary.back, $binary.photo] }}', [41, 40]],
			['all of an expression', '={{ $binary }}', [40, 41]],
			['the file of another node', "={{ $('Start').item.binary.back }}", [41]],
		])('are found by %s', async (_, binaryPropertyName, expected) => {
			const { items } = await run([await inMemory({ photo: 'a.png', back: 'b.png' })], {
				binaryPropertyName,
			});
			expect(items[0]?.json.error).toBeUndefined();
			expect(widths(items[0]?.json.text)).toEqual(expected);
		});

		test('are told apart by their fields where nothing else differs, or refused', async () => {
			const item = await inMemory({ photo: 'a.png', back: 'a.png' });
			const { items } = await run([item], { binaryPropertyName: '={{ $binary }}' });
			expect(widths(items[0]?.json.text)).toEqual([40, 41]);
			const { items: refused } = await run([item], { binaryPropertyName: '={{ $binary.photo }}' });
			expect(refused[0]?.json).toMatchObject({
				error: expect.stringContaining('holds a file without its bytes: this n8n keeps files in memory'),
				details: { description: expect.stringContaining('Write the name of the binary field') },
			});
			expect(sandbox.ledger.predictions).toHaveLength(1);
		});
	});

	describe('are sent whatever they are called, where their bytes are good', () => {
		test.each<[string, (bytes: string) => unknown]>([
			['bytes alone', (data) => ({ data: { data } })],
			['a type that says nothing (n8n-io/n8n#5894)', (data) => ({ data: { data, mimeType: 'text/plain' } })],
			['a type that is a word', (data) => ({ data: { data, mimeType: 'pdf' } })],
			[
				'a type that is wrong (n8n-io/n8n#22007)',
				(data) => ({ data: { data, mimeType: 'application/mp4' } }),
			],
			['a number for a name', (data) => ({ data: { data, mimeType: 'image/png', fileName: 7 } })],
			['base64 as the field itself', (data) => ({ data })],
			[
				'the parts of a file as fields (n8n-io/n8n#23171)',
				(data) => ({ data, mimeType: 'image/png', fileName: 'a.png', fileExtension: 'png' }),
			],
			["a 'data:' address as the bytes", (data) => ({ data: { data: `data:image/png;base64,${data}` } })],
			["a 'data:' address as the field itself", (data) => ({ data: `data:image/png;base64,${data}` })],
			['base64 in lines', (data) => ({ data: { data: data.replace(/(.{60})/g, '$1\r\n') } })],
			['a buffer as JSON has it', (data) => ({ data: Buffer.from(data, 'base64').toJSON() })],
			['a buffer as the bytes', (data) => ({ data: { data: Buffer.from(data, 'base64').toJSON() } })],
		])('%s, by name and by *', async (_, binaryOf) => {
			const item = codeItem(binaryOf(await base64(40)));
			for (const binaryPropertyName of ['data', '*']) {
				const { items } = await run([item], { binaryPropertyName });
				expect(items[0]?.json.error).toBeUndefined();
				expect(items[0]?.json.text).toContain('PNG picture of 40×30');
			}
		});

		test('a field that has the name of something that every object has', async () => {
			const given = codeItem({ constructor: { data: await base64(40), mimeType: 'image/png' } });
			const { items } = await run([given, codeItem({})], { binaryPropertyName: 'constructor' });
			expect(items.map(({ json }) => json.error)).toEqual([
				undefined,
				"The item has no binary field 'constructor', nor any other",
			]);
		});
	});

	test.each<[string, unknown, string]>([
		['nothing', null, 'nothing'],
		['a text', 'not found', "the text 'not found'"],
		['a list', [1, 2], 'a list'],
		['a number', 7, 'a number'],
		['an empty object', {}, 'an object without the bytes of a file (it is empty)'],
		[
			'an object of something else',
			{ url: 'https://x.y/z' },
			'an object without the bytes of a file (it has: url)',
		],
		[
			'text in the place of base64',
			{ data: 'Hello, world!' },
			"a file whose 'data' is the text 'Hello, world!', not base64",
		],
		[
			'a file whose id is lost',
			{ data: 'filesystem-v2', mimeType: 'image/png' },
			"a file without its 'id', by which n8n finds the bytes",
		],
	])('%s in a binary field is called what it is', async (_, value, what) => {
		const { items } = await run([codeItem({ data: value })]);
		expect(items[0]?.json.error).toBe(`The binary field 'data' holds ${what} where a file belongs`);
		expect((items[0]?.json.details as { description: string }).description).toContain(
			'A Code node gives a file as',
		);
		expect(sandbox.ledger.predictions).toEqual([]);
	});

	test.each<[string, Partial<IBinaryData>]>([
		['its file', { id: 'filesystem-v2:workflows/x/executions/1/binary_data/gone' }],
		['the place where it was kept', { id: 's3:workflows/x/executions/1/binary_data/gone' }],
	])('a file that n8n no longer has, by %s, is told with what to do', async (_, data) => {
		const lost = codeItem({ data: { data: 'x', mimeType: 'image/png', fileName: 'a.png', ...data } });
		for (const binaryPropertyName of ['data', '*']) {
			const { items } = await run([lost], { binaryPropertyName });
			expect(items[0]?.json.error).toMatch(
				/^The file 'a\.png' in binary field 'data' (is not there any more|could not be read)/,
			);
			expect((items[0]?.json.details as { description: string }).description).toContain(
				'Run the workflow again',
			);
		}
		expect(sandbox.ledger.presigns).toBe(0);
	});

	describe('* looks at what a type does not tell', () => {
		const item = async () =>
			await itemWithFiles({
				photo: {
					bytes: await testMedia.picture(40, 30),
					mimeType: 'application/octet-stream',
					fileName: 'photo',
				},
				contract: { bytes: await testMedia.document(1), mimeType: 'text/plain', fileName: 'contract' },
				table: { bytes: Buffer.from('a,b\n'), mimeType: 'text/csv', fileName: 'table.csv' },
				logo: {
					bytes: await testMedia.picture(20, 20, { format: 'gif' }),
					mimeType: 'image/gif',
					fileName: 'logo.gif',
				},
			});

		test('takes what the operation and its model read, and tells the others by a hint', async () => {
			const { items, hints } = await run([await item()], { binaryPropertyName: '*' });
			expect(items[0]?.json.error).toBeUndefined();
			expect(sent().sort()).toEqual(['application/pdf', 'image/png']);
			expect(hints.map(({ message }) => message)).toEqual([
				'Files that were left out, since this operation or its model does not read them: table.csv, logo.gif (item 0)',
				closingHint,
			]);
		});

		test('leaves out other kinds by their bytes, in an operation for one kind', async () => {
			const { items } = await run([await item()], {
				operation: 'altText',
				text: '',
				binaryPropertyName: '*',
			});
			expect(items[0]?.json.error).toBeUndefined();
			expect(sent()).toEqual(['image/png']);
		});

		test('does not leave out what claims to be of the right kind, and is broken', async () => {
			const broken = { bytes: Buffer.from('<html>404</html>'), mimeType: 'image/jpeg', fileName: 'b.jpg' };
			const { items } = await run([await itemWithFiles({ a: await testMedia.picture(40, 30), b: broken })], {
				binaryPropertyName: '*',
			});
			expect(items[0]?.json.error).toContain("'b.jpg' in binary field 'b' holds a web page");
		});
	});

	describe('a hint tells', () => {
		const two = async () =>
			await itemWithFiles({ data: await testMedia.picture(40, 30), data_1: await testMedia.picture(41, 30) });

		test('of files that were not asked for', async () => {
			const { hints } = await run([await two()]);
			expect(hints.map(({ message }) => message)).toEqual([
				"This item has 2 images; only 'data' was sent. Write * for all.",
				closingHint,
			]);
			expect(sent()).toHaveLength(1);
		});

		test('once for many items', async () => {
			const { hints } = await run([await two(), await two(), await two()]);
			expect(hints.map(({ message }) => message)).toEqual([
				"Item 0 has 2 images; only 'data' was sent. Write * for all. So it is with 2 more items.",
				expect.stringMatching(/^2 of the files look like others/),
				closingHint,
			]);
		});

		test('that items are not compared with each other', async () => {
			const pictures = [await testMedia.picture(40, 30), await testMedia.picture(41, 30)];
			const items = await Promise.all(pictures.map(async (data) => await itemWithFiles({ data })));
			const { hints } = await run(items, { text: 'Compare these two pictures.' });
			expect(hints.map(({ message }) => message)).toEqual([
				expect.stringMatching(/^Each of 2 items was asked about by itself/),
				closingHint,
			]);
		});
	});
});
