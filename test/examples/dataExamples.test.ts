import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

import { loadExample } from '../../examples/demo/runExample';
import { startSandbox, type Sandbox } from '../../sandbox/startSandbox';
import { eachLabsEngine, eachLabsEngineWith } from '../support/eachLabsEngine';
import { clearDeduplicationHistory, SendEmail } from '../support/flowNodes';

type Workflow = Awaited<ReturnType<typeof loadExample>>;

let folder: string;
let sandbox: Sandbox;

beforeEach(async () => {
	folder = mkdtempSync(join(tmpdir(), 'data-example-'));
	sandbox = await startSandbox({ scenario: { runTimeMs: { min: 20, max: 60 } } });
});
afterEach(async () => {
	await sandbox.close();
	rmSync(folder, { recursive: true });
});

async function putPicture(fileName: string, background: string, width = 40): Promise<void> {
	const canvas = { width, height: 30, channels: 3 as const, background };
	writeFileSync(join(folder, fileName), await sharp({ create: canvas }).png().toBuffer());
}

const run = async (
	example: string,
	reader: string,
	{ engine = eachLabsEngine, change = (workflow: Workflow) => workflow } = {},
) =>
	await engine.runWorkflow({
		workflow: change(await loadExample(example)),
		credentials: { eachLabsApi: { apiKey: 'test-key', baseUrl: sandbox.baseUrl } },
		parameters: { [reader]: { fileSelector: `${folder}/*.{jpg,jpeg,png,webp,gif}` } },
	});

describe('moderation.json', () => {
	beforeEach(clearDeduplicationHistory);

	const check = async (approves: (subject: string) => boolean) => {
		const mail = new SendEmail(approves);
		const engine = eachLabsEngineWith({ 'n8n-nodes-base.emailSend': mail });
		return { ...(await run('moderation.json', 'Read Uploads', { engine })), mail };
	};

	test('nothing is passed, or taken down, that is doubtful or could not be checked: a person decides', async () => {
		await putPicture('blue.png', 'blue');
		await putPicture('green.png', 'green');
		await putPicture('orange.png', 'orange');
		await putPicture('red.png', 'red');
		writeFileSync(join(folder, 'not-a-picture.png'), '<html><body>Not found</body></html>');
		const { status, nodes, mail } = await check((subject) => subject.includes('orange'));
		expect(status).toBe('success');

		const rows = (name: string) =>
			(nodes[name]?.items ?? [])
				.map(({ json }) => json)
				.sort((left, right) => (left['file'] as string).localeCompare(right['file'] as string));
		const audit = expect.objectContaining({
			rulesHash: expect.stringMatching(/^[\da-f]{64}$/),
			reviewThreshold: 0.4,
			blockThreshold: 0.8,
			contentHash: expect.stringMatching(/^[\da-f]{64}$/),
		});
		const paid = { audit, predictionId: expect.any(String), cost: expect.any(Number), error: null };
		const passed = { decision: 'allow', decidedBy: 'the model', reasons: '', ...paid };
		expect(rows('Passed')).toEqual([
			{ file: 'blue.png', ...passed },
			{ file: 'green.png', ...passed },
		]);
		const inOrange = expect.stringMatching(/^Sexual Content: .*mainly orange/);
		expect(rows('Blocked')).toEqual([
			{
				file: 'red.png',
				decision: 'block',
				decidedBy: 'the model',
				reasons: expect.stringMatching(/^Sexual Content: .*mainly red/),
				...paid,
			},
		]);
		expect(rows('Person Decided')).toEqual([
			{
				file: 'not-a-picture.png',
				decision: 'block',
				decidedBy: 'a person',
				reasons: '',
				audit: {},
				predictionId: null,
				cost: null,
				error: expect.stringContaining('not-a-picture.png'),
			},
			{ file: 'orange.png', decision: 'allow', decidedBy: 'a person', reasons: inOrange, ...paid },
		]);
		expect(mail.sent.toSorted((left, right) => left.subject.localeCompare(right.subject))).toEqual([
			{
				subject: 'Please look at not-a-picture.png',
				message: expect.stringContaining('not-a-picture.png'),
			},
			{ subject: 'Please look at orange.png', message: inOrange },
		]);
		expect(sandbox.ledger.predictions).toHaveLength(4);
		expect(sandbox.ledger.files.filter(({ deleted }) => !deleted)).toEqual([]);
	});

	test('what a run has checked, the next one does not pay for, and nobody is asked about it twice', async () => {
		await putPicture('first.png', 'blue', 90);
		await check(() => true);
		await putPicture('second.png', 'green', 90);
		await putPicture('doubtful.png', 'orange', 90);
		const { nodes } = await check(() => true);
		expect(nodes['Passed']?.items.map(({ json }) => json['file'])).toEqual(['second.png']);
		expect(sandbox.ledger.predictions).toHaveLength(3);
		const { mail } = await check(() => true);
		expect(mail.sent).toEqual([]);
	});
});

