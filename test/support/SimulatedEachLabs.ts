import { createHash } from 'node:crypto';

import type { HttpAnswer, HttpRequest, Interruption, Transport } from '../../nodes/EachLabs/core/host';
import { json } from './ScriptedTransport';
import type { VirtualClock } from './VirtualClock';

export const SIMULATED_BASE_URL = 'https://api.test';
const STORAGE_URL = 'https://storage.test';
const PUBLIC_URL = 'https://files.test';

export type Endpoint = 'create' | 'poll' | 'cancel' | 'list' | 'model' | 'presign' | 'put' | 'delete';

/** A request goes wrong: whether the service acts upon it all the same, and what the sender gets to see. */
export interface Fault {
	readonly acts: boolean;
	/** `silence`: nothing comes until the sender ends the request. */
	readonly gives: HttpAnswer | Interruption | 'silence';
}

export interface SimulationOptions {
	/** Milliseconds of the nth prediction, counted from 0. */
	readonly runTimeMs?: (ordinal: number) => number;
	/** How many predictions may be in flight now, of everybody together; null for no cap. */
	readonly accountCap?: (nowMs: number) => number | null;
	/** Places that somebody else wants now. He takes what is free of them, and gives back what he does not want any more. */
	readonly rivalWants?: (nowMs: number) => number;
	/** From a request to its answer; half of it until the service acts. */
	readonly latencyMs?: number;
	/** Asked for each request; undefined for one that goes well. */
	readonly fault?: (endpoint: Endpoint, request: HttpRequest, ordinal: number) => Fault | undefined;
	/** The account's cap, while it is reached or exceeded, is closed until nobody has sent a create for so long. */
	readonly gateShutMs?: number;
	/** What a refusal for want of a slot says of the cap. */
	readonly refusalDetails?: (cap: number) => string;
	/** Sent with each refusal for want of a slot. */
	readonly retryAfter?: string;
	readonly cancelObeyed?: boolean;
	/** Whether answers carry `metrics.predict_time`. */
	readonly tellsPredictTime?: boolean;
	/** Status word of a prediction that is not finished, given its id. */
	readonly runningStatus?: (id: string) => string;
	/** How a prediction ends, given its ordinal; success when undefined. */
	readonly endsAs?: (ordinal: number) => string | undefined;
	/** For how long a new prediction can't be found. */
	readonly hiddenMs?: number;
	/** Whose routes are served: those of November (the default), or those of August. */
	readonly api?: 'august' | 'november';
	/** What the nth prediction is charged, in USD; 0.0001 unless said. */
	readonly costUsd?: (ordinal: number) => number;
	/** How an answer about it says so: `metrics.cost`, and `execution_cost` in the list; as it is unless said. */
	readonly spellCost?: (
		costUsd: number,
		ordinal: number,
	) => { readonly metrics?: unknown; readonly listed?: unknown };
	/** For how long a question about a prediction in flight is held, unless it ends before. */
	readonly holdsMs?: number;
	/** How an answer tells the input of a prediction; as it was sent unless said. */
	readonly tellInput?: (input: Record<string, unknown>) => Record<string, unknown>;
}

export interface SimulatedPrediction {
	readonly id: string;
	readonly ordinal: number;
	readonly model: string;
	readonly input: Record<string, unknown>;
	readonly createdAtMs: number;
	readonly runTimeMs: number;
	/** When it ended, or will end if nobody cancels it. */
	settlesAtMs: number;
	cancelled: boolean;
	polls: number;
	cancelRequests: number;
}

export interface SimulatedRequest {
	readonly atMs: number;
	readonly endpoint: Endpoint;
	readonly request: HttpRequest;
	answeredAtMs?: number;
	status?: number;
}

/**
 * An Each Labs in memory, on the virtual clock: what the API documents, as far as the core uses it. It is its own ledger, so a
 * test asks it what really happened.
 */
export class SimulatedEachLabs implements Transport {
	readonly requests: SimulatedRequest[] = [];
	readonly predictions: SimulatedPrediction[] = [];
	readonly files = new Map<
		string,
		{ contentType: string; sha256?: string; uploads: number; deleted: boolean }
	>();
	refusedCreates = 0;
	maxInFlight = 0;
	/** Until when the gate stays shut if nobody knocks. */
	private shutUntilMs = -Infinity;
	private readonly byId = new Map<string, SimulatedPrediction>();
	private running: SimulatedPrediction[] = [];
	private readonly counts = new Map<Endpoint, number>();

	constructor(
		private readonly clock: VirtualClock,
		public options: SimulationOptions = {},
	) {}

	async send(request: HttpRequest): Promise<HttpAnswer | Interruption> {
		const endpoint = endpointOf(request);
		const entry: SimulatedRequest = { atMs: this.clock.monotonicMs(), endpoint, request };
		this.requests.push(entry);
		const ordinal = this.counts.get(endpoint) ?? 0;
		this.counts.set(endpoint, ordinal + 1);
		const { latencyMs = 50 } = this.options;
		const fault = this.options.fault?.(endpoint, request, ordinal);

		const isEnded = () => request.abortSignal.aborted;
		await this.clock.elapse(latencyMs / 2, request.abortSignal);
		if (isEnded()) return ENDED;
		const answer = fault && !fault.acts ? undefined : await this.act(endpoint, request);
		const given = fault ? fault.gives : (answer as HttpAnswer);
		await this.clock.elapse(given === 'silence' ? Infinity : latencyMs / 2, request.abortSignal);
		if (given === 'silence' || isEnded()) return ENDED;
		entry.answeredAtMs = this.clock.monotonicMs();
		if ('status' in given) entry.status = given.status;
		return given;
	}

