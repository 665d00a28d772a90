// A stop before the first poll, where creates are answered with the IDs of predictions that are somebody else's.
import type { INodeParameters } from 'n8n-workflow';

import { FaultServer } from '../../faults/FaultServer';
import { until } from '../../faults/until';
import { runNode } from '../../support/runNode';
import { pictureItems } from './quickRun';
import { hurryEachTest } from '../../support/hurryHostClock';

hurryEachTest(5);

const MODEL = 'gemini-2-0-flash-lite';
const modelId = { __rl: true, mode: 'id', value: MODEL };
const QUESTION = 'What is it?';
const analyze = { resource: 'image', operation: 'analyze', text: QUESTION };
const run = {
	resource: 'model',
	operation: 'run',
	modelId,
	inputFields: { value: { prompt: QUESTION } },
	inputFiles: { files: [{ binaryPropertyName: 'data', modelField: '' }] },
};
const create = {
	resource: 'prediction',
	operation: 'create',
	modelId,
	input: JSON.stringify({ prompt: QUESTION, image_urls: [] }),
};

/** Stops a run over four pictures as soon as three creates are answered, the second one with the ID of a stranger. */
async function stopEarly(parameters: INodeParameters, strangersPrompt: string) {
	const server = await FaultServer.start({
		// The fourth picture waits for a place.
		scenario: { accountCap: 4, runTimeMs: { min: 60_000, max: 60_000 } },
	});
	const { predictions } = server.sandbox.ledger;
	const stop = new AbortController();
	try {
		await fetch(`${server.sandbox.baseUrl}/v1/prediction`, {
			method: 'POST',
			headers: { Authorization: 'Bearer test-key', 'Content-Type': 'application/json' },
			body: JSON.stringify({ model: MODEL, input: { prompt: strangersPrompt, image_urls: [] } }),
		});
		const [strangers] = predictions;
		server.plan = {
			treat: ({ name, ordinal }) =>
				name === 'create' && ordinal === 2
					? {
							rewrite: (answer) => ({
								...answer,
								body: JSON.stringify({ status: 'success', predictionID: strangers?.id }),
							}),
						}
					: undefined,
			refuses: () => false,
		};
		const running = runNode({
			baseUrl: server.baseUrl,
			items: await pictureItems('red', 'green', 'blue', 'white'),
			signal: stop.signal,
			parameters,
		});
		const answered = (status: number) =>
			server.ledger.requests.filter((request) => request.name === 'create' && request.status === status);
		await until(() => answered(200).length === 3 && answered(429).length > 0, 20_000);
		stop.abort();
		const { status, error } = await running;
		expect(status).toBe('canceled');
		expect(answered(200)).toHaveLength(3);
		return { error, strangers, own: predictions.slice(1) };
	} finally {
		await server.close();
	}
}

describe("somebody else's prediction is not cancelled, and the own ones are", () => {
	test.each<[string, INodeParameters, string]>([
		['Analyze', analyze, 'Something else'],
		['Analyze, beside the same words', analyze, QUESTION],
		['Analyze, not waiting', { ...analyze, options: { waitForResult: false } }, QUESTION],
		['Model → Run', run, QUESTION],
		['Model → Run, not waiting', { ...run, options: { waitForResult: false } }, 'Something else'],
	])(
		'%s',
		async (_job, parameters, prompt) => {
			const { strangers, own } = await stopEarly(parameters, prompt);
			expect(strangers?.cancelRequests).toBe(0);
			expect(own.map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'cancelled']);
		},
		20_000,
	);

	test("Prediction → Create, whose own can't be told from others: it is said which it may be", async () => {
		const { error, strangers, own } = await stopEarly(create, 'Something else');
		expect(strangers?.cancelRequests).toBe(0);
		const left = own.filter(({ status }) => status !== 'cancelled').map(({ id }) => id);
		expect(left).toHaveLength(1);
		expect(error?.message).toContain('Submission outcome unknown');
		expect(error?.description).toContain(`may be it: ${left.join()}`);
	}, 20_000);
});
