import { spawn } from 'node:child_process';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';

import { startSandbox, type Sandbox } from '../../sandbox/startSandbox';
import type { Scenario } from '../../sandbox/scenario';
import type { LiveCheckOptions } from './checkLive';
import { startDeviatingApi, type DeviatingApi, type Deviation, type PassedAnswer } from './DeviatingApi';
import { DEFAULT_MODEL } from '../../nodes/EachLabs/core/model/defaultModel';
import type { FactRow } from './Fact';
import { liveCheckCommand } from './liveCheckCommand';
import { systemClock } from './systemClock';

const apiKey = 'right-key-0123456789';

/** Waits of seconds take a fiftieth; longer ones are time limits, and stay. */
const pace: Pick<LiveCheckOptions, 'clock' | 'limits'> = {
	clock: {
		...systemClock,
		sleep: async (ms, ...ends) => await systemClock.sleep(ms > 10_000 ? ms : ms / 50, ...ends),
	},
	limits: { totalMs: 25_000, predictionMs: 10_000, listingMs: 300, storageMs: 200 },
};

let sandbox: Sandbox;
let deviating: DeviatingApi | undefined;

beforeEach(async () => {
	sandbox = await startSandbox({ scenario: { apiKeys: [apiKey], runTimeMs: { min: 50, max: 80 } } });
});
afterEach(async () => {
	await deviating?.close();
	deviating = undefined;
	await sandbox.close();
});

interface CommandRun {
	readonly exitCode: number;
	readonly printed: string;
	readonly aside: string;
	/** Of `--json`. */
	readonly rows: FactRow[];
}

/** The command as npm runs it, against the sandbox where no other address is given. */
async function runCommand({
	arguments: given = ['--json'],
	environment = {},
	stop = new AbortController().signal,
	limits = {},
}: {
	arguments?: string[];
	environment?: Record<string, string | undefined>;
	stop?: AbortSignal;
	limits?: LiveCheckOptions['limits'];
} = {}): Promise<CommandRun> {
	const printed: string[] = [];
	const aside: string[] = [];
	const exitCode = await liveCheckCommand({
		arguments: given,
		environment: { EACHLABS_API_KEY: apiKey, EACHLABS_BASE_URL: sandbox.baseUrl, ...environment },
		print: (line) => printed.push(line),
		printAside: (line) => aside.push(line),
		terminalWidth: 160,
		stop,
		pace: { ...pace, limits: { ...pace.limits, ...limits } },
	});
	const text = printed.join('\n');
	return {
		exitCode,
		printed: text,
		aside: aside.join('\n'),
		rows: given.includes('--json') && text !== '' ? (JSON.parse(text) as FactRow[]) : [],
	};
}

async function runWith(deviation: Deviation, limits?: LiveCheckOptions['limits']): Promise<CommandRun> {
	deviating = await startDeviatingApi(sandbox.baseUrl, deviation);
	return await runCommand({ environment: { EACHLABS_BASE_URL: deviating.baseUrl }, limits });
}

const CANCEL_STOPS = 'The cancel stops it (best effort)';

const differing = (rows: readonly FactRow[]): string[] =>
	rows.filter(({ verdict }) => verdict === 'differs').map(({ fact }) => fact);
const notSeen = (rows: readonly FactRow[]): string[] =>
	rows.filter(({ verdict }) => verdict === 'not seen').map(({ fact }) => fact);

/** Nothing that the check has made is still there. */
function expectNothingLeft(): void {
	const { predictions, files } = sandbox.ledger;
	expect(predictions.filter(({ status }) => ['created', 'starting', 'processing'].includes(status))).toEqual(
		[],
	);
	const deleted = sandbox.ledger.requests.filter(({ method }) => method === 'DELETE').map(({ path }) => path);
	for (const { id } of files) expect(deleted).toContain(`/v1/files/${id}`);
	expect(files.filter(({ uploads, deleted: isDeleted }) => uploads > 0 && !isDeleted)).toEqual([]);
}

