import type { Model, ModelCost } from '../api/shapes';

/** Units that one prediction is counted in once. */
const UNITS_OF_ONE: ReadonlySet<string> = new Set(['execution', 'generation']);

/**
 * What one prediction of the model costs by its catalogue entry: the first estimate, until predictions have told what they cost.
 *
 * @param usualRunMs how long one runs, for a price by the time of processing; undefined while nobody knows
 * @returns USD, 0 only for a model that is free; undefined while it is not known, e.g. where the price depends on the number of
 * tokens or on the seconds of a recording
 */
export function firstEstimateUsd({ cost }: Pick<Model, 'cost'>, usualRunMs?: number): number | undefined {
	if (!cost || (cost.currency ?? 'USD').toUpperCase() !== 'USD') return undefined;
	const { estimate, amount, max, unit, type } = cost;
	if (typeof estimate === 'number') return Math.max(0, estimate);
	// Free is free, whatever it is counted in; a limit above it says that something is charged all the same.
	if (amount === 0 && (max ?? 0) === 0) return 0;
	if (amount === null && max === null) return undefined;
	const perUnitUsd = Math.max(0, amount ?? 0, max ?? 0);
	if (unit === null ? type === 'fixed' : UNITS_OF_ONE.has(unit)) return perUnitUsd;
	if (unit === 'processing_second' && usualRunMs !== undefined) return (perUnitUsd * usualRunMs) / 1_000;
	// Other units count what is not known before: tokens, pictures, the length of what is made.
	return undefined;
}

/** The price as an output field; null where it is not known. */
export function modelPrice({ cost }: Pick<Model, 'cost'>): ModelCost | null {
	if (!cost) return null;
	const { amount, estimate, min, max } = cost;
	return [amount, estimate, min, max].some((value) => typeof value === 'number') ? cost : null;
}
