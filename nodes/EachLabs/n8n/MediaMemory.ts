import { z } from 'zod/v4';
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { parseJson } from '../core/api/readJson';
import { hostClock } from './hostClock';
import { told, written } from '../core/words';

/** Media that are remembered for one node: those that were seen last. */
const MAX_REMEMBERED = 10_000;
/** Nodes whose media this process knows beside what n8n has saved. */
const MAX_NODES = 20;

/** An answer about media that was bought and read. */
export interface RememberedAnswer {
	/** IDs of the predictions whose texts were read, in order; the last one has answered. */
	readonly ids: readonly string[];
	/** Slug of the one that answered. */
	readonly model: string;
	/** How the texts were read, as far as that is not part of the request. */
	readonly reading: string;
	/** Where several items shared the request: seed of their tags, how many they were, the item's position from 0. */
	readonly share?: readonly [tagSeed: string, count: number, position: number];
}

interface Entry extends RememberedAnswer {
	/** Whether n8n has got the result, which it has not where the run ended with an error. */
	isHandedOn: boolean;
	/** Seconds since 1970. */
	seenAt: number;
	/** The run of the node that bought or read it; undefined for what was read from n8n's data. */
	readonly run?: MediaMemory;
	/** What was known before that run read it again for nothing; undefined where the run bought it. */
	readonly before?: Entry;
}

/** What all runs of a node in this process know. */
interface NodeMemory {
	/** By key, what was seen longest ago first. */
	readonly entries: Map<string, Entry>;
	/** What is being asked about, by key; these promises never reject. */
	readonly inWork: Map<string, Promise<void>>;
}

const nodeMemories = new Map<string, NodeMemory>();

/**
 * Knows which media a node has answers about, over its runs.
 *
 * n8n keeps it with the data of the workflow, which it saves when a production execution ends. Its store for deduplication
 * won't do: it gives back nothing but hashes, and records before an answer is there, so that an n8n that dies would lose items.
 * Runs of one process also share it in memory, so that two at once buy nothing twice. Executions by hand have a memory of
 * their own, until n8n ends: what was only tried out is never left out in production.
 */
export class MediaMemory {
	private readonly node: NodeMemory;
	private stored: IDataObject;
	private isChanged = false;
	/** Results of this run that were left out, and that an earlier prediction gave. */
	skipped = 0;
	reused = 0;
	/** Earlier predictions that the service did not have any more. */
	gone = 0;

	/** @param tries the same for all tries of a node's run */
	constructor(
		functions: IExecuteFunctions,
		private readonly tries: object,
	) {
		const isByHand = ['manual', 'evaluation'].includes(functions.getMode());
		this.stored = isByHand ? {} : functions.getWorkflowStaticData('node');
		const { id, name } = functions.getNode();
		const nodeKey = JSON.stringify([functions.getWorkflow().id, id || name, isByHand]);
		this.node = nodeMemories.get(nodeKey) ?? { entries: new Map(), inWork: new Map() };
		nodeMemories.delete(nodeKey);
		nodeMemories.set(nodeKey, this.node);
		for (const [other, { inWork }] of nodeMemories) {
			if (nodeMemories.size <= MAX_NODES) break;
			if (inWork.size === 0 && other !== nodeKey) nodeMemories.delete(other);
		}
		this.readStored();
		this.takeBack((run) => this.isEarlierTry(run));
	}

	/** What is known of media. What an earlier try of Retry On Fail has bought is left to the ledger of the execution. */
	known(key: string): (RememberedAnswer & { readonly isHandedOn: boolean }) | undefined {
		const entry = this.node.entries.get(key);
		if (entry?.run === this) return { ...entry, isHandedOn: true };
		return this.isEarlierTry(entry?.run) ? undefined : entry;
	}

	/** Settles when another item, or another run, is done with the same media; undefined where none is at it. */
	inWork(key: string): Promise<void> | undefined {
		return this.node.inWork.get(key);
	}

	/** Keeps others from asking about the same media until the result is called. */
	begin(key: string): () => void {
		let done = (): void => undefined;
		const working = new Promise<void>((resolve) => (done = resolve));
		this.node.inWork.set(key, working);
		return () => {
			this.node.inWork.delete(key);
			done();
		};
	}

