import { parseArgs } from 'node:util';

import { checkLive, type LiveCheckOptions, type LiveCheckResult } from './checkLive';
import type { FactRow } from './Fact';
import { DEFAULT_MODEL } from '../../nodes/EachLabs/core/model/defaultModel';
import { DEFAULT_MODEL_IS_THERE } from './facts/defaultModel';
import { STATUS_OF_A_SUCCESS } from './facts/prediction';
import { factTable } from './factTable';
import { spendingNotice } from './spending';

const USUAL_BASE_URL = 'https://api.eachlabs.ai';

const usage = `npm run check:live [-- --json]

Tries what is documented about the Each Labs API on the API itself, and prints fact, expected, seen and verdict.

  --json             the rows as JSON
  EACHLABS_API_KEY   the key, needed
  EACHLABS_BASE_URL  another address than ${USUAL_BASE_URL}

Exit code 0: all that the node relies on holds. 1: something of it differs, or could not be seen. 2: it could not start.`;

export interface CommandSurroundings {
	readonly arguments: readonly string[];
	readonly environment: Readonly<Record<string, string | undefined>>;
	/** Each takes one line, without its end. */
	readonly print: (line: string) => void;
	readonly printAside: (line: string) => void;
	readonly terminalWidth: number;
	readonly stop: AbortSignal;
	/** For tests, which have no minutes. */
	readonly pace?: Pick<LiveCheckOptions, 'clock' | 'limits'>;
}

/** `npm run check:live`. Answers the exit code. */
export async function liveCheckCommand(surroundings: CommandSurroundings): Promise<number> {
	const { environment, print, printAside, terminalWidth, stop, pace } = surroundings;
	const options = readArguments(surroundings.arguments);
	if (options === undefined || options.help) {
		(options === undefined ? printAside : print)(usage);
		return options === undefined ? 2 : 0;
	}
	const access = readAccess(environment);
	if ('complaint' in access) {
		printAside(access.complaint);
		return 2;
	}
	printAside(spendingNotice());
	const startedAtMs = performance.now();
	const onGroup = (name: string): void => printAside(`Looking at: ${name}`);
	const result = await checkLive({ ...pace, ...access, stop, onGroup });
	const seconds = Math.round((performance.now() - startedAtMs) / 1_000);

	if (options.json) print(JSON.stringify(result.rows, undefined, 2));
	else print(factTable(result.rows, terminalWidth));
	const spoilt = spoiltRows(result.rows);
	for (const line of summary(result, spoilt, seconds)) (options.json ? printAside : print)(line);
	return spoilt.length === 0 ? 0 : 1;
}

/** The facts that the node relies on and that were not found to hold. */
function spoiltRows(rows: readonly FactRow[]): FactRow[] {
	return rows.filter(({ reliedOn, verdict }) => reliedOn && verdict !== 'holds');
}

function summary(
	{ rows, predictions, spentUsd, leftBehind }: LiveCheckResult,
	spoilt: readonly FactRow[],
	seconds: number,
): string[] {
	const count = (verdict: FactRow['verdict']): number => rows.filter((row) => row.verdict === verdict).length;
	return [
		`${rows.length} facts: ${count('holds')} hold, ${count('differs')} differ, ${count('not seen')} not seen. ${predictions} predictions, ${spentUsd.toFixed(6)} USD, ${seconds} s.`,
		...(spoilt.length === 0
			? ['All that the node relies on holds.']
			: [
					'The node relies on these:',
					...spoilt.map(({ group, fact, verdict }) => `  ${verdict}: ${group}, ${fact}`),
				]),
		...deadModelAdvice(rows),
		...leftBehind.map((words) => `Could not be removed: ${words}.`),
	];
}

/** What to do where the default model is not to be had: it has left the catalogue, or fails at what it is asked. */
function deadModelAdvice(rows: readonly FactRow[]): string[] {
	const isGone = rows.some(({ fact, verdict }) => fact === DEFAULT_MODEL_IS_THERE && verdict === 'differs');
	const fails = rows.some(({ fact, verdict }) => fact === STATUS_OF_A_SUCCESS && verdict === 'differs');
	if (!isGone && !fails) return [];
	return [
		isGone
			? `The default model ${DEFAULT_MODEL} is not in the catalogue any more.`
			: `The default model ${DEFAULT_MODEL} is in the catalogue, but did not answer a simple question.`,
		"What to do: in each workflow choose another model under 'Model' (Model -> Get Many lists them), or name one in the option 'Fallback Models'. For the node itself: give nodes/EachLabs/core/model/defaultModel.ts another slug and its fields, and release.",
	];
}

function readArguments(given: readonly string[]): { json: boolean; help: boolean } | undefined {
	try {
		return parseArgs({
			args: [...given],
			options: {
				json: { type: 'boolean', default: false },
				help: { type: 'boolean', short: 'h', default: false },
			},
		}).values;
	} catch {
		return undefined;
	}
}

function readAccess(
	environment: CommandSurroundings['environment'],
): { apiKey: string; baseUrl: string } | { complaint: string } {
	const apiKey = environment.EACHLABS_API_KEY?.trim() ?? '';
	if (apiKey === '') {
		return {
			complaint:
				'This check needs the real API: set EACHLABS_API_KEY to a key from your Each Labs dashboard, then run it again. Nothing was sent.',
		};
	}
	if (!/^[\x21-\x7e]+$/.test(apiKey)) {
		return {
			complaint:
				'The key in EACHLABS_API_KEY holds a space, a line break or another character that no key has. Copy it again. Nothing was sent.',
		};
	}
	const wanted = environment.EACHLABS_BASE_URL?.trim() ?? '';
	const baseUrl = wanted === '' ? USUAL_BASE_URL : wanted.replace(/\/+$/, '');
	if (!isSafeBaseUrl(baseUrl)) {
		return {
			complaint:
				'EACHLABS_BASE_URL has to be an https address without user name, password and query (http only for this machine). Nothing was sent.',
		};
	}
	return { apiKey, baseUrl };
}

/** The key must not travel in the open, nor anything secret sit in the address, which is printed. */
function isSafeBaseUrl(text: string): boolean {
	if (!URL.canParse(text)) return false;
	const { protocol, hostname, username, password, search, hash } = new URL(text);
	const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
	const isSafe = protocol === 'https:' || (protocol === 'http:' && isLoopback);
	return isSafe && [username, password, search, hash].every((part) => part === '');
}
