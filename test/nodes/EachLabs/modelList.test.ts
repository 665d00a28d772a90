import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INodeParameters } from 'n8n-workflow';

import { searchModels } from '../../support/editorLists';
import { sandboxPerTest } from './sandboxPerTest';

const DEFAULT = 'gemini-2-0-flash-lite';
/** Of the sandbox: these have one array of media, or a field for any file, which takes every kind. */
const ROUTED = [
	'google/gemini-3.6-flash',
	'google/gemini-3.1-flash-lite',
	'openai/gpt-5.2',
	'anthropic/claude-sonnet-4-6',
].map((id) => `eachlabs-llm-router:${id}`);
const FOR_ALL_KINDS = [DEFAULT, 'sandbox-picture-question', 'sandbox-media-search', 'sandbox-document-words'];

describe('the list of models', () => {
	const sandbox = sandboxPerTest();

	const slugs = async (parameters: INodeParameters, filter?: string): Promise<unknown[]> => {
		const { results } = await searchModels({ baseUrl: sandbox.baseUrl, parameters, filter });
		return results.map(({ value }) => value);
	};

	test.each([
		{ resource: 'image', operation: 'altText', others: ['sandbox-picture-words', ...ROUTED] },
		{ resource: 'video', operation: 'analyze', others: ['sandbox-video-words'] },
		{ resource: 'audio', operation: 'transcribe', others: ['sandbox-audio-words'] },
		{ resource: 'document', operation: 'extract', others: [] },
	])('of $resource has those that can be asked about such files', async ({ resource, operation, others }) => {
		const listed = await slugs({ resource, operation });
		expect(listed.toSorted()).toEqual([...FOR_ALL_KINDS, ...others].sort());
	});

	test.each([
		{ resource: 'prediction', operation: 'create' },
		{ resource: 'model', operation: 'get' },
	])('of $resource has all', async (parameters) => {
		const listed = await slugs(parameters);
		expect(listed).toHaveLength(10);
		expect(listed).toEqual(expect.arrayContaining(['sandbox-picture-maker', 'sandbox-picture-tags']));
	});

	test.each([
		{ filter: 'gemini', listed: [DEFAULT, ...ROUTED.slice(0, 2)] },
		{ filter: 'gpt', listed: ROUTED.slice(2, 3) },
	])(
		"of images has chat models behind the router last, also when searched for '$filter'",
		async ({ filter, listed }) => {
			expect(await slugs({ resource: 'image' }, filter)).toEqual(listed);
		},
	);

	test("is there without them where the router's catalogue is not", async () => {
		sandbox.scenario.api = 'august';
		const listed = await slugs({ resource: 'image' });
		expect(listed).toContain('sandbox-picture-words');
		expect(listed).not.toContain(ROUTED[0]);
	});

	test('begins with the default model, once', async () => {
		const { results } = await searchModels({
			baseUrl: sandbox.baseUrl,
			parameters: { resource: 'image' },
		});
		expect(results[0]).toEqual({ name: 'Gemini 2.0 Flash Lite', value: DEFAULT });
		expect(results.filter(({ value }) => value === DEFAULT)).toHaveLength(1);
	});

	test.each([
		{ filter: 'WORDS', listed: ['sandbox-video-words', 'sandbox-document-words'] },
		{ filter: ' flash lite ', listed: [DEFAULT] },
		{ filter: 'flash-lite', listed: [DEFAULT] },
		// There is none of that name, and n8n says so.
		{ filter: 'whisper', listed: [] },
	])("is searched for '$filter'", async ({ filter, listed }) => {
		expect(await slugs({ resource: 'video' }, filter)).toEqual(listed);
	});

	test('that comes out empty though there are models of the name says why', async () => {
		await expect(slugs({ resource: 'image' }, 'maker')).rejects.toMatchObject({
			message: "No model whose name has 'maker' in it can be asked about images",
			description: expect.stringContaining("'Model → Run' runs any model"),
		});
		expect(await slugs({ resource: 'prediction', operation: 'create' }, 'maker')).toEqual([
			'sandbox-picture-maker',
		]);
	});

	test('says when the catalogue does not answer', async () => {
		sandbox.scenario.catalogueAvailable = false;
		await expect(slugs({ resource: 'image' })).rejects.toMatchObject({
			message: expect.stringContaining('Each Labs is not available right now'),
		});
	});
});

describe('the list of a large catalogue', () => {
	let server: Server;
	let offsets: number[];
	let catalogue: object[];

	beforeEach(async () => {
		offsets = [];
		server = createServer((request, response) => {
			const { searchParams } = new URL(request.url ?? '', 'http://localhost');
			const [limit, offset] = [Number(searchParams.get('limit')), Number(searchParams.get('offset'))];
			offsets.push(offset);
			response.setHeader('content-type', 'application/json');
			response.end(JSON.stringify(catalogue.slice(offset, offset + limit)));
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	});
	afterEach(async () => await new Promise((resolve) => server.close(resolve)));

	/** Models of which only those at these places can be asked about videos. */
	const modelsWith = (count: number, ...places: number[]): object[] =>
		Array.from({ length: count }, (_, place) => ({
			slug: `model-${place}`,
			title: `Model ${place}`,
			request_schema: {
				properties: { prompt: {}, [places.includes(place) ? 'video_url' : 'size']: { type: 'string' } },
			},
		}));

	const page = async (paginationToken?: string) => {
		const { port } = server.address() as AddressInfo;
		const { results, paginationToken: next } = await searchModels({
			baseUrl: `http://127.0.0.1:${port}`,
			parameters: { resource: 'video', operation: 'analyze' },
			paginationToken,
		});
		return { slugs: results.map(({ value }) => value), next };
	};

	test('goes through it until it has something to show', async () => {
		catalogue = modelsWith(1_100, 1_090);
		expect(await page()).toEqual({ slugs: [DEFAULT, 'model-1090'], next: undefined });
		expect(offsets).toEqual([0, 250, 500, 750, 1_000]);
	});

	test('stops where there is enough to scroll, and goes on from there', async () => {
		const early = Array.from({ length: 30 }, (_, place) => place);
		catalogue = modelsWith(600, ...early, 599);
		const first = await page();
		expect(first).toEqual({ slugs: [DEFAULT, ...early.map((place) => `model-${place}`)], next: '250' });
		expect(await page(first.next)).toEqual({ slugs: ['model-599'], next: undefined });
		expect(offsets).toEqual([0, 250, 500]);
	});

	test('goes through ten pages at most at once', async () => {
		catalogue = modelsWith(5_000);
		expect(await page()).toEqual({ slugs: [DEFAULT], next: '2500' });
		expect(await page('2500')).toEqual({ slugs: [], next: '5000' });
		expect(offsets).toHaveLength(20);
	});

	test('does not show the default model again where the catalogue has it', async () => {
		catalogue = [...modelsWith(250, 3), { slug: DEFAULT, title: 'The same', request_schema: null }];
		expect(await page()).toEqual({ slugs: [DEFAULT, 'model-3'], next: undefined });
	});
});
