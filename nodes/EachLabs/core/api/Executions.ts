import type { Scope } from '../Scope';
import { QUICK_READ, type ApiRequests, type AttemptOptions, type CallResult } from './ApiRequests';
import { apiSlug } from './routedModel';
import type { ServedRoutes } from './ServedRoutes';
import { executionListResponse, type ListedPrediction } from './shapes';
import { withQuery } from './withQuery';

/** Entries per page; the list gives no more. */
const PAGE_SIZE = 100;
/** Pages beyond those that the limit takes: rows may come twice or in another shape, but a list that never ends is left. */
const MAX_EXTRA_PAGES = 10;
/** The older list gives no rows behind this one; `offset` and `limit` together. */
const OLDER_BOUND = 1_000;
/** How far back the service goes from `to`, or from now, where no `from` is given. */
const STANDARD_WINDOW_MS = 90 * 24 * 3_600_000;

/** Which of the account's predictions; what is undefined or empty holds none back. */
export interface PredictionFilter {
	/** Slug. */
	readonly model?: string;
	/** Words of the service, by comma. */
	readonly status?: string;
	/** Time of creation, RFC 3339; without it the service goes back 90 days. */
	readonly from?: string;
	readonly to?: string;
}

export interface ExecutionsRead {
	/** Newest first, each once. */
	readonly entries: readonly ListedPrediction[];
	/** False where the service stopped before the list was at its end, for a reason of its own. */
	readonly isWhole: boolean;
}

interface NewestSince {
	/** Of all models when undefined. */
	readonly model?: string;
	/** By the clock of the service. */
	readonly sinceEpochMs: number;
	/** A page of them when undefined. */
	readonly limit?: number;
}

interface ReadOptions extends Pick<AttemptOptions, 'attemptTimeoutMs'> {
	/** Whether each page is asked for once only, because the caller asks again. */
	readonly once?: boolean;
}

type Page = NonNullable<ReturnType<typeof executionListResponse.safeParse>['data']>;
/** Where a page begins: behind a cursor, or at an offset of the filter's own window. */
interface Place {
	readonly filter: PredictionFilter;
	readonly offset: number;
	readonly cursor?: string;
}

/** The account's list of predictions: today's with its cursor, or, where there is none, the older one with its offsets. */
export class Executions {
	constructor(
		private readonly requests: ApiRequests,
		private readonly routes: ServedRoutes,
	) {}

	/** The account's predictions, newest first, at most `limit` of them. */
	async list(filter: PredictionFilter, limit: number, scope: Scope): Promise<ExecutionsRead> {
		const listed = await this.read(filter, limit, scope, QUICK_READ);
		if (!listed.ok) throw listed.error;
		return listed.value;
	}

	/** The newest since a moment; one attempt a page. */
	async newest(
		{ model, sinceEpochMs, limit = PAGE_SIZE }: NewestSince,
		scope: Scope,
	): Promise<CallResult<readonly ListedPrediction[]>> {
		const filter = { model: model && apiSlug(model), from: new Date(sinceEpochMs).toISOString() };
		const listed = await this.read(filter, limit, scope, { once: true, ...QUICK_READ });
		return listed.ok ? { ok: true, value: listed.value.entries } : listed;
	}

	/**
	 * The newest predictions that pass the filter.
	 *
	 * @param limit how many at most
	 */
	private async read(
		filter: PredictionFilter,
		limit: number,
		scope: Scope,
		options: ReadOptions,
	): Promise<CallResult<ExecutionsRead>> {
		const found = new Map<string, ListedPrediction>();
		const size = Math.min(PAGE_SIZE, limit);
		const maxPages = Math.ceil(limit / size) + MAX_EXTRA_PAGES;
		const seenCursors = new Set<string>();
		let place: Place | undefined = { filter, offset: 0 };
		let isWhole = true;
		for (let pages = 0; place !== undefined && found.size < limit; pages++) {
			if (pages >= maxPages) return this.result(found, limit, false);
			const asked: CallResult<{ page: Page; isOlder: boolean }> = await this.readPage(
				place,
				size,
				scope,
				options,
			);
			if (!asked.ok) return asked;
			const { page, isOlder } = asked.value;
			const knownCount = found.size;
			for (const entry of page.entries) if (!found.has(entry.id)) found.set(entry.id, entry);
			if (!isOlder) {
				const cursor: string | null = page.hasMore ? page.nextCursor : null;
				isWhole = !page.hasMore || cursor !== null;
				// A cursor that leads back would be followed for ever.
				if (cursor !== null && seenCursors.has(cursor)) return this.result(found, limit, false);
				if (cursor !== null) seenCursors.add(cursor);
				place = cursor === null ? undefined : { ...place, cursor };
				continue;
			}
			// A total that comes with a page may be capped: only a short page is the last one.
			const isLast = page.length < size;
			const next = place.offset + size;
			if (isLast) place = undefined;
			else if (next + size <= OLDER_BOUND) place = { filter: place.filter, offset: next };
			else {
				// Nothing new since the window was moved: it can't be moved any further.
				if (found.size === knownCount) return this.result(found, limit, false);
				const moved = this.windowBefore(place.filter, page.entries.at(-1)?.createdAt ?? null);
				isWhole = moved !== undefined;
				place = moved && { filter: moved, offset: 0 };
			}
		}
		return this.result(found, limit, isWhole);
	}

	private result(
		found: ReadonlyMap<string, ListedPrediction>,
		limit: number,
		isWhole: boolean,
	): CallResult<ExecutionsRead> {
		return { ok: true, value: { entries: [...found.values()].slice(0, limit), isWhole } };
	}

	/** A page, by the route that serves; a cursor belongs to today's alone. */
	private async readPage(
		{ filter, offset, cursor }: Place,
		limit: number,
		scope: Scope,
		{ once = false, ...options }: ReadOptions,
	): Promise<CallResult<{ page: Page; isOlder: boolean }>> {
		const ask = async (path: string, isOlder: boolean) => {
			const call = once ? 'callOnce' : 'tryCall';
			const asked = await this.requests[call]('GET', path, executionListResponse, scope, options);
			return asked.ok ? { ...asked, value: { page: asked.value, isOlder } } : asked;
		};
		const today = async () => await ask(withQuery('/v2/executions', { limit, cursor, ...filter }), false);
		const older = async () => await ask(withQuery('/v1/executions', { limit, offset, ...filter }), true);
		if (cursor !== undefined) return await today();
		if (offset > 0) return await older();
		return await this.routes.ask('executions', { today, older });
	}

	/** The part of a filter's window that is not newer than a row; undefined where the row has no time. */
	private windowBefore(filter: PredictionFilter, createdAt: string | null): PredictionFilter | undefined {
		const oldestMs = Date.parse(createdAt ?? '');
		if (Number.isNaN(oldestMs)) return undefined;
		const endMs = Date.parse(filter.to ?? '');
		const from =
			filter.from ??
			new Date(
				(Number.isNaN(endMs) ? this.requests.clock.epochMs() : endMs) - STANDARD_WINDOW_MS,
			).toISOString();
		// Rows of the same millisecond are read twice rather than never.
		return { ...filter, from, to: new Date(oldestMs + 1).toISOString() };
	}
}
