import type { IDataObject } from 'n8n-workflow';

import { KNOWN_DEFAULT_MODEL } from '../../../../../nodes/EachLabs/core/model/defaultModel';
import {
	buildModelInput,
	canBeAskedAbout,
	RequestRoom,
	type PredictionWish,
} from '../../../../../nodes/EachLabs/core/model/questionInput';
import type { MediaKind } from '../../../../../nodes/EachLabs/core/media/media';
import { PredictionError } from '../../../../../nodes/EachLabs/core/PredictionError';
import type { Model } from '../../../../../nodes/EachLabs/core/api/shapes';
import { itemOptions, modelSettings } from '../../../../../nodes/EachLabs/n8n/options';

const text = { type: 'string' };
const url = { type: 'string', format: 'uri' };
const urls = { type: 'array', items: url };

function model(properties: Record<string, unknown>, required: string[] = []): Model {
	return {
		slug: 'a-model',
		title: 'A model',
		version: null,
		outputType: 'string',
		requestSchema: { type: 'object', required, properties },
		raw: {},
	};
}

function media(...kinds: MediaKind[]): PredictionWish['media'] {
	return kinds.map((kind, index) => ({ kind, url: `https://x.test/${kind}${index}` }));
}

function wish(overrides: Partial<PredictionWish> = {}): PredictionWish {
	return { prompt: 'What is it?', media: [], ...overrides };
}

/** What options tell the model. */
function told(options: IDataObject): Pick<PredictionWish, 'settings'> {
	return { settings: modelSettings(itemOptions(options)) };
}

/** Whether one request takes all of these media. */
function hasRoomFor(of: Model, given: PredictionWish['media']): boolean {
	return new RequestRoom(of).take(given);
}

describe('media go to the field that the schema has for their kind', () => {
	test.each<[string, Record<string, unknown>, MediaKind[], Record<string, unknown>]>([
		[
			'a list',
			{ image_urls: urls },
			['image', 'image'],
			{ image_urls: ['https://x.test/image0', 'https://x.test/image1'] },
		],
		['a single one', { image_url: url }, ['image'], { image_url: 'https://x.test/image0' }],
		[
			'the list before the single one',
			{ image_url: url, image_urls: urls },
			['image'],
			{ image_urls: ['https://x.test/image0'] },
		],
		['images', { images: urls }, ['image'], { images: ['https://x.test/image0'] }],
		['image', { image: url }, ['image'], { image: 'https://x.test/image0' }],
		['inputImageUrl', { inputImageUrl: url }, ['image'], { inputImageUrl: 'https://x.test/image0' }],
		[
			'a nullable list',
			{ image_urls: { ...urls, type: ['array', 'null'] } },
			['image'],
			{ image_urls: ['https://x.test/image0'] },
		],
		[
			'each kind its own',
			{ image_urls: urls, video_url: url, audio_urls: urls, pdf_url: url },
			['image', 'video', 'audio', 'document'],
			{
				image_urls: ['https://x.test/image0'],
				video_url: 'https://x.test/video1',
				audio_urls: ['https://x.test/audio2'],
				pdf_url: 'https://x.test/document3',
			},
		],
		[
			'any media',
			{ media_urls: urls },
			['video', 'image'],
			{ media_urls: ['https://x.test/video0', 'https://x.test/image1'] },
		],
		[
			'a file',
			{ file_urls: urls },
			['document', 'audio'],
			{ file_urls: ['https://x.test/document0', 'https://x.test/audio1'] },
		],
		[
			'the one list that there is',
			{ image_urls: urls },
			['video', 'audio'],
			{ image_urls: ['https://x.test/video0', 'https://x.test/audio1'] },
		],
	])('%s', (_, properties, kinds, expected) => {
		const input = buildModelInput(model({ prompt: text, ...properties }), wish({ media: media(...kinds) }));
		expect(input).toEqual({ prompt: 'What is it?', ...expected });
	});

	test.each<[string, Record<string, unknown>, MediaKind[], string]>([
		[
			'no field for the kind',
			{ image_url: url, image_size: text },
			['video'],
			'The model a-model takes no videos',
		],
		[
			'two lists of other kinds',
			{ image_urls: urls, video_urls: urls },
			['audio'],
			'The model a-model takes no audio files',
		],
		[
			'a field for one only',
			{ image_url: url },
			['image', 'image'],
			'The model a-model takes one image in a request, and the item has 2',
		],
		[
			'a list that is shorter',
			{ image_urls: { ...urls, maxItems: 2 } },
			['image', 'image', 'image'],
			'The model a-model takes at most 2 images in a request, and the item has 3',
		],
	])('%s is refused', (_, properties, kinds, message) => {
		const build = () =>
			buildModelInput(model({ prompt: text, ...properties }), wish({ media: media(...kinds) }));
		expect(build).toThrow(PredictionError);
		expect(build).toThrow(message);
		expect(hasRoomFor(model(properties), media(...kinds))).toBe(false);
	});
});

