import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { altTextsFromAnswer, checkAvoidWords } from '../../../nodes/EachLabs/actions/image/altTexts';
import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';
import { quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';

/** Alt texts in several languages, with words to use and words to avoid. */
const ALT_TEXT: INodeParameters = { resource: 'image', operation: 'altText' };

/** Photos, since the sandbox takes a plain picture for a decorative one. */
const photos = async (...names: string[]): Promise<INodeExecutionData[]> =>
	await Promise.all(
		names.map(async (fileName) => {
			const bytes = await readFile(join(__dirname, '../../../examples/media', fileName));
			return await itemWithFiles({ data: { bytes, fileName, mimeType: 'image/jpeg' } });
		}),
	);

const sandbox = sandboxPerTest();
const prompt = () => String(sandbox.ledger.predictions[0]?.input['prompt']);

describe('Languages', () => {
	test.each(['English, German,French', '={{ ["English", "German", "French"] }}'])(
		'%s: one prediction gives a text in each',
		async (languages) => {
			const { status, items } = await quickRun(
				sandbox,
				{ ...ALT_TEXT, languages },
				await photos('red-bicycle.jpg'),
			);
			expect(status).toBe('success');
			expect(sandbox.ledger.predictions).toHaveLength(1);
			const { altText, altTexts, decorative, fileName } = items[0]?.json as {
				altText: string;
				altTexts: Record<string, string>;
				decorative: boolean;
				fileName: string;
			};
			expect(Object.keys(altTexts)).toEqual(['English', 'German', 'French']);
			expect(altText).toBe(altTexts['English']);
			expect(altText).toContain('1200×900');
			expect({ decorative, fileName }).toEqual({ decorative: false, fileName: 'red-bicycle.jpg' });
			expect(prompt()).toContain('in each of these languages: "English", "German", "French"');
		},
	);

	test('each is within the length', async () => {
		sandbox.scenario.rewriteAnswer = () =>
			JSON.stringify({
				altTexts: { English: 'A red bicycle leans on a wall', German: 'Ein Rad.' },
				decorative: false,
			});
		const { items } = await quickRun(
			sandbox,
			{ ...ALT_TEXT, languages: 'English, German', maxLength: 16 },
			await photos('red-bicycle.jpg'),
		);
		expect(items[0]?.json['altTexts']).toEqual({ English: 'A red bicycle…', German: 'Ein Rad.' });
	});

	test('items share a request, and a decorative picture has no text in any language', async () => {
		const items = [
			...(await photos('red-bicycle.jpg', 'waterfall.jpg')),
			await itemWithFiles({ data: await testMedia.picture(1, 1) }),
		];
		const { items: read } = await quickRun(
			sandbox,
			{ ...ALT_TEXT, languages: 'English, German', itemsPerPrediction: 3 },
			items,
		);
		expect(sandbox.ledger.predictions).toHaveLength(1);
		expect(read.map(({ json }) => json['decorative'])).toEqual([false, false, true]);
		expect(read[2]?.json['altTexts']).toEqual({ English: '', German: '' });
	});

	test.each<[string, string]>([
		['a language that is missing', '{"altTexts": {"English": "A bicycle."}}'],
		['an empty one', '{"altTexts": {"English": "A bicycle.", "German": ""}}'],
		['one that calls it decorative', '{"altTexts": {"English": "A bicycle.", "German": "DECORATIVE"}}'],
		['a refusal', '{"altTexts": {"English": "A bicycle.", "German": "Es tut mir leid, das geht nicht."}}'],
	])('%s ends the item, and names what was paid', async (_what, answer) => {
		sandbox.scenario.rewriteAnswer = () => answer;
		const { items } = await quickRun(
			sandbox,
			{ ...ALT_TEXT, languages: 'English, German' },
			await photos('red-bicycle.jpg'),
			{ onError: 'continueRegularOutput' },
		);
		expect(items[0]?.json).toMatchObject({
			error: expect.stringMatching(/\w/),
			details: { predictionId: sandbox.ledger.predictions[0]?.id },
		});
	});

	test('without them an object with one text is asked for', async () => {
		await quickRun(sandbox, ALT_TEXT, await photos('red-bicycle.jpg'));
		expect(prompt()).toContain('"required":["altText","decorative"]');
	});

	test.each<[string, (altText: string) => unknown]>([
		['an object', (altText) => ({ altText, decorative: false })],
		['an object with another name', (altText) => ({ alt_text: altText })],
		['the text itself', (altText) => altText],
		['a text with quotes and a label', (altText) => `**Alt text:** "${altText}"`],
		['the text of an object', (altText) => JSON.stringify({ altText, decorative: false })],
	])(
		'an answer that is %s is read, alone and in a group, and nothing is bought again',
		async (_what, write) => {
			const texts = ['A red bicycle.', 'A waterfall.'];
			sandbox.scenario.rewriteAnswer = ({ entries }) => {
				if (entries !== undefined) {
					return JSON.stringify(
						entries.map((entry, position) => ({ ...entry, answer: write(texts[position] ?? '') })),
					);
				}
				const answer = write('A red bicycle.');
				return typeof answer === 'string' ? answer : JSON.stringify(answer);
			};
			const items = await photos('red-bicycle.jpg', 'waterfall.jpg');
			const alone = await quickRun(sandbox, ALT_TEXT, items.slice(0, 1));
			expect(alone.items.map(({ json }) => json['altText'])).toEqual(texts.slice(0, 1));
			const grouped = await quickRun(sandbox, { ...ALT_TEXT, itemsPerPrediction: 2 }, items);
			expect(grouped.items.map(({ json }) => json['altText'])).toEqual(texts);
			expect(sandbox.ledger.predictions).toHaveLength(2);
		},
	);

	test.each<[string, string]>([
		['refuses', "I'm sorry, but I can't help with that."],
		['is empty', '{"altText":"","decorative":false}'],
		['says that the picture is unseen', '{"altText":"UNSEEN","decorative":false}'],
	])('an answer that %s is an unusable one', async (_what, answer) => {
		sandbox.scenario.rewriteAnswer = () => answer;
		const { items } = await quickRun(sandbox, ALT_TEXT, await photos('red-bicycle.jpg'), {
			onError: 'continueRegularOutput',
		});
		expect(items[0]?.json).toMatchObject({ details: { kind: 'unusableAnswer' } });
	});

	test('without them there is one text, as ever', async () => {
		const { items } = await quickRun(sandbox, ALT_TEXT, await photos('red-bicycle.jpg'));
		expect(items[0]?.json).not.toHaveProperty('altTexts');
	});

	test.each<[string, INodeParameters, string]>([
		[
			'both ways to name a language',
			{ languages: 'English', options: { language: 'German' } },
			"Both 'Languages' and the option 'Language' (German) are set",
		],
		['languages that are none', { languages: '={{ [{}] }}' }, "The 'Languages' hold {} where a text belongs"],
		[
			'too many',
			{ languages: `={{ Array.from({ length: 31 }, (_, position) => 'L' + position) }}` },
			"'Languages' has 31 entries; it may have 30",
		],
	])('%s: refused before anything is paid', async (_what, parameters, message) => {
		const { error } = await quickRun(
			sandbox,
			{ ...ALT_TEXT, ...parameters },
			await photos('red-bicycle.jpg'),
		);
		expect(error?.message).toBe(message);
		expect(sandbox.ledger.presigns).toBe(0);
	});
});

test('the languages keep their order, and a picture is decorative in all or none', () => {
	const read = altTextsFromAnswer({ altTexts: { b: 'DECORATIVE', a: 'Decorative.' } }, ['a', 'b'], 125);
	expect(read).toEqual({ altText: '', altTexts: { a: '', b: '' }, decorative: true });
});

describe('words', () => {
	test('are named in the question', async () => {
		await quickRun(
			sandbox,
			{ ...ALT_TEXT, keywords: 'city bike, basket', avoidWords: '={{ ["cheap"] }}' },
			await photos('red-bicycle.jpg'),
		);
		expect(prompt()).toMatch(/Use these words where they fit .*: "city bike", "basket"\./);
		expect(prompt()).toContain('Never use these words: "cheap".');
	});

	test('an alt text with a word to avoid ends its item, and names what was paid', async () => {
		const { items } = await quickRun(
			sandbox,
			{ ...ALT_TEXT, avoidWords: 'nothing, SANDBOX' },
			await photos('red-bicycle.jpg'),
			{ onError: 'continueRegularOutput' },
		);
		expect(items[0]?.json).toMatchObject({
			error: "The alt text has the word 'SANDBOX', which is one of 'Avoid Words'",
			details: { predictionId: expect.any(String), rawOutput: expect.stringContaining('Sandbox') },
		});
	});

	test.each<[string, string, boolean]>([
		['in other case', 'A Cheap bicycle', true],
		['as part of another word', 'A cheapskate', false],
		['with a mark of its own', 'It is cheap!', true],
		['in a script without blanks', '一辆便宜的自行车', true],
		['with an apostrophe of another kind', 'A dog’s bed', true],
		['that is no word', 'A $5 (new) c++ book', true],
	])('is found %s', (_what, text, found) => {
		const check = () => checkAvoidWords([text], ['cheap', '便宜', "dog's", 'c++']);
		if (found) expect(check).toThrow(/Avoid Words/);
		else expect(check).not.toThrow();
	});
});