	/** Requests to an endpoint, oldest first. */
	sent(endpoint: Endpoint): SimulatedRequest[] {
		return this.requests.filter((entry) => entry.endpoint === endpoint);
	}

	get inFlight(): number {
		const nowMs = this.clock.monotonicMs();
		this.running = this.running.filter((prediction) => prediction.settlesAtMs > nowMs);
		return this.running.length;
	}

	statusOf(prediction: SimulatedPrediction): string {
		if (this.clock.monotonicMs() < prediction.settlesAtMs) {
			return this.options.runningStatus?.(prediction.id) ?? 'processing';
		}
		return prediction.cancelled ? 'cancelled' : (this.options.endsAs?.(prediction.ordinal) ?? 'success');
	}

	private async act(endpoint: Endpoint, request: HttpRequest): Promise<HttpAnswer> {
		const body =
			typeof request.body === 'string' ? (JSON.parse(request.body) as Record<string, unknown>) : {};
		const url = new URL(request.url);
		const id = decodeURIComponent(url.pathname.split('/')[3] ?? '');
		switch (endpoint) {
			case 'create':
				return this.create(body);
			case 'poll': {
				const endsInMs = (this.byId.get(id)?.settlesAtMs ?? 0) - this.clock.monotonicMs();
				const heldMs = Math.min(this.options.holdsMs ?? 0, endsInMs);
				if (heldMs > 0) await this.clock.elapse(heldMs, request.abortSignal);
				return this.get(id);
			}
			case 'cancel':
				return this.cancel(id);
			case 'list': {
				const isCursorRoute = url.pathname.startsWith('/v2/');
				if (isCursorRoute !== ((this.options.api ?? 'november') === 'november'))
					return json(404, { error: 'not found' });
				return this.list(url.searchParams, isCursorRoute);
			}
			case 'presign':
				return this.presign(body);
			case 'put':
				return await this.put(request, url.pathname.slice(1));
			case 'delete': {
				const file = this.files.get(id);
				if (file) file.deleted = true;
				return { status: 204, headers: {}, text: '' };
			}
			case 'model':
				return json(404, { error: 'model not found' });
		}
	}

	private create(body: Record<string, unknown>): HttpAnswer {
		const nowMs = this.clock.monotonicMs();
		const cap = this.options.accountCap?.(nowMs) ?? null;
		const own = this.inFlight;
		if (cap !== null) {
			// Whatever was free since our last create, the rival has taken as much of it as he wants.
			const rivalHolds = this.rivalHolds();
			const isShut = nowMs < this.shutUntilMs;
			if (isShut || own + rivalHolds >= cap) {
				this.refusedCreates += 1;
				const { retryAfter, gateShutMs, refusalDetails } = this.options;
				if (gateShutMs !== undefined) this.shutUntilMs = nowMs + gateShutMs;
				return json(
					429,
					{
						error: 'too many requests',
						details: refusalDetails?.(cap) ?? `your account's cap is ${cap}`,
					},
					retryAfter === undefined ? {} : { 'retry-after': retryAfter },
				);
			}
		}
		const ordinal = this.predictions.length;
		const runTimeMs = this.options.runTimeMs?.(ordinal) ?? 1_000;
		const prediction: SimulatedPrediction = {
			id: `p${ordinal}`,
			ordinal,
			model: String(body['model']),
			input: body['input'] as Record<string, unknown>,
			createdAtMs: nowMs,
			runTimeMs,
			settlesAtMs: nowMs + runTimeMs,
			cancelled: false,
			polls: 0,
			cancelRequests: 0,
		};
		this.predictions.push(prediction);
		this.byId.set(prediction.id, prediction);
		this.running.push(prediction);
		this.maxInFlight = Math.max(this.maxInFlight, own + 1);
		return json(200, { status: 'success', message: 'created', predictionID: prediction.id });
	}

	private rivalHolds(): number {
		const nowMs = this.clock.monotonicMs();
		const cap = this.options.accountCap?.(nowMs) ?? Infinity;
		return Math.min(this.options.rivalWants?.(nowMs) ?? 0, Math.max(0, cap - this.inFlight));
	}

	private get(id: string): HttpAnswer {
		const prediction = this.byId.get(id);
		if (prediction) prediction.polls += 1;
		const nowMs = this.clock.monotonicMs();
		if (!prediction || nowMs < prediction.createdAtMs + (this.options.hiddenMs ?? 0)) {
			return json(404, { error: 'prediction not found' });
		}
		const status = this.statusOf(prediction);
		const isOver = nowMs >= prediction.settlesAtMs;
		const { tellsPredictTime = true } = this.options;
		return json(200, {
			id,
			input: this.options.tellInput?.(prediction.input) ?? prediction.input,
			status,
			output: isOver ? `answer to ${id}` : null,
			logs: null,
			metrics: isOver
				? {
						cost: this.spelledCost(prediction).metrics,
						...(tellsPredictTime ? { predict_time: prediction.runTimeMs / 1_000 } : {}),
					}
				: {},
			urls: {},
		});
	}

