import {
	UserError,
	type IAuthenticateRuleResponseCode,
	type IAuthenticateRuleResponseSuccessBody,
	type ICredentialDataDecryptedObject,
	type ICredentialTestRequest,
	type ICredentialType,
	type IHttpRequestOptions,
	type INodeProperties,
} from 'n8n-workflow';

import { apiKeyFault } from '../nodes/EachLabs/core/apiKeyFault';
import { isLoopbackHost } from '../nodes/EachLabs/core/isLoopbackHost';
import { parsedUrl } from '../nodes/EachLabs/core/parsedUrl';

const NOT_THE_API =
	"What answered is not the API of Each Labs. Check the 'Base URL', which is https://api.eachlabs.ai unless you use a stand-in.";

/** What n8n's test of the credential says, by the status of the answer. */
const WORDS: ReadonlyArray<readonly [statuses: number[], message: string]> = [
	[[401], 'Each Labs did not accept the API key. Paste one that is active in your Each Labs dashboard.'],
	[[403], 'The API key is not allowed to do this. Check in your Each Labs dashboard what it may do.'],
	[[301, 302, 307, 308, 404], NOT_THE_API],
	[[429], 'Each Labs gets too many requests with this key. Try again in a minute.'],
	[[500, 502, 503, 504], 'Each Labs is not available right now. Try again in a few minutes.'],
];

/** n8n takes both kinds of rules in one list, which its type does not know. */
const RULES: Array<IAuthenticateRuleResponseCode | IAuthenticateRuleResponseSuccessBody> = [
	...WORDS.flatMap(([statuses, message]) =>
		statuses.map((value) => ({ type: 'responseCode' as const, properties: { value, message } })),
	),
	// A web page, and what another service answers, has no such list.
	{ type: 'responseSuccessBody', properties: { key: 'executions', value: undefined, message: NOT_THE_API } },
];

export class EachLabsApi implements ICredentialType {
	name = 'eachLabsApi';

	displayName = 'Each Labs API';

	documentationUrl = 'https://github.com/n8n-nodes-eachlabs/n8n-nodes-eachlabs#credentials';

	icon = { light: 'file:../icons/eachlabs.svg', dark: 'file:../icons/eachlabs.dark.svg' } as const;

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			hint: 'Create one under <a href="https://www.eachlabs.ai/api-keys" target="_blank">API Keys</a> in your Each Labs dashboard',
			description: 'What your workflows run is charged to the account of this key',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://api.eachlabs.ai',
			description: "Change it only to use a stand-in for the API, such as this package's sandbox",
		},
		{
			displayName: 'Webhook Secret',
			name: 'webhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				"Signs the calls with which Each Labs says that a prediction is finished: any long random text. Only needed with a 'Callback URL' or the Each Labs Trigger.",
		},
	];

	/** Whoever asks, n8n's own test of the credential too, gets the key for addresses only at which nobody listens on the way. */
	async authenticate(
		{ apiKey }: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		refuseOpenAddress(requestOptions);
		const key = String(apiKey);
		const fault = apiKeyFault(key);
		if (fault) throw new UserError(fault.join('. '));
		const headers = { ...requestOptions.headers, Authorization: `Bearer ${key}` };
		return { ...requestOptions, headers };
	}

	// The model list is public; the executions need the key, and reading one of them costs nothing.
	test: ICredentialTestRequest = {
		request: {
			baseURL: "={{ $credentials.baseUrl.trim() || 'https://api.eachlabs.ai' }}",
			url: '/v2/executions',
			qs: { limit: 1 },
			disableFollowRedirect: true,
		},
		rules: RULES as ICredentialTestRequest['rules'],
	};
}

/** HTTP Request nodes name their address `uri`. */
function refuseOpenAddress({ baseURL, url, uri = url }: IHttpRequestOptions & { uri?: string }): void {
	const base = baseURL || undefined;
	const address = parsedUrl(uri, base);
	if (!address || (address.protocol !== 'https:' && address.protocol !== 'http:')) {
		throw new UserError(
			`The API key was not sent: ${(base ?? uri).slice(0, 100)} is not a web address such as https://api.eachlabs.ai`,
		);
	}
	if (address.protocol === 'http:' && !isLoopbackHost(address.hostname)) {
		throw new UserError(
			`The API key was not sent: ${address.origin} does not use https, so the key would travel in the open`,
		);
	}
}
