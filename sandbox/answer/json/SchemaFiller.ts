import { chooseOption } from './chooseOption';
import {
	isJsonObject,
	isJsonSchema,
	type JsonSchema,
	type JsonSchemaObject,
	type JsonValue,
} from './JsonValue';
import { knownFact, type Fact } from './knownFact';
import { numberCandidates } from './numberCandidates';
import { behind, entryOf, propertyOf, topPlace, type Place } from './Place';
import { SchemaDocument } from './SchemaDocument';
import { shareOf } from './shareOf';
import type { Subject } from './Subject';
import { textCandidates } from './textCandidates';
import { UnusablePromptError } from './UnusablePromptError';

/** Values and characters that one answer may have; a schema that demands more is refused rather than filled for minutes. */
const most = { values: 20_000, characters: 40_000, depth: 200 };
/** Draws for an answer that fits, and for an entry that differs from those before it. */
const attempts = { answer: 5, entry: 20 };
/** An array without a length of its own gets one to three entries. */
const usualEntries = 3;

const notFillable = (reason: string): UnusablePromptError => UnusablePromptError.notFillable(reason);

/**
 * Makes data that fits a JSON Schema and tells of the media: what a property's name asks for and the media have; else an
 * option that names what they are, or a value that looks drawn. The same subject gives the same data.
 *
 * Optional properties are filled as well, except those that the media have no such thing for: a sound has no width.
 */
export class SchemaFiller {
	private readonly document: SchemaDocument;
	private valuesLeft = most.values;

	constructor(readonly schema: JsonSchema) {
		this.document = new SchemaDocument(schema);
	}

	/**
	 * @throws UnusablePromptError When no data can be made up, as for a `pattern` of more than digits or letters.
	 */
	fill(subject: Subject): JsonValue {
		for (let attempt = 1; ; attempt += 1) {
			this.valuesLeft = most.values;
			const seed = attempt === 1 ? subject.seed : `${subject.seed} ${attempt}`;
			const answer = this.value(this.schema, { ...subject, seed }, topPlace);
			const complaint = this.document.complaintAbout(answer);
			if (complaint === null) return answer;
			if (attempt === attempts.answer) throw notFillable(complaint);
		}
	}

	/** Whether a value fits the schema. */
	fits(value: JsonValue): boolean {
		return this.document.fits(value);
	}

	/** JSON that does not fit the schema, unless everything does. */
	misfit(): JsonValue {
		const shapes: JsonValue[] = [['sandbox'], { sandbox: 'an answer of another shape' }, 'sandbox', null];
		const misfits = shapes.filter((shape) => !this.fits(shape));
		return misfits.length > 0 ? (misfits[0] as JsonValue) : 'sandbox';
	}

	/** Data that fits, but with null for every property that the schema names and does not require. */
	withNulls(value: JsonValue, given: JsonSchema = this.schema): JsonValue {
		const { schema } = this.document.resolve(given);
		if (Array.isArray(value)) {
			return value.map((entry) => this.withNulls(entry, isJsonSchema(schema.items) ? schema.items : true));
		}
		if (!isJsonObject(value)) return value;
		const properties = isJsonObject(schema.properties) ? schema.properties : {};
		const required = new Set([schema.required].flat());
		const names = [...new Set([...Object.keys(properties), ...Object.keys(value)])];
		return Object.fromEntries(
			names.map((name) => {
				const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
				if (own !== undefined && !required.has(name)) return [name, null];
				return [name, this.withNulls(value[name] ?? null, isJsonSchema(own) ? own : true)];
			}),
		);
	}

