import { setTimeout as wait } from 'node:timers/promises';
import pLimit from 'p-limit';
import { Agent, request } from 'undici';

import type { Presigned } from '../bareAnalyses';
import { MIME_TYPES, type Files } from './files';
import { questionAbout, runTimeMs, type Work } from './Work';

const MODEL = 'gemini-2-0-flash-lite';
/** How often a flow asks that knows nothing; the vendor's own examples ask every second or two. */
const LOOK_EVERY_MS = 1_000;
/** Between two looks when a prediction takes a moment longer than it should. */
const LOOK_AGAIN_MS = 3;
/** Uploads beside each other, and how many files may lie ready: enough that no place ever waits for one. */
const UPLOADS_AT_ONCE = 5;
const DELETES_AT_ONCE = 5;

/** The least code that makes the calls: no checks, no retries, no cancellation. */
export class BareCalls {
	private readonly dispatcher = new Agent();
	private readonly fileIds: string[] = [];

	constructor(
		private readonly baseUrl: string,
		private readonly work: Work,
		private readonly files: Files,
	) {}

	/** One item after another, each asked about every second: what a loop over items does, without n8n around it. */
	async oneByOne(): Promise<void> {
		for (const number of this.files.keys()) {
			const id = await this.create(number, await this.upload(number));
			do await wait(LOOK_EVERY_MS);
			while (!(await this.hasEnded(id)));
		}
		await this.close();
	}

	/** The limit: it knows each run time and the account's cap beforehand, and asks in the moment that a prediction ends. */
	async knowingAll(): Promise<void> {
		const uploads = pLimit(UPLOADS_AT_ONCE);
		const places = pLimit(Math.min(this.work.cap ?? this.files.size, this.files.size));
		const stored = [...this.files.keys()].map((number) => ({
			number,
			address: uploads(async () => await this.upload(number)),
		}));
		await Promise.all(
			stored.map(
				async ({ number, address }) =>
					await places(async () => {
						const id = await this.create(number, await address);
						await wait(runTimeMs(this.work, number));
						while (!(await this.hasEnded(id))) await wait(LOOK_AGAIN_MS);
					}),
			),
		);
		await this.close();
	}

	private async upload(number: number): Promise<string> {
		const { media = 'image' } = this.work;
		const mimeType = MIME_TYPES[media];
		const file = await this.call<Presigned>('POST', '/v1/upload/presign', {
			content_type: mimeType,
			file_type: media,
			expires_in_seconds: 3_600,
		});
		this.fileIds.push(file.id);
		const stored = await request(file.presigned_url, {
			dispatcher: this.dispatcher,
			method: 'PUT',
			headers: { ...file.required_headers, 'content-type': mimeType },
			body: this.files.get(number) ?? null,
		});
		await stored.body.dump();
		return file.public_url;
	}

	private async create(number: number, address: string): Promise<string> {
		const { predictionID } = await this.call<{ predictionID: string }>('POST', '/v1/prediction', {
			model: MODEL,
			input: { image_urls: [address], prompt: questionAbout(number) },
		});
		return predictionID;
	}

	private async hasEnded(id: string): Promise<boolean> {
		const { status } = await this.call<{ status: string }>('GET', `/v1/prediction/${id}`);
		return status === 'success';
	}

	private async close(): Promise<void> {
		const deletes = pLimit(DELETES_AT_ONCE);
		await Promise.all(
			this.fileIds.map(async (id) => await deletes(async () => await this.call('DELETE', `/v1/files/${id}`))),
		);
		await this.dispatcher.close();
	}

	private async call<Answer>(
		method: 'GET' | 'POST' | 'DELETE',
		path: string,
		body?: object,
	): Promise<Answer> {
		const answer = await request(`${this.baseUrl}${path}`, {
			dispatcher: this.dispatcher,
			method,
			headers: { authorization: 'Bearer test-key', ...(body && { 'content-type': 'application/json' }) },
			body: body === undefined ? null : JSON.stringify(body),
		});
		const text = await answer.body.text();
		if (answer.statusCode >= 300) throw new Error(text);
		return (text === '' ? undefined : JSON.parse(text)) as Answer;
	}
}
