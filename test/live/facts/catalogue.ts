import type { IDataObject } from 'n8n-workflow';

import { DEFAULT_MODEL, KNOWN_DEFAULT_MODEL } from '../../../nodes/EachLabs/core/model/defaultModel';
import { MEDIA_KIND_NAMES, type MediaKind } from '../../../nodes/EachLabs/core/media/media';
import { buildModelInput, type PredictionWish } from '../../../nodes/EachLabs/core/model/questionInput';
import { PredictionError } from '../../../nodes/EachLabs/core/PredictionError';
import { modelListResponse, modelResponse, type Model } from '../../../nodes/EachLabs/core/api/shapes';
import { itemOptions, modelSettings } from '../../../nodes/EachLabs/n8n/options';
import type { Fact, FactGroup } from '../Fact';
import { statusAndReason, type LiveAnswer } from '../LiveApi';
import type { LiveSession } from '../LiveSession';
import { NotSeen } from '../NotSeen';
import { detailAnswer } from './defaultModel';

/** As many as the node's own list asks for at a time. */
const PAGE_SIZE = 100;

const mediaUrl = 'https://media.example/file';
const wish: PredictionWish = { prompt: 'What is it?', media: [{ kind: 'image', url: mediaUrl }] };

const listModels = async (session: LiveSession): Promise<LiveAnswer> =>
	await session.call('GET', '/v1/models?limit=500', { signing: 'none' });

const searchModels = async (session: LiveSession): Promise<LiveAnswer> =>
	await session.call('GET', `/v1/models?name=gemini&limit=${PAGE_SIZE}`);

/** The model as the node reads it from the catalogue. */
async function liveModel(session: LiveSession): Promise<Model> {
	const answer = await session.once(detailAnswer);
	const read = modelResponse.safeParse(answer.json);
	if (!read.success) throw new NotSeen(`the model could not be read (${statusAndReason(answer)})`);
	return read.data;
}

/** The fields that the node would fill for a wish, by its own mapping; or why it would refuse it. */
function fieldsFor(model: Model, changed: Partial<PredictionWish>): { names: string[]; refusal?: string } {
	try {
		return { names: Object.keys(buildModelInput(model, { ...wish, ...changed })) };
	} catch (error) {
		if (!(error instanceof PredictionError)) throw error;
		return { names: [], refusal: error.message };
	}
}

function schemaList(model: Model, part: 'properties' | 'required'): string[] {
	const value: unknown = model.requestSchema?.[part];
	if (Array.isArray(value)) return value.map(String).sort();
	return typeof value === 'object' && value !== null ? Object.keys(value).sort() : [];
}

const knownFields = schemaList(KNOWN_DEFAULT_MODEL, 'properties');

const optionFact = (name: string, options: IDataObject, expected: string): Fact => ({
	fact: `The schema has no field for the ${name}`,
	expected,
	reliedOn: false,
	look: async (session) => {
		const model = await session.once(liveModel);
		const basis = fieldsFor(model, {});
		if (basis.refusal !== undefined) throw new NotSeen(basis.refusal);
		const { names, refusal } = fieldsFor(model, { settings: modelSettings(itemOptions(options)) });
		const own = names.filter((field) => !basis.names.includes(field));
		return {
			holds: own.length === 0,
			seen:
				own.length > 0
					? `the node would fill ${own.join(', ')}`
					: refusal === undefined
						? 'none: the node puts it into the prompt'
						: 'none: the node refuses it',
		};
	},
});

const IN_PROMPT = 'none: the node puts it into the prompt';

