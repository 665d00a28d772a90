import { isJsonObject, isJsonSchema, type JsonSchema } from './JsonValue';
import { knownFact } from './knownFact';
import { shareOf } from './shareOf';
import type { Subject } from './Subject';
import { UnusablePromptError } from './UnusablePromptError';

/** What a schema may demand at one place; more is refused rather than filled for minutes. */
const most = { minItems: 20_000, minProperties: 20_000, minLength: 40_000 };
/** Entries of an array without a length of its own. */
const usualEntries = [2, 3] as const;

/**
 * A schema with what is known of the media written into it: null where they have no such thing, and nowhere else; as many
 * entries as there are of it. Maps and arrays get an entry that shows what one looks like.
 *
 * @param name of the property that the schema is for
 * @throws UnusablePromptError When it demands more than can be made.
 */
export function plannedSchema(schema: JsonSchema, subject: Subject, name = ''): JsonSchema {
	if (typeof schema === 'boolean') return schema;
	for (const [keyword, limit] of Object.entries(most)) {
		if (Number(schema[keyword]) > limit) {
			throw UnusablePromptError.notFillable(`its ${keyword} is more than ${limit}`);
		}
	}
	const fact = knownFact(name, subject);
	const plan = (part: unknown, of = name): unknown =>
		isJsonSchema(part) ? plannedSchema(part, subject, of) : part;
	const planned: Record<string, unknown> = Object.fromEntries(
		Object.entries(schema).map(([keyword, held]) => {
			if (keyword === 'enum' || keyword === 'type') return [keyword, withNullAsKnown(held, isNull)];
			if (Array.isArray(held) && /^(?:all|any|one)Of$/.test(keyword)) {
				const parts = held.map((part: unknown) => plan(part));
				// The library fills what is required only under oneOf, and doesn't look whether two fit any more than under anyOf.
				return keyword === 'allOf' ? [keyword, parts] : ['anyOf', withNullAsKnown(parts, isNullSchema)];
			}
			if (keyword === 'prefixItems' && Array.isArray(held)) return [keyword, held.map((part) => plan(part))];
			if (['properties', '$defs', 'definitions'].includes(keyword) && isJsonObject(held)) {
				return [
					keyword,
					Object.fromEntries(Object.entries(held).map(([key, part]) => [key, plan(part, key)])),
				];
			}
			return [keyword, keyword === 'items' || keyword === 'additionalProperties' ? plan(held) : held];
		}),
	);
	const types = [planned.type].flat();
	if (types.includes('array') || isJsonSchema(planned.items)) {
		const drawn = usualEntries[shareOf(subject.seed, `${name} count`) < 0.5 ? 0 : 1];
		const least = numberOr(planned.minItems, 0);
		const count = Math.max(Math.min(fact?.count ?? drawn, numberOr(planned.maxItems, Infinity)), least);
		Object.assign(planned, { items: planned.items ?? true, minItems: count, maxItems: count });
	}
	if (isJsonObject(planned.additionalProperties) && planned.properties === undefined) {
		planned.minProperties = Math.min(numberOr(planned.minProperties, 1), numberOr(planned.maxProperties, 1));
	}
	return planned;

	function withNullAsKnown(options: unknown, isNullOption: (option: unknown) => boolean): unknown {
		if (!Array.isArray(options) || !options.some(isNullOption)) return options;
		const kept = options.filter((option) => isNullOption(option) === (fact === null));
		return kept.length > 0 ? kept : options;
	}
}

function isNull(option: unknown): boolean {
	return option === null || option === 'null';
}

function isNullSchema(option: unknown): boolean {
	return isJsonObject(option) && option.type === 'null';
}

function numberOr(value: unknown, otherwise: number): number {
	return typeof value === 'number' ? value : otherwise;
}
