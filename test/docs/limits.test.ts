import type { IDataObject } from 'n8n-workflow';

import {
	MAX_FILE_BYTES,
	MAX_IMAGE_BYTES,
	MAX_MEDIA_PER_REQUEST,
} from '../../nodes/EachLabs/core/media/media';
import { PROMPT_FIELDS } from '../../nodes/EachLabs/core/model/modelFields';
import { MAX_OUTPUT_TOKENS, MAX_PROMPT_TOKENS } from '../../nodes/EachLabs/core/model/questionInput';
import { FORMATS } from '../../nodes/EachLabs/core/schema/metaSchema';
import { MODEL_OPTIONS } from '../../nodes/EachLabs/n8n/modelOptions';
import type { OptionRecord } from '../../nodes/EachLabs/n8n/optionRecord';
import { itemOptions, runOptions } from '../../nodes/EachLabs/n8n/options';
import { itemWithFiles } from '../nodes/EachLabs/itemWithFiles';
import { sandboxPerTest } from '../nodes/EachLabs/sandboxPerTest';
import { runNode } from '../support/runNode';
import { testMedia } from '../support/testMedia';
import { MarkdownPage } from './MarkdownPage';
import { isMessage, isMessageColumn } from './messageRows';
import { listedTexts, nodeMessages, numberConstant } from './nodeMessages';

const page = new MarkdownPage('docs/limits.md');
const MIB = 1_048_576;

const written = (value: number | undefined): string => (value ?? NaN).toLocaleString('en-US');
const constant = (file: string, name: string): string => written(numberConstant(file, name));

/** What an option's range is, in the words in which it is refused. */
function rangeOf(name: string): string {
	for (const read of [runOptions, itemOptions] as Array<(options: IDataObject) => unknown>) {
		try {
			read({ [name]: 'beyond' });
		} catch (error) {
			return /from (.*)$/.exec((error as Error).message)?.[1] ?? '';
		}
	}
	throw new Error(`There is no option '${name}' with a range`);
}

const OPTION_ROWS = {
	maxConcurrency: 'predictions of this run at once (Max Concurrency)',
	maxCost: 'costs of this run (Max Cost)',
	maxWait: 'an item, from the upload of its files to its answer (Max Wait)',
	pollInterval: 'between two questions whether it is finished (Poll Interval)',
	uploadRetention: 'how long an uploaded file stays at most (Upload Retention)',
};

