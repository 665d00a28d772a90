import type { Clock } from '../../nodes/EachLabs/core/host';
import { redactSecrets } from '../../nodes/EachLabs/core/redactSecrets';
import type { Fact, FactGroup, FactRow, Verdict } from './Fact';
import { factGroups } from './factGroups';
import { LiveApi, stopped } from './LiveApi';
import { LiveSession, usualLimits, type SessionLimits } from './LiveSession';
import { systemClock } from './systemClock';

const MAX_SEEN_CHARACTERS = 240;

export interface LiveCheckOptions {
	readonly apiKey: string;
	/** Without a slash at its end. */
	readonly baseUrl: string;
	readonly limits?: Partial<SessionLimits>;
	readonly clock?: Clock;
	/** Ends the check; what it has made is removed all the same. */
	readonly stop?: AbortSignal;
	readonly onGroup?: (name: string) => void;
}

export interface LiveCheckResult {
	readonly rows: readonly FactRow[];
	/** Those that the API has named. */
	readonly predictions: number;
	/** As far as the API has told. */
	readonly spentUsd: number;
	/** What could not be removed, in words. */
	readonly leftBehind: readonly string[];
}

/**
 * Looks at every fact of `factGroups` on an API, and removes what it has made there.
 *
 * What the API answers never makes it throw: it is a row of the result.
 */
export async function checkLive(options: LiveCheckOptions): Promise<LiveCheckResult> {
	const { apiKey, baseUrl, limits, clock = systemClock, stop = new AbortController().signal } = options;
	const api = new LiveApi(baseUrl, apiKey);
	const session = new LiveSession(api, clock, { ...usualLimits, ...limits }, stop);
	const rows: FactRow[] = [];
	try {
		for (const group of factGroups) {
			options.onGroup?.(group.name);
			for (const fact of group.facts) rows.push(await lookAt(fact, group, session, apiKey));
		}
		const leftBehind = (await session.cleanUp()).map((words) => printable(words, apiKey));
		const { spentUsd, predictionIds } = session;
		return { rows, predictions: predictionIds.size, spentUsd, leftBehind };
	} finally {
		await api.close();
	}
}

async function lookAt(fact: Fact, group: FactGroup, session: LiveSession, apiKey: string): Promise<FactRow> {
	const row = (verdict: Verdict, seen: string): FactRow => ({
		group: group.name,
		fact: fact.fact,
		expected: fact.expected,
		seen: printable(seen, apiKey),
		verdict,
		reliedOn: fact.reliedOn,
	});
	if (session.signal.aborted) return row('not seen', stopped(session.signal).message);
	try {
		const { holds, seen } = await fact.look(session);
		return row(holds ? 'holds' : 'differs', seen);
	} catch (error) {
		return row('not seen', error instanceof Error ? error.message : String(error));
	}
}

/** An API's own words may hold anything: no secret and no control character of them reaches the terminal. */
function printable(text: string, apiKey: string): string {
	const clean = redactSecrets(text, [apiKey])
		.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
		.trim();
	return clean.length > MAX_SEEN_CHARACTERS ? `${clean.slice(0, MAX_SEEN_CHARACTERS - 1)}…` : clean;
}
