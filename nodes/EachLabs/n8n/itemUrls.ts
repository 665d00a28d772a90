import { separateUrls } from '../core/media/addresses';
import type { MediaKind, MediaUrl } from '../core/media/media';
import { PredictionError } from '../core/PredictionError';

/**
 * The addresses in a URL parameter: text with several by comma or line break, or an array, whose entries are kept whole.
 *
 * @param fieldName the parameter's display name, for messages
 */
export function mediaUrls(value: unknown, kind: MediaKind, fieldName: string): MediaUrl[] {
	const entries = Array.isArray(value) ? value : typeof value === 'string' ? separateUrls(value) : [value];
	const urls = entries.filter((entry) => entry !== '' && !(typeof entry === 'string' && entry.trim() === ''));
	if (urls.length === 0) {
		throw PredictionError.invalidInput(
			`The parameter '${fieldName}' is empty`,
			`Give at least one address, e.g. https://example.com/file, or set 'Input Type' to Binary File(s).`,
		);
	}
	return urls.map((entry) => ({ kind, url: checkedUrl(entry, fieldName) }));
}

function checkedUrl(entry: unknown, fieldName: string): string {
	if (typeof entry !== 'string') {
		throw PredictionError.invalidInput(
			`The parameter '${fieldName}' holds ${entry === undefined || entry === null ? 'nothing' : `a value of type ${typeof entry}`} where a web address belongs`,
			'Check the expression: for this item it gives no text.',
		);
	}
	const text = entry.trim();
	const shown = `${text.slice(0, 80)}${text.length > 80 ? '…' : ''}`;
	const url = /\s/.test(text) || !URL.canParse(text) ? undefined : new URL(text);
	if (!url) {
		throw PredictionError.invalidInput(
			`The parameter '${fieldName}' holds '${shown}', which is not a web address`,
			'Give a whole address, e.g. https://example.com/file.',
		);
	}
	if (url.protocol !== 'https:' && url.protocol !== 'http:') {
		throw PredictionError.invalidInput(
			`The parameter '${fieldName}' holds an address that begins with ${url.protocol}, and Each Labs can only fetch http and https: ${shown}`,
			"Use an address on the web, or get the file with a node before this one and set 'Input Type' to Binary File(s).",
		);
	}
	if (url.username !== '' || url.password !== '') {
		throw PredictionError.invalidInput(
			`The parameter '${fieldName}' holds an address with a user name or password in it (${url.host})`,
			"Each Labs and its model would see them. Fetch the file with n8n's HTTP Request node and set 'Input Type' to Binary File(s).",
		);
	}
	return text;
}