describe('against the sandbox, which is as documented', () => {
	test('every fact holds, three small predictions are made, and nothing is left', async () => {
		const { rows, exitCode, aside } = await runCommand();

		expect(rows.filter(({ verdict }) => verdict !== 'holds')).toEqual([]);
		expect(exitCode).toBe(0);
		expect(rows.length).toBeGreaterThan(50);
		expect(aside.split('\n')[0]).toContain('3 small predictions on your Each Labs account');
		expect(aside).toContain('less than 0.01 USD');
		expect(aside).toContain('All that the node relies on holds.');
		expect(sandbox.ledger.predictions.map(({ status }) => status).sort()).toEqual([
			'cancelled',
			'failed',
			'success',
		]);
		expect(sandbox.ledger.predictions.reduce((usd, { billedUsd }) => usd + billedUsd, 0)).toBeLessThan(0.01);
		expectNothingLeft();

		const toStorage = sandbox.ledger.requests.filter(({ origin }) => origin === 'storage');
		expect(toStorage.length).toBeGreaterThan(3);
		for (const { headers } of toStorage) expect(JSON.stringify(headers)).not.toContain(apiKey);
	});

	test('the table has a line for each fact, a heading for each group, and a summary', async () => {
		const { printed, exitCode } = await runCommand({ arguments: [] });
		expect(exitCode).toBe(0);
		expect(printed).toMatch(/Fact .*Expected .*Seen .*Verdict/);
		expect(printed).toContain('EXECUTIONS');
		expect(printed).toMatch(/The status of a success +│ success +│ success +│ holds/);
		expect(printed).toMatch(/\d+ facts: \d+ hold, 0 differ, 0 not seen\. 3 predictions, 0\.0000\d\d USD/);
	});
});

/** A change to the answers of one route. */
const changing =
	(method: string, path: RegExp, change: (body: Record<string, unknown>, answer: PassedAnswer) => void) =>
	(answer: PassedAnswer, request: { method: string; path: string }): void => {
		const { body } = answer;
		if (request.method === method && path.test(request.path) && typeof body === 'object' && body !== null)
			change(body as Record<string, unknown>, answer);
	};

const onePrediction = /^\/v1\/prediction\/[^/]+$/;

const renamingStatus = (from: string, to: string): Deviation => ({
	onAnswer: changing('GET', onePrediction, (body) => {
		if (body.status === from) body.status = to;
	}),
});

