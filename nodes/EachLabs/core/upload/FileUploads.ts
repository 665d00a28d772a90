import pLimit from 'p-limit';

import { MIN_ATTEMPT_MS, type CallResult } from '../api/ApiRequests';
import type { EachLabsClient } from '../api/EachLabsClient';
import { OutageGate } from '../api/OutageGate';
import { FileBody, notUploadedInTime } from './FileBody';
import type { MediaFile } from '../media/media';
import type { Clock } from '../host';
import { PredictionError } from '../PredictionError';
import type { Scope } from '../Scope';
import { SharedUploads } from './SharedUploads';
import { UploadAddresses } from './UploadAddresses';
import { UploadDeletion } from './UploadDeletion';
import type { PresignedUpload, UploadedFile } from '../api/shapes';
import { capitalized } from '../words';

const MAX_STREAMS = 3;
/** A file gets a new upload address as often where its own has expired. */
const MAX_EXPIRATIONS = 1;
/** A file that fails so often while others come through is given up. */
const MAX_FAILURES_ALONE = 3;
/** The upload URL lives 15 minutes; an older one than this is not tried any more. */
const PRESIGN_MAX_AGE_MS = 12 * 60_000;
/** Statuses of the storage after which the same request may succeed later; after any other 4xx it won't. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 429]);

export interface FileUploadsContext {
	readonly client: EachLabsClient;
	readonly clock: Clock;
	readonly isAllowedStorageUrl: (url: string) => boolean;
	/** Seconds after which the service deletes an uploaded file by itself. */
	readonly retentionSeconds: number;
	/** Whether files stay at the service after the run. */
	readonly keep: boolean;
	readonly abortSignal: AbortSignal;
}

/** The bytes that were being sent last; undefined while the service is asked where to. */
interface UploadProgress {
	body?: FileBody;
}

/** The uploads of one run: the same bytes go to the service once for all predictions. `deletion` clears up after it. */
export class FileUploads {
	private readonly streams = pLimit(MAX_STREAMS);
	private readonly shared: SharedUploads;
	/** Scopes of items whose first file has had its turn: from then on, the waiting of their other files is their own. */
	private readonly begun = new WeakSet<Scope>();
	/** Deletes the uploads at the end of the run. */
	readonly deletion: UploadDeletion;
	private readonly addresses: UploadAddresses;
	private readonly gate: OutageGate;
	/** Why the last upload that failed has failed. */
	private lastFault = '';

	constructor(private readonly context: FileUploadsContext) {
		const { client, clock, keep, retentionSeconds } = context;
		this.deletion = new UploadDeletion(client, clock, keep, retentionSeconds);
		this.shared = new SharedUploads(context);
		this.addresses = new UploadAddresses(context.isAllowedStorageUrl);
		this.gate = new OutageGate(context.clock);
	}

	/**
	 * Uploads a file, unless its bytes were uploaded in this run before, and answers its public URL.
	 *
	 * @throws {PredictionError} `upload`, `deadline`, `invalidInput` (cut off), `stopped`, or what a call to the service gave
	 */
	async upload(file: MediaFile, label: string, scope: Scope): Promise<string> {
		return await this.shared.share(file, async () => (await this.uploadApart(file, label, scope)).publicUrl);
	}

	/**
	 * Uploads a file under an ID of its own, even where its bytes are there already: the ID is handed on, and its file may be deleted by it.
	 *
	 * @throws {PredictionError} as `upload`
	 */
	async uploadApart(file: MediaFile, label: string, scope: Scope): Promise<UploadedFile> {
		const resume = scope.pause();
		return await this.streams(async () => {
			if (!this.begun.has(scope)) resume();
			this.begun.add(scope);
			const progress: UploadProgress = {};
			const attempt = this.attempts(file, label, scope, progress);
			const blocked = () => uploadFailed(label, this.lastFault);
			// All uploads of the run wait together while the service or its storage is down: for the item's time, as the gate counts it.
			return await this.gate.persist(attempt, scope, { blocked }).catch((error: unknown) => {
				if (!isForWantOfTime(error, scope)) throw error;
				throw progress.body?.late ?? notUploadedInTime(label, 'Each Labs gave no address for it');
			});
		});
	}

