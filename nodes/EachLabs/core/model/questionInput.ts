import { MAX_MEDIA_PER_REQUEST, MEDIA_KIND_NAMES, type MediaKind } from '../media/media';
import { DEFAULT_MODEL } from './defaultModel';
import { chatMessages, messagesField, messagesTake } from './messagesInput';
import { ModelInput } from './ModelInput';
import {
	fieldNamed,
	isForMedia,
	matchingChoice,
	mediaField,
	PROMPT_FIELDS,
	schemaFields,
	type SchemaField,
} from './modelFields';
import { PredictionError } from '../PredictionError';
import { CHARACTERS_PER_TOKEN } from '../tokens';
import type { Model } from '../api/shapes';
import { isRecord } from '../json';
import { written } from '../words';

/** What the model is told besides the question. */
export interface ModelSetting {
	/** The option's name for people. */
	readonly label: string;
	/** The fields of models that take it, best first. */
	readonly fields: readonly string[];
	readonly value: unknown;
	/** What the prompt says where the model has no field that takes the value. */
	readonly words?: string;
	/** What a model without such a field can't do; without words, it is refused. */
	readonly cannot?: string;
	/** Whether it is a message of the system's for models that are asked by messages. */
	readonly isInstruction?: boolean;
}

/** What a prediction is asked for, before it is put into the fields of a certain model. */
export interface PredictionWish {
	readonly prompt: string;
	readonly media: ReadonlyArray<{ readonly kind: MediaKind; readonly url: string }>;
	readonly settings?: readonly ModelSetting[];
	/** Fields of the model's own schema that the user set by hand; they win over what the node would send. */
	readonly additionalInput?: Readonly<Record<string, unknown>>;
}

/** Context of the model, in tokens. */
export const MAX_PROMPT_TOKENS = 1_048_576;
/** The longest answer of the model, in tokens. */
export const MAX_OUTPUT_TOKENS = 8_192;

/**
 * Puts a wish into the fields that a model's schema has.
 *
 * Nothing is sent that the schema does not have, since the API refuses unknown fields. What has a field goes there; what can
 * be put into words goes into the prompt; what can't is refused.
 *
 * @returns the `input` of a create request
 * @throws {PredictionError} `invalidInput`, before anything is paid
 */
export function buildModelInput(model: Model, wish: PredictionWish): Record<string, unknown> {
	checkWish(wish);
	const input = new ModelInput(model);
	const { fields } = input;
	const messages = messagesField(model, fields);
	const words: string[] = [];
	let instruction: string | undefined;

	for (const setting of wish.settings ?? []) {
		const { label, fields: names, value, words: inWords, cannot = '' } = setting;
		const field = fieldNamed(fields, names);
		const fitting = field && fittingValue(field, value);
		if (field && fitting !== undefined) input.set(field.name, fitting);
		else if (messages && setting.isInstruction) instruction = String(value);
		else if (inWords !== undefined) words.push(inWords);
		else {
			throw PredictionError.invalidInput(
				`The model ${model.slug} can't ${cannot}: it has no setting for it`,
				`Switch off the option '${label}', or choose a model that has it.`,
			);
		}
	}

	const promptField = fieldNamed(fields, PROMPT_FIELDS);
	const prompt = [...words, wish.prompt].join('\n\n');
	if (messages) {
		input.set(messages.name, chatMessages(model, messages, { instruction, prompt, media: wish.media }));
	} else if (promptField) {
		input.set(promptField.name, prompt);
	} else if (wish.prompt !== '' && wish.additionalInput === undefined) {
		throw PredictionError.invalidInput(
			`The model ${model.slug} takes no text: it has no field for a prompt`,
			`Choose a model that reads images and text, e.g. ${DEFAULT_MODEL}, or run this one with 'Model → Run'.`,
		);
	}

	if (!messages) placeMedia(model, wish.media, input);
	for (const [name, value] of Object.entries(wish.additionalInput ?? {})) {
		if (!input.takes(name)) {
			throw PredictionError.invalidInput(
				`The option 'Additional Input' has the field '${name}', which the model ${model.slug} does not know`,
				`Its fields are: ${fields.map((field) => field.name).join(', ')}.`,
			);
		}
		input.set(name, value);
	}
	// A question without pictures is fine for a model that demands the field of its pictures: it gets an empty one.
	for (const name of input.unfilled) {
		const field = input.fieldOf(name);
		if (field?.isArray && isForMedia(name) && !(Number(field.schema['minItems']) > 0)) input.set(name, []);
	}
	return input.finished((names) =>
		PredictionError.invalidInput(
			`The model ${model.slug} also needs ${names.map((name) => `'${name}'`).join(', ')}`,
			"Set it in the option 'Additional Input', as JSON, or choose another model.",
		),
	);
}

/** Whether the model has fields for media of this kind and for a question about them. */
export function canBeAskedAbout(model: Model, kind: MediaKind): boolean {
	if (!isRecord(model.requestSchema?.['properties'])) return false;
	const fields = schemaFields(model);
	const messages = messagesField(model, fields);
	if (messages) return messagesTake(messages, kind);
	return mediaField(fields, kind) !== undefined && fieldNamed(fields, PROMPT_FIELDS) !== undefined;
}

