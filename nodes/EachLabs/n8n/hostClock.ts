import { randomUUID } from 'crypto';
import { sleep, sleepWithAbort } from 'n8n-workflow';

import { ENDED, type Clock } from '../core/host';
import { onAbort } from '../core/onAbort';
import { MAX_TIMER_MS } from '../core/retries';

type AbortableSleep = (ms: number, abortSignal: AbortSignal) => Promise<void>;

declare module 'n8n-workflow' {
	/** The types know it from n8n-workflow 1.x only. */
	export const sleepWithAbort: AbortableSleep | undefined;
}

/** n8n-workflow 1.x has a sleep that can be ended in a function of its own; from 2.x on `sleep` itself takes the signal. */
const abortableSleep = sleepWithAbort ?? (sleep as AbortableSleep);

/** A timer may fire by so much too early. */
const EARLY_MS = 1;

interface Sleeper {
	readonly untilMs: number;
	readonly wake: () => void;
}

/** Of all runs of this process, the first to wake at its head. */
const sleepers: Sleeper[] = [];
/** n8n's sleep that runs for all of them, no longer than the first of them sleeps: to end one costs more than to begin it. */
let timer: { readonly untilMs: number; readonly ender: AbortController } | undefined;

async function sleepUntilAborted(ms: number, ends: readonly AbortSignal[]): Promise<void> {
	if (ends.some(({ aborted }) => aborted)) return;
	await new Promise<void>((resolve) => {
		const sleeper: Sleeper = {
			untilMs: performance.now() + Math.min(ms, MAX_TIMER_MS),
			wake: () => {
				sleepers.splice(sleepers.indexOf(sleeper), 1);
				for (const release of releases) release();
				resolve();
			},
		};
		sleepers.splice(sleepers.findLastIndex(({ untilMs }) => untilMs <= sleeper.untilMs) + 1, 0, sleeper);
		const releases = ends.map((signal) =>
			onAbort(signal, () => {
				sleeper.wake();
				setTimer();
			}),
		);
		setTimer();
	});
}

function setTimer(): void {
	const untilMs = sleepers[0]?.untilMs ?? Infinity;
	if (timer !== undefined && timer.untilMs <= untilMs && untilMs < Infinity) return;
	timer?.ender.abort(ENDED);
	timer = undefined;
	if (untilMs === Infinity) return;
	const own = { untilMs, ender: new AbortController() };
	timer = own;
	abortableSleep(untilMs - performance.now(), own.ender.signal).then(
		() => {
			timer = undefined;
			const nowMs = performance.now() + EARLY_MS;
			while ((sleepers[0]?.untilMs ?? Infinity) <= nowMs) sleepers[0]?.wake();
			setTimer();
		},
		// Ended, for one that is due sooner or for nobody.
		() => undefined,
	);
}

export const hostClock: Clock = {
	monotonicMs: () => performance.now(),
	epochMs: () => Date.now(),
	sleep: async (ms, ...ends) => {
		const signals = ends.filter((signal) => signal !== undefined);
		if (signals.length === 0) await sleep(ms);
		else await sleepUntilAborted(ms, signals);
	},
	random: () => Math.random(),
	uuid: () => randomUUID(),
};
