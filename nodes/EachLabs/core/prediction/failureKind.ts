import { isRecord } from '../json';
import type { FailureKind } from '../PredictionError';
import type { Prediction } from '../api/shapes';

/** Codes whose words say nothing more. */
const BY_CODE: Readonly<Record<string, FailureKind>> = {
	INPUT_DOWNLOAD_ERROR: 'unreachableUrl',
	PROVIDER_RATE_LIMIT: 'providerBusy',
	PROVIDER_UNAVAILABLE: 'providerBusy',
	PROVIDER_SERVER_ERROR: 'provider',
	NETWORK_ERROR: 'provider',
	WORKER_LOST: 'provider',
	EXECUTION_TIMEOUT: 'timeLimit',
	PROVIDER_AUTH_ERROR: 'vendor',
	PIPELINE_CONFIG_ERROR: 'vendor',
	PUBLISH_FAILED: 'vendor',
	CONTENT_MODERATION: 'blocked',
};

/** Codes that leave it to the words, and what they mean where the words say nothing. */
const BY_CODE_AND_WORDS: Readonly<Record<string, FailureKind>> = {
	INPUT_VALIDATION_ERROR: 'invalidInput',
	PROVIDER_BAD_REQUEST: 'invalidInput',
	PROVIDER_REJECTED: 'blocked',
	PROVIDER_FAILED: 'provider',
};

const BY_CATEGORY: Readonly<Record<string, FailureKind>> = {
	content_moderation: 'blocked',
	execution_timeout: 'timeLimit',
	invalid_model_config: 'vendor',
	provider_auth: 'vendor',
	provider_rate_limit: 'providerBusy',
	provider_unavailable: 'providerBusy',
	internal_error: 'vendor',
};

const BY_CATEGORY_AND_WORDS: Readonly<Record<string, FailureKind>> = {
	invalid_user_input: 'invalidInput',
	provider_error: 'provider',
};

const BLOCKED =
	/content[ _-]?(?:moderat|policy|filter|safety)|safety|prohibited|nsfw|policy violation|usage polic|violat(?:es|ed|ion)|(?:sensitive|inappropriate|explicit|harmful) (?:content|material|image|video)|\bmoderat(?:ed|ion)\b|flagged (?:as|by|for)/i;
const MEDIUM = '(?:image|picture|photo|file|video|audio|pdf|document|media)';

/** What the words of a reason tell, by provider in their own; the first that fits counts. */
const BY_WORDS: ReadonlyArray<readonly [FailureKind, RegExp]> = [
	['blocked', BLOCKED],
	[
		'unreachableUrl',
		/(?:fetch|download|reach|retriev|access|load|connect)\w*\b.{0,80}\b(?:url|address|link)|\b(?:url|link)\b.{0,60}\b(?:not accessible|inaccessible|unreachable|could not be|cannot be|40[134]|410|not found|expired|timed out|blocked)/i,
	],
	['blocked', /\bblocked\b/i],
	[
		'unreadableFile',
		new RegExp(
			`(?:cannot|can't|can not|could not|couldn't|unable to|failed to|not able to) (?:be )?(?:read|decod|open|process|identif|pars|load)\\w*\\b.{0,60}\\b${MEDIUM}|(?:corrupt|unsupported|invalid|malformed|damaged|truncated|empty|unreadable)\\w* (?:or \\w+ )?(?:${MEDIUM}|format|mime)|\\b${MEDIUM}\\b.{0,40}\\b(?:corrupt|unsupported|not supported|malformed|damaged|truncated|could not be (?:read|decoded|opened|processed|parsed)|can(?:not|'t) be (?:read|decoded|opened|processed|parsed))`,
			'i',
		),
	],
	[
		'providerBusy',
		/rate[ _-]?limit|too many requests|\b(?:429|503|529)\b|overloaded|\bbusy\b|at capacity|quota|resource[ _]exhausted|temporarily unavailable|service unavailable|high demand|try again later/i,
	],
	['timeLimit', /tim(?:ed|e)[ _-]?out|deadline exceeded|took too long|time limit/i],
	[
		'vendor',
		/\b401\b|unauthori[sz]ed|invalid api key|api key (?:not|is|was)|authentication|permission denied|billing|model config/i,
	],
	[
		'provider',
		/\b(?:500|502)\b|internal (?:server )?error|bad gateway|upstream|connection (?:was )?(?:reset|refused|closed|lost)|network|worker (?:was )?(?:lost|died|crashed|killed)|socket hang up|server error/i,
	],
	[
		'invalidInput',
		/\b(?:missing|required|invalid|unknown|unexpected) (?:field|input|parameter|argument|value)/i,
	],
];

