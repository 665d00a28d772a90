import type { ModelCost } from '../../../../../nodes/EachLabs/core/api/shapes';
import { firstEstimateUsd, modelPrice } from '../../../../../nodes/EachLabs/core/model/modelPrice';

const NONE: ModelCost = {
	currency: 'USD',
	type: 'fixed',
	amount: null,
	unit: null,
	estimate: null,
	description: null,
	min: null,
	max: null,
};

test.each<[string, Partial<ModelCost> | null, number | undefined]>([
	['no price', null, undefined],
	['a price without numbers, which is not free', {}, undefined],
	['an amount of 0', { amount: 0, unit: 'million_tokens' }, 0],
	['an amount of 0 with a limit above it', { amount: 0, unit: 'execution', max: 0.5 }, 0.5],
	['an estimate', { estimate: 0.02, amount: 3, unit: 'million_tokens' }, 0.02],
	['an amount for each execution', { amount: 0.05, unit: 'execution' }, 0.05],
	['a fixed amount without a unit', { amount: 0.05 }, 0.05],
	['an amount for each second', { amount: 0.05, unit: 'second', type: 'usage_based' }, undefined],
	['limits for a million tokens', { min: 0.07, max: 0.3, unit: 'million_tokens' }, undefined],
	['a limit for each execution', { max: 1, unit: 'execution' }, 1],
	['an estimate in words', { estimate: '$0.05 per execution', amount: 0.05, unit: 'execution' }, 0.05],
	['an amount for each second of processing', { amount: 0.01, unit: 'processing_second' }, 0.08],
	['limits for a second of processing', { min: 0.01, max: 0.02, unit: 'processing_second' }, 0.16],
	['a negative estimate', { estimate: -1 }, 0],
	['another currency', { estimate: 1, currency: 'EUR' }, undefined],
])('of a model with %s, the first estimate is told', (_, cost, expected) => {
	expect(firstEstimateUsd({ cost: cost && { ...NONE, ...cost } }, 8_000)).toBe(expected);
});

test('a price by the time of processing is none while no run time is known', () => {
	const cost = { ...NONE, amount: 0.01, unit: 'processing_second' };
	expect(firstEstimateUsd({ cost })).toBeUndefined();
});

test('a price without numbers is none', () => {
	expect(modelPrice({ cost: { ...NONE, estimate: 'Usage-based pricing' } })).toBeNull();
	expect(modelPrice({ cost: { ...NONE, amount: 0 } })).toMatchObject({ amount: 0 });
});
