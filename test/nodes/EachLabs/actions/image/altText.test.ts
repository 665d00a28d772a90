import fc from 'fast-check';

import { PredictionError } from '../../../../../nodes/EachLabs/core/PredictionError';
import { altTextFromAnswer, altTextTask } from '../../../../../nodes/EachLabs/actions/image/altText';

describe('the task', () => {
	test('names the length and the word for a decorative picture', () => {
		const prompt = altTextTask({ maxLength: 125, context: '' });
		expect(prompt).toContain('At most 125 characters');
		expect(prompt).toContain('DECORATIVE');
		expect(prompt).toContain('"altText"');
		expect(prompt).toContain('"decorative"');
		expect(prompt).not.toContain('used for');
	});

	test('says what the picture is used for, where the user says it', () => {
		expect(altTextTask({ maxLength: 80, context: '  our city bikes\n' })).toMatch(/: our city bikes$/);
	});
});

describe('the alt text in an answer', () => {
	test.each<[string, string, string]>([
		['as it is', 'A cat on a sofa.', 'A cat on a sofa.'],
		['without white space around it', '\n A cat. \n', 'A cat.'],
		['in one line', 'A cat\non a\t sofa.', 'A cat on a sofa.'],
		['without double quotation marks', '"A cat."', 'A cat.'],
		['without single quotation marks', "'A cat.'", 'A cat.'],
		['without curved quotation marks', '“A cat.”', 'A cat.'],
		['without German quotation marks', '„Eine Katze.“', 'Eine Katze.'],
		['without French quotation marks', '« Un chat. »', 'Un chat.'],
		[
			'with quotation marks that belong to it',
			'"Stop" and "Go" signs: "Stop"',
			'"Stop" and "Go" signs: "Stop"',
		],
		['with an apostrophe in quotation marks', '"A cat\'s paw."', "A cat's paw."],
		['with a word that only sounds decorative', 'Decorative plate', 'Decorative plate'],
		['out of an object', '{"altText": "A cat.", "decorative": false}', 'A cat.'],
		['out of a fenced object', '```json\n{"alt_text": "A cat."}\n```', 'A cat.'],
		['out of a fence', '```\nA cat.\n```', 'A cat.'],
		['without its label', '**Alt text:** A cat.', 'A cat.'],
		['without an introduction', 'Here\'s the alt text: "A cat."', 'A cat.'],
		['without bold', '**A cat.**', 'A cat.'],
		['without a short label', 'Alt: A cat.', 'A cat.'],
		['without a label and a dash', 'ALT TEXT - A cat.', 'A cat.'],
		['without a Japanese label', '代替テキスト：猫。', '猫。'],
		['without a Russian label', 'Альтернативный текст: кошка.', 'кошка.'],
		['without the mark of a heading', '# A cat.', 'A cat.'],
		['without the count of its characters', 'A cat. (6 characters)', 'A cat.'],
		['without about the count of its characters', 'A red bicycle. (about 15 characters)', 'A red bicycle.'],
		['without quotes and their count', '"A red bicycle." (14 chars)', 'A red bicycle.'],
		['without a count in Japanese', '赤い自転車。 (6文字)', '赤い自転車。'],
		['without consent and an introduction', "Sure! Here's the alt text: A cat.", 'A cat.'],
		[
			'without consent and an introduction, by a comma',
			'Okay, here is a concise alt text for your website: A cat.',
			'A cat.',
		],
		['without consent on a line of its own', 'OK.\nA cat.', 'A cat.'],
		['without consent in a sentence of its own', 'Certainly! A cat.', 'A cat.'],
		[
			'without an introduction on a line of its own',
			'Here is the alt text for the image.\n\nA cat.',
			'A cat.',
		],
		['without an introduction of several', 'Here are three short options:\n1. A cat.\n2. A dog.', 'A cat.'],
		['without an introduction of a description', 'Here is a description of the image: A cat.', 'A cat.'],
		['without a French introduction', 'Voici une description de l’image : Un chat.', 'Un chat.'],
		[
			'without a German introduction',
			'Gerne! Hier ist der Alternativtext für das Bild: Eine Katze.',
			'Eine Katze.',
		],
		[
			'with signs in place of their names in HTML',
			'A cat &amp; a dog say &quot;hi&quot;.',
			'A cat & a dog say "hi".',
		],
		['as the first of several options', '1. A cat.\n2. A dog.', 'A cat.'],
		['without what was thought', "<think>A cat? I'm sorry, a dog.</think>\nA cat.", 'A cat.'],
		[
			'also where it shows a refusal',
			'A sign that says I cannot help you.',
			'A sign that says I cannot help you.',
		],
	])('is taken %s', (_, answer, altText) => {
		expect(altTextFromAnswer(answer, 125)).toEqual({ altText, decorative: false });
	});

	test.each(['DECORATIVE', 'decorative', 'Decorative.', ' "DECORATIVE" \n'])(
		'%p says that there is none',
		(answer) => {
			expect(altTextFromAnswer(answer, 125)).toEqual({ altText: '', decorative: true });
		},
	);
});