describe('what is wished for goes into its field where there is one, else into the prompt', () => {
	const all = {
		systemInstruction: 'Be brief.',
		language: 'German',
		reasoningLevel: 'high',
		maxOutputTokens: 400,
	};

	test('all of it has a field', () => {
		const properties = {
			question: text,
			system_prompt: text,
			language: text,
			reasoning_effort: { type: 'string', enum: ['LOW', 'HIGH'] },
			max_tokens: { type: 'integer', maximum: 300 },
			google_search: { type: 'boolean' },
		};
		expect(buildModelInput(model(properties), wish(told({ ...all, googleSearch: true })))).toEqual({
			question: 'What is it?',
			system_prompt: 'Be brief.',
			language: 'German',
			// As the schema spells it, and within its bounds.
			reasoning_effort: 'HIGH',
			max_tokens: 300,
			google_search: true,
		});
	});

	test('none of it has a field: nothing is sent that the schema lacks', () => {
		const input = buildModelInput(KNOWN_DEFAULT_MODEL, wish({ ...told(all), media: media('image') }));
		expect(Object.keys(input).toSorted()).toEqual(['image_urls', 'prompt']);
		expect(input['prompt']).toBe(
			[
				'Instructions that come first:\nBe brief.',
				'Answer in this language: German.',
				'Think thoroughly, step by step, check your result, and give the answer only.',
				'Keep the answer under 300 words.',
				'What is it?',
			].join('\n\n'),
		);
	});

	test('a field that does not take the value is left out, and the prompt says it', () => {
		const properties = {
			prompt: text,
			language: { type: 'string', enum: ['en', 'fr'] },
			reasoning: { type: 'boolean' },
		};
		const input = buildModelInput(
			model(properties),
			wish(told({ language: 'German', reasoningLevel: 'low' })),
		);
		expect(input).toEqual({
			prompt: 'Answer in this language: German.\n\nThink briefly before you answer.\n\nWhat is it?',
		});
	});

	test.each<[string, Partial<PredictionWish>, string]>([
		[
			'a search that the model does not have',
			told({ googleSearch: true }),
			"The model gemini-2-0-flash-lite can't search with Google",
		],
		['half of a character', { prompt: 'a\ud83d' }, "The 'Text Input' holds half of a character"],
		[
			'more text than the model reads',
			{ prompt: 'x'.repeat(4_194_308) },
			'has about 1,048,577 tokens; the model reads at most 1,048,576',
		],
		[
			'half of a character in what comes first',
			told({ systemInstruction: 'a\ud83d' }),
			"The option 'System Instruction' holds half of a character",
		],
		[
			'more text than the model reads, together with what comes first',
			{ ...told({ systemInstruction: 'xxxx' }), prompt: 'x'.repeat(4_194_304) },
			'has about 1,048,577 tokens; the model reads at most 1,048,576',
		],
		[
			'eleven videos',
			{ media: media(...Array<MediaKind>(11).fill('video')) },
			'The item has 11 videos; the model reads at most 10',
		],
	])('%s is refused', (_, overrides, message) => {
		const build = () => buildModelInput(KNOWN_DEFAULT_MODEL, wish({ media: media('image'), ...overrides }));
		expect(build).toThrow(PredictionError);
		expect(build).toThrow(message);
	});

	test('a model that takes no text is refused', () => {
		expect(() => buildModelInput(model({ image_url: url }), wish({ media: media('image') }))).toThrow(
			'The model a-model takes no text',
		);
	});

	test('a model whose fields are not described is refused', () => {
		const build = () => buildModelInput({ ...KNOWN_DEFAULT_MODEL, requestSchema: null }, wish());
		expect(build).toThrow('has no description of the fields');
	});
});

test("the user's own fields win, and unknown ones are refused", () => {
	const properties = { prompt: text, temperature: { type: 'number' } };
	expect(
		buildModelInput(model(properties), wish({ additionalInput: { prompt: 'Mine', temperature: 0.2 } })),
	).toEqual({
		prompt: 'Mine',
		temperature: 0.2,
	});
	expect(() => buildModelInput(model(properties), wish({ additionalInput: { top_p: 1 } }))).toThrow('top_p');
});

test('a request has room for as many as every field and limit take together', () => {
	expect(hasRoomFor(KNOWN_DEFAULT_MODEL, media(...Array<MediaKind>(3_000).fill('image')))).toBe(true);
	expect(hasRoomFor(KNOWN_DEFAULT_MODEL, media(...Array<MediaKind>(3_001).fill('image')))).toBe(false);
	expect(hasRoomFor(KNOWN_DEFAULT_MODEL, media(...Array<MediaKind>(11).fill('video')))).toBe(false);
	const three = model({ image_urls: { ...urls, maxItems: 3 } });
	expect(hasRoomFor(three, media('image', 'video', 'audio'))).toBe(true);
	expect(hasRoomFor(three, media('image', 'video', 'audio', 'image'))).toBe(false);
});

describe('a model can be asked about a kind of files', () => {
	const all: MediaKind[] = ['image', 'video', 'audio', 'document'];

	test.each<[string, Record<string, unknown>, MediaKind[]]>([
		['with a field for it, and one for the question', { image_url: url, prompt: text }, ['image']],
		['with a field for any file', { file_urls: urls, question: text }, all],
		['with a list of media of one kind alone', { image_urls: urls, prompt: text }, all],
		['with fields for several', { image_url: url, video_urls: urls, prompt: text }, all],
		['not without a field for the question', { image_urls: urls }, []],
		['not without a field for files', { prompt: text, image_size: text }, []],
	])('%s', (_label, properties, kinds) => {
		expect(all.filter((kind) => canBeAskedAbout(model(properties), kind))).toEqual(kinds);
	});

	test('not where nothing is known of its fields', () => {
		expect(canBeAskedAbout({ ...model({}), requestSchema: null }, 'image')).toBe(false);
	});

	test('where it is the default model', () => {
		expect(all.filter((kind) => canBeAskedAbout(KNOWN_DEFAULT_MODEL, kind))).toEqual(all);
	});
});
