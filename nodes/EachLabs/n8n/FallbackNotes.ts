import type { PredictionError } from '../core/PredictionError';
import { counted, written } from '../core/words';

/** Why another model than the chosen one was asked; undefined where an earlier try of the execution had its reason. */
export type FallbackReason = 'gone' | 'failed' | 'unfit' | undefined;

interface Note {
	readonly chosen: string;
	readonly answeredBy: string;
	readonly reason: FallbackReason;
}

/** Which models a run has found to be gone, and which items another model than the chosen one has answered. */
export class FallbackNotes {
	private readonly gone = new Map<string, PredictionError>();
	/** By item. */
	private readonly notes = new Map<number, Note>();

	/** From now on, the model is asked only where there is no other one. */
	setGone(model: string, error: PredictionError): void {
		this.gone.set(model, error);
	}

	whyGone(model: string): PredictionError | undefined {
		return this.gone.get(model);
	}

	goneModels(): string[] {
		return [...this.gone.keys()];
	}

	add(itemIndexes: readonly number[], note: Note): void {
		for (const itemIndex of itemIndexes) this.notes.set(itemIndex, note);
	}

	/** Items that another model than the chosen one has answered. */
	get count(): number {
		return this.notes.size;
	}

	/** One hint about all items that another model has answered. */
	tell(addHint: (message: string) => void): void {
		const notes = [...this.notes.values()];
		if (notes.length === 0) return;
		const chosen = [...new Set(notes.map((note) => note.chosen))].map((name) => `'${name}'`).join(' and ');
		const models = countsOf(notes.map(({ answeredBy }) => answeredBy))
			.map(([name, count]) => `${written(count)} by ${name}`)
			.join(', ');
		const reasons = countsOf(notes.flatMap(({ reason }) => reason ?? []))
			.map(([reason, count]) => `${REASONS[reason]} (${counted(count, 'item')})`)
			.join('; ');
		addHint(
			`${counted(notes.length, 'item')} ${notes.length === 1 ? 'was' : 'were'} answered by another model than ${chosen}, as the option 'Fallback Models' says: ${models}.${reasons === '' ? '' : ` Why: ${reasons}.`}`,
		);
	}
}

const REASONS = {
	gone: 'the model does not exist at Each Labs, or was withdrawn',
	failed: 'its prediction failed at the provider',
	unfit: 'it does not read the format of a file',
} as const;

function countsOf<Key>(keys: readonly Key[]): Array<[Key, number]> {
	const counts = new Map<Key, number>();
	for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
	return [...counts];
}
