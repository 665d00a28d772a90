import { chooseBinaryDataMode, type BinaryDataMode } from '../support/engineEnvironment';

import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PredictionProgress } from '../../examples/demo/PredictionProgress';
import { loadExample, runExample } from '../../examples/demo/runExample';
import type { ResultRow } from '../../examples/demo/ResultRow';
import { makeLargePicture } from '../../examples/makeLargePicture';
import { startSandbox, type Sandbox } from '../../sandbox/startSandbox';
import { eachLabsEngine } from '../support/eachLabsEngine';

const committedMedia = join(__dirname, '../../examples/media');

/** Words that only this file's bytes give, as the sandbox tells them back. */
const PICTURES: Record<string, string> = {
	'cat-on-windowsill.png': 'PNG picture of 480×360',
	'fruit-bowl.jpg': 'JPEG picture of 900×675',
	'lighthouse.webp': 'WEBP picture of 1280×720',
	'mountain-panorama.webp': 'WEBP picture of 2400×600',
	'night-sky.jpg': 'JPEG picture of 4200×2800',
	'quarterly-sales.png': 'PNG picture of 1000×700',
	'red-bicycle.jpg': 'JPEG picture of 1200×900',
	'running-shoe.png': 'PNG picture of 1000×1000',
	'spacer.png': 'PNG picture of 16×16',
	'street-at-night.jpeg': 'JPEG picture of 800×1100',
	'waterfall.jpg': 'JPEG picture of 600×1800',
};
const OTHER_MEDIA: Record<string, string> = {
	'delivery-message.wav': 'recording of 6.5 seconds',
	'inspection-report.pdf': 'titled "Bicycle Inspection Report"',
	'sailing-boat.mp4': 'video of 4.0 seconds',
};

