import type { INodeParameters } from 'n8n-workflow';

import { runNode, type NodeRun } from '../../support/runNode';
import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';
import { sandboxPerTest } from './sandboxPerTest';
import { closingHint } from '../../support/closingHint';
import { hurryEachTest } from '../../support/hurryHostClock';

hurryEachTest(5);

/** Models of the catalogue whose fields differ from those of the default one. */
describe('another model', () => {
	const sandbox = sandboxPerTest();

	const run = async (
		slug: string,
		parameters: INodeParameters,
		options: INodeParameters = {},
		pictures = 1,
	): Promise<NodeRun> => {
		const files = await Promise.all(
			Array.from({ length: pictures }, async (_, index) => {
				return [`picture${index}`, await testMedia.picture(40 + index, 30)] as const;
			}),
		);
		return await runNode({
			baseUrl: sandbox.baseUrl,
			parameters: {
				resource: 'image',
				operation: 'analyze',
				text: 'What is it?',
				modelId: { __rl: true, mode: 'id', value: slug },
				binaryPropertyName: '*',
				...parameters,
				options: { pollInterval: 0.5, ...options },
			},
			items: [
				await itemWithFiles({
					...Object.fromEntries(files),
					...(parameters.resource === 'video' && {
						file: { bytes: await testMedia.video(), mimeType: 'video/mp4' },
					}),
					...(parameters.resource === 'audio' && {
						file: { bytes: testMedia.recording(1), mimeType: 'audio/wav' },
					}),
					...(parameters.resource === 'document' && {
						file: { bytes: await testMedia.document(1), mimeType: 'application/pdf' },
					}),
				}),
			],
		});
	};

	const inputs = () => sandbox.ledger.predictions.map(({ input }) => input);
	const uploads = () => sandbox.ledger.files.map(({ publicUrl }) => publicUrl);

	test('with a single picture field, and fields for what else is put into words', async () => {
		const { items, error } = await run(
			'sandbox-picture-words',
			{},
			{ systemInstruction: 'Be brief.', maxOutputTokens: 300, reasoningLevel: 'high', language: 'French' },
		);
		expect(error).toBeUndefined();
		expect(inputs()).toEqual([
			{
				image_url: uploads()[0],
				prompt: 'Answer in this language: French.\n\nWhat is it?',
				system_prompt: 'Be brief.',
				max_tokens: 300,
				reasoning_effort: 'high',
			},
		]);
		expect(items[0]?.json.text).toContain('40×30 pixels');
		expect(items[0]?.json.model).toBe('sandbox-picture-words');
	});

	test('the default one, which has fields for prompt and pictures alone, is told everything in words', async () => {
		await run(
			'gemini-2-0-flash-lite',
			{},
			{ systemInstruction: 'Be brief.', maxOutputTokens: 300, reasoningLevel: 'high', language: 'French' },
		);
		expect(inputs()).toEqual([
			{
				image_urls: uploads(),
				prompt: [
					'Instructions that come first:\nBe brief.',
					'Answer in this language: French.',
					'Think thoroughly, step by step, check your result, and give the answer only.',
					'Keep the answer under 225 words.',
					'What is it?',
				].join('\n\n'),
			},
		]);
	});

	test('with an array of pictures under another name, a question, and an object for an answer', async () => {
		const { items } = await run('sandbox-picture-question', {}, {}, 3);
		expect(inputs()).toEqual([{ images: uploads(), question: 'What is it?' }]);
		expect(uploads()).toHaveLength(3);
		expect(items[0]?.json.text).toMatch(/^Sandbox answer.* Medium 3 of 3 is a PNG picture of 42×30 pixels/);
	});

	test('with a field for media of any kind, and one for Google Search', async () => {
		await run('sandbox-media-search', { resource: 'video' }, { googleSearch: true });
		expect(inputs()).toEqual([{ media_urls: uploads(), prompt: 'What is it?', google_search: true }]);
	});

	test.each([
		{ resource: 'video', slug: 'sandbox-video-words', field: 'video_url', isArray: false },
		{ resource: 'audio', slug: 'sandbox-audio-words', field: 'audio_url', isArray: false },
		{ resource: 'document', slug: 'sandbox-document-words', field: 'file_urls', isArray: true },
	])('$slug, with $field', async ({ resource, slug, field, isArray }) => {
		const { status } = await run(slug, { resource, binaryPropertyName: 'file' });
		expect(status).toBe('success');
		expect(inputs()).toEqual([{ [field]: isArray ? uploads() : uploads()[0], prompt: 'What is it?' }]);
	});

	test('a language goes into its field, where it has one', async () => {
		await run(
			'sandbox-audio-words',
			{ resource: 'audio', operation: 'transcribe', binaryPropertyName: 'file', text: undefined },
			{ language: 'fr' },
		);
		expect(inputs()).toEqual([
			{ audio_url: uploads()[0], language: 'fr', prompt: expect.stringMatching(/^Task: transcript/) },
		]);
	});

	test('Additional Input sets its own fields, and wins', async () => {
		await run(
			'sandbox-picture-words',
			{},
			{ additionalInput: '{"reasoning_effort": "minimal", "max_tokens": 5}', reasoningLevel: 'high' },
		);
		expect(inputs()[0]).toMatchObject({ reasoning_effort: 'minimal', max_tokens: 5, prompt: 'What is it?' });
	});

	test('is asked for once a run, and each item may have its own', async () => {
		const items = await Promise.all(
			['sandbox-picture-question', 'gemini-2-0-flash-lite', 'sandbox-picture-question'].map(
				async (model, index) =>
					await itemWithFiles({ data: await testMedia.picture(40 + index, 30) }, { model }),
			),
		);
		const done = await runNode({
			baseUrl: sandbox.baseUrl,
			parameters: {
				resource: 'image',
				operation: 'analyze',
				text: 'What is it?',
				modelId: { __rl: true, mode: 'id', value: '={{ $json.model }}' },
				options: { pollInterval: 0.5 },
			},
			items,
		});
		expect(done.items.map(({ json }) => json.model)).toEqual(items.map(({ json }) => json.model));
		expect(sandbox.ledger.requests.filter(({ path }) => path.startsWith('/v1/models/'))).toHaveLength(2);
	});

	describe('with the catalogue away', () => {
		beforeEach(() => {
			sandbox.scenario.catalogueAvailable = false;
		});

		test('the default model is used by what is known of it, and a hint says so', async () => {
			const { status, items, hints } = await run('gemini-2-0-flash-lite', {});
			expect(status).toBe('success');
			expect(items[0]?.json.text).toContain('40×30 pixels');
			expect(hints.map(({ message }) => message)).toEqual([
				'The model list of Each Labs did not answer, so the node went on with what is known of gemini-2-0-flash-lite.',
				closingHint,
			]);
		});

		test('another model is not guessed at', async () => {
			const { status, error } = await run('sandbox-picture-words', {});
			expect(status).toBe('error');
			expect(error?.message).toBe(
				"The fields of the model 'sandbox-picture-words' are not known, since the model list of Each Labs did not answer",
			);
			expect(error?.description).toMatch(
				/^Each Labs is not available right now \(status 503\)\. Try again in a few minutes\. Each Labs says: The catalogue is not available at the moment\. \(request ID [\w-]{36}\) The model gemini-2-0-flash-lite can be used without the list\. Nothing was charged for this item\.$/,
			);
			expect(sandbox.ledger.predictions).toEqual([]);
			expect(sandbox.ledger.presigns).toBe(0);
		});
	});
});
