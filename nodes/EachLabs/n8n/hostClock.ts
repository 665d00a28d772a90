import { randomUUID } from 'crypto';
import * as n8nWorkflow from 'n8n-workflow';

import type { Clock } from '../core/ports';

type AbortableSleep = (ms: number, abortSignal: AbortSignal) => Promise<void>;

/** n8n-workflow 1.x has a sleep that can be ended in a function of its own; from 2.x on `sleep` itself takes the signal. */
const abortableSleep: AbortableSleep =
	(n8nWorkflow as unknown as { sleepWithAbort?: AbortableSleep }).sleepWithAbort ??
	(n8nWorkflow.sleep as AbortableSleep);

export const hostClock: Clock = {
	monotonicMs: () => performance.now(),
	epochMs: () => Date.now(),
	sleep: async (ms, abortSignal) => {
		if (abortSignal === undefined) await n8nWorkflow.sleep(ms);
		else await abortableSleep(ms, abortSignal).catch(() => undefined);
	},
	random: () => Math.random(),
	uuid: () => randomUUID(),
};
