import { PredictionError } from '../../core/PredictionError';
import { AnswerSchema } from '../../core/schema/AnswerSchema';
import { altTextFromAnswer, type AltText } from './altText';

/** An alt text in several languages. */
export interface AltTexts extends AltText {
	/** By language, in the order in which they were asked for; the first is `altText` too. */
	readonly altTexts: Readonly<Record<string, string>>;
}

/** The form of an answer: `{altTexts: {[language]: text}, decorative}`. */
export function altTextsSchema(languages: readonly string[]): AnswerSchema {
	return AnswerSchema.fromJsonSchema(
		{
			type: 'object',
			properties: {
				altTexts: {
					type: 'object',
					properties: Object.fromEntries(languages.map((language) => [language, { type: 'string' }])),
					required: [...languages],
				},
				decorative: { type: 'boolean' },
			},
			required: ['altTexts'],
		},
		"The list 'Languages'",
	);
}

/**
 * @param answer of the form that `altTextsSchema` gives
 * @param maxLength of each text, in characters as a reader counts them
 * @throws {PredictionError} `unusableAnswer` where a text is empty, a refusal, or says that the picture can't be seen
 */
export function altTextsFromAnswer(
	answer: unknown,
	languages: readonly string[],
	maxLength: number,
): AltTexts {
	const { altTexts, decorative = false } = answer as {
		altTexts: Record<string, string>;
		decorative?: boolean;
	};
	const isEmpty = languages.every((language) => (altTexts[language] ?? '').trim() === '');
	const read = languages.map((language): [string, AltText] => {
		if (decorative && isEmpty) return [language, { altText: '', decorative: true }];
		return [language, altTextFromAnswer(altTexts[language] ?? '', maxLength)];
	});
	// A picture is decorative in every language or in none: a text that one of them has is not thrown away.
	const isDecorative = read.every(([, text]) => text.decorative);
	const missing = read.find(([, text]) => text.decorative)?.[0];
	if (!isDecorative && missing !== undefined) {
		throw new PredictionError('unusableAnswer', `The model gave no alt text in the language '${missing}'`, {
			description:
				"It calls the image decorative in this language only. Run the item again, or name fewer 'Languages'.",
		});
	}
	return {
		altText: read[0]?.[1].altText ?? '',
		altTexts: Object.fromEntries(read.map(([language, { altText }]) => [language, altText])),
		decorative: isDecorative,
	};
}

/**
 * Looks for whole words in any case; in scripts that put no blanks between words, anywhere.
 *
 * @throws {PredictionError} `unusableAnswer` where a text has one of the words
 */
export function checkAvoidWords(texts: readonly string[], words: readonly string[]): void {
	const plain = texts.map(comparable);
	const used = words.find((word) => {
		const wanted = comparable(word).replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
		const [before, after] = [
			startsWord(word) ? NOT_IN_WORD_BEFORE : '',
			endsWord(word) ? NOT_IN_WORD_AFTER : '',
		];
		const pattern = new RegExp(`${before}${wanted}${after}`, 'u');
		return plain.some((text) => pattern.test(text));
	});
	if (used === undefined) return;
	throw new PredictionError(
		'unusableAnswer',
		`The alt text has the word '${used}', which is one of 'Avoid Words'`,
		{
			description:
				"What the model wrote is in 'rawOutput' of the details. Run the item again, or write this alt text by hand.",
		},
	);
}

const NOT_IN_WORD_BEFORE = '(?<![\\p{L}\\p{M}\\p{N}])';
const NOT_IN_WORD_AFTER = '(?![\\p{L}\\p{M}\\p{N}])';
const UNSPACED =
	/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

const startsWord = (word: string): boolean => isWordCharacter([...word][0]);
const endsWord = (word: string): boolean => isWordCharacter([...word].at(-1));

function isWordCharacter(character = ''): boolean {
	return /[\p{L}\p{N}]/u.test(character) && !UNSPACED.test(character);
}

function comparable(text: string): string {
	return text.normalize('NFKC').toLowerCase().replaceAll('’', "'");
}