describe('an API that is not as documented', () => {
	test.each<[string, Deviation, string[], number]>([
		['another word for success', renamingStatus('success', 'complete'), ['The status of a success'], 1],
		[
			'another word for a failure',
			renamingStatus('failed', 'crashed'),
			['The status of a failure, for a picture that is none'],
			1,
		],
		['another word on the way', renamingStatus('processing', 'running'), ['The statuses on the way'], 0],
	])('%s', async (_label, deviation, expected, exitCode) => {
		// Long enough for every word to be seen.
		sandbox.scenario.runTimeMs = { min: 250, max: 250 };
		const run = await runWith(deviation, { predictionMs: 1_000 });
		expect(differing(run.rows)).toEqual(expected);
		expect(run.exitCode).toBe(exitCode);
		expectNothingLeft();
	});

	let deletes = 0;
	test.each<[string, Deviation, string[], number]>([
		[
			'an input that does not come back',
			{ onAnswer: changing('GET', onePrediction, (body) => (body.input = {})) },
			[
				"It gives back 'input', by which a lost create is found",
				'The node finds a create whose answer was lost',
			],
			1,
		],
		[
			'no metrics',
			{ onAnswer: changing('GET', onePrediction, (body) => delete body.metrics) },
			["'metrics' has the cost in USD", "'metrics' has the predict_time in seconds"],
			1,
		],
		[
			'an output that is an array',
			{
				onAnswer: changing('GET', onePrediction, (body) => {
					if (typeof body.output === 'string') body.output = [body.output];
				}),
			},
			['Its output'],
			0,
		],
		[
			'unknown input fields that are taken',
			{
				onRequest: ({ body }) => {
					const input = body?.input as Record<string, unknown> | undefined;
					delete input?.live_check_no_such_field;
				},
			},
			['An unknown input field is refused'],
			0,
		],
		[
			'a create that answers with a failure and makes a prediction all the same',
			{
				onRequest: ({ body }) => {
					const input = body?.input as Record<string, unknown> | undefined;
					if (input !== undefined && 'live_check_no_such_field' in input)
						delete input.live_check_no_such_field;
				},
				onAnswer: (answer, request) => {
					const input = request.body?.input as Record<string, unknown> | undefined;
					const isPlain = String(input?.prompt).startsWith('Answer with the word yes');
					if (isPlain) Object.assign(answer, { status: 400, body: { error: 'No such field.' } });
				},
			},
			['A refused create makes nothing'],
			1,
		],
		[
			'an id under another name',
			{
				onAnswer: changing('POST', /^\/v1\/prediction$/, (body) => {
					body.id = body.predictionID;
					delete body.predictionID;
				}),
			},
			['POST /v1/prediction is answered with the id of a prediction', 'A question without media is taken'],
			1,
		],
		[
			'a schema with a field of its own for videos and for reasoning',
			{
				onAnswer: changing('GET', /^\/v1\/models\/[^/]+$/, (body) => {
					const schema = body.request_schema as { properties: Record<string, unknown> } | undefined;
					Object.assign(schema?.properties ?? {}, {
						video_url: { type: 'string' },
						reasoning_effort: { type: 'string', enum: ['low', 'high'] },
					});
				}),
			},
			['The schema has the fields', 'The schema has no field for the reasoning level'],
			0,
		],
		[
			'a schema without a field for media',
			{
				onAnswer: changing('GET', /^\/v1\/models\/[^/]+$/, (body) => {
					body.request_schema = {
						type: 'object',
						required: ['prompt'],
						properties: { prompt: { type: 'string' } },
					};
				}),
			},
			[
				'The schema requires',
				'The schema has the fields',
				'The node finds a field for every kind of media',
				'What the node sends when the list does not answer fits the schema',
			],
			1,
		],
		[
			'executions that take no notice of from',
			{
				onRequest: (request) => {
					request.query = request.query.replace(/&from=[^&]*/, '');
				},
			},
			["'from' leaves out what is older"],
			1,
		],
		[
			'executions that list nothing',
			{ onAnswer: changing('GET', /^\/v[12]\/executions$/, (body) => (body.executions = [])) },
			[
				'A new prediction is listed soon, with the filters model and from',
				'The node finds a create whose answer was lost',
			],
			1,
		],
		[
			'executions that never end in the list',
			{
				onAnswer: changing('GET', /^\/v[12]\/executions$/, (body) => {
					for (const entry of (body.executions ?? []) as Array<Record<string, unknown>>)
						entry.status = 'starting';
				}),
			},
			['The list tells that a prediction has ended'],
			0,
		],
		[
			'a delete that is only told',
			{
				onRequest: (request) => {
					if (request.method === 'DELETE' && deletes++ < 2)
						Object.assign(request, { path: '/v1/files/00000000-0000-4000-8000-000000000000' });
				},
			},
			["'public_url' can't be read any more"],
			1,
		],
		[
			'a request id of its own',
			{ onAnswer: ({ headers }) => (headers['x-request-id'] = 'another') },
			["'X-Request-Id' comes back, on a refusal too"],
			0,
		],
		[
			'a presign answer without a public URL',
			{ onAnswer: changing('POST', /presign$/, (body) => delete body.public_url) },
			[
				'POST /v1/upload/presign has the shape that the node reads',
				'It takes videos, audio and PDF documents',
			],
			1,
		],
	])('%s', async (_label, deviation, expected, exitCode) => {
		deletes = 0;
		const run = await runWith(deviation);
		// On a busy machine the prediction may be finished before the cancel comes, which is another row.
		expect(differing(run.rows).filter((fact) => fact !== CANCEL_STOPS)).toEqual(expected);
		expect(run.exitCode).toBe(exitCode);
		expectNothingLeft();
	});

	test.each<[string, Partial<Scenario>, string[], number]>([
		['every key is let in', { apiKeys: 'any' }, ['A wrong key is refused'], 1],
		['a cancel that stops nothing', { cancelObeyed: false }, [CANCEL_STOPS], 0],
	])('%s', async (_label, scenario, expected, exitCode) => {
		Object.assign(sandbox.scenario, scenario);
		const run = await runCommand();
		expect(differing(run.rows)).toEqual(expected);
		expect(run.exitCode).toBe(exitCode);
	});

	test('predictions that it was never told of are found and cancelled', async () => {
		sandbox.scenario.runTimeMs = { min: 600_000, max: 600_000 };
		const run = await runWith({
			onAnswer: (answer, { method, path }) => {
				const isCreated = method === 'POST' && path === '/v1/prediction' && answer.status === 200;
				if (isCreated) Object.assign(answer, { status: 502, body: 'Bad gateway' });
			},
		});
		expect(run.exitCode).toBe(1);
		const { predictions } = sandbox.ledger;
		expect(predictions.length).toBeGreaterThan(1);
		expect(predictions.filter(({ status }) => status !== 'cancelled')).toEqual([]);
		expectNothingLeft();
	});

	test('a failure that is told in the logs is as documented', async () => {
		sandbox.scenario.failPrediction = (input) =>
			String(input.prompt).startsWith('What is in this picture')
				? { style: 'logs', status: 'error', message: 'The picture is broken' }
				: null;
		const { rows, exitCode } = await runCommand();
		expect(rows.find(({ fact }) => fact.startsWith('The node finds the reason'))).toMatchObject({
			seen: 'The picture is broken',
			verdict: 'holds',
		});
		expect(exitCode).toBe(0);
	});
});