export const catalogue: FactGroup = {
	name: 'Model list',
	facts: [
		{
			fact: 'GET /v1/models is public',
			expected: '200 without a key',
			reliedOn: false,
			look: async (session) => {
				const answer = await session.once(listModels);
				return { holds: answer.status === 200, seen: statusAndReason(answer) };
			},
		},
		{
			fact: 'Its entries have the shape that the node reads',
			expected: 'an array with slug, title, output_type, request_schema',
			reliedOn: true,
			look: async (session) => {
				const answer = await session.once(listModels);
				const read = modelListResponse.safeParse(answer.json);
				const entries: unknown[] = Array.isArray(answer.json) ? answer.json : [];
				const entry = entries.find((candidate) => JSON.stringify(candidate).includes(`"${DEFAULT_MODEL}"`));
				return {
					holds: read.success && read.data.entries.length > 0,
					seen: read.success
						? `${read.data.entries.length} models; ${entry === undefined ? DEFAULT_MODEL + ' is not on this page' : DEFAULT_MODEL + ' has ' + Object.keys(entry as object).join(', ')}`
						: `${statusAndReason(answer)}; ${read.error.issues[0]?.message ?? ''}`,
				};
			},
		},
		{
			fact: "'name' finds the model",
			expected: `${DEFAULT_MODEL} among those named 'gemini'`,
			reliedOn: true,
			look: async (session) => {
				const answer = await session.once(searchModels);
				const slugs = (modelListResponse.safeParse(answer.json).data?.entries ?? []).map(({ slug }) => slug);
				return {
					holds: slugs.includes(DEFAULT_MODEL),
					seen:
						slugs.length > 0
							? `${slugs.length} found, ${slugs.includes(DEFAULT_MODEL) ? 'it among them' : 'not it'}`
							: `${statusAndReason(answer)}, no model`,
				};
			},
		},
		{
			fact: "The model's output_type",
			expected: 'string',
			reliedOn: false,
			look: async (session) => {
				const { outputType } = await session.once(liveModel);
				return { holds: outputType === 'string', seen: outputType ?? 'none' };
			},
		},
		{
			fact: 'The schema requires',
			expected: schemaList(KNOWN_DEFAULT_MODEL, 'required').join(', '),
			reliedOn: false,
			look: async (session) => {
				const required = schemaList(await session.once(liveModel), 'required').join(', ');
				return {
					holds: required === schemaList(KNOWN_DEFAULT_MODEL, 'required').join(', '),
					seen: required || 'nothing',
				};
			},
		},
		{
			fact: 'The schema has the fields',
			expected: knownFields.join(', '),
			reliedOn: false,
			look: async (session) => {
				const names = schemaList(await session.once(liveModel), 'properties').join(', ');
				return { holds: names === knownFields.join(', '), seen: names || 'none' };
			},
		},
		{
			fact: 'The node finds a field for every kind of media',
			expected: 'image_urls, for each of the four',
			reliedOn: true,
			look: async (session) => {
				const model = await session.once(liveModel);
				const found = (Object.keys(MEDIA_KIND_NAMES) as MediaKind[]).map((kind) => {
					const { names, refusal } = fieldsFor(model, { media: [{ kind, url: mediaUrl }] });
					const without = fieldsFor(model, { media: [] }).names.filter((name) => name !== 'image_urls');
					const field = names.find((name) => !without.includes(name));
					return { kind, field: refusal === undefined ? field : undefined };
				});
				return {
					holds: found.every(({ field }) => field !== undefined),
					seen: found.map(({ kind, field }) => `${kind}: ${field ?? 'none'}`).join(', '),
				};
			},
		},
		{
			fact: 'What the node sends when the list does not answer fits the schema',
			expected: 'no field unknown, none missing',
			reliedOn: true,
			look: async (session) => {
				const model = await session.once(liveModel);
				const { names: sent } = fieldsFor(KNOWN_DEFAULT_MODEL, {});
				const unknown = sent.filter((name) => !schemaList(model, 'properties').includes(name));
				const missing = schemaList(model, 'required').filter((name) => !sent.includes(name));
				return {
					holds: unknown.length === 0 && missing.length === 0,
					seen: `unknown: ${unknown.join(', ') || 'none'}; missing: ${missing.join(', ') || 'none'}`,
				};
			},
		},
		optionFact('system instruction', { systemInstruction: 'Be brief.' }, IN_PROMPT),
		optionFact('language', { language: 'German' }, IN_PROMPT),
		optionFact('reasoning level', { reasoningLevel: 'low' }, IN_PROMPT),
		optionFact('output tokens', { maxOutputTokens: 100 }, IN_PROMPT),
		optionFact('Google search', { googleSearch: true }, 'none: the node refuses it'),
		{
			fact: 'An unknown slug',
			expected: '404 (the node takes 400 as well)',
			reliedOn: true,
			look: async (session) => {
				const answer = await session.call('GET', '/v1/models/live-check-no-such-model');
				return { holds: answer.status === 404 || answer.status === 400, seen: statusAndReason(answer) };
			},
		},
	],
};
