import { rememberLiterals } from './literals';

export const MAX_DEPTH = 64;

/** Own keys of these names are data in JSON, but turn into something else in the hands of whoever assigns them. */
const FORBIDDEN_KEYS = ['__proto__', 'constructor', 'prototype'];

/**
 * What `JSON.parse` makes of a text, without the keys that could reach a prototype; undefined where the text is no JSON, or
 * nests deeper than 64 levels.
 */
export function parsedJson(json: string): { readonly value: unknown } | undefined {
	// Looked at before: of deep nesting `JSON.parse` itself takes long.
	if (isTooDeep(json)) return undefined;
	let value: unknown;
	try {
		value = JSON.parse(json);
	} catch {
		return undefined;
	}
	dropForbiddenKeys(value);
	rememberLiterals(json, value);
	return { value };
}

function isTooDeep(json: string): boolean {
	let depth = 0;
	for (let index = 0; index < json.length; index += 1) {
		const character = json.charCodeAt(index);
		if (character === DOUBLE_QUOTE) index = stringEnd(json, index);
		else if (character === OPEN_BRACE || character === OPEN_BRACKET) depth += 1;
		else if (character === CLOSE_BRACE || character === CLOSE_BRACKET) depth -= 1;
		if (depth > MAX_DEPTH) return true;
	}
	return false;
}

/** Where the string that opens at `start` has its closing quote. */
function stringEnd(json: string, start: number): number {
	for (let index = start + 1; index < json.length; index += 1) {
		const character = json.charCodeAt(index);
		if (character === BACKSLASH) index += 1;
		else if (character === DOUBLE_QUOTE) return index;
	}
	return json.length;
}

// Not imported: a constant of another module costs a call for each character where modules aren't bundled.
const DOUBLE_QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;

function dropForbiddenKeys(value: unknown): void {
	if (typeof value !== 'object' || value === null) return;
	if (!Array.isArray(value)) {
		for (const key of FORBIDDEN_KEYS) {
			if (Object.hasOwn(value, key)) Reflect.deleteProperty(value, key);
		}
	}
	for (const part of Object.values(value)) dropForbiddenKeys(part);
}
