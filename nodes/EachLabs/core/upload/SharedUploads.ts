import pLimit from 'p-limit';

import type { Clock } from '../host';
import type { MediaFile } from '../media/media';
import { hashBytes } from '../media/readBytes';
import { Scope } from '../Scope';
import { storeNotAnswering } from './FileBody';

/** Each is a file that is read from end to end. */
const MAX_HASHED_AT_ONCE = 3;
/** A read that gives nothing for so long is given up: to upload the same bytes twice costs nothing. */
const STALL_MS = 2_000;

/** Files of one type and one size: only they can hold the same bytes. */
interface Alike {
	/** Uploads by what tells the bytes from others: the host's own identity, or their SHA-256. */
	readonly byName: Map<string, Promise<string>>;
	/** The one that came first. It is read only once another of its size has come. */
	readonly first: MediaFile;
	firstIsNamed?: Promise<void>;
}

/** Sees to it that the same bytes are uploaded once, however many items have them, and reads each file at most once for that. */
export class SharedUploads {
	private readonly alikeFiles = new Map<string, Alike>();
	private readonly names = new WeakMap<MediaFile, Promise<string | undefined>>();
	private readonly hashing = pLimit(MAX_HASHED_AT_ONCE);

	/** When each was begun, by the clock's monotonic time. */
	private readonly beganMs = new WeakMap<Promise<string>, number>();

	constructor(
		private readonly context: {
			readonly clock: Clock;
			readonly abortSignal: AbortSignal;
			readonly retentionSeconds: number;
		},
	) {}

	/**
	 * The public URL of the file's bytes: where an upload of them is known, its own, else that of the upload which is started.
	 *
	 * @throws what `upload` throws; where another item's upload fails, this item has a try of its own
	 */
	async share(file: MediaFile, upload: () => Promise<string>): Promise<string> {
		const key = `${file.contentType} ${file.byteLength}`;
		const names = [file.identity];
		let alike = this.alikeFiles.get(key);
		for (let isCompared = false; alike !== undefined; ) {
			const { byName } = alike;
			const other = names.map((name) => byName.get(name)).find((known) => known && this.isLasting(known));
			if (other !== undefined) {
				const publicUrl = await other.catch(() => undefined);
				if (publicUrl !== undefined) return publicUrl;
				// A failed upload is known by no name any more, but meanwhile there may be the next.
			} else if (isCompared) {
				break;
			} else {
				const [sha256] = await Promise.all([this.nameOf(file), this.nameFirst(alike)]);
				if (sha256 !== undefined) names.push(sha256);
				isCompared = true;
			}
		}
		alike ??= { byName: new Map(), first: file };
		this.alikeFiles.set(key, alike);
		const { byName } = alike;
		// Between the last look for another and this there is no wait, so no two items start the same.
		const publicUrl = upload();
		this.beganMs.set(publicUrl, this.context.clock.monotonicMs());
		for (const name of names) byName.set(name, publicUrl);
		if (alike.first === file) byName.set(FIRST, publicUrl);
		publicUrl.catch(() => {
			for (const [name, known] of byName) if (known === publicUrl) byName.delete(name);
		});
		return await publicUrl;
	}

	/** Whether a model has the time to read it before the service deletes it. */
	private isLasting(upload: Promise<string>): boolean {
		const { clock, retentionSeconds } = this.context;
		return clock.monotonicMs() - (this.beganMs.get(upload) ?? 0) < (retentionSeconds * 1_000) / 2;
	}

	private async nameFirst(alike: Alike): Promise<void> {
		alike.firstIsNamed ??= this.nameOf(alike.first).then((sha256) => {
			const publicUrl = alike.byName.get(FIRST);
			if (sha256 !== undefined && publicUrl !== undefined && !alike.byName.has(sha256))
				alike.byName.set(sha256, publicUrl);
		});
		await alike.firstIsNamed;
	}

	/** A file that can't be read has no name, so it is not taken for any other; it fails when it is to be sent. */
	private async nameOf(file: MediaFile): Promise<string | undefined> {
		if (file.identity.startsWith('sha256:')) return file.identity;
		const known =
			this.names.get(file) ?? this.hashing(async () => await this.hash(file)).catch(() => undefined);
		this.names.set(file, known);
		return await known;
	}

	private async hash(file: MediaFile): Promise<string> {
		const { clock, abortSignal } = this.context;
		// A stream that stands still holds no place of others, nor its item's own upload.
		const scope = () => new Scope(clock, STALL_MS, abortSignal);
		return `sha256:${await hashBytes(file, { scope, onTimeout: () => storeNotAnswering('the file') })}`;
	}
}

/** Stands for the bytes of the first file as long as their SHA-256 is not known. */
const FIRST = 'first';
