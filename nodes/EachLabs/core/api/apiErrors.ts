import type { HttpAnswer, Interruption } from '../host';
import { PredictionError, type PredictionErrorKind } from '../PredictionError';
import { redactSecrets } from '../redactSecrets';
import { parseJson } from './readJson';
import { errorResponse } from './shapes';
import { capitalized } from '../words';

// What a refused request says, in our words; why a prediction failed is in `prediction/predictionFailed`.

export interface AnswerFacts {
	readonly httpStatus: number;
	readonly requestId: string;
	/** The service's own text, shortened, without secrets; '' where it gave none. */
	readonly words: string;
	/** Whether a web page came, which the API never gives: somebody else has answered. */
	readonly isPage: boolean;
}

/** @param requestId under which the request was sent; the service's own counts where it gives one */
export function answerFacts(answer: HttpAnswer, requestId: string): AnswerFacts {
	let words: string | undefined;
	return {
		httpStatus: answer.status,
		requestId: cleanId(answer.headers['x-request-id']) ?? requestId,
		/** Looked for when somebody asks, since an answer that is good is not asked. */
		get words() {
			// Before it is cut: of a secret at the cut, the head would remain.
			return (words ??= redactSecrets(serviceWords(answer)).slice(0, 500));
		},
		get isPage() {
			return isPage(answer);
		},
	};
}

/** Whether an answer is a web page. */
export function isPage({ text }: HttpAnswer): boolean {
	return /^\s*<(?:!doctype\s+html|html|head)\b/i.test(text.slice(0, 1_000));
}

function cleanId(id: string | undefined): string | undefined {
	// A key that comes back in place of an id would be hidden, and the id with it.
	return id !== undefined && /^[\w.:-]{1,128}$/.test(id) && redactSecrets(id) === id ? id : undefined;
}

/** The text of an error answer: `error`, then what `details` adds; of a refusal in another form, what it says. */
function serviceWords({ text, status }: HttpAnswer): string {
	const start = text.slice(0, 65_536);
	const body = parseJson(start, errorResponse)?.parsed;
	if (!body) return status >= 400 && status < 500 ? plainWords(start) : '';
	const parts = [body.error ?? body.message ?? body.detail ?? body.errors, body.details]
		.map((part) => inWords(part))
		.filter((part) => part !== '');
	return [...new Set(parts)].join(' - ');
}

