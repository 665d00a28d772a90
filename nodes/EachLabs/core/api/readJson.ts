import type { z } from 'zod/v4';

/** Undefined for what is no JSON or of another shape. */
export function parseJson<Value>(text: string, shape: z.ZodType<Value>): { parsed: Value } | undefined {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return undefined;
	}
	const result = shape.safeParse(value);
	return result.success ? { parsed: result.data } : undefined;
}
