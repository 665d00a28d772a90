import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { DEFAULT_MODEL, KNOWN_DEFAULT_MODEL } from '../core/model/defaultModel';
import { MEDIA_KIND_NAMES, MEDIA_KINDS, type MediaKind } from '../core/media/media';
import { canBeAskedAbout } from '../core/model/questionInput';
import { PredictionError } from '../core/PredictionError';
import type { EachLabsClient } from '../core/api/EachLabsClient';
import { routedModel, ROUTER_SLUG } from '../core/api/routedModel';
import type { Model } from '../core/api/shapes';
import { toNodeError } from '../n8n/nodeError';
import { editorClient, lookScope } from './editorClient';

const PAGE_SIZE = 250;
/** A list of so many is long enough to be scrolled, by which the editor knows that more are wanted. */
const ENOUGH_MODELS = 20;
/** Pages of the catalogue that are looked through for one page of the list. */
const MAX_PAGES = 10;

/**
 * The list of the parameter 'Model', some at a time: of a resource whose operations look at media, only models that can be
 * asked about them; of any other, the whole catalogue. The default model comes first, the chat models behind the router last.
 */
export async function searchModels(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	try {
		const { client, scope } = await editorClient(this);
		const resource = this.getCurrentNodeParameter('resource');
		const kind = MEDIA_KINDS.find((known) => known === resource);
		const name = filter?.trim() ?? '';
		const listsDefault = isNamed(KNOWN_DEFAULT_MODEL, name);
		const isOffered = (model: Model) =>
			model.slug === DEFAULT_MODEL
				? !listsDefault
				: kind === undefined || (model.slug !== ROUTER_SLUG && canBeAskedAbout(model, kind));

		const offered: Array<Pick<Model, 'slug' | 'title'>> =
			listsDefault && paginationToken === undefined ? [KNOWN_DEFAULT_MODEL] : [];
		let offset = Number(paginationToken ?? 0);
		let foundCount = 0;
		let isLast = false;
		for (let pages = 0; pages < MAX_PAGES && !isLast && offered.length < ENOUGH_MODELS; pages++) {
			const page = await client.listModelPage({ name }, { limit: PAGE_SIZE, offset }, scope);
			offered.push(...page.entries.filter(isOffered));
			foundCount += page.length;
			offset += PAGE_SIZE;
			isLast = page.length < PAGE_SIZE;
		}
		if (isLast && kind === 'image')
			offered.push(...(await routedModels(client)).filter((model) => isNamed(model, name)));
		if (kind !== undefined && offered.length === 0 && foundCount > 0 && paginationToken === undefined) {
			throw noneCanBeAsked(name, kind);
		}
		return {
			results: offered.map(({ slug, title }) => ({ name: title, value: slug })),
			paginationToken: isLast ? undefined : String(offset),
		};
	} catch (error) {
		throw toNodeError(error, this.getNode());
	}
}

/** The chat models behind the router, which take pictures; none where its catalogue does not answer. */
async function routedModels(client: EachLabsClient): Promise<Array<Pick<Model, 'slug' | 'title'>>> {
	const routed = await client.listRoutedModels(lookScope(0)).catch(() => []);
	return routed.map(({ id, title }) => ({ slug: routedModel(id), title: `${title} (LLM Router)` }));
}

/** As the catalogue searches: by a part of the name, in any case. */
function isNamed({ slug, title }: Pick<Model, 'slug' | 'title'>, part: string): boolean {
	return [slug, title].some((name) => name.toLowerCase().includes(part.toLowerCase()));
}

/** n8n would only say that there are no results, although there are models of that name. */
function noneCanBeAsked(name: string, kind: MediaKind): PredictionError {
	return new PredictionError(
		'modelUnavailable',
		`No model whose name has '${name}' in it can be asked about ${MEDIA_KIND_NAMES[kind].many}`,
		{
			description:
				"Search for another name, or open the list again to see all that can. 'Model → Run' runs any model.",
		},
	);
}
