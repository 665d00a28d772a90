import { sandboxPerTest } from './sandboxPerTest';
import { pictureItems, quickRun } from './quickRun';
import { Readable } from 'node:stream';
import sharp from 'sharp';
import type { ICredentialDataDecryptedObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../../sandbox/startSandbox';
import { runNode, storeBinary } from '../../support/runNode';
import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';

interface Row {
	readonly label: string;
	/** Beside those of `image.analyze`, or all where a resource is named. */
	readonly parameters?: INodeParameters;
	readonly options?: INodeParameters;
	/** Default: one item with a good picture in the field `data`. */
	readonly item?: () => Promise<INodeExecutionData> | INodeExecutionData;
	readonly credential?: ICredentialDataDecryptedObject;
	readonly message: string;
	readonly description: string;
}

const modelId = (value: string) => ({ __rl: true, mode: 'id', value });

const fileItem = (bytes: Buffer | Promise<Buffer>, fileName: string, mimeType: string) => async () =>
	await itemWithFiles({ data: { bytes: await bytes, fileName, mimeType } });

const urlItem = (urls: unknown): Pick<Row, 'parameters' | 'item'> => ({
	parameters: { inputType: 'url', imageUrls: '={{ $json.urls }}' },
	item: () => ({ json: { urls: urls as string } }),
});

async function cutOff(format: 'jpeg' | 'png'): Promise<Buffer> {
	const whole = await testMedia.picture(400, 300, { format });
	return whole.subarray(0, whole.length - 100);
}

/** What bad input is refused for: what the user reads, word by word. */
describe('bad input is refused before anything is paid', () => {
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox();
	});
	afterAll(async () => await sandbox.close());

	const run = async ({
		parameters = {},
		options,
		item,
		credential,
	}: Omit<Row, 'message' | 'description' | 'label'>) =>
		await runNode({
			baseUrl: sandbox.baseUrl,
			...(credential && { credentials: { eachLabsApi: { baseUrl: sandbox.baseUrl, ...credential } } }),
			parameters: {
				...(parameters.resource === undefined && {
					resource: 'image',
					operation: 'analyze',
					text: 'What is it?',
				}),
				...parameters,
				...(options && { options }),
			},
			items: [(await item?.()) ?? (await itemWithFiles({ data: await testMedia.picture(40, 30) }))],
		});

	const expectRefusals = (rows: readonly Row[]) => {
		test.each(rows)('$label', async ({ message, description, ...row }) => {
			const { status, error, items } = await run(row);
			const { resource = 'image', operation = '' } = row.parameters ?? {};
			const buys = BUYING.has(resource) || operation === 'create';
			const isOfRun = row.credential !== undefined || NAMES_THE_RUN.test(message);
			const uncharged = ` Nothing was charged${isOfRun ? '' : ' for this item'}.`;
			const told = `${description}${buys ? uncharged : ''}`;
			expect({ message: error?.message, description: error?.description }).toEqual({
				message,
				description: told,
			});
			expect({ status, items }).toEqual({ status: 'error', items: [] });
			// n8n shows the item beside the message.
			const { context } = error as unknown as { context: { itemIndex?: number } };
			if (!isOfRun) expect(context.itemIndex).toBe(0);
			// The words of a program have no place in what a user reads; what somebody else said is theirs.
			expect(`${message} ${description}`).not.toMatch(
				/\b(errors?|problems?|failures?|undefined|null|exceptions?)\b/i,
			);
			expect(sandbox.ledger.predictions).toEqual([]);
			expect(sandbox.ledger.refusedCreates).toEqual([]);
		});
	};
	/** Resources whose operations are paid by the prediction. */
	const BUYING = new Set<unknown>(['image', 'video', 'audio', 'document', 'model']);
	/** Options that hold for the whole run. */
	const NAMES_THE_RUN = /^The option '(Max Concurrency|Upload Retention|Max Cost)'/;

	describe('text and model', () => {
		const noText = 'Check its expression: for this item it gives no text.';
		const cutText = 'A text that was cut in the middle of an emoji is a common reason. Cut it elsewhere.';
		expectRefusals([
			{
				label: 'an empty model',
				parameters: { modelId: modelId('={{ "" }}') },
				message: "The parameter 'Model' is empty",
				description: 'Choose a model from the list.',
			},
			{
				label: 'an empty text',
				parameters: { text: '={{ "  " }}' },
				message: "The 'Text Input' is empty",
				description: 'Write what the model should say about the files.',
			},
			{
				label: 'a number for a text',
				parameters: { text: '={{ 5 }}' },
				message: "The 'Text Input' holds a value of type number where a text belongs",
				description: noText,
			},
			{
				label: 'an object for a text',
				parameters: { text: '={{ $json }}' },
				message: "The 'Text Input' holds a value of type object where a text belongs",
				description: noText,
			},
			{
				label: 'an expression that gives nothing',
				parameters: { text: '={{ $json.nothing }}' },
				message: "The 'Text Input' holds nothing where a text belongs",
				description: noText,
			},
			{
				label: 'half of an emoji in the text',
				parameters: { text: 'cut \ud83d here' },
				message: "The 'Text Input' holds half of a character, which can't be sent",
				description: cutText,
			},
			{
				label: 'half of an emoji in the system instruction',
				options: { systemInstruction: 'cut \ud83d here' },
				message: "The option 'System Instruction' holds half of a character, which can't be sent",
				description: cutText,
			},
			{
				label: 'half of an emoji in the language',
				options: { language: 'cut \ud83d here' },
				message: "The option 'Language' holds half of a character, which can't be sent",
				description: cutText,
			},
			{
				label: 'more text than the model reads',
				parameters: { text: '={{ "word ".repeat(900000) }}' },
				message: "The 'Text Input' has about 1,125,000 tokens; the model reads at most 1,048,576",
				description: 'Shorten the text, or spread it over several items.',
			},
			{
				label: 'an alt text that is too short to say anything',
				parameters: { resource: 'image', operation: 'altText', maxLength: 3 },
				message: "The 'Max Length' is 3; it has to be a whole number from 10 to 2,000",
				description: 'Set it within that range; 125 suits most pages.',
			},
			{
				label: 'a model that takes no text',
				parameters: { modelId: modelId('sandbox-picture-tags') },
				message: 'The model sandbox-picture-tags takes no text: it has no field for a prompt',
				description:
					"Choose a model that reads images and text, e.g. gemini-2-0-flash-lite, or run this one with 'Model → Run'.",
			},
			{
				label: 'a model that takes no images',
				parameters: { modelId: modelId('sandbox-picture-maker') },
				message: 'The model sandbox-picture-maker takes no images',
				description:
					'Choose a model that does, e.g. gemini-2-0-flash-lite, which reads images, videos, audio and PDF documents.',
			},
		]);
	});

	describe('files', () => {
		const formats =
			'Use JPEG, PNG, WebP, GIF, BMP, HEIC or AVIF images, MP4, MOV, WebM or AVI videos, WAV, MP3, M4A, OGG, FLAC or AAC audio, or PDF documents. Often a download gave a web page with a notice in place of the file: look at the node before this one.';
		const convert = 'Convert it to PNG or JPEG first, then try again.';
		const stepBefore =
			"Look at the node before this one: it has to give a file in a binary field. An Aggregate node keeps files only with its option 'Include Binaries'.";
		const nameOnly =
			"Write the name of the binary field, e.g. data, without an expression. Data in a text become a file with n8n's node 'Convert to File', operation 'Move Base64 String to File'.";
		const nameOrFile =
			'Write the name of the binary field, e.g. data, or an expression that gives a file, e.g. {{ $binary.data }}.';
		const again = 'The download or upload before this node stopped early. Get the file again.';
		expectRefusals([
			{
				label: 'a binary field that is not there',
				parameters: { binaryPropertyName: 'photo' },
				item: async () => {
					const picture = await testMedia.picture(4, 4);
					return await itemWithFiles({ data: picture, image: picture });
				},
				message: "The item has no binary field 'photo'; it has: data, image",
				description: "Set 'Input Data Field Name(s)' to one of these, to several by comma, or to * for all.",
			},
			{
				label: 'an item without files',
				item: () => ({ json: {} }),
				message: "The item has no binary field 'data', nor any other",
				description:
					"This node needs a file from the node before it, e.g. from 'Read/Write Files from Disk' or 'HTTP Request' (response format: file). For files that are on the web, set 'Input Type' to their URLs.",
			},
			{
				label: '* for an item without files',
				parameters: { binaryPropertyName: '*' },
				item: () => ({ json: {} }),
				message: 'The item has no file that this operation reads, nor any other',
				description: stepBefore,
			},
			{
				label: '* for an item with other files',
				parameters: { binaryPropertyName: '*' },
				item: fileItem(Buffer.from('a,b'), 'table.csv', 'text/csv'),
				message: 'The item has no file that this operation reads; it has: data (text/csv)',
				description: stepBefore,
			},
			{
				label: 'an empty field name',
				parameters: { binaryPropertyName: '={{ "" }}' },
				message: "The parameter 'Input Data Field Name(s)' is empty",
				description: 'Write the name of the binary field, e.g. data, or * for all.',
			},
			{
				label: 'an object that is no file where a field name belongs',
				parameters: { binaryPropertyName: '={{ $json }}' },
				item: async () => await itemWithFiles({ data: await testMedia.picture(4, 4) }, { a: 1 }),
				message:
					"The parameter 'Input Data Field Name(s)' holds an object without the bytes of a file (it has: a) where the name of a field or a file belongs",
				description: nameOrFile,
			},
			{
				label: 'a file of an expression beside other text',
				parameters: { binaryPropertyName: '={{ $binary.data }} ' },
				message:
					"The parameter 'Input Data Field Name(s)' holds '[object Object]': a file of an expression that stands beside other text",
				description:
					'Leave only the expression in the field, e.g. {{ $binary.data }}, or write the name of the binary field, e.g. data.',
			},
			{
				label: 'an expression as plain text',
				parameters: { binaryPropertyName: '{{ $binary.data }}' },
				message: "The parameter 'Input Data Field Name(s)' holds an expression as plain text",
				description:
					"Switch the field from 'Fixed' to 'Expression', or write the name of the binary field, e.g. data.",
			},
			{
				label: 'a data URL where a field name belongs',
				parameters: { binaryPropertyName: 'data:image/png;base64,AAAA' },
				message:
					"The parameter 'Input Data Field Name(s)' holds the data of a file where the name of a field belongs",
				description: nameOnly,
			},
			{
				label: 'base64 where a field name belongs',
				parameters: { binaryPropertyName: '={{ "iVBORw0KGgo".repeat(400) }}' },
				message:
					"The parameter 'Input Data Field Name(s)' holds the data of a file where the name of a field belongs",
				description: nameOnly,
			},
			{
				label: 'nothing where a field name belongs',
				parameters: { binaryPropertyName: '={{ $json.nothing }}' },
				message:
					"The parameter 'Input Data Field Name(s)' holds nothing where the name of a field or a file belongs",
				description: nameOrFile,
			},
			{
				label: 'a file without bytes',
				item: fileItem(Buffer.alloc(0), 'empty.png', 'image/png'),
				message: "The file 'empty.png' in binary field 'data' is empty (0 bytes)",
				description: 'Look at the node that made the file: it gave a file without content.',
			},
			{
				label: 'a picture over 7 MB',
				item: async () => {
					const head = await testMedia.picture(4, 4, { format: 'jpeg' });
					return await fileItem(Buffer.concat([head], 7 * 1_048_576 + 1), 'big.jpg', 'image/jpeg')();
				},
				message: "The file 'big.jpg' in binary field 'data' has 7.01 MB; the limit for an image is 7 MB",
				description: "Make it smaller first, e.g. with n8n's Edit Image node.",
			},
			{
				label: 'a video over 100 MB',
				item: async () => {
					const head = await testMedia.video();
					const bytes = Readable.from(
						(function* () {
							yield head;
							for (let megabyte = 0; megabyte < 100; megabyte++) yield Buffer.alloc(1_048_576);
						})(),
					);
					return { json: {}, binary: { data: await storeBinary(bytes, 'big.mp4', 'video/mp4') } };
				},
				message: "The file 'big.mp4' in binary field 'data' has 100.05 MB; the limit for a video is 100 MB",
				description: 'Make it smaller or cut it into parts first.',
			},
			{
				label: 'a web page under the name of a picture',
				item: fileItem(Buffer.from('<!DOCTYPE html><html><body>404</body></html>'), 'photo.png', 'image/png'),
				message:
					"The file 'photo.png' in binary field 'data' holds a web page (declared as image/png), which the model can't read",
				description: formats,
			},
			{
				label: 'text under the name of a picture',
				item: fileItem(Buffer.from('{"message": "no such file"}'), 'photo.png', 'image/png'),
				message:
					"The file 'photo.png' in binary field 'data' holds text (declared as image/png), which the model can't read: '{\"message\": \"no such file\"}'",
				description: formats,
			},
			{
				label: 'other bytes under the name of a picture',
				item: fileItem(Buffer.from([1, 2, 3, 0, 255, 7]), 'photo.png', 'image/png'),
				message:
					"The file 'photo.png' in binary field 'data' is declared as image/png, but its content is not of that format",
				description: formats,
			},
			{
				label: 'bytes that nobody knows',
				item: fileItem(Buffer.from([1, 2, 3, 0, 255, 7]), 'photo', 'application/octet-stream'),
				message:
					"The file 'photo' in binary field 'data' holds data of an unknown format, which the model can't read",
				description: formats,
			},
			{
				label: 'a table',
				item: fileItem(Buffer.from('a,b\n1,2'), 'table.csv', 'text/csv'),
				message:
					"The file 'table.csv' in binary field 'data' holds text (declared as text/csv), which the model can't read: 'a,b 1,2'",
				description: formats,
			},
			{
				label: 'an SVG',
				item: fileItem(
					Buffer.from('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"></svg>'),
					'logo.svg',
					'image/svg+xml',
				),
				message:
					"The file 'logo.svg' in binary field 'data' holds an SVG drawing, which the model can't read",
				description: convert,
			},
			{
				label: 'a TIFF',
				item: fileItem(Buffer.from([0x49, 0x49, 0x2a, 0, 1, 2, 3]), 'scan.tif', 'image/tiff'),
				message: "The file 'scan.tif' in binary field 'data' holds a TIFF image, which the model can't read",
				description: convert,
			},
			...(['gif', 'avif'] as const).map((format) => ({
				label: `${format.toUpperCase()}, which the maker of the model does not list (googleapis/js-genai#1664)`,
				item: async () =>
					await fileItem(
						sharp({ create: { width: 20, height: 20, channels: 3, background: 'red' } })
							.toFormat(format)
							.toBuffer(),
						`a.${format}`,
						'image/jpeg',
					)(),
				message: `The file 'a.${format}' in binary field 'data' is ${format === 'gif' ? 'a GIF' : 'an AVIF'} image, which is not among the formats that gemini-2-0-flash-lite reads`,
				description:
					"Convert it to PNG or JPEG first, e.g. with n8n's Edit Image node, or choose a model that reads it.",
			})),
			{
				label: 'a JPEG that was cut off',
				item: async () => await fileItem(cutOff('jpeg'), 'half.jpg', 'image/jpeg')(),
				message: "The file 'half.jpg' in binary field 'data' is cut off: its end is missing",
				description: again,
			},
			{
				label: 'a PNG that was cut off',
				item: async () => await fileItem(cutOff('png'), 'half.png', 'image/png')(),
				message: "The file 'half.png' in binary field 'data' is cut off: its end is missing",
				description: again,
			},
			{
				label: 'a MIME type with a line break in it',
				item: fileItem(Buffer.from('hello'), 'photo.png', 'image/png\r\nX-Injected: 1'),
				message:
					"The file 'photo.png' in binary field 'data' holds text, which the model can't read: 'hello'",
				description: formats,
			},
			{
				label: 'a hostile file name, which is told without folders, control characters and tricks',
				item: fileItem(Buffer.from('hello'), '../../etc/pass\r\nwd\u0000\u202egnp.exe', 'image/png'),
				message:
					"The file 'passwdgnp.exe' in binary field 'data' holds text (declared as image/png), which the model can't read: 'hello'",
				description: formats,
			},
			{
				label: 'a video for an alt text',
				parameters: { resource: 'image', operation: 'altText' },
				item: async () => await fileItem(testMedia.video(), 'boat.mp4', 'video/mp4')(),
				message: "The file 'boat.mp4' in binary field 'data' is a video; this operation reads images",
				description: "Use the operation 'Video → Analyze' for it, or give this one only images.",
			},
			{
				label: 'a recording for an alt text',
				parameters: { resource: 'image', operation: 'altText' },
				item: fileItem(testMedia.recording(1), 'talk.wav', 'audio/wav'),
				message: "The file 'talk.wav' in binary field 'data' is an audio file; this operation reads images",
				description: "Use the operation 'Audio → Analyze' for it, or give this one only images.",
			},
			{
				label: 'a picture for a transcript',
				parameters: { resource: 'audio', operation: 'transcribe' },
				message:
					"The file 'data.png' in binary field 'data' is an image; this operation reads audio files and videos",
				description: "Use the operation 'Image → Analyze' for it, or give this one only audio files.",
			},
			{
				label: 'two pictures for a model that takes one',
				parameters: { modelId: modelId('sandbox-picture-words'), binaryPropertyName: '*' },
				item: async () => {
					const picture = await testMedia.picture(4, 4);
					return await itemWithFiles({ one: picture, two: picture });
				},
				message: 'The model sandbox-picture-words takes one image in a request, and the item has 2',
				description:
					'Give each its own item, or choose a model that takes several, e.g. gemini-2-0-flash-lite.',
			},
		]);
	});

	describe('addresses', () => {
		const addresses = (count: number) =>
			Array.from({ length: count }, (_, index) => `https://example.com/${index}`);
		const onTheWeb =
			"Use an address on the web, or get the file with a node before this one and set 'Input Type' to Binary File(s).";
		const whole = 'Give a whole address, e.g. https://example.com/file.';
		const noText = 'Check the expression: for this item it gives no text.';
		const empty = {
			message: "The parameter 'Image URL(s)' is empty",
			description:
				"Give at least one address, e.g. https://example.com/file, or set 'Input Type' to Binary File(s).",
		};
		expectRefusals([
			{
				label: 'a data URL',
				...urlItem('data:image/png;base64,iVBORw0KGgo='),
				message:
					"The parameter 'Image URL(s)' holds an address that begins with data:, and Each Labs can only fetch http and https: data:image/png;base64,iVBORw0KGgo=",
				description: onTheWeb,
			},
			{
				label: 'a file of the n8n host',
				...urlItem('file:///etc/passwd'),
				message:
					"The parameter 'Image URL(s)' holds an address that begins with file:, and Each Labs can only fetch http and https: file:///etc/passwd",
				description: onTheWeb,
			},
			{
				label: 'FTP',
				...urlItem('ftp://example.com/a.png'),
				message:
					"The parameter 'Image URL(s)' holds an address that begins with ftp:, and Each Labs can only fetch http and https: ftp://example.com/a.png",
				description: onTheWeb,
			},
			{
				label: 'a password, which is not repeated',
				...urlItem('https://anna:secret@example.com/a.png'),
				message:
					"The parameter 'Image URL(s)' holds an address with a user name or password in it (example.com)",
				description:
					"Each Labs and its model would see them. Fetch the file with n8n's HTTP Request node and set 'Input Type' to Binary File(s).",
			},
			{
				label: 'half an address',
				...urlItem('example.com/a.png'),
				message: "The parameter 'Image URL(s)' holds 'example.com/a.png', which is not a web address",
				description: whole,
			},
			{
				label: 'a blank in the name of the server',
				...urlItem('https://exam ple.com/a.png'),
				message:
					"The parameter 'Image URL(s)' holds 'https://exam ple.com/a.png', which is not a web address",
				description: whole,
			},
			{
				label: 'a line break in the middle of an address',
				...urlItem('https://example.com/a\nb.png'),
				message:
					"The parameter 'Image URL(s)' holds 'https://example.com/a\nb.png', which is not a web address",
				description: whole,
			},
			{
				label: 'an object without an address',
				...urlItem([{ id: 'att1', filename: 'a.png' }]),
				message:
					"The parameter 'Image URL(s)' holds an object without one (it has: id, filename) where a web address belongs",
				description:
					'Choose the field of it that has the address, e.g. {{ $json.photo.link }}. In an object, url, src and href are found by themselves.',
			},
			{
				label: 'a drawing',
				...urlItem('https://example.com/logo.SVG'),
				message:
					"The parameter 'Image URL(s)' holds the address of an SVG drawing, which the model can't read: https://example.com/logo.SVG",
				description:
					'Use the address of a JPEG, PNG or WebP image, of a video, a recording or a PDF document, or convert the file first.',
			},
			{
				label: 'a GIF for the model whose maker lists none (microsoft/vscode#286628)',
				...urlItem('https://example.com/cat.gif'),
				message:
					'The file at https://example.com/cat.gif is a GIF image, which is not among the formats that gemini-2-0-flash-lite reads',
				description:
					"Convert it to PNG or JPEG first, e.g. with n8n's Edit Image node, or choose a model that reads it.",
			},
			{ label: 'an empty text', ...urlItem(''), ...empty },
			{ label: 'an empty list', ...urlItem([]), ...empty },
			{
				label: 'an expression that gives nothing',
				...urlItem(undefined),
				message: "The parameter 'Image URL(s)' holds nothing where a web address belongs",
				description: noText,
			},
			{
				label: 'a list with something else in it',
				...urlItem(['https://example.com/a.png', 7]),
				message: "The parameter 'Image URL(s)' holds a value of type number where a web address belongs",
				description: noText,
			},
			{
				label: '3,001 pictures',
				...urlItem(addresses(3_001)),
				message: 'The item has 3,001 images; the model reads at most 3,000 in one request',
				description: 'Spread them over several items.',
			},
			{
				label: '11 videos',
				parameters: {
					resource: 'video',
					operation: 'analyze',
					text: 'What is it?',
					inputType: 'url',
					videoUrls: '={{ $json.urls }}',
				},
				item: () => ({ json: { urls: addresses(11) } }),
				message: 'The item has 11 videos; the model reads at most 10 in one request',
				description: 'Spread them over several items.',
			},
			{
				label: 'more pictures than another model takes',
				...urlItem(addresses(17)),
				parameters: { ...urlItem([]).parameters, modelId: modelId('sandbox-picture-question') },
				message:
					'The model sandbox-picture-question takes at most 16 images in a request, and the item has 17',
				description:
					'Give each its own item, or choose a model that takes several, e.g. gemini-2-0-flash-lite.',
			},
		]);
	});

	describe('options', () => {
		const tokens = (value: string) => ({
			message: `The option 'Max Output Tokens' is ${value}; it has to be a whole number from 1 to 8,192`,
			description: 'Set it within that range, or remove the option.',
		});
		const wait = (value: string) => ({
			message: `The option 'Max Wait' is ${value}; it has to be a number of seconds from 1 to 86,400`,
			description: 'Set it within that range, or remove the option to use 600.',
		});
		const inJson = 'Names and texts need double quotes, and no comma may stand before a closing brace.';
		expectRefusals([
			{ label: 'no output tokens', options: { maxOutputTokens: 0 }, ...tokens('0') },
			{ label: 'negative output tokens', options: { maxOutputTokens: -1 }, ...tokens('-1') },
			{ label: 'half an output token', options: { maxOutputTokens: 1.5 }, ...tokens('1.5') },
			{ label: 'too many output tokens', options: { maxOutputTokens: 8_193 }, ...tokens('8193') },
			{ label: 'output tokens that are NaN', options: { maxOutputTokens: '={{ NaN }}' }, ...tokens('NaN') },
			{ label: 'output tokens in words', options: { maxOutputTokens: '={{ "many" }}' }, ...tokens('many') },
			{ label: 'no time', options: { maxWait: 0 }, ...wait('0') },
			{ label: 'negative time', options: { maxWait: -5 }, ...wait('-5') },
			{ label: 'all the time in the world', options: { maxWait: 1e12 }, ...wait('1000000000000') },
			{ label: 'time in words', options: { maxWait: '={{ "soon" }}' }, ...wait('soon') },
			{
				label: 'a negative poll interval',
				options: { pollInterval: -1 },
				message: "The option 'Poll Interval' is -1; it has to be a number of seconds from 0 to 3,600",
				description: 'Set it within that range, or remove the option to use 0.',
			},
			{
				label: 'no predictions at once',
				options: { maxConcurrency: 0 },
				message: "The option 'Max Concurrency' is 0; it has to be a whole number from 1 to 1,000",
				description: 'Set it within that range, or remove the option to use 10.',
			},
			{
				label: 'a retention that the service does not have',
				options: { uploadRetention: 10 },
				message:
					"The option 'Upload Retention' is 10; it has to be a whole number of seconds from 60 to 31,536,000",
				description: 'Set it within that range, or remove the option to use 3,600.',
			},
			{
				label: 'a reasoning level that there is not',
				options: { reasoningLevel: '={{ "max" }}' },
				message: 'The option \'Reasoning Level\' is "max"; it has to be minimal, low, medium or high',
				description: 'Choose one of these, or remove the option.',
			},
			{
				label: 'a number for a language',
				options: { language: '={{ 5 }}' },
				message: "The option 'Language' is not a text but 5",
				description: 'Check its expression, or remove the option.',
			},
			{
				label: 'Google Search with a model that has none',
				options: { googleSearch: true },
				message: "The model gemini-2-0-flash-lite can't search with Google: it has no setting for it",
				description: "Switch off the option 'Google Search', or choose a model that has it.",
			},
			{
				label: 'additional input with a comma too many',
				options: { additionalInput: '{\n  "temperature": 1,\n}' },
				message: "The option 'Additional Input' is not valid JSON: look at line 3, column 1",
				description: inJson,
			},
			{
				label: 'additional input with a value missing, in the middle of it',
				options: { additionalInput: '{\n  "a": 1,\n  "temperature": ,\n  "b": [1, 2, 3],\n  "c": "text"\n}' },
				message: "The option 'Additional Input' is not valid JSON: look at line 3, column 18",
				description: inJson,
			},
			{
				label: 'additional input that is not closed',
				options: { additionalInput: '{"temperature": 1' },
				message: "The option 'Additional Input' is not valid JSON: look at line 1, column 18",
				description: inJson,
			},
			{
				label: 'additional input with a number of too many digits (n8n-io/n8n#26925)',
				options: { additionalInput: '{"seed": 7615917337495251231}' },
				message:
					"The option 'Additional Input' has the number 7615917337495251231, which can't be sent exactly as it is written",
				description:
					'Use a whole number of at most 15 digits, or write it in double quotes where the field takes a text.',
			},
			{
				label: 'additional input with a number beyond all numbers',
				options: { additionalInput: '{"seed": 1e400}' },
				message:
					"The option 'Additional Input' has the number 1e400, which can't be sent exactly as it is written",
				description:
					'Use a whole number of at most 15 digits, or write it in double quotes where the field takes a text.',
			},
			{
				label: 'additional input that is a list',
				options: { additionalInput: '[1]' },
				message: "The option 'Additional Input' is not a JSON object",
				description: 'Write it with braces, e.g. {"temperature": 0.2}.',
			},
			{
				label: 'additional input that the model does not know',
				options: { additionalInput: '{"temperature": 0.2}' },
				message:
					"The option 'Additional Input' has the field 'temperature', which the model gemini-2-0-flash-lite does not know",
				description: 'Its fields are: image_urls, prompt.',
			},
			{
				label: 'additional input that reaches for the prototype',
				options: { additionalInput: '{"__proto__": {"polluted": true}}' },
				message:
					"The option 'Additional Input' has the field '__proto__', which the model gemini-2-0-flash-lite does not know",
				description: 'Its fields are: image_urls, prompt.',
			},
		]);
	});

	describe('predictions', () => {
		const get = (predictionId: string) => ({
			parameters: { resource: 'prediction', operation: 'get', predictionId },
		});
		const list = (parameters: INodeParameters) => ({
			parameters: { resource: 'prediction', operation: 'getMany', ...parameters },
		});
		const create = (input: string) => ({
			parameters: {
				resource: 'prediction',
				operation: 'create',
				modelId: modelId('gemini-2-0-flash-lite'),
				input,
			},
		});
		const fromStep = "Use the 'predictionId' of an earlier output item: letters, digits, '-' and '_' only.";
		const notObject = {
			message: "The parameter 'Input' is not a JSON object",
			description: 'Write it with braces, e.g. {"temperature": 0.2}.',
		};
		expectRefusals([
			{
				label: 'an id that leads elsewhere',
				...get('../x'),
				message: "The 'Prediction ID' is '../x', which is not the ID of a prediction",
				description: fromStep,
			},
			{
				label: 'an id with a query',
				...get('a?b=c'),
				message: "The 'Prediction ID' is 'a?b=c', which is not the ID of a prediction",
				description: fromStep,
			},
			{
				label: 'an id that an expression does not give',
				...get('={{ $json.predictionId }}'),
				message: "The 'Prediction ID' is empty",
				description: fromStep,
			},
			{
				label: 'no input',
				...create('={{ $json.nothing }}'),
				message: "The parameter 'Input' is empty",
				description: 'Write the fields of the model as JSON, e.g. {"prompt": "…"}.',
			},
			{
				label: 'input that is no JSON',
				...create("{'prompt': 'Hello'}"),
				message: "The parameter 'Input' is not valid JSON: look at line 1, column 2",
				description: 'Replace the single quotation marks by double ones (").',
			},
			{
				label: 'a limit of nothing',
				...list({ limit: 0 }),
				message: "The 'Limit' is 0; it has to be a whole number from 1 to 100,000",
				description: "Set it within that range, or switch on 'Return All'.",
			},
			{
				label: 'a limit that is no number',
				...list({ limit: '={{ $json }}' }),
				message: "The 'Limit' is {}; it has to be a whole number from 1 to 100,000",
				description: "Set it within that range, or switch on 'Return All'.",
			},
			...[
				['yesterday', '"yesterday"'],
				['2026-13-45', '"2026-13-45"'],
				["2026-08-21'}).x }} {{ $json", `"2026-08-21'}).x }} {{ $json"`],
				['={{ 5 }}', '5'],
				['={{ [] }}', '[]'],
			].map(([from = '', shown]) => ({
				label: `a beginning that is no date: ${from}`,
				...list({ filters: { from } }),
				message: `The filter 'From' is ${shown}, which is not a date`,
				description: 'Write it like 2026-08-21 or 2026-08-21T09:30:00, or choose it from the calendar.',
			})),
			{ label: 'input that is a list', ...create('[{"prompt": "Hello"}]'), ...notObject },
			{ label: 'input that is a text', ...create('"Hello"'), ...notObject },
		]);
	});

	describe('files of the account', () => {
		const remove = (fileId: string) => ({ parameters: { resource: 'file', operation: 'delete', fileId } });
		const fromStep = "Use the 'fileId' of an earlier output item: letters, digits, '-' and '_' only.";
		expectRefusals([
			{
				label: 'an id that leads elsewhere',
				...remove('../prediction/x'),
				message: "The 'File ID' is '../prediction/x', which is not the ID of a file",
				description: fromStep,
			},
			{
				label: 'an id that an expression does not give',
				...remove('={{ $json.fileId }}'),
				message: "The 'File ID' is empty",
				description: fromStep,
			},
			{
				label: 'an upload retention out of its range',
				parameters: { resource: 'file', operation: 'upload' },
				options: { uploadRetention: 59 },
				message:
					"The option 'Upload Retention' is 59; it has to be a whole number of seconds from 60 to 31,536,000",
				description: 'Set it within that range, or remove the option to use 3,600.',
			},
			{
				label: 'an upload without a file',
				parameters: { resource: 'file', operation: 'upload' },
				item: () => ({ json: {} }),
				message: "The item has no binary field 'data', nor any other",
				description:
					"This node needs a file from the node before it, e.g. from 'Read/Write Files from Disk' or 'HTTP Request' (response format: file).",
			},
		]);
	});

	describe('credential', () => {
		const copyAgain = {
			message:
				"The 'API Key' in the Each Labs credential holds a space, a line break or another character that no key has",
			description: 'Copy the key again from your Each Labs dashboard, without anything around it.',
		};
		const setUrl = "Open the Each Labs credential and set the 'Base URL' to https://api.eachlabs.ai.";
		expectRefusals([
			{
				label: 'no key',
				credential: { apiKey: '' },
				message: 'The Each Labs credential has no API key',
				description: 'Open the credential and paste a key from your Each Labs dashboard.',
			},
			{ label: 'a key with a space', credential: { apiKey: 'abc def' }, ...copyAgain },
			{ label: 'a key with a line break at its end', credential: { apiKey: 'abcdef\n' }, ...copyAgain },
			{ label: 'a key with a letter that no header takes', credential: { apiKey: 'abcdéf' }, ...copyAgain },
			{ label: 'a key in quotes', credential: { apiKey: '"abcdef"' }, ...copyAgain },
			{
				label: 'a base URL without encryption',
				credential: { apiKey: 'abcdef', baseUrl: 'http://example.com' },
				message:
					"The 'Base URL' in the Each Labs credential does not use https, so the key would travel in the open: http://example.com",
				description: setUrl,
			},
			{
				label: 'a base URL with a password, which is not repeated',
				credential: { apiKey: 'abcdef', baseUrl: 'https://anna:secret@example.com' },
				message: "The 'Base URL' in the Each Labs credential holds a user name or password",
				description: setUrl,
			},
			{
				label: 'a base URL that is none',
				credential: { apiKey: 'abcdef', baseUrl: 'eachlabs' },
				message: "The 'Base URL' in the Each Labs credential is not a web address: eachlabs",
				description: setUrl,
			},
		]);
	});

	test('what n8n knows to be missing is told before the workflow starts', async () => {
		for (const parameters of [{ modelId: modelId('') }, { binaryPropertyName: '' }]) {
			await expect(run({ parameters })).rejects.toThrow(/Parameter ".*" is required/);
		}
	});

	test('a prediction id that is a number is looked for', async () => {
		const parameters = { resource: 'prediction', operation: 'get', predictionId: '={{ 5 }}' };
		expect((await run({ parameters })).error?.message).toBe("Each Labs knows no prediction with the ID '5'");
	});
});

