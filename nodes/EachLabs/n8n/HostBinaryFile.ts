import type { IExecuteFunctions } from 'n8n-workflow';

import type { ByteStream } from '../core/host';
import { cleanContentType, kindOfType } from '../core/media/contentTypes';
import { measureHead } from '../core/media/mediaMeasure';
import { HEAD_BYTES, identifyMedia } from '../core/media/identifyMedia';
import { checkFileSize, cleanFileName, type MediaFile, type MediaKind } from '../core/media/media';
import { readBytes, type ReadingTime } from '../core/media/readBytes';
import { PredictionError } from '../core/PredictionError';
import { sha256 } from '../core/sha256';
import { storeNotAnswering } from '../core/upload/FileBody';
import { Scope } from '../core/Scope';
import type { GivenFile } from './givenFile';
import { hostClock } from './hostClock';
import { capitalized } from '../core/words';

const UPLOAD_CHUNK_BYTES = 262_144;
/**
 * For a look at a store that has let a longer one hang, while it answered nobody. A look as short as this that got no answer tells
 * nothing: n8n may have been busy with something else.
 */
const HANGING_LOOK_MS = 1_000;

/** What files of a run have in common. */
export interface FileReading {
	readonly abortSignal: AbortSignal;
	/** Looks of this run at files wait here: each is an open file, or a request to a store. */
	readonly looks: <Value>(look: () => Promise<Value>) => Promise<Value>;
	/** Whether a disk has let a look wait: files on it are then looked at when their turn has come. */
	isSlow: boolean;
	/** When a look ended last, and when one ended without an answer while no other had any; monotonic ms. */
	answeredAtMs: number;
	hungAtMs: number;
}

/** A file of an item, whose bytes are in the item, on disk or in a store. */
export class HostBinaryFile {
	/** Names the file in messages. */
	readonly label: string;
	/** Cleaned; '' for a file without one. */
	readonly name: string;
	/** Whether looking at its first bytes costs next to nothing (memory, disk), or a request to a store. */
	readonly isNear: boolean;
	/** What its MIME type says; undefined where that says nothing. */
	readonly declaredKind: MediaKind | undefined;
	/** What the look found; undefined until then. */
	lookedAt: MediaFile | undefined;
	/** Whether the bytes could not be got from n8n. */
	isUnreachable = false;

	/** @param fieldName undefined for a file that an expression gave */
	constructor(
		private readonly functions: IExecuteFunctions,
		private readonly reading: FileReading,
		readonly fieldName: string | undefined,
		private readonly given: GivenFile,
	) {
		this.name = cleanFileName(given.fileName);
		const place = fieldName === undefined ? '' : ` in binary field '${fieldName}'`;
		this.label =
			this.name === '' && place === ''
				? "the file that 'Input Data Field Name(s)' gives"
				: `the file${this.name === '' ? '' : ` '${this.name}'`}${place}`;
		this.declaredKind = kindOfType(cleanContentType(given.mimeType));
		this.isNear = given.id === undefined || given.id.startsWith('filesystem');
	}

	/** The type that the item says, for messages. */
	get declaredType(): string {
		return cleanContentType(this.given.mimeType);
	}

	/**
	 * Looks at the first bytes, once: what they are, and whether such a file may be sent.
	 *
	 * @param limitMs for the look itself, asked when its turn has come: the wait for it is not counted
	 * @throws {PredictionError} `invalidInput`; `deadline` where the store does not answer; `stopped`
	 */
	async identify(limitMs: () => number): Promise<MediaFile> {
		this.lookedAt ??= await this.reading.looks(
			async () => this.lookedAt ?? (await this.lookInTurn(limitMs())),
		);
		return this.lookedAt;
	}

