/** The model in front of many chat models; which of them answers is a field of its input. */
export const ROUTER_SLUG = 'eachlabs-llm-router';

/** How a chat model behind the router is named in the node: the router's slug, a colon, and the chat model's ID. */
export function routedModel(innerId: string): string {
	return `${ROUTER_SLUG}:${innerId}`;
}

/** The slug by which the API knows a model: that of the router for a model behind it. */
export function apiSlug(model: string): string {
	return isRouter(model) ? ROUTER_SLUG : model;
}

/** The chat model that a name asks the router for; undefined for the router alone, and for all other models. */
export function innerModel(model: string): string | undefined {
	const inner = isRouter(model) ? model.slice(ROUTER_SLUG.length + 1).trim() : '';
	return inner === '' ? undefined : inner;
}

/** Whether it is the router, with or without a chat model. */
export function isRouter(model: string): boolean {
	return model === ROUTER_SLUG || model.startsWith(`${ROUTER_SLUG}:`);
}
