import { Readable } from 'node:stream';
import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';

/** What n8n's store of binary data does not answer: the size of a file, its opening, or the stream after that. */
export type HangingCall = 'metadata' | 'open' | 'stream';

interface Hanging {
	readonly call: HangingCall;
	/** The opening of the file from which on it hangs, counted from 1; a size hangs at once. */
	readonly fromOpening: number;
	openings: number;
}

/** Before the id of a file in a store that is not on this machine. */
const REMOTE = 'store:';
const LOCAL = 'filesystem-v2:';

/** n8n's store of binary data, which lets calls about some files hang. All others are answered as ever. */
export class HangingStore {
	private readonly hanging = new Map<string, Hanging>();
	private readonly late = new Map<string, () => Promise<unknown>>();
	private readonly store = Container.get(BinaryDataService);
	private readonly getMetadata = this.store.getMetadata.bind(this.store);
	private readonly getAsStream = this.store.getAsStream.bind(this.store);
	/** Calls that hang. */
	calls = 0;
	/** Whether it answers nobody. */
	isDown = false;

	constructor() {
		this.store.getMetadata = async (id) => {
			if (this.isDown || this.hanging.get(id)?.call === 'metadata') return await this.never();
			return await this.getMetadata(id.replace(REMOTE, LOCAL));
		};
		this.store.getAsStream = async (id, chunkSize) => {
			await this.late.get(id)?.();
			const hanging = this.hanging.get(id);
			if (!hanging || hanging.call === 'metadata' || ++hanging.openings < hanging.fromOpening)
				return await this.getAsStream(id.replace(REMOTE, LOCAL), chunkSize);
			if (hanging.call === 'open') return await this.never();
			this.calls += 1;
			return new Readable({ read: () => undefined });
		};
	}

	/** The id of a file as a store gives it that is not on this machine. */
	static remote(id: string): string {
		return id.replace(LOCAL, REMOTE);
	}

	hang(id: string, call: HangingCall, fromOpening: number): void {
		this.hanging.set(id, { call, fromOpening, openings: 0 });
	}

	/** A file is opened no sooner than a promise that is asked for then has settled. */
	delay(id: string, until: () => Promise<unknown>): void {
		this.late.set(id, until);
	}

	/** n8n's store is as it was. */
	restore(): void {
		this.store.getMetadata = this.getMetadata;
		this.store.getAsStream = this.getAsStream;
	}

	private async never(): Promise<never> {
		this.calls += 1;
		return await new Promise<never>(() => undefined);
	}
}

/** Each way in which a file may hang: what hangs, whether its store is another machine's, and from which opening on. */
export const HANGING_CALLS: ReadonlyArray<
	readonly [what: string, isRemote: boolean, call: HangingCall, fromOpening: number]
> = [
	['its size, in a remote store', true, 'metadata', 1],
	['its opening at the look, in a remote store', true, 'open', 1],
	['its first bytes, in a remote store', true, 'stream', 1],
	['its size, on disk', false, 'metadata', 1],
	['its first bytes, on disk', false, 'stream', 1],
	['its opening after the look', true, 'open', 2],
	['its bytes after the look', true, 'stream', 2],
];
