import { redactSecrets } from '../redactSecrets';
import type { Prediction } from '../api/shapes';
import { isRecord } from '../json';

/** No model answers deeper than this; somebody else's JSON that does would exhaust the stack. */
const MAX_DEPTH = 64;

/**
 * The text of a prediction's output, which is a string, an array or an object, by model: a string as it is, the strings of
 * an array one after the other, the text field of an object, and else the JSON of it. What is nested too deep is left out.
 */
export function outputText(output: unknown): string {
	return textOf(output, 0);
}

function textOf(output: unknown, depth: number): string {
	if (typeof output === 'string') return output;
	if (output === null || output === undefined || depth > MAX_DEPTH) return '';
	if (Array.isArray(output)) {
		// Language models stream: an array of pieces whose white space is part of the text.
		if (output.every((piece) => typeof piece === 'string')) {
			return output.join(output.every(looksLikeUrl) ? '\n' : '');
		}
		return output
			.filter((piece) => !isThought(piece))
			.map((piece) => textOf(piece, depth + 1))
			.join(output.every(isContentBlock) ? '' : '\n');
	}
	if (typeof output === 'object') {
		const fields = new Map(Object.entries(output));
		const completion = completionText(fields, depth);
		if (completion !== undefined) return completion;
		for (const name of TEXT_FIELDS) {
			const value = fields.get(name);
			if (typeof value === 'string') return value;
			if (isContent(value, fields)) return textOf(value, depth + 1);
			if (name === 'message' && isRecord(value) && 'content' in value) return textOf(value, depth + 1);
		}
		if (fields.size > 0 && [...fields].every(([name, value]) => value === null && TEXT_FIELDS.includes(name)))
			return '';
		return isDeeperThan(MAX_DEPTH, output) ? '' : JSON.stringify(output);
	}
	return String(output as number | boolean);
}

/** Fields in which models give a text, best first. */
const TEXT_FIELDS: readonly string[] = [
	...['text', 'output_text', 'generated_text', 'output', 'content', 'answer', 'caption', 'response'],
	...['result', 'message'],
];

/**
 * The first answer of a completion, by chat or as Gemini itself gives it, whose content is a text or a list of parts; '' for one
 * without content, as after a block, and undefined for what is no completion, such as data with a list of that name.
 */
function completionText(fields: ReadonlyMap<string, unknown>, depth: number): string | undefined {
	const isMarked =
		/completion/.test(String(fields.get('object'))) ||
		isRecord(fields.get('promptFeedback')) ||
		[fields.get('usage'), fields.get('usageMetadata')].some(
			(usage) => isRecord(usage) && /token/i.test(Object.keys(usage).join(' ')),
		);
	const answers = fields.get('choices') ?? fields.get('candidates');
	if (!Array.isArray(answers)) return isRecord(fields.get('promptFeedback')) ? '' : undefined;
	const first: unknown = answers[0];
	if (first === undefined) return isMarked || (fields.size === 1 && fields.has('choices')) ? '' : undefined;
	if (!isRecord(first)) return undefined;
	const message = first['message'] ?? first;
	if (!isRecord(message)) return undefined;
	const said = message['content'];
	const isCompletion =
		isMarked ||
		'finish_reason' in first ||
		'finishReason' in first ||
		(message !== first && 'content' in message) ||
		(isRecord(said) && Array.isArray(said['parts']));
	if (!isCompletion) return undefined;
	const content = 'content' in message ? said : message['text'];
	const parts = isRecord(content) && fields.has('candidates') ? (content['parts'] ?? []) : content;
	return Array.isArray(parts)
		? parts
				.filter((part) => !isThought(part))
				.map((part) => textOf(part, depth + 1))
				.join('')
		: textOf(parts, depth + 1);
}

/** Reasons of providers for which an answer ends before its end, without case and signs: a limit of tokens, or their rules. */
const CUT_OFF_REASONS: ReadonlySet<string> = new Set([
	...['length', 'maxtokens', 'maxoutputtokens', 'modellength', 'contentfilter', 'contentfiltered', 'safety'],
	...['recitation', 'blocklist', 'prohibitedcontent', 'spii', 'refusal'],
]);

