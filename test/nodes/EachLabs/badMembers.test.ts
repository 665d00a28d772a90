import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { billedUsd, quickRun, shownUsd } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';
import { hurryEachTest } from '../../support/hurryHostClock';

hurryEachTest(5);

/** Requests of several items that some of them end: each of these ends its own item only. */
const CONTINUE = { onError: 'continueRegularOutput' } as const;
const ANALYZE: INodeParameters = {
	resource: 'image',
	operation: 'analyze',
	text: 'What is it?',
	inputType: 'url',
	imageUrls: '=https://example.com/{{ $itemIndex }}.png',
};
const FILTERED = { choices: [{ message: { content: null }, finish_reason: 'content_filter' }] };

const nItems = (count: number): INodeExecutionData[] => Array.from({ length: count }, () => ({ json: {} }));
const addressOf = (item: number) => `https://example.com/${item}.png`;
const failedItems = (items: INodeExecutionData[]): number[] =>
	items.flatMap(({ json }, position) => (json['error'] === undefined ? [] : [position]));

const sandbox = sandboxPerTest();
const urlsOf = (input: Record<string, unknown>) => (input['image_urls'] ?? []) as string[];
const badAmong = (input: Record<string, unknown>, bad: readonly number[]) =>
	bad.filter((item) => urlsOf(input).includes(addressOf(item)));

/** What a group of n may take: itself, and log2(n) + 2 for each bad member. */
const atMost = (size: number, bad: number) => 1 + bad * (Math.floor(Math.log2(size)) + 2);

describe('two bad members or more of a group', () => {
	test.each<[string, string, number[], number]>([
		['blocked, far apart', 'Request blocked by content moderation', [0, 19], 20],
		['blocked, side by side', 'Request blocked by content moderation', [9, 10], 20],
		['blocked, the first two', 'Request blocked by content moderation', [0, 1], 20],
		['unreadable, the last two', 'Could not decode image data', [18, 19], 20],
		['unreadable, three', 'Could not decode image data', [3, 4, 17], 20],
		['unreachable', 'Failed to fetch the url: 404', [5, 12], 20],
		['of a small group', 'Could not decode image data', [1, 2], 4],
		['of a group of three', 'Could not decode image data', [0, 2], 3],
		['all of a pair', 'Could not decode image data', [0, 1], 2],
	])('%s: each ends its own item only', async (_what, message, bad, size) => {
		sandbox.scenario.failPrediction = (input) =>
			badAmong(input, bad).length > 0 ? { style: 'envelope', status: 'failed', message } : null;
		const run = await quickRun(sandbox, { ...ANALYZE, itemsPerPrediction: size }, nItems(size), CONTINUE);
		expect(failedItems(run.items)).toEqual(bad);
		for (const item of bad) expect(run.items[item]?.json['error']).toContain(message);
		expect(sandbox.ledger.predictions.length).toBeLessThanOrEqual(atMost(size, bad.length));
		expect(shownUsd(run)).toBeCloseTo(billedUsd(sandbox), 12);
	});

	test.each<[string, (bad: readonly string[], input: string[]) => string, number]>([
		['together', (bad) => `Failed to download ${bad.join(' and ')}`, 2],
		['one by one', ([first]) => `Failed to download ${first}.`, 3],
		[
			'by position',
			([first = ''], input) => `image_urls[${input.indexOf(first)}]: failed to load the url`,
			3,
		],
	])('that the failure names %s are left out at once', async (_how, say, requests) => {
		// One address is the beginning of another.
		const bad = [1, 11];
		sandbox.scenario.failPrediction = (input) => {
			const found = badAmong(input, bad).map(addressOf);
			return found.length === 0
				? null
				: { style: 'envelope', status: 'failed', message: say(found, urlsOf(input)) };
		};
		const run = await quickRun(
			sandbox,
			{ ...ANALYZE, itemsPerPrediction: 12, imageUrls: '=https://example.com/{{ $itemIndex }}.png' },
			nItems(12),
			CONTINUE,
		);
		expect(failedItems(run.items)).toEqual(bad);
		expect(sandbox.ledger.predictions).toHaveLength(requests);
		expect(shownUsd(run)).toBeCloseTo(billedUsd(sandbox), 12);
	});

	test('a reason that repeats all addresses names none', async () => {
		sandbox.scenario.failPrediction = (input) =>
			badAmong(input, [2]).length > 0
				? {
						style: 'envelope',
						status: 'failed',
						message: `Could not decode image data of ${urlsOf(input).join(' ')}`,
					}
				: null;
		const run = await quickRun(sandbox, { ...ANALYZE, itemsPerPrediction: 4 }, nItems(4), CONTINUE);
		expect(failedItems(run.items)).toEqual([2]);
	});

	test('where all are blocked, the search ends, and each is asked about once more at most', async () => {
		sandbox.scenario.failPrediction = () => ({
			style: 'envelope',
			status: 'failed',
			message: 'Request blocked by content moderation',
		});
		const run = await quickRun(sandbox, { ...ANALYZE, itemsPerPrediction: 8 }, nItems(8), CONTINUE);
		expect(failedItems(run.items)).toHaveLength(8);
		expect(sandbox.ledger.predictions.length).toBeLessThanOrEqual(1 + 3 * 5 + 8);
	});
});

describe('an empty answer that the content rules have left of a whole group', () => {
	test.each([[[7]], [[0, 5]]])('is that of its members %j only', async (bad) => {
		sandbox.scenario.rewriteAnswer = ({ input }) => (badAmong(input, bad).length > 0 ? FILTERED : undefined);
		const run = await quickRun(sandbox, { ...ANALYZE, itemsPerPrediction: 8 }, nItems(8), CONTINUE);
		expect(failedItems(run.items)).toEqual(bad);
		for (const item of bad) expect(run.items[item]?.json).toMatchObject({ details: { failure: 'blocked' } });
		expect(sandbox.ledger.predictions.length).toBeLessThanOrEqual(atMost(8, bad.length));
		expect(shownUsd(run)).toBeCloseTo(billedUsd(sandbox), 12);
	});

	test('is review for these in Moderate, and lets the others pass', async () => {
		sandbox.scenario.rewriteAnswer = ({ input }) => (badAmong(input, [2]).length > 0 ? FILTERED : undefined);
		const run = await quickRun(
			sandbox,
			{ ...ANALYZE, operation: 'moderate', policies: ['violence'], itemsPerPrediction: 6 },
			nItems(6),
		);
		expect(run.status).toBe('success');
		const [passed = [], flagged = []] = run.outputs;
		expect(flagged.map(({ json, pairedItem }) => [pairedItem, json['decision']])).toContainEqual([
			{ item: 2 },
			'review',
		]);
		expect(passed.map(({ pairedItem }) => pairedItem)).not.toContainEqual({ item: 2 });
		expect(passed.length + flagged.length).toBe(6);
		expect(sandbox.ledger.predictions.length).toBeLessThanOrEqual(atMost(6, 1));
		expect(shownUsd(run)).toBeCloseTo(billedUsd(sandbox), 12);
	});
});
