import pLimit from 'p-limit';

import type { EachLabsClient } from '../api/EachLabsClient';
import type { UploadedFile } from '../api/shapes';
import type { Clock } from '../host';
import { Scope } from '../Scope';

const MAX_DELETES_AT_ONCE = 5;
const DELETE_TIME_MS = 30_000;
const DELETE_ATTEMPT_MS = 5_000;
/** So long after an upload that broke off the storage may still take its bytes. */
const LATE_COMMIT_MS = 3_000;

/** What a run leaves at the service. */
export interface LeftFiles {
	/** IDs of files that could not be deleted. */
	readonly leftIds: readonly string[];
	/** When the service has deleted all of them. */
	readonly untilEpochMs: number;
}

/**
 * The files that a run has at the service, and their deletion at its end: also after a fault or a stop. `RunSession.close` calls for
 * it, and its calls have a scope that no stop ends.
 */
export class UploadDeletion {
	private readonly fileIds = new Set<string>();
	private readonly idsByAddress = new Map<string, string>();
	private readonly kept = new Set<string>();
	/** When the last of them is deleted by the service itself; milliseconds since 1970. */
	private retainedUntilEpochMs = 0;
	/** When uploads broke off whose bytes the storage may still take, by file. */
	private readonly brokenOffAtMs = new Map<string, number>();

	/**
	 * @param keep whether files stay at the service after the run
	 * @param retentionSeconds after which the service deletes an uploaded file by itself
	 */
	constructor(
		private readonly client: EachLabsClient,
		private readonly clock: Clock,
		private readonly keep: boolean,
		private readonly retentionSeconds: number,
	) {}

	/** Has a file deleted at the end, from the moment on in which the service has given it an ID: its bytes may arrive any time. */
	add({ id, publicUrl }: Pick<UploadedFile, 'id' | 'publicUrl'>): void {
		this.fileIds.add(id);
		this.idsByAddress.set(publicUrl, id);
		this.retainedUntilEpochMs = this.clock.epochMs() + this.retentionSeconds * 1_000;
	}

	/** Remembers that it is unknown what the storage has of a file. */
	brokeOff(id: string): void {
		this.brokenOffAtMs.set(id, this.clock.monotonicMs());
	}

	/** Files that stay for predictions which were not waited for. */
	get keptForLater(): number {
		return this.kept.size;
	}

	/** Lets the files at these addresses stay after the run, for a prediction that is not waited for. */
	keepFor(addresses: readonly string[]): void {
		for (const address of addresses) {
			const id = this.idsByAddress.get(address);
			if (id === undefined) continue;
			this.fileIds.delete(id);
			this.kept.add(id);
		}
	}

	/** Has what was to stay for predictions deleted all the same. */
	keepNothing(): void {
		for (const id of this.kept) this.fileIds.add(id);
		this.kept.clear();
	}

	/** Lets files stay after the run. */
	release(files: readonly UploadedFile[]): void {
		for (const { id } of files) this.fileIds.delete(id);
	}

	/** Deletes what was uploaded. Bounded in time, never throws: the service deletes what is left at the end of its retention. */
	async deleteAll(): Promise<LeftFiles> {
		const untilEpochMs = this.retainedUntilEpochMs;
		const { clock } = this;
		if (this.keep) return { leftIds: [], untilEpochMs };
		const ids = [...this.fileIds];
		this.fileIds.clear();
		const leftIds = await this.deleteEach(ids);
		// The storage may take the bytes of what broke off last after its delete.
		const lateFromMs = clock.monotonicMs() - LATE_COMMIT_MS;
		const late = ids.filter((id) => (this.brokenOffAtMs.get(id) ?? -Infinity) > lateFromMs);
		if (late.length === 0) return { leftIds, untilEpochMs };
		await clock.sleep(Math.max(...late.map((id) => this.brokenOffAtMs.get(id) ?? 0)) - lateFromMs);
		const leftAgain = await this.deleteEach(late);
		return { leftIds: [...new Set([...leftIds, ...leftAgain])], untilEpochMs };
	}

	/** @returns those that could not be deleted */
	private async deleteEach(ids: readonly string[]): Promise<string[]> {
		const limit = pLimit(MAX_DELETES_AT_ONCE);
		const timeMs = DELETE_TIME_MS + ids.length * 100;
		const scope = new Scope(this.clock, timeMs, undefined, {
			attemptTimeoutMs: DELETE_ATTEMPT_MS,
			patienceMs: timeMs,
			insists: true,
		});
		const isLeft = async (id: string): Promise<boolean> =>
			await this.client.deleteFile(id, scope).then(
				() => false,
				() => true,
			);
		const left = await Promise.all(ids.map(async (id) => await limit(isLeft, id)));
		return ids.filter((_, index) => left[index]);
	}
}