/** What lies in the input, and so is no better the next time. */
const OF_INPUT: ReadonlySet<FailureKind> = new Set([
	'blocked',
	'unreadableFile',
	'unreachableUrl',
	'invalidInput',
]);

/** Addresses may hold any word, and a long text none that counts. */
const MAX_WORDS = 4_000;
const MAX_DEPTH = 5;

/**
 * Why a prediction failed: by the code and the class of its envelope, as far as the service gives them, and by the words of the
 * reason where these leave it open. The service promises no code, so what is not known of is judged by its words.
 *
 * @param reason the words of the service; '' where there are none
 */
export function failureKindOf({ output }: Pick<Prediction, 'output'>, reason: string): FailureKind {
	const envelope = envelopeOf(output, 0);
	const code = textAt(envelope, 'error_code').toUpperCase();
	const classification = envelope['classification'];
	const category = (
		typeof classification === 'string' ? classification : textAt(asRecord(classification), 'category')
	).toLowerCase();
	if (category === 'content_moderation') return 'blocked';
	const certain = own(BY_CODE, code) ?? own(BY_CATEGORY, category);
	const open = own(BY_CODE_AND_WORDS, code);
	if (certain !== undefined && open === undefined) return certain;
	const byClass = open ?? own(BY_CATEGORY_AND_WORDS, category);
	const told = kindInWords(reason);
	// What was refused for its input is not sent again for a word in its reason.
	const isInput = byClass === 'invalidInput' || byClass === 'blocked';
	if (told !== undefined && !(isInput && !OF_INPUT.has(told))) return told;
	return certain ?? byClass ?? 'unknown';
}

/** Whether the provider's content rules are named in what came with an empty success. */
export function tellsOfBlock(words: string): boolean {
	const text = plainWords(words);
	return (
		BLOCKED.test(text) ||
		/\bfiltered\b|\bblocked\b|\bcontent_filter\b|"refusal":"[^"]|"(?:stop_reason|finishReason)":"(?:refusal|recitation|spii|blocklist)/i.test(
			text,
		)
	);
}

function kindInWords(reason: string): FailureKind | undefined {
	const text = plainWords(reason);
	return BY_WORDS.find(([, words]) => words.test(text))?.[0];
}

function plainWords(words: string): string {
	return words.slice(0, MAX_WORDS).replace(/\bhttps?:\/\/[^\s"'<>]+/gi, 'url');
}

/** The first object of an output, which may be a list of one, or wrapped in `error`. */
function envelopeOf(output: unknown, depth: number): Readonly<Record<string, unknown>> {
	if (depth > MAX_DEPTH) return {};
	if (Array.isArray(output)) return envelopeOf(output[0], depth + 1);
	const fields = asRecord(output);
	if ('error_code' in fields || 'classification' in fields) return fields;
	return typeof fields['error'] === 'object' ? envelopeOf(fields['error'], depth + 1) : fields;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
	return isRecord(value) ? value : {};
}

function textAt(fields: Readonly<Record<string, unknown>>, name: string): string {
	const value = fields[name];
	return typeof value === 'string' ? value.trim() : '';
}

function own<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
	return Object.hasOwn(table, name) ? table[name] : undefined;
}
