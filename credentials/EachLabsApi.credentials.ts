import type {
	IAuthenticateGeneric,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

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
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '=Bearer {{$credentials.apiKey}}' } },
	};

	// The model list is public; the executions need the key, and reading one of them costs nothing.
	test: ICredentialTestRequest = {
		request: { baseURL: '={{$credentials.baseUrl}}', url: '/v1/executions', qs: { limit: 1 } },
	};
}
