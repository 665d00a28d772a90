import { createHash } from 'node:crypto';
import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { reasonsOf, type CategoryVerdict } from '../../../nodes/EachLabs/actions/media/moderationDecision';
import { outputNames } from '../../support/outputNames';
import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';
import { pictureItems, quickRun } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';

/** What a moderated item says, and where it goes. */
const MODERATE: INodeParameters = { resource: 'image', operation: 'moderate' };
const THREE: INodeParameters = { ...MODERATE, separateReview: true };

const mixed = async (): Promise<INodeExecutionData[]> => [
	...(await pictureItems('blue', 'red')),
	await itemWithFiles({ data: await testMedia.picture(50, 30, { colour: 'orange' }) }),
];
const pairedItems = (outputs: INodeExecutionData[][]): unknown[] =>
	outputs.map((items) => items.map(({ pairedItem }) => (pairedItem as { item: number }).item));

const sandbox = sandboxPerTest();

describe('Separate Review', () => {
	test('names three outputs, and needs separate outputs', () => {
		expect(outputNames(THREE)).toEqual(['Passed', 'Review', 'Blocked']);
		expect(outputNames(MODERATE)).toEqual(['Passed', 'Flagged']);
		expect(outputNames({ ...THREE, separateOutputs: false })).toEqual([]);
	});

	test.each<[unknown, unknown, number]>([
		['true', true, 3],
		['yes', true, 3],
		['no', true, 2],
		['true', 'false', 1],
		// n8n fills in no expression where a parameter takes none.
		['={{ true }}', true, 2],
	])(
		'as n8n gives it, %j with separate outputs %j, opens %d',
		async (separateReview, separateOutputs, count) => {
			const parameters = { ...MODERATE, separateReview, separateOutputs } as INodeParameters;
			expect(Math.max(1, outputNames(parameters).length)).toBe(count);
			const { outputs } = await quickRun(sandbox, parameters, await mixed());
			expect(outputs).toHaveLength(count);
			expect(outputs.flat()).toHaveLength(3);
		},
	);

	test('sends each decision to its output', async () => {
		const { outputs } = await quickRun(sandbox, THREE, await mixed());
		expect(pairedItems(outputs)).toEqual([[0], [2], [1]]);
		expect(outputs.flat().map(({ json }) => [json['decision'], json['flagged']])).toEqual([
			['allow', false],
			['review', true],
			['block', true],
		]);
	});

	test.each([
		['continueRegularOutput', [[1], [0], []]],
		['continueErrorOutput', [[1], [], [], [0]]],
	] as const)('what could not be checked is neither passed nor blocked (%s)', async (onError, expected) => {
		const items = await pictureItems('blue', 'blue');
		items[0] = { json: {} };
		const { status, outputs } = await quickRun(sandbox, THREE, items, { onError });
		expect(status).toBe('success');
		expect(pairedItems(outputs)).toEqual(expected);
	});

	test.each([
		['continueRegularOutput', 1],
		['continueErrorOutput', 3],
	] as const)('a revoked key passes and blocks nothing (%s)', async (onError, index) => {
		const { outputs } = await quickRun(sandbox, THREE, await pictureItems('blue', 'red'), {
			onError,
			credentials: { eachLabsApi: { apiKey: '', baseUrl: sandbox.baseUrl } },
		});
		expect(pairedItems(outputs)[index]).toEqual([0, 1]);
		expect(outputs.filter((_, position) => position !== index).flat()).toEqual([]);
	});

	test.each<[string, INodeParameters, Record<string, unknown>]>([
		['a run option out of its range', { options: { maxConcurrency: 0 } }, {}],
		['an address that is none', {}, { credentials: { eachLabsApi: { apiKey: 'k', baseUrl: 'nowhere' } } }],
	])('a run that can not begin passes nothing, and says so: %s', async (_what, parameters, settings) => {
		for (const [operation, index] of [
			[THREE, 1],
			[MODERATE, 1],
		] as const) {
			const { outputs } = await quickRun(
				sandbox,
				{ ...operation, ...parameters },
				await pictureItems('blue'),
				{
					onError: 'continueRegularOutput',
					...settings,
				},
			);
			expect(outputs[0] ?? []).toEqual([]);
			expect(outputs[index]?.map(({ json }) => json['error'])).toEqual([expect.stringMatching(/\w/)]);
		}
	});
});

