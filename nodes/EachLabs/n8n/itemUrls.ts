import { endingOf, filePageOf, isOwnNetworkHost, separateUrls } from '../core/media/addresses';
import type { MediaKind, MediaUrl } from '../core/media/media';
import { checkListedType, unlistedType } from '../core/model/defaultModel';
import { PredictionError } from '../core/PredictionError';
import { triedJson } from '../core/json';
import { parsedUrl } from '../core/parsedUrl';

export interface UrlWish {
	readonly kind: MediaKind;
	/** The parameter's display name, for messages. */
	readonly parameter: string;
	/** Slugs of the models that may be asked about the files, best first. */
	readonly models: readonly string[];
	/** Whether the service itself is on this machine, and so can fetch from its network. */
	readonly takesOwnNetwork: boolean;
}

/** Where services write the address of a file in an object; those of some lie one level deeper. */
const ADDRESS_KEYS = ['url', 'src', 'href', 'source_url', 'file', 'external', 'image_url', 'image'];
const MAX_DEPTH = 3;
const SHOWN_CHARACTERS = 80;
/** What comes along when an address is copied from a chat or a document; joiners are a part of words. */
const INVISIBLE = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
/** What anything that fetches takes as it is; other addresses are sent in the form that a browser asks for. */
const PLAIN_ADDRESS = /^https?:\/\/[!-[\]-~]+$/i;
/** The words for what is missing mean that only where they stand for the file or its host: addresses that work have them elsewhere. */
const UNRESOLVED =
	/\{\{|\[object |^(?:(?:[^?#]*\/)?(?:undefined|NaN)\/?(?:[?#]|$)|https?:\/\/(?:undefined|NaN)[/:])/;

/**
 * The addresses in a URL parameter: a text with one or several, a list (also as JSON), an object that holds an address, or a
 * list of such. Entries of a list are kept whole; empty ones are passed over.
 *
 * @throws {PredictionError} `invalidInput`, naming the address
 */
export function mediaUrls(value: unknown, wish: UrlWish): MediaUrl[] {
	const { parameter, kind } = wish;
	if (value === undefined || value === null) throw noAddress(parameter, 'nothing');
	const urls = addressesIn(value, parameter);
	if (urls.length === 0) {
		throw PredictionError.invalidInput(
			`The parameter '${parameter}' is empty`,
			`Give at least one address, e.g. https://example.com/file, or set 'Input Type' to Binary File(s).`,
		);
	}
	return urls.map((url) => ({ kind, url: checkedUrl(url, wish) }));
}

/** @param place what the user calls it, e.g. "parameter 'Image URL(s)'" */
export function inOwnNetwork(place: string, host: string): PredictionError {
	return PredictionError.invalidInput(
		`The ${place} holds an address in your own network (${host}), which Each Labs can't reach`,
		place.startsWith('parameter')
			? "Fetch the file with n8n's HTTP Request node and set 'Input Type' to Binary File(s), or use an address on the web."
			: "Use an address on the web, or fetch the file with n8n's HTTP Request node and give it to this node in a binary field.",
	);
}

function addressesIn(value: unknown, parameter: string, depth = 0): string[] {
	if (value === null || value === undefined) return [];
	if (typeof value === 'string') {
		const parsed = depth < MAX_DEPTH && /^\s*(?:\[|\{|")/.test(value) ? triedJson(value) : undefined;
		if (parsed !== undefined) return addressesIn(parsed, parameter, depth + 1);
		const urls = depth === 0 ? separateUrls(value) : [value.trim()];
		return urls.filter((url) => url !== '');
	}
	if (Array.isArray(value))
		return value.flatMap((entry) => addressesIn(entry, parameter, Math.max(1, depth)));
	if (typeof value !== 'object') throw noAddress(parameter, `a value of type ${typeof value}`);
	const given = value as Record<string, unknown>;
	const key = ADDRESS_KEYS.find((name) => {
		const inner = Object.hasOwn(given, name) ? given[name] : undefined;
		return (
			(typeof inner === 'string' && inner !== '') ||
			(typeof inner === 'object' && inner !== null && depth < MAX_DEPTH)
		);
	});
	if (key !== undefined) return addressesIn(given[key], parameter, Math.max(1, depth + 1));
	const keys = Object.keys(given).slice(0, 10);
	throw noAddress(
		parameter,
		`an object without one (${keys.length === 0 ? 'it is empty' : `it has: ${keys.join(', ')}`})`,
	);
}

function noAddress(parameter: string, what: string): PredictionError {
	return PredictionError.invalidInput(
		`The parameter '${parameter}' holds ${what} where a web address belongs`,
		what.startsWith('an object')
			? 'Choose the field of it that has the address, e.g. {{ $json.photo.link }}. In an object, url, src and href are found by themselves.'
			: 'Check the expression: for this item it gives no text.',
	);
}

/** A file as far as its format is known. */
type KnownFile = MediaUrl | { readonly label: string; readonly contentType: string | undefined };

/** Why a model can't be asked about files: the first one of a format that it is known not to read; undefined of none. */
export function unlistedFiles(model: string, files: readonly KnownFile[]): PredictionError | undefined {
	for (const file of files) {
		const refusal =
			'url' in file
				? unlistedType(model, contentTypeInUrl(file.url), `the file at ${file.url.slice(0, 80)}`)
				: unlistedType(model, file.contentType, file.label);
		if (refusal) return refusal;
	}
	return undefined;
}

/** The format that the ending of an address tells; undefined where it tells none. */
function contentTypeInUrl(address: string): string | undefined {
	const url = parsedUrl(address);
	return url && endingOf(url).contentType;
}

function checkedUrl(entry: string, { parameter, models, takesOwnNetwork }: UrlWish): string {
	// An address without its scheme, as shops and pages write it.
	const text = entry
		.replace(INVISIBLE, '')
		.replaceAll('&amp;', '&')
		.trim()
		.replace(/^\/\/(?=[^/\s]+\.[^/\s])/, 'https://');
	const shown = `${text.slice(0, SHOWN_CHARACTERS)}${text.length > SHOWN_CHARACTERS ? '…' : ''}`;
	const refused = (what: string, remedy: string) =>
		PredictionError.invalidInput(`The parameter '${parameter}' holds ${what}`, remedy);
	const unresolved = UNRESOLVED.exec(text)?.[0];
	if (unresolved !== undefined)
		throw refused(
			`an address that an expression has not filled in: ${shown}`,
			unresolved === '{{'
				? "Switch the field from 'Fixed' to 'Expression'."
				: 'Check the expression: a field that it names has no text for this item.',
		);
	const address = text.replace(/[ \u00a0]/g, '%20');
	const url = /\s/.test(address) ? undefined : parsedUrl(address);
	if (!url)
		throw refused(
			`'${shown}', which is not a web address`,
			'Give a whole address, e.g. https://example.com/file.',
		);
	if (url.protocol !== 'https:' && url.protocol !== 'http:')
		throw refused(
			`an address that begins with ${url.protocol}, and Each Labs can only fetch http and https: ${shown}`,
			"Use an address on the web, or get the file with a node before this one and set 'Input Type' to Binary File(s).",
		);
	if (url.username !== '' || url.password !== '')
		throw refused(
			`an address with a user name or password in it (${url.host})`,
			"Each Labs and its model would see them. Fetch the file with n8n's HTTP Request node and set 'Input Type' to Binary File(s).",
		);
	if (!takesOwnNetwork && isOwnNetworkHost(url.hostname))
		throw inOwnNetwork(`parameter '${parameter}'`, url.host);
	const service = filePageOf(url);
	if (service !== undefined)
		throw refused(
			`the address of a page of ${service}, which shows the file and is not the file itself: ${shown}`,
			`Get the file with n8n's node for ${service} or its HTTP Request node and set 'Input Type' to Binary File(s), or use an address at which the file itself is downloaded${service === 'Dropbox' ? ', which ends in dl=1' : ''}.`,
		);
	const { unreadable, contentType } = endingOf(url);
	if (unreadable !== undefined)
		throw refused(
			`the address of ${unreadable}, which the model can't read: ${shown}`,
			'Use the address of a JPEG, PNG or WebP image, of a video, a recording or a PDF document, or convert the file first.',
		);
	if (contentType !== undefined) checkListedType(models, contentType, `the file at ${shown}`);
	return PLAIN_ADDRESS.test(address) ? address : url.href;
}
