import { listed, written } from '../core/words';

/** Items that a hint names; more are counted. */
const MAX_NAMED = 5;
const MAX_NAMES = 10;

/**
 * A question about several files at once, in the languages that people ask in most. A plural counts where it is said which they are:
 * 'the photos on the wall' may hang in one picture.
 */
const COMPARES = [
	/\b(?:compar(?!tm)|confront|vergleich|vergelijk|verschil|untersch[ei]|differ(?:s|ences?)?\b|diff[ée]ren[cz]|diferen[cç]|each other|before and after|sammenlign|jämför|skillnad)/i,
	/\bwhich (?:one|of (?:these|them|the)|(?:is|looks) (?:the )?(?:bett|new|old|larg|bigg|small|sharp|nic)er\b|(?:image|picture|photo|file|video)\b)|what(?:'s|’s| is| has)? changed\W*$/i,
	/\b(?:are|show|is (?:it|this)|they|th[ei]se?|both) (?:of )?(?:the same|identical|alike|similar)\b/i,
	/\b(?:these|two|three|both|all|(?:are|of|between) the|beide[nr]?|zwei|die|diesen?|les|ces|deux|estas|las|dos|queste|due|le|as|deze|twee)(?: \w{2,6})? (?:images|pictures|photos|files|videos|documents|recordings|bildern?|fotos?|dateien|im[áa]genes|immagini|imagens)\b/i,
	/welche[rs]? (?:bild|foto|video)|quelle (?:image|photo)|qué (?:imagen|foto)|porówn|karşıla|срав|отлич|порівн|比[较較べ]|[对對]比|違い|[区區][别別]|비교|차이|तुलना|قارن/i,
];

/** What a run has to tell of the files that it did not send, and of those that were meant to be sent together. */
export class FileNotes {
	private readonly leftOut = new Map<number, readonly string[]>();
	private readonly onlySome = new Map<number, string>();
	private readonly comparisons = new Set<number>();
	private readonly fileCounts = new Map<number, number>();
	/** How often each file is asked about, by the question. */
	private readonly asked = new Map<string, Map<string, number>>();

	/** Files of an item that `*` has left out, since the operation or its model does not read them. */
	noteLeftOut(itemIndex: number, names: readonly string[]): void {
		if (names.length > 0) this.leftOut.set(itemIndex, names);
	}

	/** @param what e.g. "2 images; only 'data' was sent" */
	noteOnlySome(itemIndex: number, what: string): void {
		this.onlySome.set(itemIndex, what);
	}

	noteQuestion(itemIndex: number, text: string): void {
		if (COMPARES.some((words) => words.test(text))) this.comparisons.add(itemIndex);
	}

	/** @param isOfAll whether the files are those of all items, which are asked about together */
	noteCount(itemIndex: number, count: number, isOfAll: boolean): void {
		this.fileCounts.set(itemIndex, count);
		if (isOfAll) this.comparisons.add(itemIndex);
	}

	/** @param file the same for files that are alike, as far as their names and sizes tell */
	noteAsked(question: string, file: string): void {
		const counts = this.asked.get(question) ?? new Map<string, number>();
		counts.set(file, (counts.get(file) ?? 0) + 1);
		this.asked.set(question, counts);
	}

	tell(addHint: (message: string) => void): void {
		if (this.leftOut.size > 0) {
			const named = [...this.leftOut]
				.slice(0, MAX_NAMED)
				.map(([itemIndex, names]) => `${listed(names, MAX_NAMES)} (item ${itemIndex})`);
			addHint(
				`Files that were left out, since this operation or its model does not read them: ${withMore(named, this.leftOut.size)}`,
			);
		}
		const [first] = this.onlySome;
		if (first !== undefined) {
			const [itemIndex, what] = first;
			const more = this.onlySome.size - 1;
			addHint(
				`${this.fileCounts.size > 1 ? `Item ${itemIndex}` : 'This item'} has ${what}. Write * for all.${more === 0 ? '' : ` So it is with ${written(more)} more ${more === 1 ? 'item' : 'items'}.`}`,
			);
		}
		const repeated = [...this.asked.values()].flatMap((counts) =>
			[...counts.values()].map((count) => count - 1),
		);
		const repeats = repeated.reduce((sum, count) => sum + count, 0);
		if (repeats > 0) {
			addHint(
				`${written(repeats)} of the files look like others of this run (same name and size), and each is asked about, and paid, by itself. If the step that reads them ran once for each row of a table, switch on 'Execute Once' in its settings. The option 'Media Seen Before' keeps repeats from being paid.`,
			);
		}
		const alone = [...this.comparisons].filter((itemIndex) => this.fileCounts.get(itemIndex) === 1).length;
		if (alone === 1 && this.fileCounts.size === 1) {
			addHint(
				'Only one file was sent, so there was nothing to compare it with. Look at what the step before gives.',
			);
		}
		if (alone > 1) {
			addHint(
				`Each of ${written(alone)} items was asked about by itself, with its one file. To have their files compared, add the option 'Combine Items'.`,
			);
		}
	}
}

function withMore(named: readonly string[], count: number): string {
	const more = count - named.length;
	return `${named.join('; ')}${more > 0 ? `; and of ${written(more)} more items` : ''}`;
}
