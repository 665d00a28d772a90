import { complaintsOf, pathInWords, shortened } from './complaints';
import type { Faults } from './Faults';
import type { JsonObject } from './jsonCopy';
import { patternOf } from './pattern';
import {
	ANNOTATIONS,
	CORRECTIONS,
	INSTEAD,
	META_PLACES,
	META_SCHEMA,
	SILENT_FORMATS,
	TYPES,
} from './metaSchema';
import { SchemaCheck, type Finding, type Places, type Schema } from './SchemaCheck';
import { isRecord } from '../json';

const MAX_PATTERNS = 50;
/** Schemas that one value may have to be held against at once, through `allOf`, `anyOf`, `$ref` and the like. */
const MAX_SCHEMAS_AT_ONCE = 1_000;
const MAX_FINDINGS = 100;

export interface AcceptedSchema {
	/** As the user wrote it, without a wrapper. */
	readonly written: JsonObject;
	/** The form that values are held against. */
	readonly root: Schema;
	readonly places: Places;
}

/**
 * A schema in the words that models' structured output knows. Words of other dialects that say nothing about values are
 * passed over, types in capitals and the bounds of draft 4 are understood, and wrappers of requests are taken off.
 *
 * @param schema its parts are its own
 * @param faults what was found wrong before
 * @throws {PredictionError} invalidInput: everything that is wrong
 */
export function acceptedSchema(schema: unknown, faults: Faults): AcceptedSchema {
	const written = unwrapped(schema);
	if (!isRecord(written)) {
		faults.add(
			written === undefined ? 'it is empty' : `it is ${kindOf(written)}, not a JSON object`,
			'Give a JSON Schema, e.g. { "type": "object", "properties": { "color": { "type": "string" } } }.',
		);
		throw faults.refusal();
	}
	const form = new CheckedForm();
	const root = form.of(written, '#') as Schema;
	if (looksLikeExample(root)) {
		faults.add(
			'it is an example of the data, not a schema of it',
			"Choose 'Generate From JSON Example' as 'Schema Type', and put it there; or write each field as a schema below 'properties'.",
		);
		throw faults.refusal();
	}
	const words = Object.keys(written);
	if (words.length > 0 && words.every((word) => SILENT_KEYWORDS.has(word))) {
		faults.add(
			`it says nothing about the answer: it has ${words.slice(0, 5).join(', ')} and no more`,
			'Add \'type\' and \'properties\', e.g. { "type": "object", "properties": { "color": { "type": "string" } } }. If it is an example of the data, choose \'Generate From JSON Example\' as \'Schema Type\', and put it there.',
		);
		throw faults.refusal();
	}
	const findings = new SchemaCheck(META_PLACES).findings(root, META_SCHEMA, MAX_FINDINGS);
	for (const finding of findings) addFinding(finding, faults);
	checkPatterns(form.places, faults);
	checkReferences(form.places, faults);
	if (!faults.isEmpty) throw faults.refusal();
	return { written, root, places: form.places };
}

/** Whether JSON is meant as a schema, where an example of the data is wanted. */
export function looksLikeSchema(value: unknown): boolean {
	const inner = unwrapped(value);
	if (!isRecord(inner)) return false;
	const { $schema, type, properties, items } = inner;
	const isSchema = (part: unknown): boolean =>
		isRecord(part) && ['type', '$ref', 'anyOf', 'enum', 'properties'].some((keyword) => keyword in part);
	if (typeof $schema === 'string' && $schema.includes('json-schema.org')) return true;
	if (isRecord(properties)) {
		const fields = Object.values(properties);
		return fields.length > 0 ? fields.every(isSchema) : type === 'object';
	}
	return type === 'array' && isSchema(items);
}

/** Whether JSON is meant as data: nothing in it says anything as a schema, and something is no schema of a field either. */
function looksLikeExample(root: Schema): boolean {
	const says = ([keyword, part]: [string, unknown]): boolean => {
		if (keyword === 'type') return [part].flat().some((type) => TYPES.includes(String(type)));
		if (keyword === 'items') return typeof part === 'boolean' || isRecord(part);
		if (keyword === 'enum' || LIST_KEYWORDS.includes(keyword)) return Array.isArray(part);
		if (MAP_KEYWORDS.includes(keyword)) return isRecord(part);
		return keyword === '$ref' || (Object.hasOwn(INSTEAD, keyword) && typeof part === 'object');
	};
	const isUnknown = (keyword: string): boolean => !Object.hasOwn(META_SCHEMA.properties ?? {}, keyword);
	const parts = Object.entries(root);
	return !parts.some(says) && parts.some(([keyword, part]) => isUnknown(keyword) && !isRecord(part));
}

