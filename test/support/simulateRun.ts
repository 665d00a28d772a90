import { AccountLimiter } from '../../nodes/EachLabs/core/account/AccountLimiter';
import { Scope } from '../../nodes/EachLabs/core/Scope';
import { EachLabsClient } from '../../nodes/EachLabs/core/api/EachLabsClient';
import type { PredictionError } from '../../nodes/EachLabs/core/PredictionError';
import { PredictionRun, type Pricing } from '../../nodes/EachLabs/core/prediction/PredictionRun';
import { PollSchedule } from '../../nodes/EachLabs/core/account/PollSchedule';
import type { Prediction } from '../../nodes/EachLabs/core/api/shapes';
import { SIMULATED_BASE_URL, SimulatedEachLabs, type SimulationOptions } from './SimulatedEachLabs';
import { VirtualClock } from './VirtualClock';

export interface SimulatedRunOptions {
	readonly items: number;
	readonly service?: SimulationOptions;
	readonly seed?: number;
	readonly maxConcurrency?: number;
	readonly maxWaitSeconds?: number;
	readonly maxCostUsd?: number;
	/** What the price of an item's prediction depends on. */
	readonly pricingOf?: (itemIndex: number) => Pricing;
	readonly resubmit?: boolean;
	readonly pollIntervalMs?: number;
	/** When the user stops the run. */
	readonly stopAtMs?: number;
	/** What the model has been seen to need before the run. */
	readonly knownRunTimesMs?: readonly number[];
	readonly schedule?: PollSchedule;
	/** The `input` of an item; by default each has one of its own. */
	readonly inputOf?: (itemIndex: number) => Record<string, unknown>;
	/** The account's, where several processes work on it at the same time. */
	readonly world?: { readonly clock: VirtualClock; readonly service: SimulatedEachLabs };
}

export type ItemOutcome =
	| { readonly prediction: Prediction; readonly error?: undefined; readonly endedAtMs: number }
	| { readonly error: PredictionError; readonly prediction?: undefined; readonly endedAtMs: number };

export interface SimulatedRun {
	/** One an item, in order. */
	readonly outcomes: ItemOutcome[];
	readonly service: SimulatedEachLabs;
	readonly clock: VirtualClock;
	readonly limiter: AccountLimiter;
	/** From the first request to the last item's end. */
	readonly makespanMs: number;
}

/** Has `PredictionRun` work items against the simulated service on a virtual clock. */
export async function simulateRun(options: SimulatedRunOptions): Promise<SimulatedRun> {
	const clock = new VirtualClock(options.seed ?? 1);
	const service = new SimulatedEachLabs(clock, options.service);
	return await clock.run(playRun({ ...options, world: { clock, service } }));
}

/** As many processes as there are runs, each with what it knows of the account, on one account and clock. */
export async function simulateWorkers(
	workers: number,
	options: SimulatedRunOptions,
): Promise<readonly SimulatedRun[]> {
	const clock = new VirtualClock(options.seed ?? 1);
	const service = new SimulatedEachLabs(clock, options.service);
	return await clock.run(
		Promise.all(
			Array.from({ length: workers }, async () => await playRun({ ...options, world: { clock, service } })),
		),
	);
}

async function playRun(
	options: SimulatedRunOptions & Required<Pick<SimulatedRunOptions, 'world'>>,
): Promise<SimulatedRun> {
	const { items, maxConcurrency = 10, maxWaitSeconds = 600, resubmit = false } = options;
	const { clock, service } = options.world;
	const limiter = new AccountLimiter(clock);
	const schedule = options.schedule ?? new PollSchedule();
	for (const ms of options.knownRunTimesMs ?? []) schedule.observe(ms);
	const stop = new AbortController();
	const run = new PredictionRun({
		client: new EachLabsClient(service, clock, SIMULATED_BASE_URL),
		clock,
		limiter,
		scheduleOf: () => schedule,
		abortSignal: stop.signal,
		maxConcurrency,
		maxCostUsd: options.maxCostUsd,
		claimed: new Set(),
	});
	const over = new AbortController();
	if (options.stopAtMs !== undefined) {
		void clock.elapse(options.stopAtMs, over.signal).then(() => {
			if (!over.signal.aborted) stop.abort();
		});
	}

	const inputOf = options.inputOf ?? ((itemIndex) => ({ prompt: `item ${itemIndex}` }));
	const outcomes = await Promise.all(
		Array.from({ length: items }, async (_, itemIndex): Promise<ItemOutcome> => {
			const input = inputOf(itemIndex);
			const outcome = await run
				.predict(
					{ model: 'm', input, uploads: uploadsIn(input) },
					{
						scope: new Scope(clock, maxWaitSeconds * 1_000, stop.signal),
						pollIntervalMs: options.pollIntervalMs,
						resubmit,
						pricing: options.pricingOf?.(itemIndex),
						ledgerItem: { resubmitted: false },
					},
				)
				.then(
					(prediction) => ({ prediction }),
					(error: unknown) => ({ error: error as PredictionError }),
				);
			return { ...outcome, endedAtMs: clock.monotonicMs() };
		}),
	);
	await run.end();
	over.abort();
	return {
		outcomes,
		service,
		clock,
		limiter,
		makespanMs: Math.max(0, ...outcomes.map(({ endedAtMs }) => endedAtMs)),
	};
}

/** As if the run had uploaded every file that an input names, or its prompt. */
function uploadsIn({ prompt, image_urls: addresses }: Record<string, unknown>): string[] {
	return [prompt, addresses].flat().filter((address) => typeof address === 'string');
}
