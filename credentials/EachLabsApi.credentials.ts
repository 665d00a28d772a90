import {
	UserError,
	type ICredentialDataDecryptedObject,
	type ICredentialTestRequest,
	type ICredentialType,
	type IHttpRequestOptions,
	type INodeProperties,
} from 'n8n-workflow';

import { isLoopbackHost } from '../nodes/EachLabs/core/isLoopbackHost';

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
			description: "You find it in your Each Labs dashboard, under 'API Keys'",
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
		const headers = { ...requestOptions.headers, Authorization: `Bearer ${String(apiKey)}` };
		return { ...requestOptions, headers };
	}

	// The model list is public; the executions need the key, and reading one of them costs nothing.
	test: ICredentialTestRequest = {
		request: {
			baseURL: '={{$credentials.baseUrl}}',
			url: '/v2/executions',
			qs: { limit: 1 },
			disableFollowRedirect: true,
		},
	};
}

/** HTTP Request nodes name their address `uri`. */
function refuseOpenAddress({ baseURL, url, uri = url }: IHttpRequestOptions & { uri?: string }): void {
	const base = baseURL || undefined;
	const address = URL.canParse(uri, base) ? new URL(uri, base) : undefined;
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