/** OpenAI's `{ name, strict, schema }` and `{ type: 'json_schema', json_schema }`, and the fields of requests around them. */
function unwrapped(value: unknown): unknown {
	if (!isRecord(value)) return value;
	const isWrapper = Object.keys(value).every((key) => WRAPPER_KEYS.has(key));
	const inner = ['response_format', 'text', 'format', 'json_schema', 'schema']
		.map((key) => value[key])
		.find(isRecord);
	return isWrapper && inner && !TYPES.includes(String(value.type)) ? unwrapped(inner) : value;
}

const WRAPPER_KEYS: ReadonlySet<string> = new Set([
	...['response_format', 'text', 'format', 'json_schema', 'schema'],
	...['type', 'name', 'description', 'strict'],
]);

/** Makes the form of a schema against which values are held, and lists the schemas in it by their places. */
class CheckedForm {
	readonly places = new Map<string, Schema | boolean>();

	of(written: unknown, place: string): unknown {
		if (!isRecord(written)) {
			if (typeof written === 'boolean') this.places.set(place, written);
			return written;
		}
		const parts = Object.entries(written).flatMap(([keyword, part]) =>
			ANNOTATIONS.has(keyword) ||
			keyword.startsWith('x-') ||
			(keyword === 'format' && SILENT_FORMATS.has(part))
				? []
				: [[keyword, this.part(keyword, part, `${place}/${escaped(keyword)}`)] as const],
		);
		const form: JsonObject = withDraft4Bounds(Object.fromEntries(parts));
		this.places.set(place, form);
		if (typeof form.$anchor === 'string') this.places.set(`#${form.$anchor}`, form);
		return form;
	}

	private part(keyword: string, part: unknown, place: string): unknown {
		if (keyword === '$ref') return typeof part === 'string' ? referenceOf(part) : part;
		if (keyword === 'type') return Array.isArray(part) ? part.map(typeName) : typeName(part);
		if (keyword === 'items' || keyword === 'additionalProperties') return this.of(part, place);
		if (LIST_KEYWORDS.includes(keyword) && Array.isArray(part)) {
			return part.map((one, index) => this.of(one, `${place}/${index}`));
		}
		if (MAP_KEYWORDS.includes(keyword) && isRecord(part)) {
			const fields = Object.entries(part);
			return Object.fromEntries(
				fields.map(([name, one]) => [name, this.of(one, `${place}/${escaped(name)}`)]),
			);
		}
		return part;
	}
}

/** Words that only name or illustrate a schema, or say nothing about a value unless something refers to them. */
const SILENT_KEYWORDS: ReadonlySet<string> = new Set([
	...['$schema', '$id', 'id', '$comment', 'title', 'description', 'default', 'example', 'examples'],
	...['$defs', 'definitions', '$anchor'],
]);
const LIST_KEYWORDS: readonly string[] = ['allOf', 'anyOf', 'oneOf'];
const MAP_KEYWORDS: readonly string[] = ['properties', '$defs', 'definitions'];

function typeName(type: unknown): unknown {
	const name = typeof type === 'string' ? type.toLowerCase() : type;
	return typeof name === 'string' && TYPES.includes(name) ? name : type;
}

function withDraft4Bounds(form: JsonObject): JsonObject {
	for (const [keyword, bound] of [
		['exclusiveMinimum', 'minimum'],
		['exclusiveMaximum', 'maximum'],
	] as const) {
		if (typeof form[keyword] !== 'boolean') continue;
		if (form[keyword] && bound in form) {
			form[keyword] = form[bound];
			delete form[bound];
		} else {
			delete form[keyword];
		}
	}
	return form;
}

/** A reference as the places are written; one that is not well-formed leads nowhere. */
function referenceOf(reference: string): string {
	try {
		return decodeURIComponent(reference);
	} catch {
		return reference;
	}
}

