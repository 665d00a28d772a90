import type { AnswerStyle } from '../../scenario';
import type { DescribedMedium } from '../MediumDescription';
import { composeItemAnswer } from './composeItemAnswer';
import type { JsonValue } from './JsonValue';
import type { AnswerForm, ItemFiles } from './readAnswerForm';
import { SchemaFiller } from './SchemaFiller';
import { UnusablePromptError } from './UnusablePromptError';
import { writeAnswer, writeEntries, type Entry } from './writeAnswer';

interface JsonAnswer {
	/** As the style has it written. */
	readonly text: string;
	/** The data: of one item, or of several. */
	readonly answer?: JsonValue;
	readonly entries?: readonly Entry[];
}

/**
 * The answer to a prompt that wants JSON: data that fits its schema, or for several items an array of `{index, answer}`,
 * with the item's tag where the prompt gave it one.
 * An item's answer depends on its own files and the question alone: it is the same in a group as by itself.
 *
 * @param others what was sent besides prompt and media, in words
 * @throws UnusablePromptError When the items' files are not those that were sent, or no data can be made for the schema.
 */
export async function composeJsonAnswer(
	{ question, schema, items }: AnswerForm,
	media: readonly DescribedMedium[],
	others: readonly string[],
	style: AnswerStyle,
): Promise<JsonAnswer> {
	const filler = new SchemaFiller(schema);
	const answerAbout = async (own: readonly DescribedMedium[]): Promise<JsonValue> => {
		if (style === 'wrongShape') return filler.misfit();
		const answer = await composeItemAnswer(question, own, others, filler);
		return style === 'nulls' ? filler.withNulls(answer) : answer;
	};
	if (items === undefined) {
		const answer = await answerAbout(media);
		return { text: writeAnswer(answer, style), answer };
	}
	checkFiles(items, media.length);
	const entries = await Promise.all(
		items.map(async ({ first, last, tag }, position) => ({
			index: position + 1,
			...(tag === undefined ? {} : { tag }),
			answer: await answerAbout(media.slice(first - 1, last)),
		})),
	);
	return { text: writeEntries(entries, style), entries };
}

/** Every file that was sent belongs to one item, in order: else an item would be answered with another one's file. */
function checkFiles(items: readonly ItemFiles[], count: number): void {
	let next = 1;
	for (const { first, last } of items) {
		if (first !== next) break;
		next = last + 1;
	}
	if (
		items.length > 0 &&
		items.every(({ first, last }) => last < first || last <= count) &&
		next === count + 1
	)
		return;
	throw new UnusablePromptError(
		'files_do_not_match',
		`The prompt gives its ${items.length} items files that are not those that were sent, which are ${count}.`,
	);
}
