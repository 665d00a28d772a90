import { createHash } from 'node:crypto';

import { dereference, validate, type Schema } from '@cfworker/json-schema';
import type { GenerateOptions } from 'json-schema-faker';

import { isJsonObject, isJsonSchema, type JsonSchema, type JsonValue } from './JsonValue';
import { KnownValues } from './KnownValues';
import { plannedSchema } from './plannedSchema';
import type { Subject } from './Subject';
import { UnusablePromptError } from './UnusablePromptError';

/** Values that one answer may have: it is drawn twice, and an entry that is there already is drawn anew. */
const mostValues = 50_000;
/** Draws as planned, and then with as little as the schema allows, which ends where a schema refers to itself. */
const attempts = { planned: 3, lean: 5 };
/** Nesting from which on values are stubs. It bounds schemas that refer to themselves; others end by themselves. */
const depths = { withReferences: 10, without: 400 };

/**
 * Makes data that fits a JSON Schema and tells of the media: what a property's name asks for and the media have; else an
 * option that names what they are, or a value that looks drawn. The same subject gives the same data.
 *
 * Optional properties are filled as well, except those that the media have no such thing for: a sound has no width.
 */
export class SchemaFiller {
	private readonly lookup: Record<string, Schema | boolean>;

	constructor(readonly schema: JsonSchema) {
		this.lookup = dereference(schema);
	}

	/** @throws UnusablePromptError When no data can be made up. */
	async fill(subject: Subject): Promise<JsonValue> {
		// Loaded with the first schema: it is an ES module only, which a static import of CommonJS can't reach.
		const { generateSync } = await import('json-schema-faker');
		const planned = plannedSchema(this.schema, subject);
		const maxDepth = JSON.stringify(this.schema).includes('"$ref"') ? depths.withReferences : depths.without;
		let complaint: string | undefined;
		for (let attempt = 0; attempt < attempts.planned + attempts.lean; attempt += 1) {
			const isPlanned = attempt < attempts.planned;
			const values = new KnownValues(subject, isPlanned);
			let valuesLeft = mostValues;
			const options: GenerateOptions = {
				seed: createHash('sha256').update(`${subject.seed} ${attempt}`).digest().readUInt32BE(0),
				maxDepth,
				maxDefaultItems: isPlanned ? 3 : 0,
				optionalsProbability: isPlanned ? 1 : 0,
				outputTransform: (value, part, path) => {
					valuesLeft -= 1;
					if (valuesLeft < 0) throw new Error(`it asks for more than ${mostValues} values`);
					return values.at(path, value, part);
				},
			};
			const draw = () => generateSync(isPlanned ? planned : this.schema, options) as JsonValue;
			try {
				// The first draw tells how long each array gets: a segment's start depends on how many there are.
				draw();
				const answer = draw();
				const found = this.complaintAbout(answer);
				if (found === null) return answer;
				complaint ??= found;
			} catch (error) {
				complaint ??= error instanceof Error ? error.message : String(error);
			}
		}
		throw UnusablePromptError.notFillable(complaint ?? 'no value fits it');
	}

	/** Whether a value fits the schema. */
	fits(value: JsonValue): boolean {
		return this.complaintAbout(value) === null;
	}

	/** JSON that does not fit the schema, unless everything does. */
	misfit(): JsonValue {
		const shapes: JsonValue[] = [['sandbox'], { sandbox: 'an answer of another shape' }, 'sandbox', null];
		const misfits = shapes.filter((shape) => !this.fits(shape));
		return misfits.length > 0 ? (misfits[0] as JsonValue) : 'sandbox';
	}

	/** The data with null for every property that the schema names, without a reference, and does not require. */
	withNulls(value: JsonValue, given: unknown = this.schema): JsonValue {
		const schema = isJsonObject(given) ? given : {};
		if (Array.isArray(value)) return value.map((entry) => this.withNulls(entry, schema.items));
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

	/** Why a value does not fit; null when it does. */
	private complaintAbout(value: JsonValue): string | null {
		const { valid, errors } = validate(value, this.schema, '2020-12', this.lookup);
		if (valid) return null;
		const deepest = errors.at(-1);
		return deepest === undefined ? 'no value fits it' : `${deepest.instanceLocation}: ${deepest.error}`;
	}
}
