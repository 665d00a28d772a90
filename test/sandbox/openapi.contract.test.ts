import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import {
	createInstance,
	getHttpOperationsFromSpec,
	type IHttpRequest,
	type IHttpResponse,
} from '@stoplight/prism-http';

import { startSandbox, type Sandbox } from '../../sandbox/startSandbox';
import { SandboxClient } from './SandboxClient';

/** Path of the vendor's OpenAPI description. It isn't part of the project, so whoever has it says where it is. */
const descriptionPath = process.env.EACHLABS_OPENAPI ?? '';
const isGiven = descriptionPath !== '';
if (isGiven && !existsSync(descriptionPath)) {
	throw new Error('EACHLABS_OPENAPI names a file that does not exist');
}

type Operations = Awaited<ReturnType<typeof getHttpOperationsFromSpec>>;

interface Judgement {
	answer: IHttpResponse;
	/** What is wrong with the request, and with the answer, in Prism's words with the place in front. */
	requestFaults: string[];
	answerFaults: string[];
}

/** The parts of the description that are needed to see which of an answer's fields it names. */
interface DescribedSchemas {
	components: { schemas: Record<string, { properties: Record<string, unknown> }> };
}

type SilentLogger = Parameters<typeof createInstance>[1]['logger'];

function createSilentLogger(): SilentLogger {
	const nothing = (): undefined => undefined;
	const logger = {
		child: () => logger,
		trace: nothing,
		debug: nothing,
		info: nothing,
		warn: nothing,
		error: nothing,
	};
	return logger as unknown as SilentLogger;
}

/** Sends a request to `upstream` through Prism, which judges both directions by the description. */
async function judge(operations: Operations, upstream: string, request: IHttpRequest): Promise<Judgement> {
	const prism = createInstance(
		{
			isProxy: true,
			upstream: new URL(upstream),
			upstreamProxy: undefined,
			checkSecurity: true,
			validateRequest: true,
			validateResponse: true,
			// Judge, and pass on what is wrong all the same.
			errors: false,
			mock: { dynamic: false },
		},
		{ logger: createSilentLogger() },
	);
	const judged = await prism.request(request, operations)();
	if (judged._tag === 'Left') throw judged.left;
	const { output, validations } = judged.right;
	const inWords = ({ path, message }: { path?: unknown[]; message: string }): string =>
		`${(path ?? []).join('.')}: ${message}`;
	return {
		answer: output,
		// What is deprecated is not wrong: the node asks in this way where the service has no other one.
		requestFaults: validations.input.map(inWords).filter((fault) => !fault.endsWith(' is deprecated')),
		answerFaults: validations.output.map(inWords),
	};
}

const headers = { authorization: 'Bearer test-key', accept: 'application/json', 'x-request-id': 'request-1' };

function get(path: string, query: Record<string, string> = {}): IHttpRequest {
	return { method: 'get', url: { path, query }, headers };
}

/** As the node sends it: JSON with its header. */
function post(path: string, body: unknown): IHttpRequest {
	return { method: 'post', url: { path }, headers: { ...headers, 'content-type': 'application/json' }, body };
}

const flashInput = { prompt: 'What is it?', image_urls: ['https://example.com/a.jpg'] };
const routedInput = {
	model: 'google/gemini-3.6-flash',
	messages: [{ role: 'user', content: [{ type: 'text', text: 'What is it?' }] }],
};
const create = post('/v1/prediction', { model: 'gemini-2-0-flash-lite', input: flashInput });

/** Where the API's documentation and its description part, the sandbox follows the documentation. All such places: */
const divergence = {
	undocumentedStatus: /Unable to match the returned status code/,
};

const describeWithDescription = isGiven ? describe : describe.skip;
const suite = isGiven
	? "by the vendor's OpenAPI description, with Prism as the judge"
	: "by the vendor's OpenAPI description (skipped: EACHLABS_OPENAPI does not say where it is)";

