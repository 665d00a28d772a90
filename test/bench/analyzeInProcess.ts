import '../support/engineEnvironment';

import pLimit from 'p-limit';
import { Agent, request } from 'undici';

import { runNode, storeBinary } from '../support/runNode';
import { testMedia } from '../support/testMedia';
import { analyzeByHost } from './hostCalls';

/** What the process tells on its standard output, as JSON. */
export interface ClientReport {
	readonly tookMs: number;
	/** Of this process, user and system. */
	readonly cpuMs: number;
}

const AT_ONCE = 10;
const POLL_INTERVAL_MS = 500;
const WARM_UP_ITEMS = 20;

/**
 * `node --import tsx analyzeInProcess.ts node|host|reference BASE_URL COUNT`: analyzes pictures, by the node in n8n's engine, or by
 * the least code that makes the same calls, with n8n's helper or without n8n, and tells what that has cost.
 */
async function main([client = '', baseUrl = '', count = '']: string[]): Promise<void> {
	const analyze =
		client === 'node' ? analyzeByNode : client === 'host' ? analyzeByHelper : analyzeByReference;
	await (
		await analyze(baseUrl, await pictures(WARM_UP_ITEMS, 30))
	)();
	const run = await analyze(baseUrl, await pictures(Number(count), 31));

	const cpuBefore = process.cpuUsage();
	const startedAtMs = performance.now();
	await run();
	const tookMs = performance.now() - startedAtMs;
	const { user, system } = process.cpuUsage(cpuBefore);
	const report: ClientReport = { tookMs, cpuMs: (user + system) / 1_000 };
	process.stdout.write(JSON.stringify(report));
}

async function pictures(count: number, height: number): Promise<Buffer[]> {
	return await Promise.all(
		Array.from({ length: count }, async (_, index) => await testMedia.picture(40 + index, height)),
	);
}

async function analyzeByNode(baseUrl: string, files: Buffer[]): Promise<() => Promise<void>> {
	const items = await Promise.all(
		files.map(async (bytes, index) => ({
			json: {},
			binary: { data: await storeBinary(bytes, `${index}.png`, 'image/png') },
		})),
	);
	return async () => {
		const { status, error } = await runNode({
			baseUrl,
			parameters: {
				resource: 'image',
				operation: 'analyze',
				text: 'What is it?',
				options: { maxConcurrency: AT_ONCE, pollInterval: POLL_INTERVAL_MS / 1_000 },
			},
			items,
		});
		if (status !== 'success') throw new Error(error?.message ?? status);
	};
}

async function analyzeByHelper(baseUrl: string, files: Buffer[]): Promise<() => Promise<void>> {
	return await analyzeByHost(baseUrl, files, { atOnce: AT_ONCE, pollIntervalMs: POLL_INTERVAL_MS });
}

/** No checks, no retries, no cancellation, no limits but one. */
async function analyzeByReference(baseUrl: string, files: Buffer[]): Promise<() => Promise<void>> {
	return await Promise.resolve(async () => {
		const dispatcher = new Agent();
		const call = async <Answer>(
			method: 'GET' | 'POST' | 'DELETE',
			path: string,
			body?: object,
		): Promise<Answer> => {
			const answer = await request(`${baseUrl}${path}`, {
				dispatcher,
				method,
				headers: { authorization: 'Bearer test-key', ...(body && { 'content-type': 'application/json' }) },
				body: body && JSON.stringify(body),
			});
			const text = await answer.body.text();
			if (answer.statusCode >= 300) throw new Error(text);
			return (text === '' ? undefined : JSON.parse(text)) as Answer;
		};
		const fileIds: string[] = [];
		const analyze = async (bytes: Buffer) => {
			const file = await call<Presigned>('POST', '/v1/upload/presign', {
				content_type: 'image/png',
				file_type: 'image',
				expires_in_seconds: 3_600,
			});
			fileIds.push(file.id);
			const stored = await request(file.presigned_url, {
				dispatcher,
				method: 'PUT',
				headers: { ...file.required_headers, 'content-type': 'image/png' },
				body: bytes,
			});
			await stored.body.dump();
			const { predictionID } = await call<{ predictionID: string }>('POST', '/v1/prediction', {
				model: 'gemini-2-0-flash-lite',
				input: { image_urls: [file.public_url], prompt: 'What is it?' },
			});
			for (;;) {
				await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
				const { status } = await call<{ status: string }>('GET', `/v1/prediction/${predictionID}`);
				if (status === 'success') return;
			}
		};
		await call('GET', '/v1/models/gemini-2-0-flash-lite');
		const atOnce = pLimit(AT_ONCE);
		await Promise.all(files.map(async (bytes) => await atOnce(async () => await analyze(bytes))));
		const deletes = pLimit(5);
		await Promise.all(
			fileIds.map(async (id) => await deletes(async () => await call('DELETE', `/v1/files/${id}`))),
		);
		await dispatcher.close();
	});
}

interface Presigned {
	id: string;
	presigned_url: string;
	public_url: string;
	required_headers: Record<string, string>;
}

void main(process.argv.slice(2));
