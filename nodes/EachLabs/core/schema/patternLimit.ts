/** How long a text may be that is tested against a pattern, or why the pattern can't be used at all. */
export type PatternLimit =
	| { readonly isUsable: true; readonly maxCharacters: number }
	| { readonly isUsable: false; readonly reason: string };

/** Steps of the regular expression engine that a test may take in the worst case: a fifth of a second or so. */
const MAX_STEPS = 1e8;
/** A pattern that could only be tested against less is of no use. */
const MIN_CHARACTERS = 1_000;
const MAX_PATTERN_CHARACTERS = 1_000;
const MAX_POSITIONS = 150;
const MAX_ANALYSIS_STEPS = 2_000_000;
/** A character, or a group, that is repeated so many times, no more and no less, is analysed as if it were written that often. */
const MAX_COPIES = 32;
const MAX_GROUP_COPIES = 8;

/**
 * How long a text a regular expression (ECMAScript, Unicode mode, as JSON Schema asks for) can be tested against without
 * holding up the execution, whatever the text.
 *
 * An engine that backtracks tries all ways in which a pattern can match. So their number is what is looked at: exponential
 * where a repeated part can be gone through in two ways over the same text, as in (a+)+, and the nth power of the length
 * where n repeated parts in a row can share a text, as in \d+\d+ (Weideman et al., "Analyzing Matching Time Behavior of
 * Backtracking Regular Expression Matchers by Using Ambiguity of NFA", 2016). Errs on the safe side.
 */
export function patternLimit(pattern: string): PatternLimit {
	if (pattern.length > MAX_PATTERN_CHARACTERS) {
		return { isUsable: false, reason: `it has more than ${MAX_PATTERN_CHARACTERS} characters` };
	}
	try {
		new RegExp(pattern, 'u');
	} catch (error) {
		const detail = error instanceof Error ? error.message.replace(/^.*\/u?: /, '') : 'invalid';
		return { isUsable: false, reason: `it is no regular expression: ${detail}` };
	}
	const analysis = new PatternAnalysis(pattern);
	const cost = analysis.cost();
	if (analysis.objection !== undefined) return { isUsable: false, reason: analysis.objection };
	const maxCharacters = Math.floor((MAX_STEPS / cost.factor) ** (1 / cost.degree));
	if (maxCharacters < MIN_CHARACTERS) return { isUsable: false, reason: TOO_MANY_WAYS };
	return { isUsable: true, maxCharacters };
}

const TOO_MANY_WAYS =
	'there are texts that would take it forever, since its parts can share them in too many ways';
const TOO_COMPLEX = 'it has too many parts to be sure that it ends in time';

type Part =
	| { readonly kind: 'character'; readonly source: string }
	| { readonly kind: 'nothing'; readonly isStart: boolean }
	| { readonly kind: 'sequence'; readonly parts: readonly Part[] }
	| { readonly kind: 'alternatives'; readonly options: readonly Part[] }
	| { readonly kind: 'repeat'; readonly part: Part; readonly min: number; readonly max: number }
	| { readonly kind: 'look'; readonly part: Part };

/** `factor` × length ** `degree` steps. */
interface Cost {
	readonly degree: number;
	readonly factor: number;
}

/** The positions at which a part may begin and end, and whether it matches the empty text. */
interface Ends {
	readonly first: readonly number[];
	readonly last: readonly number[];
	readonly isNullable: boolean;
}

const NOTHING: Ends = { first: [], last: [], isNullable: true };

