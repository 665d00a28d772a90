import { choiceIn, type Category } from '../../core/answer/choices';
import { doubledIn } from '../../core/answer/doubledKeys';
import { jsonInText } from '../../core/answer/jsonInText';

/** What a model said of one category, wherever it stood in the text. Null is a confidence that can't be read: `moderationDecision` makes `review` of it. */
interface Statement {
	readonly category: string;
	readonly confidence: number | null;
	readonly reason: string;
}

/** What all statements of a category come to: the highest confidence, and whether one of them could not be read. */
export interface Judgement {
	/** From 0 to 1; null where none can be read. */
	readonly confidence: number | null;
	readonly reason: string;
	readonly hasUnreadable: boolean;
}

const MAX_REASON_CHARACTERS = 300;
const MAX_DEPTH = 64;

/**
 * All statements in a text, by category: a second one, wherever it comes from, never lowers the first. Objects that hold no
 * other object are read one by one beside the text's JSON as a whole, so that a key which is there twice, a list that is cut
 * off, or a fence inside a text hides nothing.
 */
export function judgementsIn(text: string, categories: readonly Category[]): Map<string, Judgement> {
	const names = categories.map(({ name }) => name);
	const statements = [
		...jsonInText(text).flatMap(({ value, isCutOff }) => (isCutOff ? [] : statementsIn(value, names, 0))),
		...[...text.matchAll(/\{[^{}]*\}/g)].flatMap(([leaf]) => statementsInLeaf(leaf, names)),
		...names.flatMap((name) => statementsInProse(text, name)),
	];
	const judgements = new Map<string, Judgement>();
	for (const { category, confidence, reason } of statements) {
		const known = judgements.get(category) ?? { confidence: null, reason: '', hasUnreadable: false };
		const isHigher = confidence !== null && confidence > (known.confidence ?? -1);
		const isSame = confidence === known.confidence && known.reason === '';
		judgements.set(category, {
			confidence: isHigher ? confidence : known.confidence,
			reason: isHigher || isSame ? reason : known.reason,
			hasUnreadable: known.hasUnreadable || confidence === null,
		});
	}
	return judgements;
}

function statementsIn(value: unknown, names: readonly string[], depth: number): Statement[] {
	if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return [];
	if (Array.isArray(value)) return value.flatMap((entry) => statementsIn(entry, names, depth + 1));
	const fields = fieldsOf(value);
	const said = valuesOf(fields, 'category', 'name', 'label', 'policy');
	const categories = said.flatMap((one) => (typeof one === 'string' ? (choiceIn(one, names) ?? []) : []));
	return [
		...categories.flatMap((category) => statementsOf(category, fields)),
		...fields.flatMap(([key, inner]) => {
			const named = choiceIn(key, names);
			if (named === undefined) return statementsIn(inner, names, depth + 1);
			if (typeof inner !== 'object' || inner === null) return [statementOf(named, inner, '')];
			return statementsOf(named, fieldsOf(inner));
		}),
	];
}

type Fields = ReadonlyArray<readonly [name: string, value: unknown]>;

/** An object's fields, with every value of one that stands in it more than once. */
function fieldsOf(object: object): Fields {
	const doubled = [...doubledIn(object)].flatMap(([key, values]) =>
		values.slice(0, -1).map((one) => [key, one] as const),
	);
	return [...Object.entries(object), ...doubled];
}

/** All values of the first field that has one of these names. */
function valuesOf(fields: Fields, ...names: string[]): unknown[] {
	const first = fields.find(([key]) => names.includes(key.trim().toLowerCase()))?.[0];
	return fields.filter(([key]) => key === first).map(([, value]) => value);
}

/** A statement for each confidence that the fields have. */
function statementsOf(category: string, fields: Fields): Statement[] {
	const [reason] = valuesOf(fields, 'reason');
	const confidences = valuesOf(fields, 'confidence');
	return (confidences.length === 0 ? [undefined] : confidences).map((one) =>
		statementOf(category, one, reason),
	);
}

/** Each confidence of an object counts, also where the text around it is no JSON. */
function statementsInLeaf(leaf: string, names: readonly string[]): Statement[] {
	const categories = [
		...leaf.matchAll(/["'“`]?category["'”`]?\s*[:：]\s*["'“`]([^"'”`\n]{1,300})["'”`]/gi),
	].flatMap(([, said = '']) => choiceIn(said, names) ?? []);
	return categories.flatMap((category) =>
		confidencesIn(leaf).map((confidence) => ({ category, confidence, reason: '' })),
	);
}

/** In quotes, or up to the next mark; a comma between digits belongs to it, so that `0,9` is not taken for 0. */
const CONFIDENCE =
	/["'“`]?confidence["'”`]?\s*[:：]\s*(?:["'“`]([^"'”`\n]{0,40})["'”`]|([-+.\w%]{1,40}(?:,\d{1,40})?))/gi;

/** `Violence: 0.9` or `Violence: 90%`, as a line or in a sentence; and `"Violence": {…}`, also where the text around it is no JSON. */
function statementsInProse(text: string, name: string): Statement[] {
	const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	const said = new RegExp(
		`${escaped}["'”’*_\`]{0,3} ?[:=–—-] ?(?:["'“‘*_\`]{0,3}(${NUMBER})(?![\\d%/]|[.,]\\d)|(\\{[^{}]{0,2000}\\}))`,
		'gi',
	);
	return [...text.matchAll(said)].flatMap(([, number, leaf]) =>
		(leaf === undefined ? [confidenceIn(number)] : confidencesIn(leaf)).map((confidence) => ({
			category: name,
			confidence,
			reason: '',
		})),
	);
}

const NUMBER = '[01](?:\\.\\d{1,6})?|\\d{1,3}(?:\\.\\d{1,6})? ?%';

function confidencesIn(leaf: string): Array<number | null> {
	return [...leaf.matchAll(CONFIDENCE)].map(([, quoted, bare]) => confidenceIn(quoted ?? bare));
}

function statementOf(category: string, confidence: unknown, reason: unknown): Statement {
	return {
		category,
		confidence: confidenceIn(confidence),
		reason: typeof reason === 'string' ? reason.trim().slice(0, MAX_REASON_CHARACTERS) : '',
	};
}

/** From 0 to 1, as a number of JSON, as its text, or in percent; null for anything else. */
function confidenceIn(value: unknown): number | null {
	const [, percent] =
		/^\s*(\d{1,3}(?:\.\d{1,40})?) ?%\s*$/.exec(typeof value === 'string' ? value : '') ?? [];
	if (percent !== undefined) return confidenceIn(Number(percent) / 100);
	const isNumber =
		typeof value === 'number' ||
		(typeof value === 'string' && /^\s*\d(?:\.\d{1,40})?(?:e-\d{1,3})?\s*$/i.test(value));
	const confidence = isNumber ? Number(value) : NaN;
	return confidence >= 0 && confidence <= 1 ? confidence : null;
}
