// What people have reported of other nodes and libraries, tried on this one: through n8n's engine, each with its source.
import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';
import { billedUsd, pictureItems, quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';
import { hurryEachTest } from '../../support/hurryHostClock';

hurryEachTest(5);

const ANALYZE = { resource: 'image', operation: 'analyze', text: 'What is it?' };
const CONTINUE = { onError: 'continueRegularOutput' } as const;
const PERSON = {
	type: 'object',
	properties: {
		name: { type: 'string' },
		note: { type: 'string' },
		age: { type: 'integer' },
		isNew: { type: 'boolean' },
		words: { type: 'array', items: { type: 'string' } },
		parts: {
			type: 'array',
			items: { type: 'object', properties: { term: { type: 'string' }, score: { type: 'number' } } },
		},
		meta: { type: 'object', properties: { author: { type: 'string' } }, required: ['author'] },
	},
	required: ['name'],
};
const extract = (schema: object = PERSON): INodeParameters => ({
	resource: 'image',
	operation: 'extract',
	schemaType: 'manual',
	inputSchema: JSON.stringify(schema),
	options: { autoFix: false },
});
const loop = JSON.stringify({
	name: 'oxycodone',
	parts: Array.from({ length: 40 }, (_, at) => ({ term: `Term ${at % 3}`, score: 0 })),
});
const blocks = (...parts: object[]): object[] => parts;
const TRUE = '{"name": "Ada", "age": 36}';

describe('answers that others have read wrongly', () => {
	const sandbox = sandboxPerTest();

	const read = async (output: unknown, parameters = extract()) => {
		sandbox.scenario.rewriteAnswer = () => output;
		const { items } = await quickRun(sandbox, parameters, await pictureItems('red'), CONTINUE);
		expect(sandbox.ledger.predictions).toHaveLength(1);
		return items[0]?.json ?? {};
	};

	test.each<[string, unknown, unknown]>([
		['content blocks (n8n-io/n8n#35867)', blocks({ type: 'text', text: TRUE }), { name: 'Ada', age: 36 }],
		[
			'content blocks that cut a text in two (n8n-io/n8n#35867)',
			blocks({ type: 'text', text: '{"name": "A' }, { type: 'text', text: 'da"}' }),
			{ name: 'Ada' },
		],
		[
			'content blocks behind the thoughts of a model (n8n-io/n8n#34928)',
			blocks(
				{ type: 'thinking', thinking: 'Perhaps {"name": "Bob", "age": 1, "note": "long"}' },
				{ type: 'text', text: TRUE },
			),
			{ name: 'Ada', age: 36 },
		],
		[
			'the parts of a completion, thoughts first (langchain-ai/langchainjs#9012)',
			{
				choices: [
					{
						message: {
							content: [
								{ type: 'reasoning', text: '{"name": "Bob"}' },
								{ type: 'output_text', text: TRUE },
							],
						},
					},
				],
			},
			{ name: 'Ada', age: 36 },
		],
		[
			'a number that nobody knows (tidyverse/ellmer#899)',
			'{"name": "Ada", "age": "<UNKNOWN>"}',
			{ name: 'Ada' },
		],
		[
			'null for what is not known, which is not true (guardrails-ai/guardrails#479)',
			'{"name": "Ada", "isNew": null, "age": null}',
			{ name: 'Ada' },
		],
		['yes and no (langgenius/dify#28086)', '{"name": "Ada", "isNew": "no"}', { name: 'Ada', isNew: false }],
		[
			'empty texts of a list in broken JSON (mangiucugna/json_repair#164)',
			'{"name": "Ada", "words": ["", "en", ""],}',
			{ name: 'Ada', words: ['', 'en', ''] },
		],
		[
			'a list with one empty text, in a fence (mangiucugna/json_repair#168)',
			'```json { "name": "abc", "words": [""] } ```',
			{ name: 'abc', words: [''] },
		],
		[
			'inches in a list (mangiucugna/json_repair#152)',
			'{"name": "x", "words": ["samsung 32" display"]}',
			{ name: 'x', words: ['samsung 32" display'] },
		],
		[
			'quotes in a text, and a field behind it (mangiucugna/json_repair#85)',
			'{"name": "x", "note": "It uses terms such as "offside" and "penalty". Good.", "age": 3}',
			{ name: 'x', note: 'It uses terms such as "offside" and "penalty". Good.', age: 3 },
		],
		[
			'a field twice with the same value (rhysd/fixjson#20)',
			'{"name": "Ada", "age": 36 "age": 36}',
			{ name: 'Ada', age: 36 },
		],
		[
			'a missing comma (mangiucugna/json_repair#36)',
			'{"age": 1, "note": "According..."\n "name": "YES"}',
			{ age: 1, note: 'According...', name: 'YES' },
		],
	])('%s', async (_source, output, expected) => {
		expect(await read(output)).toMatchObject({ output: expected });
	});

	test('a wrapper that a list was asked in (vercel/ai#2858)', async () => {
		const list = {
			type: 'array',
			items: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
		};
		const { output } = await read('{"elements": [{"a": "x"}, {"a": "y"}]}', extract(list));
		expect(output).toEqual([{ a: 'x' }, { a: 'y' }]);
	});

	/** What can't be told is told, and never made up. */
	test.each<[string, string, RegExp, unknown[]]>([
		[
			'a list that goes in circles until it is cut off (mangiucugna/json_repair#59)',
			loop.slice(0, -40),
			/cut off/,
			[],
		],
		[
			'a key that stands in its own value (nshkrdotcom/json_remedy#9)',
			'{"name": "x", "note": "note": "You showed grace."}',
			/./,
			['You showed grace.'],
		],
		[
			'a quote that is missing (mangiucugna/json_repair#70)',
			'{"name": "John", "note": "New York, "words": ["male"]}',
			/./,
			['New York', 'New York, '],
		],
		[
			'quotes before a comma (josdejong/jsonrepair#161)',
			'{"name": "hello", "note": "do you know about "micheal", jackson"}',
			/./,
			['do you know about "micheal", jackson'],
		],
		[
			'fields of an object that was left out (vercel/ai#15054)',
			'{"author": "Ada", "title": "Notes"}',
			/name/,
			[],
		],
		['a field that is missing (google-gemini/cookbook#449)', '{"age": 36, "note": "x"}', /name/, []],
		['a plain word (mangiucugna/json_repair#58)', 'test', /no JSON/, []],
	])('%s', async (_source, text, complaint, notes) => {
		const json = await read(text);
		if (json['error'] === undefined) expect(notes).toContain((json['output'] as { note?: string }).note);
		else {
			expect(json['error']).toMatch(complaint);
			expect(json['details']).toMatchObject({ kind: 'unusableAnswer', rawOutput: text });
		}
	});
});

describe('files and addresses that others have sent wrongly', () => {
	const sandbox = sandboxPerTest();

	test.each([
		[
			'shared in Google Drive (DWilliames/google-sheets-sync-figma#84)',
			'https://drive.google.com/file/d/1bo3o/view?usp=sharing',
		],
		['opened in Google Drive (joemccann/dillinger#579)', 'https://drive.google.com/open?id=0B1mja'],
		['edited in Google Drive (ShareX/ShareX#401)', 'https://docs.google.com/file/d/0B5UrU/edit?usp=drivesdk'],
		['shared in Dropbox (NUKnightLab/TimelineJS3#43)', 'https://www.dropbox.com/s/llahm/boombox.jpg'],
		[
			'shared in Dropbox today (overte-org/overte#636)',
			'https://www.dropbox.com/scl/fi/9tcra/a.jpg?rlkey=o03eb&dl=0',
		],
		['of a short link of OneDrive', 'https://1drv.ms/i/s!Aabc'],
		['shared in SharePoint', 'https://a.sharepoint.com/:i:/g/personal/x/Ef1?e=abc'],
		['shared in Google Photos', 'https://photos.app.goo.gl/AbCd'],
		['shown in GitHub', 'https://github.com/n8n-io/n8n/blob/master/assets/n8n-logo.png'],
		['shown in Imgur', 'https://imgur.com/gallery/AbCd'],
		['shown in Flickr', 'https://www.flickr.com/photos/somebody/123/'],
		['of Instagram', 'https://www.instagram.com/p/AbCd/'],
		['of Pinterest', 'https://www.pinterest.com/pin/123/'],
		['of Wikipedia', 'https://commons.wikimedia.org/wiki/File:Cat.jpg'],
		['shared in Box', 'https://app.box.com/s/abcd'],
		['shared in WeTransfer', 'https://we.tl/t-abcd'],
		['shared in iCloud', 'https://www.icloud.com/iclouddrive/0abc#photo'],
	])('the page of a file %s is refused before it is paid', async (_source, url) => {
		const { error } = await quickRun(sandbox, { ...ANALYZE, inputType: 'url', imageUrls: url }, [
			{ json: {} },
		]);
		expect(error?.message).toMatch(
			/ holds the address of a page of (Google (Drive|Photos)|Dropbox|OneDrive|SharePoint|GitHub|Imgur|Flickr|Instagram|Pinterest|Wikipedia|Box|WeTransfer|iCloud), which shows the file/,
		);
		expect(sandbox.ledger.predictions).toEqual([]);
	});

	test.each([
		['of Google Drive (luvlqq/nestjs-googledrive#1)', 'https://drive.google.com/thumbnail?id=1PU8l&sz=w1000'],
		['of Google Drive (ShareX/ShareX#7649)', 'https://drive.google.com/uc?export=download&id=1PU8l'],
		['of Dropbox (cyruzzo/AboveVTT#222)', 'https://www.dropbox.com/s/llahm/boombox.jpg?raw=1'],
		['of Dropbox (dpdornseifer/dropbox_download#2)', 'https://www.dropbox.com/s/7w6u5/5.jpg?rlkey=a&dl=1'],
		['of GitHub', 'https://raw.githubusercontent.com/n8n-io/n8n/master/assets/n8n-logo.png'],
		['of GitHub, raw', 'https://github.com/n8n-io/n8n/blob/master/assets/n8n-logo.png?raw=true'],
		['of Imgur', 'https://i.imgur.com/AbCd.png'],
		['of Wikipedia', 'https://upload.wikimedia.org/wikipedia/commons/3/3a/Cat.jpg'],
		['of a host like one of them', 'https://drive.google.com.example.com/file/d/1/view'],
	])('an address of a file %s is sent', async (_source, url) => {
		await quickRun(sandbox, { ...ANALYZE, inputType: 'url', imageUrls: url }, [{ json: {} }], CONTINUE);
		expect(sandbox.ledger.predictions[0]?.input['image_urls']).toEqual([url]);
	});

	test.each<[string, () => Promise<Buffer>, string, string, string]>([
		[
			'a video without a type (steipete/oracle#332)',
			async () => await testMedia.video(),
			'clip.mp4',
			'application/octet-stream',
			'video/mp4',
		],
		[
			'a picture whose name and type say another kind',
			async () => await testMedia.picture(40, 30),
			'photo.jpg',
			'image/jpeg',
			'image/png',
		],
	])('%s is sent as what it is', async (_source, bytes, fileName, mimeType, sentAs) => {
		const item = await itemWithFiles({ data: { bytes: await bytes(), fileName, mimeType } });
		await quickRun(sandbox, ANALYZE, [item], CONTINUE);
		expect(sandbox.ledger.files.map(({ contentType }) => contentType)).toEqual([sentAs]);
	});

	test.each<[string, INodeParameters, () => Promise<INodeExecutionData>, RegExp]>([
		[
			'a picture that was written as base64 twice (n8n-io/n8n#25932)',
			ANALYZE,
			async () => {
				const bytes = Buffer.from((await testMedia.picture(40, 30)).toString('base64'));
				return await itemWithFiles({ data: { bytes, fileName: 'a.png', mimeType: 'image/png' } });
			},
			/base64/i,
		],
		[
			'base64 in the place of an address (csyqlz/VOZEB-PRO#32)',
			{ ...ANALYZE, inputType: 'url', imageUrls: '={{ $json.photo }}' },
			async () => await Promise.resolve({ json: { photo: `/9j/${'4AAQSkZJRg'.repeat(20)}` } }),
			/base64|not a web address/i,
		],
		[
			'a field that a Code node has lost (n8n-io/n8n#28843)',
			ANALYZE,
			async () => await Promise.resolve({ json: { ok: true } }),
			/has no binary field 'data'/,
		],
	])('%s is named, and nothing is paid', async (_source, parameters, item, words) => {
		const { items } = await quickRun(sandbox, parameters, [await item()], CONTINUE);
		const { error, details } = (items[0]?.json ?? {}) as { error: string; details: { description: string } };
		expect(`${error} ${details.description}`).toMatch(words);
		expect(details.description).toContain('Nothing was charged for this item.');
		expect(sandbox.ledger.predictions).toEqual([]);
	});
});

describe('runs that others have paid twice, or paired wrongly', () => {
	const sandbox = sandboxPerTest();

	test('a switch that an expression gives as a text is on: an estimate buys nothing (n8n-io/n8n#10702)', async () => {
		const options = { estimateOnly: '={{ $json.dryRun }}' };
		const [item] = await pictureItems('red');
		const { items } = await quickRun(sandbox, { ...ANALYZE, options }, [
			{ ...item, json: { dryRun: 'true' } },
		]);
		expect(items[0]?.json).toHaveProperty('highCost');
		expect(sandbox.ledger.predictions).toEqual([]);
		const unclear = await quickRun(sandbox, { ...ANALYZE, options }, [
			{ ...item, json: { dryRun: 'perhaps' } },
		]);
		expect(unclear.error?.message).toBe(
			`The option 'Estimate Only' is "perhaps"; it has to be true or false`,
		);
		expect(sandbox.ledger.predictions).toEqual([]);
	});

	test.each([
		['simplify', 'false', 'analyze', /"prediction":/],
		['allowOther', 'TRUE', 'classify', /If none fits, name "other"\./],
		['multiLabel', 'yes', 'classify', /Name every category that holds\./],
	])('the parameter %s takes the text %s', async (name, value, operation, shown) => {
		const categories = { categories: [{ category: 'cat' }] };
		const parameters = { ...ANALYZE, operation, categories, [name]: `={{ "${value}" }}` };
		const { items } = await quickRun(sandbox, parameters, await pictureItems('red'));
		const prompt = sandbox.ledger.predictions[0]?.input['prompt'] as string;
		expect(operation === 'classify' ? prompt : JSON.stringify(items[0]?.json)).toMatch(shown);
	});

	test('a success is not run again by Retry On Fail, also beside a field error of the input (n8n-io/n8n#14423)', async () => {
		const [item] = await pictureItems('red');
		const run = await quickRun(
			sandbox,
			{ ...ANALYZE, options: { includeInputFields: true } },
			[{ ...item, json: { error: 'of another node', id: 7 } }],
			{ ...CONTINUE, retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
		);
		expect(sandbox.ledger.predictions).toHaveLength(1);
		expect(run.items[0]?.json).toMatchObject({ id: 7, predictionId: sandbox.ledger.predictions[0]?.id });
	});

	test('a later try that goes well is what is handed on, and the others are not paid again (n8n-io/n8n#10763)', async () => {
		let failures = 0;
		// n8n tries again where the first item failed.
		sandbox.scenario.failPrediction = ({ prompt }) =>
			String(prompt).includes('picture 0') && failures++ === 0
				? { style: 'text', status: 'failed', message: 'Too dark.' }
				: null;
		const run = await quickRun(
			sandbox,
			{ ...ANALYZE, text: '={{ "What is on picture " + $itemIndex + "?" }}' },
			await pictureItems('red', 'blue'),
			{
				...CONTINUE,
				retryOnFail: true,
				maxTries: 3,
				waitBetweenTries: 1,
			},
		);
		expect(run.items.map(({ json }) => json['error'])).toEqual([undefined, undefined]);
		expect(sandbox.ledger.predictions).toHaveLength(3);
		expect(billedUsd(sandbox)).toBeGreaterThan(0);
	});

	test('each of several items gets its own parameters (n8n-io/n8n#18859)', async () => {
		const { items } = await quickRun(
			sandbox,
			{ ...ANALYZE, text: '=Picture {{ $json.width }}?' },
			await pictureItems('red', 'blue', 'green'),
		);
		const prompts = sandbox.ledger.predictions.map(({ id, input }) => [id, input['prompt']]);
		expect(new Map(prompts as Array<[string, string]>)).toEqual(
			new Map(items.map(({ json }, at) => [json['predictionId'] as string, `Picture ${40 + at}?`])),
		);
	});
});
