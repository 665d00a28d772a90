import { format as formats, ucs2length, type Schema } from '@cfworker/json-schema';
import { MAX_DEPTH } from './jsonCopy';
import { patternOf } from './pattern';
import { isRecord } from '../json';

export type { Schema };

/** The schemas of a document by the place that a `$ref` names, e.g. `#/$defs/price`. */
export type Places = ReadonlyMap<string, Schema | boolean>;

/** A part of a value that does not fit. */
export interface Finding {
	/** Fields and positions that lead to it. */
	readonly path: ReadonlyArray<string | number>;
	/**
	 * The keyword that fails. Three values are ours: `false` (the field is not allowed), `number` (the number is not finite),
	 * `depth` (the value is nested too deep).
	 */
	readonly keyword: string;
	/** Where the keyword stands; for `required`, the schema of what is missing. */
	readonly schema: Schema;
	/** What is there; undefined where something is missing. */
	readonly value: unknown;
	/** For `oneOf`: whether more than one alternative fits. */
	readonly hasSeveral?: boolean;
}

/** A check visits at most this many schemas, one a step, in about 0.2 s. Then it gives up. */
const MAX_STEPS = 200_000;
/** Instructions of a pattern that take as long as a step. */
const INSTRUCTIONS_PER_STEP = 50;

/**
 * Holds one value against schemas. It is no library's validator: the model writes the value, and a bad value could keep such a
 * validator busy for ever.
 */
export class SchemaCheck {
	private stepsLeft = MAX_STEPS;
	private readonly path: Array<string | number> = [];
	private readonly known = new Map<Schema | boolean, Map<unknown, boolean>>();

	constructor(private readonly places: Places) {}

	/** Whether the check was given up, since it would have taken too long. */
	get isGivenUp(): boolean {
		return this.stepsLeft < 0;
	}

	get stepsTaken(): number {
		return MAX_STEPS - this.stepsLeft;
	}

	/** The first findings, at most `limit`: none where everything fits, or where the check was given up. */
	findings(value: unknown, schema: Schema | boolean, limit: number): Finding[] {
		const found: Finding[] = [];
		this.look(value, schema, found, limit);
		return found.slice(0, limit);
	}

	/** Keeps its result by schema and object, so that alternatives inside of alternatives don't multiply. */
	fits(value: unknown, schema: Schema | boolean): boolean {
		const known = this.known.get(schema)?.get(value);
		if (known !== undefined) return known;
		const fits = this.findings(value, schema, 1).length === 0;
		if (typeof value === 'object') {
			this.known.set(schema, (this.known.get(schema) ?? new Map<unknown, boolean>()).set(value, fits));
		}
		return fits;
	}

	private look(value: unknown, schema: Schema | boolean, found: Finding[], limit: number): void {
		if (schema === true || found.length >= limit || this.isGivenUp) return;
		const find = (keyword: string, more?: Partial<Finding>): void => {
			if (this.isGivenUp) return;
			found.push({ keyword, schema: schema === false ? {} : schema, value, path: [...this.path], ...more });
		};
		if (schema === false) return find('false');
		const isPlain = typeof value !== 'object' || value === null;
		// A comparison with a plain value costs about 1/32 of a step.
		this.stepsLeft -=
			1 + (schema.enum?.length ?? 0) / (isPlain ? 32 : 1) + (schema.required?.length ?? 0) / 32;
		if (value === null && schema.nullable === true) return;
		if (value === undefined) return find('required');
		if (typeof value === 'number' && !Number.isFinite(value)) return find('number');
		if (this.path.length >= MAX_DEPTH && !isPlain) return find('depth', { path: [] });
		for (const [keyword, expected] of Object.entries(schema)) {
			if (KEYWORD_TESTS[keyword]?.(value, expected as never) === false) find(keyword);
		}
		if (typeof value === 'string' && schema.pattern !== undefined) {
			const { size, maxCharacters, isIn } = patternOf(schema.pattern);
			if (value.length > maxCharacters) return find('maxLength', { schema: { maxLength: maxCharacters } });
			this.stepsLeft -= (value.length * size) / INSTRUCTIONS_PER_STEP;
			if (!isIn(value)) find('pattern');
		}
		const lookAtPart = (key: string | number, part: unknown, ofPart: Schema | boolean): void => {
			this.path.push(key);
			this.look(part, ofPart, found, limit);
			this.path.pop();
		};
		if (Array.isArray(value)) {
			const { items = {} } = schema as { items?: Schema | boolean };
			for (let index = 0; index < value.length && found.length < limit && !this.isGivenUp; index += 1) {
				lookAtPart(index, value[index], items);
			}
		} else if (isRecord(value)) {
			const { properties = {}, additionalProperties = {}, required = [] } = schema;
			const own = (name: string): Schema | boolean | undefined =>
				Object.hasOwn(properties, name) ? properties[name] : undefined;
			for (const name of required) {
				if (Object.hasOwn(value, name) || found.length >= limit) continue;
				const missing = own(name);
				find('required', {
					path: [...this.path, name],
					schema: typeof missing === 'object' ? missing : {},
					value: undefined,
				});
			}
			for (const [name, field] of Object.entries(value)) {
				if (found.length >= limit || this.isGivenUp) return;
				lookAtPart(name, field, own(name) ?? additionalProperties);
			}
		}
		const { $ref, allOf = [] } = schema;
		const referred = $ref === undefined ? [] : [this.places.get($ref) ?? true];
		for (const one of [...referred, ...allOf]) this.look(value, one, found, limit);
		for (const keyword of ['anyOf', 'oneOf'] as const) {
			if (schema[keyword]) this.lookAtAlternatives(value, schema, keyword, found, limit);
		}
	}

