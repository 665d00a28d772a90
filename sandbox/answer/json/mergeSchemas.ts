import { isJsonObject, isJsonSchema, type JsonSchema, type JsonSchemaObject } from './JsonValue';

/** Keywords of which the stricter one counts where two schemas have it. */
const lowerBounds = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const upperBounds = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];
/** Keywords that hold a schema: a value has to fit both. */
const subschemas = ['items', 'additionalProperties', 'contains'];

/** One schema for what has to fit two, as far as the keywords go that data is made by. */
export function mergeSchemas(one: JsonSchemaObject, other: JsonSchemaObject): JsonSchemaObject {
	const merged: Record<string, unknown> = { ...one };
	for (const [keyword, value] of Object.entries(other)) {
		merged[keyword] = keyword in one ? mergeKeyword(keyword, one[keyword], value) : value;
	}
	return merged;
}

function mergeKeyword(keyword: string, one: unknown, other: unknown): unknown {
	if (typeof one === 'number' && typeof other === 'number') {
		if (lowerBounds.includes(keyword)) return Math.max(one, other);
		if (upperBounds.includes(keyword)) return Math.min(one, other);
	}
	if (keyword === 'required') return [...new Set([one, other].flat())];
	if (keyword === 'type') return commonTypes([one].flat(), [other].flat());
	if (keyword === 'enum' && Array.isArray(one) && Array.isArray(other)) {
		const kept = new Set(other.map((option) => JSON.stringify(option)));
		return one.filter((option) => kept.has(JSON.stringify(option)));
	}
	if (keyword === 'allOf') return [one, other].flat();
	if (keyword === 'properties' && isJsonObject(one) && isJsonObject(other)) {
		const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
		return Object.fromEntries(names.map((name) => [name, bothOf(one[name], other[name])]));
	}
	return subschemas.includes(keyword) ? bothOf(one, other) : other;
}

function bothOf(one: unknown, other: unknown): JsonSchema {
	if (!isJsonSchema(one)) return isJsonSchema(other) ? other : true;
	return isJsonSchema(other) ? { allOf: [one, other] } : one;
}

function commonTypes(one: readonly unknown[], other: readonly unknown[]): unknown[] {
	const both = one.filter((type) => other.includes(type));
	// Every integer is a number.
	const narrowed =
		(one.includes('integer') && other.includes('number')) ||
		(one.includes('number') && other.includes('integer'));
	return narrowed && !both.includes('integer') && !both.includes('number') ? [...both, 'integer'] : both;
}
