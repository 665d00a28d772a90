import type { FileUpload } from '../api/EachLabsClient';
import type { ByteStream } from '../host';
import type { MediaFile } from '../media/media';
import { openInTime } from '../media/readBytes';
import { PredictionError } from '../PredictionError';
import type { Scope } from '../Scope';
import { capitalized, written } from '../words';
import { TruncationCheck } from './TruncationCheck';

/** @param label names the file in messages */
export function storeNotAnswering(label: string): PredictionError {
	return new PredictionError(
		'deadline',
		`${capitalized(label)} could not be read: n8n's store of binary data did not answer in time`,
		{
			description:
				"Run the workflow again. If this happens each time, check the place where your n8n keeps binary data (N8N_DEFAULT_BINARY_DATA_MODE), or raise the option 'Max Wait' where the operation has it.",
		},
	);
}

/** @param label names the file in messages */
export function notUploadedInTime(label: string, reason: string): PredictionError {
	return new PredictionError('deadline', `${capitalized(label)} was not uploaded in its time: ${reason}`, {
		description:
			"Run the workflow again, or raise the option 'Max Wait' where the operation has it. If this happens each time, check how fast your n8n host reaches Each Labs and its storage, and the place where your n8n keeps binary data.",
	});
}

/** A file's bytes on their way out, once: opened within the item's time, and given up where they end before their length. */
export class FileBody implements FileUpload {
	private readonly ended = new AbortController();
	private readonly fileEnd: TruncationCheck;
	private sentBytes = 0;
	readonly contentType: string;
	readonly byteLength: number;

	/** @param scope the item's */
	constructor(
		private readonly file: MediaFile,
		private readonly label: string,
		private readonly scope: Scope,
	) {
		this.contentType = file.contentType;
		this.byteLength = file.byteLength;
		this.fileEnd = new TruncationCheck(file.contentType);
	}

	/** @throws {PredictionError} `deadline` where the store does not open the file in time; `stopped`; what `open` throws */
	async open(): Promise<Uint8Array | ByteStream> {
		const onTimeout = () => storeNotAnswering(this.label);
		const body = await openInTime(this.file, { scope: () => this.scope, onTimeout });
		if (!(body instanceof Uint8Array)) {
			body.on('end', () => {
				if (this.sentBytes < this.byteLength) this.ended.abort();
			});
		}
		return body;
	}

	observe(chunk: Uint8Array): void {
		this.sentBytes += chunk.length;
		this.fileEnd.push(chunk);
	}

	/** @throws {PredictionError} `invalidInput` for a file that was sent, and has no end */
	checkEnd(): void {
		this.fileEnd.check(this.label);
	}

	/** The storage takes no file of which bytes are missing. */
	get mayHaveArrived(): boolean {
		return this.sentBytes >= this.byteLength;
	}

	/** Aborts as soon as the bytes have ended too early: the receiver would wait for the rest. */
	get cutOff(): AbortSignal {
		return this.ended.signal;
	}

	/** @returns undefined for a file that was as long as n8n says, as far as it was read */
	get shortfall(): PredictionError | undefined {
		if (!this.cutOff.aborted) return undefined;
		return PredictionError.invalidInput(
			`${capitalized(this.label)} ended after ${written(this.sentBytes)} of its ${written(this.byteLength)} bytes`,
			'Run the workflow again from the node that gets the file. If this happens each time, check the place where your n8n keeps binary data (N8N_DEFAULT_BINARY_DATA_MODE).',
		);
	}

	/** What the end of the item's time has met. */
	get late(): PredictionError {
		const { label, sentBytes, byteLength } = this;
		if (sentBytes === 0) return storeNotAnswering(label);
		return notUploadedInTime(
			label,
			sentBytes < byteLength
				? `${written(sentBytes)} of its ${written(byteLength)} bytes had been sent`
				: 'the storage of Each Labs has taken its bytes, but did not answer',
		);
	}
}