describe('what looks hostile, and is none', () => {
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox({ scenario: { runTimeMs: { min: 20, max: 60 } } });
	});
	afterAll(async () => await sandbox.close());

	test('a good picture with a hostile name and type is sent as what its bytes are; one item without text leaves the others alone', async () => {
		const bytes = await testMedia.picture(40, 30);
		const names = [
			'../../etc/passwd',
			'a\u0000b.png',
			'x.png\r\nX-Injected: 1',
			'\u202egnp.exe',
			'n'.repeat(5_000),
		];
		const items = await Promise.all(
			names.map(
				async (fileName) =>
					await itemWithFiles(
						{ data: { bytes, fileName, mimeType: 'text/html\r\nX-Injected: 1' } },
						{ ask: 'What?' },
					),
			),
		);
		items.push(await itemWithFiles({ data: bytes }, {}));
		const { status, items: given } = await runNode({
			baseUrl: sandbox.baseUrl,
			onError: 'continueRegularOutput',
			parameters: {
				resource: 'image',
				operation: 'analyze',
				text: '={{ $json.ask }}',
				options: { pollInterval: 0.5, includeInputFields: true },
			},
			items,
		});
		expect(status).toBe('success');
		expect(given.map(({ json }) => json.error ?? /PNG picture of 40×30/.test(json.text as string))).toEqual([
			...names.map(() => true),
			"The 'Text Input' holds nothing where a text belongs",
		]);
		expect(sandbox.ledger.files.map(({ contentType, uploads }) => ({ contentType, uploads }))).toEqual([
			{ contentType: 'image/png', uploads: 1 },
		]);
		expect(sandbox.ledger.requests.some(({ headers }) => 'x-injected' in headers)).toBe(false);
	});
});