/** Whether the provider says of a completion that it ends before its end. */
export function isCutOffByProvider(output: unknown): boolean {
	if (!isRecord(output)) return false;
	const first: unknown = [output['choices'] ?? output['candidates']].flat()[0];
	const told = [output, first].flatMap((one) =>
		isRecord(one) ? [one['finish_reason'], one['finishReason'], one['stop_reason'], one['done_reason']] : [],
	);
	return told.some(
		(reason) =>
			typeof reason === 'string' && CUT_OFF_REASONS.has(reason.replace(/[_\s-]/g, '').toLowerCase()),
	);
}

/** Whether it is the content of a message, not a list of data whose elements have a type as well. */
function isContent(value: unknown, fields: ReadonlyMap<string, unknown>): boolean {
	if (!Array.isArray(value)) return false;
	const isMessage =
		fields.has('stop_reason') || fields.get('role') === 'assistant' || fields.get('role') === 'model';
	return isMessage
		? value.every((piece) => isRecord(piece) && typeof piece['type'] === 'string')
		: value.length > 0 && value.every(isContentBlock);
}

/** Fields of a part of a message; a text with others, such as its place on a page, is data. */
const BLOCK_FIELDS =
	/^(?:type|text|id|status|role|phase|annotations|citations|logprobs|cache_control|signature)$/;

/** A part of a message, which may be cut anywhere: `{type: 'text', text}`. */
function isContentBlock(piece: unknown): boolean {
	if (!isRecord(piece)) return false;
	if (piece['type'] === 'message') return isContent(piece['content'], new Map(Object.entries(piece)));
	const isText = piece['type'] === 'text' || piece['type'] === 'output_text';
	if (!isText || typeof piece['text'] !== 'string') return isThought(piece);
	return Object.keys(piece).every((name) => BLOCK_FIELDS.test(name));
}

/** What a model has thought before its answer, as the messages of several providers mark it. */
function isThought(piece: unknown): boolean {
	return (
		isRecord(piece) &&
		(piece['thought'] === true ||
			/^(?:redacted_)?(?:thinking|thought|reasoning)$/i.test(String(piece['type'])))
	);
}

function isDeeperThan(depth: number, value: unknown): boolean {
	if (typeof value !== 'object' || value === null) return false;
	return depth === 0 || Object.values(value).some((field) => isDeeperThan(depth - 1, field));
}

function looksLikeUrl(text: string): boolean {
	return /^https?:\/\/\S+$/.test(text.slice(0, 2_048));
}

/**
 * Why a prediction failed, in the service's words, from the error envelope or else from the logs; undefined where it says
 * nothing. At most 500 characters, without secrets.
 */
export function failureReason(prediction: Pick<Prediction, 'output' | 'logs'>): string | undefined {
	const reason = envelopeReason(prediction.output, 0) ?? lastLine(prediction.logs ?? '');
	// Before it is cut: of a secret at the cut, the head would remain.
	return reason === undefined ? undefined : redactSecrets(reason).slice(0, 500);
}

function lastLine(logs: string): string | undefined {
	return logs
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => line !== '')
		.at(-1);
}

function envelopeReason(output: unknown, depth: number): string | undefined {
	if (typeof output === 'string') return output.trim() === '' ? undefined : output.trim();
	if (Array.isArray(output)) return depth > MAX_DEPTH ? undefined : envelopeReason(output[0], depth + 1);
	if (output === null || typeof output !== 'object' || depth > MAX_DEPTH) return undefined;
	const fields = new Map(Object.entries(output));
	const message = ['error_message', 'error', 'message']
		.map((name) => envelopeReason(fields.get(name), depth + 1))
		.find((reason) => reason !== undefined);
	const code = fields.get('error_code');
	if (message === undefined) return typeof code === 'string' && code !== '' ? code : undefined;
	return typeof code === 'string' && code !== '' ? `${message} (${code})` : message;
}
