import type { Shape } from '../../../../../nodes/EachLabs/core/api/readJson';
import {
	createPredictionResponse,
	executionListResponse,
	modelListResponse,
	predictionResponse,
	presignUploadResponse,
} from '../../../../../nodes/EachLabs/core/api/shapes';

function read<Value>(shape: Shape<Value>, wire: unknown): Value | undefined {
	return shape.safeParse(wire).data;
}

describe('a prediction', () => {
	test('is read with its cost and time, and kept as it came', () => {
		const wire = {
			id: 'p1',
			input: { prompt: 'x' },
			status: 'success',
			output: 'a cat',
			logs: 'ok',
			metrics: { predict_time: 2.5, cost: 0.001, gpu: 'x' },
			urls: { get: 'https://a.test' },
			invented_later: 1,
		};
		expect(read(predictionResponse, wire)).toEqual({
			id: 'p1',
			status: 'success',
			input: { prompt: 'x' },
			output: 'a cat',
			logs: 'ok',
			cost: 0.001,
			predictTimeSeconds: 2.5,
			raw: wire,
		});
	});

	test.each<[string, Record<string, unknown>]>([
		['has neither cost nor time yet', {}],
		['has no metrics', { metrics: null }],
		['has metrics of another shape', { metrics: 'soon' }],
		['has a cost of another shape', { metrics: { cost: 'free', predict_time: 'long' } }],
		['has logs and input of another shape', { logs: ['a'], input: 'x' }],
	])('that %s is read all the same', (_, fields) => {
		expect(read(predictionResponse, { id: 'p1', status: 'processing', ...fields })).toMatchObject({
			id: 'p1',
			status: 'processing',
			input: {},
			output: null,
			logs: null,
			cost: null,
			predictTimeSeconds: null,
		});
	});

	test.each<[string, unknown]>([
		['an id', { status: 'success' }],
		['a status', { id: 'p1' }],
		['an id that says something', { id: '', status: 'success' }],
		['a status that is a word', { id: 'p1', status: 200 }],
		['an object around it', 'success'],
	])('without %s is none', (_, wire) => {
		expect(read(predictionResponse, wire)).toBeUndefined();
	});
});

test.each<[string, unknown, unknown]>([
	['with an id', { status: 'success', predictionID: 'p1' }, { predictionID: 'p1' }],
	[
		'with an id beside fields of any shape',
		{ status: 200, message: {}, predictionID: 'p1' },
		{ predictionID: 'p1', status: undefined },
	],
	[
		'with an id that is none',
		{ status: 'success', predictionID: {} },
		{ predictionID: undefined, status: 'success' },
	],
])('the answer to a create %s', (_, wire, expected) => {
	expect(read(createPredictionResponse, wire)).toMatchObject(expected as object);
});

test('an upload needs no headers', () => {
	expect(
		read(presignUploadResponse, { id: 'f1', presigned_url: 'https://s', public_url: 'https://p' }),
	).toEqual({
		id: 'f1',
		presignedUrl: 'https://s',
		publicUrl: 'https://p',
		expiresAt: null,
		requiredHeaders: {},
	});
});

test('one model of another shape does not hide the others, and counts on its page', () => {
	const whole = {
		slug: 'a',
		title: 'A',
		version: '0.0.1',
		output_type: 'array',
		request_schema: { type: 'object' },
		invented_later: 1,
	};
	const bare = { slug: 'b' };
	expect(read(modelListResponse, [whole, { slug: 5 }, null, bare])).toEqual({
		entries: [
			{
				slug: 'a',
				title: 'A',
				version: '0.0.1',
				outputType: 'array',
				requestSchema: { type: 'object' },
				cost: null,
				raw: whole,
			},
			{ slug: 'b', title: 'b', version: null, outputType: null, requestSchema: null, cost: null, raw: bare },
		],
		length: 4,
	});
	expect(read(modelListResponse, { models: [] })).toBeUndefined();
});

test('one execution of another shape does not hide the others, and counts on its page', () => {
	const whole = {
		id: 'p1',
		model: 'm',
		status: 'success',
		execution_cost: 0.05,
		run_time: 12.5,
		created_at: '2026-01-01T00:00:00Z',
		completed_at: '2026-01-01T00:00:15Z',
		output: 'a cat',
		invented_later: 1,
	};
	const bare = { id: 'p2', execution_cost: 'free' };
	expect(read(executionListResponse, { executions: [whole, {}, 'x', bare], total_count: 4 })).toMatchObject({
		entries: [
			{
				id: 'p1',
				model: 'm',
				status: 'success',
				cost: 0.05,
				predictTimeSeconds: 12.5,
				createdAt: '2026-01-01T00:00:00Z',
				completedAt: '2026-01-01T00:00:15Z',
				output: 'a cat',
				raw: whole,
			},
			{
				id: 'p2',
				model: null,
				status: '',
				cost: null,
				predictTimeSeconds: null,
				createdAt: null,
				completedAt: null,
				output: null,
			},
		],
		length: 4,
	});
	expect(read(executionListResponse, [])).toBeUndefined();
});