	/** While the store answers nobody, each look is a short one: a thousand would hang a thousand times as long. */
	private async lookInTurn(limitMs: number): Promise<MediaFile> {
		const { reading } = this;
		const isHanging = reading.hungAtMs > reading.answeredAtMs;
		const startedAtMs = hostClock.monotonicMs();
		let isHung = false;
		try {
			return await this.look(isHanging ? Math.min(HANGING_LOOK_MS, limitMs) : limitMs).catch(
				(error: unknown) => {
					isHung = error instanceof PredictionError && error.kind === 'deadline';
					throw error;
				},
			);
		} finally {
			const nowMs = hostClock.monotonicMs();
			if (!isHung) reading.answeredAtMs = nowMs;
			else if (limitMs > HANGING_LOOK_MS && reading.answeredAtMs < startedAtMs) reading.hungAtMs = nowMs;
		}
	}

	private async look(limitMs: number): Promise<MediaFile> {
		const scope = new Scope(hostClock, limitMs, this.reading.abortSignal);
		const time = { scope: () => scope, onTimeout: () => storeNotAnswering(this.label) };
		const { id } = this.given;
		const bytes = id === undefined ? this.given.bytes() : undefined;
		const byteLength = bytes?.length ?? (await this.storedLength(id ?? '', time));
		if (byteLength === 0) checkFileSize('document', byteLength, this.label);
		const head = bytes?.subarray(0, HEAD_BYTES) ?? (await this.head(time));
		const { kind, contentType } = identifyMedia(head, this.given.mimeType, this.label);
		checkFileSize(kind, byteLength, this.label);
		return {
			kind,
			name: this.name,
			contentType,
			byteLength,
			measure: measureHead(head, contentType, byteLength),
			identity: id ?? `sha256:${sha256(this.given.bytes())}`,
			// Whoever opens it has a time limit of his own; a second one would outlive it.
			// A byte more than a small file has, so that its end is met with no piece more.
			open: async () =>
				id === undefined
					? this.given.bytes()
					: await this.opened(Math.min(UPLOAD_CHUNK_BYTES, byteLength + 1)),
		};
	}

	private async storedLength(id: string, { scope, onTimeout }: ReadingTime): Promise<number> {
		const asked = this.functions.helpers.getBinaryMetadata(id);
		const { fileSize } = await scope().within(asked, onTimeout).catch(this.throwNotReadable);
		return fileSize;
	}

	private async head(time: ReadingTime): Promise<Uint8Array> {
		const chunks: Uint8Array[] = [];
		let length = 0;
		const file = { open: async () => await this.opened(HEAD_BYTES) };
		await readBytes(file, time, (chunk) => {
			chunks.push(chunk);
			length += chunk.length;
			return length < HEAD_BYTES;
		}).catch(this.throwNotReadable);
		return Buffer.concat(chunks).subarray(0, HEAD_BYTES);
	}

	private async opened(chunkBytes: number): Promise<ByteStream> {
		try {
			return await this.functions.helpers.getBinaryStream(this.given.id ?? '', chunkBytes);
		} catch (error) {
			return this.throwNotReadable(error);
		}
	}

	/** What n8n's store throws are plain errors. */
	private readonly throwNotReadable = (error: unknown): never => {
		if (error instanceof PredictionError) throw error;
		this.isUnreachable = true;
		const { name, code, message } = (error ?? {}) as Record<string, unknown>;
		const isGone =
			/FileNotFound/i.test(String(name)) ||
			code === 'ENOENT' ||
			/not found|no such (?:file|key)|NoSuchKey|does not exist/i.test(String(message));
		if (isGone) {
			throw PredictionError.invalidInput(
				`${capitalized(this.label)} is not there any more: n8n has deleted its bytes, or keeps them where this worker can't reach them`,
				"Run the workflow again from the node that gets the file. In queue mode, all workers need the same store of binary data. Saved or pinned data keep a file's name, but not its bytes.",
			);
		}
		throw PredictionError.invalidInput(
			`${capitalized(this.label)} could not be read from n8n's store of binary data`,
			'Run the workflow again from the node that gets the file. If this happens each time, check the place where your n8n keeps binary data (N8N_DEFAULT_BINARY_DATA_MODE), which all workers need to reach.',
		);
	};
}
