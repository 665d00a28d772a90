import type { JsonSchemaObject } from './JsonValue';

/** The range of a number without bounds, or with one. */
const usualRange = 100;

/**
 * Numbers that may fit a schema, best first: what is known, then one that looks drawn, then those at the ends of the range.
 *
 * @param share from 0 up to 1: where in the range the drawn one lies
 */
export function numberCandidates(
	schema: JsonSchemaObject,
	isInteger: boolean,
	known: number | undefined,
	share: number,
): number[] {
	const { lowest, highest } = rangeOf(schema);
	const drawn = lowest + (0.1 + 0.8 * share) * (highest - lowest);
	const step = typeof schema.multipleOf === 'number' ? schema.multipleOf : isInteger ? 1 : 0.01;
	const steps = [drawn, lowest, highest].flatMap((number) => {
		const count = Math.round(number / step);
		return [count, count + 1, count - 1];
	});
	return [
		...(known === undefined ? [] : [known, Math.round(known)]),
		...steps.map((count) => Number((count * step).toPrecision(12))),
		drawn,
	];
}

function rangeOf(schema: JsonSchemaObject): { lowest: number; highest: number } {
	const lows = [schema.minimum, schema.exclusiveMinimum].filter((bound) => typeof bound === 'number');
	const highs = [schema.maximum, schema.exclusiveMaximum].filter((bound) => typeof bound === 'number');
	const lowest = lows.length > 0 ? Math.max(...lows) : Math.min(0, ...highs.map((high) => high - usualRange));
	return { lowest, highest: highs.length > 0 ? Math.min(...highs) : lowest + usualRange };
}
