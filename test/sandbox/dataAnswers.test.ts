import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonrepair } from 'jsonrepair';
import sharp from 'sharp';

import { moderationRule } from '../../sandbox/answer/json/composeModeration';
import type { AnswerStyle } from '../../sandbox/scenario';
import { startSandbox, type Sandbox } from '../../sandbox/startSandbox';
import { testMedia } from '../support/testMedia';
import { answerPrompts } from './answerPrompts';
import { SandboxClient } from './SandboxClient';

let sandbox: Sandbox;
let client: SandboxClient;

beforeAll(async () => {
	sandbox = await startSandbox({ scenario: { runTimeMs: { min: 1, max: 1 } } });
	client = new SandboxClient(sandbox);
});
afterEach(() => {
	sandbox.scenario.answerStyle = () => 'plain';
});
afterAll(async () => await sandbox.close());

async function plain(background: string, width = 90, height = 70): Promise<Buffer> {
	return await sharp({ create: { width, height, channels: 3, background } })
		.jpeg()
		.toBuffer();
}

async function uploaded(...files: Buffer[]): Promise<string[]> {
	const urls: string[] = [];
	for (const bytes of files) urls.push((await client.upload(bytes, 'application/octet-stream')).public_url);
	return urls;
}

/** The text of an answer, which has to be one. */
async function answerTo(prompt: string, urls: readonly string[]): Promise<string> {
	const output = await client.ask(prompt, ...urls);
	if (typeof output !== 'string') throw new Error(JSON.stringify(output));
	return output;
}

async function dataOf(prompt: string, ...files: Buffer[]): Promise<unknown> {
	return JSON.parse(await answerTo(prompt, await uploaded(...files)));
}

/** An MP4 whose header says that it takes so long. */
async function video(seconds: number): Promise<Buffer> {
	const bytes = await readFile(join(__dirname, 'silent-two-seconds.mp4'));
	const headerAt = bytes.indexOf('mvhd') + 4;
	bytes.writeUInt32BE(seconds * bytes.readUInt32BE(headerAt + 12), headerAt + 16);
	return bytes;
}

const product = {
	type: 'object',
	properties: {
		colour: { type: 'string' },
		width: { type: 'integer' },
		style: { enum: ['casual', 'formal', 'sport'] },
		description: { type: 'string', maxLength: 200 },
	},
	required: ['colour', 'style', 'description'],
};
const labels = (options: readonly string[], maxItems: number) => ({
	type: 'object',
	properties: {
		labels: {
			type: 'array',
			minItems: 1,
			maxItems,
			items: {
				type: 'object',
				properties: {
					label: { type: 'string', enum: options },
					confidence: { type: 'number', minimum: 0, maximum: 1 },
				},
				required: ['label', 'confidence'],
			},
		},
	},
	required: ['labels'],
});
const verdicts = (options: readonly string[]) => ({
	type: 'object',
	properties: {
		categories: {
			type: 'array',
			minItems: 1,
			maxItems: options.length,
			items: {
				type: 'object',
				properties: {
					category: { type: 'string', enum: options },
					confidence: { type: 'number', minimum: 0, maximum: 1 },
					reason: { type: 'string', maxLength: 300 },
				},
				required: ['category', 'confidence', 'reason'],
			},
		},
	},
	required: ['categories'],
});
const segments = {
	type: 'object',
	properties: {
		segments: {
			type: 'array',
			items: {
				type: 'object',
				properties: {
					start: { type: 'number', minimum: 0 },
					end: { type: 'number', minimum: 0 },
					text: { type: 'string' },
				},
				required: ['start', 'end', 'text'],
			},
		},
	},
	required: ['segments'],
};

const words =
	'Instructions that come first:\nBe terse. Are you there?\n\nAnswer in this language: German.\n\n';
const extract = 'Task: extract\nRead the data that the schema describes out of the files.';
const altText = 'Task: alt text\nWrite the alt text of the picture. At most 125 characters.';