	private value(given: JsonSchema, subject: Subject, givenPlace: Place): JsonValue {
		this.valuesLeft -= 1;
		if (this.valuesLeft < 0) throw notFillable(`it asks for more than ${most.values} values`);
		if (givenPlace.depth > most.depth) throw notFillable(`it asks for more than ${most.depth} levels`);
		const { schema, references } = this.document.resolve(given);
		const place = behind(givenPlace, references);
		const fact = knownFact(place.name, subject, place.position);

		if ('const' in schema) return schema.const as JsonValue;
		if (Array.isArray(schema.enum)) return this.option(schema, subject, place, fact);
		if (Array.isArray(schema.anyOf) || Array.isArray(schema.oneOf))
			return this.branch(schema, subject, place);

		const types = typesOf(schema);
		if (types.includes('null') && (fact === null || place.isLean)) return null;
		const type = types.find((name) => name !== 'null');
		const share = shareOf(subject.seed, place.path);
		switch (type) {
			case 'object':
				return this.object(schema, subject, place);
			case 'array':
				return this.array(schema, subject, place, fact);
			case 'integer':
			case 'number':
				return this.firstFitting(
					numberCandidates(schema, type === 'integer', fact?.number, share),
					schema,
					place,
				);
			case 'boolean':
				return fact?.flag ?? share < 0.5;
			case 'string':
				if (Number(schema.minLength) > most.characters) throw notFillable('it asks for too long a text');
				return this.firstFitting(textCandidates(schema, subject, place, fact), schema, place);
			default:
				return null;
		}
	}

	private option(
		schema: JsonSchemaObject,
		subject: Subject,
		place: Place,
		fact: Fact | null | undefined,
	): JsonValue {
		const { enum: options, ...rest } = schema;
		const fitting = (options as JsonValue[]).filter((option) => this.document.fits(option, rest));
		const [first, ...others] = fitting.filter((option) => option !== null);
		if (first === undefined) {
			if (fitting.length > 0) return null;
			throw notFillable(`none of the values of ${inWords(place)} fits it`);
		}
		if (fact === null && fitting.includes(null)) return null;
		if (fact?.number !== undefined && fitting.includes(fact.number)) return fact.number;
		return chooseOption([first, ...others], subject, place.path);
	}

	/** By the first branch that gives something valid; where only what is required is filled, by the simplest. */
	private branch(schema: JsonSchemaObject, subject: Subject, place: Place): JsonValue {
		const { anyOf, oneOf, ...own } = schema;
		const branches = (Array.isArray(anyOf) ? anyOf : (oneOf as unknown[])).filter(isJsonSchema);
		const rest = Array.isArray(anyOf) && oneOf !== undefined ? { ...own, oneOf } : own;
		if (place.isLean) branches.sort((one, other) => weightOf(one) - weightOf(other));
		let failure = notFillable(`${inWords(place)} has no branch that can be filled`);
		for (const branch of branches) {
			try {
				const deeper = { ...place, depth: place.depth + 1 };
				const value = this.value({ allOf: [rest, branch] }, subject, deeper);
				if (this.document.fits(value, schema)) return value;
			} catch (error) {
				if (!(error instanceof UnusablePromptError) || this.valuesLeft < 0) throw error;
				failure = error;
			}
		}
		throw failure;
	}

	private object(schema: JsonSchemaObject, subject: Subject, place: Place): JsonValue {
		const properties = isJsonObject(schema.properties) ? schema.properties : {};
		const additional = isJsonSchema(schema.additionalProperties) ? schema.additionalProperties : true;
		const minProperties = numberOr(schema.minProperties, 0);
		const maxProperties = numberOr(schema.maxProperties, Infinity);

		const names = new Set(Array.isArray(schema.required) ? schema.required.map(String) : []);
		for (const name of Object.keys(properties)) {
			const { position } = propertyOf(place, name);
			const isThere = !place.isLean && knownFact(name, subject, position) !== null;
			if (properties[name] === false || names.size >= maxProperties) continue;
			if (isThere || names.size < minProperties) names.add(name);
		}
		// A map shows what an entry of it looks like.
		const isMap = Object.keys(properties).length === 0 && isJsonObject(schema.additionalProperties);
		const least = Math.max(minProperties, isMap && !place.isLean ? Math.min(1, maxProperties) : 0);
		if (names.size < least && additional === false) {
			throw notFillable(`${inWords(place)} must have more properties than it may have`);
		}
		for (let count = 1; names.size < Math.min(least, most.values); count += 1) names.add(`sandbox${count}`);

