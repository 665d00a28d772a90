import '../support/engineEnvironment';

import { Agent, request } from 'undici';

import { runNode, storeBinary } from '../support/runNode';
import { testMedia } from '../support/testMedia';
import { analyzeBare, type BareCaller, type BarePace } from './bareAnalyses';
import { analyzeByHost } from './hostCalls';

/** What the process tells on its standard output, as JSON. */
export interface ClientReport {
	readonly tookMs: number;
	/** Of this process, user and system. */
	readonly cpuMs: number;
}

const PACE: BarePace = { atOnce: 10, pollIntervalMs: 500 };
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
				options: { maxConcurrency: PACE.atOnce, pollInterval: PACE.pollIntervalMs / 1_000 },
			},
			items,
		});
		if (status !== 'success') throw new Error(error?.message ?? status);
	};
}

async function analyzeByHelper(baseUrl: string, files: Buffer[]): Promise<() => Promise<void>> {
	return await analyzeByHost(baseUrl, files, PACE);
}

async function analyzeByReference(baseUrl: string, files: Buffer[]): Promise<() => Promise<void>> {
	return await Promise.resolve(async () => {
		const dispatcher = new Agent();
		const caller: BareCaller = {
			call: async <Answer>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => {
				const answer = await request(`${baseUrl}${path}`, {
					dispatcher,
					method,
					headers: { authorization: 'Bearer test-key', ...(body && { 'content-type': 'application/json' }) },
					body: body && JSON.stringify(body),
				});
				const text = await answer.body.text();
				if (answer.statusCode >= 300) throw new Error(text);
				return (text === '' ? undefined : JSON.parse(text)) as Answer;
			},
			put: async (url, headers, body) => {
				const stored = await request(url, { dispatcher, method: 'PUT', headers, body });
				await stored.body.dump();
			},
		};
		const pictures = files.map((bytes) => async () => await Promise.resolve(bytes));
		await analyzeBare(pictures, caller, PACE);
		await dispatcher.close();
	});
}

void main(process.argv.slice(2));
