import pLimit from 'p-limit';

import { backoffMs } from './backoff';
import { Deadline } from './Deadline';
import type { CallScope, EachLabsClient, UploadFileType } from './EachLabsClient';
import { FileEnd } from './FileEnd';
import type { MediaFile, MediaKind } from './media';
import type { Clock } from './ports';
import { PredictionError } from './PredictionError';
import type { PresignedUpload } from './wire';

const MAX_STREAMS = 3;
const MAX_PUT_ATTEMPTS = 3;
/** One, and one more where it has expired. */
const MAX_PRESIGNS = 2;
/** The upload URL lives 15 minutes; an older one than this is not tried any more. */
const PRESIGN_MAX_AGE_MS = 12 * 60_000;
const MAX_DELETES_AT_ONCE = 5;
const DELETE_TIME_MS = 30_000;
const DELETE_ATTEMPT_MS = 5_000;
/** Answers of the storage host by which the same request may succeed later; of all other 4xx, it won't. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([403, 408, 429]);

/** Computes the SHA-256 of bytes that come in pieces; n8n Cloud allows Node's `crypto`, so the edge hands it in. */
export interface Sha256 {
	update(chunk: Uint8Array): void;
	hex(): string;
}

export interface FileUploadsContext {
	readonly client: EachLabsClient;
	readonly clock: Clock;
	readonly newSha256: () => Sha256;
	readonly isAllowedStorageUrl: (url: string) => boolean;
	/** Seconds after which the service deletes an uploaded file by itself. */
	readonly retentionSeconds: number;
	/** Whether files stay at the service after the run. */
	readonly keep: boolean;
	readonly abortSignal: AbortSignal;
}

interface KnownFile {
	readonly file: MediaFile;
	readonly publicUrl: Promise<string>;
	sha256?: Promise<string>;
}

/**
 * The files that one run has uploaded. The same bytes are uploaded once, and everything is deleted after the run unless it is
 * to be kept, also after a fault or a stop.
 */
export class FileUploads {
	private readonly streams = pLimit(MAX_STREAMS);
	/** By size: only files of equal size can hold the same bytes, so only those are hashed. */
	private readonly bySize = new Map<number, KnownFile[]>();
	private readonly fileIds = new Set<string>();

	constructor(private readonly context: FileUploadsContext) {}

	/**
	 * Uploads a file, unless its bytes were uploaded in this run before, and answers its public URL.
	 *
	 * @throws {PredictionError} `upload`, `invalidInput` (cut off), `stopped`, or what a call to the service gave
	 */
	async upload(file: MediaFile, label: string, deadline: Deadline): Promise<string> {
		const sameSize = this.bySize.get(file.byteLength) ?? [];
		this.bySize.set(file.byteLength, sameSize);
		const own: Pick<KnownFile, 'sha256'> = {};
		const compared = new Set<KnownFile>();
		for (;;) {
			// Looked for anew after every wait, since other items have come meanwhile.
			const other = sameSize.find((candidate) => !compared.has(candidate));
			if (other === undefined) break;
			compared.add(other);
			if (!(await this.sameBytes(other, file, own))) continue;
			// Where its upload failed, this item has a try of its own, with a deadline of its own.
			const publicUrl = await other.publicUrl.catch(() => undefined);
			if (publicUrl !== undefined) return publicUrl;
		}
		const publicUrl = this.streams(async () => await this.uploadOnce(file, label, deadline));
		const entry: KnownFile = { file, publicUrl, ...own };
		sameSize.push(entry);
		publicUrl.catch(() => sameSize.splice(sameSize.indexOf(entry), 1));
		return await publicUrl;
	}

	/** Equal for files with the same bytes: the host's own identity, or the SHA-256 of the bytes. */
	async fingerprint(file: MediaFile): Promise<string> {
		return file.identity ?? (await this.sha256Of(file));
	}

	/** Deletes what was uploaded. Bounded in time, never throws: the service deletes what is left at the end of its retention. */
	async deleteAll(): Promise<void> {
		if (this.context.keep) return;
		const { client, clock } = this.context;
		const ids = [...this.fileIds];
		this.fileIds.clear();
		const limit = pLimit(MAX_DELETES_AT_ONCE);
		const deadline = new Deadline(clock, DELETE_TIME_MS + ids.length * 100);
		await Promise.allSettled(
			ids.map(
				async (id) =>
					await limit(
						async () => await client.deleteFile(id, { deadline, attemptTimeoutMs: DELETE_ATTEMPT_MS }),
					),
			),
		);
	}