describe('reasons', () => {
	const verdict = (
		category: string,
		decision: CategoryVerdict['verdict'],
		confidence: number | null,
		reason: string,
	): CategoryVerdict => ({ category, verdict: decision, confidence, reason });

	test.each<[string, CategoryVerdict[], string]>([
		['nothing of what is allowed', [verdict('Spam', 'allow', 0.1, 'None.')], ''],
		[
			'the strictest first, then the surest',
			[
				verdict('Drugs', 'review', 0.5, 'Maybe a pill'),
				verdict('Spam', 'review', 0.7, 'A code.'),
				verdict('Hate', 'block', 0.9, 'A symbol!'),
				verdict('Minors', 'allow', 0, 'Nobody.'),
			],
			'Hate: A symbol! Spam: A code. Drugs: Maybe a pill.',
		],
		[
			'categories with one reason together',
			[
				verdict('Hate', 'review', null, 'It was refused.'),
				verdict('Spam', 'review', null, 'It was refused.'),
			],
			'Hate, Spam: It was refused.',
		],
		['that there is none', [verdict('Hate', 'block', 0.9, ' ')], 'Hate: the model gave no reason.'],
	])('say %s', (_what, categories, reasons) => {
		expect(reasonsOf({ decision: 'review', categories })).toBe(reasons);
	});

	test('are a text that a person can forward, with the file that they are about', async () => {
		const { outputs } = await quickRun(sandbox, MODERATE, await pictureItems('blue', 'red'));
		expect(outputs[0]?.[0]?.json['reasons']).toBe('');
		expect(outputs[1]?.[0]?.json['reasons']).toMatch(/^Sexual Content: .*mainly red\.$/);
		expect(Object.keys(outputs[1]?.[0]?.json ?? {})[0]).toBe('fileName');
	});
});

describe('Include Audit', () => {
	const AUDITED: INodeParameters = { ...MODERATE, options: { includeAudit: true } };

	test('is left out unless it is asked for', async () => {
		const { items } = await quickRun(sandbox, MODERATE, await pictureItems('blue'));
		expect(items[0]?.json).not.toHaveProperty('audit');
	});

	test('says by what an item was judged: the same rules and bytes have the same hashes', async () => {
		const bytes = await testMedia.picture(40, 30, { colour: 'blue' });
		const items = await Promise.all([itemWithFiles({ data: bytes }), itemWithFiles({ data: bytes })]);
		const { items: judged } = await quickRun(sandbox, { ...AUDITED, itemsPerPrediction: 2 }, items);
		const audits = judged.map(({ json }) => json['audit']);
		expect(audits[0]).toEqual({
			rulesHash: expect.stringMatching(/^[0-9a-f]{64}$/),
			reviewThreshold: 0.4,
			blockThreshold: 0.8,
			model: 'gemini-2-0-flash-lite',
			contentHash: createHash('sha256').update(bytes).digest('hex'),
			checkedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
			nodeVersion: 1,
		});
		expect(audits[1]).toMatchObject({ rulesHash: (audits[0] as { rulesHash: string }).rulesHash });
		const other = await quickRun(sandbox, { ...AUDITED, policies: ['hate'] }, items.slice(0, 1));
		expect((other.items[0]?.json['audit'] as { rulesHash: string }).rulesHash).not.toBe(
			(audits[0] as { rulesHash: string }).rulesHash,
		);
	});

	test('names the model that has answered, where that is a fallback', async () => {
		sandbox.scenario.withdrawnAfter = { 'gemini-2-0-flash-lite': 0 };
		const options = { includeAudit: true, fallbackModels: 'sandbox-picture-words' };
		const { items } = await quickRun(sandbox, { ...MODERATE, options }, await pictureItems('blue'));
		expect(items[0]?.json['audit']).toMatchObject({ model: 'sandbox-picture-words' });
		expect(items[0]?.json['model']).toBe('sandbox-picture-words');
	});

	test('has a hash for each of several files, and none for an address', async () => {
		const [one, two] = await Promise.all([testMedia.picture(40, 30), testMedia.picture(41, 30)]);
		const { items } = await quickRun(sandbox, { ...AUDITED, binaryPropertyName: 'one,two' }, [
			await itemWithFiles({ one, two }),
		]);
		expect(items[0]?.json['audit']).toMatchObject({
			contentHashes: [one, two].map((bytes) => createHash('sha256').update(bytes).digest('hex')),
		});
		const byUrl = await quickRun(
			sandbox,
			{ ...AUDITED, inputType: 'url', imageUrls: 'https://example.com/a.png' },
			[{ json: {} }],
		);
		expect(byUrl.items[0]?.json['audit']).toMatchObject({ contentHash: null });
	});
});

test.each(['={{ ["drugs", "Minors"] }}', '={{ "Drugs, minors" }}', '={{ "[\\"drugs\\", \\"minors\\"]" }}'])(
	'policies may come from an expression: %s',
	async (policies) => {
		const { items } = await quickRun(sandbox, { ...MODERATE, policies }, await pictureItems('blue'));
		const verdicts = items[0]?.json['categories'] as Array<{ category: string }>;
		expect(verdicts.map(({ category }) => category)).toEqual(['Drugs', 'Minors']);
	},
);
