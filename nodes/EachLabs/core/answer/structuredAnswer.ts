import type { AnswerSchema } from '../schema/AnswerSchema';
import { jsonInText } from './jsonInText';
import { readAs } from './readings';

/** What a model's text holds, or why it is not what was asked for, in words for the model and for a person. */
export type StructuredAnswer =
	| { readonly ok: true; readonly value: unknown; readonly isRepaired: boolean }
	| { readonly ok: false; readonly complaint: string };

/**
 * The first value in the text that fits the schema when it is read with the liberties of `readAs`; else the
 * complaint about the best one. Of an object that stands alone in a list, the object is taken where that fits and the list
 * does not.
 *
 * What was cut off never counts as an answer, even where it fits: nobody could tell what is missing in it.
 */
export function structuredAnswer(text: string, schema: AnswerSchema): StructuredAnswer {
	const candidates = jsonInText(text);
	const whole = candidates.filter(({ isCutOff }) => !isCutOff);
	const inLists = whole.flatMap(({ value }) =>
		Array.isArray(value) && value.length === 1 ? [{ value: value[0] as unknown, isRepaired: true }] : [],
	);
	let complaint: string | undefined;
	const asTheyStand = [...whole, ...inLists].map((one) => ({ ...one, mayWrapAll: false }));
	const wrapped = whole.map((one) => ({ ...one, isRepaired: true, mayWrapAll: true }));
	for (const { value: found, isRepaired, mayWrapAll } of [...asTheyStand, ...wrapped]) {
		const { value, complaint: unrelated } = readAs(schema, found, mayWrapAll);
		const complaints = schema.complaints(value);
		if (complaints.length === 0 && unrelated !== undefined) complaints.push(unrelated);
		if (complaints.length === 0) return { ok: true, value, isRepaired };
		complaint ??= complaints.join('\n');
	}
	if (candidates.length > whole.length && (complaint === undefined || candidates[0]?.isCutOff)) {
		return {
			ok: false,
			complaint: 'The answer was cut off before its end, so that parts of it are missing.',
		};
	}
	return { ok: false, complaint: complaint ?? 'The answer holds no JSON object or list.' };
}