describe('a default model that can not be used', () => {
	test('it has left the catalogue: the others are named, and what to do', async () => {
		sandbox.scenario.withdrawnModels = [DEFAULT_MODEL];
		const { rows, exitCode, aside } = await runCommand();
		expect(rows[0]).toMatchObject({
			fact: `${DEFAULT_MODEL} is in the catalogue`,
			verdict: 'differs',
			seen: expect.stringContaining('404'),
		});
		expect(aside).toContain('is not in the catalogue any more');
		expect(aside).toContain("choose another model under 'Model'");
		expect(exitCode).toBe(1);
	});

	test('it fails at a simple question: what to do is told as well', async () => {
		sandbox.scenario.failPrediction = () => ({ style: 'text', status: 'error', message: 'Shut down' });
		const { exitCode, aside } = await runCommand();
		expect(aside).toContain('did not answer a simple question');
		expect(exitCode).toBe(1);
	});
});

test.each([
	['august', false],
	['november', true],
] as const)('the API of %s alone is read by the routes that it has', async (api, hasBalance) => {
	sandbox.scenario.api = api;
	const { rows } = await runCommand();
	const seen = (start: string) => rows.find(({ fact }) => fact.startsWith(start));
	expect(rows[0]?.verdict).toBe('holds');
	expect(seen('Which route')).toMatchObject({ verdict: hasBalance ? 'holds' : 'differs' });
	expect(seen('GET /v2/executions')).toMatchObject({ verdict: 'holds' });
	expect(seen('GET /v1/billing')).toMatchObject({ verdict: hasBalance ? 'holds' : 'differs' });
	expect(seen('A new prediction is listed')).toMatchObject({ verdict: 'holds' });
});