describe('catalogue-tagging.json', () => {
	const COLOURS = ['red', 'blue', 'green', 'white'];

	test('60 photos in three requests: each row has its own photo, and one bad photo costs no other', async () => {
		for (let number = 0; number < 60; number++)
			await putPicture(
				`photo-${String(number).padStart(2, '0')}.png`,
				COLOURS[number % 4] ?? '',
				40 + number,
			);
		writeFileSync(join(folder, 'broken.png'), 'no picture');
		sandbox.scenario.answerStyle = (_input, ordinal) => (ordinal === 1 ? 'missingEntries' : 'plain');
		const { status, nodes } = await run('catalogue-tagging.json', 'Read Photos');
		expect(status).toBe('success');
		const rows = (name: string) => nodes[name]?.items ?? [];
		const items = [...rows('Catalogue Row'), ...rows('Needs Review')];
		expect(items).toHaveLength(61);
		expect(nodes['Tag Photos']?.hints.map(({ message }) => message)).toEqual([
			expect.stringMatching(
				/^Run finished: 61 items in \d+ seconds?, 0\.\d+ USD(?: \(estimated .*\))?; 1 failed\.$/,
			),
		]);

		const { predictions } = sandbox.ledger;
		for (const { json } of items) {
			const { file, colour, predictionId, cost, error } = json as Record<string, string>;
			if (file === 'broken.png') {
				expect(json).toMatchObject({ colour: null, predictionId: null });
				expect(error).toContain('broken.png');
				continue;
			}
			const number = Number(/\d+/.exec(file ?? ''));
			expect(colour).toContain(COLOURS[number % 4]);
			expect(json).toMatchObject({
				style: expect.stringMatching(/./),
				material: expect.stringMatching(/./),
				defects: expect.stringMatching(/./),
			});
			expect(predictions.map(({ id }) => id)).toContain(predictionId);
			expect(cost).toBeGreaterThan(0);
		}
		expect(items.map(({ json }) => json['file']).sort()).toEqual(
			rows('Read Photos')
				.map(({ json }) => json['fileName'])
				.sort(),
		);
		const photosAsked = predictions.map(({ input }) => (input['image_urls'] as string[]).length);
		// Every third photo of one request is missing in its answer, and is asked about alone.
		expect(photosAsked.toSorted((left, right) => right - left)).toEqual([20, 20, 20, 1, 1, 1, 1, 1, 1]);
		const billed = predictions.reduce((sum, { billedUsd }) => sum + billedUsd, 0);
		const shown = items.reduce((sum, { json }) => sum + Number(json['cost'] ?? 0), 0);
		expect(shown).toBeCloseTo(billed, 12);
	});

	test.each([
		['is told by its name where it asks for a field of the result only', false, {}, true],
		['is no matter where nothing failed', false, { isWhole: true }, false],
		[
			'is no matter where failed items have an output of their own',
			false,
			{ onError: 'continueErrorOutput' },
			false,
		],
		['is no matter where it asks for the error, too', true, {}, false],
	] as const)(
		'the condition behind a step some of whose items failed %s',
		async (_, asksForError, given, isTold) => {
			await putPicture('photo.png', 'red');
			if (!('isWhole' in given)) writeFileSync(join(folder, 'broken.png'), 'no picture');
			const change = (workflow: Workflow): Workflow => ({
				...workflow,
				nodes: workflow.nodes.map((node) => ({
					...node,
					...(node.name === 'Tag Photos' && 'onError' in given && { onError: given.onError }),
					parameters: asksForError
						? node.parameters
						: (JSON.parse(
								JSON.stringify(node.parameters).replaceAll('$json.error !== undefined || ', ''),
							) as typeof node.parameters),
				})),
			});
			const { nodes } = await run('catalogue-tagging.json', 'Read Photos', { change });
			const hints = nodes['Tag Photos']?.hints.map(({ message }) => message) ?? [];
			expect(hints.at(-1)).toMatch(/^Run finished/);
			expect(hints.filter((hint) => hint.includes("and 'Needs Review?' takes a field"))).toHaveLength(
				isTold ? 1 : 0,
			);
		},
	);
});
