/** What the vendor lists for the model, in USD. */
const TOKEN_PRICE_USD = { input: 0.00000007, output: 0.0000003 };
/** A small picture counts 258 tokens; the longest answer that is asked for has about 300 words. */
const TOKENS_A_PREDICTION = { input: 400, output: 400 };
const PLANNED_PREDICTIONS = 3;
/** Creates that the API should refuse; it may also take them. */
const REFUSED_CREATES = 3;

/** Once so much was spent, no further prediction is started. */
export const SPENDING_LIMIT_USD = 0.005;

/** What the check will cost, in a sentence. */
export function spendingNotice(): string {
	const usd = (predictions: number): string =>
		(
			predictions *
			(TOKENS_A_PREDICTION.input * TOKEN_PRICE_USD.input +
				TOKENS_A_PREDICTION.output * TOKEN_PRICE_USD.output)
		).toFixed(4);
	return `This makes ${PLANNED_PREDICTIONS} small predictions on your Each Labs account: about ${usd(PLANNED_PREDICTIONS)} USD by the listed token prices, about ${usd(PLANNED_PREDICTIONS + REFUSED_CREATES)} USD should the API take what it ought to refuse, so less than 0.01 USD. Once ${SPENDING_LIMIT_USD} USD were spent, it starts no more.`;
}
