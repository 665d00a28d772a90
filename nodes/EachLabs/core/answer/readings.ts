import { isRecord } from '../json';
import type { AnswerSchema } from '../schema/AnswerSchema';
import { SchemaCheck, type Places, type Schema } from '../schema/SchemaCheck';
import { choiceIn, plainName } from './choices';
import { coerced } from './coerced';
import { jsonInText } from './jsonInText';
import { isAbsent, isOne, keyIn, secondsIn, spaced, surest } from './spellings';
import { isInexact, literalOf, shareLiterals } from './literals';

type JsonObject = Readonly<Record<string, unknown>>;

/** A value as it is meant, and why it is no answer all the same, where its fields have nothing to do with the schema's. */
export interface Reading {
	readonly value: unknown;
	readonly complaint?: string;
}

/**
 * What a model wrote, read as the schema wants it. The liberties, none of which makes data out of nothing:
 *
 * - choices whatever their case, quotes, end punctuation and blanks, where exactly one fits
 * - numbers and booleans for texts, digit by digit as they were written, and texts that are numbers or booleans; yes and no
 * - a list of one for a value, and a value for a list of one; a bare list for the only list of an object
 * - a date and time for a date; `MM:SS`, `HH:MM:SS,mmm` and `5.2s` for a field that is a time in seconds
 * - `""`, `N/A`, `unknown`, `-`, `none` and null for what may be left out and is no plain text: left out
 * - a wrapper around the one object or list, or a list of that object, or around its text; keys in another case, with blanks, in another Unicode form
 * - of several entries where one is wanted, the one with the highest confidence; of the same label twice, too
 *
 * What can't be told stays as it is, for the schema to refuse.
 *
 * @param mayWrapAll whether all of it may be put into a list or an object, or be taken out of a list
 */
export function readAs(schema: AnswerSchema, found: unknown, mayWrapAll = true): Reading {
	const { root, places } = schema.form;
	const reader = new Reader(places, mayWrapAll);
	const unwrapped = reader.unwrapped(found, root);
	const value = coerced(reader.read(unwrapped, root), root, places);
	const wanted = reader.propertiesOf(root);
	const hasNone =
		isRecord(value) &&
		isRecord(unwrapped) &&
		wanted.length > 0 &&
		!wanted.some((name) => reader.saw.has(name));
	return hasNone && Object.keys(value).every((name) => !wanted.includes(name))
		? {
				value,
				complaint: `the answer has none of the fields that are wanted: ${wanted.join(', ').slice(0, 120)}`,
			}
		: { value };
}

const WRAPPERS: ReadonlySet<string> = new Set([
	'output',
	'result',
	'results',
	'data',
	'answer',
	'response',
	'json',
	'json input',
	'properties',
	'arguments',
	'items',
	'elements',
	'entries',
	'list',
]);
const TIME_NAME =
	/^(?:start|end|begin|from|to|time|timestamp|seconds|offset|(?:start|end)(?: ?time| ?seconds)?)$/;
const MAX_DEPTH = 64;
const MAX_STEPS = 200_000;
const MAX_TEXT = 1_000;

class Reader {
	/** Fields of the answer itself that it has, whatever is in them. */
	readonly saw = new Set<string>();

	/** Steps left to all checks together, so that alternatives inside of alternatives end; what is not read by then stays as it is. */
	private stepsLeft = MAX_STEPS;

	constructor(
		private readonly places: Places,
		private readonly mayWrapAll: boolean,
	) {}

	propertiesOf(schema: Schema | boolean): string[] {
		return Object.keys(this.resolved(schema).properties ?? {});
	}

	/** Without wrappers around the one object or list that the schema wants. */
	unwrapped(found: unknown, schema: Schema | boolean, depth = 0): unknown {
		const names = this.propertiesOf(schema);
		if (!isRecord(found) || depth > 3) return found;
		const fields = Object.entries(found).filter(([key, part]) => key !== 'type' || part !== 'object');
		const [only] = fields;
		if (!only || fields.length > 1 || !WRAPPERS.has(plainName(only[0])) || names.includes(only[0]))
			return found;
		const inner = this.unwrapped(jsonOf(only[1]), schema, depth + 1);
		if (isRecord(inner)) {
			return Object.keys(inner).some((key) => keyIn(key, names) !== undefined) ? inner : found;
		}
		if (!Array.isArray(inner)) return found;
		if (this.typesOf(this.resolved(schema)).includes('array')) return inner;
		const [entry] = inner as unknown[];
		const isMeant =
			inner.length === 1 && isRecord(entry) && Object.keys(entry).some((key) => keyIn(key, names));
		return isMeant ? entry : found;
	}