	private async sameBytes(
		other: KnownFile,
		file: MediaFile,
		own: Pick<KnownFile, 'sha256'>,
	): Promise<boolean> {
		if (file.identity !== undefined && file.identity === other.file.identity) return true;
		if (file.contentType !== other.file.contentType) return false;
		other.sha256 ??= this.sha256Of(other.file);
		own.sha256 ??= this.sha256Of(file);
		// A file that can't be read is not known to be the same; it fails when it is to be sent.
		return await Promise.all([other.sha256, own.sha256]).then(
			([left, right]) => left === right,
			() => false,
		);
	}

	private async sha256Of(file: MediaFile): Promise<string> {
		const hash = this.context.newSha256();
		const bytes = await file.open();
		if (bytes instanceof Uint8Array) hash.update(bytes);
		else for await (const chunk of bytes) hash.update(chunk);
		return hash.hex();
	}

	private async uploadOnce(file: MediaFile, label: string, deadline: Deadline): Promise<string> {
		const { client, clock } = this.context;
		// An upload's own: a signal that all of them listened to would warn of a leak.
		const abortSignal = AbortSignal.any([this.context.abortSignal]);
		const scope: CallScope = { deadline, abortSignal };
		let presigns = 0;
		let presigned: { upload: PresignedUpload; atMs: number } | undefined;
		let lastProblem = '';
		for (let attempt = 1; attempt <= MAX_PUT_ATTEMPTS; attempt++) {
			if (abortSignal.aborted) throw PredictionError.stopped();
			if (presigned === undefined || clock.monotonicMs() - presigned.atMs > PRESIGN_MAX_AGE_MS) {
				if (presigns === MAX_PRESIGNS) break;
				presigns += 1;
				presigned = { upload: await this.presign(file, scope), atMs: clock.monotonicMs() };
			}
			if (attempt === 1) client.retryBudget.firstAttempt();
			const end = new FileEnd(file.contentType);
			const put = await client.putFile(
				presigned.upload,
				{
					contentType: file.contentType,
					byteLength: file.byteLength,
					open: async () => await file.open(),
					observe: (chunk) => end.push(chunk),
				},
				scope,
			);
			if (abortSignal.aborted) throw PredictionError.stopped();
			if (!('interrupted' in put) && put.status >= 200 && put.status < 300) {
				end.check(label);
				return presigned.upload.publicUrl;
			}
			// The storage host answers 403 when the URL has expired: a new one is asked for.
			const hasExpired = !('interrupted' in put) && put.status === 403;
			if (hasExpired) presigned = undefined;
			lastProblem = 'interrupted' in put ? put.interrupted : `the storage answered with status ${put.status}`;
			const waitMs = backoffMs(attempt, clock.random(), 'interrupted' in put ? 0 : put.retryAfterMs);
			const isRefused =
				!('interrupted' in put) && put.status >= 400 && put.status < 500 && !PASSING_STATUSES.has(put.status);
			if (isRefused || attempt === MAX_PUT_ATTEMPTS || waitMs >= deadline.remainingMs()) break;
			// An expired URL says nothing against the storage, however many there are of them.
			if (!hasExpired && !client.retryBudget.takeRetry()) break;
			await clock.sleep(waitMs, abortSignal);
		}
		throw new PredictionError(
			'upload',
			`${label.charAt(0).toUpperCase()}${label.slice(1)} could not be uploaded: ${lastProblem}`,
			{
				description:
					'Nothing was charged for this item. Run the workflow again; if it stays so, check that your n8n host may reach the storage of Each Labs.',
			},
		);
	}

	private async presign(file: MediaFile, scope: CallScope): Promise<PresignedUpload> {
		const { client, retentionSeconds, isAllowedStorageUrl } = this.context;
		const upload = await client.presignUpload(
			{ contentType: file.contentType, fileType: FILE_TYPES[file.kind], expiresInSeconds: retentionSeconds },
			scope,
		);
		this.fileIds.add(upload.id);
		if (!isAllowedStorageUrl(upload.presignedUrl)) {
			throw new PredictionError(
				'unexpectedAnswer',
				'Each Labs named an upload address that is not secure (no https)',
				{
					description: "The file was not sent. Check the 'Base URL' in the credential.",
				},
			);
		}
		return upload;
	}
}

const FILE_TYPES: Readonly<Record<MediaKind, UploadFileType>> = {
	image: 'image',
	video: 'video',
	audio: 'audio',
	document: 'other',
};