	/** USD, of a prediction that has ended. */
	costOf({ ordinal }: SimulatedPrediction): number {
		return this.options.costUsd?.(ordinal) ?? 0.0001;
	}

	private spelledCost(prediction: SimulatedPrediction): { metrics?: unknown; listed?: unknown } {
		const costUsd = this.costOf(prediction);
		return this.options.spellCost?.(costUsd, prediction.ordinal) ?? { metrics: costUsd, listed: costUsd };
	}

	private cancel(id: string): HttpAnswer {
		const prediction = this.byId.get(id);
		if (!prediction) return json(404, { error: 'prediction not found' });
		prediction.cancelRequests += 1;
		const nowMs = this.clock.monotonicMs();
		if ((this.options.cancelObeyed ?? true) && nowMs < prediction.settlesAtMs) {
			prediction.cancelled = true;
			prediction.settlesAtMs = nowMs;
		}
		return json(200, { status: 'cancelled' });
	}

	private list(query: URLSearchParams, isCursorRoute: boolean): HttpAnswer {
		const fromMs = Date.parse(query.get('from') ?? '') - this.clock.epochMs() + this.clock.monotonicMs();
		const offset = Number(query.get(isCursorRoute ? 'cursor' : 'offset') ?? 0);
		const limit = Number(query.get('limit') ?? 20);
		const matching = this.predictions
			.filter(({ createdAtMs, model }) => createdAtMs >= fromMs && model === (query.get('model') ?? model))
			.reverse();
		// The rival's predictions are of no time and model: they are there as long as he holds places.
		const rivals = Array.from({ length: offset === 0 ? this.rivalHolds() : 0 }, (_, index) => ({
			id: `rival-${index}`,
			model: 'rival-model',
			status: 'processing',
			created_at: null,
		})).filter(({ model }) => model === (query.get('model') ?? model));
		return json(200, {
			executions: [
				...rivals,
				...matching.slice(offset, offset + limit).map((prediction) => ({
					id: prediction.id,
					model: prediction.model,
					status: this.statusOf(prediction),
					created_at: null,
					execution_cost:
						this.statusOf(prediction) === 'success' ? this.spelledCost(prediction).listed : null,
				})),
			],
			...(isCursorRoute
				? {
						limit,
						has_more: offset + limit < matching.length,
						next_cursor: offset + limit < matching.length ? String(offset + limit) : null,
					}
				: { total_count: matching.length, total_capped: false }),
		});
	}

	private presign(body: Record<string, unknown>): HttpAnswer {
		const id = `f${this.files.size}`;
		const contentType = String(body['content_type']);
		this.files.set(id, { contentType, uploads: 0, deleted: false });
		return json(200, {
			id,
			presigned_url: `${STORAGE_URL}/${id}?X-Amz-Signature=s3cret`,
			public_url: `${PUBLIC_URL}/${id}`,
			expires_at: '2026-01-01T00:15:00Z',
			required_headers: { 'x-amz-acl': 'public-read' },
		});
	}

	private async put(request: HttpRequest, id: string): Promise<HttpAnswer> {
		const hash = createHash('sha256');
		const { body } = request;
		if (body instanceof Uint8Array) hash.update(body);
		else if (typeof body === 'object') for await (const chunk of body) hash.update(chunk);
		const file = this.files.get(id);
		if (!file) return { status: 403, headers: {}, text: 'AccessDenied' };
		file.uploads += 1;
		file.sha256 = hash.digest('hex');
		return { status: 200, headers: {}, text: '' };
	}
}

const ENDED: Interruption = { delivery: 'unknown', interrupted: 'the request was ended' };

function endpointOf({ method, url }: HttpRequest): Endpoint {
	if (url.startsWith(STORAGE_URL)) return 'put';
	const path = `${method} ${url.replace(SIMULATED_BASE_URL, '').split('?', 1)[0] ?? ''}`;
	const endpoint = ENDPOINTS.find(([pattern]) => pattern.test(path))?.[1];
	if (endpoint === undefined) throw new Error(`the service has no ${path}`);
	return endpoint;
}

const ENDPOINTS: ReadonlyArray<readonly [RegExp, Endpoint]> = [
	[/^POST \/v1\/prediction$/, 'create'],
	[/^GET \/v1\/prediction\/[^/]+$/, 'poll'],
	[/^POST \/v1\/prediction\/[^/]+\/cancel$/, 'cancel'],
	[/^GET \/v[12]\/executions$/, 'list'],
	[/^GET \/v1\/models?(\/[^/]+)?$/, 'model'],
	[/^POST \/v1\/upload\/presign$/, 'presign'],
	[/^DELETE \/v1\/files\/[^/]+$/, 'delete'],
];