	private lookAtAlternatives(
		value: unknown,
		schema: Schema,
		keyword: 'anyOf' | 'oneOf',
		found: Finding[],
		limit: number,
	): void {
		const alternatives = schema[keyword] ?? [];
		const fitting = alternatives.filter((one) => this.fits(value, one)).length;
		if (this.isGivenUp || (keyword === 'anyOf' ? fitting > 0 : fitting === 1)) return;
		found.push({ keyword, schema, value, path: [...this.path], hasSeveral: fitting > 0 });
		if (fitting > 0 || found.length >= limit) return;
		// The alternative with the fewest findings tells what is wrong inside of the value. One that fails on the value itself is left out.
		const [nearest = []] = alternatives
			.map((one) => this.findings(value, one, limit - found.length))
			.filter((inside) => inside.every(({ path }) => path.length > this.path.length))
			.sort((one, other) => one.length - other.length);
		found.push(...nearest);
	}
}

export function typeOf(value: unknown): string {
	return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

/** By keyword: whether a value fits what the schema has there. A keyword passes every value of a type that it does not apply to. */
export const KEYWORD_TESTS: Readonly<Record<string, (value: unknown, expected: never) => boolean>> = {
	type: (value, types: string | readonly string[]) =>
		[types].flat().some((type) => (type === 'integer' ? Number.isInteger(value) : type === typeOf(value))),
	const: (value, only: unknown) => isSame(value, only),
	enum: (value, options: readonly unknown[]) => options.some((option) => isSame(value, option)),
	minimum: (value, limit: number) => typeof value !== 'number' || value >= limit,
	maximum: (value, limit: number) => typeof value !== 'number' || value <= limit,
	exclusiveMinimum: (value, limit: number) => typeof value !== 'number' || value > limit,
	exclusiveMaximum: (value, limit: number) => typeof value !== 'number' || value < limit,
	multipleOf: (value, step: number) => typeof value !== 'number' || isWhole(value / step),
	minLength: (value, limit: number) => typeof value !== 'string' || ucs2length(value) >= limit,
	maxLength: (value, limit: number) => typeof value !== 'string' || ucs2length(value) <= limit,
	format: (value, name: string) => typeof value !== 'string' || formats[name]?.(value) !== false,
	minItems: (value, limit: number) => !Array.isArray(value) || value.length >= limit,
	maxItems: (value, limit: number) => !Array.isArray(value) || value.length <= limit,
	uniqueItems: (value, isWanted: boolean) =>
		!isWanted || !Array.isArray(value) || new Set(value.map(canonical)).size === value.length,
	minProperties: (value, limit: number) => !isRecord(value) || Object.keys(value).length >= limit,
	maxProperties: (value, limit: number) => !isRecord(value) || Object.keys(value).length <= limit,
};

/** Whether JSON counts two values as the same: numbers by their value, objects whatever the order of their keys. */
export function isSame(value: unknown, other: unknown): boolean {
	if (value === other) return true;
	return typeof value === 'object' && typeof other === 'object' && canonical(value) === canonical(other);
}

/** The same text for values that JSON counts as the same. */
function canonical(value: unknown): string {
	return JSON.stringify(value, (_, part: unknown) =>
		isRecord(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
	);
}

/** Whole within rounding error: 19.99 / 0.01 counts as 1,999. */
function isWhole(quotient: number): boolean {
	return Math.abs(quotient - Math.round(quotient)) <= 4 * Number.EPSILON * Math.abs(quotient);
}
