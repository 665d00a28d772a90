import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import sharp from 'sharp';

import { loadExample } from '../../examples/demo/runExample';
import { startSandbox, type Sandbox } from '../../sandbox/startSandbox';
import { itemWithFiles } from '../nodes/EachLabs/itemWithFiles';
import { eachLabsEngine, eachLabsEngineWith } from '../support/eachLabsEngine';
import { EmailTrigger } from '../support/flowNodes';
import { testMedia } from '../support/testMedia';
import type { WorkflowRunOptions } from '../support/workflowEngine';

const committedMedia = join(__dirname, '../../examples/media');
let folder: string;
let sandbox: Sandbox;

beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), 'more-examples-'));
	mkdirSync(join(folder, 'results'));
	sandbox = await startSandbox({ scenario: { runTimeMs: { min: 20, max: 60 } } });
});
afterEach(async () => {
	await sandbox.close();
	rmSync(folder, { recursive: true });
});

async function putPictures(count: number): Promise<void> {
	for (let number = 0; number < count; number++) {
		const canvas = { width: 40 + number, height: 30, channels: 3 as const, background: 'blue' };
		const name = `picture-${String(number).padStart(3, '0')}.png`;
		writeFileSync(join(folder, name), await sharp({ create: canvas }).png().toBuffer());
	}
}

/** As a user sets it up, with his folder in place of the example's. */
async function run(
	example: string,
	{
		engine = eachLabsEngine,
		...options
	}: Partial<WorkflowRunOptions> & { engine?: typeof eachLabsEngine } = {},
) {
	const workflow = await loadExample(example);
	for (const { type, parameters } of workflow.nodes) {
		if (type !== 'n8n-nodes-base.readWriteFile') continue;
		if (typeof parameters['fileSelector'] === 'string')
			parameters['fileSelector'] = `${folder}/${basename(parameters['fileSelector'])}`;
		if (typeof parameters['fileName'] === 'string') {
			const inner = parameters['fileName'].includes('/results/') ? 'results/' : '';
			parameters['fileName'] = `=${folder}/${inner}${basename(parameters['fileName'])}`;
		}
	}
	return await engine.runWorkflow({
		workflow,
		credentials: { eachLabsApi: { apiKey: 'test-key', baseUrl: sandbox.baseUrl } },
		...options,
	});
}

const asked = () => sandbox.ledger.predictions.map(({ input }) => (input['image_urls'] as string[]).length);

test('compare.json: both pictures are in one request, and the row names them in their order', async () => {
	await putPictures(2);
	const { status, items } = await run('compare.json');
	expect(status).toBe('success');
	expect(items.map(({ json }) => json)).toEqual([
		{
			files: ['picture-000.png', 'picture-001.png'],
			comparison: expect.stringMatching(/40×30.*41×30/s),
			predictionId: expect.any(String),
			cost: expect.any(Number),
			error: null,
		},
	]);
	expect(asked()).toEqual([2]);
});

test('receipts.json: a row for each attachment of a mail, and one that can not be read goes to a person', async () => {
	const pdf = { bytes: await testMedia.document(1), mimeType: 'application/pdf', fileName: 'receipt.pdf' };
	const photo = { bytes: await testMedia.picture(60, 80), mimeType: 'image/png', fileName: 'photo.png' };
	const torn = { bytes: Buffer.from('<html>'), mimeType: 'image/png', fileName: 'torn.png' };
	const mails = [
		await itemWithFiles({ attachment_0: pdf, attachment_1: photo }, { from: 'shop@example.com' }),
		await itemWithFiles({ attachment_0: torn }, { from: 'kim@example.com' }),
	];
	const engine = eachLabsEngineWith({ 'n8n-nodes-base.emailReadImap': new EmailTrigger(mails) });
	const { status, nodes } = await run('receipts.json', { engine });
	expect(status).toBe('success');
	const row = (file: string) => ({
		file,
		from: 'shop@example.com',
		seller: expect.any(String),
		date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
		total: expect.any(Number),
		currency: expect.any(String),
		articles: expect.any(Array),
		predictionId: expect.any(String),
		cost: expect.any(Number),
	});
	expect(nodes['Receipt Row']?.items.map(({ json }) => json)).toEqual([row('receipt.pdf'), row('photo.png')]);
	expect(nodes['By Hand']?.items.map(({ json }) => json)).toEqual([
		{
			file: 'torn.png',
			from: 'kim@example.com',
			predictionId: null,
			cost: null,
			error: expect.stringContaining('torn.png'),
		},
	]);
	expect(sandbox.ledger.predictions).toHaveLength(2);
});