/** The title of a page, or a text without its marks; '' for other JSON. */
function plainWords(text: string): string {
	if (/^\s*[[{"\d]/.test(text)) return '';
	const title = /<title[^>]{0,200}>([^<]{1,200})/i.exec(text)?.[1];
	return (title ?? text.slice(0, 2_000).replace(/<[^>]{0,500}>/g, ' '))
		.replace(/\s+/g, ' ')
		.trim()
		.slice(0, 300);
}

/** Without the braces and quotes of JSON. What is nested deeper than anybody would read is left out. */
function inWords(value: unknown, depth = 0): string {
	if (value === undefined || value === null || depth > 4) return '';
	if (Array.isArray(value)) return value.map((entry) => inWords(entry, depth + 1)).join('; ');
	if (typeof value !== 'object') return String(value as string | number | boolean);
	return Object.entries(value)
		.map(([name, field]) => `${name}: ${inWords(field, depth + 1)}`)
		.join(', ');
}

function said({ words }: AnswerFacts): string {
	return words === '' ? '' : ` Each Labs says: ${words}`;
}

export function serviceError(
	kind: PredictionErrorKind,
	facts: AnswerFacts,
	message: string,
	remedy: string,
): PredictionError {
	return new PredictionError(kind, message, {
		description: `${remedy}${said(facts)} (request ID ${facts.requestId})`,
		requestId: facts.requestId,
		httpStatus: facts.httpStatus,
	});
}

/** What a 4xx means, whatever was asked. */
export function refusal(facts: AnswerFacts): PredictionError {
	if (facts.isPage && facts.httpStatus !== 429) return pageInstead(facts);
	const [kind, message, remedy] = REFUSALS[facts.httpStatus] ?? REQUEST_REFUSED;
	return serviceError(kind, facts, message, remedy);
}

/** Of a gateway, a firewall or another server, which knows nothing of keys and models. */
function pageInstead({ words, httpStatus, requestId }: AnswerFacts): PredictionError {
	return new PredictionError(
		'requestRefused',
		`A web page came in place of an answer of Each Labs (status ${httpStatus})${words === '' ? '' : `: ${words}`}`,
		{
			description: `Check the 'Base URL' in the credential, and whether a proxy or a firewall between n8n and Each Labs stops requests. (request ID ${requestId})`,
			requestId,
			httpStatus,
		},
	);
}

type Words = readonly [kind: PredictionErrorKind, message: string, remedy: string];

const REQUEST_REFUSED: Words = [
	'requestRefused',
	'Each Labs refused the request',
	'Check the parameters of this item.',
];

/** By status. */
const REFUSALS: Readonly<Record<number, Words>> = {
	401: [
		'authentication',
		'Each Labs did not accept the API key',
		'Open the Each Labs credential of this node and paste a key that is active in your Each Labs dashboard.',
	],
	402: [
		'balance',
		'The balance of your Each Labs account is too low',
		'Top up the balance in your Each Labs dashboard, then run the workflow again.',
	],
	403: [
		'authentication',
		'The API key is not allowed to do this',
		'Check in your Each Labs dashboard what the key may do, or use another one.',
	],
	429: [
		'accountCap',
		'Your Each Labs account has as many predictions running as it may',
		"Run fewer at once (option 'Max Concurrency', other workflows with the same key), or raise the balance of the account, which raises the cap.",
	],
};

/** Older deployments have no route for it. */
export function balanceNotTold(facts: AnswerFacts): PredictionError {
	return serviceError(
		'requestRefused',
		facts,
		'Each Labs does not tell the balance at this address',
		"Look at it in your Each Labs dashboard, or check the 'Base URL' in the credential.",
	);
}

/** The advice about a model that is gone; `actions/media/chooseModel` puts the names of others in its place where there are any. */
export const CHOOSE_ANOTHER_MODEL = "Choose another one from the list in the parameter 'Model'.";

/** @param facts of the answer that said so; undefined where nobody was asked */
export function modelUnavailable(slug: string, facts?: AnswerFacts): PredictionError {
	const description = `${CHOOSE_ANOTHER_MODEL}${facts ? `${said(facts)} (request ID ${facts.requestId})` : ''}`;
	return new PredictionError(
		'modelUnavailable',
		`The model '${slug}' does not exist at Each Labs, or was withdrawn`,
		{ description, requestId: facts?.requestId, httpStatus: facts?.httpStatus },
	);
}

/** What a refusal says about the saved fallback that was asked for; undefined where it is about something else. */
export function selectorRefused(
	selector: string,
	model: string,
	facts: AnswerFacts,
): PredictionError | undefined {
	const { httpStatus, words } = facts;
	if (!/fallback/i.test(words)) return undefined;
	if (httpStatus === 403) {
		return serviceError(
			'requestRefused',
			facts,
			'Your organization at Each Labs may not use saved fallbacks',
			"Remove the option 'Fallback Selector', or have fallbacks switched on for your organization at Each Labs. The option 'Fallback Models' works without them.",
		);
	}
	if (httpStatus !== 400) return undefined;
	return serviceError(
		'requestRefused',
		facts,
		`Each Labs has no fallback '${selector}' that can be used for the model ${model}`,
		"Check the option 'Fallback Selector': it takes the name of a fallback that is saved and switched on for this very model in your Each Labs dashboard.",
	);
}

export function predictionNotFound(predictionId: string, facts: AnswerFacts): PredictionError {
	return serviceError(
		'predictionNotFound',
		facts,
		`Each Labs knows no prediction with the ID '${predictionId}'`,
		'Check the ID, and that the credential belongs to the account which created the prediction.',
	);
}

export function serviceUnavailable(facts: AnswerFacts): PredictionError {
	return serviceError(
		'serviceUnavailable',
		facts,
		`Each Labs is not available right now (status ${facts.httpStatus})`,
		'Try again in a few minutes.',
	);
}

export function unreadable(facts: AnswerFacts): PredictionError {
	return serviceError(
		'unexpectedAnswer',
		facts,
		'The answer of Each Labs could not be read',
		"Check the 'Base URL' in the credential, and whether a proxy between n8n and Each Labs changes answers; else try again in a few minutes.",
	);
}

/** In place of an answer, where no request was made. */
export const OUT_OF_TIME: Interruption = {
	delivery: 'notSent',
	interrupted: 'there was no time left for the request',
};

export function unreachable(interruption: Interruption, requestId: string): PredictionError {
	if (interruption === OUT_OF_TIME) return PredictionError.outOfTime();
	const { interrupted: reason } = interruption;
	return new PredictionError('serviceUnavailable', 'Each Labs could not be reached', {
		description: `${capitalized(reason)}. Check the network of your n8n host and the 'Base URL' in the credential, then try again. (request ID ${requestId})`,
		requestId,
	});
}

/** The answer is longer than what is read of one; asked again, it would be as long. */
export function answerTooLong(requestId: string, predictionId?: string): PredictionError {
	return new PredictionError(
		'unexpectedAnswer',
		predictionId === undefined
			? 'The answer of Each Labs is too long to be read'
			: 'The prediction is finished and paid, but its answer is too long to be read',
		{
			description:
				predictionId === undefined
					? `More than 8 MB of an answer are not read. Ask for less at once. (request ID ${requestId})`
					: `More than 8 MB of an answer are not read. The prediction ${predictionId} is in your Each Labs dashboard; have the model write less, or choose one that gives its files as addresses.`,
			requestId,
			predictionId,
		},
	);
}

/** What came is about something else than what was asked for. */
export function anotherAnswered(
	what: string,
	asked: string,
	answered: string,
	facts: AnswerFacts,
): PredictionError {
	return serviceError(
		'unexpectedAnswer',
		facts,
		`Each Labs answered for another ${what} than the one that was asked for`,
		`The node asked for '${asked}' and got '${answered.slice(0, 100)}'. Check whether a proxy or a cache between n8n and Each Labs mixes up answers.`,
	);
}

/** Another model is never bought in place of the one that was asked for. */
export function anotherModel(asked: string, answered: string, facts: AnswerFacts): PredictionError {
	return serviceError(
		'modelUnavailable',
		facts,
		`The model '${asked}' was not found: Each Labs described '${answered.slice(0, 100)}' in its place`,
		"Choose a model from the list in the parameter 'Model'.",
	);
}
