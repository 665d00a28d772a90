import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { altTextFromAnswer, altTextSchema, altTextTask } from './altText';
import { altTextsFromAnswer, altTextsSchema, checkAvoidWords } from './altTexts';
import { CHARACTERS_PER_TOKEN } from '../../core/tokens';
import { PredictionError } from '../../core/PredictionError';
import { numberIn } from '../../core/numberIn';
import { AnswerSchema } from '../../core/schema/AnswerSchema';
import { listedTexts } from '../fields/listedTexts';
import { hintField, readOptionalText } from '../fields/text';
import { readItemOptions } from '../fields/optionsCollection';
import { sourceFields } from '../fields/sources';
import { mediaOperation } from '../media/mediaOperation';
import type { ItemContext } from '../operation';
import { written } from '../../core/words';

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

const MAX_LANGUAGES = 30;
const MAX_WORDS = 200;
const MAX_WORD_CHARACTERS = 100;

const listFields: INodeProperties[] = [
	{
		displayName: 'Languages',
		name: 'languages',
		type: 'string',
		default: '',
		placeholder: 'e.g. English, German, French',
		description:
			"Languages of the alt text, separated by commas. One prediction gives the text in all of them, as 'altTexts'. Leave empty for one text.",
	},
	{
		displayName: 'Keywords',
		name: 'keywords',
		type: 'string',
		default: '',
		placeholder: 'e.g. city bike, step-through frame',
		description: 'Words to use where they fit what the image shows, separated by commas',
	},
	{
		displayName: 'Avoid Words',
		name: 'avoidWords',
		type: 'string',
		default: '',
		placeholder: 'e.g. photo, cheap, our competitor',
		description:
			'Words that the alt text must not have, separated by commas. An item whose text has one of them fails.',
	},
];

export const altTextOfImage = mediaOperation({
	kind: 'image',
	accepted: ['image'],
	option: {
		name: 'Generate Alt Text',
		value: 'altText',
		action: 'Generate alt text for image',
		description: "Describe an image for people who can't see it. The text is empty for a decorative image.",
	},
	fields: [contextField, maxLengthField, ...listFields, ...sourceFields('image')],
	options: ['autoFix'],
	ask: (item) => {
		const maxLength = readMaxLength(item);
		const languages = readLanguages(item);
		const keywords = readWords(item, 'keywords', 'Keywords', MAX_WORDS);
		const avoidWords = readWords(item, 'avoidWords', 'Avoid Words', MAX_WORDS);
		const tokens = Math.ceil(maxLength / CHARACTERS_PER_TOKEN);
		const task = altTextTask({ maxLength, context: readOptionalText(item), languages, keywords, avoidWords });
		if (languages.length > 0) {
			return {
				task,
				schema: altTextsSchema(languages),
				textTokens: tokens * languages.length,
				read: (answer) => {
					const { altTexts, ...first } = altTextsFromAnswer(answer, languages, maxLength);
					checkAvoidWords(Object.values(altTexts), avoidWords);
					return { altText: first.altText, altTexts, decorative: first.decorative };
				},
			};
		}
		const read = (answer: unknown): IDataObject => {
			const altText = altTextFromAnswer(answer, maxLength);
			checkAvoidWords([altText.altText], avoidWords);
			return { ...altText };
		};
		return {
			task,
			schema: altTextSchema(maxLength),
			// A bare text, or an object with other field names, is accepted too.
			looseSchema: AnswerSchema.fromJsonSchema({ type: ['string', 'object'] }, 'form of an alt text'),
			textTokens: tokens,
			read,
			readTexts: (texts) => ({ fields: read(texts.at(-1)) }),
		};
	},
});

function readLanguages(item: ItemContext): string[] {
	const languages = readWords(item, 'languages', 'Languages', MAX_LANGUAGES);
	const { language } = readItemOptions(item);
	if (languages.length > 0 && language !== undefined) {
		throw PredictionError.invalidInput(
			`Both 'Languages' and the option 'Language' (${language}) are set`,
			"Remove the option 'Language': 'Languages' says in which languages the text is written.",
		);
	}
	return languages;
}

function readWords(
	{ functions, itemIndex }: ItemContext,
	name: string,
	label: string,
	maxCount: number,
): string[] {
	const words = listedTexts(functions.getNodeParameter(name, itemIndex, ''), `The '${label}'`);
	const long = words.find((word) => word.length > MAX_WORD_CHARACTERS);
	if (words.length > maxCount || long !== undefined) {
		throw PredictionError.invalidInput(
			long === undefined
				? `'${label}' has ${written(words.length)} entries; it may have ${maxCount}`
				: `'${label}' has an entry of ${written(long.length)} characters, '${long.slice(0, 40)}…'; it may have ${MAX_WORD_CHARACTERS}`,
			'Shorten the list, and separate its entries with commas.',
		);
	}
	return words;
}

function readMaxLength({ functions, itemIndex }: ItemContext): number {
	const value: unknown = functions.getNodeParameter('maxLength', itemIndex, 125);
	const maxLength = numberIn(value);
	if (!Number.isInteger(maxLength) || maxLength < 10 || maxLength > 2_000) {
		throw PredictionError.invalidInput(
			`The 'Max Length' is ${JSON.stringify(value)}; it has to be a whole number from 10 to 2,000`,
			'Set it within that range; 125 suits most pages.',
		);
	}
	return maxLength;
}
