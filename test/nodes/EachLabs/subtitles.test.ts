import { Container } from '@n8n/di';
import fc from 'fast-check';
import { BinaryDataService } from 'n8n-core';
import type { IBinaryData, INodeParameters } from 'n8n-workflow';

import { cuesOf, subtitleFile } from '../../../nodes/EachLabs/actions/audio/subtitles';
import { MediaScan } from '../../../nodes/EachLabs/core/media/mediaMeasure';
import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';
import { quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';

/** The subtitle file of a transcript. */
const TRANSCRIBE: INodeParameters = { resource: 'audio', operation: 'transcribe' };

const recording = async (seconds: number, fileName = 'talk.wav') =>
	await itemWithFiles({ data: { bytes: testMedia.recording(seconds), fileName, mimeType: 'audio/wav' } });
const written = async (file?: IBinaryData): Promise<string> =>
	file === undefined ? '' : (await Container.get(BinaryDataService).getAsBuffer(file)).toString('utf8');

describe('Subtitles', () => {
	const sandbox = sandboxPerTest();

	test.each([
		['srt', 'application/x-subrip', /^1\n00:00:00,000 --> 00:00:03,000\n.*6\.0 seconds/],
		['vtt', 'text/vtt', /^WEBVTT\n\n00:00:00\.000 --> 00:00:03\.000\n.*6\.0 seconds/],
	])(
		'%s: a file with the name of the recording, and no rows that nobody asked for',
		async (subtitles, mimeType, start) => {
			const { status, items } = await quickRun(sandbox, { ...TRANSCRIBE, subtitles }, [await recording(6)]);
			expect(status).toBe('success');
			const file = items[0]?.binary?.['subtitles'];
			expect(file).toMatchObject({ fileName: `talk.${subtitles}`, mimeType });
			expect(await written(file)).toMatch(start);
			expect(items[0]?.json).not.toHaveProperty('segments');
			expect(items[0]?.json['text']).toContain('6.0 seconds');
		},
	);

	test('stands beside the rows, and beside the files of the input', async () => {
		const { items } = await quickRun(
			sandbox,
			{ ...TRANSCRIBE, subtitles: 'srt', timestamps: true, options: { includeInputFields: true } },
			[await recording(6)],
		);
		expect(Object.keys(items[0]?.binary ?? {}).sort()).toEqual(['data', 'subtitles']);
		expect(items[0]?.json['segments']).toHaveLength(2);
	});

	test('times of the model that lie beyond the recording do not', async () => {
		sandbox.scenario.rewriteAnswer = () =>
			JSON.stringify({
				segments: [
					{ start: 0, end: 3, text: 'One.' },
					{ start: 1.5, end: 90, text: 'Two.' },
					{ start: 60, end: 95, text: 'Three.' },
				],
			});
		const { items } = await quickRun(sandbox, { ...TRANSCRIBE, subtitles: 'srt' }, [await recording(2)]);
		expect(await written(items[0]?.binary?.['subtitles'])).toBe(
			'1\n00:00:00,000 --> 00:00:01,500\nOne.\n\n2\n00:00:01,500 --> 00:00:02,000\nTwo.\nThree.\n\n',
		);
	});

	test('times that go far beyond the recording are told (GoogleCloudPlatform/generative-ai#753)', async () => {
		const segments = [0, 2_500, 5_000].map((start) => ({ start, end: start + 2_500, text: 'Hello.' }));
		sandbox.scenario.rewriteAnswer = () => JSON.stringify({ segments });
		const { hints } = await quickRun(sandbox, { ...TRANSCRIBE, subtitles: 'srt' }, [await recording(6)]);
		expect(hints.map(({ message }) => message)).toContainEqual(
			expect.stringMatching(/^The times of item 0 go on to 5,000 seconds, and its recording ends after 6: /),
		);
	});

	test('several recordings of an item are refused before anything is paid; apart, each has its own', async () => {
		const files = Object.fromEntries(
			['one', 'two'].map((name) => [
				name,
				{ bytes: testMedia.recording(name.length), fileName: `${name}.wav`, mimeType: 'audio/wav' },
			]),
		);
		const parameters = { ...TRANSCRIBE, subtitles: 'vtt', binaryPropertyName: '*' };
		const refused = await quickRun(sandbox, parameters, [await itemWithFiles(files)]);
		expect(refused.error?.message).toBe("'Subtitles' are made for one recording, and this item has 2");
		expect(sandbox.ledger.presigns).toBe(0);
		const apart = await quickRun(sandbox, { ...parameters, options: { separateFiles: true } }, [
			await itemWithFiles(files),
		]);
		expect(apart.items.map(({ binary }) => binary?.['subtitles']?.fileName)).toEqual(['one.vtt', 'two.vtt']);
	});

	test('a format that there is not is refused', async () => {
		const { error } = await quickRun(sandbox, { ...TRANSCRIBE, subtitles: '={{ "ass" }}' }, [
			await recording(1),
		]);
		expect(error?.message).toBe('\'Subtitles\' is "ass"; it has to be none, srt or vtt');
	});
});

describe('cues', () => {
	test('follow each other within the recording, whatever times the model gives, and lose no text', () => {
		const seconds = fc.double({ min: 0, max: 1e6, noNaN: true });
		const segment = fc.record({ start: seconds, end: seconds, text: fc.constantFrom('a', 'b c', ' ') });
		fc.assert(
			fc.property(
				fc.array(segment),
				fc.option(fc.double({ min: 0.2, max: 600, noNaN: true })),
				(said, length) => {
					const cues = cuesOf(said, length ?? undefined);
					let last = 0;
					for (const { start, end } of cues) {
						expect(start).toBeGreaterThanOrEqual(last);
						expect(end).toBeGreaterThan(start);
						expect(end).toBeLessThanOrEqual(length ?? Infinity);
						last = end;
					}
					const letters = (texts: Array<{ text: string }>) =>
						texts
							.map(({ text }) => text)
							.join('')
							.replace(/\s/g, '');
					expect(letters(cues)).toBe(letters(said));
				},
			),
			{ seed: 20261127, numRuns: 500 },
		);
	});

	test('have no empty line, whatever breaks the lines of a text', () => {
		const segments = [{ start: 0, end: 2, text: 'a\r\rb\u2028\u2028c\r\n\r\nd' }];
		expect(subtitleFile(segments, 'srt')).toBe('1\n00:00:00,000 --> 00:00:02,000\na\nb\nc\nd\n\n');
	});

	test('have texts that can not be taken for times, blank lines or tags', () => {
		const segments = [{ start: 3_661.5, end: 3_662, text: 'a --> <b>\n\n & c' }];
		expect(subtitleFile(segments, 'srt')).toBe('1\n01:01:01,500 --> 01:01:02,000\na → <b>\n& c\n\n');
		expect(subtitleFile(segments, 'vtt')).toContain('\na → &lt;b&gt;\n&amp; c\n');
	});

	test('the length is what the beginning of the file tells; an MP3 does not tell', async () => {
		const seconds = (contentType: string, bytes: Buffer): number | undefined => {
			const scan = new MediaScan(contentType, bytes.length);
			scan.take(bytes);
			return scan.toldSeconds();
		};
		expect(seconds('audio/wav', testMedia.recording(3))).toBeCloseTo(3, 1);
		expect(seconds('video/mp4', await testMedia.video())).toBe(4);
		// 44,100 samples a second, two channels of 16 bits, 132,300 samples.
		const samples = (132_300).toString(16).padStart(8, '0');
		const flac = Buffer.from(`664c614300000022100010000000000000000ac442f0${samples}`, 'hex');
		expect(seconds('audio/flac', flac)).toBe(3);
		expect(seconds('audio/mpeg', Buffer.from('ID3 and so on, an MP3'))).toBeUndefined();
	});
});
