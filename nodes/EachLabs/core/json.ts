/** Own keys of these names are data in JSON, but turn into something else in the hands of whoever assigns them. */
export const FORBIDDEN_KEYS = ['__proto__', 'constructor', 'prototype'];

/** Whether a value is a JSON object: no list, and not null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The JSON in a text; undefined where there is none, and for what is no text. */
export function triedJson(text: unknown): unknown {
	if (typeof text !== 'string') return undefined;
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}
