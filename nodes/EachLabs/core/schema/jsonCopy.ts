import { FORBIDDEN_KEYS } from '../json';
import { Faults } from './Faults';

/** A JSON object; what a schema is, and each schema in it but for `true` and `false`. */
export type JsonObject = Record<string, unknown>;

export const MAX_DEPTH = 64;
const MAX_SCHEMA_CHARACTERS = 65_536;

/**
 * A value as JSON writes it.
 *
 * @returns undefined for what JSON has no word for, as a function
 * @throws {PredictionError} invalidInput where it refers to itself, holds what can't be written, or is longer than 64 KB
 */
export function jsonText(value: unknown, label: string): string | undefined {
	const faults = new Faults(label);
	let text: string | undefined;
	try {
		text = JSON.stringify(value) as string | undefined;
	} catch (error) {
		if (error instanceof RangeError) throw tooDeep(faults);
		if (error instanceof Error && error.message.includes('circular')) {
			faults.add(
				'it is circular: it holds an object that it is a part of',
				"Use '$defs' and '$ref' for what repeats.",
			);
		} else {
			faults.add('it is no JSON', 'Use texts, numbers, true, false, null, lists and objects only.');
		}
		throw faults.refusal();
	}
	if (text !== undefined && text.length > MAX_SCHEMA_CHARACTERS) {
		faults.add('it is longer than 64 KB', 'Shorten it: fewer fields, shorter descriptions.');
		throw faults.refusal();
	}
	return text;
}

/**
 * What a text of JSON holds, without fields whose names could reach a prototype: each is a fault.
 *
 * @throws {PredictionError} invalidInput where it is nested deeper than 64
 */
export function jsonOf(text: string, faults: Faults): unknown {
	const clean = (part: unknown, place: string, depth: number): unknown => {
		if (typeof part !== 'object' || part === null) return part;
		if (depth >= MAX_DEPTH) throw tooDeep(faults);
		if (Array.isArray(part)) return part.map((entry, index) => clean(entry, `${place}[${index}]`, depth + 1));
		const fields = Object.entries(part).flatMap(([key, field]) => {
			if (!FORBIDDEN_KEYS.includes(key)) {
				return [[key, clean(field, place === '' ? key : `${place}.${key}`, depth + 1)] as const];
			}
			const where = place === '' ? 'the top' : place;
			faults.add(
				`it has a field called '${key}' at ${where}, which is dropped from answers for safety`,
				'Give the field another name.',
			);
			return [];
		});
		return Object.fromEntries(fields);
	};
	return clean(JSON.parse(text), '', 0);
}

function tooDeep(faults: Faults): Error {
	faults.add(`it is nested deeper than ${MAX_DEPTH} levels`, 'Make it flatter.');
	return faults.refusal();
}