/** Builds the position automaton (Glushkov) of a valid pattern and counts the ways through it. */
class PatternAnalysis {
	/** Why the pattern can't be used; the first reason counts. */
	objection: string | undefined;
	private index = 0;
	/** Bit n: whether the position takes the nth character of the samples. */
	private readonly takes: bigint[] = [];
	private readonly weights: Cost[] = [];
	private readonly next: Array<Set<number>> = [];
	/** Pairs of positions that follow each other for two reasons. */
	private readonly doubled: Array<readonly [number, number]> = [];
	private readonly samples: readonly string[];
	private readonly taken = new Map<string, bigint>();
	/** What is looked for ahead or behind, and whether that is done before anything else, so once for a start. */
	private readonly looks: Array<{ readonly part: Part; readonly isFirst: boolean }> = [];
	private stepsLeft = MAX_ANALYSIS_STEPS;

	constructor(private readonly pattern: string) {
		const latin = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
		// One character of each kind that classes tell apart, and whatever the pattern names itself.
		this.samples = [
			...new Set([...latin, ...'ĀΑЖאابअ한あ一\u2028\u3000😀', ...pattern, ...escapedCharacters(pattern)]),
		];
	}

	cost(): Cost {
		return this.costOf(this.alternatives(), false);
	}

	private costOf(pattern: Part, isAtFixedStart: boolean): Cost {
		this.takes.length = this.weights.length = this.next.length = this.doubled.length = this.looks.length = 0;
		const { first } = this.build(pattern, false);
		const looks = [...this.looks];
		const ways = this.objection === undefined ? this.ways(first) : ONCE;
		const starts = isAtFixedStart || startsAtStart(pattern) ? ONCE : LENGTH;
		const own = product(ways, starts);
		return looks
			.map(({ part, isFirst }) => product(this.costOf(part, true), isFirst ? starts : own))
			.reduce(
				(sum, cost) => (cost.degree > sum.degree ? cost : { ...sum, factor: sum.factor + cost.factor }),
				own,
			);
	}

	private object(reason: string): void {
		this.objection ??= reason;
	}

	// Reading the pattern. It is valid, so that brackets are closed and quantifiers have something to repeat.

	private alternatives(): Part {
		const options = [this.sequence()];
		while (this.pattern[this.index] === '|') {
			this.index += 1;
			options.push(this.sequence());
		}
		return options.length === 1 && options[0] ? options[0] : { kind: 'alternatives', options };
	}

	private sequence(): Part {
		const parts: Part[] = [];
		while (this.index < this.pattern.length && !'|)'.includes(this.pattern.charAt(this.index))) {
			parts.push(this.quantified(this.atom()));
		}
		return { kind: 'sequence', parts };
	}

