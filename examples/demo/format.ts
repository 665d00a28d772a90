/** Costs of a prediction are far below a cent, so all eight decimals are shown. */
export function formatUsd(usd: number | undefined): string {
	return usd === undefined ? '' : usd.toFixed(8);
}

export function formatSeconds(seconds: number | undefined): string {
	return seconds === undefined ? '' : seconds.toFixed(2);
}
