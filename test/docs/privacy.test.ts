import { faultAt, noFaults } from '../faults/FaultPlan';
import { FaultServer } from '../faults/FaultServer';
import { runOptions } from '../../nodes/EachLabs/n8n/options';
import { itemWithFiles } from '../nodes/EachLabs/itemWithFiles';
import { runNode, type NodeRun, type NodeRunOptions } from '../support/runNode';
import { testMedia } from '../support/testMedia';
import { MarkdownPage } from './MarkdownPage';
import { numberConstant } from './nodeMessages';
import { closingHint } from '../support/closingHint';
import { hurryEachTest } from '../support/hurryHostClock';

const HURRY = 5;
hurryEachTest(HURRY);

const ANALYZE = {
	resource: 'image',
	operation: 'analyze',
	text: 'What is it?',
	binaryPropertyName: 'privatefield',
};

/** What the page on privacy says that no other test holds the node to. */
describe('what leaves n8n', () => {
	let server: FaultServer;
	beforeEach(async () => {
		server = await FaultServer.start({ scenario: { runTimeMs: { min: 20, max: 60 } } });
	});
	afterEach(async () => await server.close());

	const run = async (settings: Partial<NodeRunOptions> = {}): Promise<NodeRun> =>
		await runNode({
			baseUrl: server.baseUrl,
			parameters: { ...ANALYZE, options: { pollInterval: 0.5 } },
			items: [
				await itemWithFiles(
					{ privatefield: { bytes: await testMedia.picture(40, 30), fileName: 'private-name.png' } },
					{ note: 'private-note' },
				),
			],
			...settings,
		});

	test('is the text, the type and the bytes, and nothing else of the item', async () => {
		const { status } = await run();
		expect(status).toBe('success');
		const { requests } = server.ledger;
		const bodies = requests.filter(({ body }) => body !== '').map(({ name, body }) => [name, parsed(body)]);
		expect(bodies).toEqual([
			['presign', { content_type: 'image/png', file_type: 'image', expires_in_seconds: 3_600 }],
			[
				'create',
				{
					model: 'gemini-2-0-flash-lite',
					input: { prompt: 'What is it?', image_urls: [expect.stringMatching(/^http/)] },
				},
			],
		]);
		expect(JSON.stringify(requests)).not.toMatch(/private|Each Labs/);
	});

	test('goes to the storage with the headers of an upload alone', async () => {
		await run();
		const put = server.ledger.requests.find(({ name }) => name === 'put');
		const own = Object.keys(put?.headers ?? {}).filter((name) => !name.startsWith('x-amz-'));
		expect(own.sort()).toEqual([
			'accept',
			'accept-encoding',
			'connection',
			'content-length',
			'content-type',
			'host',
			'user-agent',
		]);
		expect(put?.headers['user-agent']).toMatch(/^(n8n|axios)/);
	});

	test('a deletion that does not get through is tried for half a minute, fails no item, and is told of', async () => {
		server.plan = faultAt({
			fault: 'status503',
			call: 'delete',
			atCall: 1,
			calls: Infinity,
			delivered: false,
		});
		const startedMs = Date.now();
		const { status, hints } = await run({
			parameters: { ...ANALYZE, options: { pollInterval: 0.5, uploadRetention: 7_200 } },
		});
		expect(status).toBe('success');
		const deletes = server.ledger.requests.filter(({ name }) => name === 'delete');
		expect(deletes.length).toBeGreaterThan(5);
		expect(HURRY * ((deletes.at(-1)?.atMs ?? 0) - (deletes[0]?.atMs ?? 0))).toBeGreaterThan(10_000);
		expect(hints.map(({ message }) => message)).toEqual([
			expect.stringMatching(
				/^1 of the uploaded files could not be deleted from Each Labs\. Until \d{4}-\d\d-\d\d \d\d:\d\d UTC, when 'Upload Retention' ends, anyone who has the address of such a file can read it\. 'File → Delete' deletes it before: file ID [\w-]{36}\.$/,
			),
			closingHint,
		]);
		const [, minute] = /Until (.*) UTC/.exec(hints[0]?.message ?? '') ?? [];
		const until = Date.parse(`${minute?.replace(' ', 'T')}Z`);
		expect(until).toBeGreaterThanOrEqual(startedMs + 7_200_000);
		expect(until).toBeLessThanOrEqual(Date.now() + 7_260_000);
	}, 90_000);

	test('what was deleted, and what is to stay, needs no hint', async () => {
		const deleted = await run();
		const kept = await run({
			parameters: { ...ANALYZE, options: { pollInterval: 0.5, keepUploads: true } },
		});
		for (const { hints } of [deleted, kept])
			expect(hints.map(({ message }) => message)).toEqual([closingHint]);
	});

	test.each([
		{ label: 'by URL', parameters: { inputType: 'url', imageUrls: 'https://example.com/a.png?token=t' } },
		{
			label: 'with Prediction → Create',
			parameters: { resource: 'prediction', operation: 'create', input: '{"prompt": "What is it?"}' },
		},
	])('is no upload $label', async ({ parameters }) => {
		server.plan = noFaults;
		await run({
			parameters: { resource: 'image', operation: 'analyze', text: 'What is it?', ...parameters },
		});
		const names = server.ledger.requests.map(({ name }) => name);
		expect(names).toContain('create');
		expect(names).not.toContain('presign');
		expect(names).not.toContain('put');
	});
});

test('the page says how long files stay, and how much of an answer is kept', () => {
	const page = new MarkdownPage('docs/privacy.md');
	const written = (value: number): string => value.toLocaleString('en-US');
	expect(page.text).toContain(`${written(runOptions({}).uploadRetention)} seconds (an hour)`);
	expect(page.text).toContain(
		`its first ${written(numberConstant('actions/media/purchases.ts', 'MAX_RAW_CHARACTERS'))} characters`,
	);
	expect(page.text).toContain(`the last ${written(numberConstant('n8n/accounts.ts', 'MAX_CLAIMED'))}`);
});

function parsed(body: string): unknown {
	return JSON.parse(body);
}
