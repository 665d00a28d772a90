import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { Deadline } from '../core/Deadline';
import { EachLabsClient } from '../core/EachLabsClient';
import { readApiAccess } from '../n8n/apiAccess';
import { hostClock } from '../n8n/hostClock';
import { HostTransport } from '../n8n/HostTransport';
import { toNodeError } from '../n8n/nodeError';

const PAGE_SIZE = 100;
const SEARCH_TIME_MS = 20_000;

/** The models of the catalogue, a page at a time, for the list of the parameter 'Model'. */
export async function searchModels(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	try {
		const { apiKey, baseUrl } = await readApiAccess(this);
		const client = new EachLabsClient(new HostTransport(this), hostClock, baseUrl, [apiKey]);
		const offset = Number(paginationToken ?? 0);
		const models = await client.listModels(
			{ name: filter, limit: PAGE_SIZE, offset },
			{ deadline: new Deadline(hostClock, SEARCH_TIME_MS) },
		);
		return {
			results: models.map(({ slug, title }) => ({ name: title, value: slug })),
			paginationToken: models.length === PAGE_SIZE ? String(offset + PAGE_SIZE) : undefined,
		};
	} catch (error) {
		throw toNodeError(error, this.getNode());
	}
}
