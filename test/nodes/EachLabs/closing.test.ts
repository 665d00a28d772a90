import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { runNode, type NodeRunOptions } from '../../support/runNode';
import { pictureItems } from './quickRun';
import { sandboxPerTest } from './sandboxPerTest';

const ANALYZE = { resource: 'image', operation: 'analyze', text: 'What is it?' };
const MODERATE = { resource: 'image', operation: 'moderate', policies: ['violence'] };

describe('what a run tells when it is over, and on its way', () => {
	const sandbox = sandboxPerTest();

	beforeEach(() => {
		sandbox.scenario.runTimeMs = { min: 20, max: 40 };
	});

	const run = async (
		parameters: INodeParameters,
		items: INodeExecutionData[],
		options: Partial<NodeRunOptions> = {},
	) =>
		await runNode({
			parameters,
			items,
			baseUrl: sandbox.baseUrl,
			onError: 'continueRegularOutput',
			...options,
		});

	const lastHint = (done: Awaited<ReturnType<typeof run>>) => done.hints.at(-1)?.message;

	test('how many items, how long, and what all of them cost', async () => {
		const done = await run(ANALYZE, await pictureItems('red', 'blue', 'green'));
		const billed = sandbox.ledger.predictions.reduce((sum, { billedUsd }) => sum + billedUsd, 0);
		const usd = billed.toLocaleString('en-US', { maximumSignificantDigits: 3 });
		expect(lastHint(done)).toMatch(
			/^Run finished: 3 items in \d seconds?, \S+ USD \(estimated \S+ to \S+\); all succeeded\.$/,
		);
		expect(lastHint(done)).toContain(`, ${usd} USD (estimated`);
	});

	test('how many failed and how many a person is to look at', async () => {
		const items = await pictureItems('blue', 'orange', 'orange');
		const done = await run(MODERATE, [...items, { json: {} }]);
		expect(lastHint(done)).toMatch(/^Run finished: 4 items in .* USD.*; 1 failed, 2 to review\.$/);
	});

	test('how many another model has answered', async () => {
		sandbox.scenario.withdrawnModels = ['gemini-2-0-flash-lite'];
		const options = { fallbackModels: 'sandbox-picture-words' };
		const done = await run({ ...ANALYZE, options }, await pictureItems('red', 'blue'));
		expect(lastHint(done)).toMatch(/^Run finished: 2 items in .* USD.*; 2 by a fallback model\.$/);
	});

	test('that predictions which it does not wait for have been started', async () => {
		const done = await run({ ...ANALYZE, options: { waitForResult: false } }, await pictureItems('red'));
		expect(lastHint(done)).toMatch(
			/^Run finished: 1 item in \d+ seconds?, cost not known yet; all started\.$/,
		);
	});

	test('nothing of the kind where nothing is bought', async () => {
		const done = await run({ resource: 'account', operation: 'getBalance' }, [{ json: {} }]);
		expect(done.hints).toEqual([]);
	});

	test('how far it is, in the console of the browser, step by step and without what was asked', async () => {
		const said: unknown[][] = [];
		const listener = { consoleMessage: (...all: unknown[]) => said.push(all) };
		const colours = Array.from({ length: 40 }, () => 'red' as const);
		await run(ANALYZE, await pictureItems(...colours), { listener });
		expect(said).toEqual([10, 20, 30, 40].map((done) => ['[Node: "Each Labs"]', [`${done} of 40 done`]]));
	});
});
