import type { Model } from '../api/shapes';
import { innerModel, isRouter, ROUTER_SLUG } from '../api/routedModel';
import { MEDIA_KIND_NAMES, type MediaKind } from '../media/media';
import { PredictionError } from '../PredictionError';
import { DEFAULT_MODEL, KNOWN_DEFAULT_MODEL } from './defaultModel';
import { fieldNamed, fieldOf, isRequired, PROMPT_FIELDS, type SchemaField } from './modelFields';
import { isRecord } from '../json';

/** What the service documents of the router's input; used where the catalogue does not describe it. */
export const KNOWN_ROUTER_MODEL: Model = {
	...KNOWN_DEFAULT_MODEL,
	slug: ROUTER_SLUG,
	title: 'Each Labs LLM Router',
	outputType: 'object',
	requestSchema: {
		type: 'object',
		required: ['model', 'messages'],
		properties: {
			model: { type: 'string' },
			messages: { type: 'array', items: { type: 'object' } },
			temperature: { type: 'number' },
		},
	},
};

/** The question for a model that is asked by messages. */
export interface ChatQuestion {
	/** What applies to every answer. */
	readonly instruction?: string;
	readonly prompt: string;
	readonly media: ReadonlyArray<{ readonly kind: MediaKind; readonly url: string }>;
}

/** The field for messages, of a model that is asked by them; undefined where it is asked by a prompt. */
export function messagesField(model: Model, fields: readonly SchemaField[]): SchemaField | undefined {
	const field = fieldNamed(fields, ['messages']);
	if (!field || !(field.isArray || field.schema['type'] === undefined)) return undefined;
	return isRequired(model, field.name) || !fieldNamed(fields, PROMPT_FIELDS) ? field : undefined;
}

/** Whether messages may hold such files: pictures, where a message's content may be a list of parts. */
export function messagesTake(field: SchemaField, kind: MediaKind): boolean {
	if (kind !== 'image') return false;
	const message = fieldOf('message', field.schema['items']).schema;
	const properties = message['properties'];
	const content = isRecord(properties) ? properties['content'] : undefined;
	if (!isRecord(content)) return true;
	const forms = [content['anyOf'] ?? content['oneOf'] ?? content].flat().filter(isRecord);
	return forms.some((form) => [form['type']].flat().some((type) => type === undefined || type === 'array'));
}

/**
 * The messages of a question: the instruction as the system's, then the user's, with the text and each picture as a part.
 *
 * @throws {PredictionError} `invalidInput` where the model takes no such files
 */
export function chatMessages(
	model: Model,
	field: SchemaField,
	{ instruction, prompt, media }: ChatQuestion,
): Array<Record<string, unknown>> {
	for (const { kind } of media) {
		if (messagesTake(field, kind)) continue;
		throw PredictionError.invalidInput(
			`The model ${model.slug} takes no ${MEDIA_KIND_NAMES[kind].many}`,
			`It is asked by messages, which hold ${messagesTake(field, 'image') ? 'text and images' : 'text'} only. Choose a model that takes them, e.g. ${DEFAULT_MODEL}, which reads images, videos, audio and PDF documents.`,
		);
	}
	const content = messagesTake(field, 'image')
		? [{ type: 'text', text: prompt }, ...media.map(({ url }) => ({ type: 'image_url', image_url: { url } }))]
		: prompt;
	return [
		...(instruction === undefined ? [] : [{ role: 'system', content: instruction }]),
		{ role: 'user', content },
	];
}

/**
 * Names the chat model behind the router in its input.
 *
 * @throws {PredictionError} `invalidInput` where the router is to choose, which it can't
 */
export function nameInnerModel(model: Model, input: Record<string, unknown>): void {
	if (!isRouter(model.slug)) return;
	const inner = innerModel(model.slug);
	if (inner !== undefined) input['model'] ??= inner;
	if (input['model'] !== undefined) return;
	throw PredictionError.invalidInput(
		`The model ${ROUTER_SLUG} has to be told which of its chat models is to answer`,
		`Choose one of them from the list in the parameter 'Model', or write its ID behind a colon, e.g. ${ROUTER_SLUG}:google/gemini-3.6-flash.`,
	);
}
