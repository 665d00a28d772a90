import { dereference, validate, type Schema, type ValidationResult } from '@cfworker/json-schema';
import {
	checkedSchema,
	isJsonObject,
	jsonCopy,
	MAX_SCHEMA_DEPTH,
	subschemasOf,
	type JsonObject,
} from './checkedSchema';
import { patternLimit } from './patternLimit';
import { PredictionError } from '../PredictionError';
import { complaint, MAX_COMPLAINTS, schemaComplaints } from './complaints';

/** Schemas that a value may be held against, one after the other, before it counts as too much; a fifth of a second or so. */
const MAX_VISITS = 200_000;
/** The same, while all complaints are gathered and not only looked for. */
const MAX_GATHERING_VISITS = 50_000;
/** Entries of a list that can be compared each with each. */
const MAX_UNIQUE_ITEMS = 2_000;
const MAX_KEY_CHARACTERS = 1_000;
const MAX_VALUE_DEPTH = MAX_SCHEMA_DEPTH;

/**
 * A JSON Schema (draft 2020-12) that an answer must fit.
 *
 * It is one that the validator (@cfworker/json-schema) is known to check in full: keywords and formats that it would pass
 * over are refused. OpenAPI's `nullable` is understood. To check a value takes bounded time, whatever the value.
 */
export class AnswerSchema {
	/** As the user wrote it; to be put into the prompt. */
	readonly schema: Readonly<Record<string, unknown>>;
	private readonly checked: Schema;
	private readonly lookup: Record<string, Schema | boolean>;
	private visitsLeft = 0;

	private constructor(schema: JsonObject) {
		this.schema = deeplyFrozen(schema);
		this.checked = this.bounded(schema) as Schema;
		this.lookup = dereference(this.checked);
	}

	/**
	 * @param label what the user calls the schema, as it begins a sentence, e.g. "The 'Input Schema'"
	 * @throws {PredictionError} invalidInput: what is wrong with the schema, where, and what to do
	 */
	static fromJsonSchema(schema: unknown, label: string): AnswerSchema {
		return new AnswerSchema(checkedSchema(schema, label));
	}

	/**
	 * The schema of an example, as n8n's Information Extractor makes it: every field is required, a list's entries are like
	 * its first one, and null stands for anything.
	 *
	 * @param label what the user calls the example, as it begins a sentence
	 * @throws {PredictionError} invalidInput: what is wrong with the example, and what to do
	 */
	static fromExample(example: unknown, label: string): AnswerSchema {
		if (typeof example !== 'object' || example === null) {
			throw PredictionError.invalidInput(
				`${label} can't be used: it is no JSON object or list`,
				'Give an example of what you want, e.g. { "color": "red", "price": 12.5 }.',
			);
		}
		return new AnswerSchema(checkedSchema(schemaOf(jsonCopy(example, label)), label));
	}

	/**
	 * What does not fit: [] where everything does, else at most 20 complaints of at most 200 characters, each with the place
	 * in the value, what must be there and what is, in words that do for a model and for a person.
	 */
	complaints(value: unknown): string[] {
		const unfit = unfitForJson(value, '', 0);
		if (unfit !== undefined) return [unfit];
		const first = this.validated(value, true, MAX_VISITS);
		if (!first) return [complaint('', 'is too large, or too much nested, to be checked against the schema')];
		if (first.valid) return [];
		const { errors } = this.validated(value, false, MAX_GATHERING_VISITS) ?? first;
		const said = schemaComplaints(errors, this.checked, this.lookup, value);
		return (said.length > 0 ? said : [complaint('', 'does not fit the schema')]).slice(0, MAX_COMPLAINTS);
	}

	/**
	 * The value with numbers and booleans that came as text ("12.5", "true") made what they say, wherever the schema has no
	 * text; and without fields that need not be there, where they are null and may not be: so models write what they did not
	 * find. Everything else stays as it is; the value itself is not changed.
	 */
	coerced(value: unknown): unknown {
		this.visitsLeft = MAX_VISITS;
		return this.coercedBy([this.checked], value, 0) ?? value;
	}

	/** Undefined where it would take too long. */
	private validated(value: unknown, stopsAtFirst: boolean, maxVisits: number): ValidationResult | undefined {
		this.visitsLeft = maxVisits;
		try {
			return validate(value, this.checked, '2020-12', this.lookup, stopsAtFirst);
		} catch {
			// Out of visits; or out of the stack, where the errors are too many to be spread into a call.
			return undefined;
		}
	}