describe('what looks like no alt text, and is one', () => {
	test.each([
		['A sign that says "Sorry, we are closed"'],
		['Image of a woman who is sorry'],
		['No entry sign on a door'],
		['The image of a saint on a wall'],
		['Unknown soldier memorial'],
		['❤️'],
		['Sure-footed goats climb a cliff. A hiker watches.'],
		['OK button in a dialog. A cursor points at it.'],
		['Here Comes the Sun, an album cover. Four men walk.'],
		['Here is a dog. It runs.'],
		['Snow White and the seven dwarfs (8 characters)'],
		['Password field (at least 12 characters)'],
		['Form with a name field (40 characters)'],
		['Here are the options on a menu: burgers'],
		['Here are the menu options: burgers, fries'],
		['Here is a woman with a text tattoo. She smiles.'],
		['Here is a sign with text: STOP'],
		['Here is the description on a plaque: born 1820'],
		['Here you go, text on a mug'],
		['Voici le menu avec texte: pizza'],
		['OK: neon sign'],
		['OK! magazine cover'],
		['Okay, this way: arrow on a wall'],
		['Sure: deodorant bottle'],
		['Of course! written on a chalkboard'],
		['Sure. That is what a mug says'],
		['Okay hand gesture. A woman smiles.'],
		["Sorry, we're closed sign on a shop door"],
		['Sorry for the inconvenience notice at a building site'],
		["I can't believe it's not butter tub"],
		['No hay vacantes, letrero de un hotel'],
		['没有人的海滩'],
		['Geen parkeren bord'],
		['404'],
		['Nonfat milk in a glass'],
		['Photo frame on a desk'],
	])('%s', (text) => {
		expect(altTextFromAnswer(text, 125)).toEqual({ altText: text, decorative: false });
	});

	test.each([
		['<img src="a.png" alt="A red square">', 'A red square'],
		['<img alt=\'A red square\' width="3" />', 'A red square'],
		['alt="A red square"', 'A red square'],
	])('the markup %s', (answer, altText) => {
		expect(altTextFromAnswer(answer, 125).altText).toBe(altText);
	});
});

const DESCRIPTIONS = [
	'Изображение неба над морем',
	'Изображение небоскрёба ночью',
	'Изображение невесты в саду',
	'Изображение нескольких людей',
	'Зображення неба',
	'Hình ảnh không gian phòng khách',
	'Hình ảnh không khí lễ hội',
	'Hình ảnh không gian và cổng cửa',
	'不好意思地挠头的男孩',
	'看不到尽头的公路',
	'图像未来感城市',
	'无法打开的门',
	'사진이 없는 빈 액자',
	'写真が見えます',
	'画像が確認できます',
	'Kein Bildschirm, nur eine Tastatur',
	'Keine Fotos erlaubt: Schild',
	'Bitte nicht fotografieren',
	'Bitte warten: ein Ladebalken',
	"Geen foto's maken",
	'Aucune photo autorisée',
	'Je ne vois que toi, texte sur une affiche',
	"Je ne sais quoi, logo d'un masque",
	'En voiture sur une route',
	'En voilier au large',
	'La imagen no muestra personas, solo una playa',
	'No puedo más, gato cansado',
	'A imagem não tem pessoas',
	'File not found error on a blue screen',
	'No image available icon on a gray square',
	"I can't open the jar",
	'I Can See You logo',
	'Unable to walk, a man sits in a wheelchair',
	'Sorry, page not found: a 404 screen',
	'Sorry illustration',
	'Sorry, no dogs allowed sign on a gate',
	'Request lifecycle diagram',
	'Request denied stamp on a form',
	'There is no photo in the frame on the wall',
	'Resim yokuşu tırmanan bir adam',
	'ไม่มีรูปแบบ',
	'Nu poți: text pe un afiș',
	'Nessuna foto consentita, cartello',
	'Ingen billeder tilladt, skilt',
	'Brak zdjęcia w ramce na ścianie',
	'Nincs képernyő az asztalon',
	'Gambar tidak bergerak dari seekor kucing',
];
const NO_DESCRIPTIONS = [
	"Sorry, we can't describe this image.",
	'Sorry, no image was provided.',
	"Sorry for the confusion, but I can't see the image.",
	'Je suis désolé, je ne peux pas décrire cette image.',
	'Désolée, je ne peux pas vous aider.',
	'Lo siento, no puedo describir esta imagen.',
	'Mi dispiace, non posso descrivere questa immagine.',
	'Îmi pare rău, nu pot descrie imaginea.',
	'Valitettavasti en voi kuvailla kuvaa.',
	'Tyvärr kan jag inte beskriva bilden.',
	'Omlouvám se, ale nemohu popsat tento obrázek.',
	'Sajnálom, nem tudok segíteni.',
	'Вибачте, я не можу описати це зображення.',
	'Xin lỗi, tôi không thể mô tả hình ảnh này.',
	'Maaf, saya tidak dapat membantu.',
	'申し訳ありませんが、お手伝いできません。',
	'抱歉，我无法描述这张图片。',
	'Изображение не может быть показано',
	'Изображение недоступно',
	'Kein Bild vorhanden',
	'画像が読み込めません。',
	'無法顯示',
	'La imagen no está disponible',
	'As an AI language model, I cannot view images.',
	"I'm sorry.",
	'Unable to load image',
];

