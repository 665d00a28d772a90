// 'Download Results' of Model → Run: files that a model has made become binary fields.
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IExecuteFunctions, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { Scope } from '../../../nodes/EachLabs/core/Scope';
import { hostClock } from '../../../nodes/EachLabs/n8n/hostClock';
import { ResultFiles } from '../../../nodes/EachLabs/n8n/ResultFiles';
import type { NodeRun, NodeRunOptions } from '../../support/runNode';
import { testMedia } from '../../support/testMedia';
import { readBinary } from '../../support/workflowEngine';
import { pictureItems, quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';
import { hurryEachTest } from '../../support/hurryHostClock';

hurryEachTest(5);

const MIB = 1_048_576;

describe('Download Results', () => {
	const sandbox = sandboxPerTest();
	let server: Server;
	let origin = '';
	let answer: RequestListener = () => undefined;
	let requests: IncomingMessage[] = [];
	let picture: Buffer = Buffer.alloc(0);
	beforeAll(async () => {
		picture = await testMedia.picture(40, 30);
		server = createServer((request, response) => {
			requests.push(request);
			answer(request, response);
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	});
	beforeEach(() => {
		requests = [];
		answer = (_request, response) => void response.setHeader('content-type', 'text/plain').end(picture);
	});
	afterAll(async () => {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	});

	const run = async (
		output: unknown,
		options: INodeParameters = {},
		settings: Partial<NodeRunOptions> = {},
		items: INodeExecutionData[] = [{ json: {} }],
	): Promise<NodeRun> => {
		sandbox.scenario.rewriteAnswer = () => output;
		return await quickRun(
			sandbox,
			{
				resource: 'model',
				operation: 'run',
				modelId: { __rl: true, mode: 'id', value: 'sandbox-picture-maker' },
				inputFields: {
					mappingMode: 'defineBelow',
					value: { prompt: 'A boat' },
					schema: [],
				} as unknown as INodeParameters,
				options: { downloadResults: true, ...options },
			},
			items,
			settings,
		);
	};
	const reasonIn = ({ items }: NodeRun): unknown => items[0]?.json['notDownloaded'];

	test('fetches the pictures that a model has made, with the name and the type that the bytes tell', async () => {
		sandbox.scenario.rewriteAnswer = () => undefined;
		const { items, status } = await run(undefined);
		expect(status).toBe('success');
		const [item] = items;
		expect(item?.json['notDownloaded']).toBeUndefined();
		expect(item?.binary?.['data']).toMatchObject({
			mimeType: 'image/png',
			fileName: expect.stringMatching(/^[^/]+\.png$/),
			fileExtension: 'png',
		});
	});

	test("none of the input's files stands in the place of one that could not be fetched", async () => {
		const items = await pictureItems('red');
		const done = await run(`${sandbox.storageUrl}/files/none.png`, { includeInputFields: true }, {}, items);
		expect(reasonIn(done)).toHaveLength(1);
		expect(done.items[0]?.binary).toEqual({});
	});

	test.each<[form: string, output: (url: string) => unknown, fields: string[]]>([
		['a text', (url) => `${url}/a.bin`, ['data']],
		['a text with several', (url) => `${url}/a.bin\n${url}/b.bin`, ['data', 'data_2']],
		['a list', (url) => [`${url}/a.bin`, `${url}/b.bin`, `${url}/a.bin`], ['data', 'data_2']],
		['objects in each other', (url) => ({ images: [{ url: `${url}/a.bin` }], seed: 3 }), ['data']],
		['JSON in a text', (url) => JSON.stringify({ video: `${url}/a.bin` }), ['data']],
		['an address among other words', (url) => `See ${url}/a.bin for more`, []],
		['no address', () => 'A boat.', []],
	])('finds addresses in %s', async (_form, output, fields) => {
		const { items } = await run(output(origin));
		const binary = items[0]?.binary ?? {};
		expect(Object.keys(binary)).toEqual(fields);
		for (const file of Object.values(binary)) {
			expect(file).toMatchObject({ mimeType: 'image/png', fileName: expect.stringMatching(/^[ab]\.png$/) });
			expect((await readBinary(file)).equals(picture)).toBe(true);
		}
	});

	test('gives a file of an unknown format the name and the type that it came with', async () => {
		answer = (_request, response) =>
			void response.setHeader('content-type', 'model/gltf-binary').end('glTF....');
		const { items } = await run(`${origin}/x/chair.glb?token=1`);
		expect(items[0]?.binary?.['data']).toMatchObject({
			mimeType: 'model/gltf-binary',
			fileName: 'chair.glb',
		});
	});

	test('sends no key, follows redirects, and hands files in their order', async () => {
		answer = (request, response) => {
			if (request.url === '/a') response.writeHead(302, { location: '/b' }).end();
			else if (request.url === '/b') response.writeHead(307, { location: `${origin}/c.png` }).end();
			else response.end(picture);
		};
		const { items } = await run(`${origin}/a`);
		expect(items[0]?.binary?.['data']?.fileName).toBe('c.png');
		expect(requests.map(({ url }) => url)).toEqual(['/a', '/b', '/c.png']);
		for (const { headers } of requests) expect(JSON.stringify(headers)).not.toContain('test-key');
	});

	test.each<[what: string, play: RequestListener, reason: string, tries: number]>([
		['is gone', (_request, response) => void response.writeHead(404).end(), 'the answer was 404', 1],
		['is broken', (_request, response) => void response.writeHead(503).end(), 'the answer was 503', 3],
		[
			'leads round in a circle',
			(_request, response) => void response.writeHead(302, { location: '/a' }).end(),
			'it was redirected more than 5 times',
			6,
		],
		[
			'leads into a private network',
			(_request, response) => void response.writeHead(302, { location: 'http://10.0.0.5/a' }).end(),
			'files are fetched over https only',
			1,
		],
		[
			'leads into a private network over https',
			(_request, response) => void response.writeHead(302, { location: 'https://169.254.169.254/a' }).end(),
			'the address is in a private network',
			1,
		],
		['is empty', (_request, response) => void response.end(), 'it is empty', 1],
		[
			'says that it is too large',
			(_request, response) => {
				response.writeHead(200, { 'content-length': 200 * MIB });
				response.flushHeaders();
			},
			'it is larger than 100 MB',
			1,
		],
		[
			'breaks off',
			(_request, response) => {
				response.writeHead(200, { 'content-length': 500_000 });
				response.write(picture, () => response.destroy());
			},
			'it broke off',
			3,
		],
		[
			'does not answer',
			(request) => {
				request.socket.destroy();
			},
			'the server did not answer',
			3,
		],
	])('keeps the result where a file %s', async (_what, play, reason, tries) => {
		answer = play;
		const done = await run([`${origin}/a`]);
		expect(done.status).toBe('success');
		expect(reasonIn(done)).toEqual([{ url: `${origin}/a`, reason: expect.stringContaining(reason) }]);
		expect(done.items[0]?.json).toMatchObject({ output: [`${origin}/a`], predictionId: expect.any(String) });
		expect(done.items[0]?.json).not.toHaveProperty('error');
		expect(done.items[0]?.binary ?? {}).toEqual({});
		expect(requests).toHaveLength(tries);
		expect(done.hints.map(({ message }) => message).join()).toContain('could not be downloaded: 1.');
	});

	test('ends a file that does not stop coming at 100 MB, without holding it in memory', async () => {
		let sent = 0;
		answer = (_request, response) => {
			const chunk = Buffer.alloc(MIB);
			const more = (): void => {
				while (!response.destroyed && response.write(chunk)) sent += 1;
				sent += 1;
				response.once('drain', more);
			};
			more();
		};
		const before = process.memoryUsage().arrayBuffers;
		const done = await run(`${origin}/endless.bin`);
		expect(reasonIn(done)).toEqual([expect.objectContaining({ reason: 'it is larger than 100 MB' })]);
		expect(sent).toBeLessThan(140);
		expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * MIB);
	}, 60_000);

	test("ends a file that does not come at 'Max Wait'", async () => {
		answer = (_request, response) => void response.write(picture);
		const started = Date.now();
		const done = await run(`${origin}/slow.png`, { maxWait: 10 });
		expect(reasonIn(done)).toEqual([
			expect.objectContaining({ reason: "it did not arrive within 'Max Wait'" }),
		]);
		expect(Date.now() - started).toBeLessThan(6_000);
	});

	test('is refused where the result is not waited for', async () => {
		const { error } = await run('x', { waitForResult: false });
		expect(error?.message).toContain("'Download Results' is on while 'Wait for Result' is off");
		expect(sandbox.ledger.predictions).toEqual([]);
	});

	test.each([
		['http://example.com/a.png', 'over https only'],
		['http://127.0.0.1/a.png', 'over https only'],
		['https://127.0.0.1/a.png', 'in a private network'],
		['https://localhost/a.png', 'in a private network'],
		['https://[::1]/a.png', 'in a private network'],
		['https://0x7f000001/a.png', 'in a private network'],
		['https://192.168.1.1/a.png', 'in a private network'],
		['https://user:word@example.com/a.png', 'a user name or a password'],
		['file:///etc/passwd', 'over https only'],
	])('fetches nothing from %s where the service is on the web', async (address, reason) => {
		const httpRequest = jest.fn();
		const functions = { helpers: { httpRequest } } as unknown as IExecuteFunctions;
		const files = new ResultFiles(functions, false);
		expect(await files.fetch(address, new Scope(hostClock, 5_000))).toEqual({
			reason: expect.stringContaining(reason),
		});
		expect(httpRequest).not.toHaveBeenCalled();
	});
});