	/** What the schema says about values, and nothing else, in a form whose check takes bounded time. */
	private bounded(schema: unknown): unknown {
		if (!isJsonObject(schema)) return schema;
		const copy: JsonObject = {};
		for (const [keyword, part] of Object.entries(schema)) {
			if (ANNOTATIONS.has(keyword)) continue;
			const inner = subschemasOf(keyword, part);
			if (inner.length === 0) copy[keyword] = part;
			else if (Array.isArray(part)) copy[keyword] = part.map((one) => this.bounded(one));
			else if (inner[0]?.[0] === undefined) copy[keyword] = this.bounded(part);
			else copy[keyword] = mapped(part as JsonObject, (one) => this.bounded(one));
		}
		if (schema.nullable === true) {
			copy.type = [...new Set([schema.type, 'null'].flat())];
			if (Array.isArray(schema.enum)) copy.enum = [...(schema.enum as unknown[]), null];
			if ('const' in schema) copy.enum = [schema.const, null];
			delete copy.const;
		}
		const limits = limitsOf(copy);
		if (limits.length > 0) copy.allOf = [...((copy.allOf as unknown[] | undefined) ?? []), ...limits];
		return this.counted(copy);
	}

	/**
	 * The validator takes all keywords of a schema in hand whenever it holds a value against it, and has no limit of its own:
	 * so a field among them counts how often it does.
	 */
	private counted(schema: JsonObject): JsonObject {
		const { enum: values, const: only, required, properties } = schema;
		const weight = 1 + Math.ceil(JSON.stringify([values, only, required]).length / 64);
		const cost = weight + Math.ceil(Object.keys(isJsonObject(properties) ? properties : {}).length / 16);
		return Object.defineProperty(schema, '__absolute_recursive_ref__', {
			enumerable: false,
			get: () => {
				this.visitsLeft -= cost;
				if (this.visitsLeft < 0) throw new RangeError('Too many visits');
				return undefined;
			},
		});
	}

	/**
	 * @param schemas all of which the value must fit
	 * @returns undefined for null that may not be there
	 */
	private coercedBy(schemas: readonly Schema[], value: unknown, depth: number): unknown {
		const all = schemas.flatMap((schema) => this.inForce(schema, value));
		this.visitsLeft -= 1 + all.length;
		if (this.visitsLeft < 0 || depth > MAX_VALUE_DEPTH || all.length === 0) return value;
		if (value === null) return this.typesIn(all).has('null') ? null : undefined;
		if (typeof value === 'string') return scalarIn(value, this.typesIn(all));
		if (Array.isArray(value)) {
			const entries: unknown[] = value.map(
				(entry: unknown, index) =>
					this.coercedBy(
						all.flatMap(({ prefixItems = [], items }) => schemaOnly(prefixItems[index] ?? (items as Schema))),
						entry,
						depth + 1,
					) ?? entry,
			);
			return entries.some((entry, index) => entry !== value[index]) ? entries : value;
		}
		if (!isJsonObject(value)) return value;
		const fields = Object.entries(value).flatMap(([name, field]) => {
			const ofField = all.flatMap((schema) => schemasOfField(schema, name));
			const coerced = this.coercedBy(ofField, field, depth + 1);
			if (coerced === undefined && !all.some((schema) => isRequired(schema, name))) return [];
			return [[name, coerced ?? field] as const];
		});
		const isSame = Object.values(value).every((field, position) => field === fields[position]?.[1]);
		return isSame ? value : Object.fromEntries(fields);
	}

	/** The schema with all that it refers to, and with the one alternative that a value of this kind can be meant for. */
	private inForce(schema: Schema, value: unknown): Schema[] {
		const { $ref, allOf = [], anyOf, oneOf } = schema;
		const referred = $ref === undefined ? [] : schemaOnly(this.lookup[schema.__absolute_ref__ ?? '']);
		const kind = typeOf(value);
		const possible = (anyOf ?? oneOf ?? []).filter((one) => this.typesIn(schemaOnly(one)).has(kind));
		const meant = kind !== 'string' && possible.length === 1 ? possible : [];
		return [
			schema,
			...[...referred, ...allOf, ...meant].flatMap(schemaOnly).flatMap((one) => this.inForce(one, value)),
		];
	}

	/** The types that a value may have to fit all of these. */
	private typesIn(schemas: readonly Schema[]): Set<string> {
		let types = new Set(['string', 'number', 'boolean', 'array', 'object', 'null']);
		const narrow = (allowed: Iterable<string>): void => {
			types = new Set([...allowed].filter((type) => types.has(type)));
		};
		for (const schema of schemas) {
			const { type, anyOf, oneOf, allOf = [], $ref, enum: values, const: only } = schema;
			if (type !== undefined) narrow([type].flat().map((one) => (one === 'integer' ? 'number' : one)));
			if (values) narrow(values.map(typeOf));
			if (only !== undefined) narrow([typeOf(only)]);
			if ($ref !== undefined) narrow(this.typesIn(schemaOnly(this.lookup[schema.__absolute_ref__ ?? ''])));
			if (allOf.length > 0) narrow(this.typesIn(allOf.flatMap(schemaOnly)));
			for (const either of [anyOf, oneOf]) {
				if (either) narrow(either.flatMap((one) => [...this.typesIn(schemaOnly(one))]));
			}
		}
		return types;
	}
}

