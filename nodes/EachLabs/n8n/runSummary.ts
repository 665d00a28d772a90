import type { Range } from '../core/model/priceEstimate';
import { counted, inUsd, told, written } from '../core/words';

/** What became of a run's items. */
export interface ResultCounts {
	readonly results: number;
	/** Whether each result is that of an item. */
	readonly isByItem: boolean;
	readonly failed: number;
	/** Results of a moderation that a person should look at. */
	readonly toReview: number;
}

export interface RunFacts extends ResultCounts {
	readonly usd: number;
	/** Whether the service has not said all of `usd`. */
	readonly isEstimate: boolean;
	/** USD that it was expected to cost; undefined where that was not known. */
	readonly expectedUsd?: Range;
	readonly elapsedMs: number;
	/** Results of another model than the chosen one. */
	readonly fallbacks: number;
	/** Whether the run has only started its predictions. */
	readonly isStartOnly: boolean;
}

/** One hint about the whole run, e.g. 'Run finished: 200 items in 72 seconds, 0.0204 USD; 3 failed, 12 to review.' */
export function tellSummary(run: RunFacts, addHint: (message: string) => void): void {
	const { results, isByItem, failed, toReview, fallbacks, isStartOnly } = run;
	const parts = told(
		failed > 0 && `${written(failed)} failed`,
		toReview > 0 && `${written(toReview)} to review`,
		fallbacks > 0 && `${written(fallbacks)} by a fallback model`,
	);
	const outcome = parts.join(', ') || (isStartOnly ? 'all started' : 'all succeeded');
	const count = counted(results, isByItem ? 'item' : 'result');
	addHint(`Run finished: ${count} in ${duration(run.elapsedMs)}, ${cost(run)}; ${outcome}.`);
}

function cost({ usd, isEstimate, isStartOnly, expectedUsd }: RunFacts): string {
	if (isStartOnly) return 'cost not known yet';
	if (isEstimate && usd === 0) return 'cost not said by Each Labs';
	const expected = expectedUsd ? ` (estimated ${inUsd(expectedUsd[0])} to ${inUsd(expectedUsd[1])})` : '';
	return `${isEstimate ? 'about ' : ''}${inUsd(usd)} USD${expected}`;
}

function duration(elapsedMs: number): string {
	const seconds = Math.max(1, Math.round(elapsedMs / 1_000));
	if (seconds < 120) return counted(seconds, 'second');
	const minutes = Math.round(seconds / 60);
	return minutes < 120
		? counted(minutes, 'minute')
		: `${written(Math.floor(minutes / 60))} hours ${minutes % 60} minutes`;
}