	/** Tries to upload the file once, each time that it is called; an address that may still be used is used again. */
	private attempts(
		file: MediaFile,
		label: string,
		scope: Scope,
		progress: UploadProgress,
	): () => Promise<CallResult<UploadedFile>> {
		const { client, clock } = this.context;
		let presigned: { upload: PresignedUpload; atMs: number } | undefined;
		let expirations = 0;
		let failuresWhileOthersPass = 0;
		let openingsSeen = this.gate.openings;
		return async () => {
			for (;;) {
				if (presigned === undefined || clock.monotonicMs() - presigned.atMs > PRESIGN_MAX_AGE_MS) {
					progress.body = undefined;
					const answer = await this.presign(file, scope);
					if (!answer.ok) {
						this.lastFault = answer.error.message;
						return answer;
					}
					presigned = { upload: answer.value, atMs: clock.monotonicMs() };
				}
				const { upload } = presigned;
				const body = (progress.body = new FileBody(file, label, scope));
				const put = await client.putFile(upload, body, scope);
				if ('interrupted' in put && put.delivery === 'unknown' && body.mayHaveArrived)
					this.deletion.brokeOff(upload.id);
				if (scope.isStopped) return { ok: false, error: PredictionError.stopped(), mayPass: false };
				if (body.shortfall) return notSent(body.shortfall);
				const status = 'interrupted' in put ? 0 : put.status;
				if (status >= 200 && status < 300) {
					body.checkEnd();
					return { ok: true, value: upload };
				}
				// The storage host answers 403 when the URL has expired, which says nothing against the storage.
				if (status === 403 && ++expirations <= MAX_EXPIRATIONS) {
					presigned = undefined;
					continue;
				}
				this.lastFault =
					'interrupted' in put ? put.interrupted : `the storage answered with status ${status}`;
				// A file that breaks off while others come through is no outage.
				if (this.gate.openings !== openingsSeen) failuresWhileOthersPass += 1;
				openingsSeen = this.gate.openings;
				const isRefused = status >= 400 && status < 500 && !PASSING_STATUSES.has(status);
				return {
					ok: false,
					error: uploadFailed(label, this.lastFault),
					mayPass: !isRefused && failuresWhileOthersPass < MAX_FAILURES_ALONE,
					retryAfterMs: 'interrupted' in put ? 0 : put.retryAfterMs,
				};
			}
		};
	}

	private async presign(file: MediaFile, scope: Scope): Promise<CallResult<PresignedUpload>> {
		const { client, retentionSeconds } = this.context;
		const { contentType, kind } = file;
		const fileType = kind === 'document' ? 'other' : kind;
		const request = { contentType, fileType, expiresInSeconds: retentionSeconds } as const;
		const answer = await client.presignUpload(request, scope);
		if (!answer.ok) return answer;
		const taken = this.addresses.take(answer.value);
		if (taken) return notSent(taken);
		this.deletion.add(answer.value);
		const refusal = this.addresses.distrust(answer.value);
		return refusal ? notSent(refusal) : answer;
	}
}

function notSent(error: PredictionError): CallResult<never> {
	return { ok: false, error, mayPass: false };
}

function uploadFailed(label: string, reason: string): PredictionError {
	return new PredictionError('upload', `${capitalized(label)} could not be uploaded: ${reason}`, {
		description:
			'Run the workflow again. If this happens each time, check that your n8n host can reach Each Labs and its storage.',
	});
}

/** A request that the end of the item's time has torn off, where nothing else kept the file from being sent. */
function isForWantOfTime(error: unknown, scope: Scope): boolean {
	return (
		error instanceof PredictionError &&
		(error.kind === 'upload' || error.kind === 'serviceUnavailable') &&
		/no answer came in time/i.test(`${error.message} ${error.description}`) &&
		scope.remainingMs() < MIN_ATTEMPT_MS
	);
}
