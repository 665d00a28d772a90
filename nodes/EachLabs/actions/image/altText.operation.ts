import type { INodeProperties } from 'n8n-workflow';

import { altTextFromAnswer, altTextTask } from './altText';
import { CHARACTERS_PER_TOKEN } from '../../core/tokens';
import { PredictionError } from '../../core/PredictionError';
import { hintField, readOptionalText } from '../fields/text';
import { itemsPerPredictionField } from '../fields/itemsPerPrediction';
import { mediaOptions } from '../fields/options';
import { sourceFields } from '../fields/sources';
import { mediaOperation } from '../media/mediaOperation';
import { modelField } from '../fields/model';
import type { ItemContext } from '../operation';
import { simplifyField } from '../fields/simplify';

const contextField = hintField(
	'What the image is used for, so that the alt text names what matters there',
	'e.g. Photo for a post about our new city bikes',
);

const maxLengthField: INodeProperties = {
	displayName: 'Max Length',
	name: 'maxLength',
	type: 'number',
	typeOptions: { minValue: 10, maxValue: 2000, numberPrecision: 0 },
	default: 125,
	description: 'How many characters the alt text may have. Up to 125 suits most screen readers.',
};

export const altTextOfImage = mediaOperation({
	kind: 'image',
	accepted: ['image'],
	option: {
		name: 'Generate Alt Text',
		value: 'altText',
		action: 'Generate alt text for image',
		description: "Describe an image for people who can't see it. The text is empty for a decorative image.",
	},
	fields: [
		modelField,
		contextField,
		maxLengthField,
		...sourceFields('image'),
		itemsPerPredictionField,
		simplifyField,
		mediaOptions,
	],
	ask: (item) => {
		const maxLength = readMaxLength(item);
		return {
			task: altTextTask({ maxLength, context: readOptionalText(item) }),
			textTokens: Math.ceil(maxLength / CHARACTERS_PER_TOKEN),
			read: (answer) => ({ ...altTextFromAnswer(answer, maxLength) }),
		};
	},
});

function readMaxLength({ functions, itemIndex }: ItemContext): number {
	const value: unknown = functions.getNodeParameter('maxLength', itemIndex, 125);
	const maxLength = typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN;
	if (!Number.isInteger(maxLength) || maxLength < 10 || maxLength > 2_000) {
		throw PredictionError.invalidInput(
			`The 'Max Length' is ${JSON.stringify(value)}; it has to be a whole number from 10 to 2,000`,
			'Set it within that range; 125 suits most pages.',
		);
	}
	return maxLength;
}
