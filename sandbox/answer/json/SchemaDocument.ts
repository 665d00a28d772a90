import { dereference, validate, type Schema } from '@cfworker/json-schema';

import {
	isJsonObject,
	isJsonSchema,
	type JsonSchema,
	type JsonSchemaObject,
	type JsonValue,
} from './JsonValue';
import { mergeSchemas } from './mergeSchemas';
import { UnusablePromptError } from './UnusablePromptError';

/** A JSON Schema (draft 2020-12) as a whole: what its references lead to, and what fits it or a part of it. */
export class SchemaDocument {
	private readonly lookup: Record<string, Schema | boolean>;

	constructor(readonly root: JsonSchema) {
		this.lookup = dereference(root);
	}

	/** Whether a value fits the schema, or one that is part of it. */
	fits(value: JsonValue, schema: JsonSchema = this.root): boolean {
		return this.complaintAbout(value, schema) === null;
	}

	/** Why a value does not fit; null when it does. */
	complaintAbout(value: JsonValue, schema: JsonSchema = this.root): string | null {
		const { valid, errors } = validate(value, schema, '2020-12', this.lookup);
		if (valid) return null;
		const deepest = errors.at(-1);
		return deepest === undefined ? 'no value fits it' : `${deepest.instanceLocation}: ${deepest.error}`;
	}

	/**
	 * A part of the schema as one object, without references and `allOf`.
	 *
	 * @param chain references that are being followed already
	 * @returns it, and the references that were followed
	 */
	resolve(
		part: JsonSchema,
		chain: readonly string[] = [],
	): { schema: JsonSchemaObject; references: readonly string[] } {
		if (part === true) return { schema: {}, references: [] };
		if (part === false) throw UnusablePromptError.notFillable('it has a place where nothing may stand');
		const { $ref, allOf, ...own } = part;
		let schema: JsonSchemaObject = own;
		const references: string[] = [];
		const include = (further: JsonSchema, path: readonly string[]): void => {
			const resolved = this.resolve(further, path);
			schema = mergeSchemas(schema, resolved.schema);
			references.push(...resolved.references);
		};
		if (typeof $ref === 'string') {
			if (chain.includes($ref)) throw UnusablePromptError.notFillable(`${$ref} refers to itself`);
			references.push($ref);
			include(this.target($ref), [...chain, $ref]);
		}
		if (Array.isArray(allOf)) for (const further of allOf.filter(isJsonSchema)) include(further, chain);
		return { schema, references };
	}

	private target(reference: string): JsonSchema {
		let found: unknown = /^#(\/|$)/.test(reference) ? this.root : undefined;
		for (const step of reference.split('/').slice(1)) {
			const name = decodeURIComponent(step).replace(/~1/g, '/').replace(/~0/g, '~');
			const holder: unknown = found;
			found = isJsonObject(holder) && Object.hasOwn(holder, name) ? holder[name] : undefined;
			if (Array.isArray(holder)) found = (holder as unknown[])[Number(name)];
		}
		if (isJsonSchema(found)) return found;
		throw UnusablePromptError.notFillable(`it refers to ${reference.slice(0, 100)}, which it does not hold`);
	}
}
