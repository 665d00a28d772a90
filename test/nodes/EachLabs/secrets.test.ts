import { inspect } from 'node:util';
import type { INodeParameters } from 'n8n-workflow';

import { callTargets, type CallName } from '../../faults/Fault';
import { answering, faultAt, type FaultPlan } from '../../faults/FaultPlan';
import { FaultServer } from '../../faults/FaultServer';
import { runNode, type NodeRun, type NodeRunOptions } from '../../support/runNode';
import { testMedia } from '../../support/testMedia';
import { itemWithFiles } from './itemWithFiles';
import { hurryEachTest } from '../../support/hurryHostClock';

hurryEachTest(5);

/** Reads differently raw, in an address and in Base64. */
const KEY = 'canary/key+of=the tests'.replace(' ', '~');
const BASIC = Buffer.from(`user:${KEY}`).toString('base64');
/** What gives the key away: in Base64 behind other text, what is of the key alone. */
const TRACES = [
	KEY,
	KEY.slice(0, 12),
	encodeURIComponent(KEY),
	Buffer.from(KEY).toString('base64'),
	Buffer.from(KEY).toString('base64url'),
	BASIC.slice(8, -4),
	'canary-signature',
];

/** A service that repeats what it was sent, in every form, in fields, in running text and where a long text is cut. */
const ECHO = JSON.stringify({
	error: `Refused: Authorization: Bearer ${KEY}, also ${TRACES.slice(2, 5).join(' and ')}, Basic ${BASIC}, at https://example.com/?X-Amz-Signature=canary-signature`,
	details: {
		headers: { authorization: `Bearer ${KEY}`, 'x-api-key': KEY },
		note: `${'long '.repeat(88)}${KEY}`,
	},
});

let server: FaultServer;
beforeEach(async () => {
	server = await FaultServer.start({ scenario: { runTimeMs: { min: 20, max: 60 } } });
});
afterEach(async () => await server.close());

const run = async (
	plan: FaultPlan,
	{ options, ...parameters }: INodeParameters & { options?: INodeParameters } = {},
	settings: Partial<NodeRunOptions> = {},
): Promise<NodeRun> => {
	server.plan = plan;
	const isMedia = parameters.resource === undefined;
	return await runNode({
		credentials: { eachLabsApi: { apiKey: KEY, baseUrl: server.baseUrl } },
		parameters: isMedia
			? {
					resource: 'image',
					operation: 'analyze',
					text: 'What is it?',
					...parameters,
					options: { pollInterval: 0.5, maxWait: 10, ...options },
				}
			: parameters,
		items: [
			parameters.resource === 'prediction'
				? { json: {} }
				: await itemWithFiles({ data: await testMedia.picture(40, 30) }),
		],
		...settings,
	});
};

/** Everything that n8n keeps and shows of a run: items, errors with their hidden fields, hints. */
function everythingIn(done: NodeRun): string {
	const shown = inspect(done, {
		depth: Infinity,
		showHidden: true,
		maxArrayLength: Infinity,
		maxStringLength: Infinity,
		breakLength: Infinity,
	});
	const { message, stack, cause, description } = done.error ?? {};
	return [
		shown,
		JSON.stringify(done.run),
		JSON.stringify(done.items),
		message,
		stack,
		cause,
		description,
	].join('\n');
}

const expectNoSecret = (done: NodeRun) => {
	const text = everythingIn(done);
	const signatures = server.ledger.requests.flatMap(({ path }) => /Signature=([^&]+)/.exec(path)?.[1] ?? []);
	expect([...TRACES, ...signatures].filter((trace) => text.includes(trace))).toEqual([]);
};

