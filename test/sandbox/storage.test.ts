import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { startSandbox, type Sandbox } from '../../sandbox/startSandbox';
import { SandboxClient, type PresignAnswer } from './SandboxClient';

const bytes = Buffer.from('some bytes');

let sandbox: Sandbox;
let client: SandboxClient;
let presigned: PresignAnswer;

beforeEach(async () => {
	sandbox = await startSandbox({ scenario: { runTimeMs: { min: 10, max: 10 } } });
	client = new SandboxClient(sandbox);
	presigned = await client.presign('image/png', { expires_in_seconds: 3600, file_type: 'image' });
});
afterEach(async () => await sandbox.close());

function rightHeaders(): Record<string, string> {
	return { ...presigned.required_headers, 'content-type': 'image/png' };
}

function without(headers: Record<string, string>, name: string): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).filter(([sent]) => sent !== name));
}

/** A PUT with exactly these headers; without a Content-Length among them the body goes out in chunks. */
async function put(url: string, headers: Record<string, string | number>, body: Readable): Promise<number> {
	const sent = request(url, { method: 'PUT', headers });
	const status = new Promise<number>((resolve, reject) => {
		sent.on('response', (response) => {
			response.resume();
			response.on('end', () => resolve(response.statusCode ?? 0));
		});
		sent.on('error', reject);
	});
	// An early refusal may close the stream under the sender; the answer counts.
	await Promise.all([status, pipeline(body, sent).catch(() => undefined)]);
	return await status;
}

test('a presign names an id, both addresses, the headers and the end of retention', () => {
	expect(presigned.id).toMatch(/^[\da-f-]{36}$/);
	expect(presigned.public_url).toBe(`${sandbox.storageUrl}/files/${presigned.id}.png`);
	expect(new URL(presigned.presigned_url).origin).toBe(sandbox.storageUrl);
	expect(sandbox.storageUrl).not.toBe(sandbox.baseUrl);
	expect(Object.keys(presigned.required_headers)).toHaveLength(2);
	expect(Date.parse(presigned.expires_at)).toBeLessThanOrEqual(Date.now() + 3_600_000);
	expect(Date.parse(presigned.expires_at)).toBeGreaterThan(Date.now() + 3_500_000);
	expect(sandbox.ledger.presigns).toBe(1);
	expect(sandbox.ledger.files).toMatchObject([{ id: presigned.id, uploads: 0, expiresInSeconds: 3600 }]);
});

test.each([
	['no content type', {}, 'content_type'],
	['a content type that is none', { content_type: 'png' }, 'content_type'],
	['a content type with a line break', { content_type: 'image/png\r\nX-Evil: 1' }, 'content_type'],
	['an unknown kind', { content_type: 'image/png', file_type: 'picture' }, 'file_type'],
	[
		'a retention that is no number',
		{ content_type: 'image/png', expires_in_seconds: '60' },
		'expires_in_seconds',
	],
])('a presign with %s is refused by name', async (_label, body, field) => {
	const answer = await client.send('POST', '/v1/upload/presign', body);
	expect(answer.status).toBe(400);
	expect(answer.body.error).toContain(field);
});

test('what was uploaded can be read at its public address by anyone', async () => {
	const response = await fetch(presigned.presigned_url, {
		method: 'PUT',
		headers: rightHeaders(),
		body: bytes,
	});
	expect(response.status).toBe(200);
	const published = await fetch(presigned.public_url);
	expect(published.headers.get('content-type')).toBe('image/png');
	expect(Buffer.from(await published.arrayBuffer())).toEqual(bytes);
	expect(sandbox.ledger.files).toMatchObject([
		{
			byteLength: bytes.length,
			sha256: createHash('sha256').update(bytes).digest('hex'),
			uploads: 1,
			deleted: false,
		},
	]);
});

test.each<[string, number, (headers: Record<string, string>) => Record<string, string>]>([
	['an Authorization header', 400, (headers) => ({ ...headers, authorization: 'Bearer test-key' })],
	['another content type', 403, (headers) => ({ ...headers, 'content-type': 'image/jpeg' })],
	['a required header changed', 403, (headers) => ({ ...headers, 'x-amz-meta-file-id': 'another' })],
	['a required header left out', 403, (headers) => without(headers, 'x-amz-meta-file-id')],
	['the other required header left out', 403, (headers) => without(headers, 'x-amz-meta-retention-seconds')],
])('an upload with %s is refused with %i', async (_label, status, change) => {
	const response = await fetch(presigned.presigned_url, {
		method: 'PUT',
		headers: change(rightHeaders()),
		body: bytes,
	});
	expect(response.status).toBe(status);
	expect(response.headers.get('content-type')).toContain('xml');
	expect(sandbox.ledger.files[0]?.uploads).toBe(0);
	expect((await fetch(presigned.public_url)).status).toBe(404);
});