/** Counts media into one request of a model, for as long as it has room for them. */
export class RequestRoom {
	private readonly counts = new Map<MediaKind, number>();

	constructor(private readonly model: Model) {}

	/** Takes all of these media, or none; says whether it has. */
	take(media: ReadonlyArray<{ readonly kind: MediaKind }>): boolean {
		const counts = new Map(this.counts);
		for (const { kind } of media) counts.set(kind, (counts.get(kind) ?? 0) + 1);
		if (!hasRoomFor(this.model, counts)) return false;
		for (const [kind, count] of counts) this.counts.set(kind, count);
		return true;
	}
}

function hasRoomFor(model: Model, counts: ReadonlyMap<MediaKind, number>): boolean {
	const fields = schemaFields(model);
	const perField = new Map<SchemaField, number>();
	const messages = messagesField(model, fields);
	if (messages) {
		return [...counts].every(
			([kind, count]) => messagesTake(messages, kind) && count <= (MAX_MEDIA_PER_REQUEST[kind] ?? Infinity),
		);
	}
	for (const [kind, count] of counts) {
		const field = mediaField(fields, kind);
		if (!field || count > (MAX_MEDIA_PER_REQUEST[kind] ?? Infinity)) return false;
		perField.set(field, (perField.get(field) ?? 0) + count);
	}
	return [...perField].every(([field, count]) => count <= (field.isArray ? (field.maxItems ?? Infinity) : 1));
}

function checkWish(wish: PredictionWish): void {
	const settings = (wish.settings ?? []).flatMap(({ label, value }) =>
		typeof value === 'string' ? [[value, `option '${label}'`] as const] : [],
	);
	const texts = [[wish.prompt, "'Text Input'"] as const, ...settings];
	for (const [text, label] of texts) {
		if (text.isWellFormed()) continue;
		throw PredictionError.invalidInput(
			`The ${label} holds half of a character, which can't be sent`,
			'A text that was cut in the middle of an emoji is a common reason. Cut it elsewhere.',
		);
	}
	const characters = texts.reduce((sum, [text]) => sum + text.length, 0);
	const tokens = Math.ceil(characters / CHARACTERS_PER_TOKEN);
	if (tokens > MAX_PROMPT_TOKENS) {
		throw PredictionError.invalidInput(
			`The 'Text Input' has about ${written(tokens)} tokens; the model reads at most ${written(MAX_PROMPT_TOKENS)}`,
			'Shorten the text, or spread it over several items.',
		);
	}
	for (const [kind, limit] of Object.entries(MAX_MEDIA_PER_REQUEST) as Array<[MediaKind, number]>) {
		const count = wish.media.filter((medium) => medium.kind === kind).length;
		if (count > limit) {
			throw PredictionError.invalidInput(
				`The item has ${written(count)} ${MEDIA_KIND_NAMES[kind].many}; the model reads at most ${written(limit)} in one request`,
				'Spread them over several items.',
			);
		}
	}
}

/** The value as the field's type, enum and bounds allow it; undefined where they don't. */
function fittingValue(field: SchemaField, value: unknown): unknown {
	const { schema } = field;
	const allowed = schema['enum'];
	if (Array.isArray(allowed)) {
		return matchingChoice(allowed, value);
	}
	const types = [schema['type']].flat();
	if (typeof value === 'number') {
		if (!types.some((type) => type === 'integer' || type === 'number' || type === undefined))
			return undefined;
		const { minimum, maximum } = schema;
		if (typeof minimum === 'number' && value < minimum) return minimum;
		if (typeof maximum === 'number' && value > maximum) return maximum;
		return value;
	}
	if (typeof value === 'boolean') return types.includes('boolean') ? value : undefined;
	return types.includes('string') || schema['type'] === undefined ? value : undefined;
}

function placeMedia(model: Model, media: PredictionWish['media'], input: ModelInput): void {
	for (const { kind, url } of media) {
		const field = mediaField(input.fields, kind);
		if (!field) {
			throw PredictionError.invalidInput(
				`The model ${model.slug} takes no ${MEDIA_KIND_NAMES[kind].many}`,
				`Choose a model that does, e.g. ${DEFAULT_MODEL}, which reads images, videos, audio and PDF documents.`,
			);
		}
		const isRival = (one: { kind: MediaKind }) => mediaField(input.fields, one.kind)?.name === field.name;
		input.place(field, url, (_, limit) => tooManyMedia(model, media.filter(isRival), limit));
	}
}

function tooManyMedia(model: Model, media: PredictionWish['media'], limit: number): PredictionError {
	const [kind, ...others] = new Set(media.map((medium) => medium.kind));
	const names = kind && others.length === 0 ? MEDIA_KIND_NAMES[kind] : { one: 'file', many: 'files' };
	return PredictionError.invalidInput(
		`The model ${model.slug} takes ${limit === 1 ? `one ${names.one}` : `at most ${limit} ${names.many}`} in a request, and the item has ${written(media.length)}`,
		`Give each its own item, or choose a model that takes several, e.g. ${DEFAULT_MODEL}.`,
	);
}
