import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';
import { billedUsd, quickRun, shownUsd } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';

const TRANSCRIBE: INodeParameters = { resource: 'audio', operation: 'transcribe' };

const recordings = async (...seconds: number[]): Promise<INodeExecutionData[]> =>
	await Promise.all(
		seconds.map(
			async (length) =>
				await itemWithFiles({ data: { bytes: testMedia.recording(length), mimeType: 'audio/wav' } }),
		),
	);

describe('Transcribe', () => {
	const sandbox = sandboxPerTest();
	const prompt = () => String(sandbox.ledger.predictions[0]?.input['prompt']);

	test('gives the text, and no rows unless they are asked for', async () => {
		const { items } = await quickRun(sandbox, TRANSCRIBE, await recordings(2));
		expect(items[0]?.json['text']).toContain('a recording of 2.0 seconds');
		expect(items[0]?.json).not.toHaveProperty('segments');
		expect(prompt()).toContain('No time marks.');
		expect(prompt()).not.toContain('JSON');
	});

	test('with Timestamps gives rows with start and end in seconds, and the whole text', async () => {
		const { items } = await quickRun(
			sandbox,
			{ ...TRANSCRIBE, timestamps: true, options: { language: 'German' } },
			await recordings(2),
		);
		const { text, segments } = items[0]?.json as {
			text: string;
			segments: Array<{ start: number; end: number; text: string }>;
		};
		expect(segments.length).toBeGreaterThan(0);
		for (const segment of segments) {
			expect(segment).toEqual({
				start: expect.any(Number),
				end: expect.any(Number),
				text: expect.stringMatching(/\S/),
			});
			expect(segment.start).toBeLessThanOrEqual(segment.end);
		}
		expect(text).toContain('2.0 seconds');
		expect(text).toBe(segments.map((segment) => segment.text).join('\n'));
		expect(prompt()).toContain('Give start and end in seconds from the beginning.');
		expect(prompt()).toContain('Answer in this language: German.');
	});

	test.each(['', ' \n', null])(
		'an empty answer (%j) ends the item, and names what was paid',
		async (answer) => {
			sandbox.scenario.rewriteAnswer = () => answer;
			const { items } = await quickRun(sandbox, TRANSCRIBE, await recordings(1), {
				onError: 'continueRegularOutput',
			});
			expect(items[0]?.json).toMatchObject({
				error: 'The model gave an empty answer',
				details: { kind: 'unusableAnswer', predictionId: sandbox.ledger.predictions[0]?.id },
			});
		},
	);

	test.each<[string, INodeParameters, unknown]>([
		['SILENCE', {}, ''],
		['"SILENCE."', {}, ''],
		['Silence is golden.', {}, 'Silence is golden.'],
		['{"segments":[]}', { timestamps: true }, ''],
	])('%s is read: a recording without speech has no text', async (answer, parameters, text) => {
		sandbox.scenario.rewriteAnswer = () => answer;
		const { status, items } = await quickRun(sandbox, { ...TRANSCRIBE, ...parameters }, await recordings(1));
		expect({ status, text: items[0]?.json['text'] }).toEqual({ status: 'success', text });
		if (parameters['timestamps'] !== true)
			expect(prompt()).toContain('If nothing is said in the recording, ');
	});

	test.each([false, true])('several recordings share a request (timestamps %s)', async (timestamps) => {
		const run = await quickRun(
			sandbox,
			{ ...TRANSCRIBE, timestamps, itemsPerPrediction: 3 },
			await recordings(1, 2, 3),
		);
		expect(sandbox.ledger.predictions).toHaveLength(1);
		for (const [position, { json }] of run.items.entries())
			expect(json['text']).toContain(`a recording of ${position + 1}.0 seconds`);
		expect(shownUsd(run)).toBeCloseTo(billedUsd(sandbox), 12);
	});

	test('rows that do not fit are an error that holds what was written', async () => {
		sandbox.scenario.answerStyle = () => 'noJson';
		const { items } = await quickRun(sandbox, { ...TRANSCRIBE, timestamps: true }, await recordings(1), {
			onError: 'continueRegularOutput',
		});
		expect(items[0]?.json).toMatchObject({
			error: expect.stringMatching(/^The model's answer does not fit the schema: /),
			details: { rawOutput: expect.stringContaining('told to answer in words') },
		});
	});

	test('a picture is refused before anything is paid', async () => {
		const { error } = await quickRun(sandbox, TRANSCRIBE, [
			await itemWithFiles({ data: await testMedia.picture(40, 30) }),
		]);
		expect(error?.message).toBe(
			"The file 'data.png' in binary field 'data' is an image; this operation reads audio files and videos",
		);
		expect(sandbox.ledger.presigns).toBe(0);
	});
});
