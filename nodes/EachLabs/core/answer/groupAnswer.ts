import { isRecord } from '../json';
import type { AnswerSchema } from '../schema/AnswerSchema';
import { doubledIn } from './doubledKeys';
import { jsonInText, type JsonCandidate } from './jsonInText';
import { shareLiterals } from './literals';
import { readAs } from './readings';

type JsonObject = Readonly<Record<string, unknown>>;

/** What one entry of a group's answer says: whom it is about, and the values that may be meant as the answer. */
interface Entry {
	/** From 1; NaN where a number is there that is none. */
	readonly index?: number;
	readonly tag?: string;
	readonly readings: readonly unknown[];
	/** Everything that the entry says, so that the same entry can be known again. */
	readonly identity: string;
}

/**
 * Splits the answer to a group request.
 *
 * An entry counts for an item only where the item's number and its tag agree, and nothing else lays claim to either; where
 * no entry has a tag, the numbers have to be 1 to n, each once, else none counts. Entries that differ about an item count for
 * neither. So no item ever gets another one's result. From a text that was cut off, tagged entries before the cut count.
 *
 * @param tags of the items, in order, as `itemTags` gives them
 * @returns answers by position, from 0; who is not in it has to be asked again
 */
export function splitGroupAnswer(
	text: string,
	schema: AnswerSchema,
	tags: readonly string[],
): Map<number, unknown> {
	const lists = withoutParts(
		// Of all of them, since each list has a say.
		jsonInText(text, Infinity)
			.map((candidate) => ({
				entries: entriesOf(candidate, schema, tags),
				isCutOff: candidate.isCutOff,
			}))
			.filter(({ entries }) => entries.length > 0),
	);
	const isTagged = lists.some(({ entries }) => entries.some(({ tag }) => tag !== undefined));
	const claims = lists.map(({ entries, isCutOff }) =>
		isTagged ? taggedEntries(entries, tags) : numberedEntries(entries, isCutOff, tags.length),
	);
	const answers = new Map<number, unknown>();
	for (const position of tags.keys()) {
		const claiming = claims.flatMap((list) => list.get(position) ?? []);
		const said = claims.filter((list) => list.has(position)).length;
		// Without tags nothing tells which of two lists is meant.
		if (claiming.length !== said || (!isTagged && said !== claims.length)) continue;
		const fitting = claiming.flatMap((entry) => firstThatFits(entry, schema));
		const isOne = new Set(fitting.map((one) => JSON.stringify(one))).size === 1;
		if (isOne && fitting.length === claiming.length) answers.set(position, fitting[0]);
	}
	return answers;
}

/** By position the entry that is surely meant, or undefined where entries are at odds about it. */
function taggedEntries(entries: readonly Entry[], tags: readonly string[]): Map<number, Entry | undefined> {
	const byPosition = new Map<number, Entry | undefined>();
	for (const entry of entries) {
		const claimed = new Set<number>();
		const tagged = entry.tag === undefined ? -1 : tags.indexOf(entry.tag);
		if (tagged >= 0) claimed.add(tagged);
		if (entry.index !== undefined && entry.index >= 1 && entry.index <= tags.length) {
			claimed.add(entry.index - 1);
		}
		const agrees = tagged >= 0 && entry.index === tagged + 1;
		for (const position of claimed) {
			byPosition.set(position, agrees && !byPosition.has(position) ? entry : undefined);
		}
	}
	return byPosition;
}

function numberedEntries(
	entries: readonly Entry[],
	isCutOff: boolean,
	size: number,
): Map<number, Entry | undefined> {
	const byPosition = new Map<number, Entry | undefined>();
	for (const entry of entries) if (entry.index !== undefined) byPosition.set(entry.index - 1, entry);
	const isWhole =
		!isCutOff &&
		entries.length === size &&
		byPosition.size === size &&
		Array.from({ length: size }, (_, position) => position).every((position) => byPosition.has(position));
	return isWhole ? byPosition : new Map();
}

function firstThatFits({ readings }: Entry, schema: AnswerSchema): unknown[] {
	for (const reading of readings) {
		const { value, complaint } = readAs(schema, reading);
		if (complaint === undefined && schema.complaints(value).length === 0) return [value];
	}
	return [];
}

interface EntryList {
	readonly entries: readonly Entry[];
	readonly isCutOff: boolean;
}

/** Without lists all of whose entries stand in a longer one: an object of a row is offered by itself, too. */
function withoutParts(lists: readonly EntryList[]): EntryList[] {
	const identities = lists.map(({ entries }) => new Set(entries.map(({ identity }) => identity)));
	return lists.filter(
		({ entries }, position) =>
			!identities.some(
				(other, at) =>
					(other.size > entries.length || (other.size === entries.length && at < position)) &&
					entries.every(({ identity }) => other.has(identity)),
			),
	);
}

function entriesOf(
	{ value, isCutOff, isPart }: JsonCandidate,
	schema: AnswerSchema,
	tags: readonly string[],
): Entry[] {
	const isWanted = wantedBy(schema);
	const list = listIn(value, tags, isWanted);
	return (isCutOff && !isPart ? list.slice(0, -1) : list).flatMap((one) => entryOf(one, isWanted) ?? []);
}