	private atom(): Part {
		const rest = this.pattern.slice(this.index);
		const group = /^\((?:\?(?:(:)|<[A-Za-z_$][\w$]*>|(<?[=!])|))?/.exec(rest);
		if (group) {
			this.index += group[0].length;
			if (group[0] === '(?') this.object('it uses a kind of group that is not known here');
			const part = this.alternatives();
			this.index += 1;
			return group[2] === undefined ? part : { kind: 'look', part };
		}
		const source =
			/^(?:\[(?:[^\]\\]|\\[^])*\]|\\(?:k<[^>]*>|[pPu]\{[^}]*\}|u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|c[A-Za-z]|[1-9]\d*|[^])|[^])/u.exec(
				rest,
			)?.[0] ?? '';
		this.index += source.length;
		if (/^\\(?:k<|[1-9])/.test(source)) {
			this.object('it refers back to a group');
			return { kind: 'nothing', isStart: false };
		}
		if (source === '^' || source === '$' || /^\\[bB]$/.test(source)) {
			return { kind: 'nothing', isStart: source === '^' };
		}
		return { kind: 'character', source };
	}

	private quantified(part: Part): Part {
		const quantifier = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(this.pattern.slice(this.index));
		if (!quantifier) return part;
		this.index += quantifier[0].length;
		const sign = quantifier[0].charAt(0);
		if (sign !== '{') {
			return { kind: 'repeat', part, min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : Infinity };
		}
		const min = Number(quantifier[1]);
		const max = quantifier[2] === '' ? min : quantifier[3] === '' ? Infinity : Number(quantifier[3]);
		return { kind: 'repeat', part, min, max };
	}

	// Building the automaton.

	private build(part: Part, isRepeated: boolean): Ends {
		switch (part.kind) {
			case 'character':
				return this.position(part.source);
			case 'nothing':
				return NOTHING;
			case 'look':
				if (isRepeated) this.object('it looks ahead or behind in a part that is repeated');
				this.looks.push({ part: part.part, isFirst: this.takes.length === 0 });
				return NOTHING;
			case 'sequence':
				return part.parts.reduce<Ends>(
					(before, one) => this.joined(before, this.build(one, isRepeated)),
					NOTHING,
				);
			case 'alternatives':
				return this.either(part.options.map((option) => this.build(option, isRepeated)));
			case 'repeat':
				return this.repeat(part.part, part.min, part.max, isRepeated);
		}
	}

	private position(source: string): Ends {
		const position = this.takes.length;
		if (position >= MAX_POSITIONS) {
			this.object(TOO_COMPLEX);
			return NOTHING;
		}
		this.takes.push(this.takenBy(source));
		this.weights.push(ONCE);
		this.next.push(new Set());
		return { first: [position], last: [position], isNullable: false };
	}

	private takenBy(source: string): bigint {
		let bits = this.taken.get(source);
		if (bits === undefined) {
			const expression = new RegExp(`^(?:${source})$`, 'su');
			// Properties tell characters apart in more ways than the samples show.
			const isKnown = !/\\[pP]\{(?!(?:L|Lu|Ll|N|Nd)\})/.test(source);
			bits = this.samples.reduce(
				(all, sample, n) => (!isKnown || expression.test(sample) ? all | (1n << BigInt(n)) : all),
				0n,
			);
			this.taken.set(source, bits);
		}
		return bits;
	}

	private joined(before: Ends, after: Ends): Ends {
		this.follow(before.last, after.first);
		return {
			first: before.isNullable ? [...before.first, ...after.first] : before.first,
			last: after.isNullable ? [...before.last, ...after.last] : after.last,
			isNullable: before.isNullable && after.isNullable,
		};
	}

	private follow(last: readonly number[], first: readonly number[]): void {
		for (const from of last) {
			for (const to of first) {
				if (this.next[from]?.has(to)) this.doubled.push([from, to]);
				this.next[from]?.add(to);
			}
		}
	}

	private either(options: readonly Ends[]): Ends {
		return {
			first: options.flatMap(({ first }) => first),
			last: options.flatMap(({ last }) => last),
			isNullable: options.some((one) => one.isNullable),
		};
	}

	private repeat(part: Part, min: number, max: number, isRepeated: boolean): Ends {
		if (max === 0) return NOTHING;
		if (max === 1) {
			const once = this.build(part, isRepeated);
			return min === 0 ? { ...once, isNullable: true } : once;
		}
		if (min === max && max <= (part.kind === 'character' ? MAX_COPIES : MAX_GROUP_COPIES)) {
			return Array.from({ length: max }, () => part).reduce<Ends>(
				(before, one) => this.joined(before, this.build(one, isRepeated)),
				NOTHING,
			);
		}
		const start = this.takes.length;
		const once = this.build(part, true);
		if (once.isNullable) this.object('it repeats a part that may be empty');
		this.follow(once.last, once.first);
		const weight = max === Infinity ? LENGTH : { degree: 0, factor: max };
		for (let position = start; position < this.takes.length; position += 1) {
			const { degree, factor } = product(this.weights[position] ?? ONCE, weight);
			this.weights[position] = { degree: Math.min(degree, 1), factor };
		}
		return { ...once, isNullable: min === 0 };
	}

	// Counting the ways.

	/** The steps of all ways through the automaton from the start of one match, whatever the text. */
	private ways(first: readonly number[]): Cost {
		const positions = this.takes.map((_, position) => position);
		const reach = positions.map((position) => this.reachable(position));
		const isLoop = (position: number): boolean => reach[position]?.has(position) === true;
		const isRound = (from: number, to: number): boolean => reach[to]?.has(from) === true;
		const loops = positions.filter(isLoop);
		for (const [from, to] of this.doubled) if (isRound(from, to)) this.object(TOO_MANY_WAYS);

		const { stepsFrom, waysFrom } = this.finiteParts(isLoop);
		const sharers = new Map<number, ReadonlySet<number>>();
		for (const loop of loops) {
			const together = this.reachablePairs(loop, loop);
			if (this.objection !== undefined) return ONCE;
			for (const pair of together) {
				const [left, right] = this.positionsOf(pair);
				// Two ways over the same text that meet where they parted: each round of the loop doubles them.
				if (left !== right && isRound(loop, left) && isRound(loop, right)) {
					if (this.reachablePairs(left, right).has(this.pairOf(loop, loop))) this.object(TOO_MANY_WAYS);
				}
			}
			const shares = (other: number): boolean =>
				!isRound(loop, other) &&
				together.has(this.pairOf(loop, other)) &&
				this.reachablePairs(loop, other).has(this.pairOf(other, other));
			sharers.set(loop, new Set(loops.filter(shares)));
		}
		const knownCosts = new Map<number, Cost>();
		const costFrom = (loop: number): Cost => {
			const known = knownCosts.get(loop);
			if (known) return known;
			const leaving = [...(this.next[loop] ?? [])].filter((to) => !isRound(loop, to));
			const going = loops.filter((other) => isRound(loop, other) && reach[loop]?.has(other));
			const own = product(this.weights[loop] ?? ONCE, times(this.mostTogether(going, () => 1)));
			const later = loops
				.filter((other) => reach[loop]?.has(other) && !isRound(loop, other))
				// One that can't share a text with this one is begun at one place in it.
				.map((other) => product(sharers.get(loop)?.has(other) ? own : ONCE, costFrom(other)));
			const cost = highest([
				product(own, times(1 + this.mostTogether(leaving, stepsFrom))),
				...later.map((one) => product(one, times(this.mostAlike(leaving, waysFrom)))),
			]);
			knownCosts.set(loop, cost);
			return cost;
		};
		return highest([
			times(1 + this.mostTogether(first, stepsFrom)),
			...loops.map((loop) => product(costFrom(loop), times(this.mostAlike(first, waysFrom)))),
		]);
	}

	/** Steps and ways from a position on, up to where a repeated part begins. */
	private finiteParts(isLoop: (position: number) => boolean): {
		/** All steps. */
		stepsFrom(this: void, position: number): number;
		/** Ways that lead to the same place over the same text. */
		waysFrom(this: void, position: number): number;
	} {
		const memo = (count: (next: readonly number[]) => number): ((position: number) => number) => {
			const known = new Map<number, number>();
			return (position) => {
				if (isLoop(position)) return 1;
				const counted = known.get(position) ?? count([...(this.next[position] ?? [])]);
				known.set(position, counted);
				return counted;
			};
		};
		const stepsFrom = memo((next) => 1 + this.mostTogether(next, (position) => stepsFrom(position)));
		const waysFrom = memo((next) => this.mostAlike(next, (position) => waysFrom(position)));
		return { stepsFrom, waysFrom };
	}

	/** The most, over all characters, that the positions which take the character have together. */
	private mostTogether(positions: readonly number[], count: (position: number) => number): number {
		return this.most(positions, (taking) => taking.reduce((sum, position) => sum + count(position), 0));
	}

	/** As `mostTogether`, but positions that the same text can't lead to one place do not add up. At least 1. */
	private mostAlike(positions: readonly number[], count: (position: number) => number): number {
		return Math.max(
			1,
			this.most(positions, (taking) => {
				const counts = taking.map(count);
				const meet = taking.some((left, index) =>
					taking.slice(index + 1).some((right) => this.meet(left, right)),
				);
				return meet ? counts.reduce((sum, one) => sum + one, 0) : Math.max(...counts);
			}),
		);
	}

	private most(positions: readonly number[], measure: (taking: readonly number[]) => number): number {
		let most = 0;
		for (const n of this.samples.keys()) {
			const bit = 1n << BigInt(n);
			const taking = positions.filter((position) => ((this.takes[position] ?? 0n) & bit) !== 0n);
			if (taking.length > 0) most = Math.max(most, measure(taking));
		}
		return most;
	}

	private meet(left: number, right: number): boolean {
		for (const pair of this.reachablePairs(left, right)) {
			const [one, other] = this.positionsOf(pair);
			if (one === other) return true;
		}
		return false;
	}

	private reachable(start: number): Set<number> {
		const reached = new Set<number>();
		const waiting = [start];
		for (let position = waiting.pop(); position !== undefined; position = waiting.pop()) {
			for (const next of this.next[position] ?? []) {
				if (reached.has(next)) continue;
				reached.add(next);
				waiting.push(next);
			}
		}
		return reached;
	}

	/** The pairs of positions that the same text leads to from these two. */
	private reachablePairs(left: number, right: number): Set<number> {
		const reached = new Set<number>();
		const waiting = [this.pairOf(left, right)];
		for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
			const [from, other] = this.positionsOf(pair);
			for (const to of this.next[from] ?? []) {
				for (const otherTo of this.next[other] ?? []) {
					this.stepsLeft -= 1;
					if (((this.takes[to] ?? 0n) & (this.takes[otherTo] ?? 0n)) === 0n) continue;
					const next = this.pairOf(to, otherTo);
					if (reached.has(next)) continue;
					reached.add(next);
					waiting.push(next);
				}
			}
			if (this.stepsLeft < 0) {
				this.object(TOO_COMPLEX);
				return reached;
			}
		}
		return reached;
	}

	private pairOf(left: number, right: number): number {
		return left * MAX_POSITIONS + right;
	}

	private positionsOf(pair: number): [number, number] {
		return [Math.floor(pair / MAX_POSITIONS), pair % MAX_POSITIONS];
	}
}