/** Declares the tests that run each example in n8n's engine against the sandbox, with binary data kept in the given way. */
export function describeExampleRuns(binaryDataMode: BinaryDataMode): void {
	chooseBinaryDataMode(binaryDataMode);

	describe(`the examples, with binary data in mode '${binaryDataMode}'`, () => {
		let mediaFolder: string;
		let sandbox: Sandbox;

		beforeAll(async () => {
			mediaFolder = mkdtempSync(join(tmpdir(), 'example-media-'));
			for (const name of readdirSync(committedMedia)) {
				if (name !== 'make') cpSync(join(committedMedia, name), join(mediaFolder, name));
			}
			await makeLargePicture(join(mediaFolder, 'night-sky.jpg'));
		}, 120_000);
		afterAll(() => rmSync(mediaFolder, { recursive: true }));
		beforeEach(async () => {
			sandbox = await startSandbox({ scenario: { runTimeMs: { min: 20, max: 60 } } });
		});
		afterEach(async () => sandbox.close());

		const run = async (example: string, folder = mediaFolder) => {
			const credential = { apiKey: 'test-key', baseUrl: sandbox.baseUrl };
			return await runExample({ example, mediaFolder: folder, credential });
		};

		/** Every row has the answer to its own file's bytes, and the price and time of its own prediction. */
		function expectOwnAnswers(rows: ResultRow[], expected: Record<string, string>): void {
			expect(rows.map(({ file }) => file).sort()).toEqual(Object.keys(expected).sort());
			const { predictions, files } = sandbox.ledger;
			for (const row of rows) {
				const prediction = predictions.find(({ id }) => id === row.predictionId);
				expect(prediction).toMatchObject({ status: 'success', billedUsd: row.costUsd });
				expect(row.predictTimeSeconds).toBeGreaterThan(0);

				const input = JSON.stringify(prediction?.input);
				const uploaded = files.find(({ publicUrl }) => input.includes(publicUrl));
				const bytes = readFileSync(join(mediaFolder, row.file));
				expect(uploaded?.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
			}
			expect(new Set(rows.map(({ predictionId }) => predictionId)).size).toBe(rows.length);
			expect(predictions).toHaveLength(rows.length);
			expect(files.filter(({ deleted }) => !deleted)).toEqual([]);
		}

		test('alt texts: one for each picture, at most 125 characters, none for the spacer', async () => {
			const { rows, hints } = await run('alt-text.json');
			expectOwnAnswers(rows, PICTURES);
			for (const { file, text } of rows) {
				if (file === 'spacer.png') expect(text).toBe('');
				else expect(text).toContain(PICTURES[file]);
				expect(text?.length).toBeLessThanOrEqual(125);
			}
			expect(hints).toEqual([
				expect.stringMatching(
					/^Run finished: 11 items in \d+ seconds?, 0\.\d+ USD(?: \(estimated .*\))?; all succeeded\.$/,
				),
			]);
		});

		test('review: every kind goes to its own step, and a file of no kind is left out', async () => {
			const { rows } = await run('media-review.json');
			expectOwnAnswers(rows, { ...PICTURES, ...OTHER_MEDIA });
			for (const { file, text } of rows) expect(text).toContain({ ...PICTURES, ...OTHER_MEDIA }[file]);
		});

		test(`the steps really get their files in mode '${binaryDataMode}'`, async () => {
			const { nodes } = await eachLabsEngine.runWorkflow({
				workflow: await loadExample('alt-text.json'),
				credentials: { eachLabsApi: { apiKey: 'test-key', baseUrl: sandbox.baseUrl } },
				parameters: { 'Read Pictures': { fileSelector: `${mediaFolder}/spacer.png` } },
			});
			const binary = nodes['Read Pictures']?.items[0]?.binary?.data;
			expect(binary?.fileName).toBe('spacer.png');
			if (binaryDataMode === 'filesystem') expect(binary?.id).toMatch(/^filesystem-v2:/);
			else
				expect({ id: binary?.id, data: binary?.data.slice(0, 5) }).toEqual({ id: undefined, data: 'iVBOR' });
		});

		// How the steps get their files changes nothing of what follows.
		if (binaryDataMode !== 'filesystem') return;

		test('review: a folder with pictures only gives its rows too', async () => {
			const folder = join(mediaFolder, 'pictures');
			mkdirSync(folder);
			cpSync(join(mediaFolder, 'fruit-bowl.jpg'), join(folder, 'fruit-bowl.jpg'));
			const { rows } = await run('media-review.json', folder).finally(() =>
				rmSync(folder, { recursive: true }),
			);
			expectOwnAnswers(rows, { 'fruit-bowl.jpg': 'JPEG picture' });
		});

		test.each(['alt-text.json', 'media-review.json'])(
			'%s: a file that fails has its reason and its prediction in its row, and the others go on',
			async (example) => {
				sandbox.scenario.failPrediction = (_input, ordinal) =>
					ordinal === 2 ? { style: 'logs', status: 'failed', message: 'The picture is too dark' } : null;
				const { rows } = await run(example);
				const failed = rows.filter(({ error }) => error !== undefined);
				expect(failed).toHaveLength(1);
				expect(failed[0]?.error).toContain('The picture is too dark');
				expect(failed[0]?.text).toBeUndefined();
				const failedIds = sandbox.ledger.predictions
					.filter(({ status }) => status === 'failed')
					.map(({ id }) => id);
				expect([failed[0]?.predictionId]).toEqual(failedIds);
				expect(rows.filter(({ text }) => text !== undefined)).toHaveLength(rows.length - 1);
			},
		);

		test('the demo sees each prediction begin and end', async () => {
			const lines: string[] = [];
			const output = { write: (line: string) => lines.push(line) } as unknown as NodeJS.WriteStream;
			const progress = new PredictionProgress('Read Pictures', output);
			const credential = { apiKey: 'test-key', baseUrl: sandbox.baseUrl };
			await runExample({ example: 'alt-text.json', mediaFolder, credential, listener: progress.listener });
			progress.stop();
			expect(lines.map((line) => line.split(' done')[0]?.trim())).toEqual(
				Object.keys(PICTURES).map((_name, index) => `${index + 1} of 11`),
			);
			expect(lines.at(-1)).toContain('0 in progress');
		});
	});
}
