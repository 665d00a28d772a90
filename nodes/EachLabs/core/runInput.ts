import { MEDIA_KIND_NAMES, separateUrls, type MediaKind } from './media';
import { isForMedia, isRecord, mediaField, schemaFields, type SchemaField } from './modelFields';
import { PredictionError } from './PredictionError';
import type { Model } from './wire';

/** A file that goes into a field of a model. */
export interface RunFile {
	readonly kind: MediaKind;
	readonly url: string;
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
	const fields = schemaFields(model);
	const isOpen = model.requestSchema?.['additionalProperties'] === true;
	const input: Record<string, unknown> = {};
	for (const [name, value] of Object.entries({ ...values, ...additionalInput })) {
		const isAdditional = Object.hasOwn(additionalInput, name);
		if (!isAdditional && isEmpty(value)) continue;
		const field = fields.find((one) => one.name === name);
		if (name === '__proto__' || (!field && !isOpen)) throw unknownField(model, fields, name);
		input[name] = field && !isAdditional ? fieldValue(field, value) : value;
	}
	for (const file of files) placeFile(model, fields, file, input);
	checkRequired(model, fields, input);
	return input;
}

function isEmpty(value: unknown): boolean {
	return value === undefined || value === null || value === '';
}

function unknownField(model: Model, fields: readonly SchemaField[], name: string): PredictionError {
	return PredictionError.invalidInput(
		`The model ${model.slug} has no field '${name}'`,
		`Its fields are: ${fields.map((field) => field.name).join(', ')}. If you have changed the model, refresh the field list of 'Input Fields'.`,
	);
}

function fieldValue(field: SchemaField, value: unknown): unknown {
	const { schema, name } = field;
	const choices = schema['enum'];
	if (Array.isArray(choices)) {
		const chosen: unknown = choices.find(
			(choice) => choice === value || String(choice).toLowerCase() === String(value).trim().toLowerCase(),
		);
		if (chosen !== undefined) return chosen;
		throw unfit(name, value, `one of ${choices.map(String).join(', ')}`);
	}
	const types = [schema['type']].flat();
	const takes = (type: string): boolean => types.includes(type);
	if (field.isArray) return listValue(field, value);
	if (takes('object') && !isRecord(value)) {
		const parsed = parsedJson(value);
		if (isRecord(parsed)) return parsed;
		throw unfit(name, value, 'a JSON object, e.g. {"key": "value"}');
	}
	if (takes('string')) {
		if (typeof value === 'string') {
			if (value.isWellFormed()) return value;
			throw unfit(
				name,
				value,
				'whole characters; a text that was cut in the middle of an emoji has half of one',
			);
		}
		if (typeof value === 'number' && (takes('number') || takes('integer'))) return numberValue(field, value);
		if (typeof value === 'number' || (typeof value === 'boolean' && !takes('boolean'))) return String(value);
		if (typeof value === 'object') throw unfit(name, value, 'a text');
		return value;
	}
	if (takes('number') || takes('integer')) return numberValue(field, value);
	if (takes('boolean')) {
		const meant = new Map<unknown, boolean>([
			['true', true],
			['false', false],
		]).get(String(value).trim().toLowerCase());
		if (meant === undefined) throw unfit(name, value, 'true or false');
		return meant;
	}
	return value;
}

function numberValue({ name, schema }: SchemaField, value: unknown): number {
	const number =
		typeof value === 'number' || (typeof value === 'string' && value.trim() !== '') ? Number(value) : NaN;
	const isWhole = [schema['type']].flat().includes('integer') && schema['type'] !== 'number';
	const { minimum, maximum } = schema;
	const isTooSmall = typeof minimum === 'number' && number < minimum;
	const isTooLarge = typeof maximum === 'number' && number > maximum;
	if (Number.isFinite(number) && (!isWhole || Number.isInteger(number)) && !isTooSmall && !isTooLarge)
		return number;
	const bounds = [
		...(typeof minimum === 'number' ? [`from ${minimum.toLocaleString('en-US')}`] : []),
		...(typeof maximum === 'number' ? [`up to ${maximum.toLocaleString('en-US')}`] : []),
	];
	throw unfit(name, value, [isWhole ? 'a whole number' : 'a number', ...bounds].join(' '));
}

