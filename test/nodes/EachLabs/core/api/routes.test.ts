import { Scope } from '../../../../../nodes/EachLabs/core/Scope';
import { EachLabsClient } from '../../../../../nodes/EachLabs/core/api/EachLabsClient';
import { ServedRoutes } from '../../../../../nodes/EachLabs/core/api/ServedRoutes';
import type { HttpAnswer, HttpRequest } from '../../../../../nodes/EachLabs/core/host';
import { PredictionError } from '../../../../../nodes/EachLabs/core/PredictionError';
import {
	json,
	plain,
	ScriptedTransport,
	SCRIPTED_BASE_URL,
	type ScriptedAnswer,
} from '../../../../support/ScriptedTransport';
import { VirtualClock } from '../../../../support/VirtualClock';

// Which of two routes is asked, when, and what is read through it.

const GONE = json(404, { error: 'not found' });
const MODEL = json(200, { slug: 'm', request_schema: {} });

function scripted(answers: readonly ScriptedAnswer[], routes = new ServedRoutes()) {
	const clock = new VirtualClock(() => 0.5);
	const transport = new ScriptedTransport(clock, answers);
	const client = new EachLabsClient(transport, clock, SCRIPTED_BASE_URL, routes);
	const model = async (slug = 'm') =>
		await clock.run(
			client.getModel(slug, new Scope(clock, 60_000)).catch((error: unknown) => error as PredictionError),
		);
	return { clock, transport, client, model };
}

describe('a model', () => {
	test("is asked for by today's route, and by the older one on its 404; which one serves is remembered", async () => {
		const { transport, model } = scripted([MODEL, GONE, MODEL, MODEL]);
		for (let time = 0; time < 3; time++) expect(await model()).toMatchObject({ slug: 'm' });
		expect(transport.lines).toEqual([
			'GET /v1/models/m',
			'GET /v1/models/m',
			'GET /v1/model?slug=m',
			'GET /v1/model?slug=m',
		]);
	});

	test('is unknown only where both routes say so, also where the older one was remembered', async () => {
		const routes = new ServedRoutes();
		await scripted([GONE, MODEL], routes).model();
		const moved = scripted([GONE, MODEL, GONE, GONE], routes);
		expect(await moved.model()).toMatchObject({ slug: 'm' });
		expect(await moved.model()).toMatchObject({ kind: 'modelUnavailable', facts: { httpStatus: 404 } });
		expect(moved.transport.lines).toEqual([
			'GET /v1/model?slug=m',
			'GET /v1/models/m',
			'GET /v1/models/m',
			'GET /v1/model?slug=m',
		]);
	});

	test('that no route knows is told in the words of the one that serves', async () => {
		const told = (words: string) => json(404, { error: words });
		const { model } = scripted([MODEL, told('no such model'), told('no such address')]);
		await model();
		expect(await model('gone')).toMatchObject({
			description: expect.stringContaining('Each Labs says: no such model'),
		});
	});

	test('that is written in other case is known by the slug of the catalogue, which a create is sent', async () => {
		expect(await scripted([MODEL]).model('M')).toMatchObject({ slug: 'm' });
	});

	test('whose route of today is a page is unknown where the older one does not know it', async () => {
		const page = plain(404, '<!doctype html><title>404</title>');
		const { model } = scripted([page, GONE]);
		expect(await model()).toMatchObject({ kind: 'modelUnavailable' });
	});

	test.each([
		['another slug', { slug: 'dearer', request_schema: {} }, 'modelUnavailable'],
		['a part of the slug', { slug: 'gemini', request_schema: {} }, 'modelUnavailable'],
	])('that is answered with %s is not used', async (_, body, kind) => {
		const outcome = await scripted([json(200, body)]).model('gemini-2');
		expect(outcome).toMatchObject({ kind, mayHaveBought: false });
	});

	test.each(['.', '..'])(
		'named %s is not asked for, since the address would lead elsewhere',
		async (slug) => {
			const { transport, model } = scripted([]);
			expect(await model(slug)).toMatchObject({ kind: 'modelUnavailable' });
			expect(transport.lines).toEqual([]);
		},
	);

	test('that does not answer now is not looked for by the other route', async () => {
		const { transport, model } = scripted([json(503, {}), json(503, {}), json(503, {})]);
		expect(await model()).toMatchObject({ kind: 'serviceUnavailable' });
		expect(new Set(transport.lines)).toEqual(new Set(['GET /v1/models/m']));
	});

	test.each([
		['a price', { amount: '0.01', unit: 'execution', estimate: null }, { amount: 0.01, estimate: null }],
		['no price', null, null],
		['a price of another shape', 'dear', null],
	])('with %s has it', async (_, cost, expected) => {
		const outcome = await scripted([json(200, { slug: 'm', cost })]).model();
		if (expected === null) expect(outcome).toMatchObject({ cost: null });
		else expect(outcome).toMatchObject({ cost: expected });
	});
});

