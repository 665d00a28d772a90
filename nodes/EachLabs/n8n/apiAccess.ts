import type {
	IExecuteFunctions,
	IHookFunctions,
	ILoadOptionsFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import { apiKeyFault } from '../core/apiKeyFault';
import { isLoopbackHost } from '../core/isLoopbackHost';
import { PredictionError } from '../core/PredictionError';
import { rememberSecret } from '../core/redactSecrets';
import { CREDENTIAL_TYPE } from './HostTransport';
import { parsedUrl } from '../core/parsedUrl';

export const USUAL_BASE_URL = 'https://api.eachlabs.ai';

/** What the credential says, checked. */
export interface ApiAccess {
	readonly apiKey: string;
	/** Without a slash at its end. */
	readonly baseUrl: string;
	readonly isLoopback: boolean;
}

/** Reads and checks the credential, before any request is made. */
export async function readApiAccess(
	functions: IExecuteFunctions | ILoadOptionsFunctions | IWebhookFunctions,
): Promise<ApiAccess> {
	const credential = await functions.getCredentials(CREDENTIAL_TYPE);
	const apiKey = typeof credential['apiKey'] === 'string' ? credential['apiKey'] : '';
	const fault = apiKeyFault(apiKey);
	if (fault) throw PredictionError.invalidInput(...fault);
	rememberSecret(apiKey);
	return { apiKey, ...checkBaseUrl(credential['baseUrl']) };
}

/** The secret that signs the calls of Each Labs; '' where the credential has none. */
export async function readWebhookSecret(
	functions: IExecuteFunctions | IHookFunctions | IWebhookFunctions,
): Promise<string> {
	const { webhookSecret } = await functions.getCredentials(CREDENTIAL_TYPE);
	if (typeof webhookSecret !== 'string' || webhookSecret === '') return '';
	rememberSecret(webhookSecret);
	return webhookSecret;
}

function checkBaseUrl(value: unknown): Pick<ApiAccess, 'baseUrl' | 'isLoopback'> {
	const refused = (what: string) =>
		PredictionError.invalidInput(
			`The 'Base URL' in the Each Labs credential ${what}`,
			`Open the Each Labs credential and set the 'Base URL' to ${USUAL_BASE_URL}.`,
		);
	const text = typeof value === 'string' && value.trim() !== '' ? value.trim() : USUAL_BASE_URL;
	const shown = text.slice(0, 100);
	const url = parsedUrl(text);
	if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
		throw refused(`is not a web address: ${shown}`);
	if (url.username !== '' || url.password !== '') throw refused('holds a user name or password');
	const isLoopback = isLoopbackHost(url.hostname);
	if (url.protocol === 'http:' && !isLoopback)
		throw refused(`does not use https, so the key would travel in the open: ${shown}`);
	return { baseUrl: `${url.origin}${url.pathname}`.replace(/\/+$/, ''), isLoopback };
}

/** A presigned URL takes files only over https; over http only where the API itself is on this machine. */
export function isAllowedStorageUrl(url: string, access: ApiAccess): boolean {
	const { protocol, hostname, username } = parsedUrl(url) ?? {};
	if (hostname === undefined || username !== '') return false;
	return protocol === 'https:' || (protocol === 'http:' && access.isLoopback && isLoopbackHost(hostname));
}
