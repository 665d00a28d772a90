import { createHash, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import pLimit from 'p-limit';
import { Agent, request } from 'undici';

import { mediaLimits } from '../catalogue';
import type { FileStore, StoredFile } from '../FileStore';
import { streamToFile } from '../streamToFile';
import { describeDocument, isPdf } from './describeDocument';
import { describePicture, readPictureHeader } from './describePicture';
import { describeRecording } from './describeRecording';
import type { DescribedMedium, MediumDescription } from './MediumDescription';
import { UnreadableMediumError } from './UnreadableMediumError';

/** Descriptions that are remembered, by the hash of the bytes; the oldest goes first. Two requests of the most pictures fit in. */
const rememberedDescriptions = 2 * mediaLimits.pictures;
const fetchTimeoutMs = 30_000;
const loopbackHosts = new Set(['127.0.0.1', 'localhost', '[::1]']);

interface OpenedFile {
	path: string;
	byteLength: number;
	sha256: string;
}

/**
 * Opens media by their URL and tells what they are, from the bytes alone. Two at a time, for flat memory; the same bytes
 * once, however many files have them.
 */
export class MediumReader {
	private readonly turns = pLimit(2);
	private readonly described = new Map<string, Promise<DescribedMedium>>();
	private readonly agent = new Agent({ headersTimeout: fetchTimeoutMs, bodyTimeout: fetchTimeoutMs });

	constructor(private readonly files: () => FileStore) {}

	/**
	 * Files of the sandbox's own storage are read from disk, other loopback addresses are fetched, and any other host is
	 * left alone: the description says so then.
	 *
	 * @throws UnreadableMediumError When there is nothing at the address, or nothing that can be understood.
	 */
	async describe(url: string): Promise<DescribedMedium> {
		const files = this.files();
		const own = files.findReadable(url);
		if (own !== undefined && 'record' in own) return await this.describeStored(own);
		if (own === undefined && files.owns(url)) {
			throw new UnreadableMediumError(
				'media_not_found',
				`There is no file at ${url}: was it uploaded, or deleted since?`,
			);
		}
		const { hostname } = new URL(url);
		return loopbackHosts.has(hostname) ? await this.fetchAndDescribe(url) : unopened(url, hostname);
	}

	/**
	 * Looks at an upload as soon as it is there, so that a prediction over many files doesn't wait for all of them at once.
	 * What can't be read is told to the prediction that asks for it.
	 */
	prepare(file: StoredFile): void {
		this.describeStored(file).catch(() => undefined);
	}

	/** Ends the connections that are open, and waits until no file is read any more. */
	async close(): Promise<void> {
		this.turns.clearQueue();
		await this.agent.destroy();
		// With one place left, this turn comes when both of the others are over.
		this.turns.concurrency = 1;
		await this.turns(() => undefined);
	}

	private async describeStored({ path, record }: StoredFile): Promise<DescribedMedium> {
		const { byteLength = 0, sha256 = '' } = record;
		return await this.remember({ path, byteLength, sha256 }, record.publicUrl);
	}

	private async fetchAndDescribe(url: string): Promise<DescribedMedium> {
		const path = this.files().pathFor(`fetched-${randomUUID()}`);
		try {
			const fetched = await this.turns(async () => await this.fetchTo(path, url));
			return await this.remember(fetched, url);
		} finally {
			await rm(path, { force: true });
		}
	}

	private async fetchTo(path: string, url: string): Promise<OpenedFile> {
		try {
			const { statusCode, body } = await request(url, { dispatcher: this.agent });
			if (statusCode === 200) return await streamToFile(body, path, mediaLimits.fileBytes);
			await body.dump();
			throw new UnreadableMediumError('media_not_found', `${url} answered with status ${statusCode}.`);
		} catch (error) {
			if (error instanceof UnreadableMediumError) throw error;
			const reason = error instanceof Error ? error.message : String(error);
			throw new UnreadableMediumError('media_not_found', `${url} could not be fetched: ${reason}`);
		}
	}

	private async remember(file: OpenedFile, url: string): Promise<DescribedMedium> {
		const known = this.described.get(file.sha256);
		if (known !== undefined) {
			const description = await known.catch(() => null);
			if (description !== null) return description;
			// The other file with these bytes may have been deleted before its turn: this one is looked at itself.
		}
		const description = this.turns(async () => ({ ...(await describeFile(file, url)), sha256: file.sha256 }));
		this.described.set(file.sha256, description);
		if (this.described.size > rememberedDescriptions) {
			for (const oldest of this.described.keys()) {
				this.described.delete(oldest);
				break;
			}
		}
		// What could not be read is tried again next time, and told with that time's URL.
		description.catch(() => {
			if (this.described.get(file.sha256) === description) this.described.delete(file.sha256);
		});
		return await description;
	}
}

async function describeFile({ path, byteLength }: OpenedFile, url: string): Promise<MediumDescription> {
	try {
		if (byteLength > 0) {
			if (await isPdf(path)) return await describeDocument(path, byteLength);
			const header = await readPictureHeader(path);
			if (header !== null) {
				if (byteLength > mediaLimits.pictureBytes) {
					throw new UnreadableMediumError(
						'media_too_large',
						`The picture at ${url} has ${byteLength} bytes; at most ${mediaLimits.pictureBytes} are taken.`,
					);
				}
				return await describePicture(path, header, byteLength);
			}
			const recording = await describeRecording(path, byteLength);
			if (recording !== null) return recording;
		}
	} catch (error) {
		if (error instanceof UnreadableMediumError) throw error;
		const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
		throw new UnreadableMediumError('media_unreadable', `The medium at ${url} can't be read: ${reason}`);
	}
	throw new UnreadableMediumError(
		'media_unreadable',
		`The ${byteLength} bytes at ${url} are no picture, video, sound or PDF.`,
	);
}

function unopened(url: string, hostname: string): DescribedMedium {
	const full = `a medium on ${hostname} that was not opened, since the sandbox fetches nothing from other machines`;
	const sha256 = createHash('sha256').update(url).digest('hex');
	return { kind: 'unopened', full, brief: full, decorative: false, colours: [], tokens: 258, sha256 };
}