describe('the page of limits', () => {
	test.each<[row: string, ...values: string[]]>([
		['an image', `${MAX_IMAGE_BYTES / MIB} MB`],
		['a video, an audio file, a PDF document', `${MAX_FILE_BYTES / MIB} MB`],
		['a file that Download Results fetches', `${MAX_FILE_BYTES / MIB} MB`],
		['files of one result', constant('core/media/resultAddresses.ts', 'MAX_ADDRESSES')],
		['images in one request', written(MAX_MEDIA_PER_REQUEST.image)],
		['videos in one request', written(MAX_MEDIA_PER_REQUEST.video)],
		['files on their way at the same time', constant('core/upload/FileUploads.ts', 'MAX_STREAMS')],
		['Text Input and System Instruction together', `about ${written(MAX_PROMPT_TOKENS)} tokens`],
		['the answer', `${written(MAX_OUTPUT_TOKENS)} tokens`],
		['answers that a node remembers (Media Seen Before)', constant('n8n/MediaMemory.ts', 'MAX_REMEMBERED')],
		[
			'an answer that an error quotes in rawOutput',
			constant('actions/media/purchases.ts', 'MAX_RAW_CHARACTERS'),
		],
		[
			'one answer of Each Labs, and an upload that does not move',
			`${numberConstant('core/api/ApiRequests.ts', 'ATTEMPT_TIMEOUT_MS') / 1_000} seconds`,
		],
		[
			'length of a schema',
			`${numberConstant('core/schema/jsonCopy.ts', 'MAX_SCHEMA_CHARACTERS') / 1_024} KB`,
		],
		['levels', constant('core/schema/jsonCopy.ts', 'MAX_DEPTH')],
		[
			'patterns',
			constant('core/schema/acceptedSchema.ts', 'MAX_PATTERNS'),
			`${constant('core/schema/pattern.ts', 'MAX_PATTERN_CHARACTERS')} characters`,
		],
		['schemas that hold for one value', constant('core/schema/acceptedSchema.ts', 'MAX_SCHEMAS_AT_ONCE')],
		['names of fields', ...listedTexts('core/json.ts', 'FORBIDDEN_KEYS')],
		['format', FORMATS.join(', ')],
		[
			'an answer in which data is looked for',
			`${numberConstant('core/answer/jsonInText.ts', 'MAX_CHARACTERS') / MIB} MB`,
			`${constant('core/answer/parseJson.ts', 'MAX_DEPTH')} levels`,
		],
	])('%s', (row, ...values) => {
		for (const value of values) expect(page.rowText(row)).toContain(value);
	});

	test.each(Object.entries(OPTION_ROWS))('the range of %s', (name, row) => {
		expect(page.rowText(row)).toContain(rangeOf(name));
	});

	test.each([
		['maxConcurrency', runOptions({}).maxConcurrency],
		['maxWait', itemOptions({}).maxWait],
		['uploadRetention', runOptions({}).uploadRetention],
	] as const)('what %s is unless it is set', (name, value) => {
		expect(page.rowText(OPTION_ROWS[name])).toContain(`${written(value)} unless you set it`);
	});

	test('every message that it begins is one of the node', () => {
		const messages = nodeMessages();
		const beginnings = page.tables.flatMap(({ columns, rows }) => {
			const column = columns.findIndex(isMessageColumn);
			return column < 0 ? [] : rows.flatMap(({ cells }) => cells[column] || []);
		});
		expect(beginnings.length).toBeGreaterThan(30);
		const unknown = beginnings.filter((words) => !messages.some((message) => isMessage(words, message)));
		expect(unknown).toEqual([]);
	});

	test('the formats are those that the node takes', () => {
		const [image = [], video = [], audio = [], document = []] = page
			.rowsOf('kind')
			.map(({ cells: [, formats = ''] }) =>
				formats.split(', ').map((format) => SUBTYPES[format] ?? format.toLowerCase()),
			);
		const taken = listedTexts('core/media/contentTypes.ts', 'SUPPORTED_TYPES').filter(
			(text) => !['image', 'video', 'audio', 'document'].includes(text),
		);
		expect([...image, ...video, ...audio, ...document]).toEqual(taken);
	});

	test.each<[setting: string, fields: readonly string[]]>([
		['Text Input', PROMPT_FIELDS],
		...Object.values<OptionRecord<unknown>>(MODEL_OPTIONS).flatMap(
			({ property, inModel }): Array<[string, readonly string[]]> =>
				inModel ? [[property.displayName, inModel.fields]] : [],
		),
	])('the fields that %s may go to', (setting, fields) => {
		const row = page.rowsOf('what you set').find(({ cells: [first] }) => first === setting);
		expect(row?.cells[1]).toBe(fields.join(', '));
	});

	describe('Items per Prediction', () => {
		const sandbox = sandboxPerTest();

		test('is lowered for alt texts to what it says', async () => {
			const { hints } = await runNode({
				baseUrl: sandbox.baseUrl,
				parameters: { resource: 'image', operation: 'altText', itemsPerPrediction: 3_000 },
				items: [await itemWithFiles({ data: await testMedia.picture(40, 30) })],
			});
			const lowered = /from 3,000 to ([\d,]+),/.exec(hints[0]?.message ?? '')?.[1] ?? 'nothing';
			expect(page.rowText('answers that fit into one answer of the model')).toContain(
				`e.g. ${lowered} alt texts of 125 characters`,
			);
		});
	});
});

/** Of MIME types, where a reader knows the format by another name. */
const SUBTYPES: Readonly<Record<string, string>> = {
	MOV: 'quicktime',
	AVI: 'x-msvideo',
	FLV: 'x-flv',
	WMV: 'x-ms-wmv',
	'3GP': '3gpp',
	MKV: 'x-matroska',
	MP3: 'mpeg',
	M4A: 'mp4',
	PDF: 'application/pdf',
};
