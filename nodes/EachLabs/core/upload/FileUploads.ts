import pLimit from 'p-limit';

import { backoffMs } from '../retries';
import { Deadline } from '../Deadline';
import {
	MIN_ATTEMPT_MS,
	type CallScope,
	type EachLabsClient,
	type UploadFileType,
} from '../api/EachLabsClient';
import { TruncationCheck } from './TruncationCheck';
import type { MediaFile, MediaKind } from '../media/media';
import type { Clock } from '../host';
import { PredictionError } from '../PredictionError';
import { SharedUploads, type Sha256 } from './SharedUploads';
import type { PresignedUpload, UploadedFile } from '../api/shapes';

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

/**
 * The files that one run has uploaded. The same bytes are uploaded once for all predictions, and everything is deleted after
 * the run unless it is to be kept, also after a fault or a stop.
 */
export class FileUploads {
	private readonly streams = pLimit(MAX_STREAMS);
	private readonly shared: SharedUploads;
	/** Deadlines of items whose first file has had its turn: from then on, the waiting of their other files is their own. */
	private readonly begun = new WeakSet<Deadline>();
	private readonly fileIds = new Set<string>();
	/** When the last of them is deleted by the service itself; milliseconds since 1970. */
	private retainedUntilEpochMs = 0;

	constructor(private readonly context: FileUploadsContext) {
		this.shared = new SharedUploads(context.newSha256);
	}

	/**
	 * Uploads a file, unless its bytes were uploaded in this run before, and answers its public URL.
	 *
	 * @throws {PredictionError} `upload`, `deadline`, `invalidInput` (cut off), `stopped`, or what a call to the service gave
	 */
	async upload(file: MediaFile, label: string, deadline: Deadline): Promise<string> {
		return await this.shared.share(
			file,
			async () => (await this.uploadApart(file, label, deadline)).publicUrl,
		);
	}

	/**
	 * Uploads a file under an ID of its own, even where its bytes are there already: whoever is told of it may delete it.
	 *
	 * @throws {PredictionError} as `upload`
	 */
	async uploadApart(file: MediaFile, label: string, deadline: Deadline): Promise<UploadedFile> {
		const queuedAtMs = this.context.clock.monotonicMs();
		return await this.streams(async () => {
			if (!this.begun.has(deadline)) deadline.extendBy(this.context.clock.monotonicMs() - queuedAtMs);
			this.begun.add(deadline);
			return await this.uploadOnce(file, label, deadline).catch((error: unknown) => {
				throw isForWantOfTime(error, deadline) ? PredictionError.outOfTime() : error;
			});
		});
	}

	/** Lets files stay after the run. */
	release(files: readonly UploadedFile[]): void {
		for (const { id } of files) this.fileIds.delete(id);
	}

	/** Equal for files with the same bytes. */
	async fingerprint(file: MediaFile): Promise<string> {
		return await this.shared.fingerprint(file);
	}

	/**
	 * Deletes what was uploaded. Bounded in time, never throws: the service deletes what is left at the end of its retention.
	 *
	 * @returns how many files could not be deleted, and until when they stay at most
	 */
	async deleteAll(): Promise<{ readonly leftCount: number; readonly untilEpochMs: number }> {
		const untilEpochMs = this.retainedUntilEpochMs;
		if (this.context.keep) return { leftCount: 0, untilEpochMs };
		const { client, clock } = this.context;
		const ids = [...this.fileIds];
		this.fileIds.clear();
		const limit = pLimit(MAX_DELETES_AT_ONCE);
		const deadline = new Deadline(clock, DELETE_TIME_MS + ids.length * 100);
		const deletions = await Promise.allSettled(
			ids.map(
				async (id) =>
					await limit(
						async () => await client.deleteFile(id, { deadline, attemptTimeoutMs: DELETE_ATTEMPT_MS }),
					),
			),
		);
		return { leftCount: deletions.filter(({ status }) => status === 'rejected').length, untilEpochMs };
	}

	private async uploadOnce(file: MediaFile, label: string, deadline: Deadline): Promise<UploadedFile> {
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
			const end = new TruncationCheck(file.contentType);
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
				return presigned.upload;
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
					'Nothing was charged for this item. Run the workflow again. If this happens each time, check that your n8n host can reach the storage of Each Labs.',
			},
		);
	}

	private async presign(file: MediaFile, scope: CallScope): Promise<PresignedUpload> {
		const { client, clock, retentionSeconds, isAllowedStorageUrl } = this.context;
		const upload = await client.presignUpload(
			{ contentType: file.contentType, fileType: FILE_TYPES[file.kind], expiresInSeconds: retentionSeconds },
			scope,
		);
		this.fileIds.add(upload.id);
		this.retainedUntilEpochMs = clock.epochMs() + retentionSeconds * 1_000;
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

/** A request that the end of the item's time has torn off looks like one that the network did not carry. */
function isForWantOfTime(error: unknown, deadline: Deadline): boolean {
	return (
		error instanceof PredictionError &&
		(error.kind === 'upload' || error.kind === 'serviceUnavailable') &&
		deadline.remainingMs() < MIN_ATTEMPT_MS
	);
}

const FILE_TYPES: Readonly<Record<MediaKind, UploadFileType>> = {
	image: 'image',
	video: 'video',
	audio: 'audio',
	document: 'other',
};
