import { isRecord } from '../json';
import { CHARACTERS_PER_TOKEN } from '../tokens';

/** A text whose length the schema does not limit. */
export const TEXT_TOKENS = 60;
const NUMBER_TOKENS = 6;
/** Entries of an array whose length the schema does not limit. */
const ARRAY_ITEMS = 5;
const MAX_ARRAY_ITEMS = 50;
/** Braces, quotes and commas around a value. */
const PUNCTUATION_TOKENS = 4;
const MAX_DEPTH = 16;

/**
 * About how many tokens an answer of this form takes: an estimate on the high side, for how many answers fit into the model's
 * output.
 */
export function answerTokens(schema: unknown): number {
	return new Estimate(schema).of(schema, 0);
}

class Estimate {
	/** By reference, each estimated once: a few that name each other would take forever. */
	private readonly referenced = new Map<string, number>();

	constructor(private readonly root: unknown) {}

	of(schema: unknown, depth: number): number {
		if (!isRecord(schema) || depth > MAX_DEPTH) return TEXT_TOKENS;
		const { properties, items, prefixItems, minItems, maxItems, maxLength, $ref, allOf } = schema;
		// Capitals are Gemini's.
		const types = [schema['type']].flat().map((type) => String(type).toLowerCase());
		if (Array.isArray(schema['enum'])) {
			return schema['enum'].reduce(
				(most: number, option) => Math.max(most, tokensOf(JSON.stringify(option))),
				1,
			);
		}
		if ('const' in schema) return tokensOf(JSON.stringify(schema['const']));

		const parts: number[] = [];
		if (typeof $ref === 'string') parts.push(this.ofReference($ref, depth));
		if (Array.isArray(allOf)) parts.push(...allOf.map((part) => this.of(part, depth + 1)));
		for (const options of [schema['anyOf'], schema['oneOf']]) {
			if (Array.isArray(options)) {
				parts.push(options.reduce((most: number, option) => Math.max(most, this.of(option, depth + 1)), 1));
			}
		}
		if (isRecord(properties)) {
			parts.push(PUNCTUATION_TOKENS);
			for (const [name, field] of Object.entries(properties))
				parts.push(tokensOf(name) + PUNCTUATION_TOKENS + this.of(field, depth + 1));
		} else if (items !== undefined || Array.isArray(prefixItems) || types.includes('array')) {
			const first = Array.isArray(prefixItems) ? prefixItems : [];
			const atLeast = Math.max(first.length || ARRAY_ITEMS, typeof minItems === 'number' ? minItems : 0);
			const count = Math.min(typeof maxItems === 'number' ? maxItems : atLeast, MAX_ARRAY_ITEMS);
			parts.push(PUNCTUATION_TOKENS, ...first.map((entry) => this.of(entry, depth + 1)));
			if (count > first.length) parts.push((count - first.length) * this.of(items, depth + 1));
		}
		if (parts.length > 0) return parts.reduce((sum, part) => sum + part, 0);
		if (types.some((name) => SHORT_TYPES.has(name))) return NUMBER_TOKENS;
		return typeof maxLength === 'number'
			? Math.min(TEXT_TOKENS * 10, Math.ceil(maxLength / CHARACTERS_PER_TOKEN))
			: TEXT_TOKENS;
	}

	/** One that is inside itself counts as a text. */
	private ofReference(reference: string, depth: number): number {
		const known = this.referenced.get(reference);
		if (known !== undefined) return known;
		this.referenced.set(reference, TEXT_TOKENS);
		const tokens = this.of(this.find(reference), depth + 1);
		this.referenced.set(reference, tokens);
		return tokens;
	}

	/** `#/$defs/name`, the form in which definitions are referred to; undefined for others. */
	private find(reference: string): unknown {
		if (!reference.startsWith('#/')) return undefined;
		return reference
			.slice(2)
			.split('/')
			.reduce<unknown>((place, key) => {
				const name = key.replaceAll('~1', '/').replaceAll('~0', '~');
				return isRecord(place) && Object.hasOwn(place, name) ? place[name] : undefined;
			}, this.root);
	}
}

const SHORT_TYPES: ReadonlySet<unknown> = new Set(['number', 'integer', 'boolean', 'null']);

function tokensOf(text: string): number {
	return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}
