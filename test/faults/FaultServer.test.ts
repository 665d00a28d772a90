import { request as httpRequest } from 'node:http';

import { answerFaults, connectionFaults, mayBeDelivered, type Fault } from './Fault';
import { answering, faultAt, noFaults } from './FaultPlan';
import { FaultServer } from './FaultServer';
import { until } from './until';

let server: FaultServer;

afterEach(async () => {
	await server.close();
});

interface Seen {
	/** The code of what broke the call off; undefined where an answer came whole. */
	code?: string;
	status?: number;
	contentType?: string;
	location?: string;
	text?: string;
}

async function call(
	method: string,
	url: string,
	options: { body?: string; headers?: Record<string, string>; timeoutMs?: number } = {},
): Promise<Seen> {
	const { body, timeoutMs = 10_000 } = options;
	return await new Promise<Seen>((resolve) => {
		const seen: Seen = {};
		const fail = (error: NodeJS.ErrnoException) => resolve({ ...seen, code: error.code ?? error.name });
		const request = httpRequest(
			url,
			{
				method,
				agent: false,
				signal: AbortSignal.timeout(timeoutMs),
				headers: {
					Authorization: 'Bearer key',
					...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
					...options.headers,
				},
			},
			(answer) => {
				seen.status = answer.statusCode;
				seen.contentType = answer.headers['content-type'];
				seen.location = answer.headers.location;
				seen.text = '';
				answer.on('data', (chunk: Buffer) => (seen.text = `${seen.text ?? ''}${chunk.toString('utf8')}`));
				answer.on('end', () => resolve(seen));
				answer.on('error', fail);
			},
		);
		request.on('error', fail);
		request.end(body);
	});
}

const presign = async (timeoutMs?: number) =>
	await call('POST', `${server.baseUrl}/v1/upload/presign`, {
		body: JSON.stringify({ content_type: 'image/png', file_type: 'image' }),
		timeoutMs,
	});

/** What a client sees of each fault, on a call that the service would have answered with 200 and JSON. */
const expectations: Record<Fault, Seen> = {
	refused: { code: 'ECONNREFUSED' },
	resetBeforeRead: { code: 'ECONNRESET' },
	resetAfterBody: { code: 'ECONNRESET' },
	midHeaders: { code: 'ECONNRESET' },
	midBody: { code: 'ECONNRESET', status: 200, contentType: 'application/json' },
	truncatedChunked: { code: 'ECONNRESET', status: 200, contentType: 'application/json' },
	hang: { code: 'ABORT_ERR' },
	status500: { status: 500 },
	status502: { status: 502 },
	status503: { status: 503 },
	status504: { status: 504 },
	html: { status: 200, contentType: 'text/html; charset=utf-8' },
	wrongContentType: { status: 200, contentType: 'image/png' },
	empty: { status: 200, text: '' },
	truncatedJson: { status: 200, contentType: 'application/json' },
	redirect: { status: 307, text: '' },
};

const faults = [...connectionFaults, ...answerFaults];

test.each(faults)('%s hits the first call only, and reaches the service when it is to', async (fault) => {
	server = await FaultServer.start({
		plan: faultAt({ fault, call: 'presign', atCall: 1, calls: 1, delivered: true }),
	});

	const first = await presign(fault === 'hang' ? 300 : undefined);
	expect(first).toMatchObject(expectations[fault]);
	expect(server.sandbox.ledger.presigns).toBe(mayBeDelivered(fault) ? 1 : 0);

	const second = await presign();
	expect(second.status).toBe(200);
	expect(JSON.parse(second.text ?? '')).toHaveProperty('presigned_url');
	expect(server.ledger.requests.map(({ treatment, ordinal }) => [treatment, ordinal])).toEqual([
		[fault, 1],
		['passed', 2],
	]);
});

test.each(faults.filter(mayBeDelivered))('%s can keep the call from the service', async (fault) => {
	server = await FaultServer.start({
		plan: faultAt({ fault, call: 'presign', atCall: 2, calls: 1, delivered: false }),
	});
	await presign();
	await presign(fault === 'hang' ? 300 : undefined);
	expect(server.sandbox.ledger.presigns).toBe(1);
	expect(server.ledger.requests.map(({ treatment, delivered }) => [treatment, delivered])).toEqual([
		['passed', true],
		[fault, false],
	]);
});

