import type { INodeParameters } from 'n8n-workflow';

import { answering, type FaultPlan } from '../../faults/FaultPlan';
import { FaultServer } from '../../faults/FaultServer';
import type { CallName } from '../../faults/Fault';
import { runNode, type NodeRun, type NodeRunOptions } from '../../support/runNode';
import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';
import { sandboxPerTest } from './sandboxPerTest';
import { closingHint } from '../../support/closingHint';
import { hurryEachTest } from '../../support/hurryHostClock';

hurryEachTest(5);

const modelId = (value: string) => ({ __rl: true, mode: 'id', value });

/** What the service can answer that ends an item, as it reads in n8n: what happened, what to do, and an id for the support. */
describe('what the service says no to', () => {
	const sandbox = sandboxPerTest();

	const run = async (
		parameters: INodeParameters = {},
		options: INodeParameters = {},
		settings: Partial<NodeRunOptions> = {},
	): Promise<NodeRun> => {
		const isPrediction = parameters.resource === 'prediction';
		return await runNode({
			baseUrl: sandbox.baseUrl,
			parameters: isPrediction
				? parameters
				: {
						resource: 'image',
						operation: 'analyze',
						text: 'What is it?',
						...parameters,
						options: { pollInterval: 0.5, ...options },
					},
			items: [isPrediction ? { json: {} } : await itemWithFiles({ data: await testMedia.picture(40, 30) })],
			...settings,
		});
	};

	/** The id under which the service knows the request that it refused last. */
	const refusedRequestId = () =>
		sandbox.ledger.requests.findLast(({ status }) => status >= 400)?.headers['x-request-id'] ?? 'none';

	/** The same for a model's description, by today's route. */
	const askedForModelId = () =>
		sandbox.ledger.requests.findLast(({ path }) => path.startsWith('/v1/models/'))?.headers['x-request-id'] ??
		'none';

	const refusedCreateId = () =>
		sandbox.ledger.requests.findLast(({ method, status }) => method === 'POST' && status >= 400)?.headers[
			'x-request-id'
		] ?? 'none';

	const told = ({ status, error }: NodeRun) => ({
		status,
		message: error?.message,
		description: error?.description,
	});

	test('a key that is wrong', async () => {
		sandbox.scenario.apiKeys = ['the-right-one'];
		expect(told(await run())).toEqual({
			status: 'error',
			message: 'Each Labs did not accept the API key',
			description: `Open the Each Labs credential of this node and paste a key that is active in your Each Labs dashboard. Each Labs says: The API key is missing or does not work. (request ID ${refusedRequestId()}) Nothing was charged for this item.`,
		});
	});

	test('a balance that is too low', async () => {
		sandbox.scenario.balanceUsd = -0.5;
		expect(told(await run())).toEqual({
			status: 'error',
			message: 'The balance of your Each Labs account is too low',
			description: `Top up the balance in your Each Labs dashboard, then run the workflow again. Each Labs says: payment required - What your executions in flight are estimated to cost, with this one, exceeds your balance ($-0.50). Wait for one of them to finish, or top up. (request ID ${refusedRequestId()}) Nothing was charged for this item.`,
		});
		expect(sandbox.ledger.refusedCreates).toHaveLength(1);
	});

	test('a balance that runs out while predictions are in flight waits for them, and for their bill', async () => {
		// The first prediction costs more than there is.
		sandbox.scenario.balanceUsd = 0.000001;
		const { items, status } = await run(
			{},
			{ maxConcurrency: 1 },
			{
				onError: 'continueRegularOutput',
				items: await Promise.all(
					[40, 41].map(async (width) => await itemWithFiles({ data: await testMedia.picture(width, 30) })),
				),
			},
		);
		expect(status).toBe('success');
		// The one whose file was uploaded first is the one that is paid for.
		expect(items.flatMap(({ json }) => json.error ?? [])).toEqual([
			'The balance of your Each Labs account is too low',
		]);
		expect(items.filter(({ json }) => json.text !== undefined)).toHaveLength(1);
	});

	test('a full account, for longer than an item may take', async () => {
		sandbox.scenario.accountCap = 0;
		expect(told(await run({}, { maxWait: 10 }))).toEqual({
			status: 'error',
			message: 'Your Each Labs account had no free place for this prediction for 10 seconds',
			description: `Other workflows with the same key may hold the places: let them finish, or raise the option 'Max Wait'. With a balance above 10 USD, Each Labs lets more predictions run at once: if nothing of yours is running, top up the account. Each Labs says: too many requests - Account rate limited: with a balance of $10.00 or less, accounts are limited to 0 concurrent executions. Keep more than $10.00, or wait for an active execution to finish. (request ID ${refusedRequestId()}) Nothing was charged for this item.`,
		});
		expect(sandbox.ledger.predictions).toEqual([]);
	});

	test('an account that is full for a while is waited for, with a hint that names its cap', async () => {
		Object.assign(sandbox.scenario, { accountCap: 6, runTimeMs: { min: 380, max: 450 } });
		const items = await Promise.all(
			Array.from({ length: 30 }, async (_, index) => {
				return await itemWithFiles({ data: await testMedia.picture(40 + index, 30) });
			}),
		);
		const done = await run({}, {}, { items });
		expect(done.status).toBe('success');
		expect(done.items.map(({ json }) => /(\d+)×30/.exec(json.text as string)?.[1])).toEqual(
			items.map((_, index) => String(40 + index)),
		);
		expect(sandbox.ledger.predictions).toHaveLength(30);
		expect(sandbox.ledger.maxInFlight).toBe(6);
		expect(sandbox.ledger.refusedCreates.length).toBeGreaterThan(0);
		expect(sandbox.ledger.refusedCreates.length).toBeLessThanOrEqual(0.35 * 30);
		expect(done.hints.map(({ message }) => message)).toEqual([
			'Your Each Labs account let fewer predictions run at once than this node could have used, so it took longer. Each Labs says: too many requests - Account rate limited: with a balance of $10.00 or less, accounts are limited to 6 concurrent executions. Keep more than $10.00, or wait for an active execution to finish.',
			closingHint,
		]);
	});

	test.each([
		{ label: 'that never was', slug: 'gemini-9' },
		{ label: 'that was withdrawn', slug: 'sandbox-retired-words' },
		{ label: 'that is the default, withdrawn', slug: 'gemini-2-0-flash-lite' },
	])('a model $label', async ({ slug }) => {
		sandbox.scenario.withdrawnModels = ['gemini-2-0-flash-lite'];
		expect(told(await run({ modelId: modelId(slug) }))).toEqual({
			status: 'error',
			message: `The model '${slug}' does not exist at Each Labs, or was withdrawn`,
			description: `'sandbox-picture-words' and 'sandbox-media-search' are there and can be asked about images: choose such a model in the parameter 'Model', or name it in the option 'Fallback Models', so that the next run goes on by itself. Each Labs says: There is no model "${slug}". (request ID ${askedForModelId()}) Nothing was charged for this item.`,
		});
		expect(sandbox.ledger.presigns).toBe(0);
		expect(sandbox.ledger.refusedCreates).toEqual([]);
	});

	test('a model that is withdrawn between its description and the create', async () => {
		// The catalogue is away, so that the node goes by what it knows of the default model.
		Object.assign(sandbox.scenario, {
			catalogueAvailable: false,
			withdrawnModels: ['gemini-2-0-flash-lite'],
		});
		expect(told(await run())).toMatchObject({
			message: "The model 'gemini-2-0-flash-lite' does not exist at Each Labs, or was withdrawn",
			description: expect.stringContaining(`(request ID ${refusedCreateId()})`),
		});
		const created = await run({
			resource: 'prediction',
			operation: 'create',
			modelId: modelId('gemini-9'),
			input: '{"prompt": "Hello"}',
		});
		expect(told(created)).toMatchObject({
			message: "The model 'gemini-9' does not exist at Each Labs, or was withdrawn",
		});
	});

	test.each([
		{
			label: 'an envelope and "failed"',
			failure: { style: 'envelope', status: 'failed', code: 'content_policy', message: 'It shows a secret.' },
			reason: 'It shows a secret. (content_policy)',
			message: "The model's provider refused the request: It shows a secret. (content_policy)",
		},
		{
			label: 'an envelope and "error"',
			failure: { style: 'envelope', status: 'error', code: '', message: 'It shows a secret.' },
			reason: 'It shows a secret.',
		},
		{
			label: 'logs and "failed"',
			failure: { style: 'logs', status: 'failed', message: 'loading\nout of memory on worker 7\n' },
			reason: 'out of memory on worker 7',
		},
		{
			label: 'logs and "error"',
			failure: { style: 'logs', status: 'error', message: '' },
			reason: 'it gave no reason',
		},
	] as const)('a prediction that failed, told by $label', async ({ failure, reason, ...row }) => {
		sandbox.scenario.failPrediction = () => failure;
		const done = await run();
		expect(told(done)).toEqual({
			status: 'error',
			message: 'message' in row ? row.message : `The model could not finish the prediction: ${reason}`,
			description: expect.stringMatching(/^[A-Z].+\. Nothing was charged for it\. \(prediction ID [\w-]+\)$/),
		});
		expect(done.error?.description).toContain(sandbox.ledger.predictions[0]?.id);

		const fetched = await run({
			resource: 'prediction',
			operation: 'get',
			predictionId: sandbox.ledger.predictions[0]?.id ?? '',
		});
		expect(fetched.items[0]?.json).toEqual({
			predictionId: sandbox.ledger.predictions[0]?.id,
			status: failure.status,
			reason: reason === 'it gave no reason' ? null : reason,
			cost: 0,
			predictTime: expect.any(Number),
		});
	});

	test('a prediction that takes too long is cancelled', async () => {
		sandbox.scenario.runTimeMs = { min: 20_000, max: 20_000 };
		const done = await run({}, { maxWait: 5 });
		const [prediction] = sandbox.ledger.predictions;
		expect(told(done)).toEqual({
			status: 'error',
			message: 'The prediction was not finished within 5 seconds',
			description: `The prediction ${prediction?.id} was cancelled at Each Labs. Raise the option 'Max Wait' if the model needs longer. If it finished all the same, 'Prediction → Get' fetches its result: prediction ID ${prediction?.id}.`,
		});
		expect(prediction).toMatchObject({ status: 'cancelled', cancelRequests: 1, billedUsd: 0 });
	});

	test('a prediction that takes too long and is not stopped by a cancel', async () => {
		Object.assign(sandbox.scenario, { cancelObeyed: false, runTimeMs: { min: 20_000, max: 20_000 } });
		const done = await run({}, { maxWait: 5 });
		expect(told(done)).toEqual({
			status: 'error',
			message: 'The prediction was not finished within 5 seconds',
			description: `Each Labs was asked to cancel the prediction ${sandbox.ledger.predictions[0]?.id}, but it may still be running. Raise the option 'Max Wait' if the model needs longer. If it finished all the same, 'Prediction → Get' fetches its result: prediction ID ${sandbox.ledger.predictions[0]?.id}.`,
		});
	});

	test('a prediction that somebody else cancels', async () => {
		sandbox.scenario.runTimeMs = { min: 20_000, max: 20_000 };
		const running = run();
		while (sandbox.ledger.predictions.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
		const id = sandbox.ledger.predictions[0]?.id ?? '';
		await run({ resource: 'prediction', operation: 'cancel', predictionId: id });
		expect(told(await running)).toEqual({
			status: 'error',
			message: 'The prediction was cancelled at Each Labs before it was finished',
			description: `Somebody cancelled it in the dashboard or in another workflow. Run the item again if you still want its result. (prediction ID ${id})`,
		});
	});

	test.each(['get', 'cancel'])('prediction.%s of an id that the account does not have', async (operation) => {
		expect(told(await run({ resource: 'prediction', operation, predictionId: 'p-1' }))).toEqual({
			status: 'error',
			message: "Each Labs knows no prediction with the ID 'p-1'",
			description: `Check the ID, and that the credential belongs to the account which created the prediction. Each Labs says: There is no such prediction. (request ID ${refusedRequestId()})`,
		});
	});

	test('prediction.create with a field that the model does not have', async () => {
		const done = await run({
			resource: 'prediction',
			operation: 'create',
			modelId: modelId('sandbox-media-search'),
			input: '{"prompt": "Hello", "colour": "red"}',
		});
		expect(told(done)).toEqual({
			status: 'error',
			message: 'Each Labs refused the request',
			description: expect.stringMatching(
				/^Check the parameters of this item\. Each Labs says: input\.colour is not a field of sandbox-media-search, whose fields are media_urls, prompt, google_search - .* \(request ID [\w-]{36}\) Nothing was charged for this item\.$/,
			),
		});
	});

	test('nothing at all, since nobody listens', async () => {
		// A port that was free a moment ago.
		const { baseUrl } = sandbox;
		const done = await run({}, { maxWait: 20 }, { baseUrl: baseUrl.replace(/\d+$/, '1') });
		expect(told(done)).toEqual({
			status: 'error',
			message: 'Each Labs could not be reached',
			description: expect.stringMatching(
				/^The connection was refused\. Check the network of your n8n host and the 'Base URL' in the credential, then try again\. \(request ID [\w-]{36}\) Nothing was charged for this item\.$/,
			),
		});
	});
});

/** Gateways, firewalls and servers in between change answers, or give their own. */
describe('an answer that somebody on the way has changed', () => {
	let server: FaultServer | undefined;
	beforeEach(async () => {
		server = await FaultServer.start();
	});
	afterEach(async () => {
		await server?.close();
	});

	const run = async (plan: FaultPlan, options: INodeParameters = {}) => {
		if (server === undefined) throw new Error('No server runs');
		server.plan = plan;
		const item = await itemWithFiles({ data: await testMedia.picture(40, 30) });
		const { items } = await runNode({
			baseUrl: server.baseUrl,
			parameters: {
				resource: 'image',
				operation: 'analyze',
				text: 'What is it?',
				options: { pollInterval: 0.5, ...options },
			},
			items: [item],
			onError: 'continueRegularOutput',
		});
		const { predictions, files } = server.sandbox.ledger;
		return { json: items[0]?.json ?? {}, predictions, files };
	};
	const rewriting = (call: CallName, change: (body: string) => string): FaultPlan => ({
		treat: ({ name }) =>
			name === call ? { rewrite: (answer) => ({ ...answer, body: change(answer.body) }) } : undefined,
		refuses: () => false,
	});
	const changed = (body: string, change: (fields: Record<string, unknown>) => object): string =>
		JSON.stringify(change(JSON.parse(body) as Record<string, unknown>));

	test.each<[string, CallName, (body: string) => string]>([
		...(['model', 'presign', 'create', 'poll'] as const).map(
			(call): [string, CallName, (body: string) => string] => [
				`a byte order mark before the answer to ${call}`,
				call,
				(body) => `\ufeff${body}`,
			],
		),
		[
			'blanks around an id',
			'create',
			(body) => changed(body, (it) => ({ ...it, predictionID: ` ${String(it['predictionID'])}\n` })),
		],
		[
			'a header that is a number, and one that is null',
			'presign',
			(body) =>
				changed(body, (it) => ({
					...it,
					required_headers: {
						...(it['required_headers'] as object),
						'x-amz-meta-size': 5,
						'x-amz-acl': null,
					},
				})),
		],
		[
			'a slug in capitals',
			'model',
			(body) => changed(body, (it) => ({ ...it, slug: String(it['slug']).toUpperCase() })),
		],
	])('is read all the same: %s', async (_, call, change) => {
		const { json, predictions } = await run(rewriting(call, change));
		expect(json['text']).toContain('Sandbox answer');
		expect(json['predictionId']).toBe(predictions[0]?.id);
		expect(predictions).toHaveLength(1);
	});

	const page = (status: number, title: string) => ({
		status,
		headers: { 'content-type': 'text/html' },
		body: `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body></body></html>`,
	});

	test.each([
		[403, 'Attention Required! | Cloudflare', 'create'],
		[413, '413 Request Entity Too Large', 'create'],
		[404, '404 Not Found', 'create'],
		[404, '404 Not Found', undefined],
		[407, 'Proxy Authentication Required', undefined],
		[401, 'Corporate gateway', undefined],
	])("a page with status %i is nobody's word on keys and models: %s (%s)", async (status, title, call) => {
		const { json, predictions } = await run(
			answering(({ name }) => (call === undefined || name === call ? page(status, title) : undefined)),
		);
		expect(json).toMatchObject({
			error: `A web page came in place of an answer of Each Labs (status ${status}): ${title}`,
			details: {
				description: expect.stringMatching(/^Check the 'Base URL' .* Nothing was charged for this item\.$/),
			},
		});
		expect(predictions).toEqual([]);
	});

	test('a page with status 200 in place of the storage is no upload, so that nothing is bought for a file that is not there', async () => {
		const { json, predictions } = await run(
			answering(({ name }) => (name === 'put' ? page(200, 'Sign in') : undefined)),
			{ maxWait: 8 },
		);
		expect(json['error']).toContain('a web page came in place of an answer');
		expect(predictions).toEqual([]);
	});

	test('a page is no word that a file was deleted', async () => {
		const { json, files } = await run(
			answering(({ name, ordinal }) =>
				name === 'delete' && ordinal < 3 ? page(ordinal === 1 ? 200 : 404, 'Sign in') : undefined,
			),
		);
		expect(json['text']).toContain('Sandbox answer');
		expect(files.map(({ deleted }) => deleted)).toEqual([true]);
	});

	test.each([
		['text/plain', 'prompt is too long', 'prompt is too long'],
		['application/json', '{"detail":[{"loc":["body","prompt"],"msg":"field required"}]}', 'field required'],
		['application/problem+json', '{"title":"Bad Request","detail":"no images"}', 'no images'],
		['application/json', '{"errors":[{"message":"no images"}]}', 'no images'],
		['application/xml', '<?xml version="1.0"?><Error><Message>Too large</Message></Error>', 'Too large'],
	])('a refusal in another form (%s) is quoted: %s', async (type, body, words) => {
		const { json } = await run(
			answering(({ name }) =>
				name === 'create' ? { status: 400, headers: { 'content-type': type }, body } : undefined,
			),
		);
		expect(json).toMatchObject({
			error: 'Each Labs refused the request',
			details: { description: expect.stringContaining(words) },
		});
	});
});
