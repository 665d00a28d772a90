import { isRouter, ROUTER_SLUG } from '../../core/api/routedModel';
import { PredictionError } from '../../core/PredictionError';
import type { ItemOptions } from '../../n8n/options';

/**
 * The saved fallback of a request, if there is one.
 *
 * @throws {PredictionError} `invalidInput` for the router, whose requests take none
 */
export function readFallbackSelector(
	{ fallbackSelector }: Pick<ItemOptions, 'fallbackSelector'>,
	model: string,
): string | undefined {
	if (fallbackSelector === undefined || !isRouter(model)) return fallbackSelector;
	throw PredictionError.invalidInput(
		`The option 'Fallback Selector' is '${fallbackSelector}', and ${ROUTER_SLUG} takes none`,
		"Remove the option, or choose a model that a fallback is saved for. The option 'Fallback Models' works with every model.",
	);
}
