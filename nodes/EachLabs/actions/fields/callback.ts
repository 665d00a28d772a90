import type { CreateRequest } from '../../core/api/EachLabsClient';
import { isOwnNetworkHost } from '../../core/media/addresses';
import { PredictionError } from '../../core/PredictionError';
import { readWebhookSecret } from '../../n8n/apiAccess';
import { unreachableCallback } from '../../n8n/callbackUrl';
import type { ItemOptions } from '../../n8n/options';
import type { ItemContext } from '../operation';

/**
 * Whom Each Labs is to call when the item's prediction is finished; undefined for nobody.
 *
 * @throws {PredictionError} `invalidInput` for an address that Each Labs can't reach
 */
export async function readCallback(
	{ functions, session }: ItemContext,
	{ callbackUrl }: Pick<ItemOptions, 'callbackUrl'>,
): Promise<CreateRequest['webhook']> {
	if (callbackUrl === undefined) return undefined;
	if (!session.isLoopback && isOwnNetworkHost(new URL(callbackUrl).hostname))
		throw unreachableCallback(callbackUrl);
	const secret = await readWebhookSecret(functions);
	if (secret === '') {
		session.addHint(
			"The credential has no 'Webhook Secret', so the calls to 'Callback URL' are not signed, and an Each Labs Trigger refuses them unless 'Accept Unsigned Calls' is on.",
		);
	}
	return { url: callbackUrl, secret };
}

/** @throws {PredictionError} `invalidInput` where a run that does not wait is given a limit that only waiting can keep */
export function checkNotWaiting({ functions, session }: ItemContext): void {
	if (session.options.waitForResult) return;
	const { maxCost } = functions.getNodeParameter('options', 0, {}) as { maxCost?: unknown };
	if (Number(maxCost ?? 0) === 0) return;
	throw PredictionError.invalidInput(
		`The option 'Max Cost' is ${String(maxCost)} while 'Wait for Result' is off: what a prediction costs is known only when it is finished`,
		"Switch on 'Wait for Result', or remove the option 'Max Cost'.",
	);
}
