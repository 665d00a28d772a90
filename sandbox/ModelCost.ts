/** What the catalogue says of a model's price: guidance; what was charged is in the prediction's `metrics.cost`. */
export interface ModelCost {
	currency: 'USD';
	type: 'fixed' | 'usage_based';
	/** USD a unit of a fixed price; 0 is free. */
	amount: number | null;
	unit: string | null;
	estimate: string;
	description: string;
	/** USD a unit, between which a price by usage lies. With all numbers null the price is unknown, not 0. */
	min: number | null;
	max: number | null;
	depends_on: string[];
	rows: Array<{ label: string; value: number }>;
}

/** USD a token: what the vendor lists for `gemini-2-0-flash-lite`; most of the sandbox's own models cost the same. */
export const tokenPriceUsd = { input: 0.00000007, output: 0.0000003 };

const guidance = {
	currency: 'USD',
	amount: null,
	description: 'Pricing is an estimate and may change as rates are updated.',
	min: null,
	max: null,
	depends_on: [] as string[],
	rows: [] as ModelCost['rows'],
} as const;

/** The same price for each prediction; it is what the sandbox charges then. */
export function fixedCost(amountUsd: number): ModelCost {
	return {
		...guidance,
		type: 'fixed',
		amount: amountUsd,
		unit: 'execution',
		estimate: amountUsd === 0 ? 'Free' : `$${amountUsd} per execution`,
		depends_on: [],
		rows: [],
	};
}

/** By the tokens of the input and the answer. */
export const costByTokens: ModelCost = {
	...guidance,
	type: 'usage_based',
	unit: 'million_tokens',
	estimate: '$0.07–$0.3 per million tokens, depending on token type',
	min: 0.07,
	max: 0.3,
	depends_on: ['token type'],
	rows: [
		{ label: 'Input', value: 0.07 },
		{ label: 'Output', value: 0.3 },
	],
};

/** A metered model, whose price nobody states before it has run. */
export const meteredCost: ModelCost = {
	...guidance,
	type: 'usage_based',
	unit: null,
	estimate: 'Usage-based pricing',
	depends_on: [],
	rows: [],
};

/** Whether a price has no number in it. The account lets fewer predictions of such a model run at once. */
export function isMetered(cost: ModelCost | null): boolean {
	return cost !== null && [cost.amount, cost.min, cost.max].every((number) => number === null);
}
