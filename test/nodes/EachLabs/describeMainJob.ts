import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { DEFAULT_MODEL } from '../../../nodes/EachLabs/core/model/defaultModel';
import { runNode, type NodeRun } from '../../support/runNode';
import { testMedia } from '../../support/testMedia';
import { readBinary } from '../../support/workflowEngine';
import { itemWithFiles } from './itemWithFiles';
import { sandboxPerTest } from './sandboxPerTest';

const SAID = "Sandbox answer, not the model's:";
const analyzeImage: INodeParameters = { resource: 'image', operation: 'analyze', text: 'What is it?' };
/** The shortest wait between two polls: what a prediction of the sandbox needs to be seen as finished. */
const quickPolls = { pollInterval: 0.5 };

function sha256(bytes: Buffer): string {
	return createHash('sha256').update(bytes).digest('hex');
}

function textOfPicture(width: number, height: number, byteLength: number): string {
	return `${SAID} you asked "What is it?". It was sent a PNG picture of ${width}×${height} pixels and ${byteLength.toLocaleString('en-US')} bytes, all blue.`;
}

/**
 * The main job, from files in n8n's binary store to paired text items, over HTTP. To be called by one test file for each of
 * n8n's ways to keep binary data, since a process has one of them.
 */
export function describeMainJob(): void {
	const sandbox = sandboxPerTest();

	const run = async (
		parameters: INodeParameters,
		items: INodeExecutionData[],
		options: INodeParameters = {},
	): Promise<NodeRun> =>
		await runNode({
			baseUrl: sandbox.baseUrl,
			parameters: { ...parameters, options: { ...quickPolls, ...options } },
			items,
		});

	const pictureOf = async (width: number, height = 30) => await testMedia.picture(width, height);

	/** What every media item's output has beside its own fields, as the server knows it. */
	const serverFacts = (item: INodeExecutionData | undefined) => {
		const known = sandbox.ledger.predictions.find(({ id }) => id === item?.json.predictionId);
		if (known?.settledAtMs === undefined) throw new Error('The server knows no such prediction');
		return {
			predictionId: known.id,
			model: known.model,
			cost: known.billedUsd,
			predictTime: (known.settledAtMs - known.createdAtMs) / 1_000,
		};
	};

	const inputOf = (item: INodeExecutionData | undefined) =>
		sandbox.ledger.predictions.find(({ id }) => id === item?.json.predictionId)?.input ?? {};

	/** SHA-256 of the uploaded files that an item's prediction was given, in their order. */
	const filesSeenBy = (item: INodeExecutionData | undefined) =>
		(inputOf(item).image_urls as string[]).map(
			(url) => sandbox.ledger.files.find(({ publicUrl }) => publicUrl === url)?.sha256,
		);

	test('sixty pictures at once are all answered, in order and paired, ten in flight at the most', async () => {
		// Long enough for as many to be in flight as may, short enough to be finished at the first poll.
		Object.assign(sandbox.scenario, { accountCap: null, runTimeMs: { min: 380, max: 450 } });
		const pictures = await Promise.all(
			Array.from({ length: 60 }, async (_, index) => {
				const bytes = await pictureOf(40 + index);
				return { bytes, text: textOfPicture(40 + index, 30, bytes.length) };
			}),
		);
		const { status, items, hints } = await run(
			analyzeImage,
			await Promise.all(pictures.map(async ({ bytes }) => await itemWithFiles({ data: bytes }))),
		);

		expect(status).toBe('success');
		expect(items.map(({ json }) => json.text)).toEqual(pictures.map(({ text }) => text));
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(pictures.map((_, item) => ({ item })));
		expect(items.map(filesSeenBy)).toEqual(pictures.map(({ bytes }) => [sha256(bytes)]));
		for (const item of items)
			expect(item.json).toEqual({ fileName: 'data.png', text: item.json.text, ...serverFacts(item) });
		// Each prediction belongs to one item, and there is none beside.
		expect(new Set(items.map(({ json }) => json.predictionId)).size).toBe(60);
		expect(sandbox.ledger.predictions).toHaveLength(60);
		expect(sandbox.ledger.files).toHaveLength(60);
		expect(sandbox.ledger.files.every(({ deleted }) => deleted)).toBe(true);
		expect(sandbox.ledger.maxInFlight).toBeLessThanOrEqual(10);
		// At once, not one after another; a busy machine may start the last of them after the first have ended.
		expect(sandbox.ledger.maxInFlight).toBeGreaterThanOrEqual(4);
		expect(hints.map(({ message }) => message)).toEqual([
			expect.stringMatching(
				/^Run finished: 60 items in \d+ seconds?, 0\.\d+ USD(?: \(estimated .*\))?; all succeeded\.$/,
			),
		]);
	});

	describe('operations', () => {
		const pdf = async () => ({ bytes: await testMedia.document(3), mimeType: 'application/pdf' });
		const wav = async () => ({ bytes: testMedia.recording(2), mimeType: 'audio/wav' });
		const mp4 = async () => ({ bytes: await testMedia.video(), mimeType: 'video/mp4' });
		const png = async () => ({ bytes: await testMedia.picture(300, 200), mimeType: 'image/png' });
		const asked = `${SAID} you asked "What is it?". It was sent`;

		const table = [
			{
				resource: 'image',
				operation: 'analyze',
				file: png,
				fields: { text: `${asked} a PNG picture of 300×200 pixels and 1,355 bytes, all blue.` },
			},
			{
				resource: 'image',
				operation: 'altText',
				file: png,
				fields: { altText: `${SAID} a PNG picture of 300×200 pixels, all blue.`, decorative: false },
			},
			{
				resource: 'video',
				operation: 'analyze',
				file: mp4,
				fields: {
					text: `${asked} a video of 4.0 seconds and 45,183 bytes, in MP4 with pictures and no sound.`,
				},
			},
			{
				resource: 'audio',
				operation: 'analyze',
				file: wav,
				fields: {
					text: `${asked} a recording of 2.0 seconds and 32,044 bytes, in WAVE with sound (PCM, 1 channel, 8,000 Hz).`,
				},
			},
			{
				resource: 'audio',
				operation: 'transcribe',
				file: wav,
				fields: {
					text: `${SAID} a recording of 2.0 seconds and 32,044 bytes, in WAVE with sound (PCM, 1 channel, 8,000 Hz); what is said in it is not transcribed.`,
				},
			},
			{
				resource: 'document',
				operation: 'analyze',
				file: pdf,
				fields: { text: `${asked} a PDF document of 3 pages and 596 bytes, without a title.` },
			},
		];

		test('give their fields and what every prediction has; with Simplify Output off, the prediction beside', async () => {
			const runs = table.map(async ({ resource, operation, file, fields }) => {
				const item = await itemWithFiles({ data: await file() });
				const parameters = { resource, operation, ...(operation === 'analyze' && { text: 'What is it?' }) };
				const [simple, whole] = await Promise.all([
					run(parameters, [item]),
					run({ ...parameters, simplify: false }, [item]),
				]);
				return { simple, whole, fields: { fileName: item.binary?.['data']?.fileName, ...fields } };
			});
			for (const { simple, whole, fields } of await Promise.all(runs)) {
				expect(simple.items).toEqual([
					{
						json: { ...fields, ...serverFacts(simple.items[0]) },
						pairedItem: { item: 0 },
					},
				]);
				const facts = serverFacts(whole.items[0]);
				const url = `${sandbox.baseUrl}/v1/prediction/${facts.predictionId}`;
				expect(whole.items[0]?.json).toEqual({
					...fields,
					...facts,
					prediction: {
						id: facts.predictionId,
						status: 'success',
						input: inputOf(whole.items[0]),
						output: expect.stringContaining(SAID),
						logs: null,
						metrics: { cost: facts.cost, predict_time: facts.predictTime },
						urls: { get: url, cancel: `${url}/cancel` },
					},
				});
				expect(facts.model).toBe(DEFAULT_MODEL);
				expect(facts.cost).toBeGreaterThan(0);
			}
		});

		test('alt text: empty for a decorative picture, in one language, within its length', async () => {
			const altText = async (bytes: Buffer, maxLength: number, options: INodeParameters = {}) => {
				const parameters = { resource: 'image', operation: 'altText', maxLength };
				return (await run(parameters, [await itemWithFiles({ data: bytes })], options)).items[0];
			};
			const picture = await testMedia.picture(300, 200);
			// A model that writes more than it was asked for.
			sandbox.scenario.rewriteAnswer = ({ prompt }) =>
				prompt.includes('French')
					? JSON.stringify({
							altText: `${SAID} a PNG picture of 300×200 pixels, all blue.`,
							decorative: false,
						})
					: undefined;
			const [decorative, german, tooLong] = await Promise.all([
				altText(await testMedia.picture(1, 1, { colour: 'white' }), 125),
				altText(picture, 60, { language: 'German' }),
				altText(picture, 60, { language: 'French' }),
			]);
			expect(decorative?.json).toEqual({
				fileName: 'data.png',
				altText: '',
				decorative: true,
				...serverFacts(decorative),
			});
			expect(german?.json.altText).toBe('Sandbox: a PNG picture of 300×200 pixels, all blue.');
			expect(inputOf(german).prompt).toMatch(
				/^Answer in this language: German\.[\s\S]*At most 60 characters\./,
			);
			expect(tooLong?.json.altText).toBe(`${SAID} a PNG picture of 300×200…`);
		});

		test('prediction.create, get and cancel', async () => {
			sandbox.scenario.runTimeMs = { min: 700, max: 700 };
			const created = await runNode({
				baseUrl: sandbox.baseUrl,
				parameters: {
					resource: 'prediction',
					operation: 'create',
					modelId: { __rl: true, mode: 'id', value: 'sandbox-media-search' },
					input: '={{ JSON.stringify({ prompt: $json.question }) }}',
				},
				items: [{ json: { question: 'First?' } }, { json: { question: 'Second?' } }],
			});
			const ids = sandbox.ledger.predictions.map(({ id }) => id);
			expect(created.items).toEqual(
				['First?', 'Second?'].map((question, item) => {
					const predictionId = sandbox.ledger.predictions.find(({ input }) => input.prompt === question)?.id;
					return {
						json: { predictionId, status: 'created', model: 'sandbox-media-search' },
						pairedItem: { item },
					};
				}),
			);
			const [first, second] = created.items;

			const onId = async (
				operation: string,
				item: INodeExecutionData | undefined,
				more: INodeParameters = {},
			) =>
				await runNode({
					baseUrl: sandbox.baseUrl,
					parameters: {
						resource: 'prediction',
						operation,
						predictionId: '={{ $json.predictionId }}',
						...more,
					},
					items: item ? [{ json: item.json }] : [],
				});
			const running = await onId('get', first);
			expect(running.items[0]?.json).toEqual({
				predictionId: first?.json.predictionId,
				status: expect.stringMatching(/^(created|starting|processing)$/),
				cost: null,
				predictTime: null,
			});

			const cancelled = await onId('cancel', second);
			expect(cancelled.items).toEqual([
				{
					json: {
						predictionId: second?.json.predictionId,
						status: 'cancelled',
						cost: 0,
						predictTime: serverFacts(second).predictTime,
					},
					pairedItem: { item: 0 },
				},
			]);
			expect(sandbox.ledger.predictions.map(({ cancelRequests }) => cancelRequests).sort()).toEqual([0, 1]);

			while (sandbox.ledger.predictions.some(({ settledAtMs }) => settledAtMs === undefined)) {
				await new Promise((resolve) => setTimeout(resolve, 20));
			}
			const finished = await onId('get', first, { simplify: false });
			const { cost, predictTime } = serverFacts(first);
			expect(finished.items[0]?.json).toEqual({
				predictionId: first?.json.predictionId,
				status: 'success',
				text: `${SAID} you asked "First?". No medium was sent.`,
				cost,
				predictTime,
				prediction: expect.objectContaining({ status: 'success', input: { prompt: 'First?' } }),
			});
			expect(ids).toHaveLength(2);
			expect(sandbox.ledger.predictions).toHaveLength(2);
		});

		test('Include Input Fields keeps the fields and files of the input, but no key that means a fault to n8n', async () => {
			const item = await itemWithFiles(
				{ data: await pictureOf(41) },
				{ post: 7, text: 'of the input', error: 'of an earlier step' },
			);
			const [{ items }, without] = await Promise.all([
				run(analyzeImage, [item], { includeInputFields: true }),
				run(analyzeImage, [item]),
			]);
			expect(items[0]?.json).toEqual({
				fileName: 'data.png',
				post: 7,
				text: textOfPicture(41, 30, (await pictureOf(41)).length),
				...serverFacts(items[0]),
			});
			const kept = items[0]?.binary?.data;
			expect(kept && (await readBinary(kept)).equals(await pictureOf(41))).toBe(true);
			expect(without.items[0]?.binary).toBeUndefined();
		});
	});

	describe('media of an item', () => {
		let web: Server;
		let webUrl: string;
		const asked: string[] = [];
		beforeAll(async () => {
			web = createServer((request, response) => {
				asked.push(request.url ?? '');
				const width = Number(/(\d+)\.png/.exec(request.url ?? '')?.[1]);
				void pictureOf(width).then((bytes) => response.setHeader('Content-Type', 'image/png').end(bytes));
			});
			await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
			webUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
		});
		beforeEach(() => asked.splice(0));
		afterAll(() => web.close());

		const fourKinds = async () =>
			await itemWithFiles({
				picture: await pictureOf(50),
				film: { bytes: await testMedia.video(), mimeType: 'video/mp4' },
				speech: { bytes: testMedia.recording(1), mimeType: 'audio/wav' },
				letter: { bytes: await testMedia.document(2), mimeType: 'application/pdf' },
				table: { bytes: Buffer.from('a,b\n1,2\n'), mimeType: 'text/csv' },
			});

		test('from one binary field, from several by comma or from all, of any mix of kinds, in that order', async () => {
			const wanted = [
				['speech', /It was sent a recording of 1\.0 seconds/],
				[
					'letter, picture',
					/Medium 1 of 2 is a PDF document of 2 pages .* Medium 2 of 2 is a PNG picture of 50×30/,
				],
				[
					'picture,film , letter,picture',
					/Medium 1 of 3 is a PNG .* Medium 2 of 3 is a video .* Medium 3 of 3 is a PDF/,
				],
				[
					'*',
					/Medium 1 of 4 is a PNG .* Medium 2 of 4 is a video .* Medium 3 of 4 is a recording .* Medium 4 of 4 is a PDF/,
				],
			] as const;
			const { binary } = await fourKinds();
			const { items } = await run(
				{ ...analyzeImage, binaryPropertyName: '={{ $json.names }}' },
				wanted.map(([names]) => ({ json: { names }, binary })),
			);
			expect(items).toHaveLength(wanted.length);
			for (const [index, [, told]] of wanted.entries()) expect(items[index]?.json.text).toMatch(told);
		});

		test('* takes the kinds that an operation reads, and no others', async () => {
			const { items } = await run({ resource: 'audio', operation: 'transcribe', binaryPropertyName: '*' }, [
				await fourKinds(),
			]);
			expect(items[0]?.json.text).toMatch(
				/: a video of 4\.0 .* and a recording of 1\.0 .* is not transcribed\.$/,
			);
		});

		test('from addresses: one, several by comma or line, or an array whose entries are kept whole', async () => {
			const wanted: Array<{ urls: string | string[]; pictures: number[] }> = [
				{ urls: `${webUrl}/41.png`, pictures: [41] },
				{ urls: `${webUrl}/42.png, ${webUrl}/43.png`, pictures: [42, 43] },
				{ urls: `${webUrl}/44.png\n${webUrl}/45.png\n`, pictures: [44, 45] },
				{ urls: `${webUrl}/a,b,46.png?size=1,2`, pictures: [46] },
				{ urls: [`${webUrl}/a,${webUrl}/47.png`, `${webUrl}/48.png`], pictures: [47, 48] },
			];
			const { items, status, error } = await run(
				{ ...analyzeImage, inputType: 'url', imageUrls: '={{ $json.urls }}' },
				wanted.map(({ urls }) => ({ json: { urls } })),
			);
			expect({ status, error }).toEqual({ status: 'success' });
			const widths = items.map(({ json }) =>
				[...(json.text as string).matchAll(/(\d+)×30 pixels/g)].map(([, width]) => Number(width)),
			);
			expect(widths).toEqual(wanted.map(({ pictures }) => pictures));
			expect(asked.sort()).toEqual([
				'/41.png',
				'/42.png',
				'/43.png',
				'/44.png',
				'/45.png',
				'/48.png',
				'/a,b,46.png?size=1,2',
				`/a,${webUrl}/47.png`,
			]);
			// What is on the web already is not uploaded.
			expect(sandbox.ledger.presigns).toBe(0);
		});

		test('videos, audio and documents have an address field each', async () => {
			const fields = { video: 'videoUrls', audio: 'audioUrls', document: 'documentUrls' };
			const inputs = await Promise.all(
				Object.entries(fields).map(async ([resource, name]) => {
					const parameters = { resource, operation: 'analyze', text: 'What is it?', inputType: 'url' };
					return inputOf((await run({ ...parameters, [name]: `${webUrl}/60.png` }, [{ json: {} }])).items[0]);
				}),
			);
			expect(inputs).toEqual(Array(3).fill({ prompt: 'What is it?', image_urls: [`${webUrl}/60.png`] }));
		});

		test('the same bytes are uploaded once a run, wherever they come from', async () => {
			const [same, other] = await Promise.all([pictureOf(70), pictureOf(71)]);
			const shared = await itemWithFiles({ data: same });
			const { items } = await run({ ...analyzeImage, binaryPropertyName: '*' }, [
				shared,
				shared,
				await itemWithFiles({ data: same }),
				await itemWithFiles({ data: other }),
				await itemWithFiles({ one: other, two: same }),
			]);
			expect(items.map(filesSeenBy)).toEqual([
				[sha256(same)],
				[sha256(same)],
				[sha256(same)],
				[sha256(other)],
				[sha256(other), sha256(same)],
			]);
			expect(sandbox.ledger.files.map(({ uploads, deleted }) => ({ uploads, deleted }))).toEqual([
				{ uploads: 1, deleted: true },
				{ uploads: 1, deleted: true },
			]);
		});
	});

	describe('uploaded files', () => {
		const files = () =>
			sandbox.ledger.files.map(({ deleted, expiresInSeconds }) => ({ deleted, expiresInSeconds }));

		test('are kept for an hour at the most, and deleted after the run', async () => {
			await run(analyzeImage, [await itemWithFiles({ data: await pictureOf(40) })]);
			expect(files()).toEqual([{ deleted: true, expiresInSeconds: 3_600 }]);
		});

		test('Keep Uploads leaves them until Upload Retention ends', async () => {
			await run(analyzeImage, [await itemWithFiles({ data: await pictureOf(40) })], {
				keepUploads: true,
				uploadRetention: 120,
			});
			expect(files()).toEqual([{ deleted: false, expiresInSeconds: 120 }]);
		});

		test.each(['stopWorkflow', 'continueRegularOutput'] as const)(
			'are deleted after a failed item, too (%s)',
			async (onError) => {
				sandbox.scenario.failPrediction = (_input, ordinal) =>
					ordinal === 0 ? { style: 'logs', status: 'failed', message: 'Too dark.' } : null;
				const { status } = await runNode({
					baseUrl: sandbox.baseUrl,
					onError,
					parameters: { ...analyzeImage, options: { ...quickPolls, maxConcurrency: 1 } },
					items: await Promise.all(
						[40, 41].map(async (width) => await itemWithFiles({ data: await pictureOf(width) })),
					),
				});
				expect(status).toBe(onError === 'stopWorkflow' ? 'error' : 'success');
				expect(sandbox.ledger.files.length).toBeGreaterThan(0);
				expect(sandbox.ledger.files.every(({ deleted }) => deleted)).toBe(true);
			},
		);
	});
}
