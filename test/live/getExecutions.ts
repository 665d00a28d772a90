import type { LiveAnswer } from './LiveApi';

type Get = (path: string) => Promise<LiveAnswer>;

/** The executions by the newer list; where the API has none, by the older one, as the node reads them. */
export async function getExecutions(get: Get, query: Record<string, string>): Promise<LiveAnswer> {
	const search = new URLSearchParams(query).toString();
	const answer = await get(`/v2/executions?${search}`);
	return answer.status === 404 ? await get(`/v1/executions?${search}`) : answer;
}
