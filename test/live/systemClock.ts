import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

import type { Clock } from '../../nodes/EachLabs/core/host';

/** Real time, for the parts of the node's core that the check calls. */
export const systemClock: Clock = {
	monotonicMs: () => performance.now(),
	epochMs: () => Date.now(),
	sleep: async (ms, ...ends) => {
		const signal = AbortSignal.any(ends.filter((end) => end !== undefined));
		await wait(ms, undefined, { signal }).catch(() => undefined);
	},
	random: () => Math.random(),
	uuid: () => randomUUID(),
};
