import type { z } from 'zod/v4';

import { triedJson } from '../json';

/** What an answer has to look like: a shape of zod's, or one that is made when it is first used. */
export type Shape<Value> = Pick<z.ZodType<Value>, 'safeParse'>;

/** Undefined for what is no JSON or of another shape. */
export function parseJson<Value>(text: string, shape: Shape<Value>): { parsed: Value } | undefined {
	// Some servers put a byte order mark before their JSON.
	const value = triedJson(text.replace(/^\ufeff/, ''));
	const { success, data } = shape.safeParse(value);
	return success && value !== undefined ? { parsed: data } : undefined;
}