	/** Notes an answer; to call the result says that n8n has got it. */
	remember(key: string, answer: RememberedAnswer): () => void {
		const known = this.node.entries.get(key);
		const before = known?.run === this ? known.before : known && { ...known, before: undefined };
		this.put(key, { ...answer, isHandedOn: false, seenAt: 0, run: this, before });
		return () => {
			const entry = this.node.entries.get(key);
			if (entry) this.put(key, { ...entry, isHandedOn: true });
		};
	}

	forget(key: string): void {
		this.isChanged = this.node.entries.delete(key) || this.isChanged;
	}

	/** Hands what is known to n8n, which saves it at the end of the execution, and takes nothing of a run that was stopped. */
	save(isStopped: boolean): void {
		if (isStopped) this.takeBack((run) => run === this);
		// One text: n8n watches each object in its data for changes, which takes long with thousands of them.
		if (this.isChanged) this.stored['seenMedia'] = JSON.stringify(this.rows());
		// What is remembered of this run keeps nothing of n8n's.
		this.stored = {};
	}

	private rows(): Row[] {
		return [...this.node.entries].map(
			([key, { ids, model, reading, share = null, isHandedOn, seenAt }]): Row => [
				key,
				seenAt,
				isHandedOn ? 1 : 0,
				model,
				reading,
				share,
				...ids,
			],
		);
	}

	tell(addHint: (message: string) => void): void {
		const { skipped, reused, gone } = this;
		if (skipped + reused + gone === 0) return;
		const parts = told(
			skipped > 0 && `${written(skipped)} left out`,
			reused > 0 && `${written(reused)} given the earlier result, at no cost`,
			gone > 0 && `${written(gone)} asked about again, since Each Labs no longer had the result`,
		);
		addHint(`Media seen before: ${parts.join(', ')}.`);
	}

	private isEarlierTry(run: MediaMemory | undefined): boolean {
		return run !== this && run?.tries === this.tries;
	}

	/** n8n has thrown away what was handed on: by an earlier try of Retry On Fail, or by a run that was stopped at its end. */
	private takeBack(isThrownAway: (run: MediaMemory | undefined) => boolean): void {
		const { entries } = this.node;
		for (const [key, entry] of entries) {
			if (!isThrownAway(entry.run)) continue;
			entries.set(key, entry.before ?? { ...entry, isHandedOn: false });
			this.isChanged = true;
		}
	}

	private put(key: string, entry: Entry): void {
		const { entries } = this.node;
		entries.delete(key);
		entries.set(key, { ...entry, seenAt: Math.floor(hostClock.epochMs() / 1_000) });
		this.isChanged = true;
		for (const oldest of entries.keys()) {
			if (entries.size <= MAX_REMEMBERED) break;
			entries.delete(oldest);
		}
	}

	/** What was seen last counts, since several processes may have known different things. */
	private readStored(): void {
		const rows = parseJson(String(this.stored['seenMedia']), z.array(z.unknown()))?.parsed ?? [];
		const { entries } = this.node;
		const merged = new Map(entries);
		for (const row of rows) {
			if (!isRow(row)) continue;
			const [key, seenAt, isHandedOn, model, reading, share, ...ids] = row;
			if ((merged.get(key)?.seenAt ?? -1) >= seenAt) continue;
			merged.set(key, {
				ids,
				model,
				reading,
				share: share ?? undefined,
				isHandedOn: isHandedOn === 1,
				seenAt,
			});
		}
		entries.clear();
		const inOrder = [...merged].sort(([, left], [, right]) => left.seenAt - right.seenAt);
		for (const [key, entry] of inOrder.slice(-MAX_REMEMBERED)) entries.set(key, entry);
	}
}

type Row = [
	key: string,
	seenAt: number,
	isHandedOn: 0 | 1,
	model: string,
	reading: string,
	share: RememberedAnswer['share'] | null,
	...ids: string[],
];

function isRow(row: unknown): row is Row {
	if (!Array.isArray(row) || row.length < 7) return false;
	const [key, seenAt, , model, reading, , ...ids] = row as unknown[];
	return (
		typeof seenAt === 'number' && [key, model, reading, ...ids].every((text) => typeof text === 'string')
	);
}