test.each(['wrongContentType', 'truncatedJson', 'midBody'] as const)(
	'%s keeps the bytes of the answer',
	async (fault) => {
		server = await FaultServer.start({
			plan: faultAt({ fault, call: 'presign', atCall: 1, calls: 1, delivered: true }),
		});
		const { text = '' } = await presign();
		expect(text).toContain(server.sandbox.ledger.files[0]?.id);
		if (fault === 'wrongContentType') expect(JSON.parse(text)).toHaveProperty('id');
		else expect(() => JSON.parse(text) as unknown).toThrow();
	},
);

test('a refusal for long lasts as long as its plan, and the other calls pass', async () => {
	server = await FaultServer.start({
		plan: faultAt({ fault: 'refused', call: 'presign', atCall: 2, calls: Infinity, delivered: false }),
	});
	expect((await presign()).status).toBe(200);
	expect((await presign()).code).toBe('ECONNREFUSED');
	expect((await call('GET', `${server.baseUrl}/v1/models`)).status).toBe(200);
	expect((await presign()).code).toBe('ECONNREFUSED');
	server.plan = noFaults;
	expect((await presign()).status).toBe(200);
	expect(server.ledger.requests.map(({ name, treatment }) => [name, treatment])).toEqual([
		['presign', 'passed'],
		['presign', 'refused'],
		['models', 'passed'],
		['presign', 'refused'],
		['presign', 'passed'],
	]);
});

test.each([1, 2])('the storage refuses its upload number %i', async (atCall) => {
	server = await FaultServer.start({
		plan: faultAt({ fault: 'refused', call: 'put', atCall, calls: 1, delivered: false }),
	});
	const upload = async () => {
		const { presigned_url: url, required_headers: headers } = JSON.parse((await presign()).text ?? '') as {
			presigned_url: string;
			required_headers: Record<string, string>;
		};
		expect(new URL(url).port).not.toBe(new URL(server.sandbox.storageUrl).port);
		const seen = await call('PUT', url, {
			body: 'bytes',
			headers: { ...headers, 'Content-Type': 'image/png', Authorization: '', 'Content-Length': '5' },
		});
		return seen.code ?? seen.status;
	};
	// The storage takes no key, and an empty header is one: what counts here is that the call came through.
	const answered = 400;
	const expected: Array<string | number> = [answered, answered, answered];
	expected[atCall - 1] = 'ECONNREFUSED';
	expect([await upload(), await upload(), await upload()]).toEqual(expected);
});

test('the ledger counts bytes, keeps bodies, and knows which connections are open', async () => {
	server = await FaultServer.start({
		plan: faultAt({ fault: 'hang', call: 'presign', atCall: 1, calls: 1, delivered: false }),
	});
	const hanging = presign(500);
	await until(() => server.openConnections === 1);
	await hanging;
	await until(() => server.openConnections === 0);
	const [entry] = server.ledger.requests;
	expect(entry?.bytes).toBe(entry?.body.length);
	expect(JSON.parse(entry?.body ?? '')).toEqual({ content_type: 'image/png', file_type: 'image' });
	expect(entry?.headers.authorization).toBe('Bearer key');
	expect(server.ledger.connections[0]?.closedAtMs).toBeGreaterThan(0);
});

test('a redirect leads to another origin, which notes who comes', async () => {
	server = await FaultServer.start({
		plan: faultAt({ fault: 'redirect', call: 'presign', atCall: 1, calls: 1, delivered: false }),
	});
	const { location = '' } = await presign();
	expect(new URL(location).origin).not.toBe(server.baseUrl);
	await call('GET', location);
	const [, visit] = server.ledger.requests;
	expect(visit).toMatchObject({ origin: 'elsewhere', headers: { authorization: 'Bearer key' } });
});

test('an answer of the test, and one at a byte a second', async () => {
	server = await FaultServer.start({
		plan: answering(({ name }) =>
			name === 'presign'
				? { status: 503, headers: { 'Retry-After': '7', 'Content-Type': 'application/json' }, body: '{}' }
				: undefined,
		),
	});
	expect(await presign()).toEqual({ status: 503, contentType: 'application/json', text: '{}' });

	server.plan = { treat: () => ({ byteASecondFrom: 'body' }), refuses: () => false };
	const slow = await presign(2_500);
	expect(slow.code).toBe('ABORT_ERR');
	expect(slow.status).toBe(200);
	expect(slow.text?.length).toBeGreaterThanOrEqual(2);
	expect(slow.text?.length).toBeLessThanOrEqual(4);
});