describe('a prompt with a schema gets data of that shape', () => {
	test('from the bytes', async () => {
		const bytes = await plain('#ff0000', 90, 70);
		expect(await dataOf(answerPrompts.single(extract, product), bytes)).toEqual({
			colour: 'red',
			width: 90,
			style: expect.stringMatching(/^(casual|formal|sport)$/),
			description: `Sandbox answer, not the model's: a JPEG picture of 90×70 pixels and ${bytes.length} bytes, all red.`,
		});
	});

	test('the same for a correction, whatever the first answer was', async () => {
		const urls = await uploaded(await plain('#118822'));
		const prompt = words + answerPrompts.single(extract, product);
		const earlier = `{"colour": "x"}\nAnswer with JSON only, please:\nJSON Schema: {"type": "null"}`;
		const first = await answerTo(prompt, urls);
		expect(JSON.parse(first)).toMatchObject({ colour: 'green' });
		expect(await answerTo(answerPrompts.correction(prompt, earlier), urls)).toBe(first);
	});

	test('with the pages and the title of a document, and the length of a sound', async () => {
		const facts = {
			type: 'object',
			properties: { title: { type: 'string' }, pages: { type: 'integer' }, duration: { type: 'number' } },
		};
		const prompt = answerPrompts.single(extract, facts);
		expect(await dataOf(prompt, await testMedia.document(3))).toEqual({
			title: expect.stringContaining('Sandbox'),
			pages: 3,
		});
		expect(await dataOf(prompt, testMedia.recording(2))).toMatchObject({ duration: 2 });
		expect(await dataOf(prompt, await video(25))).toMatchObject({ duration: 25 });
	});

	test('a transcript in segments ends with the recording, and says that it is none', async () => {
		const prompt = answerPrompts.single('Task: transcript\nWrite down word for word.', segments);
		const data = (await dataOf(prompt, testMedia.recording(3))) as {
			segments: Array<{ start: number; end: number; text: string }>;
		};
		expect(data.segments[0]).toMatchObject({ start: 0, text: expect.stringContaining('is not transcribed') });
		expect(data.segments.at(-1)).toMatchObject({ end: 3 });
	});

	test('a question about JSON that has no schema is answered in words', async () => {
		const [url = ''] = await uploaded(await plain('#ff0000'));
		expect(await answerTo('Answer with JSON only. What is it?', [url])).toMatch(/^Sandbox answer/);
	});

	test.each([
		['{"type": ', 'schema_unreadable'],
		['[1]', 'schema_unreadable'],
		['false', 'schema_not_fillable'],
	])('the schema %s fails the prediction, and says why', async (schema, code) => {
		const prompt = `${answerPrompts.single(extract, {}).replace(/\{\}$/, '')}${schema}`;
		const id = await client.createId({ prompt, image_urls: await uploaded(await plain('#ff0000')) });
		expect(await client.result(id)).toMatchObject({
			status: 'failed',
			output: { error_code: code, error_message: expect.stringContaining('JSON Schema') },
			metrics: { cost: 0 },
		});
	});
});

