import {
	ExpressionError,
	NodeApiError,
	NodeOperationError,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type JsonObject,
} from 'n8n-workflow';

import { PredictionError, type PredictionErrorKind } from '../core/PredictionError';
import { redactSecrets } from '../core/redactSecrets';

/** Which kinds are the user's to mend in the workflow; the others come from the service. */
const IS_USER_INPUT: Readonly<Record<PredictionErrorKind, boolean>> = {
	invalidInput: true,
	authentication: false,
	balance: false,
	accountCap: false,
	costLimit: true,
	modelUnavailable: false,
	requestRefused: false,
	predictionFailed: false,
	predictionCancelled: false,
	predictionNotFound: false,
	deadline: false,
	submissionUnknown: false,
	upload: false,
	serviceUnavailable: false,
	unexpectedAnswer: false,
	unusableAnswer: false,
	stopped: true,
};

/**
 * The one place where what went wrong in the core becomes an error of n8n.
 *
 * n8n's error is built from a fresh object with chosen fields: what a client threw holds headers, and so the key.
 */
export function toNodeError(error: unknown, node: INode, itemIndex?: number): HostError {
	if (!(error instanceof PredictionError)) return unforeseen(error, node, itemIndex);
	const { message, description } = error;
	if (IS_USER_INPUT[error.kind])
		return new NodeOperationError(node, message, { description, itemIndex, level: 'warning' });
	const response: JsonObject = { message, description };
	const { httpStatus } = error.facts;
	const httpCode = httpStatus === undefined ? undefined : String(httpStatus);
	return new NodeApiError(node, response, { message, description, itemIndex, httpCode, level: 'warning' });
}

/**
 * The output item of an input item that failed: its message, and under `details` the reason and the ids.
 *
 * With an error output, n8n 2 recognises such an item by its keys, which are out of `error`, `message` and `details`. The 1.x
 * line takes no `details` there. Both recognise it by an `error` beside the JSON, whatever else the JSON has, but 1.x writes
 * the bare message over the JSON of an item on which it still finds one afterwards. It copies an item on its way to the error
 * output: not enumerable, the `error` is seen before and is gone after.
 *
 * @param identity by what a person knows the item; stands before the message
 * @param complete adds what else the item is to have
 */
export function errorItem(
	error: unknown,
	nodeError: HostError,
	node: INode,
	pairedItem: INodeExecutionData['pairedItem'],
	identity: IDataObject,
	complete: (json: IDataObject) => Pick<INodeExecutionData, 'json' | 'binary'>,
): INodeExecutionData {
	const json = { ...identity, ...errorJson(error, nodeError) };
	const item: INodeExecutionData = { ...complete(json), pairedItem };
	if (node.onError === 'continueErrorOutput') Object.defineProperty(item, 'error', { value: nodeError });
	return item;
}

/** What n8n shows with its parameter, its item and its own advice. */
export type HostError = NodeApiError | NodeOperationError | ExpressionError;

function errorJson(error: unknown, nodeError: HostError): IDataObject {
	const details: IDataObject = { description: nodeError.description ?? '' };
	if (error instanceof PredictionError) {
		details['kind'] = error.kind;
		for (const [name, value] of Object.entries<IDataObject[string]>({ ...error.facts })) {
			const isNothing = value === undefined || value === null || (Array.isArray(value) && value.length === 0);
			if (!isNothing) details[name] ??= value;
		}
	}
	return { error: nodeError.message, details };
}

function unforeseen(error: unknown, node: INode, itemIndex?: number): HostError {
	// n8n's own say which parameter and which node are meant, and what to do: nothing is added but the item.
	if (
		error instanceof NodeOperationError ||
		error instanceof NodeApiError ||
		error instanceof ExpressionError
	) {
		if (itemIndex !== undefined) error.context['itemIndex'] ??= itemIndex;
		return error;
	}
	const message = redactSecrets(error instanceof Error ? error.message : String(error));
	// What an expression throws that n8n can't read has the parameter's value for its cause, and no other sign.
	const expression = error instanceof Error ? error.cause : undefined;
	if (message === 'invalid syntax' && expression !== undefined && !(expression instanceof Error)) {
		const quoted = typeof expression === 'string' ? `: ${redactSecrets(expression).slice(0, 200)}` : '';
		return new NodeOperationError(
			node,
			`An expression of this node has a form that n8n can't read${quoted}`,
			{
				description:
					'Look whether a bracket, a brace or a quotation mark in it is missing or one too many. The expression editor shows what it gives.',
				itemIndex,
			},
		);
	}
	return new NodeOperationError(node, `The node met something it did not expect: ${message}`, {
		description:
			'Please report this at https://github.com/n8n-nodes-eachlabs/n8n-nodes-eachlabs/issues, with what you did before it. Predictions that were already created are in your Each Labs dashboard.',
		itemIndex,
	});
}
