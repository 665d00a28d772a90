import {
	NodeConnectionTypes,
	NodeOperationError,
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { simplifyField } from './actions/fields/simplify';
import { readWebhookSecret } from './n8n/apiAccess';
import { receiveCall } from './trigger/receiveCall';

export class EachLabsTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Each Labs Trigger',
		name: 'eachLabsTrigger',
		icon: { light: 'file:../../icons/eachlabs.svg', dark: 'file:../../icons/eachlabs.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: 'on prediction finished',
		// n8n's list of nodes shows it for both nodes of the package.
		description:
			'Analyze, describe, moderate and extract data from images, videos, audio and documents, or start when a prediction is finished',
		eventTriggerDescription: 'Waiting for a prediction to finish: start one whose callback is the test URL',
		activationMessage:
			"Each Labs can now call the production URL. Give it as 'Callback URL' to the predictions that you start.",
		defaults: { name: 'Each Labs Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'eachLabsApi', required: true }],
		webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'eachlabs' }],
		properties: [
			{
				displayName:
					"Copy a URL from above, and give it as 'Callback URL' to the predictions that should arrive here: the test URL while you listen for a test event, the production URL once the workflow is active. The 'Webhook Secret' of the credential signs the calls; it has to be the same where the prediction is started.",
				name: 'urlNotice',
				type: 'notice',
				default: '',
			},
			{
				displayName: 'Trigger On',
				name: 'event',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Prediction Finished',
						value: 'predictionFinished',
						action: 'On prediction finished',
						description: 'A prediction has succeeded or failed',
					},
				],
				default: 'predictionFinished',
			},
			{
				displayName: 'Statuses',
				name: 'statuses',
				type: 'multiOptions',
				options: [
					{ name: 'Cancelled', value: 'cancelled' },
					{ name: 'Failed', value: 'error' },
					{ name: 'Succeeded', value: 'success' },
				],
				default: ['success', 'error'],
				description: 'Which predictions start the workflow',
			},
			simplifyField,
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add option',
				default: {},
				options: [
					{
						displayName: 'Accept Unsigned Calls',
						name: 'acceptUnsigned',
						type: 'boolean',
						default: true,
						description:
							'Whether to take calls without a signature, such as those of predictions that were started without a webhook secret. Anyone who knows the URL can send them.',
					},
					{
						displayName: 'Confirm With Each Labs',
						name: 'confirm',
						type: 'boolean',
						default: true,
						description:
							'Whether to ask Each Labs if the prediction is real before the workflow starts. The node does so also when this option is not added, and it costs nothing. Switch it off to believe every call.',
					},
				],
			},
		],
	};

	/** Each Labs keeps no list of who listens: the URL goes with each prediction. */
	webhookMethods = {
		default: {
			/** Not so where calls could not be checked: then n8n asks `create`, which says what is missing. */
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await canCheckCalls(this);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				if (await canCheckCalls(this)) return true;
				throw new NodeOperationError(this.getNode(), "The Each Labs credential has no 'Webhook Secret'", {
					description:
						"Without it, nobody could tell a call of Each Labs from somebody else's. Open the credential and write one, a long random text, or switch on the option 'Accept Unsigned Calls'.",
				});
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await Promise.resolve(true);
			},
		},
	};

	webhook = receiveCall;
}

async function canCheckCalls(functions: IHookFunctions): Promise<boolean> {
	const options = functions.getNodeParameter('options', {}) as { acceptUnsigned?: unknown };
	return options.acceptUnsigned === true || (await readWebhookSecret(functions)) !== '';
}
