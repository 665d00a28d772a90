import type { z } from 'zod/v4';

/** What an answer has to look like: a shape of zod's, or one that is made when it is first used. */
export type Shape<Value> = Pick<z.ZodType<Value>, 'safeParse'>;

/** Undefined for what is no JSON or of another shape. */
export function parseJson<Value>(text: string, shape: Shape<Value>): { parsed: Value } | undefined {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return undefined;
	}
	const result = shape.safeParse(value);
	return result.success ? { parsed: result.data } : undefined;
}
