import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

import type { Ledger, LedgerFile } from './ledger';
import { streamToFile } from './streamToFile';

/** A file that was announced by a presign, with or without its bytes. */
export interface StoredFile {
	readonly record: LedgerFile;
	readonly path: string;
	readonly issuedAtMs: number;
	readonly expiresAtMs: number;
	readonly requiredHeaders: Record<string, string>;
	readonly presignedUrl: string;
}

/** A picture that a model made; served from the storage, but none of the user's files. */
export interface MadeFile {
	readonly path: string;
	readonly contentType: string;
	readonly publicUrl: string;
}

export interface PresignOrder {
	contentType: string;
	expiresInSeconds?: number;
}

const retentionSeconds = { min: 60, max: 31_536_000, usual: 180 * 24 * 3600 };

const extensions: Record<string, string> = {
	'image/jpeg': 'jpg',
	'image/png': 'png',
	'image/webp': 'webp',
	'image/gif': 'gif',
	'image/avif': 'avif',
	'video/mp4': 'mp4',
	'video/webm': 'webm',
	'video/quicktime': 'mov',
	'audio/wav': 'wav',
	'audio/x-wav': 'wav',
	'audio/mpeg': 'mp3',
	'audio/ogg': 'ogg',
	'audio/flac': 'flac',
	'audio/mp4': 'm4a',
	'application/pdf': 'pdf',
};

/** The files of one sandbox: bytes in its folder, what is known of them in the ledger. */
export class FileStore {
	private readonly files = new Map<string, StoredFile>();
	private readonly madeFiles = new Map<string, MadeFile>();
	private readonly signingKey = randomBytes(32);

	constructor(
		private readonly folder: string,
		private readonly storageUrl: string,
		private readonly ledger: Ledger,
	) {}

	/** Announces a file. A retention out of range is moved to the nearest end, as the vendor describes it. */
	presign(order: PresignOrder): StoredFile {
		const id = randomUUID();
		const issuedAtMs = Date.now();
		const mediaType = order.contentType.split(';')[0]?.trim().toLowerCase() ?? '';
		const name = `${id}.${extensions[mediaType] ?? 'bin'}`;
		const retained = Math.min(
			Math.max(order.expiresInSeconds ?? retentionSeconds.usual, retentionSeconds.min),
			retentionSeconds.max,
		);
		const record: LedgerFile = {
			id,
			contentType: order.contentType,
			deleted: false,
			publicUrl: `${this.storageUrl}/files/${name}`,
			uploads: 0,
			...(order.expiresInSeconds === undefined ? {} : { expiresInSeconds: order.expiresInSeconds }),
		};
		const signature = this.sign(id, issuedAtMs, order.contentType);
		const file: StoredFile = {
			record,
			path: join(this.folder, name),
			issuedAtMs,
			expiresAtMs: issuedAtMs + retained * 1000,
			// Two of them, so that a client which sends one alone is found out.
			requiredHeaders: {
				'x-amz-meta-file-id': id,
				'x-amz-meta-retention-seconds': String(retained),
			},
			presignedUrl: `${this.storageUrl}/uploads/${name}?X-Sandbox-Issued=${issuedAtMs}&X-Sandbox-Signature=${signature}`,
		};
		this.files.set(id, file);
		this.ledger.files.push(record);
		this.ledger.presigns += 1;
		return file;
	}

	/** The file announced under this name (`id.extension`), whatever has become of it. */
	findByName(name: string): StoredFile | undefined {
		return this.files.get(name.split('.')[0] ?? '');
	}

	/** Whether the query of an upload URL is the one that was given out for this file. */
	isSignedFor(file: StoredFile, issued: string | undefined, signature: string | undefined): boolean {
		if (issued !== String(file.issuedAtMs) || signature === undefined) return false;
		const expected = Buffer.from(this.sign(file.record.id, file.issuedAtMs, file.record.contentType));
		const given = Buffer.from(signature);
		return given.length === expected.length && timingSafeEqual(given, expected);
	}

	/**
	 * Writes the bytes as they come, and hashes them on the way. The file appears when all of them have arrived:
	 * an upload that breaks off leaves what was there before.
	 */
	async receive(file: StoredFile, bytes: Readable): Promise<void> {
		const received = await streamToFile(bytes, `${file.path}.${randomUUID()}.part`);
		await rename(received.path, file.path);
		file.record.byteLength = received.byteLength;
		file.record.sha256 = received.sha256;
		file.record.uploads += 1;
		// An upload that was still on its way when its file was deleted brings the file back, as object stores do.
		file.record.deleted = false;
	}

	/** The file behind a public URL, if its bytes can be read now. A query counts for nothing. */
	findReadable(url: string): StoredFile | MadeFile | undefined {
		if (!this.owns(url)) return undefined;
		const publicUrl = url.split(/[?#]/)[0] ?? '';
		const name = publicUrl.slice(publicUrl.lastIndexOf('/') + 1);
		const made = this.madeFiles.get(name);
		if (made !== undefined) return made.publicUrl === publicUrl ? made : undefined;
		const file = this.findByName(name);
		return file !== undefined && file.record.publicUrl === publicUrl && isReadable(file) ? file : undefined;
	}

	/** The storage's URL for a path of it. */
	urlOf(path: string): string {
		return `${this.storageUrl}${path}`;
	}

	/** Whether the URL is one of this storage's, readable or not. */
	owns(url: string): boolean {
		return url.startsWith(`${this.storageUrl}/`);
	}

	/** Removes the file's bytes. Nothing happens when they are gone, or never were. */
	async delete(id: string): Promise<void> {
		const file = this.files.get(id);
		if (file === undefined) return;
		file.record.deleted = true;
		await rm(file.path, { force: true });
	}

	/** Registers a file that a model has written to `pathFor(name)`. */
	addMadeFile(name: string, contentType: string): MadeFile {
		const made = { path: this.pathFor(name), contentType, publicUrl: `${this.storageUrl}/outputs/${name}` };
		this.madeFiles.set(name, made);
		return made;
	}

	/** A place in the sandbox's own folder. */
	pathFor(name: string): string {
		return join(this.folder, name);
	}

	private sign(id: string, issuedAtMs: number, contentType: string): string {
		return createHmac('sha256', this.signingKey).update(`${id}\n${issuedAtMs}\n${contentType}`).digest('hex');
	}
}

function isReadable(file: StoredFile): boolean {
	return file.record.uploads > 0 && !file.record.deleted && Date.now() < file.expiresAtMs;
}
