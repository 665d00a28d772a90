import { separateUrls } from '../media/addresses';
import { ModelInput } from './ModelInput';
import { MEDIA_KIND_NAMES, type MediaUrl } from '../media/media';
import {
	fieldOf,
	isForMedia,
	matchingChoice,
	mayTakeFile,
	mediaField,
	typesOf,
	type SchemaField,
} from './modelFields';
import { PredictionError } from '../PredictionError';
import { numberIn } from '../numberIn';
import type { Model } from '../api/shapes';
import { isRecord, triedJson } from '../json';
import { listed, told, written } from '../words';

/** Choices of a field that a message lists. */
const MAX_SHOWN_CHOICES = 20;
const MAX_SHOWN_CHARACTERS = 80;

/** A file that goes into a field of a model. */
export interface RunFile extends MediaUrl {
	/** Undefined for the field that the model has for such files. */
	readonly fieldName?: string;
}

/** What any model is to be run with. */
export interface RunWish {
	/** By field, as the user gave them; empty ones are left out, and a text is read as what its field takes. */
	readonly values: Readonly<Record<string, unknown>>;
	/** By field, sent as they are; they win over `values`. */
	readonly additionalInput?: Readonly<Record<string, unknown>>;
	readonly files: readonly RunFile[];
}

/**
 * Puts a wish into the fields that a model's schema has. What the schema says of types, choices, limits and required fields
 * is checked, so that a mistake is named before anything is uploaded; all else the service checks.
 *
 * @returns the `input` of a create request
 * @throws {PredictionError} `invalidInput`; `modelUnavailable` where the model's fields are not known
 */
export function buildRunInput(
	model: Model,
	{ values, additionalInput = {}, files }: RunWish,
): Record<string, unknown> {
	const input = new ModelInput(model);
	const { fields } = input;
	for (const [name, value] of Object.entries({ ...values, ...additionalInput })) {
		const isAdditional = Object.hasOwn(additionalInput, name);
		if (!isAdditional && isBlank(value)) continue;
		if (!input.takes(name)) {
			const place = isAdditional ? "the option 'Additional Input'" : "'Input Fields'";
			throw unknownField(model, fields, name, place);
		}
		const field = input.fieldOf(name);
		input.set(name, field && !isAdditional ? fieldValue(field, value) : value);
	}
	for (const file of files) placeFile(model, file, input);
	return input.finished((names) => missing(model, fields, names));
}

