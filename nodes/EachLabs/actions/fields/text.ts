import type { INodeProperties } from 'n8n-workflow';

import { PredictionError } from '../../core/PredictionError';
import { filledIn } from '../../n8n/filledIn';
import type { ItemContext } from '../operation';

const TEXT_INPUT = {
	displayName: 'Text Input',
	name: 'text',
	type: 'string',
	typeOptions: { rows: 2 },
	default: '',
} as const satisfies INodeProperties;

/** @param question what the field asks at first */
export function textField(question: string): INodeProperties {
	return {
		...TEXT_INPUT,
		required: true,
		default: question,
		placeholder: `e.g. ${question}`,
		description: 'The question or instruction for the model. You can ask several things at once.',
	};
}

/** A text that refines what an operation does by itself. */
export function hintField(description: string, placeholder: string): INodeProperties {
	return {
		...TEXT_INPUT,
		placeholder,
		hint: `Optional. ${description}.`,
		description,
	};
}

/** The text parameter of an item; refused where it is empty, or no text at all. */
export function readText({ functions, itemIndex }: ItemContext): string {
	const text: unknown = functions.getNodeParameter('text', itemIndex, '');
	if (typeof text !== 'string') {
		throw PredictionError.invalidInput(
			`The 'Text Input' holds ${text === undefined || text === null ? 'nothing' : `a value of type ${typeof text}`} where a text belongs`,
			'Check its expression: for this item it gives no text.',
		);
	}
	if (text.trim() === '') {
		throw PredictionError.invalidInput(
			"The 'Text Input' is empty",
			'Write what the model should say about the files.',
		);
	}
	const raw: unknown = functions.getNodeParameter('text', itemIndex, '', { rawExpressions: true });
	return filledIn(text, "'Text Input'", raw);
}

/** The text parameter of an operation that needs none; '' where it is empty. */
export function readOptionalText(context: ItemContext): string {
	const text: unknown = context.functions.getNodeParameter('text', context.itemIndex, '');
	return typeof text === 'string' && text.trim() === '' ? '' : readText(context).trim();
}
