import type { CallScope } from '../core/api/EachLabsClient';
import type { ItemContext } from './operation';

/** For calls that nothing is waited for behind. */
const CALL_TIME_SECONDS = 120;

/** The scope of an item's next calls that create nothing: their time begins now, and a stop ends them. */
export function callScope({ session }: ItemContext): CallScope {
	return { deadline: session.deadline(CALL_TIME_SECONDS), abortSignal: session.abortSignal };
}
