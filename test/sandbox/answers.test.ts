import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PDFDocument } from 'pdf-lib';
import sharp from 'sharp';

import { startSandbox, type Sandbox } from '../../sandbox/startSandbox';
import { SandboxClient } from './SandboxClient';

let sandbox: Sandbox;
let client: SandboxClient;

beforeAll(async () => {
	sandbox = await startSandbox({ scenario: { runTimeMs: { min: 1, max: 1 } } });
	client = new SandboxClient(sandbox);
});
afterAll(async () => await sandbox.close());

function plain(width: number, height: number, background: string): sharp.Sharp {
	return sharp({ create: { width, height, channels: 3, background } });
}

/** Half of the picture in one colour, half in the other. */
async function twoColours(left: string, right: string): Promise<Buffer> {
	const half = await plain(100, 100, right).png().toBuffer();
	return await plain(200, 100, left)
		.composite([{ input: half, left: 100, top: 0 }])
		.png()
		.toBuffer();
}

/** Silence: 16-bit mono at 8,000 samples a second. */
function wav(seconds: number): Buffer {
	const dataLength = seconds * 16_000;
	const header = Buffer.alloc(44);
	header.write('RIFF', 0);
	header.writeUInt32LE(36 + dataLength, 4);
	header.write('WAVEfmt ', 8);
	header.writeUInt32LE(16, 16);
	header.writeUInt16LE(1, 20);
	header.writeUInt16LE(1, 22);
	header.writeUInt32LE(8000, 24);
	header.writeUInt32LE(16_000, 28);
	header.writeUInt16LE(2, 32);
	header.writeUInt16LE(16, 34);
	header.write('data', 36);
	header.writeUInt32LE(dataLength, 40);
	return Buffer.concat([header, Buffer.alloc(dataLength)]);
}

async function pdf(pages: number, title?: string): Promise<Buffer> {
	const document = await PDFDocument.create();
	for (let page = 0; page < pages; page += 1) document.addPage();
	if (title !== undefined) document.setTitle(title);
	return Buffer.from(await document.save());
}

async function answerTo(
	prompt: string,
	bytes: Buffer,
	contentType = 'application/octet-stream',
): Promise<unknown> {
	return await client.ask(prompt, (await client.upload(bytes, contentType)).public_url);
}

test('it says that it is the sandbox, what was asked, and what it was sent', async () => {
	const bytes = await plain(640, 480, '#cc1111').png().toBuffer();
	expect(await answerTo('You are terse. What do you see?', bytes)).toBe(
		`Sandbox answer, not the model's: you asked "What do you see?". ` +
			`It was sent a PNG picture of 640×480 pixels and ${bytes.length.toLocaleString('en-US')} bytes, all red.`,
	);
});

test.each([
	['a JPEG', async () => await plain(30, 20, '#1111cc').jpeg().toBuffer(), 'a JPEG picture of 30×20 pixels'],
	['a WebP', async () => await plain(31, 20, '#1111cc').webp().toBuffer(), 'a WEBP picture of 31×20 pixels'],
	['a GIF', async () => await plain(32, 20, '#1111cc').gif().toBuffer(), 'a GIF picture of 32×20 pixels'],
	[
		'an AVIF',
		async () => await plain(33, 20, '#1111cc').avif().toBuffer(),
		'an AVIF picture of 33×20 pixels',
	],
	[
		'a JPEG that the camera turned',
		async () => await plain(40, 20, '#1111cc').jpeg().withMetadata({ orientation: 6 }).toBuffer(),
		'a JPEG picture of 20×40 pixels',
	],
	[
		'two colours',
		async () => await twoColours('#ffffff', '#118822'),
		/mainly (white and green|green and white)/,
	],
	[
		'a sound',
		async () => wav(3),
		/a recording of 3\.0 seconds and 48,044 bytes, in WAVE with sound \(PCM, 1 channel, 8,000 Hz\)/,
	],
	[
		'a video without sound',
		async () => await readFile(join(__dirname, 'silent-two-seconds.mp4')),
		/a video of 2\.0 seconds and 1,\d{3} bytes, in MP4 with pictures and no sound/,
	],
	[
		'a PDF with a title',
		async () => await pdf(3, 'Yearly report'),
		/a PDF document of 3 pages and [\d,]+ bytes, titled "Yearly report"/,
	],
	[
		'a PDF without one',
		async () => await pdf(1),
		/a PDF document of 1 page and [\d,]+ bytes, without a title/,
	],
] as const)('it knows %s by its bytes, whatever the upload was called', async (_label, make, expected) => {
	expect(await answerTo('What is it?', await make())).toMatch(expected);
});

