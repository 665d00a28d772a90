import type { AccountLimiter } from '../../nodes/EachLabs/core/account/AccountLimiter';

/** Whether nobody waits for a slot of the account, and nothing is in flight. */
export function isIdle(limiter: AccountLimiter): boolean {
	return limiter['room'].inFlight === 0 && limiter['queue'].length === 0;
}
