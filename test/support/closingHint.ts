/** The hint that ends every run which buys predictions, as `toEqual` takes it. */
export const closingHint = expect.stringMatching(
	/^Run finished: [\d,]+ (?:items?|results?) in \d+ (?:seconds?|minutes?), .+; .+\.$/,
) as unknown as string;