test.each(DESCRIPTIONS)('is no refusal: %s', (text) => {
	expect(altTextFromAnswer(text, 125)).toEqual({ altText: text, decorative: false });
});

test.each(NO_DESCRIPTIONS)('is no alt text: %s', (text) => {
	expect(() => altTextFromAnswer(text, 125)).toThrow(PredictionError);
});

describe('no alt text is in an answer', () => {
	test.each([
		['that is empty', ' \n'],
		['that is an empty fence', '```\n```'],
		['that is an object without one', '{"error": "no"}'],
		['that only thinks', '<think>It may be a cat'],
		['that refuses', "I'm sorry, but I can't help with that."],
		[
			'that refuses with a curved apostrophe (LLaVA-VL/LLaVA-NeXT#158)',
			'I’m sorry, but I can’t assist with that request.',
		],
		['that refuses in German', 'Es tut mir leid, dabei kann ich nicht helfen.'],
		['that refuses to name people', "I can't identify people in images."],
		['with the word for a picture that can not be seen', 'UNSEEN.'],
		['that asks for the picture', 'Please provide the image you would like described.'],
		['that says nothing in words: N/A', 'N/A'],
		['that says nothing in words: null', 'null'],
		['that says nothing in words: a description that there is none of', '[No description available]'],
		['that says nothing in words: the name of the field', '{"altText":"Alt text","decorative":false}'],
		['that is a dash', '—'],
		['that is dots', '{"altText":"...","decorative":false}'],
		['that refuses without a subject', 'Unable to process the image.'],
		['that refuses in the passive voice', 'Cannot be described.'],
		['that was blocked', 'Content blocked due to safety settings.'],
		['that refuses in Dutch', 'Het spijt me, maar ik kan hier niet bij helpen.'],
		['that refuses in Portuguese', 'Não posso ajudar com isso.'],
		['that refuses in Polish', 'Przykro mi, ale nie mogę opisać tego zdjęcia.'],
		['that refuses in Turkish', 'Üzgünüm, bu konuda yardımcı olamam.'],
		['that refuses in Russian', 'Извините, я не могу описать это изображение.'],
		['that refuses in Chinese', '我无法描述这张图片。'],
		['that refuses in Korean', '죄송합니다. 이 이미지를 설명할 수 없습니다.'],
		['that refuses in Arabic', 'عذرًا، لا يمكنني وصف هذه الصورة.'],
		['that has no picture', "It looks like you didn't attach an image."],
		['that has a picture without anything in it', 'The image appears to be blank.'],
		...[
			...[
				'Es wurde kein Bild bereitgestellt.',
				'Das Bild konnte nicht geladen werden.',
				'Ich sehe kein Bild.',
			],
			...[
				'Bitte laden Sie das Bild hoch.',
				"Aucune image n'a été fournie.",
				"L'image ne peut pas être affichée.",
			],
			...[
				'No se proporcionó ninguna imagen.',
				'La imagen no se puede mostrar.',
				'Nenhuma imagem foi fornecida.',
			],
			...[
				'Non vedo alcuna immagine.',
				'Ik zie geen afbeelding.',
				'Ingen bild bifogades.',
				'Nie widzę obrazu.',
			],
			...['Tidak ada gambar.', 'Изображение не предоставлено.'],
			...[
				'Зображення не надано.',
				'אין תמונה',
				'لا توجد صورة',
				'ไม่พบรูปภาพ',
				'没有提供图片',
				'未看到图片，请上传图片。',
			],
			...[
				'不好意思，我看不到图片',
				'画像が提供されていません。',
				'이미지를 볼 수 없습니다.',
				'I see no image attached.',
			],
		].map((answer): [string, string] => [`that has no picture, in another language: ${answer}`, answer]),
		['that is an address', 'https://a.example/cat.jpg'],
		['that is a file name', 'IMG_1234.JPG'],
		['that is what JavaScript makes of an object', '[object Object]'],
		['that gives two that differ', '{"altText":"A cat."} or {"altText":"A dog."}'],
	])('%s', (_what, answer) => {
		expect(() => altTextFromAnswer(answer, 125)).toThrow(PredictionError);
	});
});

