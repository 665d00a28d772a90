import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { EACH_LABS_TYPE, exampleFiles, exampleWorkflow } from '../host/exampleWorkflow';
import { hostReleases } from '../host/hostReleases';
import { installTimeoutMs } from '../host/installHost';
import { itemsOf, type StoredExecution } from '../host/N8nApi';
import type { ExportedWorkflow } from '../host/N8nHost';
import { MORE_EXAMPLES } from './moreExamples';
import { openHostScene, type HostScene } from './HostScene';

const PICTURES = 10;

interface ExpectedStep {
	readonly items: number;
	/** Less than items where they share requests. */
	readonly predictions: number;
	/** Of each item. */
	readonly fields: IDataObject;
}

/** Examples that go on when the service calls n8n; their parts run in `test/examples/calledBack.test.ts`. */
const CALLED_BACK = ['hundreds.json', 'long-video.json'];

/** By example and Each Labs step. */
const EXPECTED: Readonly<Record<string, Readonly<Record<string, ExpectedStep>>>> = {
	'alt-text.json': {
		'Write Alt Texts': {
			items: PICTURES,
			predictions: PICTURES,
			fields: {
				altText: expect.any(String),
				altTexts: { English: expect.any(String), German: expect.any(String), French: expect.any(String) },
				decorative: expect.any(Boolean),
			},
		},
	},
	'catalogue-tagging.json': {
		'Tag Photos': {
			items: PICTURES,
			predictions: 1,
			fields: { output: expect.objectContaining({ colour: expect.any(String) }) },
		},
	},
	'media-review.json': {
		'Describe Pictures': { items: PICTURES, predictions: PICTURES, fields: { text: expect.any(String) } },
		'Sum Up Videos': { items: 1, predictions: 1, fields: { text: expect.any(String) } },
		'Transcribe Recordings': { items: 1, predictions: 1, fields: { text: expect.any(String) } },
		'Read Documents': { items: 1, predictions: 1, fields: { text: expect.any(String) } },
	},
	'moderation.json': {
		'Check Pictures': {
			items: PICTURES,
			predictions: PICTURES,
			fields: { decision: expect.stringMatching(/^(allow|review|block)$/), categories: expect.any(Object) },
		},
	},
};

const hosts = hostReleases.flatMap((release) =>
	release.binaryDataModes.map((binaryDataMode) => ({ release, binaryDataMode, n8n: release.n8nVersion })),
);

describe.each(hosts)(
	'the examples, binary data in mode $binaryDataMode, in n8n $n8n',
	({ release, binaryDataMode }) => {
		let scene: HostScene;

		beforeAll(async () => {
			scene = await openHostScene(release, {
				settings: { N8N_DEFAULT_BINARY_DATA_MODE: binaryDataMode },
				scenario: { runTimeMs: { min: 100, max: 300 } },
			});
			await scene.host.addMedia();
		}, installTimeoutMs);

		afterAll(async () => await (scene as HostScene | undefined)?.close());

		test('there is an expectation for each example', async () => {
			expect([...Object.keys(EXPECTED), ...Object.keys(MORE_EXAMPLES), ...CALLED_BACK].sort()).toEqual(
				await exampleFiles(),
			);
		});

		describe.each(Object.entries(EXPECTED))('%s', (file, steps) => {
			let workflow: ExportedWorkflow;
			let execution: StoredExecution;

			beforeAll(async () => {
				const id = `Run${binaryDataMode}${Object.keys(EXPECTED).indexOf(file)}`;
				workflow = await exampleWorkflow(file, scene.host.mediaFolder);
				// A person's answer to each mail that asks for one.
				if (file === 'moderation.json')
					Object.assign(workflow, { pinData: { 'Ask a Person': [{ json: { data: { approved: true } } }] } });
				await scene.host.importWorkflow(id, workflow);
				const trigger = workflow.nodes.find(({ type }) => /trigger/i.test(type))?.name ?? '';
				execution = await scene.api.executionEnd(await scene.api.execute(id, trigger));
			}, 120_000);

			test('ends with success', () => {
				const errors = Object.entries(execution.runData).flatMap(([node, runs]) =>
					runs.flatMap(({ error }) => (error ? [{ node, message: error.message }] : [])),
				);
				expect({ status: execution.status, errors }).toEqual({ status: 'success', errors: [] });
			});

			test('has an expectation for each of its Each Labs steps', () => {
				const names = workflow.nodes.filter(({ type }) => type === EACH_LABS_TYPE).map(({ name }) => name);
				expect(Object.keys(steps).sort()).toEqual(names.sort());
			});

			test.each(Object.entries(steps))(
				'%s gives each item its own answer, paid once',
				async (step, { items, predictions, fields }) => {
					const given = itemsOf(execution, step).flat();
					expect(given).toHaveLength(items);
					for (const { json } of given) {
						expect(json).toEqual(
							expect.objectContaining({
								...fields,
								predictionId: expect.stringMatching(/\S/),
								model: 'gemini-2-0-flash-lite',
								cost: expect.any(Number),
								predictTime: expect.any(Number),
							}),
						);
						expect(json).not.toHaveProperty('error');
					}
					expect(new Set(given.map(({ json }) => json['predictionId'])).size).toBe(predictions);
					await expectAnswersToOwnFiles(step, given);
				},
			);

			test('leaves no file behind', () => {
				expect(scene.sandbox.ledger.files.filter(({ deleted }) => !deleted)).toEqual([]);
			});

			/** The prediction of each item was given the very bytes of the item that it is paired with. */
			async function expectAnswersToOwnFiles(
				step: string,
				given: readonly INodeExecutionData[],
			): Promise<void> {
				const source = execution.runData[step]?.[0]?.source[0];
				const sourceItems =
					itemsOf(execution, source?.previousNode ?? '')[source?.previousNodeOutput ?? 0] ?? [];
				expect(
					given.map(({ pairedItem }) => (pairedItem as { item: number }).item).sort((a, b) => a - b),
				).toEqual([...sourceItems.keys()]);
				const { predictions, files } = scene.sandbox.ledger;
				const paid = predictions.filter(({ id }) => given.some(({ json }) => json['predictionId'] === id));
				const sumOf = (costs: number[]): number => costs.reduce((sum, cost) => sum + cost, 0);
				expect(sumOf(given.map(({ json }) => json['cost'] as number))).toBeCloseTo(
					sumOf(paid.map(({ billedUsd }) => billedUsd)),
					12,
				);
				for (const { json, pairedItem } of given) {
					const sent = JSON.stringify(paid.find(({ id }) => id === json['predictionId'])?.input);
					const sentFiles = files.filter(({ publicUrl }) => sent.includes(publicUrl));
					const fileName =
						sourceItems[(pairedItem as { item: number }).item]?.binary?.['data']?.fileName ?? '';
					const bytes = await readFile(path.join(scene.host.mediaFolder, fileName));
					expect(sentFiles.map(({ sha256 }) => sha256)).toContain(
						createHash('sha256').update(bytes).digest('hex'),
					);
					expect(sentFiles).toHaveLength(given.length / paid.length);
				}
			}
		});

		test('nothing was bought but what is in the outputs', () => {
			const steps = Object.values(EXPECTED).flatMap((example) => Object.values(example));
			const predictions = steps.reduce((sum, step) => sum + step.predictions, 0);
			expect(scene.sandbox.ledger.predictions.map(({ status }) => status)).toEqual(
				Array.from({ length: predictions }, () => 'success'),
			);
		});
	},
);