function isBlank(value: unknown): boolean {
	return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

function unknownField(
	model: Model,
	fields: readonly SchemaField[],
	name: string,
	place: string,
): PredictionError {
	return PredictionError.invalidInput(
		`The model ${model.slug} has no field '${name}', which stands under ${place}`,
		`${fieldList(fields)} If you have chosen another model since, refresh the field list of 'Input Fields'.`,
	);
}

function fieldList(fields: readonly SchemaField[]): string {
	return fields.length === 0
		? 'It has none.'
		: `Its fields are: ${fields.map(({ name }) => name).join(', ')}.`;
}

function fieldValue(field: SchemaField, value: unknown): unknown {
	const { schema, name } = field;
	const choices: unknown = schema['enum'];
	if (Array.isArray(choices)) {
		const chosen = matchingChoice(choices, value);
		if (chosen !== undefined) return chosen;
		throw unfit(name, value, `only: ${listed(choices.map(String), MAX_SHOWN_CHOICES)}`);
	}
	if (field.isArray) return listValue(field, value);
	const types = typesOf(schema);
	const takes = (type: string): boolean => types.includes(type);
	if (takes('object')) {
		const object = isRecord(value) ? value : triedJson(value);
		if (isRecord(object)) return object;
		if (!takes('string')) throw unfit(name, value, 'a JSON object, e.g. {"key": "value"}');
	}
	if (takes('string')) return textValue(field, value);
	if (takes('number') || takes('integer')) return numberValue(field, value);
	if (takes('boolean')) {
		const meant = new Map<string, boolean>([
			['true', true],
			['false', false],
		]).get(String(value).trim().toLowerCase());
		if (meant === undefined) throw unfit(name, value, 'only true or false');
		return meant;
	}
	return value;
}

function textValue(field: SchemaField, value: unknown): unknown {
	const { name, schema } = field;
	const types = typesOf(schema);
	if (typeof value === 'string') {
		if (value.includes('[object Object]'))
			throw unfit(name, value, 'a text, which an object in it is not: choose the field of it that you mean');
		if (value.isWellFormed()) return value;
		throw unfit(
			name,
			value,
			'only whole characters: a text that was cut in the middle of an emoji has half of one',
		);
	}
	if (typeof value === 'number')
		return types.includes('number') || types.includes('integer') ? numberValue(field, value) : String(value);
	if (typeof value === 'boolean') return types.includes('boolean') ? value : String(value);
	throw unfit(name, value, 'a text');
}

function numberValue({ name, schema }: SchemaField, value: unknown): number {
	const number = numberIn(value);
	const types = typesOf(schema);
	const isWhole = types.includes('integer') && !types.includes('number');
	const { minimum, maximum } = schema;
	const isTooSmall = typeof minimum === 'number' && number < minimum;
	const isTooLarge = typeof maximum === 'number' && number > maximum;
	const isNumber = isWhole ? Number.isSafeInteger(number) : Number.isFinite(number);
	if (isNumber && !isTooSmall && !isTooLarge) return number;
	const wanted = told(
		isWhole ? 'a whole number' : 'a number',
		typeof minimum === 'number' && `from ${shownNumber(minimum)}`,
		typeof maximum === 'number' && `up to ${shownNumber(maximum)}`,
	);
	throw unfit(name, value, wanted.join(' '));
}

function shownNumber(number: number): string {
	return number.toLocaleString('en-US', { maximumFractionDigits: 20 });
}

function listValue(field: SchemaField, value: unknown): unknown[] {
	const { name, schema, maxItems } = field;
	const entry = fieldOf(name, schema['items']);
	const list = typeof value === 'string' ? listInText(field, entry, value) : value;
	const entries: unknown[] = Array.isArray(list) ? list : [list];
	if (maxItems !== undefined && entries.length > maxItems)
		throw tooManyEntries(name, entries.length, maxItems);
	return entries.map((one) => fieldValue(entry, one));
}

function listInText({ name }: SchemaField, entry: SchemaField, text: string): unknown {
	const parsed = /^\s*[[{]/.test(text) ? triedJson(text) : undefined;
	if (Array.isArray(parsed) || isRecord(parsed)) return parsed;
	const types = typesOf(entry.schema);
	if (types.includes('number') || types.includes('integer')) return text.trim().split(/[\s,]+/);
	const holdsUrls = isForMedia(name) || /^ur[il]/.test(String(entry.schema['format']));
	if (holdsUrls) return separateUrls(text.trim()).filter((url) => url.trim() !== '');
	if (types.length > 0 && !types.includes('string')) throw unfit(name, text, 'a JSON list, e.g. [{"a": 1}]');
	return [text];
}

function tooManyEntries(name: string, count: number, limit: number): PredictionError {
	return PredictionError.invalidInput(
		`The field '${name}' has ${written(count)} entries; the model takes at most ${written(limit)}`,
		'Leave some out, or spread them over several items.',
	);
}

function unfit(name: string, value: unknown, wanted: string): PredictionError {
	const characters = Array.from(shownValue(value));
	const isLong = characters.length > MAX_SHOWN_CHARACTERS;
	const shown = `${characters.slice(0, MAX_SHOWN_CHARACTERS).join('')}${isLong ? '…' : ''}`;
	return PredictionError.invalidInput(
		`The field '${name}' is ${shown}, and the model takes ${wanted}`,
		"Correct it under 'Input Fields'. If it comes from an expression, look at what it gives for this item.",
	);
}

function shownValue(value: unknown): string {
	if (typeof value === 'string') return `'${value}'`;
	if (typeof value !== 'object') return String(value);
	try {
		return JSON.stringify(value);
	} catch {
		return 'an object';
	}
}

function placeFile(model: Model, { kind, url, fieldName }: RunFile, input: ModelInput): void {
	const field = fieldName === undefined ? mediaField(input.fields, kind) : input.fieldOf(fieldName);
	if (!field) {
		if (fieldName !== undefined) throw unknownField(model, input.fields, fieldName, "'Files'");
		throw PredictionError.invalidInput(
			`The model ${model.slug} has no field for ${MEDIA_KIND_NAMES[kind].many} that can be told by its name`,
			`Write the name of the field as 'Model Field' under 'Files', next to the file. ${fieldList(input.fields)}`,
		);
	}
	input.place(field, url, (count, limit) =>
		field.isArray
			? tooManyEntries(field.name, count, limit)
			: PredictionError.invalidInput(
					`The field '${field.name}' takes one file, and the item has more for it`,
					"Name another field for the other file under 'Files', or give each file its own item.",
				),
	);
}

function missing(model: Model, fields: readonly SchemaField[], names: readonly string[]): PredictionError {
	const takeFiles = fields.some((field) => names.includes(field.name) && mayTakeFile(field));
	return PredictionError.invalidInput(
		`The model ${model.slug} needs ${names.map((name) => `'${name}'`).join(', ')}`,
		`Fill ${names.length === 1 ? 'it' : 'them'} in under 'Input Fields'${takeFiles ? ", or add the item's file under 'Files'" : ''}.`,
	);
}