/** Keywords that say nothing about values; `nullable` is put into the types. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
	'$schema',
	'$comment',
	'title',
	'description',
	'default',
	'examples',
	'deprecated',
	'readOnly',
	'writeOnly',
	'nullable',
]);

/** Schemas that test patterns, and compare entries, only where that ends in time; taken out of the schema for it. */
function limitsOf(schema: JsonObject): JsonObject[] {
	const limits: JsonObject[] = [];
	const { pattern, uniqueItems } = schema;
	if (typeof pattern === 'string') {
		const limit = patternLimit(pattern);
		const maxLength = limit.isUsable ? limit.maxCharacters : 0;
		if (maxLength < 1_048_576) {
			delete schema.pattern;
			limits.push({ if: { maxLength }, then: { pattern }, else: { maxLength } });
		}
	}
	if (uniqueItems === true) {
		delete schema.uniqueItems;
		const maxItems = MAX_UNIQUE_ITEMS;
		limits.push({ if: { maxItems }, then: { uniqueItems }, else: { maxItems } });
	}
	return limits;
}

/** Why a value is none that JSON could hold or that can be checked; undefined where it is. */
function unfitForJson(value: unknown, path: string, depth: number): string | undefined {
	if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
	if (typeof value === 'number') {
		return Number.isFinite(value) ? undefined : complaint(path, 'is a number that is too large');
	}
	if (typeof value !== 'object') return complaint(path, 'is missing');
	if (depth >= MAX_VALUE_DEPTH) return complaint('', `is nested deeper than ${MAX_VALUE_DEPTH} levels`);
	if (Array.isArray(value)) {
		for (const [index, entry] of value.entries()) {
			const unfit = unfitForJson(entry, `${path}[${index}]`, depth + 1);
			if (unfit !== undefined) return unfit;
		}
		return undefined;
	}
	for (const [key, part] of Object.entries(value)) {
		if (key.length > MAX_KEY_CHARACTERS || !key.isWellFormed()) {
			return complaint(
				path,
				`has a field whose name is not text, or longer than ${MAX_KEY_CHARACTERS} characters`,
			);
		}
		const unfit = unfitForJson(part, path === '' ? key : `${path}.${key}`, depth + 1);
		if (unfit !== undefined) return unfit;
	}
	return undefined;
}

function schemaOf(example: unknown): JsonObject {
	if (example === null) return {};
	if (Array.isArray(example)) {
		return example.length === 0 ? { type: 'array' } : { type: 'array', items: schemaOf(example[0]) };
	}
	if (!isJsonObject(example)) return { type: typeof example };
	return { type: 'object', properties: mapped(example, schemaOf), required: Object.keys(example) };
}

/** The number or boolean that a text says, where texts are not among the types and that is. */
function scalarIn(text: string, types: ReadonlySet<string>): unknown {
	if (types.has('string')) return text;
	const word = text.trim();
	if (types.has('boolean') && /^(?:true|false)$/i.test(word)) return word.toLowerCase() === 'true';
	if (types.has('number') && /^-?(?:0|[1-9]\d{0,40})(?:\.\d{1,40})?(?:[eE][+-]?\d{1,3})?$/.test(word)) {
		const number = Number(word);
		// A number of too many digits would become another one.
		if (Number.isFinite(number) && (Number.isSafeInteger(number) || !Number.isInteger(number))) return number;
	}
	return text;
}

function schemasOfField(schema: Schema, name: string): Schema[] {
	const { properties = {}, patternProperties = {}, additionalProperties } = schema;
	const own = Object.hasOwn(properties, name) ? [properties[name]] : [];
	const byPattern = Object.entries(patternProperties)
		.filter(([pattern]) => new RegExp(pattern, 'u').test(name.slice(0, MAX_KEY_CHARACTERS)))
		.map(([, one]) => one);
	const named = [...own, ...byPattern];
	return (named.length > 0 ? named : [additionalProperties]).flatMap(schemaOnly);
}

const requiredNames = new WeakMap<Schema, ReadonlySet<string>>();

/** In constant time, since a list of required names may be long. */
function isRequired(schema: Schema, name: string): boolean {
	const names = requiredNames.get(schema) ?? new Set(schema.required);
	requiredNames.set(schema, names);
	return names.has(name);
}

function schemaOnly(schema: Schema | boolean | undefined): Schema[] {
	return isJsonObject(schema) ? [schema] : [];
}

function typeOf(value: unknown): string {
	return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

/** Defines its fields, so that no key of them can reach a prototype. */
function mapped(object: JsonObject, change: (field: unknown, name: string) => unknown): JsonObject {
	return Object.fromEntries(Object.entries(object).map(([name, field]) => [name, change(field, name)]));
}

function deeplyFrozen(value: JsonObject): JsonObject {
	for (const part of Object.values(value)) {
		if (typeof part === 'object' && part !== null) deeplyFrozen(part as JsonObject);
	}
	return Object.freeze(value);
}
