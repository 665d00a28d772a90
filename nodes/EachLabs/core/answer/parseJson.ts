import { FORBIDDEN_KEYS } from '../json';
import { readWithDoubles } from './doubledKeys';
import { rememberLiterals } from './literals';

export const MAX_DEPTH = 64;

/**
 * What `JSON.parse` makes of a text, without the keys that could reach a prototype; undefined where the text is no JSON, or
 * nests deeper than 64 levels.
 */
export function parsedJson(json: string): { readonly value: unknown } | undefined {
	// Looked at before: of deep nesting `JSON.parse` itself takes long.
	const keyCount = countKeys(json);
	if (keyCount === undefined) return undefined;
	let value: unknown;
	try {
		value = JSON.parse(json);
		// A key that is there twice: `JSON.parse` takes its last value.
		if (keyCount !== countFields(value)) value = readWithDoubles(json);
	} catch {
		return undefined;
	}
	dropForbiddenKeys(value);
	rememberLiterals(json, value);
	return { value };
}

/** How many keys the text has, by its colons; undefined where it nests too deep. */
function countKeys(json: string): number | undefined {
	let depth = 0;
	let keys = 0;
	for (let index = 0; index < json.length; index += 1) {
		const character = json.charCodeAt(index);
		if (character === DOUBLE_QUOTE) index = stringEnd(json, index);
		else if (character === OPEN_BRACE || character === OPEN_BRACKET) depth += 1;
		else if (character === CLOSE_BRACE || character === CLOSE_BRACKET) depth -= 1;
		else if (character === COLON) keys += 1;
		if (depth > MAX_DEPTH) return undefined;
	}
	return keys;
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
const COLON = 0x3a;

function countFields(value: unknown): number {
	if (typeof value !== 'object' || value === null) return 0;
	const parts: unknown[] = Object.values(value);
	return parts.reduce<number>(
		(sum, part) => sum + countFields(part),
		Array.isArray(value) ? 0 : parts.length,
	);
}

function dropForbiddenKeys(value: unknown): void {
	if (typeof value !== 'object' || value === null) return;
	if (!Array.isArray(value)) {
		for (const key of FORBIDDEN_KEYS) {
			if (Object.hasOwn(value, key)) Reflect.deleteProperty(value, key);
		}
	}
	for (const part of Object.values(value)) dropForbiddenKeys(part);
}