test('a key sent to the storage shows in the ledger', async () => {
	await fetch(presigned.presigned_url, {
		method: 'PUT',
		headers: { ...rightHeaders(), authorization: 'Bearer test-key' },
		body: bytes,
	});
	expect(sandbox.ledger.requests.filter(({ origin }) => origin === 'storage')).toMatchObject([
		{ method: 'PUT', status: 400, headers: { authorization: 'Bearer test-key' } },
	]);
});

test.each([
	['changed', (url: string) => url.replace(/Signature=..../, 'Signature=0000')],
	['left out', (url: string) => url.replace(/&X-Sandbox-Signature=.*/, '')],
	['of another age', (url: string) => url.replace(/Issued=\d+/, `Issued=${Date.now() + 5000}`)],
])('a signature that is %s is refused with 403', async (_label, change) => {
	const response = await fetch(change(presigned.presigned_url), {
		method: 'PUT',
		headers: rightHeaders(),
		body: bytes,
	});
	expect(response.status).toBe(403);
});

test('an upload address that has grown too old is refused with 403', async () => {
	sandbox.scenario.presignLifetimeMs = 0;
	const response = await fetch(presigned.presigned_url, {
		method: 'PUT',
		headers: rightHeaders(),
		body: bytes,
	});
	expect(response.status).toBe(403);
});

test('a chunked body is refused with 411', async () => {
	expect(await put(presigned.presigned_url, rightHeaders(), Readable.from([bytes]))).toBe(411);
});

test('more than 100 MB are refused with 413', async () => {
	const headers = { ...rightHeaders(), 'content-length': 100 * 1024 * 1024 + 1 };
	const sent = request(presigned.presigned_url, { method: 'PUT', headers });
	const status = await new Promise<number | undefined>((resolve, reject) => {
		sent.on('response', (response) => resolve(response.statusCode));
		sent.on('error', reject);
		sent.write('the beginning');
	});
	sent.on('error', () => undefined).destroy();
	expect(status).toBe(413);
});

test('an upload that breaks off leaves nothing behind', async () => {
	const sent = request(presigned.presigned_url, {
		method: 'PUT',
		headers: { ...rightHeaders(), 'content-length': 1000 },
	});
	await new Promise<void>((resolve) => sent.on('error', () => resolve()).write('half', () => sent.destroy()));
	expect((await fetch(presigned.public_url)).status).toBe(404);
	expect(sandbox.ledger.files[0]?.uploads).toBe(0);
});

test('60 MB go through as a stream', async () => {
	const chunk = randomBytes(1024 * 1024);
	const chunks = 60;
	const hash = createHash('sha256');
	let peakBytes = 0;
	const before = process.memoryUsage().arrayBuffers;
	async function* body(): AsyncGenerator<Buffer> {
		for (let sent = 0; sent < chunks; sent += 1) {
			hash.update(chunk);
			yield chunk;
			peakBytes = Math.max(peakBytes, process.memoryUsage().arrayBuffers - before);
			await new Promise((resolve) => setImmediate(resolve));
		}
	}
	const headers = { ...rightHeaders(), 'content-length': chunk.length * chunks };
	expect(await put(presigned.presigned_url, headers, Readable.from(body()))).toBe(200);
	expect(sandbox.ledger.files).toMatchObject([
		{ byteLength: chunk.length * chunks, sha256: hash.digest('hex') },
	]);
	expect(peakBytes).toBeLessThan(40 * 1024 * 1024);
});

test('a deleted file is gone, and deleting it once more is no fault', async () => {
	await client.upload(bytes, 'image/png');
	const file = sandbox.ledger.files[1];
	expect((await client.send('DELETE', `/v1/files/${file?.id}`)).status).toBe(204);
	expect((await client.send('DELETE', `/v1/files/${file?.id}`)).status).toBe(204);
	expect((await client.send('DELETE', '/v1/files/00000000-0000-4000-8000-000000000000')).status).toBe(204);
	expect((await client.send('DELETE', '/v1/files/not-a-uuid')).status).toBe(400);
	expect(file?.deleted).toBe(true);
	expect((await fetch(file?.publicUrl ?? '')).status).toBe(404);
});

test('a file whose retention has ended is gone', async () => {
	const { public_url, expires_at } = await client.upload(bytes, 'image/png');
	const afterwards = jest.spyOn(Date, 'now').mockReturnValue(Date.parse(expires_at));
	expect((await fetch(public_url)).status).toBe(404);
	afterwards.mockRestore();
	expect((await fetch(public_url)).status).toBe(200);
});

test('another name with the same id is another address', async () => {
	const { public_url } = await client.upload(bytes, 'image/png');
	expect((await fetch(public_url.replace('.png', '.exe'))).status).toBe(404);
	expect((await fetch(public_url.replace('/files/', '/uploads/'))).status).toBe(404);
});