describe('classification', () => {
	const task = 'Task: classify\nDecide to which of these categories the files belong.';
	const labelsOf = async (options: readonly string[], maxItems: number, bytes: Buffer) =>
		(
			(await dataOf(answerPrompts.single(task, labels(options, maxItems)), bytes)) as {
				labels: Array<{ label: string; confidence: number }>;
			}
		).labels;

	test.each<[string, string[], number, () => Promise<Buffer>, string[]]>([
		[
			'the main colour',
			['blue shoes', 'Red shoes', 'other'],
			1,
			async () => await plain('#ff0000'),
			['Red shoes'],
		],
		['the format', ['PNG file', 'JPG file'], 1, async () => await plain('#ff0000'), ['JPG file']],
		['the kind', ['Videos', 'Photos'], 1, async () => await plain('#ff0000'), ['Photos']],
		['the kind of a document', ['Photos', 'PDFs'], 1, async () => await testMedia.document(1), ['PDFs']],
		[
			'several at once',
			['photo', 'red', 'blue', 'jpeg'],
			4,
			async () => await plain('#ff0000'),
			['red', 'jpeg', 'photo'],
		],
	])('goes by %s', async (_label, options, maxItems, make, expected) => {
		const found = await labelsOf(options, maxItems, await make());
		expect(found.map(({ label }) => label)).toEqual(expected);
		const confidences = found.map(({ confidence }) => confidence);
		expect(confidences).toEqual([...confidences].sort((one, other) => other - one));
		expect(confidences[0]).toBeGreaterThan(0.9);
	});

	test('by the bytes where no name fits: the same again, and not the same for all', async () => {
		const options = ['winter', 'summer', 'spring'];
		const found = new Set<string>();
		for (const width of [20, 21, 22, 23, 24, 25, 26, 27]) {
			const bytes = await plain('#ff0000', width);
			const [first] = await labelsOf(options, 1, bytes);
			expect([first]).toEqual(await labelsOf(options, 1, bytes));
			expect(first?.confidence).toBeLessThan(0.9);
			found.add(String(first?.label));
		}
		expect(found.size).toBeGreaterThan(1);
	});
});

