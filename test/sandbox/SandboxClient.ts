import type { Sandbox } from '../../sandbox/startSandbox';

export interface JsonAnswer {
	status: number;
	headers: Headers;
	// Each test knows what it asked for, and checks it.
	body: Record<string, unknown>;
}

export interface PresignAnswer {
	id: string;
	presigned_url: string;
	public_url: string;
	expires_at: string;
	required_headers: Record<string, string>;
}

/** Speaks to a sandbox as any client of the API would: plain HTTP and JSON, with a key. */
export class SandboxClient {
	constructor(
		private readonly sandbox: Sandbox,
		private readonly headers: Record<string, string> = { authorization: 'Bearer test-key' },
	) {}

	async send(method: string, path: string, body?: unknown): Promise<JsonAnswer> {
		const response = await fetch(`${this.sandbox.baseUrl}${path}`, {
			method,
			headers: { ...this.headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const text = await response.text();
		return {
			status: response.status,
			headers: response.headers,
			body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
		};
	}

	async presign(contentType: string, more: Record<string, unknown> = {}): Promise<PresignAnswer> {
		const { body } = await this.send('POST', '/v1/upload/presign', { content_type: contentType, ...more });
		return body as unknown as PresignAnswer;
	}

	/** Uploads as documented, and answers what the presign gave. */
	async upload(bytes: Uint8Array, contentType: string): Promise<PresignAnswer> {
		const presigned = await this.presign(contentType);
		const response = await fetch(presigned.presigned_url, {
			method: 'PUT',
			headers: { ...presigned.required_headers, 'content-type': contentType },
			body: bytes,
		});
		if (response.status !== 200) throw new Error(`The storage answered ${response.status}`);
		return presigned;
	}

	async create(input: Record<string, unknown>, model = 'gemini-2-0-flash-lite'): Promise<JsonAnswer> {
		return await this.send('POST', '/v1/prediction', { model, input });
	}

	async createId(input: Record<string, unknown>, model?: string): Promise<string> {
		return String((await this.create(input, model)).body.predictionID);
	}

	async get(id: string): Promise<Record<string, unknown>> {
		return (await this.send('GET', `/v1/prediction/${id}`)).body;
	}

	/** Polls until the prediction is terminal. */
	async result(id: string): Promise<Record<string, unknown>> {
		for (;;) {
			const prediction = await this.get(id);
			if (!['created', 'starting', 'processing'].includes(String(prediction.status))) return prediction;
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
	}

	/** Creates a prediction over these media, and answers its output. */
	async ask(prompt: string, ...urls: string[]): Promise<unknown> {
		return (await this.result(await this.createId({ prompt, image_urls: urls }))).output;
	}
}