/** Words to a model in which an expression has left a mark: paid for, and answered about something else. */
describe('what an expression has not filled in is refused before anything is paid', () => {
	const sandbox = sandboxPerTest();
	const ON_IMAGE = { resource: 'image', operation: 'analyze', text: 'What is it?' };

	test.each<[string, string]>([
		['that somebody typed', 'Why does my page show [object Object]?'],
		['that an expression takes from the data', '={{ $json.question }}'],
		['of which a part is an expression', '=Look: {{ $json.name }}'],
	])('a text %s may speak of such words', async (_, text) => {
		const [item] = await pictureItems('red');
		const question = "Why does {{ $t('x') }} give [object Object]?";
		const { items } = await quickRun(sandbox, { ...ON_IMAGE, text }, [
			{ ...item, json: { question, name: 'a cat' } },
		]);
		expect(items[0]?.json).toHaveProperty('text');
		const asked = sandbox.ledger.predictions[0]?.input['prompt'];
		expect(asked).toBe(
			text.includes('$json.question') ? question : text.includes('$json.name') ? 'Look: a cat' : text,
		);
	});

	test.each<[string, INodeParameters, string]>([
		['the text', { text: '=Describe {{ $json.product }}' }, "The 'Text Input' holds '[object Object]'"],
		[
			'the text, in the field for plain text',
			{ text: 'Describe {{ $json.name }}' },
			"The 'Text Input' holds an expression as plain text",
		],
		[
			'an instruction',
			{ options: { systemInstruction: '=You are {{ $json.product }}' } },
			"The option 'System Instruction' holds '[object Object]'",
		],
		[
			'a language',
			{ options: { language: '{{ $json.language }}' } },
			"The option 'Language' holds an expression as plain text",
		],
		[
			'a category',
			{ operation: 'classify', categories: { categories: [{ category: '{{ $json.category }}' }] } },
			'The name of category 1 holds an expression as plain text',
		],
		[
			'a custom rule',
			{
				operation: 'moderate',
				ownRules: { rules: [{ name: 'Rivals', rule: '=Logos of {{ $json.product }}' }] },
			},
			"The rule 1 of 'Custom Rules' holds '[object Object]'",
		],
		[
			'the name of an attribute',
			{ operation: 'extract', attributes: { attributes: [{ name: '{{ $json.name }}' }] } },
			'The name of attribute 1 holds an expression as plain text',
		],
		[
			'the values of an attribute',
			{
				operation: 'extract',
				attributes: { attributes: [{ name: 'a', type: 'choice', values: '={{ "red," + $json.product }}' }] },
			},
			`The values of attribute 1 ('a') hold "[object Object]" where a text belongs`,
		],
		[
			'languages',
			{ operation: 'altText', text: '', languages: '={{ $json.product + "" }}' },
			`The 'Languages' hold "[object Object]" where a text belongs`,
		],
	])('%s', async (_what, parameters, message) => {
		const item = await itemWithFiles(
			{ data: await testMedia.picture(40, 30) },
			{ product: { name: 'Lamp' } },
		);
		const { error } = await quickRun(sandbox, { ...ON_IMAGE, ...parameters }, [item]);
		expect(error?.message).toContain(message);
		expect(error?.description).toContain('Nothing was charged for this item.');
		expect(sandbox.ledger.predictions).toEqual([]);
	});

	test('braces that are no expression are sent', async () => {
		const item = await itemWithFiles({ data: await testMedia.picture(40, 30) });
		await quickRun(sandbox, { ...ON_IMAGE, text: 'What stands for {{name}} in this letter?' }, [item]);
		expect(sandbox.ledger.predictions[0]?.input['prompt']).toContain('{{name}}');
	});
});