describe('the key', () => {
	const echoing = (name: CallName, status: number): FaultPlan =>
		answering((call) =>
			call.name === name
				? { status, headers: { 'Content-Type': 'application/json', 'X-Request-Id': KEY }, body: ECHO }
				: undefined,
		);

	test.each([
		{ name: 'model', status: 401 },
		{ name: 'model', status: 404 },
		{ name: 'presign', status: 400 },
		{ name: 'presign', status: 403 },
		{ name: 'put', status: 403 },
		{ name: 'create', status: 400 },
		{ name: 'create', status: 401 },
		{ name: 'create', status: 402 },
		{ name: 'create', status: 429 },
		{ name: 'poll', status: 401 },
		{ name: 'poll', status: 500 },
	] as const)(
		'is in nothing that a user sees when $name is answered with $status and the key',
		async ({ name, status }) => {
			const [stopped, continued] = await Promise.all([
				run(echoing(name, status)),
				run(echoing(name, status), {}, { onError: 'continueRegularOutput' }),
			]);
			expect(server.ledger.requests.some(({ treatment }) => treatment === 'answered')).toBe(true);
			expect(stopped.status).toBe('error');
			expectNoSecret(stopped);
			expect(continued.items[0]?.json.error).toEqual(expect.any(String));
			expectNoSecret(continued);
		},
	);

	test.each<{ name: CallName; status: number; parameters: INodeParameters }>([
		{ name: 'executions', status: 400, parameters: { resource: 'prediction', operation: 'getMany' } },
		{ name: 'executions', status: 500, parameters: { resource: 'prediction', operation: 'getMany' } },
		{ name: 'model', status: 404, parameters: { resource: 'model', operation: 'get' } },
		{ name: 'models', status: 400, parameters: { resource: 'model', operation: 'getMany' } },
		{ name: 'presign', status: 400, parameters: { resource: 'file', operation: 'upload' } },
		{ name: 'put', status: 400, parameters: { resource: 'file', operation: 'upload' } },
		{ name: 'delete', status: 400, parameters: { resource: 'file', operation: 'delete', fileId: 'f-1' } },
	])(
		'is in no error of $parameters.resource.$parameters.operation when $name is answered with $status and the key',
		async ({ name, status, parameters }) => {
			const done = await run(echoing(name, status), parameters);
			expect(done.status).toBe('error');
			expect(server.ledger.requests.some(({ treatment }) => treatment === 'answered')).toBe(true);
			expectNoSecret(done);
		},
	);

	test('and the signature of the upload address are in nothing that an upload to stay gives', async () => {
		const done = await run(
			answering(() => undefined),
			{ resource: 'file', operation: 'upload' },
		);
		expect(done.status).toBe('success');
		expectNoSecret(done);
	});

	test('is in no hint when an account that is full tells the key', async () => {
		const done = await run(
			answering(({ name, ordinal }) =>
				name === 'create' && ordinal === 1 ? { status: 429, body: ECHO } : undefined,
			),
			{ options: { maxWait: 100 } },
		);
		expect(done.status).toBe('success');
		expect(done.hints[0]?.message).toContain('Each Labs says: Refused: Authorization: Bearer [hidden]');
		expectNoSecret(done);
	});

	test.each(['envelope', 'logs'] as const)('is in no reason of a failed prediction (%s)', async (style) => {
		server.sandbox.scenario.failPrediction = () => ({
			style,
			status: 'failed',
			message: `${'long '.repeat(97)}${KEY} and Bearer ${KEY}`,
		});
		const done = await run(answering(() => undefined));
		expect(done.error?.message).toContain('The model could not finish the prediction: long long');
		expectNoSecret(done);

		const fetched = await run(
			answering(() => undefined),
			{
				resource: 'prediction',
				operation: 'get',
				predictionId: server.sandbox.ledger.predictions[0]?.id ?? '',
			},
		);
		expect(fetched.items[0]?.json.reason).toContain('long long');
		expectNoSecret(fetched);
	});

	test('is in nothing that a good run gives, with hints, files and all', async () => {
		const done = await run(
			answering(() => undefined),
			{
				simplify: false,
				options: { includeInputFields: true },
			},
		);
		expect(done.status).toBe('success');
		expectNoSecret(done);
	});

	test('goes to the API alone, and never to the storage', async () => {
		await run(answering(() => undefined));
		const { requests } = server.ledger;
		const keyed = ({ headers }: (typeof requests)[number]) => JSON.stringify(headers).includes(KEY);
		expect(requests.filter(({ origin }) => origin === 'api').every(keyed)).toBe(true);
		const stored = requests.filter(({ origin }) => origin === 'storage');
		expect(stored).toHaveLength(1);
		expect(stored.some(keyed)).toBe(false);
		expect(stored[0]?.headers).not.toHaveProperty('authorization');
	});

	test('does not go to the storage when the service asks for it by its required headers', async () => {
		await run(
			answering(({ name }) =>
				name === 'presign'
					? {
							status: 200,
							body: JSON.stringify({
								id: 'f1',
								presigned_url: `${new URL(server.baseUrl).origin}/uploads/x`,
								public_url: 'https://example.com/x',
								required_headers: {
									Authorization: 'Bearer other',
									'X-Api-Key': 'other',
									'x-amz-acl': 'private',
								},
							}),
						}
					: undefined,
			),
		);
		const put = server.ledger.requests.find(({ method }) => method === 'PUT');
		expect(put?.headers).toMatchObject({ 'x-amz-acl': 'private' });
		expect(put?.headers).not.toHaveProperty('authorization');
		expect(put?.headers).not.toHaveProperty('x-api-key');
	});

	test('files go to no address that is neither https nor this machine', async () => {
		const done = await run(
			answering(({ name }) =>
				name === 'presign'
					? {
							status: 200,
							body: JSON.stringify({
								id: 'f1',
								presigned_url: 'http://storage.example.com/x',
								public_url: 'https://example.com/x',
							}),
						}
					: undefined,
			),
		);
		expect(done.error?.message).toBe('Each Labs named an upload address that is not secure (no https)');
		expect(server.ledger.requests.some(({ method }) => method === 'PUT')).toBe(false);
	});
});

describe('a redirect to another origin', () => {
	test.each([...callTargets, 'model'] as const)('is not followed when it answers %s', async (call) => {
		const isCancel = call === 'cancel';
		if (isCancel) server.sandbox.scenario.runTimeMs = { min: 20_000, max: 20_000 };
		const done = await run(
			call === 'model'
				? answering(({ name }) =>
						name === 'model'
							? { status: 302, headers: { Location: `${server.sandbox.storageUrl}/elsewhere` }, body: '' }
							: undefined,
					)
				: faultAt({ fault: 'redirect', call, atCall: 1, calls: 1, delivered: true }),
			{ options: { maxWait: isCancel ? 5 : 75 } },
		);
		expectNoSecret(done);
		expect(server.ledger.requests.map(({ name }) => name)).toContain(call);
		expect(server.ledger.requests.filter(({ origin }) => origin === 'elsewhere')).toEqual([]);
		expect(server.sandbox.ledger.requests.filter(({ path }) => path === '/elsewhere')).toEqual([]);
	});
});