	read(
		value: unknown,
		schema: Schema | boolean,
		depth = 0,
		at?: { holder: object; key: string | number },
	): unknown {
		const resolved = this.resolved(schema);
		if (depth > MAX_DEPTH || this.stepsLeft < 0) return value;
		const alternatives = resolved.anyOf ?? resolved.oneOf;
		if (alternatives) return this.readEither(value, resolved, alternatives, depth, at);
		const types = this.typesOf(resolved);
		if (Array.isArray(value)) return this.readList(value, resolved, types, depth);
		if (isRecord(value)) return this.readObject(value, resolved, types, depth);
		if (typeof value === 'number') {
			// It stays as it is written, for a text field to take or the schema to refuse.
			const literal = literalOf(value, at?.holder, at?.key ?? '');
			if (Number.isFinite(value) && isInexact(literal)) return literal;
		}
		if (this.fits(value, resolved)) return value;
		if (types.includes('array') && !types.includes('object') && depth > 0 && isOne(value)) {
			const entry = this.read(value, resolved.items ?? {}, depth + 1, at);
			if (this.fits([entry], resolved)) return [entry];
		}
		return this.readScalar(value, resolved, types, at);
	}

	private readEither(
		value: unknown,
		schema: Schema,
		alternatives: ReadonlyArray<Schema | boolean>,
		depth: number,
		at: { holder: object; key: string | number } | undefined,
	): unknown {
		if (this.fits(value, schema)) return value;
		const readings = alternatives
			.map((one) => this.read(value, one, depth + 1, at))
			.filter((reading) => this.fits(reading, schema));
		const isOneReading = new Set(readings.map((reading) => JSON.stringify(reading))).size === 1;
		return isOneReading ? readings[0] : value;
	}

	private readList(
		list: readonly unknown[],
		schema: Schema,
		types: readonly string[],
		depth: number,
	): unknown {
		const isListless =
			types.length > 0 ? !types.includes('array') : schema.enum?.some(Array.isArray) === false;
		if (isListless) {
			if (depth === 0 && !this.mayWrapAll) return list;
			const bare = this.bareList(list, schema, depth);
			if (bare) return bare;
			const alone = list.length === 1 && !Array.isArray(list[0]);
			const entry = alone ? this.read(list[0], schema, depth + 1, { holder: list, key: 0 }) : undefined;
			return alone && this.fits(entry, schema) ? entry : list;
		}
		const { items } = schema;
		if (items === undefined) return list;
		const entries = list.map((entry, key) => this.read(entry, items, depth + 1, { holder: list, key }));
		return shareLiterals(list, surest(entries, schema.maxItems));
	}

	/** `[…]` or its one entry for `{segments: […]}`. */
	private bareList(list: readonly unknown[], schema: Schema, depth: number): JsonObject | undefined {
		const properties = Object.entries(schema.properties ?? {});
		const [only] = properties;
		if (!only || properties.length > 1) return undefined;
		const [name, inner] = only;
		if (!this.typesOf(this.resolved(inner)).includes('array')) return undefined;
		// A list of one object that has the field stands for the object.
		if (list.length === 1 && isRecord(list[0]) && keyIn(Object.keys(list[0])[0] ?? '', [name]))
			return undefined;
		const whole = { [name]: this.read(list, inner, depth + 1) };
		if (!this.fits(whole, schema)) return undefined;
		if (depth === 0) this.saw.add(name);
		return whole;
	}

