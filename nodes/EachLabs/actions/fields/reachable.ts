import { ownNetworkHostIn } from '../../core/media/addresses';
import { PROMPT_FIELDS } from '../../core/model/modelFields';
import { inOwnNetwork } from '../../n8n/itemUrls';
import type { ItemContext } from '../operation';

/**
 * Checks that Each Labs can reach the addresses in a model's fields. A prompt may speak of any address.
 *
 * @throws {PredictionError} `invalidInput`, unless the service itself is on this machine
 */
export function checkReachable(
	{ session }: Pick<ItemContext, 'session'>,
	input: Readonly<Record<string, unknown>> = {},
	placeOf = (name: string): string => `field '${name}'`,
): void {
	if (session.isLoopback) return;
	for (const [name, value] of Object.entries(input)) {
		const host = PROMPT_FIELDS.includes(name) ? undefined : ownNetworkHostIn(value);
		if (host !== undefined) throw inOwnNetwork(placeOf(name), host);
	}
}