describe('moderation', () => {
	const task = 'Task: moderate\nYou check uploads for a platform.';
	const categoriesOf = async (...files: Buffer[]) =>
		(
			(await dataOf(answerPrompts.single(task, verdicts(['Violence', 'Spam'])), ...files)) as {
				categories: Array<{ category: string; confidence: number; reason: string }>;
			}
		).categories;

	test.each<[string, () => Promise<Buffer[]>, number]>([
		['a red picture', async () => [await plain('#ff0000')], 0.95],
		['a dark red picture', async () => [await plain('#700000')], 0.95],
		['an orange picture', async () => [await plain('#f28c28')], 0.55],
		['a blue picture', async () => [await plain('#0000ff')], 0.02],
		['a blue and a red picture', async () => [await plain('#0000ff'), await plain('#ff0000')], 0.95],
		['a short video', async () => [await video(9)], 0.02],
		['a longer video', async () => [await video(10)], 0.55],
		['a long video', async () => [await video(60)], 0.95],
		['a longer recording', async () => [testMedia.recording(11)], 0.55],
		['a PDF of two pages', async () => [await testMedia.document(2)], 0.02],
		['a PDF of three pages', async () => [await testMedia.document(3)], 0.55],
		['a PDF of ten pages', async () => [await testMedia.document(10)], 0.95],
		['nothing', async () => [], 0.5],
	])('rates %s by its rule', async (_label, make, confidence) => {
		expect(await categoriesOf(...(await make()))).toEqual([
			{ category: 'Violence', confidence, reason: expect.stringMatching(/^The sandbox's rule, .*\.$/) },
			{ category: 'Spam', confidence: 0.02, reason: expect.stringMatching(/^The sandbox's rule .*\.$/) },
		]);
	});

	test('of what was not opened is undecided', async () => {
		const prompt = answerPrompts.single(task, verdicts(['Violence']));
		expect(JSON.parse(await answerTo(prompt, ['https://example.com/a.jpg']))).toMatchObject({
			categories: [{ confidence: 0.5 }],
		});
	});

	test('goes by a rule that is written down', async () => {
		const page = await readFile(join(__dirname, '../../sandbox/README.md'), 'utf8');
		for (const sentence of moderationRule) expect(page).toContain(sentence);
	});
});

describe('a group', () => {
	const pictures = async (): Promise<string[]> =>
		await uploaded(
			await plain('#ff0000'),
			await plain('#0000ff', 91),
			await plain('#ffffff', 16, 16),
			await plain('#118822', 92),
			await plain('#f28c28', 93),
		);

	test.each<[string, string, unknown, boolean]>([
		['extract', extract, product, true],
		['classify', 'Task: classify\nDecide.', labels(['winter', 'summer', 'blue', 'other'], 2), true],
		['moderate', 'Task: moderate\nYou check uploads.', verdicts(['Violence', 'Spam', 'Hate']), true],
		['alt text', altText, { type: 'string' }, false],
		['a question', 'What do you see in there? Say it in full.', { type: 'string' }, false],
	])('of %s has the answers that its items get alone', async (_label, task, schema, isData) => {
		const urls = await pictures();
		const counts = [1, 2, 1, 1];
		const entries: unknown = JSON.parse(
			await answerTo(words + answerPrompts.group(task, schema, counts), urls),
		);
		const alone: unknown[] = [];
		for (const own of [urls.slice(0, 1), urls.slice(1, 3), urls.slice(3, 4), urls.slice(4)]) {
			const text = await answerTo(words + (isData ? answerPrompts.single(task, schema) : task), own);
			alone.push(isData ? JSON.parse(text) : text);
		}
		expect(entries).toEqual(alone.map((answer, position) => ({ index: position + 1, answer })));
		expect(new Set(alone.map((answer) => JSON.stringify(answer))).size).toBeGreaterThan(1);
	});

	test('of alt texts has DECORATIVE for what only fills space', async () => {
		const urls = await pictures();
		const prompt = answerPrompts.group(altText, { type: 'string' }, [1, 1, 1, 1, 1]);
		const entries = JSON.parse(await answerTo(prompt, urls)) as Array<{ answer: string }>;
		expect(entries.map(({ answer }) => answer === 'DECORATIVE')).toEqual([false, false, true, false, false]);
	});

	test('may have an item without files', async () => {
		const [url = ''] = await uploaded(await plain('#ff0000'));
		const prompt = answerPrompts.group(altText, { type: 'string' }, [0, 1]);
		expect(JSON.parse(await answerTo(prompt, [url]))).toEqual([
			{ index: 1, answer: expect.stringContaining('no medium was sent') },
			{ index: 2, answer: expect.stringContaining('all red') },
		]);
	});

	test.each([
		['more files than were sent', [2, 3, 1]],
		['fewer', [2, 2]],
		['none at all', []],
	])('whose items name %s fails the prediction', async (_label, counts) => {
		const prompt = answerPrompts.group(extract, product, counts);
		expect(await client.ask(prompt, ...(await pictures()))).toMatchObject({
			error_code: 'files_do_not_match',
			error_message: expect.stringContaining('which are 5'),
		});
	});
});

describe('the scenario sets how data is written', () => {
	let urls: string[];
	beforeAll(async () => {
		urls = await uploaded(
			...(await Promise.all(
				['#ff0000', '#0000ff', '#118822', '#ffffff'].map(async (hex) => await plain(hex)),
			)),
		);
	});

	async function answers(style: AnswerStyle): Promise<{ single: string; group: string; words: string }> {
		sandbox.scenario.answerStyle = () => style;
		return {
			single: await answerTo(answerPrompts.single(extract, product), urls.slice(0, 1)),
			group: await answerTo(answerPrompts.group(extract, product, [1, 1, 1, 1]), urls),
			words: await answerTo('What is it?', urls),
		};
	}
	const parsed = ({ single, group }: { single: string; group: string }): unknown[] => [
		JSON.parse(single),
		JSON.parse(group),
	];
	const indexes = (text: string): number[] =>
		(JSON.parse(text) as Array<{ index: number }>).map(({ index }) => index);

	test.each<[AnswerStyle, (text: string) => string]>([
		['fenced', (text) => /^```json\n(.*)\n```$/s.exec(text)?.[1] ?? ''],
		['prose', (text) => /^This .*?\n\n(.*)\n\nTell .*$/s.exec(text)?.[1] ?? ''],
		['broken', jsonrepair],
	])('%s holds the same data', async (style, data) => {
		const plainly = await answers('plain');
		const { single, group, words: prose } = await answers(style);
		expect(() => parsed({ single, group })).toThrow(SyntaxError);
		expect(parsed({ single: data(single), group: data(group) })).toEqual(parsed(plainly));
		expect(prose).toBe(plainly.words);
	});

	test('broken has single quotes and trailing commas', async () => {
		const { single } = await answers('broken');
		expect(single).toMatch(/^\{'colour': 'red', .*\\'s: a JPEG.*', \}$/);
	});

	test('cut off is where it begins like the whole', async () => {
		const plainly = await answers('plain');
		const cut = await answers('cutOff');
		for (const key of ['single', 'group'] as const) {
			expect(plainly[key].startsWith(cut[key])).toBe(true);
			expect(cut[key].length).toBeLessThan(plainly[key].length);
			expect(() => JSON.parse(cut[key]) as unknown).toThrow(SyntaxError);
		}
	});

	test('missing entries are every third, and wrong ones are misnumbered; one item has none', async () => {
		const plainly = await answers('plain');
		const missing = await answers('missingEntries');
		expect(indexes(missing.group)).toEqual([1, 2, 4]);
		const wrong = await answers('wrongIndex');
		expect(indexes(wrong.group)).toEqual([1, 1, 3, 5]);
		expect([missing.single, wrong.single]).toEqual([plainly.single, plainly.single]);
	});

	test('no JSON is a sentence', async () => {
		const { single, group } = await answers('noJson');
		expect(single).toMatch(/^[^{}[\]"]+\.$/);
		expect(group).toBe(single);
	});

	test('a wrong shape is JSON that does not fit', async () => {
		const { single, group } = await answers('wrongShape');
		expect(JSON.parse(single)).toEqual(['sandbox']);
		expect(JSON.parse(group)).toEqual([1, 2, 3, 4].map((index) => ({ index, answer: ['sandbox'] })));
	});

	test('nulls stand for what is not required', async () => {
		sandbox.scenario.answerStyle = () => 'nulls';
		const schema = {
			type: 'object',
			properties: { colour: { type: 'string' }, owner: { type: 'string' } },
			required: ['colour'],
		};
		const answer = await answerTo(answerPrompts.single(extract, schema), urls.slice(0, 1));
		expect(JSON.parse(answer)).toEqual({ colour: 'red', owner: null });
		const group = await answerTo(answerPrompts.group(extract, schema, [1, 1, 1, 1]), urls);
		const colours = (JSON.parse(group) as Array<{ answer: unknown }>).map((entry) => entry.answer);
		expect(colours.slice(0, 2)).toEqual([
			{ colour: 'red', owner: null },
			{ colour: 'blue', owner: null },
		]);
	});

	test('for each create by its input and its ordinal', async () => {
		const from = sandbox.ledger.predictions.length;
		const asked: unknown[] = [];
		sandbox.scenario.answerStyle = (input, ordinal) => {
			asked.push([input.prompt, ordinal]);
			return ordinal === from ? 'noJson' : 'plain';
		};
		const prompt = answerPrompts.single(extract, product);
		const first = await answerTo(prompt, urls.slice(0, 1));
		const second = await answerTo(answerPrompts.correction(prompt, first), urls.slice(0, 1));
		expect(() => JSON.parse(first) as unknown).toThrow(SyntaxError);
		expect(JSON.parse(second)).toMatchObject({ colour: 'red' });
		expect(asked).toEqual([
			[prompt, from],
			[answerPrompts.correction(prompt, first), from + 1],
		]);
	});
});

test('longer prompts and answers cost more, as the vendor counts', async () => {
	const urls = await uploaded(await plain('#ff0000'), await plain('#0000ff'));
	const prompt = answerPrompts.group(extract, product, [1, 1]);
	const id = await client.createId({ prompt, image_urls: urls });
	const { output, metrics } = (await client.result(id)) as { output: string; metrics: { cost: number } };
	const inputTokens = Math.ceil(prompt.length / 4) + 2 * 258;
	expect(metrics.cost).toBeCloseTo(inputTokens * 0.00000007 + Math.ceil(output.length / 4) * 0.0000003, 12);
});
