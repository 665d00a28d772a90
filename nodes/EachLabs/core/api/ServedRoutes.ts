import type { CallResult } from './ApiRequests';

/** What the API has served by two routes over time: the one of today, and the one that older deployments have. */
export type RoutedResource = 'model' | 'executions';

const MAX_BASE_URLS = 100;

/** Which of two routes a deployment serves, so that the other one is asked in vain once. */
export class ServedRoutes {
	private static readonly byBaseUrl = new Map<string, ServedRoutes>();
	private readonly older = new Set<RoutedResource>();

	/** Shared by everybody in this process who asks the same deployment. */
	static of(baseUrl: string): ServedRoutes {
		const routes = ServedRoutes.byBaseUrl.get(baseUrl) ?? new ServedRoutes();
		if (ServedRoutes.byBaseUrl.size >= MAX_BASE_URLS) ServedRoutes.byBaseUrl.clear();
		ServedRoutes.byBaseUrl.set(baseUrl, routes);
		return routes;
	}

	/**
	 * Asks the route that served last, today's at first, and on its 404 the other one. A deployment may change while n8n runs, so
	 * that a route which is not remembered is still asked.
	 *
	 * @returns the answer of the route that serves; where both say 404, that of the first, which knows what it was asked for, unless
	 * it only says that there is no such route
	 */
	async ask<Value>(
		resource: RoutedResource,
		routes: Record<'today' | 'older', () => Promise<CallResult<Value>>>,
	): Promise<CallResult<Value>> {
		const isMissing = (answer: CallResult<Value>) => !answer.ok && answer.error.facts.httpStatus === 404;
		const olderFirst = this.older.has(resource);
		const [first, second] = olderFirst ? [routes.older, routes.today] : [routes.today, routes.older];
		const answer = await first();
		if (!isMissing(answer)) return answer;
		const other = await second();
		if (isMissing(other)) return !answer.ok && answer.error.kind === 'requestRefused' ? other : answer;
		if (other.ok) {
			if (olderFirst) this.older.delete(resource);
			else this.older.add(resource);
		}
		return other;
	}
}
