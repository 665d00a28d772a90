import { ApiError } from '../ApiError';
import type { Scenario } from '../scenario';

/** Of a route that only one of both APIs has: refuses it while the other one alone is played. */
export function requireApi({ api }: Scenario, era: 'august' | 'november'): void {
	if (api !== era && api !== 'both') throw new ApiError(404, 'There is no such address in this API.');
}