/** A list of so many predictions, one a minute, served by today's route or by the older one with or without its bound. */
function history(count: number, api: 'today' | 'older' | 'olderBounded') {
	const clock = new VirtualClock(() => 0.5);
	const rows = Array.from({ length: count }, (_, index) => ({
		id: `p${index}`,
		status: 'success',
		created_at: new Date(clock.epochMs() - index * 60_000).toISOString(),
	}));
	const lines: string[] = [];
	const send = async ({ url }: HttpRequest): Promise<HttpAnswer> => {
		const { pathname, searchParams: query } = new URL(url);
		lines.push(pathname);
		if ((pathname === '/v2/executions') !== (api === 'today')) return GONE;
		const toMs = Date.parse(query.get('to') ?? '9999-01-01');
		const fromMs = Date.parse(query.get('from') ?? '0001-01-01');
		const matching = rows.filter(({ created_at: at }) => Date.parse(at) <= toMs && Date.parse(at) >= fromMs);
		const limit = Number(query.get('limit'));
		const offset = Number(query.get(api === 'today' ? 'cursor' : 'offset') ?? 0);
		if (api === 'olderBounded' && offset + limit > 1_000) return json(400, { error: 'limited to 1000 rows' });
		const hasMore = offset + limit < matching.length;
		return json(200, {
			executions: matching.slice(offset, offset + limit),
			...(api === 'today' ? { has_more: hasMore, next_cursor: hasMore ? String(offset + limit) : null } : {}),
		});
	};
	const client = new EachLabsClient({ send }, clock, SCRIPTED_BASE_URL, new ServedRoutes());
	const read = async (limit: number) =>
		await clock.run(client.executions.list({}, limit, new Scope(clock, 60_000)));
	return { read, lines, rows };
}

describe('the list of predictions', () => {
	test.each([
		[1_130, 100_000, 'today', 12],
		[1_130, 100_000, 'older', 13],
		[1_130, 100_000, 'olderBounded', 13],
		[3_500, 100_000, 'olderBounded', 38],
		[1_130, 250, 'today', 3],
		[30, 10, 'today', 1],
		[0, 10, 'older', 2],
	] as const)(
		'of %i is read up to %i where %s serves it, in %i requests',
		async (count, limit, api, requests) => {
			const { read, lines, rows } = history(count, api);
			const { entries, isWhole } = await read(limit);
			expect(entries.map(({ id }) => id)).toEqual(rows.slice(0, limit).map(({ id }) => id));
			expect(isWhole).toBe(true);
			expect(lines.length).toBeLessThanOrEqual(requests + 1);
		},
	);

	test('whose cursor leads back ends there, and says that it is not whole', async () => {
		const page = json(200, { executions: [{ id: 'p1', status: 'error' }], has_more: true, next_cursor: 'a' });
		const { clock, client } = scripted([page, page]);
		const read = client.executions.list({}, 500, new Scope(clock, 60_000));
		expect(await clock.run(read)).toMatchObject({ entries: [{ id: 'p1' }], isWhole: false });
	});

	test('that says there is more without saying where is not whole', async () => {
		const page = json(200, { executions: [{ id: 'p1', status: 'error' }], has_more: true });
		const { clock, client } = scripted([page]);
		const read = client.executions.list({}, 500, new Scope(clock, 60_000));
		expect(await clock.run(read)).toMatchObject({ isWhole: false });
	});
});

test('a poll that is answered about another prediction is one that failed', async () => {
	const { clock, client } = scripted([json(200, { id: 'p2', status: 'success', output: 'not yours' })]);
	const polled = client.pollPrediction('p1', new Scope(clock, 60_000));
	expect(await clock.run(polled)).toMatchObject({
		ok: false,
		mayPass: true,
		error: { kind: 'unexpectedAnswer' },
	});
});

test('an answer that is too long is not asked for again, and names what was paid', async () => {
	const { clock, client } = scripted([{ delivery: 'unknown', interrupted: 'too long', tooLong: true }]);
	const polled = client.pollPrediction('p1', new Scope(clock, 60_000));
	expect(await clock.run(polled)).toMatchObject({
		ok: false,
		mayPass: false,
		error: { message: expect.stringContaining('paid'), facts: { predictionId: 'p1' } },
	});
});
