import type { z } from 'zod';

import { ApiError } from '../ApiError';

/**
 * A request's query or body, read by a schema that lets unknown fields pass.
 *
 * @throws ApiError 400 that names each field at fault, in the text and as a list in `details`.
 */
export function parseRequest<Output>(
	schema: z.ZodType<Output, z.ZodTypeDef, unknown>,
	given: unknown,
): Output {
	const parsed = schema.safeParse(given ?? {});
	if (parsed.success) return parsed.data;
	const faults = parsed.error.issues.map(({ path, message }) => ({
		field: path.join('.') || 'body',
		message,
	}));
	throw new ApiError(400, faults.map(({ field, message }) => `${field}: ${message}`).join('; '), faults);
}