		// In the schema's order, as models answer.
		const declared = Object.keys(properties).filter((name) => names.has(name));
		return Object.fromEntries(
			[...new Set([...declared, ...names])].map((name) => {
				const own = Object.hasOwn(properties, name) ? properties[name] : additional;
				return [name, this.value(isJsonSchema(own) ? own : true, subject, propertyOf(place, name))];
			}),
		);
	}

	private array(
		schema: JsonSchemaObject,
		subject: Subject,
		place: Place,
		fact: Fact | null | undefined,
	): JsonValue {
		const tuple: unknown = Array.isArray(schema.items) ? schema.items : schema.prefixItems;
		const leading = Array.isArray(tuple) ? tuple.filter(isJsonSchema) : [];
		const further = Array.isArray(schema.items) ? schema.additionalItems : schema.items;
		const others = [further, schema.contains].find(isJsonSchema) ?? true;

		const minItems = numberOr(schema.minItems, schema.contains === undefined ? 0 : 1);
		const maxItems = further === false ? leading.length : numberOr(schema.maxItems, Infinity);
		const drawn = 1 + Math.floor(shareOf(subject.seed, `${place.path} count`) * usualEntries);
		const open = place.isLean ? 0 : fact ? (fact.count ?? 1) : drawn;
		const count = Math.min(Math.max(leading.length > 0 ? leading.length : open, minItems), maxItems);

		const entries: JsonValue[] = [];
		const seen = schema.uniqueItems === true ? new Set<string>() : null;
		for (let index = 0; index < count; index += 1) {
			const entry = this.entry(leading[index] ?? others, subject, place, index, count, seen);
			if (entry !== undefined) entries.push(entry);
			else if (index >= minItems) break;
			else throw notFillable(`${inWords(place)} must have more different entries than can be made up`);
		}
		return entries;
	}

	/** An entry that has not been seen, or undefined when several draws give none. */
	private entry(
		schema: JsonSchema,
		subject: Subject,
		place: Place,
		index: number,
		count: number,
		seen: Set<string> | null,
	): JsonValue | undefined {
		for (let attempt = 0; attempt < attempts.entry; attempt += 1) {
			const entry = this.value(schema, subject, entryOf(place, index, count, attempt));
			const text = JSON.stringify(entry);
			if (seen?.has(text) === true) continue;
			seen?.add(text);
			return entry;
		}
		return undefined;
	}

	private firstFitting(candidates: readonly JsonValue[], schema: JsonSchemaObject, place: Place): JsonValue {
		const found = candidates.find((candidate) => this.document.fits(candidate, schema));
		if (found !== undefined) return found;
		const what = schema.pattern === undefined ? 'no value' : 'no text for the pattern';
		throw notFillable(`${what} of ${inWords(place)} could be found`);
	}
}

function inWords({ path }: Place): string {
	return path === '' ? 'the answer' : path;
}

/** The types that a value may have, by its `type` or else by the keywords that only one type has. */
function typesOf(schema: JsonSchemaObject): readonly unknown[] {
	if (schema.type !== undefined) return [schema.type].flat();
	for (const [type, ...keywords] of typeKeywords) {
		if (keywords.some((keyword) => keyword in schema)) return [type];
	}
	return ['string'];
}

const typeKeywords = [
	['object', 'properties', 'required', 'additionalProperties', 'minProperties', 'patternProperties'],
	['array', 'items', 'prefixItems', 'contains', 'minItems', 'uniqueItems'],
	['number', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
] as const;

/** How much a branch asks for: what ends a recursion comes first. */
function weightOf(branch: JsonSchema): number {
	if (!isJsonObject(branch) || branch.type === 'null') return 0;
	return '$ref' in branch || 'properties' in branch || 'items' in branch ? 2 : 1;
}

function numberOr(value: unknown, otherwise: number): number {
	return typeof value === 'number' ? value : otherwise;
}
