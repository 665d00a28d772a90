import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { faultAt } from '../../faults/FaultPlan';
import { FaultServer } from '../../faults/FaultServer';
import { runNode, type NodeRun, type NodeRunOptions } from '../../support/runNode';
import { sandboxPerTest } from './sandboxPerTest';
import { hurryEachTest } from '../../support/hurryHostClock';

hurryEachTest(5);

const MODEL = 'sandbox-media-search';
/** 14:00 in the time zone of a workflow that sets none, which is n8n's default: New York. */
const EVENING = '2026-08-21T18:00:00.000Z';

const APIS = [
	{ api: 'november', executions: '/v2/executions', first: '' },
	{ api: 'august', executions: '/v1/executions', first: '&offset=0' },
] as const;

/** The operations that list things, or tell of one: they pay nothing, and one item may become many. */
describe.each(APIS)('lists, with the API of $api', ({ api, executions, first }) => {
	const sandbox = sandboxPerTest({ api, accountCap: null, runTimeMs: { min: 5, max: 5 } });

	const run = async (
		parameters: INodeParameters,
		items: INodeExecutionData[] = [{ json: {} }],
		settings: Partial<NodeRunOptions> = {},
	): Promise<NodeRun> => await runNode({ baseUrl: sandbox.baseUrl, parameters, items, ...settings });

	/** What the sandbox was asked for, by routes that it has, e.g. `/v1/models?limit=50&offset=0`. */
	const asked = () =>
		sandbox.ledger.requests
			.filter(({ method, status }) => method === 'GET' && status !== 404)
			.map(({ path, query }) => `${path}${decodeURIComponent(query)}`);

	const create = async (body: object): Promise<void> => {
		const { status } = await fetch(`${sandbox.baseUrl}/v1/prediction`, {
			method: 'POST',
			headers: { authorization: 'Bearer test-key', 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		expect(status).toBe(200);
	};

	/** Creates predictions one after the other, and waits for their end; afterwards the requests are forgotten. */
	const createPredictions = async (count: number, model = MODEL): Promise<void> => {
		for (let ordinal = 0; ordinal < count; ordinal++) {
			await create({ model, input: { prompt: `Question ${ordinal}?` } });
		}
		const isOver = () => sandbox.ledger.predictions.every(({ settledAtMs }) => settledAtMs !== undefined);
		while (!isOver()) await new Promise((resolve) => setTimeout(resolve, 5));
		sandbox.ledger.requests.splice(0);
	};

	const newestFirst = () => [...sandbox.ledger.predictions].reverse();

	describe('prediction.getMany', () => {
		const getMany: INodeParameters = { resource: 'prediction', operation: 'getMany' };

		test('gives an output item for each prediction, newest first, with what the list has of it', async () => {
			sandbox.scenario.failPrediction = (_, ordinal) =>
				ordinal === 1 ? { style: 'envelope', status: 'failed', message: 'Too dark.' } : null;
			await createPredictions(3);
			const { status, outputs } = await run(getMany);
			expect(status).toBe('success');
			expect(outputs).toHaveLength(1);
			expect(outputs[0]).toEqual(
				newestFirst().map(({ id, billedUsd, createdAtMs, settledAtMs = 0 }, index) => ({
					json: {
						predictionId: id,
						model: MODEL,
						status: index === 1 ? 'error' : 'success',
						...(index !== 1 && {
							text: `Sandbox answer, not the model's: you asked "Question ${2 - index}?". No medium was sent.`,
						}),
						cost: billedUsd,
						predictTime: (settledAtMs - createdAtMs) / 1_000,
						createdAt: new Date(createdAtMs).toISOString(),
						completedAt: new Date(settledAtMs).toISOString(),
					},
					pairedItem: { item: 0 },
				})),
			);
			expect(asked()).toEqual([`${executions}?limit=50${first}`]);
		});

		test('one that is in progress has no end and no text, and with Simplify Output off the entry is beside it', async () => {
			sandbox.scenario.runTimeMs = { min: 60_000, max: 60_000 };
			await create({ model: MODEL, input: { prompt: 'Hello?' } });
			const { items } = await run({ ...getMany, simplify: false });
			const [prediction] = sandbox.ledger.predictions;
			const createdAt = new Date(prediction?.createdAtMs ?? NaN).toISOString();
			expect(items[0]?.json).toEqual({
				predictionId: prediction?.id,
				model: MODEL,
				status: 'created',
				cost: 0,
				predictTime: 0,
				createdAt,
				completedAt: null,
				prediction: expect.objectContaining({ id: prediction?.id, execution_cost: 0, created_at: createdAt }),
			});
		});

		test.each([
			{ label: '50 unless a limit is set', parameters: {}, count: 50, pages: [[50, 0]] },
			{
				label: 'as many as the limit, over several pages',
				parameters: { limit: 120 },
				count: 120,
				pages: [
					[100, 0],
					[100, 100],
				],
			},
			{
				label: 'all, until a page is short',
				parameters: { returnAll: true, limit: 1 },
				count: 230,
				pages: [
					[100, 0],
					[100, 100],
					[100, 200],
				],
			},
		])('gives $label', async ({ parameters, count, pages }) => {
			await createPredictions(230);
			const { items, hints } = await run({ ...getMany, ...parameters });
			expect(items.map(({ json }) => json.predictionId)).toEqual(
				newestFirst()
					.slice(0, count)
					.map(({ id }) => id),
			);
			const places = asked().map((path) => {
				const { searchParams } = new URL(path, 'http://any.test');
				return searchParams.get('cursor') ?? searchParams.get('offset') ?? '0';
			});
			expect(places.map((place) => place !== '0')).toEqual(pages.map(([, offset]) => offset !== 0));
			expect(new Set(places).size).toBe(pages.length);
			expect(hints).toEqual([]);
		});

		test('keeps the order of the input items, pairs each result, and gives nothing for an empty list', async () => {
			await createPredictions(2, MODEL);
			await createPredictions(1, 'sandbox-picture-maker');
			const { status, items } = await run(
				{ ...getMany, filters: { modelId: { __rl: true, mode: 'id', value: '={{ $json.model }}' } } },
				['sandbox-picture-maker', 'gemini-2-0-flash-lite', MODEL].map((model) => ({ json: { model } })),
			);
			expect(status).toBe('success');
			const [maker, second, first] = newestFirst();
			expect(items.map(({ json, pairedItem }) => [json.predictionId, pairedItem])).toEqual([
				[maker?.id, { item: 0 }],
				[second?.id, { item: 2 }],
				[first?.id, { item: 2 }],
			]);
		});

		test.each<[string, INodeParameters, string]>([
			['a model from the list', { modelId: { __rl: true, mode: 'list', value: MODEL } }, `&model=${MODEL}`],
			['a model as text', { modelId: ` ${MODEL} ` }, `&model=${MODEL}`],
			['no model, since it is empty', { modelId: { __rl: true, mode: 'list', value: '' } }, ''],
			['statuses', { status: ['success', 'error'] }, '&status=success,error'],
			['statuses as text', { status: '={{ "created,starting" }}' }, '&status=created,starting'],
			['a time with its offset', { from: '2026-08-21T20:00:00+02:00' }, `&from=${EVENING}`],
			[
				'a time of the calendar, which is one of the time zone of the workflow',
				{ from: '2026-08-21T14:00:00' },
				`&from=${EVENING}`,
			],
			['a time in winter', { to: '2026-01-21T14:00:00' }, '&to=2026-01-21T19:00:00.000Z'],
			['a time with a space in it', { to: '2026-08-21 14:00:00' }, `&to=${EVENING}`],
			['a day', { from: '2026-08-21' }, '&from=2026-08-21T04:00:00.000Z'],
			["n8n's own dates", { to: '={{ DateTime.fromISO("2026-08-21T18:00:00Z") }}' }, `&to=${EVENING}`],
			['a date object', { to: '={{ new Date(Date.UTC(2026, 7, 21, 18)) }}' }, `&to=${EVENING}`],
			['nothing, where an expression gives nothing', { from: '={{ $json.nothing }}', status: [] }, ''],
		])('asks for %s', async (_label, filters, query) => {
			const { status, error } = await run({ ...getMany, filters });
			expect({ status, error }).toEqual({ status: 'success' });
			expect(asked()).toEqual([`${executions}?limit=50${first}${query}`]);
		});

		test('finds only what the filters let pass', async () => {
			await createPredictions(2, MODEL);
			const [older, newer] = sandbox.ledger.predictions;
			const at = (atMs = NaN) => new Date(atMs).toISOString();
			const found = async (filters: INodeParameters) =>
				(await run({ ...getMany, filters })).items.map(({ json }) => json.predictionId);
			expect(await found({ from: at(newer?.createdAtMs) })).toContain(newer?.id);
			expect(await found({ to: at((older?.createdAtMs ?? 0) - 1) })).toEqual([]);
			expect(await found({ status: ['success'] })).toEqual([newer?.id, older?.id]);
			expect(await found({ status: ['error', 'created'] })).toEqual([]);
		});

		test('a status by which the service has no list is refused, and names those it has', async () => {
			const { error } = await run({ ...getMany, filters: { status: '={{ ["paused"] }}' } });
			expect(asked()).toEqual([]);
			expect(error?.message).toBe(
				"The filter 'Status' is 'paused', by which Each Labs can't list predictions",
			);
			expect(error?.description).toContain('created, starting, success or error');
		});

		test('an item that fails leaves the others alone, in their order', async () => {
			await createPredictions(2);
			const { status, items } = await run(
				{ ...getMany, limit: '={{ $json.limit }}' },
				[2, 0, 1].map((limit) => ({ json: { limit } })),
				{ onError: 'continueRegularOutput' },
			);
			const [newer, older] = newestFirst();
			expect(status).toBe('success');
			expect(items.map(({ json, pairedItem }) => [json.predictionId ?? json.error, pairedItem])).toEqual([
				[newer?.id, { item: 0 }],
				[older?.id, { item: 0 }],
				["The 'Limit' is 0; it has to be a whole number from 1 to 100,000", { item: 1 }],
				[newer?.id, { item: 2 }],
			]);
		});

		test('a stop ends it between two pages', async () => {
			await createPredictions(230);
			sandbox.scenario.latencyMs = 100;
			const stop = new AbortController();
			const running = run({ ...getMany, returnAll: true }, undefined, { signal: stop.signal });
			while (asked().length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
			stop.abort();
			expect((await running).status).toBe('canceled');
			expect(asked()).toHaveLength(2);
		});

		test('an item that ends the run does not say that listed predictions were made by it', async () => {
			await createPredictions(2);
			const { error } = await run(
				{ ...getMany, filters: { status: '={{ $json.status }}' } },
				['success', 'paused'].map((status) => ({ json: { status } })),
			);
			expect(error?.message).toContain("The filter 'Status' is 'paused'");
			expect(error?.description).not.toContain('had been created');
		});
	});

	describe('model.get', () => {
		const get = (slug: string, more: INodeParameters = {}): INodeParameters => ({
			resource: 'model',
			operation: 'get',
			modelId: { __rl: true, mode: 'id', value: slug },
			...more,
		});

		test('tells what a model is, and what its fields take', async () => {
			const { items } = await run(get('={{ $json.slug }}'), [
				{ json: { slug: 'sandbox-picture-words' } },
				{ json: { slug: 'gemini-2-0-flash-lite' } },
			]);
			expect(items[0]).toEqual({
				json: {
					slug: 'sandbox-picture-words',
					title: 'Sandbox Picture Words',
					version: '0.0.1',
					outputType: 'string',
					...(api === 'november' && {
						cost: expect.objectContaining({
							currency: 'USD',
							unit: 'million_tokens',
							min: 0.07,
							amount: null,
							estimate: '$0.07–$0.3 per million tokens, depending on token type',
						}),
					}),
					fields: [
						{ name: 'image_url', type: 'string', required: true, format: 'uri', description: 'The picture' },
						{ name: 'prompt', type: 'string', required: true, description: 'What to find out' },
						{
							name: 'system_prompt',
							type: 'string',
							required: false,
							default: '',
							description: 'How to answer',
						},
						{
							name: 'max_tokens',
							type: 'integer',
							required: false,
							default: 1024,
							minimum: 1,
							maximum: 8192,
							description: 'Longest answer',
						},
						{
							name: 'reasoning_effort',
							type: 'string',
							required: false,
							default: 'low',
							enum: ['minimal', 'low', 'medium', 'high'],
						},
					],
				},
				pairedItem: { item: 0 },
			});
			expect(items[1]).toMatchObject({ json: { title: 'Gemini 2.0 Flash Lite' }, pairedItem: { item: 1 } });
		});

		test('has its whole description beside it with Simplify Output off', async () => {
			const { items } = await run(get('sandbox-picture-tags', { simplify: false }));
			expect(items[0]?.json).toMatchObject({
				slug: 'sandbox-picture-tags',
				model: {
					slug: 'sandbox-picture-tags',
					output_type: 'array',
					request_schema: { type: 'object', required: ['image'] },
				},
			});
		});

		test('says where there is no such model', async () => {
			expect((await run(get('gemini-9'))).error?.message).toBe(
				"The model 'gemini-9' does not exist at Each Labs, or was withdrawn",
			);
		});
	});

	describe('model.getMany', () => {
		const getMany: INodeParameters = { resource: 'model', operation: 'getMany' };
		const slugs = ({ items }: NodeRun) => items.map(({ json }) => json.slug);

		test('lists the models as model.get gives them', async () => {
			const [many, one] = await Promise.all([
				run({ ...getMany, filters: { name: ' FLASH ' } }),
				run({ resource: 'model', operation: 'get' }),
			]);
			// Prices are in the description of a model only.
			for (const { json } of one.items) delete json['cost'];
			expect(many.items).toEqual(one.items);
			expect(asked()).toContain('/v1/models?limit=50&offset=0&name=FLASH');
		});

		test('gives all, or as many as the limit says', async () => {
			const all = await run({ ...getMany, returnAll: true });
			expect(slugs(all).length).toBeGreaterThan(5);
			expect(slugs(await run({ ...getMany, limit: 2 }))).toEqual(slugs(all).slice(0, 2));
			expect(asked()).toEqual(['/v1/models?limit=100&offset=0', '/v1/models?limit=2&offset=0']);
		});

		test('gives no item where none has the name', async () => {
			const { status, items } = await run({ ...getMany, filters: { name: 'no such' } });
			expect({ status, items }).toEqual({ status: 'success', items: [] });
		});
	});
});

describe('lists in a bad network', () => {
	let server: FaultServer;
	beforeEach(async () => {
		server = await FaultServer.start();
	});
	afterEach(async () => await server.close());

	const list = async (calls: number) => {
		server.plan = faultAt({
			fault: 'status503',
			call: 'executions',
			atCall: 1,
			calls,
			delivered: false,
		});
		return await runNode({
			baseUrl: server.baseUrl,
			parameters: { resource: 'prediction', operation: 'getMany' },
			items: [{ json: {} }],
		});
	};

	test('a page is asked for up to three times', async () => {
		expect((await list(2)).status).toBe('success');
		expect(server.ledger.requests).toHaveLength(3);
	});

	test('and then the item fails, so that no list passes for complete', async () => {
		const { status, error } = await list(Infinity);
		expect({ status, message: error?.message }).toEqual({
			status: 'error',
			message: 'Each Labs is not available right now (status 503)',
		});
	});

	test('a model is known by the catalogue alone, the default one as well', async () => {
		server.sandbox.scenario.catalogueAvailable = false;
		const { error } = await runNode({
			baseUrl: server.baseUrl,
			parameters: { resource: 'model', operation: 'get' },
			items: [{ json: {} }],
		});
		expect(error?.message).toBe('Each Labs is not available right now (status 503)');
	});
});