function addFinding(finding: Finding, faults: Faults): void {
	const { path, keyword, schema: expected, value } = finding;
	const name = String(path.at(-1) ?? '');
	if (keyword === 'false') {
		const isField = isRecord(value) && ('type' in value || '$ref' in value);
		const instead = Object.hasOwn(INSTEAD, name) ? INSTEAD[name] : undefined;
		const place = path.length === 1 ? 'the top' : pathInWords(path.slice(0, -1), '');
		faults.add(
			`the keyword '${shortened(name, 60)}' at ${place} is not one that answers can be checked against`,
			instead
				? `In place of '${name}', ${instead}.`
				: isField
					? `If '${shortened(name, 60)}' is a field, put it below 'properties'.`
					: `Check the spelling of '${shortened(name, 60)}', or remove it.`,
		);
		return;
	}
	const isSchema = expected === META_SCHEMA;
	const correction = path.map((key) => CORRECTIONS[key]).findLast((one) => one !== undefined);
	for (const words of complaintsOf([finding], META_PLACES, 'it')) {
		faults.add(words, (isSchema ? undefined : correction) ?? 'Correct it there.');
	}
}

function checkPatterns(places: Places, faults: Faults): void {
	const patterns = [...places].flatMap(([place, one]) =>
		typeof one === 'object' && typeof one.pattern === 'string' ? [{ place, pattern: one.pattern }] : [],
	);
	if (patterns.length > MAX_PATTERNS) {
		faults.add(
			`it has ${patterns.length} patterns, and at most ${MAX_PATTERNS} are possible`,
			'Remove some of them.',
		);
		return;
	}
	for (const { place, pattern } of patterns) {
		const { objection } = patternOf(pattern);
		if (objection === undefined) continue;
		faults.add(
			`the pattern ${shortened(pattern, 60)} at ${placeInWords(place)} is not usable: ${objection}`,
			"Patterns are those of RE2. Write it without that, or use 'enum', 'format' or 'maxLength' instead.",
		);
	}
}

/** That every `$ref` leads to a schema, that none leads back to itself before the value gets smaller, and that they don't multiply. */
function checkReferences(places: Places, faults: Faults): void {
	const counts = new Map<Schema | boolean, number>();
	/** How many schemas are held against a value along with this one. */
	const countFrom = (one: Schema | boolean, place: string): number => {
		if (typeof one === 'boolean') return 1;
		const known = counts.get(one);
		if (known === 0) {
			faults.add(
				"a '$ref' leads back to itself without end",
				"Let it refer to another schema, or put it below 'properties' or 'items'.",
			);
		}
		if (known !== undefined) return known;
		counts.set(one, 0);
		const inside: Array<Schema | boolean> = [one.allOf, one.anyOf, one.oneOf].flatMap((list) =>
			Array.isArray(list) ? list : [],
		);
		if (typeof one.$ref === 'string') {
			const target = places.get(one.$ref);
			if (target === undefined) {
				faults.add(
					`the $ref ${shortened(one.$ref, 60)} at ${placeInWords(place)} leads nowhere`,
					'A \'$ref\' names a schema in the same document, e.g. "#/$defs/price". Other documents are never fetched.',
				);
			} else inside.push(target);
		}
		const total = inside.reduce((sum, next: Schema | boolean) => sum + countFrom(next, place), 1);
		counts.set(one, total);
		if (total > MAX_SCHEMAS_AT_ONCE) {
			faults.add(
				`it holds one value against more than ${MAX_SCHEMAS_AT_ONCE} schemas at once`,
				"Use fewer 'allOf', 'anyOf', 'oneOf' and '$ref' inside each other.",
			);
		}
		return total;
	};
	for (const [place, one] of places) countFrom(one, place);
}

function placeInWords(place: string): string {
	const path = place
		.split('/')
		.slice(1)
		.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
	return pathInWords(path, 'the top');
}

function escaped(key: string): string {
	return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function kindOf(value: unknown): string {
	if (Array.isArray(value)) return 'a list';
	if (value === null) return 'null';
	return typeof value === 'string' ? 'a text' : `a ${typeof value}`;
}
