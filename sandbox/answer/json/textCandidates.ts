import { createHash } from 'node:crypto';

import type { Fact } from './knownFact';
import type { JsonSchemaObject } from './JsonValue';
import type { Place } from './Place';
import type { Subject } from './Subject';
import { textInFormat } from './textInFormat';

/** Texts under a pattern are kept this short: what a pattern costs may grow with every character. */
const patternLength = 40;

/**
 * Texts that may fit a schema, best first: of its format, what is known, then one that says whose it is and looks drawn.
 */
export function textCandidates(
	{ format, pattern, minLength, maxLength }: JsonSchemaObject,
	subject: Subject,
	{ name, path }: Place,
	fact: Fact | null | undefined,
): string[] {
	const least = typeof minLength === 'number' ? minLength : 0;
	const most = typeof maxLength === 'number' ? maxLength : Infinity;
	const seed = `${subject.seed} ${path}`;
	const mark = createHash('sha256').update(seed).digest('hex').slice(0, 8);
	const formatted = typeof format === 'string' ? textInFormat(format, seed) : undefined;
	const texts = [
		...(fact?.text === undefined ? [] : [fact.text(most)]),
		...(path === '' ? [subject.prose, subject.sentence(most)] : []),
		name === '' ? `Sandbox ${mark}` : `Sandbox ${name.slice(0, 40)} ${mark.slice(0, 4)}`,
		`Sandbox ${mark}`,
	];
	const candidates = [
		...(formatted === undefined ? [] : [formatted]),
		...texts.filter(({ length }) => length >= least),
		...texts.map((text) => stretched(text, least, most)),
		stretched(mark, least, most),
	];
	if (pattern === undefined) return candidates;
	return [...candidates, ...plainTexts(mark)].filter(({ length }) => length <= patternLength);
}

/** The text cut or repeated to a length, in characters as JSON Schema counts them. */
function stretched(text: string, least: number, most: number): string {
	const length = Array.from(text).length;
	const repeated = length < least ? `${text} `.repeat(Math.ceil(least / length)) : text;
	return Array.from(repeated)
		.slice(0, Math.min(most, Math.max(least, length)))
		.join('');
}

/** Texts of one to twelve digits or letters, for patterns as simple as that. */
function plainTexts(mark: string): string[] {
	const digits = String(Number.parseInt(mark, 16)).padStart(12, '7');
	const letters = Array.from(`${mark}sand`, (digit) =>
		String.fromCharCode(97 + (digit.charCodeAt(0) % 26)),
	).join('');
	return [digits, letters.toUpperCase(), letters].flatMap((text) =>
		Array.from(text, (_, index) => text.slice(0, index + 1)),
	);
}