function listValue({ name, schema, maxItems }: SchemaField, value: unknown): unknown[] {
	const list = typeof value === 'string' ? listInText(name, schema, value) : value;
	const entries: unknown[] = Array.isArray(list) ? list : [list];
	checkCount(name, entries.length, maxItems);
	return entries;
}

function listInText(name: string, schema: SchemaField['schema'], text: string): unknown {
	if (text.trim().startsWith('[')) {
		const parsed = parsedJson(text);
		if (Array.isArray(parsed)) return parsed;
		throw unfit(name, text, 'a JSON list, e.g. ["a", "b"]');
	}
	const items = schema['items'];
	const holdsUrls = isForMedia(name) || (isRecord(items) && /^ur[il]/.test(String(items['format'])));
	if (holdsUrls) return separateUrls(text).flatMap((url) => (url.trim() === '' ? [] : [url.trim()]));
	return isRecord(items) && items['type'] === 'object' ? [parsedJson(text)] : [text];
}

function checkCount(name: string, count: number, maxItems: number | undefined): void {
	if (maxItems === undefined || count <= maxItems) return;
	throw PredictionError.invalidInput(
		`The field '${name}' has ${count.toLocaleString('en-US')} entries; the model takes at most ${maxItems.toLocaleString('en-US')}`,
		'Leave some out, or spread them over several items.',
	);
}

function parsedJson(value: unknown): unknown {
	try {
		return JSON.parse(String(value)) as unknown;
	} catch {
		return undefined;
	}
}

function unfit(name: string, value: unknown, wanted: string): PredictionError {
	const shown = typeof value === 'string' ? `'${value}'` : (JSON.stringify(value) ?? String(value));
	return PredictionError.invalidInput(
		`The field '${name}' is ${shown.length > 80 ? `${shown.slice(0, 80)}…` : shown}, and the model takes ${wanted}`,
		"Correct it under 'Input Fields'. If it comes from an expression, look at what it gives for this item.",
	);
}

function placeFile(
	model: Model,
	fields: readonly SchemaField[],
	{ kind, url, fieldName }: RunFile,
	input: Record<string, unknown>,
): void {
	const field =
		fieldName === undefined ? mediaField(fields, kind) : fields.find(({ name }) => name === fieldName);
	if (!field) {
		if (fieldName !== undefined) throw unknownField(model, fields, fieldName);
		throw PredictionError.invalidInput(
			`The model ${model.slug} has no field that is named after ${MEDIA_KIND_NAMES[kind].many}`,
			`Write the name of the field under 'Files', next to the file. The model's fields are: ${fields.map(({ name }) => name).join(', ')}.`,
		);
	}
	const before = input[field.name];
	if (field.isArray) {
		const urls: unknown[] = Array.isArray(before) ? [...(before as unknown[]), url] : [url];
		checkCount(field.name, urls.length, field.maxItems);
		input[field.name] = urls;
		return;
	}
	if (before !== undefined) {
		throw PredictionError.invalidInput(
			`The field '${field.name}' takes one file, and the item has more for it`,
			"Name another field for the other file under 'Files', or give each file its own item.",
		);
	}
	input[field.name] = url;
}

function checkRequired(
	model: Model,
	fields: readonly SchemaField[],
	input: Readonly<Record<string, unknown>>,
): void {
	const missing = fields.filter(
		({ name, schema }) =>
			isRequired(model, name) && schema['default'] === undefined && input[name] === undefined,
	);
	if (missing.length === 0) return;
	const names = missing.map(({ name }) => `'${name}'`).join(', ');
	throw PredictionError.invalidInput(
		`The model ${model.slug} needs ${names}`,
		`Fill ${missing.length === 1 ? 'it' : 'them'} in under 'Input Fields'${missing.some(({ name }) => isForMedia(name)) ? ", or add the item's file under 'Files'" : ''}.`,
	);
}

/** Whether a model's schema demands a field. */
export function isRequired(model: Model, name: string): boolean {
	const required = model.requestSchema?.['required'];
	return Array.isArray(required) && required.includes(name);
}
