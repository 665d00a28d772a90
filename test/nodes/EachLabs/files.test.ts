import { createHash } from 'node:crypto';
import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';

import type { Sandbox } from '../../../sandbox/startSandbox';
import { answering, faultAt } from '../../faults/FaultPlan';
import { FaultServer } from '../../faults/FaultServer';
import { runNode, type NodeRun, type NodeRunOptions } from '../../support/runNode';
import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';
import { sandboxPerTest } from './sandboxPerTest';

const UPLOAD: INodeParameters = { resource: 'file', operation: 'upload' };
const CONTINUE = { onError: 'continueRegularOutput' } as const;

function sha256(bytes: Buffer): string {
	return createHash('sha256').update(bytes).digest('hex');
}

async function readUrl(url: unknown): Promise<{ status: number; bytes: Buffer }> {
	const response = await fetch(String(url));
	return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
}

/** Files that were sent and are still there. */
function filesLeft({ ledger }: Pick<Sandbox, 'ledger'>) {
	return ledger.files.filter(({ uploads, deleted }) => uploads > 0 && !deleted);
}

describe('files', () => {
	const sandbox = sandboxPerTest();

	const run = async (
		items: INodeExecutionData[],
		parameters: INodeParameters = {},
		settings: Partial<NodeRunOptions> = {},
	): Promise<NodeRun> =>
		await runNode({
			baseUrl: sandbox.baseUrl,
			parameters: { ...UPLOAD, ...parameters },
			items,
			...settings,
		});

	const pictures = async (...widths: number[]): Promise<INodeExecutionData[]> =>
		await Promise.all(
			widths.map(async (width) => await itemWithFiles({ data: await testMedia.picture(width, 30) })),
		);

	describe('file.upload', () => {
		test('gives an item for each input item, whose file can be read at its address after the run', async () => {
			const bytes = await testMedia.picture(40, 30);
			const before = Date.now();
			const { status, items } = await run([
				await itemWithFiles({ data: { bytes, fileName: 'cat.png', mimeType: 'application/octet-stream' } }),
				await itemWithFiles({ data: { bytes: await testMedia.document(2), mimeType: 'application/pdf' } }),
			]);
			expect(status).toBe('success');
			const [picture, document] = sandbox.ledger.files;
			expect(items).toEqual([
				{
					json: {
						fileId: picture?.id,
						url: picture?.publicUrl,
						fileName: 'cat.png',
						mimeType: 'image/png',
						fileSize: bytes.length,
						expiresAt: expect.any(String),
					},
					pairedItem: { item: 0 },
				},
				{
					json: expect.objectContaining({
						fileId: document?.id,
						fileName: 'data.pdf',
						mimeType: 'application/pdf',
					}),
					pairedItem: { item: 1 },
				},
			]);
			expect(await readUrl(items[0]?.json.url)).toEqual({ status: 200, bytes });
			expect(filesLeft(sandbox)).toHaveLength(2);
			const expiresInMs = Date.parse(items[0]?.json.expiresAt as string) - before;
			expect(Math.abs(expiresInMs - 3_600_000)).toBeLessThan(60_000);
		});

		test('asks for the kind of the file, and for as long as Upload Retention says', async () => {
			const { items } = await run(await pictures(40), { options: { uploadRetention: 86_400 } });
			expect(sandbox.ledger.files).toEqual([
				expect.objectContaining({ contentType: 'image/png', expiresInSeconds: 86_400 }),
			]);
			const expiresInMs = Date.parse(items[0]?.json.expiresAt as string) - Date.now();
			expect(Math.abs(expiresInMs - 86_400_000)).toBeLessThan(60_000);
		});

		test('gives each file an ID of its own, also where another has the same bytes', async () => {
			const [item] = await pictures(40);
			const { items } = await run([item, item] as INodeExecutionData[]);
			const ids = items.map(({ json }) => json.fileId);
			expect(new Set(ids).size).toBe(2);
			const [one, other] = sandbox.ledger.files;
			expect(one?.sha256).toBe(other?.sha256);
		});

		test.each([
			{ names: 'one, two', widths: [40, 41] },
			{ names: '*', widths: [40, 41] },
			{ names: 'two,', widths: [41] },
		])("has a list 'files' with the names $names, however many there are", async ({ names, widths }) => {
			const files = { one: await testMedia.picture(40, 30), two: await testMedia.picture(41, 30) };
			const { items } = await run(
				[await itemWithFiles({ ...files, table: { bytes: Buffer.from('a,b'), mimeType: 'text/csv' } })],
				{
					binaryPropertyName: names,
				},
			);
			const byWidth = new Map([
				[40, files.one],
				[41, files.two],
			]);
			const listed = items[0]?.json.files as Array<{ fileId: string; fileName: string; fileSize: number }>;
			expect(Object.keys(items[0]?.json ?? {})).toEqual(['files']);
			expect(listed.map(({ fileSize }) => fileSize)).toEqual(
				widths.map((width) => byWidth.get(width)?.length),
			);
			expect(
				listed.map(({ fileId }) => sandbox.ledger.files.find(({ id }) => id === fileId)?.sha256),
			).toEqual(widths.map((width) => sha256(byWidth.get(width) as Buffer)));
		});

		test('its address is one that a model reads', async () => {
			const uploaded = await run(await pictures(77));
			const { items } = await runNode({
				baseUrl: sandbox.baseUrl,
				parameters: {
					resource: 'image',
					operation: 'analyze',
					text: 'What is it?',
					inputType: 'url',
					imageUrls: '={{ $json.url }}',
					options: { pollInterval: 0.5 },
				},
				items: uploaded.items,
			});
			expect(items[0]?.json.text).toContain('77×30 pixels');
			expect(filesLeft(sandbox)).toHaveLength(1);
		});

		test.each([
			{
				label: 'an empty file',
				item: async () => await itemWithFiles({ data: { bytes: Buffer.alloc(0), fileName: 'a.png' } }),
				message: "The file 'a.png' in binary field 'data' is empty (0 bytes)",
			},
			{
				label: 'a file that no model reads',
				item: async () =>
					await itemWithFiles({
						data: { bytes: Buffer.from('a,b\n1,2\n'), fileName: 'a.csv', mimeType: 'text/csv' },
					}),
				message:
					"The file 'a.csv' in binary field 'data' holds text (declared as text/csv), which the model can't read: 'a,b 1,2'",
			},
			{
				label: 'an image over 7 MB',
				item: async () =>
					await itemWithFiles({
						data: {
							bytes: Buffer.concat([await testMedia.picture(40, 30), Buffer.alloc(7 * 1_048_576)]),
							fileName: 'a.png',
						},
					}),
				message: "The file 'a.png' in binary field 'data' has 7.01 MB; the limit for an image is 7 MB",
			},
			{
				label: 'no file',
				item: async () => await Promise.resolve({ json: {} }),
				message: "The item has no binary field 'data', nor any other",
			},
		])('refuses $label before anything is sent', async ({ item, message }) => {
			const { status, error } = await run([...(await pictures(40)), await item()]);
			expect({ status, message: error?.message }).toEqual({ status: 'error', message });
			// There is no 'Input Type' here that the text could speak of.
			expect(error?.description).not.toContain('Input Type');
			expect(sandbox.ledger.presigns).toBe(0);
		});

		test('a file that is cut off is not left there, and the other items keep theirs', async () => {
			const whole = await testMedia.picture(400, 300);
			const { items } = await run(
				[
					...(await pictures(40)),
					await itemWithFiles({
						one: await testMedia.picture(41, 30),
						two: whole.subarray(0, whole.length - 100),
					}),
				],
				{ binaryPropertyName: '*' },
				CONTINUE,
			);
			expect(items[1]?.json.error).toMatch(/^The file 'two\.png' in binary field 'two' is cut off/);
			const [kept] = items[0]?.json.files as Array<{ fileId: string }>;
			// The whole item has failed, so its good file is nobody's either.
			expect(filesLeft(sandbox).map(({ id }) => id)).toEqual([kept?.fileId]);
		});

		test('leaves nothing behind where the run ends with an error, since nobody gets the IDs', async () => {
			const whole = await testMedia.picture(400, 300);
			const cutOff = await itemWithFiles({ data: whole.subarray(0, whole.length - 100) });
			const { status, items } = await run([...(await pictures(40, 41)), cutOff]);
			expect({ status, items }).toEqual({ status: 'error', items: [] });
			expect(sandbox.ledger.presigns).toBeGreaterThan(0);
			expect(filesLeft(sandbox)).toEqual([]);
		});

		test('a stop ends it, and leaves nothing behind', async () => {
			sandbox.scenario.latencyMs = 200;
			const stop = new AbortController();
			const running = run(await pictures(40, 41, 42, 43, 44, 45), {}, { signal: stop.signal });
			while (sandbox.ledger.presigns === 0) await new Promise((resolve) => setTimeout(resolve, 5));
			stop.abort();
			expect((await running).status).toBe('canceled');
			expect(sandbox.ledger.presigns).toBeLessThan(6);
			expect(filesLeft(sandbox)).toEqual([]);
		});

		test('Retry On Fail does not upload again what the try before has handed over', async () => {
			// The first item is the one by which n8n sees that it has to try again.
			const items = [{ json: {} }, ...(await pictures(40, 41))];
			const { items: given } = await run(
				items,
				{},
				{ ...CONTINUE, retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
			);
			expect(given.map(({ json }) => typeof json.error)).toEqual(['string', 'undefined', 'undefined']);
			expect(sandbox.ledger.files).toHaveLength(2);
			expect(
				filesLeft(sandbox)
					.map(({ id }) => id)
					.sort(),
			).toEqual(given.flatMap(({ json }) => (json.fileId as string | undefined) ?? []).sort());
		});

		test('Retry On Fail with Stop Workflow uploads again what was deleted, and no file is left over', async () => {
			const server = await FaultServer.start();
			let refusals = 0;
			server.plan = answering(({ name, headers }) =>
				name === 'put' && headers['content-type'] === 'application/pdf' && refusals++ === 0
					? { status: 400, body: '' }
					: undefined,
			);
			try {
				const document = { bytes: await testMedia.document(1), mimeType: 'application/pdf' };
				const { status, items } = await run(
					[...(await pictures(40)), await itemWithFiles({ data: document })],
					{},
					{ baseUrl: server.baseUrl, retryOnFail: true, waitBetweenTries: 1 },
				);
				expect(status).toBe('success');
				expect(refusals).toBe(2);
				const pictureUploads = server.sandbox.ledger.files.filter(
					({ contentType }) => contentType === 'image/png',
				);
				expect(pictureUploads.map(({ deleted }) => deleted)).toEqual([true, false]);
				const left = filesLeft(server.sandbox).map(({ id }) => id);
				expect(left.sort()).toEqual(items.map(({ json }) => json.fileId as string).sort());
			} finally {
				await server.close();
			}
		});
	});

	describe('file.delete', () => {
		const remove = async (fileIds: unknown[], settings: Partial<NodeRunOptions> = {}): Promise<NodeRun> =>
			await run(
				fileIds.map((fileId) => ({ json: { fileId: fileId as string } })),
				{ operation: 'delete', fileId: '={{ $json.fileId }}' },
				settings,
			);

		test('deletes files, also where they are gone already', async () => {
			const uploaded = await run(await pictures(40, 41));
			const [one, other] = uploaded.items.map(({ json }) => json);
			for (let round = 0; round < 2; round++) {
				const { status, items } = await remove([one?.fileId]);
				expect(status).toBe('success');
				expect(items).toEqual([{ json: { fileId: one?.fileId, deleted: true }, pairedItem: { item: 0 } }]);
			}
			expect((await readUrl(one?.url)).status).toBe(404);
			expect((await readUrl(other?.url)).status).toBe(200);
		});

		test('takes an ID only, sends nothing else, and leaves the other items alone', async () => {
			const id = '0dce0f44-b8a5-4f30-91d4-5f6b0c221bf0';
			const { items } = await remove(['../prediction', undefined, id], CONTINUE);
			expect(items.map(({ json }) => json.error ?? json)).toEqual([
				"The 'File ID' is '../prediction', which is not the ID of a file",
				"The 'File ID' is empty",
				{ fileId: id, deleted: true },
			]);
			expect(sandbox.ledger.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
				`DELETE /v1/files/${id}`,
			]);
		});

		test('tells what the service has against an ID', async () => {
			const { error } = await remove(['not-one-of-theirs']);
			expect(error?.message).toBe('Each Labs refused the request');
			expect(error?.description).toContain('Each Labs says: id: must be a UUID');
		});

		test('is tried up to three times', async () => {
			const server = await FaultServer.start();
			server.plan = faultAt({ fault: 'status503', call: 'delete', atCall: 1, calls: 2, delivered: false });
			try {
				const { status } = await remove(['0dce0f44-b8a5-4f30-91d4-5f6b0c221bf0'], {
					baseUrl: server.baseUrl,
				});
				expect(status).toBe('success');
				expect(server.ledger.requests).toHaveLength(3);
			} finally {
				await server.close();
			}
		});
	});
});
