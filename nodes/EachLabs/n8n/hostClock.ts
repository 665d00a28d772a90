import { randomUUID } from 'crypto';
import * as n8nWorkflow from 'n8n-workflow';

import { ENDED, type Clock } from '../core/host';

type AbortableSleep = (ms: number, abortSignal: AbortSignal) => Promise<void>;

/** n8n-workflow 1.x has a sleep that can be ended in a function of its own; from 2.x on `sleep` itself takes the signal. */
const abortableSleep: AbortableSleep =
	(n8nWorkflow as unknown as { sleepWithAbort?: AbortableSleep }).sleepWithAbort ??
	(n8nWorkflow.sleep as AbortableSleep);

/** That of n8n-workflow 1.x leaves its listener on the signal, which here is of one sleep alone; the caller's has many. */
async function sleepUntilAborted(ms: number, abortSignal: AbortSignal): Promise<void> {
	if (abortSignal.aborted) return;
	const own = new AbortController();
	const end = () => own.abort(ENDED);
	abortSignal.addEventListener('abort', end, { once: true });
	await abortableSleep(ms, own.signal).catch(() => undefined);
	abortSignal.removeEventListener('abort', end);
}

export const hostClock: Clock = {
	monotonicMs: () => performance.now(),
	epochMs: () => Date.now(),
	sleep: async (ms, abortSignal) => {
		if (abortSignal === undefined) await n8nWorkflow.sleep(ms);
		else await sleepUntilAborted(ms, abortSignal);
	},
	random: () => Math.random(),
	uuid: () => randomUUID(),
};