describeWithDescription(suite, () => {
	let operations: Operations;
	let schemas: DescribedSchemas['components']['schemas'];
	let sandbox: Sandbox;
	let client: SandboxClient;

	beforeAll(async () => {
		operations = await getHttpOperationsFromSpec(descriptionPath);
		const description = JSON.parse(await readFile(descriptionPath, 'utf8')) as DescribedSchemas;
		schemas = description.components.schemas;
	});
	beforeEach(async () => {
		sandbox = await startSandbox({
			scenario: {
				api: 'november',
				runTimeMs: { min: 20, max: 20 },
				fallbacks: { 'second-choice': 'sandbox-media-search' },
			},
		});
		client = new SandboxClient(sandbox);
	});
	afterEach(async () => await sandbox.close());

	const exchange = async (request: IHttpRequest): Promise<Judgement> =>
		await judge(operations, sandbox.baseUrl, request);

	function expectNoFault(judged: Judgement, status: number): void {
		expect({ ...judged, answer: judged.answer.statusCode }).toEqual({
			answer: status,
			requestFaults: [],
			answerFaults: [],
		});
		expect(judged.answer.headers).toHaveProperty('x-request-id', 'request-1');
	}

	describe('requests and answers agree with it', () => {
		test.each<[string, IHttpRequest]>([
			['the catalogue', get('/v1/models', { name: 'flash', limit: '500', offset: '0' })],
			['a model', get('/v1/models/gemini-2-0-flash-lite')],
			['a model with a fixed price', get('/v1/models/sandbox-picture-maker')],
			['a metered model', get('/v1/models/sandbox-media-search')],
			['a model without a price document', get('/v1/models/sandbox-document-words')],
			['the catalogue of the router', get('/v1/llm-router/model-catalog')],
			['the balance', get('/v1/billing/balance')],
			[
				'create with a fallback chain',
				post('/v1/prediction', {
					model: 'gemini-2-0-flash-lite',
					input: flashInput,
					fallback_selector: 'second-choice',
				}),
			],
			['create by the router', post('/v1/prediction', { model: 'eachlabs-llm-router', input: routedInput })],
			['create', create],
			[
				'create with a webhook',
				post('/v1/prediction', {
					model: 'gemini-2-0-flash-lite',
					input: flashInput,
					webhook_url: 'https://n8n.example.com/webhook/1',
					webhook_secret: 'a secret',
				}),
			],
			[
				'create and wait',
				post('/v1/prediction/run', {
					model: 'sandbox-picture-words',
					input: { prompt: 'What is it?', image_url: 'https://example.com/a.jpg' },
				}),
			],
			[
				'presign',
				post('/v1/upload/presign', {
					content_type: 'image/png',
					file_type: 'image',
					expires_in_seconds: 3600,
				}),
			],
			[
				'presign with the content type alone',
				post('/v1/upload/presign', { content_type: 'application/pdf' }),
			],
			['the history', get('/v1/executions', { limit: '20', from: '2026-01-01T00:00:00.000Z' })],
			[
				'a page of the history, with every filter that the node has',
				get('/v1/executions', {
					limit: '100',
					offset: '200',
					model: 'gemini-2-0-flash-lite',
					status: 'created,starting,success,error',
					from: '2026-08-21T18:00:00.000Z',
					to: '2026-08-22T18:00:00.000Z',
				}),
			],
			[
				'the history by cursor, with every filter that the node has',
				get('/v2/executions', {
					limit: '100',
					model: 'gemini-2-0-flash-lite',
					status: 'created,starting,success,error',
					error_classification: 'content_moderation',
					from: '2026-08-21T18:00:00.000Z',
					to: '2026-08-22T18:00:00.000Z',
				}),
			],
			['a later page of the catalogue', get('/v1/models', { limit: '100', offset: '100' })],
			[
				'the history of failures',
				get('/v1/executions', { limit: '100', offset: '0', status: 'success,error' }),
			],
		])('%s', async (_label, request) => expectNoFault(await exchange(request), 200));

		test('a page of the history by cursor, and the next one', async () => {
			await client.create(flashInput);
			await client.create(routedInput, 'eachlabs-llm-router');
			const first = await exchange(get('/v2/executions', { limit: '1' }));
			expectNoFault(first, 200);
			const { next_cursor: cursor } = first.answer.body as { next_cursor: string };
			expectNoFault(await exchange(get('/v2/executions', { limit: '1', cursor })), 200);
		});

		test.each<[string, unknown]>([
			['nothing', null],
			['an empty text', ''],
			['word pieces', ['A', ' cat']],
			['a completion', { choices: [{ message: { content: 'A cat' } }] }],
		])('a success whose output is %s', async (_label, output) => {
			sandbox.scenario.rewriteAnswer = () => output;
			const id = await client.createId(flashInput);
			await client.result(id);
			expectNoFault(await exchange(get(`/v1/prediction/${id}`)), 200);
		});

		test('a prediction that a fallback chain has served', async () => {
			sandbox.scenario.failPrediction = () => ({ style: 'text', status: 'error', message: 'Gone' });
			const { body } = await client.send('POST', '/v1/prediction', {
				model: 'gemini-2-0-flash-lite',
				input: flashInput,
				fallback_selector: 'second-choice',
			});
			await client.result(String(body.predictionID));
			expectNoFault(await exchange(get(`/v1/prediction/${String(body.predictionID)}`)), 200);
		});

		test('a prediction in flight, when it has ended, and its cancel', async () => {
			sandbox.scenario.runTimeMs = { min: 1500, max: 1500 };
			const id = await client.createId(flashInput);
			expectNoFault(await exchange(get(`/v1/prediction/${id}`)), 200);
			expectNoFault(await exchange(post(`/v1/prediction/${id}/cancel`, undefined)), 200);
			expectNoFault(await exchange(get(`/v1/prediction/${id}`)), 200);

			sandbox.scenario.runTimeMs = { min: 1, max: 1 };
			const other = await client.createId(flashInput);
			await client.result(other);
			expectNoFault(await exchange(get(`/v1/prediction/${other}`)), 200);
			expectNoFault(await exchange(get('/v1/executions')), 200);
		});

		test.each(['sandbox-picture-question', 'sandbox-picture-tags', 'sandbox-picture-maker'])(
			'an answer of %s, which is no text',
			async (model) => {
				const url = 'https://example.com/a.jpg';
				const inputs: Record<string, Record<string, unknown>> = {
					'sandbox-picture-question': { images: [url], question: 'What is it?' },
					'sandbox-picture-tags': { image: url },
					'sandbox-picture-maker': { prompt: 'A boat' },
				};
				const id = await client.createId(inputs[model] ?? {}, model);
				await client.result(id);
				expectNoFault(await exchange(get(`/v1/prediction/${id}`)), 200);
			},
		);

		test.each([
			['envelope', 'failed'],
			['envelope', 'error'],
			['text', 'error'],
			['logs', 'failed'],
		] as const)('a failure with its reason as %s, and the word %s', async (style, status) => {
			sandbox.scenario.failPrediction = () => ({ style, status, message: 'Out of luck' });
			const id = await client.createId(flashInput);
			await client.result(id);
			expectNoFault(await exchange(get(`/v1/prediction/${id}`)), 200);

			const input = { prompt: 'What is it?', image_url: 'https://example.com/a.jpg' };
			expectNoFault(
				await exchange(post('/v1/prediction/run', { model: 'sandbox-picture-words', input })),
				200,
			);
		});

		test.each<[string, number, () => void]>([
			['the account cap', 429, () => (sandbox.scenario.accountCap = 0)],
			['the balance', 402, () => (sandbox.scenario.balanceUsd = 0)],
			['what is reserved', 402, () => (sandbox.scenario.reservedUsd = 1000)],
			['a key that does not work', 401, () => (sandbox.scenario.apiKeys = ['another'])],
		])('the refusal of a create for %s', async (_label, status, change) => {
			change();
			expectNoFault(await exchange(create), status);
		});

		test('the refusal of a fallback chain where the organization has none', async () => {
			sandbox.scenario.fallbacks = null;
			const body = { model: 'gemini-2-0-flash-lite', input: flashInput, fallback_selector: 'second-choice' };
			expectNoFault(await exchange(post('/v1/prediction', body)), 403);
		});

		test('the balance when it is not available, and when it was asked for too often', async () => {
			sandbox.scenario.balanceAvailable = false;
			for (const status of [503, 503, 503]) expectNoFault(await exchange(get('/v1/billing/balance')), status);
		});

		test('deleting a file, and once more when it is gone', async () => {
			const { id } = await client.upload(Buffer.from('some bytes'), 'image/png');
			for (let round = 0; round < 2; round++) {
				expectNoFault(await exchange({ method: 'delete', url: { path: `/v1/files/${id}` }, headers }), 204);
			}
		});

		test.each<[string, number, IHttpRequest]>([
			['an unknown model', 404, get('/v1/models/nothing')],
			['the removed route of a model', 404, get('/v1/model', { slug: 'gemini-2-0-flash-lite' })],
			['an unknown prediction', 404, get('/v1/prediction/nothing')],
			['a cancel of an unknown prediction', 404, post('/v1/prediction/nothing/cancel', undefined)],
			[
				'an input that the model refuses',
				400,
				post('/v1/prediction', { model: 'gemini-2-0-flash-lite', input: {} }),
			],
			[
				'a model that does not run synchronously',
				400,
				post('/v1/prediction/run', { model: 'gemini-2-0-flash-lite', input: flashInput }),
			],
			['a status that the history does not know', 400, get('/v2/executions', { status: 'processing' })],
			['a row beyond the bound of the older history', 400, get('/v1/executions', { offset: '1000' })],
			['a cursor of another list', 400, get('/v2/executions', { cursor: 'nonsense' })],
			[
				'a fallback chain that nobody saved',
				400,
				post('/v1/prediction', {
					model: 'gemini-2-0-flash-lite',
					input: flashInput,
					fallback_selector: 'third-choice',
				}),
			],
		])('the refusal of %s', async (_label, status, request) =>
			expectNoFault(await exchange(request), status),
		);
	});

	describe('places where it parts from the documentation, which the sandbox follows', () => {
		test('it has no answer of a create for a model that was withdrawn, which may be a 404', async () => {
			Object.assign(sandbox.scenario, { withdrawnModels: ['gemini-2-0-flash-lite'], withdrawnStatus: 404 });
			const { answer, requestFaults, answerFaults } = await exchange(create);
			expect(answer.statusCode).toBe(404);
			expect(requestFaults).toEqual([]);
			expect(answerFaults).toEqual([expect.stringMatching(divergence.undocumentedStatus)]);
		});

		test('it has no answer of the catalogue for being down', async () => {
			sandbox.scenario.catalogueAvailable = false;
			const { answer, answerFaults } = await exchange(get('/v1/models'));
			expect(answer.statusCode).toBe(503);
			expect(answerFaults).toEqual([expect.stringMatching(divergence.undocumentedStatus)]);
		});

		test("of the answers' fields it lacks none", async () => {
			const undescribed = (schema: string, value: unknown): string[] =>
				Object.keys(value ?? {})
					.filter((name) => !(name in (schemas[schema]?.properties ?? {})))
					.map((name) => `${schema}.${name}`);
			const { body: created } = await client.create(flashInput);
			const prediction = await client.result(String(created.predictionID));
			const { body: history } = await client.send('GET', '/v1/executions');
			const { body: pageByCursor } = await client.send('GET', '/v2/executions');
			const { body: models } = await client.send('GET', '/v1/models');
			const { body: model } = await client.send('GET', '/v1/models/gemini-2-0-flash-lite');
			const { body: refused } = await client.create({});
			expect([
				...undescribed('CreatePredictionResponse', created),
				...undescribed('Prediction', prediction),
				...undescribed('PresignUploadResponse', await client.presign('image/png')),
				...undescribed('Model', (models as unknown as unknown[])[0]),
				...undescribed('ModelDetail', model),
				...undescribed('Error', refused),
				...undescribed('ListExecutionsResponse', history),
				...undescribed('ExecutionSummary', (history.executions as unknown[])[0]),
				...undescribed('ListExecutionsV2Response', pageByCursor),
				...undescribed('OrganizationBalance', (await client.send('GET', '/v1/billing/balance')).body),
				...undescribed(
					'LLMRouterModelCatalog',
					(await client.send('GET', '/v1/llm-router/model-catalog')).body,
				),
			]).toEqual([]);
		});
	});

	describe('the judge is not blind', () => {
		test.each<[string, IHttpRequest, RegExp]>([
			['a create without a model', post('/v1/prediction', { input: {} }), /model/],
			['a create whose input is a list', post('/v1/prediction', { model: 'm', input: [] }), /input/],
			['a create without a body', post('/v1/prediction', undefined), /[Bb]ody/],
			[
				'a presign without a content type',
				post('/v1/upload/presign', { file_type: 'image' }),
				/content_type/,
			],
			[
				'a presign of an unknown kind',
				post('/v1/upload/presign', { content_type: 'image/png', file_type: 'picture' }),
				/file_type/,
			],
			['a page of the history that is too long', get('/v1/executions', { limit: '101' }), /limit/],
			['a longer page by cursor', get('/v2/executions', { limit: '101' }), /limit/],
			[
				'a fallback chain with capitals',
				post('/v1/prediction', { model: 'm', input: {}, fallback_selector: 'Second' }),
				/fallback_selector/,
			],
			['a file id that is no UUID', { method: 'delete', url: { path: '/v1/files/7' }, headers }, /id/],
			['a create without a key', { ...create, headers: { 'content-type': 'application/json' } }, /security/i],
		])('%s is found wrong, and the sandbox refuses it', async (_label, request, fault) => {
			const { answer, requestFaults } = await exchange(request);
			expect(requestFaults.join('\n')).toMatch(fault);
			expect(answer.statusCode).toBeGreaterThanOrEqual(400);
		});

		test('an answer of the wrong shape is found wrong', async () => {
			const impostor = createServer((_request, response) => {
				response.setHeader('content-type', 'application/json');
				response.end(JSON.stringify({ id: 7, status: 'finished', metrics: { cost: 'nothing' } }));
			});
			await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve));
			const { port } = impostor.address() as AddressInfo;
			const { answerFaults } = await judge(operations, `http://127.0.0.1:${port}`, get('/v1/prediction/7'));
			await new Promise((resolve) => impostor.close(resolve));
			for (const field of ['id', 'status', 'metrics.cost']) {
				expect(answerFaults.join('\n')).toContain(field);
			}
		});
	});
});
