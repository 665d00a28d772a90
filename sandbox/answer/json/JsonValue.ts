export type JsonValue = null | boolean | number | string | JsonValue[] | { [name: string]: JsonValue };

export type JsonSchema = boolean | JsonSchemaObject;

/** Keywords by name; what they hold is checked where it is read. */
export type JsonSchemaObject = Readonly<Record<string, unknown>>;

/** Whether a value that came from JSON is an object. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value that came from JSON can be a schema. */
export function isJsonSchema(value: unknown): value is JsonSchema {
	return typeof value === 'boolean' || isJsonObject(value);
}
