import type { Model } from '../../../../../nodes/EachLabs/core/api/shapes';
import { KNOWN_ROUTER_MODEL } from '../../../../../nodes/EachLabs/core/model/messagesInput';
import type { MediaKind } from '../../../../../nodes/EachLabs/core/media/media';
import {
	buildModelInput,
	canBeAskedAbout,
	RequestRoom,
} from '../../../../../nodes/EachLabs/core/model/questionInput';
import { itemOptions, modelSettings } from '../../../../../nodes/EachLabs/n8n/options';

const ROUTED: Model = { ...KNOWN_ROUTER_MODEL, slug: 'eachlabs-llm-router:google/gemini-3.6-flash' };
const messageOf = (content: object): object => ({ type: 'object', properties: { content } });

/** A model that is asked by messages of this form. */
function chatModel(message: object = {}, others: Record<string, unknown> = {}): Model {
	return {
		...KNOWN_ROUTER_MODEL,
		slug: 'a-chat-model',
		requestSchema: {
			type: 'object',
			required: ['messages'],
			properties: { messages: { type: 'array', items: message }, ...others },
		},
	};
}

const pictures = [1, 2].map((number) => ({ kind: 'image' as const, url: `https://x.test/${number}.png` }));
const parts = [
	{ type: 'text', text: 'What is it?' },
	{ type: 'image_url', image_url: { url: 'https://x.test/1.png' } },
	{ type: 'image_url', image_url: { url: 'https://x.test/2.png' } },
];

describe('a model that is asked by messages', () => {
	test('gets text and pictures as parts of one message, and the chat model by its ID', () => {
		expect(buildModelInput(ROUTED, { prompt: 'What is it?', media: pictures })).toEqual({
			model: 'google/gemini-3.6-flash',
			messages: [{ role: 'user', content: parts }],
		});
	});

	test("gets the instruction as the system's message, settings in their fields, and the others in words", () => {
		const settings = modelSettings(
			itemOptions({ systemInstruction: 'Be brief.', maxOutputTokens: 300, language: 'French' }),
		);
		const model = chatModel({}, { max_tokens: { type: 'integer' } });
		expect(buildModelInput(model, { prompt: 'What is it?', media: [], settings })).toEqual({
			max_tokens: 300,
			messages: [
				{ role: 'system', content: 'Be brief.' },
				{
					role: 'user',
					content: [{ type: 'text', text: 'Answer in this language: French.\n\nWhat is it?' }],
				},
			],
		});
	});

	test('has its prompt field preferred where messages are not needed', () => {
		const model: Model = {
			...chatModel(),
			requestSchema: {
				type: 'object',
				properties: { messages: { type: 'array' }, prompt: { type: 'string' }, image: { type: 'string' } },
			},
		};
		expect(buildModelInput(model, { prompt: 'What is it?', media: pictures.slice(0, 1) })).toEqual({
			prompt: 'What is it?',
			image: 'https://x.test/1.png',
		});
	});

	test('keeps what Additional Input sets', () => {
		const additionalInput = { temperature: 0.2, model: 'openai/gpt-5.2' };
		expect(buildModelInput(ROUTED, { prompt: 'What is it?', media: [], additionalInput })).toMatchObject(
			additionalInput,
		);
	});

	test.each<[what: string, message: object, takes: boolean]>([
		['of any form', {}, true],
		['with a list as content', messageOf({ type: 'array' }), true],
		['with a text or a list', messageOf({ anyOf: [{ type: 'string' }, { type: 'array' }] }), true],
		['with a text or a list, in one type', messageOf({ type: ['string', 'array'] }), true],
		['with a text alone', messageOf({ type: 'string' }), false],
	])('takes pictures in messages %s: %#', (_, message, takes) => {
		const model = chatModel(message);
		expect(canBeAskedAbout(model, 'image')).toBe(takes);
		expect(new RequestRoom(model).take(pictures)).toBe(takes);
		const build = () => buildModelInput(model, { prompt: 'What is it?', media: pictures });
		if (takes) expect(build()['messages']).toEqual([{ role: 'user', content: parts }]);
		else expect(build).toThrow('The model a-chat-model takes no images');
	});

	test('whose messages hold texts alone gets the question as a text', () => {
		const model = chatModel(messageOf({ type: 'string' }));
		expect(buildModelInput(model, { prompt: 'Hello', media: [] })).toEqual({
			messages: [{ role: 'user', content: 'Hello' }],
		});
	});

	test.each<[kind: MediaKind, many: string]>([
		['video', 'videos'],
		['audio', 'audio files'],
		['document', 'PDF documents'],
	])('takes no %s, and says so with another model', (kind, many) => {
		expect(canBeAskedAbout(ROUTED, kind)).toBe(false);
		expect(new RequestRoom(ROUTED).take([{ kind }])).toBe(false);
		expect(() =>
			buildModelInput(ROUTED, { prompt: 'What is it?', media: [{ kind, url: 'https://x.test/1' }] }),
		).toThrow(`The model eachlabs-llm-router:google/gemini-3.6-flash takes no ${many}`);
	});

	test('the router without a chat model is refused, with an example', () => {
		expect(() => buildModelInput(KNOWN_ROUTER_MODEL, { prompt: 'What is it?', media: [] })).toThrow(
			'The model eachlabs-llm-router has to be told which of its chat models is to answer',
		);
	});
});
