import pLimit from 'p-limit';

const MODEL = 'gemini-2-0-flash-lite';
const DELETES_AT_ONCE = 5;

export interface Presigned {
	readonly id: string;
	readonly presigned_url: string;
	readonly public_url: string;
	readonly required_headers: Record<string, string>;
}

/** By what the calls are made; each throws for an answer other than a success. */
export interface BareCaller {
	call<Answer>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Answer>;
	put(url: string, headers: Record<string, string>, bytes: Buffer): Promise<void>;
}

export interface BarePace {
	readonly atOnce: number;
	readonly pollIntervalMs: number;
}

/**
 * The calls that pictures need, and nothing else: no checks, no retries, no cancellation, no limits but one.
 *
 * @param pictures each gives its bytes when its turn has come
 */
export async function analyzeBare(
	pictures: ReadonlyArray<() => Promise<Buffer>>,
	caller: BareCaller,
	{ atOnce, pollIntervalMs }: BarePace,
): Promise<void> {
	const fileIds: string[] = [];
	const analyze = async (picture: () => Promise<Buffer>) => {
		const bytes = await picture();
		const file = await caller.call<Presigned>('POST', '/v1/upload/presign', {
			content_type: 'image/png',
			file_type: 'image',
			expires_in_seconds: 3_600,
		});
		fileIds.push(file.id);
		await caller.put(file.presigned_url, { ...file.required_headers, 'content-type': 'image/png' }, bytes);
		const { predictionID } = await caller.call<{ predictionID: string }>('POST', '/v1/prediction', {
			model: MODEL,
			input: { image_urls: [file.public_url], prompt: 'What is it?' },
		});
		for (;;) {
			await new Promise((resolve) => setTimeout(resolve, pollIntervalMs));
			const { status } = await caller.call<{ status: string }>('GET', `/v1/prediction/${predictionID}`);
			if (status === 'success') return;
		}
	};
	await caller.call('GET', `/v1/models/${MODEL}`);
	const analyses = pLimit(atOnce);
	await Promise.all(pictures.map(async (picture) => await analyses(analyze, picture)));
	const deletes = pLimit(DELETES_AT_ONCE);
	await Promise.all(
		fileIds.map(async (id) => await deletes(async () => await caller.call('DELETE', `/v1/files/${id}`))),
	);
}