test('voice-notes.json: a row with the text, and subtitles beside the recording', async () => {
	cpSync(join(committedMedia, 'delivery-message.wav'), join(folder, 'delivery-message.wav'));
	writeFileSync(join(folder, 'broken.mp3'), 'no recording');
	const { status, nodes } = await run('voice-notes.json');
	expect(status).toBe('success');
	const rows = nodes['Transcript Row']?.items.map(({ json }) => json) ?? [];
	expect(rows.find(({ file }) => file === 'delivery-message.wav')).toMatchObject({
		text: expect.stringContaining('recording of 6.5 seconds'),
		error: null,
	});
	expect(rows.find(({ file }) => file === 'broken.mp3')).toMatchObject({
		text: null,
		error: expect.stringContaining('broken.mp3'),
	});
	expect(readdirSync(folder).filter((name) => name.endsWith('.srt'))).toEqual(['delivery-message.wav.srt']);
	const subtitles = readFileSync(join(folder, 'delivery-message.wav.srt'), 'utf8');
	expect(subtitles).toMatch(/^1\r?\n00:00:0\d,\d{3} --> 00:00:0\d,\d{3}\r?\n/);
});

describe('batches.json', () => {
	const saved = () =>
		readdirSync(join(folder, 'results')).map((name) =>
			readFileSync(join(folder, 'results', name), 'utf8')
				.trim()
				.split('\n')
				.slice(1),
		);

	test('120 pictures are saved in three files, and each picture is in one of them', async () => {
		await putPictures(120);
		const { status, nodes } = await run('batches.json');
		expect(status).toBe('success');
		expect(
			saved()
				.map((rows) => rows.length)
				.sort(),
		).toEqual([20, 50, 50]);
		const files = saved()
			.flat()
			.map((row) => row.split(',')[0] ?? '');
		expect(new Set(files).size).toBe(120);
		expect(sandbox.ledger.predictions).toHaveLength(120);
		expect(nodes['Write Alt Texts']?.runs).toBe(3);
		expect(nodes['All Done']?.runs).toBe(1);
	}, 120_000);

	test('a stop loses no batch that was done before it', async () => {
		await putPictures(120);
		const stop = new AbortController();
		const listener = {
			nodeBefore: (name: string) => {
				if (name === 'Write Alt Texts' && saved().length === 1) stop.abort();
			},
		};
		const { status } = await run('batches.json', { listener, signal: stop.signal });
		expect(status).toBe('canceled');
		expect(saved().map((rows) => rows.length)).toEqual([50]);
	}, 120_000);
});

describe('wordpress.json', () => {
	let site: Server;
	let media: Array<{ id: number; alt_text: string; source_url: string }>;
	let queries: string[];

	beforeEach(async () => {
		queries = [];
		site = createServer((request, response) => {
			const { pathname, search } = new URL(request.url ?? '', 'http://site.test');
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				response.setHeader('content-type', 'application/json');
				if (request.method === 'GET') {
					queries.push(search);
					return response.end(JSON.stringify(media));
				}
				const one = media.find(({ id }) => pathname.endsWith(`/media/${id}`));
				if (one) Object.assign(one, JSON.parse(Buffer.concat(chunks).toString()) as object);
				return response.end(JSON.stringify(one));
			});
		});
		await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
	});
	afterEach(async () => await new Promise((resolve) => site.close(resolve)));

	test('writes texts for pictures that have none, and leaves the others as they are', async () => {
		const address = (name: string) => `https://site.example.com/uploads/${name}`;
		media = [
			{ id: 7, alt_text: '', source_url: address('bike.jpg') },
			{ id: 8, alt_text: 'A red door', source_url: address('door.jpg') },
			{ id: 9, alt_text: '', source_url: address('tree.jpg') },
		];
		const api = `http://127.0.0.1:${(site.address() as AddressInfo).port}/wp-json/wp/v2/media`;
		const { status } = await run('wordpress.json', {
			parameters: {
				'List Pictures': { url: api },
				'Write Back': { url: `=${api}/{{ $('Has No Alt Text').item.json.id }}` },
			},
		});
		expect(status).toBe('success');
		expect(queries).toEqual(['?media_type=image&per_page=100&page=1']);
		expect(media).toEqual([
			{ id: 7, alt_text: expect.stringMatching(/\w/), source_url: address('bike.jpg') },
			{ id: 8, alt_text: 'A red door', source_url: address('door.jpg') },
			{ id: 9, alt_text: expect.stringMatching(/\w/), source_url: address('tree.jpg') },
		]);
		expect(sandbox.ledger.predictions.map(({ input }) => input['image_urls'])).toEqual([
			[address('bike.jpg')],
			[address('tree.jpg')],
		]);
		expect(sandbox.ledger.files).toEqual([]);
	});
});
