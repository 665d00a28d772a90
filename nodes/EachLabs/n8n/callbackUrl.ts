import { isLoopbackHost } from '../core/isLoopbackHost';
import { PredictionError } from '../core/PredictionError';
import { parsedUrl } from '../core/parsedUrl';

const SHOWN_CHARACTERS = 200;
const REMEDY =
	"Use the production URL of an Each Labs Trigger, or {{ $execution.resumeUrl }} for a Wait node, on an n8n that the web reaches over https and whose WEBHOOK_URL is set to that address; or remove the option 'Callback URL'.";

/**
 * An address that results may be sent to: https, or http on this machine.
 *
 * @throws {PredictionError} `invalidInput`
 */
export function checkCallbackUrl(text: string): string {
	if (text === '') throw refused('is empty, so nobody would be called');
	const shown = `${text.slice(0, SHOWN_CHARACTERS)}${text.length > SHOWN_CHARACTERS ? '…' : ''}`;
	const url = /\s/.test(text) ? undefined : parsedUrl(text);
	if (!url || !/^https?:\/\//i.test(text))
		throw refused(`is '${shown}', which is not a web address that begins with https://`);
	if (url.username !== '' || url.password !== '')
		throw refused(`holds a user name or password (${url.host}), which Each Labs would see`);
	if (url.protocol === 'http:' && !isLoopbackHost(url.hostname))
		throw refused(`is '${shown}', so results would travel in the open: it has to begin with https://`);
	return text;
}

/** The refusal of an address that only its own network reaches. */
export function unreachableCallback(url: string): PredictionError {
	return refused(`is in your own network (${new URL(url).host}), which Each Labs can't reach`);
}

function refused(what: string): PredictionError {
	return PredictionError.invalidInput(`The option 'Callback URL' ${what}`, REMEDY);
}
