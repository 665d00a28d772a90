import { isJsonObject, type JsonSchema } from './JsonValue';

export interface ListedOptions {
	readonly options: readonly [string, ...string[]];
	/** Entries that the list may have. */
	readonly maxItems: number;
}

/**
 * What can be named in a schema of the form `{list: [{name: one of some words, …}]}`, or null for another form.
 */
export function listedOptions(schema: JsonSchema, list: string, name: string): ListedOptions | null {
	const array = propertyOf(schema, list);
	const options = isJsonObject(array) ? propertyOf(array.items, name) : undefined;
	if (!isJsonObject(array) || !isJsonObject(options) || !Array.isArray(options.enum)) return null;
	const [first, ...others] = options.enum.filter((option): option is string => typeof option === 'string');
	if (first === undefined) return null;
	const { maxItems } = array;
	return { options: [first, ...others], maxItems: typeof maxItems === 'number' ? maxItems : Infinity };
}

function propertyOf(schema: unknown, name: string): unknown {
	if (!isJsonObject(schema) || !isJsonObject(schema.properties)) return undefined;
	return schema.properties[name];
}
