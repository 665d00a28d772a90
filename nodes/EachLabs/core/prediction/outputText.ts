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
		const completion = completionText(fields.get('choices'), depth);
		if (completion !== undefined) return completion;
		for (const name of ['text', 'output', 'content', 'answer', 'caption', 'response', 'result', 'message']) {
			const value = fields.get(name);
			if (typeof value === 'string') return value;
		}
		return isDeeperThan(MAX_DEPTH, output) ? '' : JSON.stringify(output);
	}
	return String(output as number | boolean);
}

/** The first answer of a chat completion, whose content is a text or a list of parts; undefined where it is none. */
function completionText(choices: unknown, depth: number): string | undefined {
	const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
	const message = isRecord(first) ? first['message'] : undefined;
	if (!isRecord(message) || !('content' in message)) return undefined;
	const { content } = message;
	return Array.isArray(content)
		? content
				.filter((part) => !isThought(part))
				.map((part) => textOf(part, depth + 1))
				.join('')
		: textOf(content, depth + 1);
}

/** A part of a message, which may be cut anywhere: `{type: 'text', text}`. */
function isContentBlock(piece: unknown): boolean {
	return isRecord(piece) && typeof piece['type'] === 'string';
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
