import { DEFAULT_MODEL } from './defaultModel';
import type { MediaKind } from '../media/media';
import { PredictionError } from '../PredictionError';
import type { Model } from '../api/shapes';
import { isRecord } from '../json';

/** One field of a model's input. */
export interface SchemaField {
	readonly name: string;
	readonly isArray: boolean;
	readonly maxItems: number | undefined;
	readonly schema: Readonly<Record<string, unknown>>;
}

/** Names of fields for the question, best first. */
export const PROMPT_FIELDS = [
	'prompt',
	'question',
	'text_prompt',
	'text',
	'query',
	'instruction',
	'instructions',
	'user_prompt',
	'text_input',
	'message',
];

const MEDIA_NOUNS: Readonly<Record<MediaKind, readonly string[]>> = {
	image: ['image', 'img', 'picture', 'photo'],
	video: ['video'],
	audio: ['audio', 'sound', 'speech'],
	document: ['document', 'pdf', 'file', 'doc'],
};
const ANY_MEDIA_NOUNS = ['media', 'file', 'attachment', 'input_file'];

/** Fields of models that were read before: a run asks for them with each item. */
const knownFields = new WeakMap<Model, readonly SchemaField[]>();

/** @throws {PredictionError} `modelUnavailable` where the catalogue says nothing of them */
export function schemaFields(model: Model): readonly SchemaField[] {
	const known = knownFields.get(model);
	if (known) return known;
	const properties = model.requestSchema?.['properties'];
	if (!isRecord(properties)) {
		throw new PredictionError(
			'modelUnavailable',
			`The model list has no description of the fields of ${model.slug}`,
			{
				description: `Choose another model${model.slug === DEFAULT_MODEL ? ' from the list' : `, e.g. ${DEFAULT_MODEL}`}.`,
			},
		);
	}
	const fields = Object.entries(properties).map(([name, schema]) => fieldOf(name, schema));
	knownFields.set(model, fields);
	return fields;
}

/** @param schema what may be null besides counts as what it is else */
export function fieldOf(name: string, schema: unknown): SchemaField {
	const given = isRecord(schema) ? schema : {};
	const variants = [given['anyOf'] ?? given['oneOf'] ?? []].flat().filter(isRecord);
	const [variant, ...others] = variants.filter(({ type }) => type !== 'null');
	const fieldSchema = variant && others.length === 0 ? { ...given, ...variant } : given;
	const maxItems = fieldSchema['maxItems'];
	return {
		name,
		isArray: typesOf(fieldSchema).includes('array') || 'items' in fieldSchema,
		maxItems: typeof maxItems === 'number' ? maxItems : undefined,
		schema: fieldSchema,
	};
}

/** The names of the types that a schema allows; none where it does not say. */
export function typesOf({ type }: Readonly<Record<string, unknown>>): unknown[] {
	return type === undefined ? [] : [type].flat();
}

/** The choice that a value means: itself, else one that differs in case only; undefined for none. */
export function matchingChoice(choices: readonly unknown[], value: unknown): unknown {
	if (choices.includes(value)) return value;
	const meant = String(value).trim().toLowerCase();
	return choices.find((choice) => String(choice).toLowerCase() === meant);
}

/** Whether a model's schema demands a field. */
export function isRequired(model: Model, name: string): boolean {
	const required = model.requestSchema?.['required'];
	return Array.isArray(required) && required.includes(name);
}

/** Whether the address of a file could go into a field: a text, or a list of texts, that is not the question itself. */
export function mayTakeFile(field: SchemaField): boolean {
	if (fieldNamed([field], PROMPT_FIELDS) || Array.isArray(field.schema['enum'])) return false;
	const { items } = field.schema;
	const types = typesOf(field.isArray && isRecord(items) ? items : field.schema);
	return types.length === 0 || types.includes('string');
}

export function fieldNamed(
	fields: readonly SchemaField[],
	names: readonly string[],
): SchemaField | undefined {
	for (const name of names) {
		const field = fields.find((candidate) => candidate.name.toLowerCase() === name);
		if (field) return field;
	}
	return undefined;
}

/**
 * The field for media of a kind: one named after the kind, else one for any media, else the one media array that the model
 * has (a model with only `image_urls` reads videos and documents from it, too).
 */
export function mediaField(fields: readonly SchemaField[], kind: MediaKind): SchemaField | undefined {
	const candidates = fields.filter(({ schema }) => {
		const types = typesOf(schema);
		return (
			types.length === 0 ||
			types.some((type) => !['boolean', 'integer', 'number', 'null'].includes(String(type)))
		);
	});
	for (const nouns of [MEDIA_NOUNS[kind], ANY_MEDIA_NOUNS]) {
		const found = nouns.flatMap((noun) => candidates.filter((field) => isMediaFieldName(field.name, noun)));
		// Arrays first: they also take one medium.
		const best = found.find((field) => field.isArray) ?? found[0];
		if (best) return best;
	}
	const arrays = fields.filter((field) => field.isArray && isForMedia(field.name));
	return arrays.length === 1 ? arrays[0] : undefined;
}

/** `image_url`, `image_urls`, `images`, `image`, `input_image_url`, `imageUrl`, and so on; not `image_size`. */
function isMediaFieldName(name: string, noun: string): boolean {
	const words = name
		.replace(/([a-z])([A-Z])/g, '$1_$2')
		.toLowerCase()
		.replace(/^(input|source|reference)_/, '')
		.replace(/_(urls?|uris?|links?|input|list)$/, '');
	return words === noun || words === `${noun}s`;
}

/** Whether a field takes media, by its name. */
export function isForMedia(name: string): boolean {
	return [...Object.values(MEDIA_NOUNS).flat(), ...ANY_MEDIA_NOUNS].some((noun) =>
		isMediaFieldName(name, noun),
	);
}
