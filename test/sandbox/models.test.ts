import { startSandbox, type Sandbox } from '../../sandbox/startSandbox';
import { SandboxClient } from './SandboxClient';

let sandbox: Sandbox;
let visitor: SandboxClient;

beforeEach(async () => {
	sandbox = await startSandbox();
	visitor = new SandboxClient(sandbox, {});
});
afterEach(async () => await sandbox.close());

async function slugs(query: string): Promise<string[]> {
	const { body } = await visitor.send('GET', `/v1/models${query}`);
	return (body as unknown as Array<{ slug: string }>).map(({ slug }) => slug);
}

test('the catalogue is public, and can be paged', async () => {
	const all = await slugs('');
	expect(all).toContain('gemini-2-0-flash-lite');
	expect(await slugs('?limit=2&offset=1')).toEqual(all.slice(1, 3));
});

test('a name finds models by slug and title, in any case', async () => {
	expect(await slugs('?name=FLASH')).toEqual(['gemini-2-0-flash-lite']);
	expect(await slugs('?name=picture%20maker')).toEqual(['sandbox-picture-maker']);
	expect(await slugs('?name=nothing-like-it')).toEqual([]);
});

test.each([
	['a limit below its range', '/v1/models?limit=0', 'limit'],
	['a limit above its range', '/v1/models?limit=501', 'limit'],
	['an offset below 0', '/v1/models?offset=-1', 'offset'],
])('%s is refused by name', async (_label, path, field) => {
	const { status, body } = await visitor.send('GET', path);
	expect(status).toBe(400);
	expect(body).toMatchObject({ status: 400, error: expect.stringContaining(field) });
});

test('the flash model publishes pictures and prompt, and nothing else', async () => {
	const { body } = await visitor.send('GET', '/v1/models/gemini-2-0-flash-lite');
	expect(body).toMatchObject({ slug: 'gemini-2-0-flash-lite', output_type: 'string' });
	const schema = body.request_schema as { required: string[]; properties: object };
	expect(schema.required).toEqual(['image_urls', 'prompt']);
	expect(Object.keys(schema.properties)).toEqual(['image_urls', 'prompt']);
});

test('a withdrawn model has left the list, its details and the creates', async () => {
	sandbox.scenario.withdrawnModels.push('gemini-2-0-flash-lite');
	expect(await slugs('?name=flash')).toEqual([]);
	expect((await visitor.send('GET', '/v1/models/gemini-2-0-flash-lite')).status).toBe(404);
	expect((await visitor.send('GET', '/v1/models/sandbox-retired-words')).status).toBe(404);

	const created = await new SandboxClient(sandbox).create({ image_urls: [], prompt: 'What is it?' });
	expect(created.status).toBe(400);
	expect(created.body.error).toContain('gemini-2-0-flash-lite');
	expect(sandbox.ledger.predictions).toHaveLength(0);
});

test('a catalogue that is down answers 503, and is back when it is', async () => {
	sandbox.scenario.catalogueAvailable = false;
	expect((await visitor.send('GET', '/v1/models')).status).toBe(503);
	expect((await visitor.send('GET', '/v1/models/gemini-2-0-flash-lite')).status).toBe(503);
	sandbox.scenario.catalogueAvailable = true;
	expect((await visitor.send('GET', '/v1/models')).status).toBe(200);
});
