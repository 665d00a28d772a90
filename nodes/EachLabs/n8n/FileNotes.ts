import { listed, written } from '../core/words';

/** Items that a hint names; more are counted. */
const MAX_NAMED = 5;
const MAX_NAMES = 10;

/**
 * Questions that only several files answer: English by its common ways to ask, 18 other languages by their plainest words. A hint where
 * nothing is compared annoys more than a missing one, so a word counts only in a form that means little else ('比较大' is rather big),
 * and a plural only where the question points at the files: 'the photos on the wall' may hang in one picture.
 */
const COMPARES = [
	/\bcompar(?:e[rnz]?|ing|ar?)\b(?![- ]at\b)|\b(?:diff[eé]rences?|diferencias?|diferenças?|differenz[ae])\b|\bodd one out\b|\bbefore and after\s*(?:[?.!]|$)/i,
	/\b(?:vergleiche|unterscheiden|unterschiede?\b|vergelijk(?:en)?\b|verschil(?:len)?\b|confront(?:a|are|ate|o)\b|jämföra?\b|skillnad|sammenlign(?!e[dt]))/i,
	/\bwhich(?: (?:one|image|picture|photo|video|file|document|of (?:them|these|the two)))? (?:is|looks|was|has) (?:the )?(?:mo(?:re|st)\b|best\s*(?:[?.!]|$)|(?:bett|new|old|larg|bigg|small|sharp|nic|cheap|clear|bright|fresh|clean)er\b)|\bwhich (?:image|picture|photo|video) (?:shows|has|contains)\b/i,
	/\bwhat(?:['’]s| is| has)? (?:changed|different)\s*(?:[?.!]|$)|^\W*(?:(?:the )?same(?: \w+)?|identical|different)\?|\bis (?:it|this) (?:of )?the same\b/i,
	/\b(?:they|these|those|both)(?: (?:are|both|all|look|show|of)){0,2} (?:(?:the same|identical|alike|differ)\b|(?:similar|different|match)\s*(?:[?.!,]|$))/i,
	/\bare (?:all )?the (?:images|pictures|photos|files|videos|documents|recordings) (?:of |from )?(?:the same|identical|alike|similar|different)\b|\bdo the (?:images|pictures|photos|files) match\b/i,
	/\b(?:these|those|both|the two|between the|which of the|beide[nr]?|diesen?|ces|les deux|estas|las dos|as duas|queste|le due|deze)(?: (?:the|two|three|four|zwei|deux|dos|duas|due|twee|\d+))? (?:images|pictures|photos|files|video['’]?s|documents|recordings|bildern?|fotos|foto['’]s|dateien|imágenes|immagini|imagens)\b/i,
	/\bwelches (?:bild|foto|video) ist (?:bess|schärf|neu|ält|größ|klein)er|\bquelle (?:image|photo) est (?:la )?(?:plus|meilleure)|qué (?:imagen|foto) es (?:la )?(?:más|mejor)/i,
	/^\W*(?:ist (?:das|es)|sind (?:das|es|sie)) (?:gleich|identisch|d(?:ie|er|as)selben?)\b|\b(?:c['’]est|est-ce|sont-(?:elles|ils|ce)|s['’]agit-il de) (?:bien )?(?:l[ae]s? )?même|^\W*(?:es|son|è|sono|é|são) (?:el|l[aeo]s?|gli|[ao]s?) (?:mism|stess|mesm)[aeio]s?\b/i,
	/porówna[jć]|karşılaştır|сравни(?:те|ть)?(?![а-я])|отличаются|порівня(?:й|ти)|(?:比[较較]|[对對]比)(?:一下|[这這两兩])|[么麼][区區][别別]|比(?:べて|較して)(?:くだ|下)さい|の違い|(?:何が|どう)違|비교(?:해 ?[주줘]|하세요)|차이(?:점|가|는)|तुलना कर|(?:^|\s)قارن\s/i,
];

/** What a run has to tell of the files that it did not send, and of those that were meant to be sent together. */
export class FileNotes {
	private readonly leftOut = new Map<number, readonly string[]>();
	private readonly onlySome = new Map<number, string>();
	private readonly comparisons = new Set<number>();
	private readonly fileCounts = new Map<number, number>();
	/** What is asked about, by the question. */
	private readonly asked = new Map<string, Set<string>>();
	/** Files that are asked about again. */
	private repeats = 0;

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
		const files = this.asked.get(question) ?? new Set<string>();
		if (files.has(file)) this.repeats += 1;
		this.asked.set(question, files.add(file));
	}

	tell(addHint: (message: string) => void): void {
		if (this.leftOut.size > 0) {
			const named = [...this.leftOut]
				.slice(0, MAX_NAMED)
				.map(([itemIndex, names]) => `${listed(names, MAX_NAMES)} (item ${itemIndex})`);
			const more = this.leftOut.size - named.length;
			addHint(
				`Files that were left out, since this operation or its model does not read them: ${named.join('; ')}${more > 0 ? `; and of ${written(more)} more items` : ''}`,
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
		if (this.repeats > 0) {
			addHint(
				`${written(this.repeats)} of the files look like others of this run (same name and size), and each is asked about, and paid, by itself. If the step that reads them ran once for each row of a table, switch on 'Execute Once' in its settings. The option 'Media Seen Before' keeps repeats from being paid.`,
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