/** The entries themselves, also where the model put them into an object, by a name of its own or by number or tag. */
function listIn(value: unknown, tags: readonly string[], isWanted: (name: string) => boolean): unknown[] {
	if (Array.isArray(value)) return value;
	if (!isRecord(value)) return [];
	const fields = Object.entries(value);
	const named = fields.map(([key, answer]) => ({ ...whom(key, tags), answer }));
	if (named.length > 0 && named.every(({ index, tag }) => index !== undefined || tag !== undefined)) {
		const doubled = doubledIn(value);
		return named.map(({ answer, ...outer }, position) => {
			const entry =
				isRecord(answer) && saysWhom(answer, isWanted) ? joined(outer, answer) : { ...outer, answer };
			// Which of two answers for one item is meant, nobody can tell.
			return doubled.has(fields[position]?.[0] ?? '') ? { ...entry, index: AT_ODDS } : entry;
		});
	}
	const lists = fields.filter(([, field]) => Array.isArray(field));
	const isEntry = saysWhom(value, isWanted);
	if (lists.length === 1 && !isEntry) return lists[0]?.[1] as unknown[];
	const [only] = fields;
	if (fields.length === 1 && !isEntry && isRecord(only?.[1])) return listIn(only[1], tags, isWanted);
	return [value];
}

/** Whether the object is an entry, and not the answer in one. */
function saysWhom(object: JsonObject, isWanted: (name: string) => boolean): boolean {
	const isOurs = (name: string): boolean => 'answer' in object || !isWanted(name);
	return (
		'answer' in object ||
		[INDEX_NAMES, TAG_NAMES].some((names) => keyNamed(object, names, isOurs) !== undefined)
	);
}

function wantedBy({ schema }: AnswerSchema): (name: string) => boolean {
	const { properties } = schema;
	return (name) => isRecord(properties) && Object.hasOwn(properties, name);
}

/** In the place of an entry's number: it is nobody's. */
const AT_ODDS = 'at odds';

/** An entry under its number or tag that says both once more; where that is another one, it is nobody's. */
function joined(outer: { index?: number; tag?: string }, inner: JsonObject): JsonObject {
	const index = keyNamed(inner, INDEX_NAMES);
	const isAtOdds = index !== undefined && outer.index !== undefined && indexIn(inner[index]) !== outer.index;
	return { ...outer, ...inner, ...(isAtOdds ? { index: AT_ODDS } : {}) };
}

const INDEX_NAMES: ReadonlySet<string> = new Set(['index', 'item', 'itemindex', 'itemnumber', 'number']);
const TAG_NAMES: ReadonlySet<string> = new Set(['tag', 'itemtag']);
const ANSWER_NAMES: ReadonlySet<string> = new Set(['answer', 'result', 'output', 'response', 'value']);

function entryOf(value: unknown, isWanted: (name: string) => boolean): Entry | undefined {
	if (!isRecord(value)) return undefined;
	const answerName = keyNamed(value, ANSWER_NAMES, (name) => name === 'answer' || !isWanted(name));
	// Beside the fields of the answer itself, one of theirs is none that says whom the entry is about.
	const isOurs = (name: string): boolean => answerName !== undefined || !isWanted(name);
	const indexName = keyNamed(value, INDEX_NAMES, isOurs);
	const tagName = keyNamed(value, TAG_NAMES, isOurs);
	const said = tagName === undefined ? undefined : (value[tagName] ?? '');
	// A tag that is none is another one's; one that is empty was left out.
	const tag = said === undefined || said === '' ? undefined : (tagIn(said) ?? '');
	if (indexName === undefined && tag === undefined) return undefined;
	const rest = Object.entries(value).filter(([name]) => name !== indexName && name !== tagName);
	const readings =
		answerName !== undefined
			? [value[answerName]]
			: [shareLiterals(value, Object.fromEntries(rest)), ...(rest.length === 1 ? [rest[0]?.[1]] : [])];
	return {
		...(doubledIn(value).size > 0
			? { index: NaN }
			: indexName === undefined
				? {}
				: { index: indexIn(value[indexName]) ?? NaN }),
		...(tag === undefined ? {} : { tag }),
		readings,
		identity: JSON.stringify(value),
	};
}

function keyNamed(
	object: JsonObject,
	names: ReadonlySet<string>,
	isOurs: (name: string) => boolean = () => true,
): string | undefined {
	return Object.keys(object).find(
		(name) => names.has(name.replace(/[\s_-]/g, '').toLowerCase()) && isOurs(name),
	);
}

/** Whom the key of an object names: `2`, `Item 2`, `k7q`, `Item 2, tag k7q`. */
function whom(key: string, tags: readonly string[]): { index?: number; tag?: string } {
	const [first = '', second] = key.slice(0, 40).split(/[,;(/]|\btag\b/i, 3);
	const index = indexIn(first);
	const tag = [first, second, key.slice(0, 40).split(/\btag\b/i)[1]]
		.map((part) => tagIn(part))
		.find((part) => part !== undefined && tags.includes(part));
	return { ...(index === undefined ? {} : { index }), ...(tag === undefined ? {} : { tag }) };
}

/** A whole number, also as `"2"`, `"Item 2"` or `"#2"`; undefined for anything else. */
function indexIn(value: unknown): number | undefined {
	if (typeof value === 'number') return Number.isInteger(value) ? value : undefined;
	if (typeof value !== 'string') return undefined;
	const digits = /^\s*(?:item|number|no\.?|nr\.?)?[\s#_-]{0,3}(\d{1,6})\s*[.:)]?\s*$/i.exec(
		value.slice(0, 40),
	)?.[1];
	return digits === undefined ? undefined : Number(digits);
}

/** As the prompt writes it, also with quotes, brackets or the word `tag` around it; undefined where there is none. */
function tagIn(value: unknown): string | undefined {
	if (typeof value !== 'string') return undefined;
	const word = /^[\s"'`([<#]*(?:tag[\s:#]*)?([a-z0-9]+)[\s"'`)\]>.:,]*$/i.exec(value.slice(0, 40))?.[1];
	return word === undefined ? undefined : word.toLowerCase();
}