function altTextOrNone(answer: string, maxLength: number): string | undefined {
	try {
		return altTextFromAnswer(answer, maxLength).altText;
	} catch {
		return undefined;
	}
}

describe('an alt text that is too long', () => {
	test.each<[string, string, number, string]>([
		['is cut after a sentence', 'A red bicycle. It leans on a wall.', 20, 'A red bicycle.'],
		[
			'is cut after a sentence that ends right at the limit',
			'A red bicycle. It leans.',
			14,
			'A red bicycle.',
		],
		['is cut after a question', 'Is it a bicycle? It leans on a wall.', 20, 'Is it a bicycle?'],
		['is cut after a Chinese sentence', '一辆红色的自行车。它靠在墙上，旁边有树。', 12, '一辆红色的自行车。'],
		['is not cut at the point of a number', 'A scale shows 3.5 kilograms of apples', 17, 'A scale shows…'],
		[
			'is not cut after a first sentence that says next to nothing',
			'Hm. A red bicycle that leans on a wall',
			20,
			'Hm. A red bicycle…',
		],
		['is cut between words', 'A red bicycle leans on a wall', 16, 'A red bicycle…'],
		['is cut without a comma at its end', 'A red bicycle, a wall, a tree', 15, 'A red bicycle…'],
		['is cut within a word where that is very long', 'Donaudampfschifffahrtsgesellschaft', 10, 'Donaudamp…'],
		['counts an emoji of several parts as one', '👨‍👩‍👧 👨‍👩‍👧 👨‍👩‍👧', 5, '👨‍👩‍👧 👨‍👩‍👧 👨‍👩‍👧'],
		['is not cut within an emoji', '👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧', 3, '👨‍👩‍👧👨‍👩‍👧…'],
	])('%s', (_, answer, maxLength, altText) => {
		expect(altTextFromAnswer(answer, maxLength).altText).toBe(altText);
	});

	test('never stays longer than it may be, whatever it is made of', () => {
		fc.assert(
			fc.property(
				fc.string({
					unit: fc.oneof(
						fc.constantFrom('. ', '? ', ' ', ',', 'ab', '。', '"', '\n'),
						fc.string({ unit: 'grapheme', maxLength: 2 }),
					),
					maxLength: 80,
				}),
				fc.integer({ min: 1, max: 60 }),
				(answer, maxLength) => {
					const altText = altTextOrNone(answer, maxLength);
					fc.pre(altText !== undefined);
					expect([...new Intl.Segmenter().segment(altText)].length).toBeLessThanOrEqual(maxLength);
					expect(altText).toBe(altText.trim());
					expect(altText).not.toContain('\n');
				},
			),
			{ seed: 20260821, numRuns: 500 },
		);
	});

	test.each([
		['quotation marks', `a${'"'.repeat(65_535)}`],
		['white space', `${' '.repeat(65_535)}a`],
		['sentences', 'a. '.repeat(22_000)],
		['one word', `"${'a'.repeat(65_536)}`],
		['one character', `a${'\u0301'.repeat(65_536)}`],
	])('is read in no time, were it 64 KB of %s', (_, answer) => {
		altTextFromAnswer('warm', 125);
		const before = process.cpuUsage();
		altTextFromAnswer(answer, 125);
		const { user, system } = process.cpuUsage(before);
		// 20 ms are promised; 2 s is what it took to count all of them. Processor time: a busy machine does not add to it.
		expect((user + system) / 1_000).toBeLessThan(500);
	});
});
