import type { INodeParameters } from 'n8n-workflow';

import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';
import { quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';

/** One question about the files of all items. */
describe('Combine Items', () => {
	const sandbox = sandboxPerTest();
	const COMPARE: INodeParameters = {
		resource: 'image',
		operation: 'analyze',
		text: 'Compare these two pictures.',
		options: { combineItems: true },
	};
	const picture = async (fileName: string, width: number) => ({
		bytes: await testMedia.picture(width, 30),
		fileName,
	});
	const two = async () => [
		await itemWithFiles({ data: await picture('before.png', 40) }, { sku: 1 }),
		await itemWithFiles({ data: await picture('after.png', 41) }, { sku: 2 }),
	];
	const both = [{ item: 0 }, { item: 1 }];
	const closingHint = expect.stringMatching(/^Run finished: 1 result in /);

	test('asks once about the files of all items, in their order, and pairs the answer with each of them', async () => {
		const { items, hints } = await quickRun(sandbox, COMPARE, await two());
		expect(items).toMatchObject([
			{
				json: { fileNames: ['before.png', 'after.png'], text: expect.stringMatching(/40×30.*41×30/s) },
				pairedItem: both,
			},
		]);
		expect(sandbox.ledger.predictions).toHaveLength(1);
		expect(hints.map(({ message }) => message)).toEqual([closingHint]);
	});

	test.each([
		['with one item', {}],
		['where a question of one item speaks of a comparison', { options: {} }],
	])('says so where there is nothing to compare: %s', async (_, parameters) => {
		const [only] = await two();
		const { hints } = await quickRun(sandbox, { ...COMPARE, ...parameters }, only ? [only] : []);
		expect(hints.map(({ message }) => message)).toContain(
			'Only one file was sent, so there was nothing to compare it with. Look at what the step before gives.',
		);
	});

	describe('tells of items that were asked about by themselves', () => {
		const alone = expect.stringMatching(/^Each of 2 items was asked about by itself/);
		const hintsFor = async (text: string) => {
			const options = { waitForResult: false };
			const { hints } = await quickRun(sandbox, { ...COMPARE, text, options }, await two());
			return hints.map(({ message }) => message);
		};

		test.each([
			'Are the pictures of the same thing?',
			'Is it the same person?',
			'Which is better?',
			"What's changed?",
			'Rank these photos from best to worst',
			'Worin unterscheiden sie sich?',
			'Welches Bild ist schärfer?',
			'Quelle photo est la meilleure ?',
			'¿Cuál es la diferencia?',
			'Confronta le immagini',
			'Quais são as diferenças?',
			'Wat is het verschil?',
			'Jämför bilderna',
			'Porównaj zdjęcia',
			'Сравни эти фотографии',
			'Karşılaştır',
			'比较这两张图片',
			'この2枚の違いは何ですか',
			'두 사진을 비교해 주세요',
			'قارن بين الصورتين',
			'Do they match?',
			'Do these match? Answer yes or no.',
			'Same person?',
			'Which is more expensive?',
			'Which of these is newer?',
			'Which picture shows the dog?',
			'Are they different?',
			'What is different?',
			'Find the odd one out',
			'What do both of them have? Are they alike?',
			'Compare prices',
			"C'est la même personne ?",
			'¿Es la misma persona?',
			'É a mesma pessoa?',
			'È la stessa persona?',
			'Ist das dieselbe Person?',
			'Was ist auf diesen zwei Bildern anders?',
			'Décris ces deux photos',
			'Порівняй ці фото',
			'Sammenlign billederne',
			'请比较一下',
			'इन तस्वीरों की तुलना करें',
		])('where the question compares them: %s', async (text) => {
			expect(await hintsFor(text)).toContainEqual(alone);
		});

		test.each([
			"What's in this image?",
			'Describe the image in the same language as its text',
			'Describe the photos on the wall',
			'Are both people smiling?',
			'Which brand is it?',
			'List the different objects',
			'Which compartment is open?',
			'图片里有什么?',
			'この画像の間違いは何ですか',
			'哪些物体比较大',
			'这张图片的对比度高吗',
			'小区别墅有几层',
			'Отличное ли качество',
			'На сколько выросла выручка по сравнению с прошлым годом?',
			'차이나타운 사진인가요',
			'이 물체는 비교적 큰가요',
			'كم زاد الدخل مقارنة بالعام الماضي',
			'Se puede compartir',
			'Is it comparable to the list price?',
			'What is the compare-at price?',
			'How did sales grow compared to last year?',
			'Is this a confrontation?',
			'Return them as files',
			'Return these as files',
			'List the due documents',
			'Which buttons are the same size?',
			'Which picture frame is made of wood?',
			'Which document is this?',
			'Which of the following applies?',
			'List all documents named in the text',
			'List the names of the documents',
			'Do the people face each other?',
			'List the amounts before and after tax.',
			'Décris les photos sur le mur',
			"Décris l'image dans la même langue",
			'Describe las fotos de la pared',
			'Beschreibe die Fotos an der Wand',
			'Liste die unterschiedlichen Farben',
			'Welches Bildformat ist das?',
			'Wat staat er op deze foto?',
			'Welke verschillende kleuren zijn er?',
			'Karşılama metni nedir?',
		])('but not where it does not: %s', async (text) => {
			expect(await hintsFor(text)).toEqual([
				expect.stringMatching(/^Uploaded files that stay/),
				expect.stringMatching(/^Run finished: 2 items/),
			]);
		});
	});

	test('takes several files of each item', async () => {
		const { items } = await quickRun(sandbox, { ...COMPARE, binaryPropertyName: '*' }, [
			await itemWithFiles({ a: await picture('a.png', 40), b: await picture('b.png', 41) }),
			await itemWithFiles({ c: await picture('c.png', 42) }),
		]);
		expect(items.map(({ json }) => json['fileNames'])).toEqual([['a.png', 'b.png', 'c.png']]);
	});

	test('takes the addresses of all items', async () => {
		const { items } = await quickRun(
			sandbox,
			{ ...COMPARE, inputType: 'url', imageUrls: '={{ $json.url }}' },
			['one', 'two'].map((name) => ({ json: { url: `https://example.com/${name}.png` } })),
		);
		expect(items).toMatchObject([{ json: { fileNames: ['one.png', 'two.png'] }, pairedItem: both }]);
		expect(sandbox.ledger.predictions.map(({ input }) => input['image_urls'])).toEqual([
			['https://example.com/one.png', 'https://example.com/two.png'],
		]);
	});

	test('gets data out of all pages together', async () => {
		const { items } = await quickRun(
			sandbox,
			{
				resource: 'image',
				operation: 'extract',
				attributes: { attributes: [{ name: 'total', type: 'number' }] },
				options: { combineItems: true, includeInputFields: true },
			},
			await two(),
		);
		expect(items).toMatchObject([
			{ json: { fileNames: ['before.png', 'after.png'], output: {}, sku: 1 }, pairedItem: both },
		]);
	});

	test('gives one item of all files where the run does not wait for its result', async () => {
		const options = { combineItems: true, waitForResult: false };
		const { items } = await quickRun(sandbox, { ...COMPARE, options }, await two());
		expect(items).toMatchObject([{ json: { predictionId: expect.any(String) }, pairedItem: both }]);
	});

	test.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'fails as one item that names the item of a bad file (%s), and nothing is charged',
		async (onError) => {
			const [good] = await two();
			const bad = await itemWithFiles({
				data: { bytes: Buffer.from('<html></html>'), fileName: 'page.png' },
			});
			const { outputs } = await quickRun(sandbox, COMPARE, good ? [good, bad] : [], { onError });
			expect(outputs.flat()).toMatchObject([
				{
					json: {
						fileNames: ['before.png', 'page.png'],
						error: expect.stringContaining('page.png'),
						details: { description: expect.stringMatching(/^This is about item 2 of 2\. /) },
					},
					pairedItem: both,
				},
			]);
			expect(sandbox.ledger.predictions).toEqual([]);
		},
	);

	test('ends the run with the item of a file that is missing', async () => {
		const [good] = await two();
		const { status, error } = await quickRun(sandbox, COMPARE, good ? [good, { json: {} }] : []);
		expect(status).toBe('error');
		expect(error?.message).toBe("The item has no binary field 'data', nor any other");
		expect(error?.description).toMatch(/^This is about item 2 of 2\. (?!.*The run ended at item)/);
		expect(sandbox.ledger.predictions).toEqual([]);
	});

	test.each([
		['Separate Files', { separateFiles: true }],
		['Items per Prediction', { itemsPerPrediction: 2 }],
	])('is refused beside %s, which divides the files', async (name, more) => {
		const options = { combineItems: true, ...more };
		const { status, error } = await quickRun(sandbox, { ...COMPARE, options }, await two());
		expect(status).toBe('error');
		expect(error?.message).toBe(
			`The option '${name}' is set beside 'Combine Items', which asks about the files of all items together`,
		);
		expect(sandbox.ledger.predictions).toEqual([]);
	});

	test('takes up what an earlier try has bought', async () => {
		const { items } = await quickRun(sandbox, COMPARE, await two(), { retryOnFail: true, maxTries: 2 });
		expect(items).toHaveLength(1);
		expect(sandbox.ledger.predictions).toHaveLength(1);
	});

	test.each(['altText', 'moderate', 'classify'])(
		'that was left over from another operation is not followed by %s: each item keeps its own result',
		async (operation) => {
			const categories = { categories: [{ category: 'a' }, { category: 'b' }] };
			const { outputs } = await quickRun(
				sandbox,
				{ resource: 'image', operation, categories, options: { combineItems: true } },
				await two(),
			);
			expect(outputs.flat()).toHaveLength(2);
		},
	);
});