	private readObject(object: JsonObject, schema: Schema, types: readonly string[], depth: number): unknown {
		if (types.includes('array') && !types.includes('object')) {
			if (depth === 0 && !this.mayWrapAll) return object;
			const list = [this.read(object, schema.items ?? {}, depth + 1)];
			return this.fits(list, schema) && schema.items !== undefined ? list : object;
		}
		const { properties = {}, required = [] } = schema;
		const names = Object.keys(properties);
		if (names.length === 0) return object;
		const missing = names.filter((name) => !Object.hasOwn(object, name));
		const keys = Object.keys(object);
		const meant = new Map<string, string>();
		for (const key of keys.filter((one) => !names.includes(one))) {
			const name = keyIn(key, missing);
			const isOnly = keys.filter((other) => keyIn(other, missing) === name).length === 1;
			if (name !== undefined && isOnly) meant.set(key, name);
		}
		if (!keys.some((key) => names.includes(key) || meant.has(key))) {
			return (depth > 0 || this.mayWrapAll ? this.bareList([object], schema, depth) : undefined) ?? object;
		}
		const fields = Object.entries(object).flatMap(([key, part]): Array<[string, unknown]> => {
			const name = meant.get(key) ?? key;
			const inner = Object.hasOwn(properties, name) ? properties[name] : undefined;
			if (inner === undefined) return [[name, part]];
			if (depth === 0) this.saw.add(name);
			const value = this.read(part, inner, depth + 1, { holder: object, key });
			if (!isAbsent(value) || this.fits(value, inner) || this.isPlainText(inner)) return [[name, value]];
			if (this.fits(null, inner)) return [[name, null]];
			return required.includes(name) ? [[name, value]] : [];
		});
		return Object.fromEntries(fields);
	}

	private readScalar(
		value: unknown,
		schema: Schema,
		types: readonly string[],
		at: { holder: object; key: string | number } | undefined,
	): unknown {
		const readings: unknown[] = [];
		if (typeof value === 'string' && value.length <= MAX_TEXT) {
			const word = value.trim();
			readings.push(coerced(value, schema, this.places));
			const choices = schema.enum ?? (schema.const === undefined ? [] : [schema.const]);
			readings.push(
				choiceIn(
					value,
					choices.filter((choice) => typeof choice === 'string'),
				),
			);
			if (types.includes('boolean') && /^(?:yes|no)[.!]?$/i.test(word)) readings.push(/^yes/i.test(word));
			if (schema.format === 'date' && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(word))
				readings.push(word.slice(0, 10));
			const name = typeof at?.key === 'string' ? spaced(at.key) : '';
			if (types.some((type) => type === 'number' || type === 'integer') && TIME_NAME.test(name)) {
				readings.push(secondsIn(word));
			}
		}
		const isText =
			types.includes('string') || (schema.enum ?? [schema.const]).some((one) => typeof one === 'string');
		if (isText && typeof value === 'boolean') readings.push(String(value));
		if (isText && typeof value === 'number') {
			const literal = literalOf(value, at?.holder, at?.key ?? '');
			// Digits that were lost when the number was read can't be given back.
			if (!Number.isInteger(value) || Number.isSafeInteger(value) || literal !== String(value))
				readings.push(literal);
		}
		const fitting = readings.find((reading) => reading !== undefined && this.fits(reading, schema));
		return fitting === undefined ? value : fitting;
	}

	private isPlainText(schema: Schema | boolean): boolean {
		const resolved = this.resolved(schema);
		return (
			this.typesOf(resolved).includes('string') &&
			resolved.enum === undefined &&
			resolved.format === undefined
		);
	}

	private resolved(schema: Schema | boolean): Schema {
		let one = schema;
		for (let step = 0; step < 8 && typeof one === 'object' && one.$ref !== undefined; step += 1) {
			one = this.places.get(one.$ref) ?? true;
		}
		return typeof one === 'object' ? one : {};
	}

	private typesOf({ type, properties, items }: Schema): string[] {
		if (type !== undefined) return [type].flat();
		return properties ? ['object'] : items === undefined ? [] : ['array'];
	}

	private fits(value: unknown, schema: Schema | boolean): boolean {
		if (this.stepsLeft < 0) return false;
		const check = new SchemaCheck(this.places);
		const fits = check.fits(value, schema) && !check.isGivenUp;
		this.stepsLeft -= check.stepsTaken + 1;
		return fits;
	}
}

/** What a text holds that is JSON and nothing else, also in a fence; all else as it is. */
function jsonOf(value: unknown): unknown {
	if (typeof value !== 'string' || !/^\s*(?:```|[[{])/.test(value)) return value;
	const [found, ...others] = jsonInText(value);
	return found && !found.isCutOff && others.length === 0 ? found.value : value;
}