const ONCE: Cost = { degree: 0, factor: 1 };
const LENGTH: Cost = { degree: 1, factor: 1 };

function times(factor: number): Cost {
	return { degree: 0, factor };
}

/** The characters that a pattern names by their codes. */
function escapedCharacters(pattern: string): string[] {
	return Array.from(
		pattern.matchAll(/\\u\{([\da-fA-F]+)\}|((?:\\u[\da-fA-F]{4})+)|\\x([\da-fA-F]{2})/g),
		([, code, units, byte]) =>
			units === undefined
				? [String.fromCodePoint(parseInt(code ?? byte ?? '', 16))]
				: Array.from(
						String.fromCharCode(
							...units
								.split('\\u')
								.slice(1)
								.map((unit) => parseInt(unit, 16)),
						),
					),
	).flat();
}

function product(left: Cost, right: Cost): Cost {
	return { degree: left.degree + right.degree, factor: left.factor * right.factor };
}

function highest(costs: readonly Cost[]): Cost {
	return costs.reduce(
		(most, cost) =>
			cost.degree > most.degree || (cost.degree === most.degree && cost.factor > most.factor) ? cost : most,
		ONCE,
	);
}

/** Whether it can match at the start of a text only, so that it is not tried again at every character. */
function startsAtStart(part: Part): boolean {
	switch (part.kind) {
		case 'nothing':
			return part.isStart;
		case 'sequence': {
			const first = part.parts.find(({ kind }) => kind !== 'look');
			return first !== undefined && startsAtStart(first);
		}
		case 'alternatives':
			return part.options.every(startsAtStart);
		default:
			return false;
	}
}
