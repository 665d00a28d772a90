import type { Range } from '../core/model/priceEstimate';
import { counted, inUsd, told, written } from '../core/words';

export interface EstimatedItem {
	readonly files: number;
	/** Of the request; undefined where the length of a file is not known. */
	readonly tokens: Range | undefined;
	/** Undefined where no price is known. */
	readonly usd: Range | undefined;
	/** Whether the item has an answer already, and would cost nothing. */
	readonly isSeen: boolean;
}

export interface GroupedItem {
	/** The same for items that could share a request. */
	readonly question: string;
	/** How many such items fit into one. */
	readonly size: number;
	readonly usd: number;
	/** @param count items that share the request */
	usdInGroup(count: number): number;
}

/** What a run would cost. */
export class RunEstimate {
	private readonly items: EstimatedItem[] = [];
	private expected: Range = [0, 0];
	private isExpected = true;
	private readonly groups = new Map<string, GroupedItem[]>();

	add(item: EstimatedItem): void {
		this.items.push(item);
	}

	/** What a request that is really made is expected to cost. */
	expect(usd: Range | undefined): void {
		if (usd === undefined) this.isExpected = false;
		else this.expected = [this.expected[0] + usd[0], this.expected[1] + usd[1]];
	}

	/** What the run was expected to cost, in USD; undefined where that was not known of all of it. */
	get expectedUsd(): Range | undefined {
		return this.isExpected && this.expected[1] > 0 ? this.expected : undefined;
	}

	noteGroups(item: GroupedItem): void {
		this.groups.set(item.question, [...(this.groups.get(item.question) ?? []), item]);
	}

	/**
	 * One hint about the whole.
	 *
	 * @param readBalance in USD; rejects where it could not be read
	 */
	async tell(readBalance: () => Promise<number>, addHint: (message: string) => void): Promise<void> {
		if (this.items.length === 0) return;
		const priced = this.items.flatMap(({ usd }) => (usd ? [usd] : []));
		const low = priced.reduce((total, [least]) => total + least, 0);
		const high = priced.reduce((total, [, most]) => total + most, 0);
		const tokens = this.items.reduce((total, item) => total + (item.tokens?.[1] ?? 0), 0);
		const files = this.items.reduce((total, item) => total + item.files, 0);
		const seen = this.items.filter(({ isSeen }) => isSeen).length;
		const unpriced = this.items.length - priced.length;
		const balance = await readBalance().catch(() => undefined);
		const more = told(
			seen > 0 && `${counted(seen, 'item')} of them would cost nothing: their media were seen before.`,
			unpriced > 0 &&
				`Not in it: ${counted(unpriced, 'item')}, whose price is not known, since Each Labs names none or the length of a file is not known.`,
			balanceWords(balance, high),
			this.groupWords(),
		);
		addHint(
			`Estimate: ${counted(this.items.length, 'item')} with ${counted(files, 'file')}, about ${counted(Math.ceil(tokens), 'token')} to read, ${inUsd(low)} to ${inUsd(high)} USD; nothing was uploaded or started. ${more.join(' ')}`,
		);
	}

	private groupWords(): string | undefined {
		let savedUsd = 0;
		let largest = 1;
		for (const items of this.groups.values()) {
			const size = Math.min(items.length, ...items.map((item) => item.size));
			if (size < 2) continue;
			const saved = items.reduce((total, item) => total + item.usd - item.usdInGroup(size), 0);
			if (saved <= 0) continue;
			savedUsd += saved;
			largest = Math.max(largest, size);
		}
		if (largest < 2) return undefined;
		return `With 'Items per Prediction' at ${written(largest)}, it would cost about ${inUsd(savedUsd)} USD less.`;
	}
}

function balanceWords(balance: number | undefined, usd: number): string {
	if (balance === undefined) return 'Your balance could not be read.';
	return balance >= usd
		? `Your balance of ${inUsd(balance)} USD is enough.`
		: `Your balance of ${inUsd(balance)} USD is not enough: top it up first, or give the node fewer items.`;
}