test.each([
	['#ff0000', 'red'],
	['#0b3d91', 'blue'],
	['#f28c28', 'orange'],
	['#7a4a1e', 'brown'],
	['#ffe135', 'yellow'],
	['#2e8b57', 'green'],
	['#6a0dad', 'purple'],
	['#ff69b4', 'pink'],
	['#808080', 'grey'],
	['#000000', 'black'],
	['#ffffff', 'white'],
	['#101c4a', 'dark blue'],
	['#cfe8ff', 'light blue'],
])('%s is %s', async (colour, name) => {
	expect(await answerTo('Which colour?', await plain(100, 90, colour).png().toBuffer())).toContain(
		`all ${name}.`,
	);
});

test('several media are told in the order in which they were sent', async () => {
	const red = await client.upload(await plain(70, 70, '#ff0000').png().toBuffer(), 'image/png');
	const sound = await client.upload(wav(1), 'audio/wav');
	const output = String(await client.ask('Compare.', red.public_url, sound.public_url, red.public_url));
	expect(output).toMatch(
		/Medium 1 of 3 is a PNG.*all red\. Medium 2 of 3 is a recording.*Medium 3 of 3 is a PNG/,
	);
});

describe('alt text', () => {
	const task = 'Task: alt text\nAt most 125 characters.';

	test('is one sentence within its length', async () => {
		const output = String(await answerTo(task, await twoColours('#ffffff', '#118822')));
		expect(output).toMatch(/^Sandbox answer, not the model's: a PNG picture of 200×100 pixels, mainly .*\.$/);
		expect(output.length).toBeLessThanOrEqual(125);
	});

	test.each([80, 60, 30, 8, 3])('keeps to %i characters', async (maxLength) => {
		const prompt = `Task: alt text\nAt most ${maxLength} characters.`;
		const output = String(await answerTo(prompt, await twoColours('#ffffff', '#118822')));
		expect(output.length).toBeLessThanOrEqual(maxLength);
		expect(output).toMatch(/^San/);
	});

	test.each([
		['For our market', '"For our market"'],
		['For a post about the new market in the old town', '"For a post about the new ma…"'],
	])('repeats what the picture is used for: %s', async (context, shown) => {
		const prompt = `${task}\nWhat the picture is used for: ${context}`;
		const output = String(await answerTo(prompt, await twoColours('#ffffff', '#118822')));
		expect(output).toContain(`Sandbox, asked ${shown}: a PNG picture of 200×100 pixels`);
		expect(output.length).toBeLessThanOrEqual(125);
	});

	test.each([
		['a one-pixel spacer', 1, 1, 'DECORATIVE'],
		['a small plain square', 32, 32, 'DECORATIVE'],
		['a dividing line', 900, 4, 'DECORATIVE'],
		['a large plain area', 400, 300, expect.stringContaining('Sandbox answer')],
	])('of %s', async (_label, width, height, expected) => {
		expect(await answerTo(task, await plain(width, height, '#888888').png().toBuffer())).toEqual(expected);
	});

	test('of a small picture with one different pixel is not decorative', async () => {
		const dot = await plain(1, 1, '#ff0000').png().toBuffer();
		const bytes = await plain(64, 64, '#ffffff')
			.composite([{ input: dot, left: 41, top: 13 }])
			.png()
			.toBuffer();
		expect(await answerTo(task, bytes)).toContain('Sandbox answer');
	});
});

test('a transcript tells how long the sound is', async () => {
	expect(await answerTo('Task: transcript\nIn English.', wav(2))).toMatch(
		/^Sandbox answer, not the model's: a recording of 2\.0 seconds/,
	);
});

describe('other models', () => {
	test('tell which of their fields arrived', async () => {
		const { public_url } = await client.upload(await plain(9, 9, '#ff0000').png().toBuffer(), 'image/png');
		const input = { image_url: public_url, prompt: 'What is it?', max_tokens: 200, reasoning_effort: 'low' };
		const { output } = await client.result(await client.createId(input, 'sandbox-picture-words'));
		expect(output).toMatch(/all red\. Also sent: max_tokens 200 and reasoning_effort "low"\.$/);
	});

	test('answer with an object, a list of words, or pictures that can be fetched', async () => {
		const { public_url } = await client.upload(await plain(9, 9, '#ff0000').png().toBuffer(), 'image/png');
		const outputOf = async (model: string, input: Record<string, unknown>): Promise<unknown> =>
			(await client.result(await client.createId(input, model))).output;
		expect(await outputOf('sandbox-picture-question', { images: [public_url], question: 'What?' })).toEqual({
			text: expect.stringContaining('all red'),
			model: 'sandbox-picture-question',
		});
		expect(await outputOf('sandbox-picture-tags', { image: public_url })).toEqual(['picture', 'red']);
		const drawn = (await outputOf('sandbox-picture-maker', {
			prompt: 'A boat',
			num_images: 2,
			aspect_ratio: '16:9',
		})) as string[];
		expect(drawn).toHaveLength(2);
		const bytes = Buffer.from(await (await fetch(drawn[1] ?? '')).arrayBuffer());
		expect(await sharp(bytes).metadata()).toMatchObject({ format: 'png', width: 320, height: 180 });
	});
});

describe('a medium that is not there, or nothing', () => {
	afterEach(() => jest.restoreAllMocks());

	test.each<[string, () => Promise<Buffer>]>([
		['text under a picture name', async () => Buffer.from('<html>hello</html>')],
		['an SVG', async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
		[
			'a JPEG that was cut off',
			async () =>
				(
					await sharp(await twoColours('#fff', '#000'))
						.jpeg()
						.toBuffer()
				).subarray(0, 500),
		],
		['a PDF that was cut off', async () => (await pdf(3)).subarray(0, 40)],
		['no bytes at all', async () => Buffer.alloc(0)],
	])('%s fails the prediction, with the reason in an envelope', async (_label, make) => {
		// pdf-lib tells of every object that it can't read.
		jest.spyOn(console, 'warn').mockImplementation(() => undefined);
		const { public_url } = await client.upload(await make(), 'image/png');
		const id = await client.createId({ prompt: 'What is it?', image_urls: [public_url] });
		expect(await client.result(id)).toMatchObject({
			status: 'failed',
			output: { error_code: 'media_unreadable', error_message: expect.stringContaining(public_url) },
			metrics: { cost: 0 },
		});
	});

	test('a file that was announced and never uploaded, or deleted', async () => {
		const announced = await client.presign('image/png');
		const deleted = await client.upload(await plain(9, 9, '#ff0000').png().toBuffer(), 'image/png');
		await client.send('DELETE', `/v1/files/${deleted.id}`);
		for (const { public_url } of [announced, deleted]) {
			expect(await client.ask('What is it?', public_url)).toMatchObject({ error_code: 'media_not_found' });
		}
	});
});

describe('media on other hosts', () => {
	let neighbour: Server;
	let neighbourUrl: string;

	beforeAll(async () => {
		const picture = await plain(50, 40, '#118822').png().toBuffer();
		neighbour = createServer((request, response) => {
			if (request.url === '/moved') response.writeHead(302, { location: '/picture' }).end();
			else response.writeHead(request.url === '/picture' ? 200 : 404).end(picture);
		});
		await new Promise<void>((resolve) => neighbour.listen(0, '127.0.0.1', resolve));
		neighbourUrl = `http://127.0.0.1:${(neighbour.address() as AddressInfo).port}`;
	});
	afterAll(async () => await new Promise((resolve) => neighbour.close(resolve)));

	test('are fetched from this machine', async () => {
		expect(await client.ask('What is it?', `${neighbourUrl}/picture`)).toContain(
			'a PNG picture of 50×40 pixels',
		);
	});

	test.each(['/nothing', '/moved'])('%s on this machine fails the prediction', async (path) => {
		expect(await client.ask('What is it?', `${neighbourUrl}${path}`)).toMatchObject({
			error_code: 'media_not_found',
		});
	});

	test('are left alone elsewhere, and the text says so', async () => {
		expect(await client.ask('What is it?', 'https://example.com/a.jpg')).toContain(
			'a medium on example.com that was not opened',
		);
	});
});