describe('an account or a network that does not let it look', () => {
	test('no balance: what it takes is told, and nothing counts as different', async () => {
		sandbox.scenario.balanceUsd = 0;
		const { rows, exitCode, aside } = await runCommand();
		expect(differing(rows)).toEqual([]);
		expect(rows.find(({ fact }) => fact === 'The status of a success')).toMatchObject({
			verdict: 'not seen',
			seen: expect.stringContaining('402: payment required'),
		});
		expect(exitCode).toBe(1);
		expect(aside).toContain('not seen: Prediction, The status of a success');
		expectNothingLeft();
	});

	test('an address where nobody listens: every row is not seen', async () => {
		const { rows, exitCode } = await runCommand({
			environment: { EACHLABS_BASE_URL: 'http://127.0.0.1:1' },
		});
		expect(notSeen(rows)).toHaveLength(rows.length);
		expect(rows[0]?.seen).toContain("127.0.0.1:1 can't be reached");
		expect(exitCode).toBe(1);
	});

	test('as a program of its own, it prints the rows alone to stdout, and ends with the exit code', async () => {
		const program = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'main.ts'), '--json'], {
			cwd: join(__dirname, '../..'),
			env: { PATH: process.env.PATH, EACHLABS_API_KEY: apiKey, EACHLABS_BASE_URL: 'http://127.0.0.1:1' },
		});
		const output = { printed: '', aside: '' };
		program.stdout.on('data', (chunk: Buffer) => (output.printed += chunk.toString()));
		program.stderr.on('data', (chunk: Buffer) => (output.aside += chunk.toString()));
		const exitCode = await new Promise((resolve) => program.on('close', resolve));
		const rows = JSON.parse(output.printed) as FactRow[];
		expect(notSeen(rows)).toHaveLength(rows.length);
		expect(output.aside).toMatch(/^This makes 3 small predictions/);
		expect(exitCode).toBe(1);
	});

	test('a server that never answers holds it up no longer than the limit', async () => {
		const silent: Server = createServer();
		await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
		const stop = AbortSignal.timeout(300);
		const { rows, exitCode } = await runCommand({
			environment: { EACHLABS_BASE_URL: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` },
			stop,
		});
		silent.close();
		expect(notSeen(rows)).toHaveLength(rows.length);
		expect(rows.at(-1)?.seen).toBe('the time for the whole check was up');
		expect(exitCode).toBe(1);
	});

	test('stopped in the middle, it cancels what runs and deletes what it uploaded', async () => {
		sandbox.scenario.runTimeMs = { min: 600_000, max: 600_000 };
		const stop = new AbortController();
		const isUnderWay = setInterval(() => {
			if (sandbox.ledger.predictions.some(({ polls }) => polls > 0)) stop.abort();
		}, 5);
		const { rows, exitCode } = await runCommand({ stop: stop.signal });
		clearInterval(isUnderWay);
		expect(rows.at(-1)?.seen).toBe('the check was stopped');
		expect(exitCode).toBe(1);
		expect(sandbox.ledger.predictions.map(({ status }) => status)).toEqual(['cancelled']);
		expectNothingLeft();
	});
});

describe('what it refuses to start with', () => {
	test.each<[string, Record<string, string | undefined>, string]>([
		[
			'no key',
			{ EACHLABS_API_KEY: undefined },
			'set EACHLABS_API_KEY to a key from your Each Labs dashboard',
		],
		['an empty key', { EACHLABS_API_KEY: '  ' }, 'set EACHLABS_API_KEY'],
		['a key with a line break', { EACHLABS_API_KEY: 'a\nb' }, 'holds a space, a line break'],
		['an open address', { EACHLABS_BASE_URL: 'http://api.example' }, 'has to be an https address'],
		[
			'an address with a password',
			{ EACHLABS_BASE_URL: 'https://u:secret@api.example' },
			'without user name',
		],
		['no address', { EACHLABS_BASE_URL: 'api' }, 'has to be an https address'],
	])('%s: exit code 2, and nothing is sent', async (_label, environment, complaint) => {
		const run = await runCommand({ environment });
		expect(run.exitCode).toBe(2);
		expect(run.aside).toContain(complaint);
		expect(run.aside).not.toContain('secret');
		expect(run.printed).toBe('');
		expect(sandbox.ledger.requests).toEqual([]);
	});

	test('an argument that it does not know: exit code 2, with the usage', async () => {
		const run = await runCommand({ arguments: ['--jsn'] });
		expect(run).toMatchObject({ exitCode: 2, aside: expect.stringContaining('npm run check:live') });
	});

	test('--help: the usage', async () => {
		const run = await runCommand({ arguments: ['--help'] });
		expect(run).toMatchObject({ exitCode: 0, printed: expect.stringContaining('EACHLABS_BASE_URL') });
		expect(sandbox.ledger.requests).toEqual([]);
	});
});

describe('the key', () => {
	const forms = [
		apiKey,
		encodeURIComponent(apiKey),
		Buffer.from(apiKey).toString('base64'),
		Buffer.from(apiKey).toString('base64url'),
	];

	test.each([['--json'], ['']])('is in no output, whatever the API says of it (%s)', async (flag) => {
		const told = `Your key ${forms.join(' ')} \u001b[31mis known`;
		deviating = await startDeviatingApi(sandbox.baseUrl, {
			onAnswer: (answer, { path }) => {
				if (answer.status >= 400) answer.body = { error: told };
				if (onePrediction.test(path) && typeof answer.body === 'object') {
					const body = answer.body as Record<string, unknown>;
					if (typeof body.output === 'string') body.output = told;
					if (body.status === 'failed') body.output = { error_code: told, error_message: told };
				}
				if (path === '/v1/executions' && answer.status === 200) answer.headers['x-request-id'] = apiKey;
			},
		});
		const run = await runCommand({
			arguments: flag === '' ? [] : [flag],
			environment: { EACHLABS_BASE_URL: deviating.baseUrl },
		});
		expect(run.printed).toContain('[hidden]');
		for (const form of forms) expect(`${run.printed}${run.aside}`).not.toContain(form);
		expect(run.printed).not.toContain('\u001b');
	});
});
