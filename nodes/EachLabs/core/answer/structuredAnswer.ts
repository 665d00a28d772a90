import type { AnswerSchema } from '../schema/AnswerSchema';
import { isSame } from '../schema/SchemaCheck';
import { jsonInText } from './jsonInText';
import { readAs } from './readings';
import { afterThoughts } from './thoughts';

/** What a model's text holds, or why it is not what was asked for, in words for the model and for a person. */
export type StructuredAnswer =
	| { readonly ok: true; readonly value: unknown; readonly isRepaired: boolean }
	| { readonly ok: false; readonly complaint: string };

/**
 * The value in the text that fits the schema when it is read with the liberties of `readAs`; else the complaint about the best
 * one. Of an object that stands alone in a list, the object is taken where that fits and the list does not.
 *
 * Of several that fit and differ none is taken: which one the model means can't be told. What was cut off never counts as an
 * answer, even where it fits: nobody could tell what is missing in it.
 */
export function structuredAnswer(answer: string, schema: AnswerSchema): StructuredAnswer {
	const text = afterThoughts(answer);
	const candidates = jsonInText(text);
	const whole = candidates.filter(({ isCutOff }) => !isCutOff);
	const inLists = whole.flatMap(({ value }) =>
		Array.isArray(value) && value.length === 1 ? [{ value: value[0] as unknown, isRepaired: true }] : [],
	);
	let complaint: string | undefined;
	const wrapped = whole.map((one) => ({ ...one, isRepaired: true }));
	for (const [ones, mayWrapAll] of [
		[whole, false],
		[inLists, false],
		[wrapped, true],
	] as const) {
		const fitting = ones.flatMap(({ value: found, isRepaired }) => {
			const { value, complaint: unrelated } = readAs(schema, found, mayWrapAll);
			const complaints = schema.complaints(value);
			if (complaints.length === 0 && unrelated !== undefined) complaints.push(unrelated);
			if (complaints.length > 0) complaint ??= complaints.join('\n');
			return complaints.length > 0 ? [] : [{ ok: true as const, value, isRepaired }];
		});
		const [first, ...others] = fitting;
		if (first === undefined) continue;
		return others.every(({ value }) => isSame(value, first.value))
			? first
			: { ok: false, complaint: AMBIGUOUS };
	}
	const [best] = candidates;
	if (complaint === undefined || best?.isCutOff) {
		const isRefused = best?.isRefused === true || best?.isPart === true;
		const cutOff = isRefused ? BROKEN : CUT_OFF;
		complaint =
			separatedNumberIn(text) ??
			(candidates.length > whole.length ? cutOff : BEGUN.test(text) ? BROKEN : NO_JSON);
	}
	return { ok: false, complaint };
}

const NO_JSON = 'The answer holds no JSON object or list.';
const CUT_OFF = 'The answer was cut off before its end, so that parts of it are missing.';
const BROKEN = 'The answer is no JSON from some place on, and can be read in more than one way there.';
/** What begins like JSON. */
const BEGUN = /^\s*[[{][^[{]|[[{]\s*["'`“„‘«]|\{\s*[\p{L}_$][\p{L}\p{N}_$-]{0,80}\s*:|\[\s*-?\d/u;

const AMBIGUOUS =
	'The answer holds several values that fit and differ from each other, so that nobody can tell which one is meant.';

function separatedNumberIn(text: string): string | undefined {
	const [, number] = SEPARATED_NUMBER.exec(text) ?? [];
	return number === undefined
		? undefined
		: `The answer has ${number}, which is no JSON: a number is written without separators, with a point before its decimals.`;
}

/** A number that is a field's value without quotes, and has marks of thousands or a comma before its decimals. */
const SEPARATED_NUMBER =
	/["'”]\s{0,8}:\s{0,8}(-?\d{1,9}(?:[.'’ \u00a0\u202f]\d{3}){0,4}(?:,\d{1,9}|[ '’\u00a0\u202f]\d{3})(?:[.,]\d{1,9}){0,4})\s{0,8}[,}\]\n]/;
